//! The types of an ensemble's description. See [`schema`](super).

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::ensemble::yaml::{Node, Scalar, Spanned};
use crate::syntax::{Diagnostic, Severity, Span};

/// What reading an ensemble file gave.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The ensemble; absent where the text is no YAML or no map. Where `diagnostics` holds errors it is what
    /// could be read, fit for finding further faults and not for running.
    pub spec: Option<Spec>,
    /// All that is wrong or worth knowing, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Whether any diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// An ensemble as its file describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Spec {
    /// `ensemble` or `name`.
    pub name: Spanned<Box<str>>,
    /// `description`.
    pub description: Option<Box<str>>,
    /// `agents` or `flow`, in the file's order, at least one unless there are errors; names differ.
    pub agents: Vec<AgentSpec>,
    /// The names of agents that were left out because no agent may be called so: to mention them is no second fault.
    pub left_out: Vec<Box<str>>,
    /// `input`: a JSON Schema, taken literally.
    pub input_schema: Option<Node>,
    /// `env`: the process variables that expressions may see; names differ.
    pub env: Vec<EnvVar>,
    /// `sticky`.
    pub sticky: Option<Sticky>,
    /// `salt`.
    pub salt: Option<Spanned<Box<str>>>,
    /// `bucketing`; only the one that exists passes.
    pub bucketing: Option<Spanned<Box<str>>>,
    /// `draws`.
    pub draws: Draws,
    /// `concurrency`.
    pub concurrency: Option<NonZeroUsize>,
    /// `timeout` of the whole run.
    pub timeout: Option<Duration>,
    /// `output`; every text in it is a template.
    pub output: Option<Node>,
    /// The whole document.
    pub span: Span,
}

/// One agent as the file describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AgentSpec {
    /// `name`: a valid name that is not reserved, unless there are errors.
    pub name: Spanned<Box<str>>,
    /// `operation`; whether it exists is for those who know the operations.
    pub operation: Spanned<Box<str>>,
    /// `component`: a reference, or a template that gives one.
    pub component: Option<Scalar>,
    /// Whether `component` is there with a fault of its own, so that it is not missing.
    pub has_faulty_component: bool,
    /// `condition` or `when`.
    pub condition: Option<Condition>,
    /// `layer`.
    pub layer: Option<Spanned<Box<str>>>,
    /// `input`; every text in it is a template.
    pub input: Option<Node>,
    /// `config`: a map or one template; every text in it is a template.
    pub config: Option<Node>,
    /// `depends_on`: other agents of this ensemble.
    pub depends_on: Vec<Spanned<Box<str>>>,
    /// `requires`: other agents of this ensemble.
    pub requires: Vec<Spanned<Box<str>>>,
    /// `retry`.
    pub retry: Retry,
    /// `timeout` of one attempt.
    pub timeout: Option<Duration>,
    /// `cache`.
    pub cache: Option<CacheSpec>,
    /// `on_error`.
    pub on_error: OnError,
    /// The agent's whole map.
    pub span: Span,
}

/// What decides whether an agent runs.
#[derive(Clone, Debug)]
pub enum Condition {
    /// `true` or `false`.
    Constant(Spanned<bool>),
    /// A text that is exactly one `${…}` (trailing line breaks aside), or whose fault the template's compiler
    /// tells.
    Expression(Scalar),
}

/// A process variable that expressions may read as `env.NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvVar {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its value where neither the caller nor the process has one.
    pub default: Option<Box<str>>,
    /// Whether its value is hidden in traces.
    pub secret: bool,
}

/// The key that keeps one user on one side.
#[derive(Clone, Debug)]
pub struct Sticky {
    /// A template with at least one hole.
    pub key: Scalar,
    /// What a missing key does.
    pub missing: Missing,
}

/// What a run does whose sticky key is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// It draws by its own seed.
    #[default]
    Draw,
    /// It is refused.
    Error,
}

/// How the gates of one run draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Draws {
    /// All gates of a layer read the same numbers.
    #[default]
    Shared,
    /// Each expression draws for itself, as in plain JavaScript.
    Independent,
}

/// How often, and when, a failed attempt is made again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Attempts after the first.
    pub retries: u32,
    /// The wait before the first retry.
    pub delay: Duration,
    /// No wait is longer.
    pub max_delay: Duration,
    /// How the wait grows.
    pub backoff: Backoff,
    /// The share of a wait that is random, in `[0, 1]`: with 0.25, a wait is 75 to 100 % of its length.
    pub jitter: f64,
}

impl Default for Retry {
    /// No retry; the long form's absent fields are these: 200 ms, doubling, at most 30 s, half of it random.
    fn default() -> Self {
        let (delay, max_delay) = (Duration::from_millis(200), Duration::from_secs(30));
        Self { retries: 0, delay, max_delay, backoff: Backoff::Exponential, jitter: 0.5 }
    }
}

/// How the wait between attempts grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Always `delay`.
    Constant,
    /// `delay`, twice, three times.
    Linear,
    /// `delay`, twice, four times.
    Exponential,
}

/// For how long an agent's answer is used again, and for whom.
#[derive(Clone, Debug)]
pub struct CacheSpec {
    /// `ttl`: how long, not nothing.
    pub ttl: Duration,
    /// `key`: what answers are kept apart by, every text in it a template; without it, by all that they are made from.
    pub key: Option<Node>,
}

/// What an agent's failure does to the run.
#[derive(Clone, Debug, Default)]
pub enum OnError {
    /// The run fails.
    #[default]
    Fail,
    /// The run goes on, the agent has no output.
    Continue,
    /// The run goes on with this as the agent's output; every text in it is a template.
    Fallback(Node),
}
