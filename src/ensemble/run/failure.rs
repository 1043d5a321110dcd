//! What went wrong in a run, and what kept one from starting.

use std::fmt;
use std::sync::Arc;

use crate::component::ComponentError;
use crate::ensemble::operation::{FailureKind, OperationError};
use crate::ensemble::plan::Expression;
use crate::syntax::Span;
use crate::vm::EvalError;

/// Why an agent, or a run, failed. Secrets in the message are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The cause.
    pub kind: FailureKind,
    /// One sentence for people.
    pub message: Arc<str>,
    /// The agent; absent where it is the run's own: its output, its time-out.
    pub agent: Option<Arc<str>>,
    /// The field at fault, seen from the agent: `condition`, `input.text`; from the ensemble where there is no agent.
    pub field: Option<Arc<str>>,
    /// The text of the expression that threw.
    pub expression: Option<Arc<str>>,
    /// Where it stands, in bytes of the ensemble's file.
    pub span: Option<Span>,
    /// Whether another attempt may help.
    pub is_transient: bool,
}

impl Failure {
    /// A failure without a place.
    #[cold]
    pub(in crate::ensemble) fn new(kind: FailureKind, message: impl Into<Arc<str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            agent: None,
            field: None,
            expression: None,
            span: None,
            is_transient: kind.is_transient(),
        }
    }

    /// What an expression of the ensemble's file threw.
    #[cold]
    pub(in crate::ensemble) fn thrown(error: &EvalError, expression: &Expression) -> Self {
        Self {
            field: Some(expression.field.clone()),
            expression: Some(expression.text.clone()),
            span: Some(expression.map.span(error.span)),
            ..Self::new(FailureKind::Expression(error.kind), &*error.message)
        }
    }

    /// What an operation failed with.
    #[cold]
    pub(in crate::ensemble) fn operation(error: &OperationError) -> Self {
        Self { is_transient: error.is_transient, ..Self::new(error.kind, error.message.as_str()) }
    }

    /// A component that could not be had.
    #[cold]
    pub(in crate::ensemble) fn component(error: &ComponentError) -> Self {
        Self {
            field: Some("component".into()),
            ..Self::new(FailureKind::Component(error.kind), &*error.message)
        }
    }

    /// The failure as that of `agent`, its field without the agent's name in front.
    #[cold]
    pub(in crate::ensemble) fn of(mut self, agent: &Arc<str>) -> Self {
        if let Some(field) = &self.field {
            let inner = field.strip_prefix(&**agent).and_then(|rest| rest.strip_prefix('.'));
            if let Some(inner) = inner.map(Arc::from) {
                self.field = Some(inner);
            }
        }
        self.agent = Some(agent.clone());
        self
    }
}

/// `analyzer.input.text: TypeError: …`; the ensemble is whoever shows it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.agent, &self.field) {
            (Some(agent), Some(field)) => write!(f, "{agent}.{field}: ")?,
            (Some(place), None) | (None, Some(place)) => write!(f, "{place}: ")?,
            (None, None) => {}
        }
        write!(f, "{}: {}", self.kind, self.message)?;
        match &self.expression {
            Some(expression) => write!(f, " (in {})", expression.trim()),
            None => Ok(()),
        }
    }
}

/// What keeps a run from starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The input is no JSON, or not what the ensemble's schema asks for.
    Input,
    /// The input holds an integer that a double may not hold, and the run is strict.
    UnsafeInteger,
    /// An environment variable has no value.
    Env,
    /// The sticky key has a type that no key has, is missing where it must not, or threw.
    StickyKey,
    /// The component source could not be read.
    Components,
    /// A blocking run inside a runtime.
    Runtime,
}

impl RefusalKind {
    /// The name that JSON shows.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "InputError",
            Self::UnsafeInteger => "UnsafeIntegerError",
            Self::Env => "EnvError",
            Self::StickyKey => "StickyKeyError",
            Self::Components => "ComponentError",
            Self::Runtime => "RuntimeError",
        }
    }
}

/// A run that was refused before its first agent: nothing has happened. The command exits with 2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{ensemble}: {message}")]
#[non_exhaustive]
pub struct RunError {
    /// The cause.
    pub kind: RefusalKind,
    /// What is wrong and how to mend it; several lines where several things are.
    pub message: String,
    /// The ensemble.
    pub ensemble: Arc<str>,
    /// The field, the path in the input, or the variable at fault.
    pub field: Option<String>,
}

impl RunError {
    #[cold]
    pub(super) fn new(ensemble: &Arc<str>, kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), ensemble: ensemble.clone(), field: None }
    }

    pub(super) fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
