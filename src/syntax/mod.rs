//! From text to tree: tokens, grammar, syntax tree, and everything that is said about a text's faults.
//!
//! Knows nothing of values, bytecode, YAML or files.
#![deny(clippy::disallowed_methods)]

pub mod ast;
mod diagnostic;
mod names;
mod operator;
mod span;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use names::DeclaredNames;
pub use operator::{Associativity, BinaryOp, UnaryOp};
pub use span::{SourceMap, Span};

/// How deeply an expression may nest: brackets, arrow bodies, prefix operators, right-hand branches of `?:`
/// and `**`. What is merely long (`1 + 1 + …`) does not count.
pub const MAX_NESTING: usize = 256;

/// Parses `range` of `text` as one expression; all spans count bytes of `text`.
///
/// # Errors
/// Every fault found, at least one.
pub fn parse_at(
    text: &str,
    range: std::ops::Range<usize>,
    names: &DeclaredNames,
) -> Result<ast::Expr, Vec<Diagnostic>> {
    let _ = names;
    Err(vec![Diagnostic::error("syntax", &text[..0], range.into())])
}

/// Parses a whole text as one expression.
///
/// # Errors
/// Every fault found, at least one.
pub fn parse(text: &str, names: &DeclaredNames) -> Result<ast::Expr, Vec<Diagnostic>> {
    parse_at(text, 0..text.len(), names)
}
