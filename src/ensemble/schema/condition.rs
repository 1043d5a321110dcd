//! Conditions: a boolean, or exactly one `${…}`.
//!
//! Anything else is a text that is not empty, which JavaScript holds for true: it would let every run through.

use super::Condition;
use super::fields::{Reader, describe, first_hole};
use crate::ensemble::yaml::{Node, NodeKind, Scalar, Spanned};
use crate::syntax::{Diagnostic, Span, hole_end};

/// What a text is, seen as a condition.
enum Shape {
    /// One hole, or a fault that compiling the template will tell.
    Hole,
    /// Text, without a hole or around some.
    Text,
}

pub(super) fn read(reader: &mut Reader<'_, '_>, field: &str, node: Node) -> Option<Condition> {
    let (span, title, mend) = match node.kind {
        NodeKind::Bool(value) => return Some(Condition::Constant(Spanned { value, span: node.span })),
        NodeKind::Text(scalar) => match shape(&scalar.text) {
            Shape::Hole => return Some(Condition::Expression(scalar)),
            Shape::Text => (visible(&scalar, reader.text), not_boolean(field, "a text"), mend(&scalar.text)),
        },
        NodeKind::Map(_) => {
            // `{{ input.x }}` is a map in a map to YAML.
            let place = reader.place(&node);
            let mend = holes_of_others(&reader.text[place.range()]).map(|inner| format!("${{{inner}}}"));
            (place, not_boolean(field, describe(&node.kind)), mend)
        }
        NodeKind::Null => (node.span, format!("`{field}` has no value"), None),
        NodeKind::Number(_) | NodeKind::List(_) => {
            (reader.place(&node), not_boolean(field, describe(&node.kind)), None)
        }
    };
    let label = "anything else would let every run through";
    let help = match mend {
        Some(mend) => format!("write `{field}: {mend}`"),
        None => format!("write `{field}: ${{…}}`, `true` or `false`"),
    };
    reader.report(Diagnostic::error("condition-not-boolean", title, span).label(label).help(help));
    None
}

fn not_boolean(field: &str, found: &str) -> String {
    format!("`{field}` is a boolean or exactly one `${{…}}`, not {found}")
}

/// The text without the line break that a block scalar ends in.
fn visible(scalar: &Scalar, text: &str) -> Span {
    let start = scalar.span.start as usize;
    Span::new(start, start + text[scalar.span.range()].trim_end().len())
}

fn shape(text: &str) -> Shape {
    let text = text.trim_end_matches(['\n', '\r']);
    if !text.starts_with("${") {
        return if is_broken(text) { Shape::Hole } else { Shape::Text };
    }
    match hole_end(text, 0) {
        Ok(end) if end < text.len() => {
            if is_broken(&text[end..]) {
                Shape::Hole
            } else {
                Shape::Text
            }
        }
        Ok(_) | Err(_) => Shape::Hole,
    }
}

/// Whether a hole of the text does not close: that is the fault to tell first, and the template's to tell.
fn is_broken(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = first_hole(rest) {
        match hole_end(rest, start) {
            Ok(end) => rest = &rest[end..],
            Err(_) => return true,
        }
    }
    false
}

/// What was most likely meant.
fn mend(text: &str) -> Option<String> {
    let text = text.trim();
    match text.to_ascii_lowercase().as_str() {
        "" => return None,
        "yes" | "on" | "true" | "always" | "y" => return Some("true".into()),
        "no" | "off" | "false" | "never" | "n" => return Some("false".into()),
        _ => {}
    }
    let mut joined = String::with_capacity(text.len());
    let mut rest = holes_of_others(text).unwrap_or(text);
    while let Some(start) = first_hole(rest) {
        let end = hole_end(rest, start).ok()?;
        joined.push_str(&rest[..start]);
        joined.push_str(rest[start + 2..end - 1].trim());
        rest = &rest[end..];
    }
    joined.push_str(rest);
    let is_short = joined.len() <= 200 && !joined.contains('\n');
    is_short.then(|| format!("${{{}}}", joined.trim()))
}

/// What stands in the holes of other template languages, or in an escaped one: `{{ x }}`, `$(x)`, `#{x}`, `$${x}`.
fn holes_of_others(text: &str) -> Option<&str> {
    let pairs = [("{{", "}}"), ("$(", ")"), ("#{", "}"), ("$${", "}")];
    pairs.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close)).map(str::trim)
}
