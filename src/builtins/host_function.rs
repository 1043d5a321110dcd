//! Functions that a host program registers.

use super::Outcome;
use crate::value::{Closure, Str, Thrown, Value};
use std::sync::Arc;

/// A Rust function that expressions can call by a name of the scope.
pub struct HostFunction {
    name: Box<str>,
    length: u32,
    run: Box<Body>,
}

type Body = dyn Fn(&[Value]) -> Outcome + Send + Sync;

impl HostFunction {
    /// The function `run`, which takes `length` arguments (more or fewer may come) and says `name` of itself.
    pub fn new(
        name: impl Into<Box<str>>,
        length: u32,
        run: impl Fn(&[Value]) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), length, run: Box::new(run) }
    }

    /// Calls it.
    ///
    /// # Errors
    /// What it throws.
    pub fn call(&self, arguments: &[Value]) -> Outcome {
        (self.run)(arguments)
    }

    /// The function as a value.
    ///
    /// # Errors
    /// None in practice: it captures nothing that could nest too deep.
    pub fn into_value(self) -> Result<Value, Thrown> {
        let (name, length) = (Str::from(&*self.name), self.length);
        let closure = Closure::new(Arc::new(self), 0, Box::default())?;
        Ok(Value::Closure(Arc::new(closure.named(name, length))))
    }
}

impl std::fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostFunction").field("name", &self.name).finish_non_exhaustive()
    }
}
