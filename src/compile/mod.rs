//! From tree to program: names become slots, constants are folded, code is made.
//!
//! `names` goes over the tree first and finds every fault of a name or filter; code generation then relies on it.
//! Knows no VM and no YAML.
#![deny(clippy::disallowed_methods)]

mod builder;
mod codegen;
mod fold;
mod members;
mod names;
mod params;
mod pipelines;
mod quick;
mod references;
mod scope;
#[cfg(test)]
mod tests;

pub use references::{Reference, references};
pub use scope::{Group, Scope, Undeclared};

use crate::bytecode::Program;
use crate::syntax::{Diagnostic, Span, ast::Expr};

/// Compiles one expression. `text` is what its spans count in; a copy is kept for messages.
///
/// # Errors
/// Every unknown or ambiguous name and misused filter, in the order of the text.
pub fn compile(expr: &Expr, text: &str, scope: &Scope) -> Result<Program, Vec<Diagnostic>> {
    check(expr, text, scope)?;
    let mut compiler = codegen::Codegen::new(text, scope);
    compiler.expression(expr);
    Ok(compiler.finish())
}

/// Compiles text with holes into one program that joins its parts.
///
/// # Errors
/// As [`compile`], for all holes.
pub fn compile_join(parts: &[JoinPart<'_>], text: &str, scope: &Scope) -> Result<Program, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    for part in parts {
        if let JoinPart::Hole(expr, _) = part {
            faults.extend(names::check(expr, text, scope));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut compiler = codegen::Codegen::new(text, scope);
    compiler.join(parts);
    Ok(compiler.finish())
}

/// A piece of text with holes.
#[derive(Clone, Copy, Debug)]
pub enum JoinPart<'e> {
    /// Text as it is.
    Text(&'e str),
    /// A hole: its expression, and its place with the braces.
    Hole(&'e Expr, Span),
}

fn check(expr: &Expr, text: &str, scope: &Scope) -> Result<(), Vec<Diagnostic>> {
    let faults = names::check(expr, text, scope);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
