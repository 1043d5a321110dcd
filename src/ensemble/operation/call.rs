//! What an operation is given for one attempt.

use std::sync::Arc;

use super::{Cancellation, FailureKind, OperationError};
use crate::component::Component;
use crate::ensemble::plan::AgentIdx;
use crate::ensemble::run::{Context, Secrets};
use crate::value::{Str, Value};

/// One attempt of one agent: its input, configuration and component, all rendered but the component's text.
///
/// It can be kept in the attempt's future; cloning it is a few counters.
#[derive(Clone)]
pub struct Call<'a> {
    pub(in crate::ensemble) context: &'a Context,
    pub(in crate::ensemble) agent: AgentIdx,
    pub(in crate::ensemble) input: Value,
    pub(in crate::ensemble) config: Value,
    pub(in crate::ensemble) component: Option<Arc<Component>>,
    pub(in crate::ensemble) attempt: u32,
}

impl<'a> Call<'a> {
    /// The agent's name.
    #[must_use]
    pub fn agent(&self) -> &'a str {
        &self.context.plan().agents[self.agent.0 as usize].name
    }

    /// The ensemble's name.
    #[must_use]
    pub fn ensemble(&self) -> &'a str {
        &self.context.plan().name
    }

    /// The agent's input; the run's where the agent has none of its own.
    #[must_use]
    pub fn input(&self) -> &Value {
        &self.input
    }

    /// The agent's configuration; an empty object where it has none.
    #[must_use]
    pub fn config(&self) -> &Value {
        &self.config
    }

    /// A field of the configuration; `None` where it is absent, `undefined` or `null`.
    #[must_use]
    pub fn config_field(&self, name: &str) -> Option<&Value> {
        match &self.config {
            Value::Object(config) => config.get_str(name).filter(|value| !value.is_nullish()),
            _ => None,
        }
    }

    /// A field of the configuration that is a text.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] where it is something else.
    pub fn config_text(&self, name: &str) -> Result<Option<&Str>, OperationError> {
        match self.config_field(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(OperationError::invalid(format!("`config.{name}` is not a text"))),
        }
    }

    /// The component, resolved, its text not rendered.
    #[must_use]
    pub fn component(&self) -> Option<&Arc<Component>> {
        self.component.as_ref()
    }

    /// Which attempt it is, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The run's switch. The attempt's own future is dropped when the run ends; this is for what it hands elsewhere.
    #[must_use]
    pub fn cancellation(&self) -> &'a Cancellation {
        self.context.cancellation()
    }

    /// A variable of the environment: what the caller of the run passed, else what the engine's process has.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        self.context.variable(name)
    }

    /// As [`variable`](Self::variable), for one that must not be seen: from now on its value is replaced by `‹NAME›`
    /// in everything that is shown of the run.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<String> {
        self.context.secret(name)
    }

    /// What hides the run's secrets in texts that are about to be shown. Errors are masked when they are returned.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        self.context.secrets()
    }

    /// The component's text with `input` and `config` filled in, or as it is where it is no template. Each version is
    /// compiled once.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] where the agent has no component; what is wrong in its text, with the place in the
    /// component's file; what its expressions throw.
    pub fn render_component(&self) -> Result<Str, OperationError> {
        let Some(component) = &self.component else {
            let message = "the agent has no `component`";
            return Err(OperationError::new(FailureKind::Invalid, message));
        };
        self.context.render(self.agent, component, &self.input, &self.config)
    }
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Input and configuration may hold secrets.
        f.debug_struct("Call").field("agent", &self.agent()).field("attempt", &self.attempt).finish()
    }
}
