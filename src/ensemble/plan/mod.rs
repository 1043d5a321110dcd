//! An ensemble, planned: names resolved, every expression compiled, who waits for whom.
//!
//! Made once from a [`Spec`] and never changed; any number of runs share it. A run sees
//! variables by slot: [`INPUT`], [`ENV`], then the agents in the file's order.
//!
//! The one idea: what is read is what is waited for. Every expression is parsed once; its mentions of agents are the
//! edges of the graph, each with its place in the file, so that a cycle can be shown where it is written. Whether a
//! run decides as planned belongs to the scheduler; what an operation does with its configuration, to the operation.

mod agent;
mod cache;
mod component;
mod expression;
mod field;
mod graph;
mod input;
mod lint;
mod members;
mod operation;
mod planner;
#[cfg(test)]
mod tests;
mod walk;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use super::cache::Key;
use super::schema::{Draws, Missing, Retry, Spec};
use crate::builtins::Extensions;
use crate::component::ComponentRef;
use crate::draw::StreamId;
use crate::syntax::{Diagnostic, SourceMap, Span};
use crate::template::Template;
use crate::value::{Shape, Value};

pub use input::{InputProblem, InputSchema};
pub use operation::{Choice, ConfigFields, Need, OperationInfo};
pub(super) use planner::scope;

/// What planning an ensemble gave.
#[derive(Debug)]
pub struct Planned {
    /// The plan; absent if there are errors.
    pub plan: Option<Plan>,
    /// All that is wrong or worth knowing, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Plans an ensemble for a host that has these operations, and that adds these functions and filters: all faults in
/// one go. Linear in the file.
///
/// A description with faults is planned as far as it goes. The plan is fit to run only if reading it gave no errors.
#[must_use]
pub fn plan(spec: &Spec, operations: &[OperationInfo], extensions: &Arc<Extensions>) -> Planned {
    planner::Planner::new(spec, operations, extensions).plan()
}

/// The slot of `input`.
pub const INPUT: usize = 0;
/// The slot of `env`.
pub const ENV: usize = 1;
/// The slot of the first agent.
pub const FIRST_AGENT: usize = 2;

/// What an agent's variable has, as expressions see it.
pub const AGENT_MEMBERS: &[&str] =
    &["output", "executed", "success", "failed", "error", "attempts", "duration", "component"];
/// What an agent's `error` has.
pub const ERROR_MEMBERS: &[&str] = &["kind", "message"];

/// An agent, by its position in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentIdx(pub u32);

impl AgentIdx {
    /// The slot of the agent's variable.
    #[must_use]
    pub fn slot(self) -> usize {
        FIRST_AGENT + self.0 as usize
    }
}

/// A planned ensemble.
#[derive(Debug)]
#[non_exhaustive]
pub struct Plan {
    /// Its name.
    pub name: Arc<str>,
    /// The agents in the file's order.
    pub agents: Box<[AgentPlan]>,
    /// An order in which no agent comes before what its gate or its start needs.
    pub order: Box<[AgentIdx]>,
    /// `output`; without it the output is what ran, by name.
    pub output: Option<Field>,
    /// The agents that `output` reads, whatever else has settled.
    pub output_reads: Box<[AgentIdx]>,
    /// What keeps one user on one side.
    pub sticky: Option<StickyPlan>,
    /// What goes into the hash beside the key: `salt`, or the name.
    pub salt: Arc<str>,
    /// How gates draw; the streams are chosen accordingly. Independent draws take no sticky key, not a parent's either.
    pub draws: Draws,
    /// The input's JSON Schema.
    pub input_schema: Option<InputSchema>,
    /// The process variables that it lists.
    pub env: Box<[EnvPlan]>,
    /// The `env.X` that are read without a guard and have no default, each name once: a run without a value for one
    /// is refused. `env` as a whole and `env[…]` with a computed name require nothing.
    pub env_required: Box<[EnvRequired]>,
    /// How many agents may be at work at a time.
    pub concurrency: Option<NonZeroUsize>,
    /// The whole run's.
    pub timeout: Option<Duration>,
}

/// `cache`.
#[derive(Debug)]
pub struct CachePlan {
    /// How long an answer is used again.
    pub ttl: Duration,
    pub(super) key: CacheKey,
}

/// What an agent's answers are kept apart by, beside its operation and its component's content.
#[derive(Debug)]
pub(super) enum CacheKey {
    /// Its input and configuration.
    Input,
    /// A key of its own.
    Own {
        key: Field,
        /// The configuration as it is written.
        config: Key,
    },
}

/// `sticky`.
#[derive(Debug)]
pub struct StickyPlan {
    /// Gives the key.
    pub key: Expression,
    /// What a missing key does.
    pub missing: Missing,
}

/// A process variable that the ensemble lists under `env`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvPlan {
    /// Its name.
    pub name: Box<str>,
    /// Its value where neither the caller nor the process has one.
    pub default: Option<Box<str>>,
    /// Whether its value is hidden in traces.
    pub is_secret: bool,
}

/// An `env.X` that must have a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvRequired {
    /// Its name.
    pub name: Box<str>,
    /// The field that reads it first: `analyzer.component`, `output.result`.
    pub field: Arc<str>,
    /// Where, in bytes of the file.
    pub span: Span,
}

/// A planned agent.
#[derive(Debug)]
#[non_exhaustive]
pub struct AgentPlan {
    /// Its name.
    pub name: Arc<str>,
    /// The operation's name.
    pub operation: Arc<str>,
    /// Where the file says what it does: the operation, or the provider that it names; in bytes of the file.
    pub span: Span,
    /// What decides whether it runs.
    pub gate: Gate,
    /// Which component it uses.
    pub component: Option<ComponentPlan>,
    /// Its input; without it, the run's.
    pub input: Option<Field>,
    /// Its configuration.
    pub config: Option<Field>,
    /// The agents that must have settled before its gate is decided. Sorted.
    pub gate_needs: Box<[AgentIdx]>,
    /// The agents that must have settled before it starts: those of the gate, of all its fields (the fallback
    /// included, so that it is at hand when the agent fails), `depends_on` and `requires`. Sorted.
    pub needs: Box<[AgentIdx]>,
    /// The agents without whose output it does not run. They are among `needs`.
    pub requires: Box<[AgentIdx]>,
    /// How often, and when, a failed attempt is made again.
    pub retry: Retry,
    /// The longest time for one attempt.
    pub timeout: Option<Duration>,
    /// For how long its answer is used again.
    pub cache: Option<CachePlan>,
    /// What its failure does to the run.
    pub on_error: Fallback,
}

/// What decides whether an agent runs.
#[derive(Debug)]
pub enum Gate {
    /// No condition, or `condition: true`.
    Open,
    /// `condition: false`.
    Closed,
    /// `condition: ${…}`.
    Expression(Expression),
}

/// Where an agent's component comes from.
#[derive(Debug)]
pub enum ComponentPlan {
    /// A fixed reference.
    Fixed(ComponentRef),
    /// A template that gives one.
    Expression(Expression),
}

/// What an agent's failure does to the run.
#[derive(Debug)]
pub enum Fallback {
    /// It fails.
    Fail,
    /// It goes on, the agent has no output.
    Continue,
    /// It goes on with this output.
    Value(Field),
}

/// A template in a field, with what evaluating it and speaking of it takes.
#[derive(Debug)]
pub struct Expression {
    /// The template.
    pub template: Template,
    /// Its text in the file, without the line breaks that a block scalar ends in.
    pub text: Arc<str>,
    /// Where it stands: `analyzer.input.text`, `output.result`.
    pub field: Arc<str>,
    /// From bytes of `text` to bytes of the file.
    pub map: SourceMap,
    /// The stream that it draws from; absent if it cannot draw, so that none need be made.
    pub stream: Option<StreamId>,
}

/// A value in the file with all its texts compiled.
#[derive(Debug)]
pub enum Field {
    /// Nothing in it depends on the run.
    Constant(Value),
    /// A text with holes.
    Expression(Box<Expression>),
    /// A list, not all of whose items are constant.
    List(Box<[Field]>),
    /// A map, not all of whose values are constant; keys in JavaScript's order.
    Map(Arc<Shape>, Box<[Field]>),
}
