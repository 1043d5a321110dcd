//! The one error for `?`: whatever of the engine's went wrong.

use std::fmt;

use super::CompileError;
#[cfg(feature = "ensemble")]
use crate::ensemble::{LoadError, RunError};
use crate::syntax::{Diagnostic, Span};
use crate::value::{ConvertError, ErrorKind};
use crate::vm::EvalError;

/// Something that an engine, or what it made, was asked for and could not do.
///
/// Compiling, loading, evaluating and starting a run have errors of their own, which say what can go wrong there and no
/// more; each becomes this one with `?`. Its [`source`](std::error::Error::source) is the error that it was made from.
///
/// ```
/// use segue::{Engine, Error, Kind, context, value::ErrorKind};
///
/// fn is_open(gate: &str) -> Result<bool, Error> {
///     Engine::new().compile(gate)?.eval_as(&context! { n: 1 })
/// }
///
/// assert_eq!(is_open("n > 0"), Ok(true));
/// let error = is_open("n >").expect_err("something is missing");
/// assert_eq!((error.kind(), error.diagnostics().len()), (Kind::Compile, 1));
/// let error = is_open("n.x.y").expect_err("n has no x");
/// assert_eq!(error.kind(), Kind::Thrown(ErrorKind::Type));
/// assert_eq!(error.span().map(|span| span.range()), Some(0..5));
/// ```
#[derive(Clone, PartialEq)]
pub struct Error(Box<Source>);

/// What it was made from.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    Compile(CompileError),
    Eval(EvalError),
    Context(ConvertError),
    Result(ConvertError),
    #[cfg(feature = "ensemble")]
    Load(LoadError),
    #[cfg(feature = "ensemble")]
    Run(RunError),
}

/// What could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A text does not compile.
    Compile,
    /// An ensemble cannot be loaded.
    Load,
    /// A run was refused before its first agent.
    Run,
    /// An expression threw an error of this class, a limit's among them.
    Thrown(ErrorKind),
    /// What an expression was to be evaluated with cannot be a value.
    Context,
    /// What it gave does not fit the type that was asked for.
    Result,
}

impl Error {
    pub(super) fn context(error: ConvertError) -> Self {
        Self(Box::new(Source::Context(error)))
    }

    pub(super) fn result(error: ConvertError) -> Self {
        Self(Box::new(Source::Result(error)))
    }

    /// What could not be done.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &*self.0 {
            Source::Compile(_) => Kind::Compile,
            Source::Eval(thrown) => Kind::Thrown(thrown.kind),
            Source::Context(_) => Kind::Context,
            Source::Result(_) => Kind::Result,
            #[cfg(feature = "ensemble")]
            Source::Load(_) => Kind::Load,
            #[cfg(feature = "ensemble")]
            Source::Run(_) => Kind::Run,
        }
    }

    /// The place in the text, in bytes: of what was thrown, or of the first diagnostic.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match &*self.0 {
            Source::Eval(thrown) => Some(thrown.span),
            _ => self.diagnostics().first().map(Diagnostic::span),
        }
    }

    /// What is wrong with the text, with places and mends; what was thrown is one. None for what has no text.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match &*self.0 {
            Source::Compile(error) => error.diagnostics.clone(),
            Source::Eval(thrown) => vec![Diagnostic::error("thrown", thrown.to_string(), thrown.span)],
            #[cfg(feature = "ensemble")]
            Source::Load(error) => error.diagnostics.clone(),
            _ => Vec::new(),
        }
    }

    fn made_from(&self) -> &(dyn std::error::Error + 'static) {
        match &*self.0 {
            Source::Compile(error) => error,
            Source::Eval(error) => error,
            Source::Context(error) | Source::Result(error) => error,
            #[cfg(feature = "ensemble")]
            Source::Load(error) => error,
            #[cfg(feature = "ensemble")]
            Source::Run(error) => error,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Source::Context(error) => write!(f, "the context is no value: {error}"),
            Source::Result(error) => write!(f, "the result does not fit: {error}"),
            _ => fmt::Display::fmt(self.made_from(), f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.made_from())
    }
}

macro_rules! made_from {
    ($($(#[$condition:meta])? $type:ident => $source:ident,)*) => {$(
        $(#[$condition])?
        impl From<$type> for Error {
            fn from(error: $type) -> Self {
                Self(Box::new(Source::$source(error)))
            }
        }
    )*};
}

made_from! {
    CompileError => Compile,
    EvalError => Eval,
    #[cfg(feature = "ensemble")] LoadError => Load,
    #[cfg(feature = "ensemble")] RunError => Run,
}
