//! What a run is given, and what all runs inside it share.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::permits::Permits;
use super::{Failure, Secrets};
use crate::component::{Component, Snapshot};
use crate::draw::{RunKeys, Seed};
use crate::ensemble::Ensemble;
use crate::ensemble::operation::{Cancellation, FailureKind, OperationError};
use crate::ensemble::plan::{AgentIdx, AgentPlan, Plan};
use crate::ensemble::services::Services;
use crate::ensemble::trace::{Event, EventKind, Keyed, Observer, Trace};
use crate::value::{Str, Value};

/// What a run and all nested runs inside it share.
pub(super) struct Root {
    pub(super) snapshot: OnceLock<Arc<dyn Snapshot>>,
    /// What the caller passed.
    pub(super) env: Vec<(Box<str>, Box<str>)>,
    /// Of all ensembles in it: an inner one's secret may come out as an outer one's output.
    pub(super) secrets: RwLock<Secrets>,
    pub(super) trace: Option<Mutex<Trace>>,
    pub(super) observers: Vec<Arc<dyn Observer>>,
    /// The caller's switch.
    pub(super) cancellation: Option<Cancellation>,
    pub(super) started: Instant,
}

impl Root {
    pub(super) fn secrets(&self) -> Secrets {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hides a value under its name, whoever shows it from now on.
    pub(super) fn hide(&self, name: &str, value: &str) {
        if self.secrets().hides(value) {
            return;
        }
        let mut kept = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
        *kept = kept.joined(&Secrets::new([(name.into(), value.into())]));
    }
}

/// One run, as far as it does not change while it goes.
pub(in crate::ensemble) struct Context {
    pub(super) ensemble: Ensemble,
    pub(super) root: Arc<Root>,
    pub(super) permits: Permits,
    /// The agents whose ensembles it is in.
    pub(super) path: Vec<Arc<str>>,
    pub(super) keys: RunKeys,
    pub(super) keyed: Keyed,
    /// The text of the sticky key, which nested ensembles inherit.
    pub(super) sticky: Option<Str>,
    /// Made when an operation asks for it.
    pub(super) cancellation: OnceLock<Cancellation>,
    /// How far those got who were dropped at work.
    pub(super) abandoned: Mutex<Vec<Abandoned>>,
}

/// An agent that was at work when its run ended.
pub(super) struct Abandoned {
    pub(super) agent: AgentIdx,
    pub(super) attempts: u32,
    pub(super) started: Option<Instant>,
    pub(super) component: Option<Arc<str>>,
}

impl Context {
    #[inline]
    pub(in crate::ensemble) fn plan(&self) -> &Plan {
        self.ensemble.plan()
    }

    pub(in crate::ensemble) fn ensemble(&self) -> &Ensemble {
        &self.ensemble
    }

    #[inline]
    pub(super) fn agent(&self, agent: AgentIdx) -> &AgentPlan {
        &self.plan().agents[agent.0 as usize]
    }

    pub(super) fn services(&self) -> &Services {
        self.ensemble.services()
    }

    pub(super) fn seed(&self) -> Seed {
        self.keys.seed()
    }

    pub(in crate::ensemble) fn cancellation(&self) -> &Cancellation {
        self.cancellation.get_or_init(Cancellation::new)
    }

    /// Whether anybody looks on.
    #[inline]
    pub(super) fn is_observed(&self) -> bool {
        self.root.trace.is_some() || !self.root.observers.is_empty()
    }

    /// Tells those who look on, if there are any.
    #[inline]
    pub(super) fn emit<'e>(&'e self, kind: impl FnOnce() -> EventKind<'e>) {
        if self.is_observed() {
            self.emit_now(kind());
        }
    }

    fn emit_now(&self, kind: EventKind<'_>) {
        let at = Instant::now().duration_since(self.root.started);
        let event = Event { path: &self.path, ensemble: &self.plan().name, at, kind };
        if let Some(trace) = &self.root.trace {
            trace.lock().unwrap_or_else(PoisonError::into_inner).record(&event);
        }
        for observer in &self.root.observers {
            observer.observe(&event);
        }
    }

    /// Whether anybody wants to see answers on their way.
    pub(in crate::ensemble) fn wants_text(&self) -> bool {
        self.root.observers.iter().any(|observer| observer.wants_text())
    }

    /// A piece of an answer, secrets replaced.
    pub(in crate::ensemble) fn tell_text(&self, agent: &str, text: &str) {
        let at = Instant::now().duration_since(self.root.started);
        let kind = EventKind::Text { agent, text };
        let event = Event { path: &self.path, ensemble: &self.plan().name, at, kind };
        for observer in self.root.observers.iter().filter(|observer| observer.wants_text()) {
            observer.observe(&event);
        }
    }

    /// The failure with secrets replaced.
    #[cold]
    pub(super) fn masked(&self, mut failure: Failure) -> Failure {
        failure.message = self.root.secrets().mask_shared(&failure.message);
        failure
    }

    /// A variable that the caller passed, the last of that name, or one of the process.
    pub(in crate::ensemble) fn variable(&self, name: &str) -> Option<String> {
        let passed = self.root.env.iter().rev().find(|(passed, _)| **passed == *name);
        passed.map(|(_, value)| value.to_string()).or_else(|| (self.services().environment)(name))
    }

    /// A variable that is hidden from now on.
    pub(in crate::ensemble) fn secret(&self, name: &str) -> Option<String> {
        let value = self.variable(name)?;
        // Spaces around a key are no part of it, and a value that is nothing else would hide every space.
        self.root.hide(name, value.trim());
        Some(value)
    }

    pub(in crate::ensemble) fn secrets(&self) -> Secrets {
        self.root.secrets()
    }

    /// The component's text with `input` and `config` filled in.
    pub(in crate::ensemble) fn render(
        &self,
        agent: AgentIdx,
        component: &Arc<Component>,
        input: &Value,
        config: &Value,
    ) -> Result<Str, OperationError> {
        let services = self.services();
        let text = services.texts.get(component)?;
        let Some(template) = text.template() else { return Ok(text.verbatim()) };
        let stream = self.ensemble.schedule().text_streams.get(agent.0 as usize).copied().flatten();
        let mut stream = match stream {
            Some(id) => self.keys.stream(id),
            None => crate::draw::Stream::seeded(self.seed()),
        };
        let variables = [input.clone(), config.clone()];
        let rendered = services.vms.with(|vm| template.eval(vm, &variables, &mut stream.cursor()));
        match rendered {
            Ok(Value::String(text)) => Ok(text),
            Ok(other) => Ok(whole_text(&other)),
            Err(error) => {
                let place = crate::ensemble::services::place(component, error.span);
                let message = format!("{} (at {place})", error.message);
                Err(OperationError::new(FailureKind::Expression(error.kind), message))
            }
        }
    }
}

/// A text that is one hole gives a value; a prompt is a text all the same.
fn whole_text(value: &Value) -> Str {
    match value {
        Value::Undefined | Value::Null => Str::EMPTY,
        Value::Bool(claim) => Str::from(if *claim { "true" } else { "false" }),
        other => other.to_json_string().into(),
    }
}

impl Drop for Context {
    /// Whatever an operation has handed elsewhere ends with its run.
    fn drop(&mut self) {
        if let Some(cancellation) = self.cancellation.get() {
            cancellation.cancel();
        }
    }
}

/// A timer, where there is a runtime that has any.
pub(super) fn sleep(duration: Duration) -> Result<Sleep, Failure> {
    let missing = || {
        let message = "a time-out or a wait before a retry needs a tokio runtime with timers around the run";
        Failure::new(FailureKind::Runtime, message)
    };
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(missing());
    }
    // A runtime does not tell whether it has timers; without them this panics.
    catch_unwind(AssertUnwindSafe(|| tokio::time::sleep(duration))).map_err(|_| missing())
}

/// What a panic said.
pub(super) fn panicked(payload: &(dyn std::any::Any + Send)) -> OperationError {
    let said: Cow<'_, str> = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => Cow::Borrowed(text),
        (None, Some(text)) => Cow::Borrowed(text),
        (None, None) => Cow::Borrowed("something that is no text"),
    };
    OperationError::new(FailureKind::Panic, format!("the operation panicked: {said}"))
}
