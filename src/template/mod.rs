//! `${…}` inside text: one expression whose value it is, or text around expressions.
//!
//! A text that is one hole (trailing line breaks aside) gives the value itself; text around holes makes a string.
//! `$${` is a literal `${`. All spans count bytes of the template's text. Knows no ensembles.
#![deny(clippy::disallowed_methods)]

use crate::compile::{Reference, Scope};
use crate::draw::Cursor;
use crate::syntax::{Diagnostic, Span, ast::Expr};
use crate::value::Value;
use crate::vm::{EvalError, Vm};

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

/// Reads the holes of a text.
///
/// # Errors
/// All that is wrong in any hole.
pub fn parse(text: &str, scope: &Scope) -> Result<Parsed, Vec<Diagnostic>> {
    let _ = (text, scope);
    Ok(Parsed { parts: Vec::new(), is_whole: false })
}

impl Parsed {
    /// The expressions.
    pub fn holes(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(expr, _) => Some(expr),
            Part::Text(_) => None,
        })
    }

    /// All variables that are mentioned, in the order of the text.
    #[must_use]
    pub fn references(&self, scope: &Scope) -> Vec<Reference> {
        self.holes().flat_map(|expr| crate::compile::references(expr, scope)).collect()
    }

    /// Compiles it. `text` is what it was parsed from.
    ///
    /// # Errors
    /// All names that are unknown, and whatever else compiling refuses.
    pub fn compile(&self, text: &str, scope: &Scope) -> Result<Template, Vec<Diagnostic>> {
        let _ = (text, scope);
        Ok(Template {})
    }
}

/// A compiled template. Shared between threads; borrows nothing.
#[derive(Debug)]
pub struct Template {}

impl Template {
    /// Parses and compiles.
    ///
    /// # Errors
    /// All that is wrong in any hole.
    pub fn compile(text: &str, scope: &Scope) -> Result<Self, Vec<Diagnostic>> {
        parse(text, scope)?.compile(text, scope)
    }

    /// The value, if the template has no holes: its text.
    #[must_use]
    pub fn constant(&self) -> Option<&Value> {
        None
    }

    /// Evaluates it; see [`Vm::run`].
    ///
    /// # Errors
    /// What an expression throws; a `TypeError` where a hole beside text gives `null` or `undefined`.
    pub fn eval(&self, vm: &mut Vm, variables: &[Value], draws: &mut Cursor<'_>) -> Result<Value, EvalError> {
        let _ = (vm, variables, draws);
        Ok(Value::Undefined)
    }
}
