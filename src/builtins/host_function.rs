//! Functions and filters that a host program registers.

use super::Outcome;
use crate::syntax;
use crate::value::{Closure, Str, Thrown, Value};
use std::sync::Arc;

/// A Rust function that expressions can call by a name of the scope, or as a filter.
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

/// What a host adds to the language: functions by their names, and filters.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    functions: Vec<(Box<str>, Value)>,
    filters: Vec<(Box<str>, Value)>,
}

impl Extensions {
    /// Adds a function. Of two with one name the later one is called.
    ///
    /// # Errors
    /// None in practice, see [`HostFunction::into_value`].
    pub fn add_function(&mut self, name: &str, function: HostFunction) -> Result<(), Thrown> {
        self.functions.push((name.into(), function.into_value()?));
        Ok(())
    }

    /// Adds a filter: a function whose first argument is the value before the bar.
    ///
    /// # Errors
    /// A name that no filter of a host can have.
    pub fn add_filter(&mut self, name: &str, function: HostFunction) -> Result<(), FilterError> {
        if super::filter(name).is_some() {
            return Err(FilterError::BuiltIn(name.into()));
        }
        if !syntax::is_name(name) {
            return Err(FilterError::NoName(name.into()));
        }
        if super::global(name).is_some() || RESERVED.contains(&name) {
            return Err(FilterError::Taken(name.into()));
        }
        if self.filter(name).is_some() {
            return Err(FilterError::Twice(name.into()));
        }
        let function = function.into_value().map_err(|_| FilterError::NoName(name.into()))?;
        self.filters.push((name.into(), function));
        Ok(())
    }

    /// The functions, in the order in which they came.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.functions.iter().map(|(name, function)| (&**name, function))
    }

    /// Whether there is a function of that name.
    #[must_use]
    pub fn has_function(&self, name: &str) -> bool {
        self.functions.iter().any(|(known, _)| **known == *name)
    }

    /// The filter of that name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&Value> {
        self.filters.iter().find(|(known, _)| **known == *name).map(|(_, function)| function)
    }

    /// The names of the filters.
    pub fn filter_names(&self) -> impl Iterator<Item = &str> {
        self.filters.iter().map(|(name, _)| &**name)
    }
}

/// Names that ensembles give a meaning, which would hide a filter.
const RESERVED: &[&str] = &["input", "env", "agents", "draw", "fail", "config"];

/// A name that no filter of a host can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The language has a filter of that name.
    #[error("there is a built-in filter `{0}`: give yours another name")]
    BuiltIn(Box<str>),
    /// It could not be written after a bar.
    #[error(
        "`{0}` cannot name a filter: a name has letters, digits, `_` and `$`, and is no word of the language"
    )]
    NoName(Box<str>),
    /// It means something else.
    #[error("`{0}` cannot name a filter: it stands for something else in expressions")]
    Taken(Box<str>),
    /// There is one already.
    #[error("there are two filters `{0}`")]
    Twice(Box<str>),
}
