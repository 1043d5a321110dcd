//! Why a conversion failed.

use crate::value::Thrown;
use std::fmt;

/// A value and a type that do not fit, with the way to the place: `orders[3].id: invalid type …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    /// The place, written as an expression would; empty for the whole value.
    path: String,
    message: String,
}

impl ConvertError {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Self { path: String::new(), message: message.to_string() }
    }

    /// The same error seen from the container: `at` leads to where it was.
    #[cold]
    pub(super) fn under(mut self, at: impl fmt::Display) -> Self {
        self.path = format!("{at}{}", self.path);
        self
    }

    /// The place, written as an expression would: `orders[3].id`. Empty for the whole value.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.trim_start_matches('.')
    }

    /// What is wrong there.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for ConvertError {}

impl ::serde::de::Error for ConvertError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl ::serde::ser::Error for ConvertError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl From<Thrown> for ConvertError {
    fn from(thrown: Thrown) -> Self {
        Self::new(thrown.message)
    }
}
