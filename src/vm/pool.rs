//! Machines that are not in use.

use std::sync::{Mutex, PoisonError};

use super::{Limits, Vm};
use crate::bytecode::Program;
use crate::draw::Cursor;
use crate::value::Value;

/// Lends machines, so that what one evaluation has allocated serves the next. Shared between threads.
#[derive(Debug)]
pub struct Pool {
    limits: Limits,
    idle: Mutex<Vec<Vm>>,
}

/// More machines than threads are no use.
const IDLE: usize = 64;

impl Pool {
    /// A pool of machines that keep to `limits`; none is made before it is needed.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, idle: Mutex::default() }
    }

    /// The value of a program for which no machine is needed, of variables that are nowhere side by side; `None` where
    /// it needs one after all.
    #[inline]
    pub(crate) fn run_quickly(
        &self,
        program: &Program,
        variables: &[&Value],
        draws: &mut Cursor<'_>,
    ) -> Option<Value> {
        super::try_quick(&self.limits, program, variables, draws).map(super::quick::Quick::into_value)
    }

    /// Lends a machine for as long as `work` takes.
    #[inline]
    pub fn with<T>(&self, work: impl FnOnce(&mut Vm) -> T) -> T {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut vm = idle.unwrap_or_else(|| Vm::new(self.limits.clone()));
        let done = work(&mut vm);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(vm);
        }
        done
    }
}
