//! Mends what can be mended without thought, and changes nothing else in the file: comments, order, line ends stay.

use super::yaml::{self, Node, NodeKind, QUOTING, Scalar, Style};
use crate::syntax::{Diagnostic, Fix, LineIndex, Severity, Span};

/// A mended text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixed {
    /// All of it.
    pub text: String,
    /// What was changed, in the order in which it was done.
    pub changes: Vec<Change>,
}

/// One change of a text. No change makes or takes lines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The line, counted from 1.
    pub line: usize,
    /// What stood there.
    pub old: String,
    /// What stands there now.
    pub new: String,
}

/// A mend may bring out the next one; more rounds than this are not made.
const ROUNDS: usize = 8;

/// Applies the fixes of the diagnostics that `check` gives, and quotes what other YAML readers would misread.
pub(crate) fn fix(text: &str, check: impl Fn(&str) -> Vec<Diagnostic>) -> Fixed {
    let mut fixed = Fixed { text: text.to_owned(), changes: Vec::new() };
    let mut diagnostics = check(text);
    for _ in 0..ROUNDS {
        let mut fixes: Vec<Fix> =
            diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_deref().cloned()).collect();
        quotes(&fixed.text, &diagnostics, &mut fixes);
        let Some(better) = apply(&fixed.text, fixes) else { break };
        let checked = check(&better.text);
        // What was meant for a mend and brings out more faults than it takes away was none.
        if errors(&checked) > errors(&diagnostics) {
            break;
        }
        fixed.text = better.text;
        fixed.changes.extend(better.changes);
        diagnostics = checked;
    }
    fixed
}

/// Quotes for the scalars that a hint says other tools misread.
fn quotes(text: &str, diagnostics: &[Diagnostic], fixes: &mut Vec<Fix>) {
    let misread: Vec<Span> =
        diagnostics.iter().filter(|hint| hint.code == QUOTING).map(Diagnostic::span).collect();
    if !misread.is_empty()
        && let Some(root) = yaml::read(text).root
    {
        unquoted(text, &root, &misread, fixes);
    }
}

fn errors(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
}

/// The text with the fixes that apply and do not overlap; none if there is none.
fn apply(text: &str, mut fixes: Vec<Fix>) -> Option<Fixed> {
    fixes.sort_by_key(|fix| fix.span.start);
    let lines = LineIndex::new(text);
    let mut fixed = Fixed { text: String::with_capacity(text.len()), changes: Vec::new() };
    let mut done = 0;
    for Fix { span, old, new } in fixes {
        let Some(place) = place(text, span, &old).filter(|place| place.start >= done) else { continue };
        fixed.text.push_str(&text[done..place.start]);
        fixed.text.push_str(&new);
        done = place.end;
        let (line, _) = lines.line_column(text, place.start);
        fixed.changes.push(Change { line, old, new });
    }
    fixed.text.push_str(&text[done..]);
    (!fixed.changes.is_empty()).then_some(fixed)
}

/// Where `old` stands in the span, quotes around it left out. None where it stands there in another way, with escapes.
fn place(text: &str, span: Span, old: &str) -> Option<std::ops::Range<usize>> {
    let raw = text.get(span.range())?;
    let start = span.start as usize;
    if raw == old {
        return Some(start..start + old.len());
    }
    let inner = ['\'', '"'].iter().find_map(|&quote| raw.strip_prefix(quote)?.strip_suffix(quote))?;
    (inner == old).then(|| start + 1..start + 1 + old.len())
}

/// Finds the plain scalars in which something would be misread. `misread` rises.
fn unquoted(text: &str, node: &Node, misread: &[Span], found: &mut Vec<Fix>) {
    match &node.kind {
        NodeKind::Text(scalar) => {
            let next = misread.partition_point(|span| span.start < scalar.span.start);
            if misread.get(next).is_some_and(|span| span.end <= scalar.span.end) {
                found.extend(quoted(text, scalar));
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| unquoted(text, item, misread, found)),
        NodeKind::Map(map) => {
            map.entries.iter().for_each(|entry| unquoted(text, &entry.value, misread, found));
        }
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) => {}
    }
}

fn quoted(text: &str, scalar: &Scalar) -> Option<Fix> {
    let old = text[scalar.span.range()].trim_end();
    // Quotes fold lines; in a template literal they are kept, and folding would change it.
    if scalar.style != Style::Plain || (old.contains('\n') && old.contains('`')) {
        return None;
    }
    let new = if old.contains('\'') && !old.contains(['"', '\\']) {
        format!("\"{old}\"")
    } else {
        format!("'{}'", old.replace('\'', "''"))
    };
    let start = scalar.span.start as usize;
    Some(Fix { span: Span::new(start, start + old.len()), old: old.to_owned(), new })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::Engine;

    fn fixed(text: &str) -> Fixed {
        Engine::new().fix(text, None)
    }

    #[test]
    fn names_with_one_near_neighbour_are_mended_and_nothing_else_is_touched() {
        let text = "# top\r\nensembel: e   # the name\r\nagents:\r\n  - name: analyzer-stable\r\n    operation: \"transfrom\"\r\n    conditon: ${analyser.output}\r\n    config: {value: 1}\r\n  - {name: analyzer, operation: transform, config: {value: 2}}\r\noutput: ${analyzer-stable.executd}\r\n";
        let expected = text
            .replace("ensembel", "ensemble")
            .replace("transfrom", "transform")
            .replace("conditon", "condition")
            .replace("analyser", "analyzer")
            .replace("executd", "executed");
        let fixed = fixed(text);
        assert_eq!(fixed.text, expected);
        let changes: Vec<(usize, &str)> =
            fixed.changes.iter().map(|change| (change.line, &*change.new)).collect();
        let mut sorted = changes.clone();
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [(2, "ensemble"), (5, "transform"), (6, "analyzer"), (6, "condition"), (9, "executed")]
        );
    }

    #[test]
    fn names_with_two_near_neighbours_are_left_alone() {
        let text = "ensemble: e\nagents:\n  - {name: ring-0, operation: transform, config: {value: 1}}\n  - {name: ring-1, operation: transform, config: {value: 1}}\noutput: ${ring-3.output}\n";
        assert_eq!(fixed(text).changes.len(), 0);
    }

    #[test]
    fn what_other_tools_misread_is_quoted_and_means_the_same() {
        let text = "ensemble: e\nagents:\n  - name: a\n    operation: transform\n    config: {value: ${{a: [1, 2]}}}\noutput:\n  plain: ${a.output}\n  choice: ${a.executed ? 'x' : 'y'}  # comment\n  both: ${a.executed ? 'x' : \"y\"}\n  hash: ${a.output + ' #1'}\n  lines: ${a.executed\n    ? 1 : 2}\n  quoted: \"${a.executed ? 1 : 2}\"\n";
        let mended = fixed(text);
        let expected = text
            .replace("value: ${{a: [1, 2]}}", "value: '${{a: [1, 2]}}'")
            .replace("choice: ${a.executed ? 'x' : 'y'}", "choice: \"${a.executed ? 'x' : 'y'}\"")
            .replace("both: ${a.executed ? 'x' : \"y\"}", "both: '${a.executed ? ''x'' : \"y\"}'")
            .replace("hash: ${a.output + ' #1'}", "hash: \"${a.output + ' #1'}\"")
            .replace("lines: ${a.executed\n    ? 1 : 2}", "lines: '${a.executed\n    ? 1 : 2}'");
        assert_eq!(mended.text, expected);
        // Any YAML reader takes it now, and it runs as it did.
        serde_yaml::from_str::<serde_yaml::Value>(&mended.text).expect("it is YAML");
        let output = |text: &str| {
            let ensemble = Engine::new().load_str("e.yaml", text).expect("it loads");
            let run = ensemble.run(crate::Value::from_json("{}").expect("JSON")).blocking().expect("it runs");
            run.output().to_json_string()
        };
        assert_eq!(output(text), output(&mended.text));
        assert_eq!(fixed(&mended.text).changes, [], "once is enough");
    }

    #[test]
    fn a_file_that_is_no_yaml_is_left_alone() {
        for text in ["", "a: [", "\t- x", "ensemble: e\nagents: []\n"] {
            assert_eq!(fixed(text), Fixed { text: text.to_owned(), changes: Vec::new() });
        }
    }
}
