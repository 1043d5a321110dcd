//! `${…}` inside text: one expression whose value it is, or text around expressions.
//!
//! A text that is one hole (trailing line breaks aside) gives the value itself; text around holes makes a string.
//! `$${` is a literal `${`. All spans count bytes of the template's text. Knows no ensembles.
#![deny(clippy::disallowed_methods)]

mod parse;
#[cfg(test)]
mod tests;

pub use parse::{Parsed, Part, parse};

use crate::bytecode::Program;
use crate::compile::{self, JoinPart, Reference, Scope};
use crate::draw::Cursor;
use crate::syntax::{Diagnostic, ast::Expr};
use crate::value::Value;
use crate::vm::{EvalError, Vm};

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
        self.holes().flat_map(|expr| compile::references(expr, scope)).collect()
    }

    /// Compiles it. `text` is what it was parsed from.
    ///
    /// # Errors
    /// All names that are unknown, and whatever else compiling refuses.
    pub fn compile(&self, text: &str, scope: &Scope) -> Result<Template, Vec<Diagnostic>> {
        match self.parts.as_slice() {
            [] => Ok(Template(Kind::Constant(Value::EMPTY))),
            [Part::Text(only)] => Ok(Template(Kind::Constant(Value::from(&**only)))),
            [Part::Hole(expr, _)] if self.is_whole => Template::of(compile::compile(expr, text, scope)?),
            parts => {
                let parts: Vec<JoinPart<'_>> = parts
                    .iter()
                    .map(|part| match part {
                        Part::Text(text) => JoinPart::Text(text),
                        Part::Hole(expr, span) => JoinPart::Hole(expr, *span),
                    })
                    .collect();
                Template::of(compile::compile_join(&parts, text, scope)?)
            }
        }
    }
}

/// A compiled template. Cheap to clone, shared between threads; borrows nothing.
#[derive(Clone, Debug)]
pub struct Template(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Constant(Value),
    Program(Program),
}

impl Template {
    /// Parses and compiles.
    ///
    /// ```
    /// use segue::compile::{Scope, Undeclared};
    /// use segue::template::Template;
    /// let template = Template::compile("Hello ${1 + 1} of $${you}!", &Scope::new(Undeclared::Refuse));
    /// assert!(template.is_ok());
    /// ```
    ///
    /// # Errors
    /// All that is wrong in any hole.
    pub fn compile(text: &str, scope: &Scope) -> Result<Self, Vec<Diagnostic>> {
        parse(text, scope)?.compile(text, scope)
    }

    /// The template of a program. What is but a primitive constant needs no machine.
    fn of(program: Program) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self(match program.constant() {
            Some(value) => Kind::Constant(value.clone()),
            None => Kind::Program(program),
        }))
    }

    /// The value, if it is the same in every evaluation.
    #[must_use]
    pub fn constant(&self) -> Option<&Value> {
        match &self.0 {
            Kind::Constant(value) => Some(value),
            Kind::Program(_) => None,
        }
    }

    /// The program, if it takes one.
    #[must_use]
    pub fn program(&self) -> Option<&Program> {
        match &self.0 {
            Kind::Constant(_) => None,
            Kind::Program(program) => Some(program),
        }
    }

    /// Whether evaluating it may draw.
    #[must_use]
    pub fn may_draw(&self) -> bool {
        self.program().is_some_and(Program::may_draw)
    }

    /// Evaluates it; see [`Vm::run`].
    ///
    /// # Errors
    /// What an expression throws; a `TypeError` where a hole beside text gives `null` or `undefined`.
    pub fn eval(&self, vm: &mut Vm, variables: &[Value], draws: &mut Cursor<'_>) -> Result<Value, EvalError> {
        match &self.0 {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Program(program) => vm.run(program, variables, draws),
        }
    }
}
