//! What a run is given, and starting it.

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use super::prepare::{self, Prepared};
use super::scheduler::Scheduler;
use super::{RefusalKind, Run, RunError, finish};
use crate::draw::Seed;
use crate::ensemble::Ensemble;
use crate::ensemble::operation::Cancellation;
use crate::ensemble::trace::Observer;
use crate::value::Value;

/// How much of a run is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraceLevel {
    /// Nothing; it costs nothing.
    Off,
    /// Every event.
    #[default]
    Full,
}

/// A run in the making. Await it, or call [`blocking`](Self::blocking).
#[must_use = "a run does nothing until it is awaited"]
pub struct RunBuilder {
    pub(super) ensemble: Ensemble,
    pub(super) input: Input,
    pub(super) seed: Option<Seed>,
    pub(super) env: Vec<(Box<str>, Box<str>)>,
    pub(super) is_strict: bool,
    pub(super) trace: TraceLevel,
    pub(super) observers: Vec<Arc<dyn Observer>>,
    pub(super) cancellation: Option<Cancellation>,
}

/// A run's input as it was given.
pub(super) enum Input {
    Value(Value),
    Json(String),
}

/// A run on its way. Dropping it cancels the run and all agents in it.
pub type RunFuture = Pin<Box<dyn Future<Output = Result<Run, RunError>> + Send>>;

impl RunBuilder {
    pub(in crate::ensemble) fn new(ensemble: Ensemble, input: Value) -> Self {
        Self {
            ensemble,
            input: Input::Value(input),
            seed: None,
            env: Vec::new(),
            is_strict: false,
            trace: TraceLevel::default(),
            observers: Vec::new(),
            cancellation: None,
        }
    }

    /// The input, as a JSON text.
    pub fn input_json(mut self, text: impl Into<String>) -> Self {
        self.input = Input::Json(text.into());
        self
    }

    /// The seed that all draws come from; without it, a fresh one. See [`Run::seed`].
    pub fn seed(mut self, seed: impl Into<Seed>) -> Self {
        self.seed = Some(seed.into());
        self
    }

    /// A variable of `env`, before what the process has. The last of a name counts.
    pub fn env(mut self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Refuses what would be a warning.
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// How much is written down; everything, unless said otherwise.
    pub fn trace(mut self, level: TraceLevel) -> Self {
        self.trace = level;
        self
    }

    /// Someone who sees the run while it goes.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }

    /// A switch that ends the run: it fails as cancelled, and says how far its agents got.
    pub fn cancellation(mut self, cancellation: Cancellation) -> Self {
        self.cancellation = Some(cancellation);
        self
    }

    /// Runs to the end on this thread. Where something has to be waited for a runtime is made for it; a run that
    /// waits for nothing makes none.
    ///
    /// # Errors
    /// What refuses the run; inside a runtime, where it would stop other tasks, [`RefusalKind::Runtime`].
    pub fn blocking(self) -> Result<Run, RunError> {
        if tokio::runtime::Handle::try_current().is_ok() {
            let message = "a blocking run inside a runtime would stop its other tasks: `.await` it instead";
            return Err(RunError::new(&self.ensemble.0.plan.name, RefusalKind::Runtime, message));
        }
        let mut prepared = prepare::root(self)?;
        let mut runtime = None;
        if !prepare::snapshot_now(&prepared.context)? {
            block_on(&mut runtime, &prepared, prepare::snapshot(&prepared.context))??;
        }
        let ended = {
            let (input, env) = prepared.take_variables();
            let mut scheduler = Scheduler::new(&prepared.context, prepared.draws(), input, env);
            match scheduler.drain() {
                Poll::Ready(ended) => ended,
                Poll::Pending => {
                    let running = std::future::poll_fn(|task| scheduler.poll(task));
                    block_on(&mut runtime, &prepared, running)?
                }
            }
        };
        Ok(finish(prepared.context, prepared.warnings, ended))
    }

    async fn run(self) -> Result<Run, RunError> {
        let mut prepared = prepare::root(self)?;
        if !prepare::snapshot_now(&prepared.context)? {
            prepare::snapshot(&prepared.context).await?;
        }
        let (input, env) = prepared.take_variables();
        let ended = {
            let mut scheduler = Scheduler::new(&prepared.context, prepared.draws(), input, env);
            match scheduler.drain() {
                Poll::Ready(ended) => ended,
                Poll::Pending => std::future::poll_fn(|task| scheduler.poll(task)).await,
            }
        };
        Ok(finish(prepared.context, prepared.warnings, ended))
    }
}

impl IntoFuture for RunBuilder {
    type Output = Result<Run, RunError>;
    type IntoFuture = RunFuture;

    fn into_future(self) -> RunFuture {
        Box::pin(self.run())
    }
}

/// Waits for a future in a runtime of its own, made once.
fn block_on<F: Future>(
    runtime: &mut Option<tokio::runtime::Runtime>,
    prepared: &Prepared,
    future: F,
) -> Result<F::Output, RunError> {
    let runtime = match runtime {
        Some(runtime) => runtime,
        None => {
            let made = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.insert(made.map_err(|error| {
                let message = format!("a runtime to wait in cannot be made: {error}");
                RunError::new(&prepared.context.plan().name, RefusalKind::Runtime, message)
            })?)
        }
    };
    Ok(runtime.block_on(future))
}

/// Polls once, for what may be ready at once.
pub(super) fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut TaskContext::from_waker(Waker::noop()))
}
