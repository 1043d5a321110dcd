//! One agent at work: its permit, its component, its attempts.
//!
//! [`Task::begin`] goes as far as nothing has to be waited for, on the scheduler's stack; only the [rest](super::rest)
//! becomes a future. A task that is dropped before its end leaves word of how far it got.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Failure;
use super::caching::{Caching, Looked};
use super::context::{Abandoned, Context, panicked};
use super::permits::Permit;
use super::rest::Wait;
use crate::component::{Component, ComponentError, ComponentErrorKind, ComponentRef};
use crate::draw::{StreamId, StreamKind};
use crate::ensemble::operation::{Call, FailureKind, Operation, OperationError, Performing};
use crate::ensemble::plan::AgentIdx;
use crate::ensemble::schema::{Backoff, Retry};
use crate::ensemble::trace::EventKind;
use crate::value::Value;

/// An agent at work.
pub(super) struct Task<'r> {
    pub(super) context: &'r Context,
    pub(super) agent: AgentIdx,
    pub(super) operation: &'r dyn Operation,
    pub(super) input: Value,
    pub(super) config: Value,
    pub(super) reference: Option<Cow<'r, ComponentRef>>,
    pub(super) component: Option<Arc<Component>>,
    pub(super) permit: Option<Permit>,
    /// Where the agent has a `cache`.
    pub(super) caching: Option<Box<Caching>>,
    pub(super) attempts: u32,
    started: Option<Instant>,
    is_finished: bool,
}

/// What became of it.
pub(super) struct Finished {
    pub(super) agent: AgentIdx,
    pub(super) result: Result<Value, Failure>,
    pub(super) attempts: u32,
    pub(super) duration: Option<Duration>,
    pub(super) component: Option<Arc<str>>,
    pub(super) cached: Option<Duration>,
}

/// The rest of a task.
pub(super) type Rest<'r> = Pin<Box<dyn Future<Output = Finished> + Send + 'r>>;

/// How far a task got without waiting.
pub(super) enum Begun<'r> {
    Finished(Finished),
    Waits(Rest<'r>),
}

/// What an attempt leads to.
pub(super) enum Verdict {
    Finished(Result<Value, Failure>),
    Again(Duration),
}

impl<'r> Task<'r> {
    pub(super) fn new(
        context: &'r Context,
        agent: AgentIdx,
        operation: &'r dyn Operation,
        (input, config): (Value, Value),
        reference: Option<Cow<'r, ComponentRef>>,
    ) -> Self {
        Self {
            context,
            agent,
            operation,
            input,
            config,
            reference,
            component: None,
            permit: None,
            caching: None,
            attempts: 0,
            started: None,
            is_finished: false,
        }
    }

    /// Works until it is done or has to wait.
    pub(super) fn begin(mut self) -> Begun<'r> {
        if self.operation.holds_permit() {
            match self.context.permits.try_acquire() {
                Some(permit) => self.permit = Some(permit),
                None => return Begun::Waits(self.go_on(Wait::Permit)),
            }
        }
        loop {
            match self.attempt_now() {
                Ok(outcome) => match self.verdict(outcome) {
                    Verdict::Finished(result) => return Begun::Finished(self.finish(result)),
                    Verdict::Again(wait) if wait.is_zero() => {}
                    Verdict::Again(wait) => return Begun::Waits(self.go_on(Wait::Delay(wait))),
                },
                Err(wait) => return Begun::Waits(self.go_on(wait)),
            }
        }
    }

    /// Begins an attempt: its outcome, if that is at hand.
    pub(super) fn attempt_now(&mut self) -> Result<Result<Value, Attempt>, Wait<'r>> {
        self.attempts += 1;
        if self.started.is_none() {
            self.started = Some(Instant::now());
        }
        if let (Some(reference), None) = (&self.reference, &self.component) {
            let Some(snapshot) = self.context.root.snapshot.get() else {
                return Ok(Err(Attempt::Component(no_source(reference))));
            };
            match snapshot.resolve_now(reference) {
                Some(Ok(component)) => self.component = Some(component),
                Some(Err(error)) => return Ok(Err(Attempt::Component(error))),
                None => return Err(Wait::Component),
            }
        }
        self.answer_now()
    }

    /// An answer of before, or what the operation gives.
    pub(super) fn answer_now(&mut self) -> Result<Result<Value, Attempt>, Wait<'r>> {
        if self.caching.is_some() {
            match self.look() {
                Looked::Found(value) => return Ok(Ok(value)),
                Looked::Follows(follower) => return Err(Wait::Answer(follower)),
                Looked::Missed => {}
            }
        }
        match self.perform() {
            Performing::Ready(outcome) => Ok(outcome.map_err(Attempt::Operation)),
            Performing::Pending(outcome) => Err(Wait::Outcome(outcome)),
        }
    }

    /// Calls the operation.
    fn perform(&mut self) -> Performing<'r> {
        self.context.emit(|| EventKind::Attempt {
            agent: &self.context.agent(self.agent).name,
            attempt: self.attempts,
            component: self.component.as_ref().map(|component| &*component.reference),
        });
        let call = self.call();
        let operation = self.operation;
        // The operation sees nothing of ours but the call, which it owns: a panic leaves nothing half-done.
        catch_unwind(AssertUnwindSafe(|| operation.perform(call)))
            .unwrap_or_else(|payload| Performing::failed(panicked(&*payload)))
    }

    fn call(&self) -> Call<'r> {
        Call {
            context: self.context,
            agent: self.agent,
            input: self.input.clone(),
            config: self.config.clone(),
            component: self.component.clone(),
            attempt: self.attempts,
        }
    }

    /// Whether what was under way may be done again.
    #[cold]
    pub(super) fn is_repeatable(&self) -> bool {
        let (operation, call) = (self.operation, self.call());
        catch_unwind(AssertUnwindSafe(|| operation.is_repeatable(&call))).unwrap_or(false)
    }

    /// Whether an attempt was the last, and when the next one begins.
    pub(super) fn verdict(&mut self, outcome: Result<Value, Attempt>) -> Verdict {
        let error = match outcome {
            Ok(value) => {
                self.keep(&value);
                return Verdict::Finished(Ok(value));
            }
            Err(error) => error,
        };
        self.leave();
        let retry_after = error.retry_after();
        let plan = self.context.agent(self.agent);
        let mut failure = self.context.masked(error.into_failure());
        if failure.kind == FailureKind::Invalid {
            // Something about the agent is to be mended: where it stands.
            failure.span = failure.span.or(Some(plan.span));
        }
        if !failure.is_transient || self.attempts > plan.retry.retries {
            return Verdict::Finished(Err(failure));
        }
        let wait = self.delay(&plan.retry).max(retry_after.unwrap_or_default());
        self.context.emit(|| EventKind::Retry {
            agent: &plan.name,
            attempt: self.attempts,
            failure: &failure,
            wait,
        });
        Verdict::Again(wait)
    }

    /// The wait before the next attempt. Its random share comes from a stream of its own, so that a seed replays it.
    fn delay(&self, retry: &Retry) -> Duration {
        let after = self.attempts.max(1);
        let factor = match retry.backoff {
            Backoff::Constant => 1,
            Backoff::Linear => after,
            Backoff::Exponential => 1_u32.checked_shl(after - 1).unwrap_or(u32::MAX),
        };
        let wait = retry.delay.saturating_mul(factor).min(retry.max_delay);
        if retry.jitter == 0.0 || wait.is_zero() {
            return wait;
        }
        let label = format!("{}.retry", self.context.agent(self.agent).name);
        let id = StreamId::new(StreamKind::Field, "", &label);
        let draw = self.context.keys.stream(id).draw(u64::from(after - 1));
        wait.mul_f64(1.0 - retry.jitter * draw)
    }

    pub(super) fn finish(mut self, result: Result<Value, Failure>) -> Finished {
        self.is_finished = true;
        Finished {
            agent: self.agent,
            result,
            attempts: self.attempts,
            duration: self.started.map(|started| started.elapsed()),
            component: self.component.as_ref().map(|component| component.reference.clone()),
            cached: self.caching.as_ref().and_then(|caching| caching.age),
        }
    }
}

impl Drop for Task<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            let mut abandoned = self.context.abandoned.lock().unwrap_or_else(PoisonError::into_inner);
            abandoned.push(Abandoned {
                agent: self.agent,
                attempts: self.attempts,
                started: self.started,
                component: self.component.as_ref().map(|component| component.reference.clone()),
            });
        }
    }
}

/// Why an attempt failed.
pub(super) enum Attempt {
    Operation(OperationError),
    Component(ComponentError),
    Other(Failure),
}

impl Attempt {
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Operation(error) => error.retry_after,
            Self::Component(_) | Self::Other(_) => None,
        }
    }

    fn into_failure(self) -> Failure {
        match self {
            Self::Operation(error) => Failure::operation(&error),
            Self::Component(error) => Failure::component(&error),
            Self::Other(failure) => failure,
        }
    }
}

#[cold]
fn no_source(reference: &ComponentRef) -> ComponentError {
    let shown = reference.display_at(&reference.slot);
    let message = format!(
        "`{shown}` cannot be had: there is no component source (a folder `components/`, for instance)"
    );
    ComponentError { kind: ComponentErrorKind::MissingComponent, message: message.into() }
}
