//! Finding the holes of a text.

use crate::compile::Scope;
use crate::syntax::{self, Diagnostic, Span, ast::Expr};

/// A template as its text says, not compiled.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What it is made of, in order; neighbouring texts are one.
    pub parts: Vec<Part>,
    /// Whether it is exactly one hole, so that its value keeps its type.
    pub is_whole: bool,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Part {
    /// Text, `$${` already made `${`.
    Text(Box<str>),
    /// `${expression}`; the span includes the braces.
    Hole(Expr, Span),
}

/// Reads the holes of a text. O(text).
///
/// # Errors
/// All that is wrong in any hole; a hole that does not close ends the reading.
pub fn parse(text: &str, scope: &Scope) -> Result<Parsed, Vec<Diagnostic>> {
    let mut parts = Vec::new();
    let mut faults = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('$') {
        let dollar = at + found;
        literal.push_str(&text[at..dollar]);
        let rest = &text[dollar..];
        if rest.starts_with("$${") {
            literal.push_str("${");
            at = dollar + 3;
        } else if rest.starts_with("${") {
            let end = match syntax::hole_end(text, dollar) {
                Ok(end) => end,
                Err(fault) => {
                    faults.push(fault);
                    return Err(faults);
                }
            };
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal).into()));
            }
            match syntax::parse_at(text, dollar + 2..end - 1, scope.declared()) {
                Ok(expr) => parts.push(Part::Hole(expr, Span::new(dollar, end))),
                Err(found) => faults.extend(found),
            }
            at = end;
        } else {
            literal.push('$');
            at = dollar + 1;
        }
    }
    literal.push_str(&text[at..]);
    if !faults.is_empty() {
        return Err(faults);
    }
    // A block scalar ends in a line break that YAML adds; without this no expression in one would keep its type.
    let is_whole =
        matches!(parts.as_slice(), [Part::Hole(..)]) && literal.chars().all(|c| matches!(c, '\n' | '\r'));
    if !is_whole && !literal.is_empty() {
        parts.push(Part::Text(literal.into()));
    }
    Ok(Parsed { parts, is_whole })
}
