//! Runs programs, within limits.
//!
//! `run` is the loop: one accumulator, a stack that most gates never touch, values borrowed wherever possible.
//! `machine` is what built-ins see of it. Knows instructions and values; not trees, YAML, git or clocks.
#![deny(clippy::disallowed_methods)]

mod budget;
mod build;
mod call;
mod callback;
mod constants;
mod error;
mod late;
mod machine;
mod member;
mod operand;
mod pipeline;
mod pool;
mod quick;
mod run;
#[cfg(test)]
mod tests;

pub use budget::Limits;
pub use error::EvalError;
pub use pool::Pool;

use crate::bytecode::Program;
use crate::draw::Cursor;
use crate::syntax::Span;
use crate::value::{ObjectBuilder, Str, Value};
use machine::Machine;
use std::sync::Arc;

/// Runs programs one after the other; what it allocates for one is used again for the next.
#[derive(Debug)]
pub struct Vm {
    limits: Limits,
    scratch: Scratch,
}

/// What an evaluation needs besides its budget, kept from one to the next.
#[derive(Debug, Default)]
struct Scratch {
    /// The array literals and argument lists being made, innermost last.
    lists: Vec<Vec<Value>>,
    /// The object literals being made, innermost last.
    objects: Vec<ObjectBuilder>,
    /// What was given out of constants.
    constants: constants::Constants,
    /// Where quick code joins a text.
    text: quick::Room,
    /// The cells of parameters that were captured too early; they live as long as the evaluation.
    cells: Vec<Arc<late::Cell>>,
    /// Where the error under way was thrown first, and in which code.
    fault: Option<(CodeId, Span)>,
}

/// The address of a code, to tell it from others while it is alive.
type CodeId = usize;

impl Default for Vm {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Vm {
    /// A machine that keeps to `limits` in each evaluation.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, scratch: Scratch::default() }
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Evaluates `program` with the variables of its scope in `variables`, slot by slot; a slot past the end is
    /// `undefined`.
    ///
    /// # Errors
    /// What the expression throws, or the limit that it hit.
    pub fn run(
        &mut self,
        program: &Program,
        variables: &[Value],
        draws: &mut Cursor<'_>,
    ) -> Result<Value, EvalError> {
        match try_quick(&self.limits, program, variables, draws) {
            Some(value) => match value.borrowed() {
                None => Ok(value.into_value()),
                Some(Value::Bool(claim)) => Ok(Value::Bool(*claim)),
                Some(borrowed) => Ok(self.scratch.constants.give(program.code(), borrowed)),
            },
            None => self.run_whole(program, variables, draws),
        }
    }

    /// What is left where quick code does not do. Cold, so that the way through that code saves nothing for this one.
    #[cold]
    #[inline(never)]
    fn run_whole(
        &mut self,
        program: &Program,
        variables: &[Value],
        draws: &mut Cursor<'_>,
    ) -> Result<Value, EvalError> {
        if let Some(text) = try_text(&self.limits, program, variables, draws, &mut self.scratch.text) {
            return Ok(Value::String(text));
        }
        Machine::new(&self.limits, &mut self.scratch, draws).evaluate(program, variables)
    }
}

/// Tries quick code, if the program has it and the fuel lasts for all of it.
#[inline]
fn try_quick<'a>(
    limits: &Limits,
    program: &'a Program,
    variables: impl quick::Variables<'a>,
    draws: &mut Cursor<'_>,
) -> Option<quick::Quick<'a>> {
    let code = program.code();
    let trial = quick::Trial::new(code, code.main(), variables, &[])?;
    if trial.cost() > limits.fuel {
        return None;
    }
    trial.run(&[], draws)
}

/// As [`try_quick`], for a program that is a text with holes.
#[inline]
fn try_text<'a>(
    limits: &Limits,
    program: &'a Program,
    variables: impl quick::Variables<'a>,
    draws: &mut Cursor<'_>,
    room: &mut quick::Room,
) -> Option<Str> {
    let code = program.code();
    let trial = quick::Trial::of_text(code, code.main(), variables, &[])?;
    let (steps, bytes) = trial.text_cost();
    if steps > limits.fuel || bytes > limits.memory {
        return None;
    }
    trial.text(draws, room)
}
