//! Regular expressions as values. Matching belongs to the built-ins.

use std::sync::Arc;

/// A regular expression: its text, and its flags in canonical order. Two are equal if they are the same
/// allocation. `lastIndex` is always 0.
#[derive(Clone, Debug)]
pub struct Regex(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    pattern: Box<str>,
    flags: Box<str>,
}

impl Regex {
    /// The regular expression `/pattern/flags`.
    #[must_use]
    pub fn new(pattern: &str, flags: &str) -> Self {
        Self(Arc::new(Parts { pattern: pattern.into(), flags: flags.into() }))
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
