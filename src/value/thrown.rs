//! What an operation on values throws. It knows no place: the VM adds the span.

use std::fmt;

/// The class of an error: JavaScript's, or a limit of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `SyntaxError`: the source, or the text given to `JSON.parse`.
    Syntax,
    /// `TypeError`
    Type,
    /// `RangeError`
    Range,
    /// `ReferenceError`
    Reference,
    /// `URIError`
    Uri,
    /// `Error`, thrown by `fail('message')` and by host functions.
    Error,
    /// `LimitError`: fuel, memory, output size, nesting. Not JavaScript's; nothing can catch it.
    Limit,
}

impl ErrorKind {
    /// The class's name, as JavaScript's `error.name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "SyntaxError",
            Self::Type => "TypeError",
            Self::Range => "RangeError",
            Self::Reference => "ReferenceError",
            Self::Uri => "URIError",
            Self::Error => "Error",
            Self::Limit => "LimitError",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An error without a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Thrown {
    /// The class.
    pub kind: ErrorKind,
    /// What went wrong, as V8 words it where that is clear.
    pub message: Box<str>,
}

impl Thrown {
    /// An error of the given class.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Box<str>>) -> Self {
        Self { kind, message: message.into() }
    }

    /// A `TypeError`.
    #[cold]
    pub fn type_error(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Type, message)
    }

    /// A `RangeError`.
    #[cold]
    pub fn range(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Range, message)
    }

    /// A `SyntaxError`.
    #[cold]
    pub fn syntax(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Syntax, message)
    }

    /// A `LimitError`.
    #[cold]
    pub fn limit(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Limit, message)
    }
}
