//! Values and texts for people.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use segue::syntax::{Class, Colour, DeclaredNames, classes};
use segue::value::json::quote;
use segue::value::{Str, StrBuilder, Value, number};

use crate::output::FAINT;

/// What fits on a line stays on it.
const WIDTH: usize = 80;
/// So many lines of a result are printed,
const LINES: usize = 40;
/// and so many bytes.
const BYTES: usize = 8_000;

/// The value as JavaScript would write it, and whether it was cut.
pub(super) fn shown(value: &Value, is_whole: bool) -> (String, bool) {
    let mut out = String::new();
    let limit = if is_whole { usize::MAX } else { BYTES };
    let mut is_cut = !broken(value, 0, limit, &mut out);
    if !is_whole {
        let end = out.match_indices('\n').nth(LINES - 1).map_or(out.len(), |(end, _)| end);
        let end = (0..=end.min(BYTES)).rev().find(|&end| out.is_char_boundary(end)).unwrap_or(0);
        is_cut |= end < out.len();
        out.truncate(end);
    }
    (out, is_cut)
}

/// Writes a value on one line if it fits, else an item a line; false if the limit was met. Values nest no deeper than
/// [`MAX_DEPTH`](segue::value::MAX_DEPTH).
fn broken(value: &Value, indent: usize, limit: usize, out: &mut String) -> bool {
    let mut line = String::new();
    if inline(value, WIDTH.saturating_sub(indent), &mut line) {
        out.push_str(&line);
        return true;
    }
    let mut is_first = true;
    let mut item = |key: Option<&Str>, value: &Value, out: &mut String| {
        if out.len() > limit {
            return false;
        }
        out.push_str(if std::mem::take(&mut is_first) { "\n" } else { ",\n" });
        let _ = write!(out, "{:indent$}", "", indent = indent + 2);
        if let Some(key) = key {
            write_key(key, out);
        }
        broken(value, indent + 2, limit, out)
    };
    let (close, is_complete) = match value {
        Value::Array(items) => {
            out.push('[');
            (']', items.iter().all(|value| item(None, value, out)))
        }
        Value::Object(object) => {
            out.push('{');
            ('}', object.entries().all(|(key, value)| item(Some(key), value, out)))
        }
        // A long string.
        _ => {
            inline(value, usize::MAX, out);
            return true;
        }
    };
    let _ = write!(out, "\n{:indent$}{close}", "");
    is_complete
}

/// Writes a value on one line; false, and not all of it, if it is longer than `room`.
fn inline(value: &Value, room: usize, out: &mut String) -> bool {
    match value {
        Value::Undefined => out.push_str("undefined"),
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) if *value == 0.0 && value.is_sign_negative() => out.push_str("-0"),
        Value::Number(value) => out.push_str(&number::to_js_string(*value).to_text()),
        Value::String(text) => write_quoted(text, out),
        Value::Closure(_) => out.push_str("[function]"),
        Value::Native(native) => {
            let kind = if native.is_namespace { "namespace" } else { "function" };
            let _ = write!(out, "[{kind} {}]", native.name);
        }
        Value::Regex(regex) => {
            let _ = write!(out, "/{}/{}", regex.pattern(), regex.flags());
        }
        Value::Array(items) => {
            out.push('[');
            for (at, value) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                if !inline(value, room, out) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Object(object) if object.is_empty() => out.push_str("{}"),
        Value::Object(object) => {
            out.push_str("{ ");
            for (at, (key, value)) in object.entries().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_key(key, out);
                if !inline(value, room, out) {
                    return false;
                }
            }
            out.push_str(" }");
        }
    }
    out.len() <= room
}

fn write_key(key: &Str, out: &mut String) {
    let is_plain = |text: &&str| {
        !text.starts_with(|letter: char| letter.is_ascii_digit())
            && !text.is_empty()
            && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'))
    };
    match key.as_str().filter(is_plain) {
        Some(text) => out.push_str(text),
        None => write_quoted(key, out),
    }
    out.push_str(": ");
}

fn write_quoted(text: &Str, out: &mut String) {
    let mut quoted = StrBuilder::new();
    quote(text, &mut quoted);
    out.push_str(&quoted.into_text());
}

/// The text with its tokens in colours.
pub(super) fn painted(text: &str, names: &DeclaredNames, colour: Colour) -> String {
    if matches!(colour, Colour::Never) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(2 * text.len());
    let mut end = 0;
    for (class, span) in classes(text, names) {
        // What lies between tokens is space and comments.
        paint(FAINT, &text[end..span.range().start], &mut out);
        paint(style(class), &text[span.range()], &mut out);
        end = span.range().end;
    }
    paint(FAINT, &text[end..], &mut out);
    out
}

fn paint(style: Style, text: &str, out: &mut String) {
    if text.trim().is_empty() || style.is_plain() {
        out.push_str(text);
    } else {
        let _ = write!(out, "{style}{text}{style:#}");
    }
}

fn style(class: Class) -> Style {
    match class {
        Class::Keyword => AnsiColor::Magenta.on_default(),
        Class::Number => AnsiColor::Yellow.on_default(),
        Class::String => AnsiColor::Green.on_default(),
        Class::Regex => AnsiColor::Cyan.on_default(),
        Class::Operator => AnsiColor::Blue.on_default(),
        Class::Refused => AnsiColor::Red.on_default(),
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn value(json: &str) -> Value {
        Value::from_json(json).expect("JSON")
    }

    #[test]
    fn what_fits_is_on_one_line() {
        for (json, text) in [
            ("[]", "[]"),
            ("{}", "{}"),
            (r#"{"a": [1, "x"], "b-c": null, "1": -0}"#, r#"{ "1": -0, a: [1, "x"], "b-c": null }"#),
        ] {
            assert_eq!(shown(&value(json), false), (text.to_owned(), false));
        }
    }

    #[test]
    fn what_does_not_fit_is_broken_and_what_is_long_is_cut() {
        let long = "x".repeat(50);
        let broken = format!("[\n  {{ a: \"{long}\" }},\n  \"{long}\"\n]");
        assert_eq!(shown(&value(&format!(r#"[{{"a": "{long}"}}, "{long}"]"#)), false), (broken, false));

        let many = value(&format!("[{}1]", "1,".repeat(999)));
        let (text, is_cut) = shown(&many, false);
        assert_eq!((text.lines().count(), is_cut), (LINES, true));
        let (text, is_cut) = shown(&many, true);
        assert_eq!((text.lines().count(), is_cut), (1_002, false));

        let (text, is_cut) = shown(&Value::from("ü".repeat(BYTES)), false);
        assert!(is_cut && text.len() <= BYTES, "{}", text.len());
    }

    #[test]
    fn painting_changes_no_text() {
        let text = "f(`a${1}`) /* c */ + 'open";
        let painted = painted(text, DeclaredNames::NONE, Colour::Always);
        assert_ne!(painted, text);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), text);
    }
}
