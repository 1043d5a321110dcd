//! The room as a whole: what is accepted, what is refused, how it prints, what the documents say.

mod accepted;
mod documents;
mod holes;
mod limits;
mod printing;
mod refused;
mod spans;
mod trees;

use super::ast::Expr;
use super::{DeclaredNames, Diagnostic, parse};

/// Parses plain JavaScript.
fn plain(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    parse(text, DeclaredNames::NONE)
}
