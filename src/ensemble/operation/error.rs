//! Why an agent, or a whole run, failed.

use std::fmt;
use std::time::Duration;

use crate::component::ComponentErrorKind;
use crate::value::ErrorKind;

/// The cause of a failure, to match on. Expressions see its [`name`](Self::name) as `a.error.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// An expression threw, `fail('…')` included.
    Expression(ErrorKind),
    /// A component could not be had.
    Component(ComponentErrorKind),
    /// An attempt, or the whole run, took too long.
    Timeout,
    /// A service could not be reached or broke off.
    Transport,
    /// The agent's input or configuration is not what its operation needs.
    Invalid,
    /// The operation said no.
    Operation,
    /// The operation panicked.
    Panic,
    /// The run was cancelled from outside.
    Cancelled,
    /// A nested ensemble could not be loaded, was refused, or nests too deep.
    Ensemble,
    /// What was needed of the surroundings is missing: a timer without a runtime.
    Runtime,
}

impl FailureKind {
    /// The name that expressions and JSON show.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expression(kind) => kind.name(),
            Self::Component(_) => "ComponentError",
            Self::Timeout => "TimeoutError",
            Self::Transport => "TransportError",
            Self::Invalid => "InvalidError",
            Self::Operation => "OperationError",
            Self::Panic => "PanicError",
            Self::Cancelled => "CancelledError",
            Self::Ensemble => "EnsembleError",
            Self::Runtime => "RuntimeError",
        }
    }

    /// Whether trying again may help: time-outs and transport, never what an expression threw.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Timeout | Self::Transport | Self::Component(ComponentErrorKind::Io) => true,
            Self::Expression(_) | Self::Component(_) | Self::Invalid | Self::Operation => false,
            Self::Panic | Self::Cancelled | Self::Ensemble | Self::Runtime => false,
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an operation fails with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
#[non_exhaustive]
pub struct OperationError {
    /// The cause.
    pub kind: FailureKind,
    /// One sentence for people.
    pub message: String,
    /// The service's own wish when to be asked again; no retry comes earlier.
    pub retry_after: Option<Duration>,
    /// Whether another attempt may help. [`new`](Self::new) takes it from the kind.
    pub is_transient: bool,
}

impl OperationError {
    /// An error of that kind.
    #[must_use]
    #[cold]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None, is_transient: kind.is_transient() }
    }

    /// The operation said no; it is not tried again.
    #[must_use]
    #[cold]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Operation, message)
    }

    /// A service could not be reached; it is tried again where the agent has retries.
    #[must_use]
    #[cold]
    pub fn transport(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Transport, message)
    }

    /// Input or configuration is not what the operation needs.
    #[must_use]
    #[cold]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Invalid, message)
    }

    /// The same error, tried again where the agent has retries.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.is_transient = true;
        self
    }

    /// The same error, tried again no earlier than `wait` from now.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self.transient()
    }
}
