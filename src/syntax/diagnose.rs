//! What to say about a token that fits nowhere. Runs after a failure only.

use super::lexer::Tokens;
use super::parser::Failure;
use super::{Diagnostic, Span};

/// The faults of a text whose tokens make no expression.
#[cold]
pub(super) fn diagnose(
    text: &str,
    range: std::ops::Range<usize>,
    tokens: &Tokens,
    failure: Failure,
) -> Vec<Diagnostic> {
    let stuck = match failure {
        Failure::Fault(fault) => return vec![*fault],
        Failure::Stuck(stuck) => stuck.0,
    };
    let fault = match tokens.spans.get(stuck) {
        Some(&span) => {
            Diagnostic::error("unexpected", format!("`{}` is not expected here", &text[span.range()]), span)
        }
        None => Diagnostic::error(
            "unexpected-end",
            "the expression ends too early",
            Span::new(range.end, range.end),
        ),
    };
    vec![fault]
}
