//! A failed evaluation: what was thrown, and where.

use crate::syntax::Span;
use crate::value::{ErrorKind, Thrown};

/// A failed evaluation: the class JavaScript would throw (or the limit that was hit), and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
#[non_exhaustive]
pub struct EvalError {
    /// The class.
    pub kind: ErrorKind,
    /// What went wrong.
    pub message: Box<str>,
    /// The part of the source that threw.
    pub span: Span,
}

impl EvalError {
    /// `thrown` at `span`.
    #[must_use]
    #[cold]
    pub fn new(thrown: Thrown, span: Span) -> Self {
        Self { kind: thrown.kind, message: thrown.message, span }
    }
}
