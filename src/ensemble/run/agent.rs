//! What became of an agent, as programs and as expressions see it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::Failure;
use crate::value::{Object, Shape, Str, Thrown, Value};

/// How far an agent got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AgentStatus {
    /// It was waiting, or at work, when its run ended.
    #[default]
    Cancelled,
    /// Its gate said no.
    SkippedByGate,
    /// An agent that it requires gave no output.
    SkippedByRequires,
    /// It gave its output.
    Done,
    /// It failed; it may have a fallback's output.
    Failed,
}

impl AgentStatus {
    /// Whether it was left out.
    #[must_use]
    pub fn is_skipped(self) -> bool {
        matches!(self, Self::SkippedByGate | Self::SkippedByRequires)
    }

    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::SkippedByGate | Self::SkippedByRequires => "skipped",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// One agent after a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AgentState {
    /// How far it got.
    pub status: AgentStatus,
    /// Whether an attempt was begun. A gate that threw has failed without being executed.
    pub executed: bool,
    /// Its output, or its fallback's.
    pub output: Value,
    /// Why it failed.
    pub error: Option<Arc<Failure>>,
    /// How many attempts were begun.
    pub attempts: u32,
    /// From the first attempt to the last's end, waits between them included.
    pub duration: Option<Duration>,
    /// The component that served it, as resolved: `prompts/extraction@v1.0.0`.
    pub component: Option<Arc<str>>,
    /// How old the answer is, where it came from the cache and no attempt was begun.
    pub cached: Option<Duration>,
}

/// The properties of an agent in expressions.
const KEYS: [&str; 8] =
    ["executed", "success", "failed", "output", "error", "attempts", "duration", "component"];

fn shape() -> Arc<Shape> {
    static SHAPE: OnceLock<Arc<Shape>> = OnceLock::new();
    SHAPE.get_or_init(|| shape_of(&KEYS)).clone()
}

fn error_shape() -> Arc<Shape> {
    static SHAPE: OnceLock<Arc<Shape>> = OnceLock::new();
    SHAPE.get_or_init(|| shape_of(&["kind", "message"])).clone()
}

fn shape_of(keys: &[&str]) -> Arc<Shape> {
    let keys = keys.iter().map(|key| Str::from(*key)).collect();
    Shape::from_ordered(keys).expect("the keys are distinct and no array indices")
}

impl AgentState {
    /// Whether it gave its own output.
    #[must_use]
    pub fn success(&self) -> bool {
        self.status == AgentStatus::Done
    }

    /// Whether it failed, whatever came of that.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.status == AgentStatus::Failed
    }

    /// Whether who requires it may run: it was executed (or failed with a fallback) and gave an output, `null` too.
    pub(super) fn gave_output(&self) -> bool {
        !self.status.is_skipped() && !matches!(self.output, Value::Undefined)
    }

    /// The duration in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> Option<f64> {
        // Microseconds are what the clock is good for.
        self.duration.map(|duration| (duration.as_secs_f64() * 1e6).round() / 1e3)
    }

    /// The agent as expressions see it.
    ///
    /// # Errors
    /// `LimitError` where the output nests so deep that nothing can be around it.
    pub fn to_value(&self) -> Result<Value, Thrown> {
        let error = match &self.error {
            None => Value::Undefined,
            Some(failure) => {
                let values = vec![failure.kind.name().into(), (&*failure.message).into()];
                Value::Object(Object::new(error_shape(), values)?)
            }
        };
        let values = vec![
            self.executed.into(),
            self.success().into(),
            self.failed().into(),
            self.output.clone(),
            error,
            self.attempts.into(),
            self.duration_ms().map_or(Value::Undefined, Value::Number),
            self.component.as_deref().map_or(Value::Undefined, Value::from),
        ];
        Object::new(shape(), values).map(Value::Object)
    }

    /// What all skipped agents are to expressions.
    pub(super) fn skipped_value() -> Value {
        static SKIPPED: OnceLock<Value> = OnceLock::new();
        SKIPPED.get_or_init(|| Self::default().to_value().unwrap_or_default()).clone()
    }
}
