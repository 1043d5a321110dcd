//! What could be meant by what is typed so far: names, members of the values that are there, methods with their help.

use std::collections::HashSet;

use rustyline::completion::Pair;
use segue::builtins::{self, Builtin, Methods, Place};
use segue::compile::compile;
use segue::draw::{Seed, Stream};
use segue::syntax::{self, Class, Span, classes};
use segue::value::{Object, Str, Value};
use segue::vm::{Limits, Vm};

use super::command::COMMANDS;
use crate::eval::session::{is_nameable, scope_of};

/// The words of the language that are no names.
const WORDS: &[&str] = &["true", "false", "null", "typeof", "void", "in"];

/// Where the word before the cursor begins, and what it could be.
pub(super) fn candidates(line: &str, context: &Object) -> (usize, Vec<Pair>) {
    if line.starts_with(':') && !line.contains(char::is_whitespace) {
        let rows = COMMANDS.iter().filter(|row| row.name.starts_with(line));
        let pairs = rows.map(|row| pair(row.name, &format!("{} {}", row.name, row.argument), row.about));
        return (0, pairs.collect());
    }
    // The expression of a command begins after the command's name.
    let begin = if line.starts_with(':') { line.find(char::is_whitespace).unwrap_or(line.len()) } else { 0 };
    let (text, base) = (&line[begin..], begin);
    let scope = scope_of(context);
    let mut tokens = classes(text, scope.declared());
    let last = tokens.last().copied().filter(|(_, span)| span.range().end == text.len());
    let word = match last {
        Some((Class::Name | Class::Keyword, span)) => {
            tokens.pop();
            span.range().start
        }
        // Inside of it nothing is to be completed.
        Some((Class::String, span)) if !text[span.range()].ends_with("${") => {
            return (line.len(), Vec::new());
        }
        Some((Class::Number | Class::Regex, _)) => return (line.len(), Vec::new()),
        Some(_) | None => text.len(),
    };
    let before = tokens.last().map(|(_, span)| &text[span.range()]);
    let pairs = match before {
        Some("." | "?.") => match receiver(text, &tokens).and_then(|source| peek(source, context)) {
            Some(value) => members(&value, &text[word..]),
            None => Vec::new(),
        },
        Some("|") => rows_of(&text[word..], |row| (row.place() == Place::Filter).then_some(row.native.name)),
        _ => {
            let hyphened = hyphened_start(text);
            let found = names(context, &text[hyphened..]);
            if hyphened < word && !found.is_empty() {
                return (base + hyphened, found);
            }
            let word = &text[word..];
            let mut pairs = names(context, word);
            pairs.extend(rows_of(word, |row| (row.place() == Place::Global).then_some(row.native.name)));
            let words = WORDS.iter().filter(|known| known.starts_with(word));
            pairs.extend(words.map(|known| pair(known, known, "")));
            pairs
        }
    };
    (base + word, pairs)
}

fn pair(replacement: &str, usage: &str, about: &str) -> Pair {
    let usage = usage.trim_end();
    let display = if about.is_empty() { usage.to_owned() } else { format!("{usage}  — {about}") };
    Pair { display, replacement: replacement.to_owned() }
}

/// Where a name with hyphens that ends with the text would begin.
fn hyphened_start(text: &str) -> usize {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-');
    text.trim_end_matches(is_part).len()
}

/// The names in scope that begin so.
fn names(context: &Object, prefix: &str) -> Vec<Pair> {
    let names = context.keys().iter().filter_map(Str::as_str);
    names
        .filter(|name| name.starts_with(prefix) && is_nameable(name))
        .map(|name| pair(name, name, ""))
        .collect()
}

/// The built-ins that `name` gives a name to, and that begins so; each name once.
fn rows_of(prefix: &str, name: impl Fn(&'static Builtin) -> Option<&'static str>) -> Vec<Pair> {
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for row in builtins::rows() {
        let Some(name) = name(row).filter(|name| name.starts_with(prefix) && seen.insert(*name)) else {
            continue;
        };
        let is_called = matches!(row.run, builtins::Run::Function(_) | builtins::Run::SameAs(_));
        let is_called = is_called && !(row.place() == Place::Filter && row.params.is_empty());
        let usage = if is_called { format!("{name}({})", row.params) } else { name.to_owned() };
        pairs.push(pair(name, &usage, row.about));
    }
    pairs
}

/// What can follow the dot after a value.
fn members(value: &Value, prefix: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    match value {
        Value::Object(object) => pairs.extend(names(object, prefix).into_iter().filter(|pair| {
            // After a dot a name ends at a hyphen.
            !pair.replacement.contains('-')
        })),
        Value::String(_) | Value::Array(_) if "length".starts_with(prefix) => {
            pairs.push(pair("length", "length", ""));
        }
        Value::Native(native) => pairs.extend(rows_of(prefix, |row| match row.place() {
            Place::Static { owner, name } if owner == native.name => Some(name),
            _ => None,
        })),
        _ => {}
    }
    pairs.extend(rows_of(prefix, |row| match row.place() {
        // The row that the value inherits, not that of another receiver's method of the same name.
        Place::Method { name, .. } => {
            let own = Methods::named(name).of(value)?;
            let is_second_name = matches!(row.run, builtins::Run::SameAs(other) if other == own.name);
            (own.name == row.native.name || is_second_name).then_some(name)
        }
        _ => None,
    }));
    pairs
}

/// The operand that ends before the last token, a dot.
fn receiver<'t>(text: &'t str, tokens: &[(Class, Span)]) -> Option<&'t str> {
    let word = |at: usize| tokens.get(at).map(|(_, span)| &text[span.range()]);
    let dot = tokens.len().checked_sub(1)?;
    let mut at = dot.checked_sub(1)?;
    loop {
        let before = |at: usize| at.checked_sub(1).and_then(word);
        match word(at)? {
            close @ (")" | "]" | "}") => {
                at = opener(tokens, text, at)?;
                let follows_operand =
                    at.checked_sub(1).is_some_and(|before| ends_operand(text, tokens[before]));
                match before(at) {
                    Some("?.") if close != "}" => at = at.checked_sub(2)?,
                    Some(_) if close != "}" && follows_operand => at -= 1,
                    _ => break,
                }
            }
            // The end of a template literal with holes: where it begins is not worth finding.
            tail if tail.starts_with('}') => return None,
            _ if !ends_operand(text, tokens[at]) => return None,
            _ => match before(at) {
                Some("." | "?.") => at = at.checked_sub(2)?,
                _ => break,
            },
        }
    }
    Some(text[tokens[at].1.range().start..tokens[dot].1.range().start].trim_end())
}

/// The bracket that the one at `close` closes.
fn opener(tokens: &[(Class, Span)], text: &str, close: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for at in (0..=close).rev() {
        match &text[tokens[at].1.range()] {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn ends_operand(text: &str, (class, span): (Class, Span)) -> bool {
    match class {
        Class::Name | Class::Number | Class::String | Class::Regex => true,
        Class::Keyword => matches!(&text[span.range()], "true" | "false" | "null"),
        _ => matches!(&text[span.range()], ")" | "]" | "}"),
    }
}

/// The value of a part of what is typed. Evaluating has no effects; the draws are not the session's, and what would
/// take long is given up.
fn peek(source: &str, context: &Object) -> Option<Value> {
    let text = format!("({source})");
    let scope = scope_of(context);
    let program = compile(&syntax::parse(&text, scope.declared()).ok()?, &text, &scope).ok()?;
    let mut limits = Limits::default();
    limits.fuel = 200_000;
    limits.memory = 16 << 20;
    let mut stream = Stream::seeded(Seed::default());
    Vm::new(limits).run(&program, context.values(), &mut stream.cursor()).ok()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn completed(line: &str) -> (usize, Vec<String>) {
        let json = r#"{"input": {"name": "Ada", "nested": [{"key": 1}], "b-c": 2}, "ring-0": {"output": 7}}"#;
        let Ok(Value::Object(context)) = Value::from_json(json) else { panic!("an object") };
        let (start, pairs) = candidates(line, &context);
        (start, pairs.into_iter().map(|pair| pair.replacement).collect())
    }

    #[test]
    fn names_members_methods_filters_and_commands_are_completed() {
        for (line, start, expected) in [
            ("inp", 0, &["input"][..]),
            ("1 + ring-", 4, &["ring-0"]),
            ("rin", 0, &["ring-0"]),
            ("ring-0.out", 7, &["output"]),
            ("input.na", 6, &["name"]),
            ("input?.nested[0].k", 17, &["key"]),
            ("input.name.toUp", 11, &["toUpperCase"]),
            ("[1, 2].findLastI", 7, &["findLastIndex"]),
            ("f(({ deep: { a: 1 } }).deep.a", 28, &["a"]),
            ("'a'.trimS", 4, &["trimStart"]),
            ("Math.hyp", 5, &["hypot"]),
            ("`${input.na", 9, &["name"]),
            ("input.name | upper", 13, &["uppercase"]),
            ("parseF", 0, &["parseFloat"]),
            ("tru", 0, &["true"]),
            (":byt", 0, &[":bytecode"]),
            (":time input.na", 12, &["name"]),
        ] {
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(completed(line), (start, expected), "{line}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        for line in ["'inp", "12", "missing.x", "input.name + .a", "xs.map(x => x.", "null.a"] {
            assert_eq!(completed(line).1, Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn methods_come_with_their_help() {
        let (_, pairs) = candidates("[].toSort", &Object::empty());
        assert_eq!(pairs.len(), 1);
        assert!(
            pairs[0].display.starts_with("toSorted(") && pairs[0].display.contains("  — "),
            "{}",
            pairs[0].display
        );
    }
}
