//! Ensembles: YAML files of agents, from text to trace.

mod cache;
mod compile;
mod explain;
mod fix;
mod gate;
#[cfg(feature = "http")]
pub mod http;
mod load;
#[cfg(feature = "metrics")]
mod metrics;
pub mod operation;
mod outlook;
pub mod plan;
pub mod provider;
mod run;
pub mod schema;
pub(crate) mod services;
#[cfg(feature = "tracing")]
mod spans;
mod tally;
mod trace;
pub mod yaml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use cache::{Cache, CacheError, CacheErrorKind};
pub use compile::{Compiled, compile, compile_with};
pub use explain::{Part, PartValue};
pub(crate) use fix::fix;
pub use fix::{Change, Fixed};
pub use gate::Decision;
pub use load::{Check, LoadError};
pub(crate) use load::{check, load, load_file};
#[cfg(feature = "metrics")]
pub use metrics::Metrics;
pub use outlook::{Foreseen, Outlook, UnsetKey};
pub use run::{
    AgentState, AgentStatus, Failure, RefusalKind, Run, RunBuilder, RunError, RunFuture, Secrets, Status,
    TraceLevel, Warning,
};
pub use services::Files;
#[cfg(feature = "tracing")]
pub use spans::Spans;
pub use tally::{Failed, Share, Tally};
pub use trace::{Entry, Event, EventKind, Keyed, Observer, Step, Trace};

use crate::syntax::Diagnostic;
use crate::value::{Object, Value};
use operation::{Missing, Operation};
use plan::{AgentIdx, Plan};
use run::Schedule;
use services::Services;

/// An ensemble, planned and ready to run. Clones are the same ensemble; any number of threads may run it.
#[derive(Clone)]
pub struct Ensemble(Arc<Inner>);

struct Inner {
    plan: Plan,
    schedule: Schedule,
    /// The agents' operations, in their order.
    operations: Box<[Arc<dyn Operation>]>,
    services: Arc<Services>,
    /// Its file; what it names is beside it.
    path: Option<PathBuf>,
    /// What is worth knowing of its file though it runs.
    remarks: Box<[Diagnostic]>,
    /// `env` of a run that is given none, and `config` of an agent that has none.
    empty: Value,
    nested: load::Nested,
}

impl Ensemble {
    pub(crate) fn new(
        plan: Plan,
        services: Arc<Services>,
        path: Option<PathBuf>,
        remarks: Vec<Diagnostic>,
    ) -> Self {
        let schedule = Schedule::new(&plan);
        let operation = |agent: &plan::AgentPlan| {
            let known = services.operations.get(&*agent.operation).cloned();
            // Planning refuses unknown operations; a plan made for another engine must not panic here.
            known.unwrap_or_else(|| Arc::new(Missing))
        };
        let operations = plan.agents.iter().map(operation).collect();
        let empty = Value::Object(Object::empty());
        let nested = load::Nested::default();
        let remarks = remarks.into();
        Self(Arc::new(Inner { plan, schedule, operations, services, path, remarks, empty, nested }))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.plan.name
    }

    /// The names of its agents, in the file's order.
    pub fn agents(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.plan.agents.iter().map(|agent| &*agent.name)
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// The file that it was read from.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Warnings and hints about its file.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0.remarks
    }

    /// A run with this input, to be configured and then awaited, or made with [`blocking`](RunBuilder::blocking).
    pub fn run(&self, input: impl Into<Value>) -> RunBuilder {
        RunBuilder::new(self.clone(), input.into())
    }

    /// A run whose input is a JSON text. What is wrong with the text is told when it runs; integers in it that a
    /// double may not hold exactly are told as warnings.
    pub fn run_json(&self, input: impl Into<String>) -> RunBuilder {
        RunBuilder::new(self.clone(), Value::Undefined).input_json(input)
    }

    fn schedule(&self) -> &Schedule {
        &self.0.schedule
    }

    fn services(&self) -> &Services {
        &self.0.services
    }

    /// What went wrong with the file in which answers are kept, once all that was to be written is: see
    /// [`Cache::fault`]. Waits for the writing.
    #[must_use]
    pub fn cache_fault(&self) -> Option<String> {
        let cache = &self.services().cache;
        cache.flush();
        cache.fault()
    }

    fn operation(&self, agent: AgentIdx) -> &dyn Operation {
        &*self.0.operations[agent.0 as usize]
    }
}

impl std::fmt::Debug for Ensemble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ensemble").field("name", &self.name()).field("path", &self.0.path).finish()
    }
}
