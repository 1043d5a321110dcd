//! From text to tree: tokens, grammar, syntax tree, and everything that is said about a text's faults.
//!
//! Knows nothing of values, bytecode, YAML or files.
#![deny(clippy::disallowed_methods)]

pub mod ast;
mod character;
mod diagnose;
mod diagnostic;
mod highlight;
mod lexer;
mod line_index;
mod names;
mod operator;
mod outline;
mod parser;
mod print;
mod render;
mod span;
mod suggest;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use lexer::hole_end;
pub use lexer::is_name;

pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use highlight::{Class, classes, is_open};
pub use line_index::{LineIndex, line_column};
pub use names::DeclaredNames;
pub use operator::{Associativity, BinaryOp, UnaryOp};
pub use outline::{Row, outline};
pub use render::{Colour, render_place};
pub use span::{SourceMap, Span};
pub use suggest::{Neighbour, long_for, nearest, neighbour};

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
    let tokens = lexer::tokens(text, range.clone(), names);
    if !tokens.faults.is_empty() {
        return Err(diagnose::faulty_tokens(text, range, tokens));
    }
    parser::parse(text, &tokens).map_err(|failure| diagnose::diagnose(text, range, &tokens, failure))
}

/// Parses a whole text as one expression.
///
/// # Errors
/// Every fault found, at least one.
pub fn parse(text: &str, names: &DeclaredNames) -> Result<ast::Expr, Vec<Diagnostic>> {
    parse_at(text, 0..text.len(), names)
}

/// The tokens of a text, each with the name of its kind and its place, and what is wrong inside of them. For people
/// to look at: the kinds' names promise nothing.
#[must_use]
pub fn tokens(text: &str, names: &DeclaredNames) -> (Vec<(String, Span)>, Vec<Diagnostic>) {
    let tokens = lexer::tokens(text, 0..text.len(), names);
    let kinds = tokens.kinds.iter().map(|kind| format!("{kind:?}"));
    (kinds.zip(tokens.spans).collect(), tokens.faults)
}
