//! Runs: from an ensemble and an input to an output, and to what became of each agent.
//!
//! [`RunBuilder`] takes what a run is given; what can be refused is refused before the first agent starts. The
//! [`Scheduler`] then keeps the ideal schedule on the caller's own task: dropping the future of a run drops all that
//! is at work in it. What an agent's attempt is, with its retries and time-outs, is in `task`.

mod agent;
mod builder;
mod caching;
mod context;
mod draws;
mod failure;
mod fields;
mod json;
mod nested;
mod permits;
mod prepare;
mod rest;
mod schedule;
mod scheduler;
mod secrets;
mod task;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use agent::{AgentState, AgentStatus};
pub use builder::{RunBuilder, RunFuture, TraceLevel};
pub(super) use context::Context;
pub use failure::{Failure, RefusalKind, RunError};
pub(super) use nested::nested;
pub(super) use schedule::Schedule;
pub use secrets::Secrets;

use super::Ensemble;
use super::explain::Circumstances;
use super::trace::{Keyed, Trace};
use crate::draw::Seed;
use crate::value::Value;

/// Whether a run gave its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It did.
    Ok,
    /// It did not; [`Run::error`] says why.
    Failed,
}

/// Something to know about a run that went ahead all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// An integer of the input is outside ±(2⁵³ − 1): as a double it may have become its neighbour.
    UnsafeInteger {
        /// The way to it: `input.orders[3].id`.
        path: String,
        /// As it was written.
        literal: String,
    },
    /// The file of answers failed: see [`Cache::fault`](crate::ensemble::Cache::fault).
    Cache {
        /// What went wrong.
        message: String,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cache { message } => write!(f, "{message}; answers are kept in memory alone"),
            Self::UnsafeInteger { path, literal } => write!(
                f,
                "`{path}` is {literal}, which a double may not hold exactly: past 2^53 its last digits are lost; pass \
                 it as a text"
            ),
        }
    }
}

/// A run that has ended, well or not.
#[derive(Clone)]
pub struct Run {
    pub(super) ensemble: Ensemble,
    pub(super) seed: Seed,
    keyed: Keyed,
    output: Value,
    error: Option<Failure>,
    agents: Vec<AgentState>,
    warnings: Vec<Warning>,
    pub(super) trace: Trace,
    duration: Duration,
    pub(super) secrets: Secrets,
    /// What it takes to explain it; kept where a trace is.
    pub(super) circumstances: Option<Arc<Circumstances>>,
}

impl Run {
    /// The ensemble.
    #[must_use]
    pub fn ensemble(&self) -> &Ensemble {
        &self.ensemble
    }

    /// The seed: with it, and the same input, components and environment, the run replays.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Whether it gave its output.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.error.is_none() { Status::Ok } else { Status::Failed }
    }

    /// Whether it gave its output.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.error.is_none()
    }

    /// Why it failed.
    #[must_use]
    pub fn error(&self) -> Option<&Failure> {
        self.error.as_ref()
    }

    /// The output; `undefined` if it failed. Secrets in it are not replaced: it is what the ensemble gives.
    #[must_use]
    pub fn output(&self) -> &Value {
        &self.output
    }

    /// The output as a type of the caller's.
    ///
    /// # Errors
    /// Where the output does not fit.
    pub fn output_as<T: serde::de::DeserializeOwned>(&self) -> Result<T, crate::value::ConvertError> {
        crate::value::from_value(&self.output)
    }

    /// What became of an agent.
    #[must_use]
    pub fn agent(&self, name: &str) -> Option<&AgentState> {
        self.agents().find(|(agent, _)| *agent == name).map(|(_, state)| state)
    }

    /// All agents with what became of them, in the file's order.
    pub fn agents(&self) -> impl ExactSizeIterator<Item = (&str, &AgentState)> {
        self.ensemble.agents().zip(&self.agents)
    }

    /// What is worth knowing though the run went ahead.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Whether the ensemble is sticky and this run had no key: the same user may change sides.
    #[must_use]
    pub fn is_unkeyed(&self) -> bool {
        self.keyed == Keyed::Missing
    }

    /// What happened, in order; empty with [`TraceLevel::Off`].
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// What hides the secrets of the run's environment in anything that is shown of it.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

/// Shows no values: they may be secret, or long.
impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("ensemble", &self.ensemble.name())
            .field("seed", &self.seed.get())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// Takes what a run left.
fn finish(context: Context, mut warnings: Vec<Warning>, ended: scheduler::Ended) -> Run {
    let root: &Arc<context::Root> = &context.root;
    let (output, error) = match ended.result {
        Ok(output) => (output, None),
        Err(failure) => (Value::Undefined, Some(failure)),
    };
    let trace =
        root.trace.as_ref().filter(|_| context.path.is_empty()).map(|trace| {
            std::mem::take(&mut *trace.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
        });
    if let Some(message) = context.services().cache.fault() {
        warnings.push(Warning::Cache { message });
    }
    let variables = ended.variables;
    let circumstances = trace.is_some().then(|| Arc::new(Circumstances { variables, keys: context.keys }));
    Run {
        circumstances,
        seed: context.seed(),
        keyed: context.keyed,
        output,
        error,
        agents: ended.agents,
        warnings,
        trace: trace.unwrap_or_default(),
        duration: root.started.elapsed(),
        secrets: root.secrets(),
        ensemble: context.ensemble.clone(),
    }
}
