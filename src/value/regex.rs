//! Regular expressions as values. Matching belongs to the built-ins.

use std::any::Any;
use std::sync::{Arc, OnceLock};

/// A regular expression: its text, and its flags in canonical order. Two are equal if they are the same
/// allocation. `lastIndex` is always 0.
#[derive(Clone, Debug)]
pub struct Regex(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    pattern: Arc<str>,
    flags: Box<str>,
    /// Shared by all values that are made by one literal.
    compiled: Arc<OnceLock<Box<dyn Any + Send + Sync>>>,
}

impl Regex {
    /// The regular expression `/pattern/flags`.
    #[must_use]
    pub fn new(pattern: &str, flags: &str) -> Self {
        Self(Arc::new(Parts { pattern: pattern.into(), flags: flags.into(), compiled: Arc::default() }))
    }

    /// Another value with the same text, as each evaluation of a literal gives. What is compiled is shared.
    #[must_use]
    pub fn fresh(&self) -> Self {
        let Parts { pattern, flags, compiled } = &*self.0;
        Self(Arc::new(Parts { pattern: pattern.clone(), flags: flags.clone(), compiled: compiled.clone() }))
    }

    /// What `compile` makes of it, made once; `None` if that was a value of another type the first time.
    ///
    /// Matching belongs to a room that this one does not know: the compiled form is carried as [`Any`].
    pub fn compiled<T: Any + Send + Sync>(&self, compile: impl FnOnce(&Self) -> T) -> Option<&T> {
        self.0.compiled.get_or_init(|| Box::new(compile(self))).downcast_ref()
    }

    /// The text between the slashes.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.0.pattern
    }

    /// The flags.
    #[must_use]
    pub fn flags(&self) -> &str {
        &self.0.flags
    }

    /// Whether both are the same allocation (`===`).
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
