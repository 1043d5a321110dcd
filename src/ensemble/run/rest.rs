//! The rest of a task that has to wait: for a permit, a component, an operation, another's answer, or the next attempt.
//!
//! Thousands of runs may wait at once, so that what all wait with is small, and what few need is in a box of its own.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use super::Failure;
use super::context::{panicked, sleep};
use super::task::{Attempt, Rest, Task, Verdict};
use crate::ensemble::cache::Follower;
use crate::ensemble::operation::{FailureKind, Outcome, PendingOutcome};
use crate::value::Value;

/// What a task waits for.
pub(super) enum Wait<'r> {
    Permit,
    Delay(Duration),
    /// The component.
    Component,
    /// The answer of another who asks the same.
    Answer(Follower),
    /// The operation, which has been called.
    Outcome(PendingOutcome<'r>),
}

/// What the rest of an attempt came to.
enum Rested {
    Settled(Result<Value, Attempt>),
    /// Another asks the same.
    Follows(Follower),
}

impl Rested {
    /// A fault of ours that nobody should ever see.
    #[cold]
    fn nothing() -> Self {
        let message = "the agent has nothing to wait for";
        Self::Settled(Err(Attempt::Other(Failure::new(FailureKind::Runtime, message))))
    }
}

impl<'r> Task<'r> {
    /// Works on from where something has to be waited for. A block, not an `async fn`: that would keep the task twice.
    pub(super) fn go_on(mut self, mut wait: Wait<'r>) -> Rest<'r> {
        Box::pin(async move {
            loop {
                let outcome = match wait {
                    Wait::Permit => {
                        self.permit = Some(self.context.permits.acquire().await);
                        self.attempt_now()
                    }
                    Wait::Answer(follower) => match Box::pin(self.follow(follower)).await {
                        Some(answer) => Ok(Ok(answer)),
                        None => {
                            if self.operation.holds_permit() {
                                self.permit = Some(self.context.permits.acquire().await);
                            }
                            self.attempt_now()
                        }
                    },
                    Wait::Delay(delay) => match sleep(delay) {
                        Ok(timer) => {
                            timer.await;
                            self.attempt_now()
                        }
                        Err(failure) => return self.finish(Err(failure)),
                    },
                    Wait::Component | Wait::Outcome(_) => Err(wait),
                };
                let outcome = match outcome {
                    Ok(outcome) => outcome,
                    Err(Wait::Answer(follower)) => {
                        wait = Wait::Answer(follower);
                        continue;
                    }
                    Err(rest) => match self.in_time(rest).await {
                        Rested::Settled(outcome) => outcome,
                        Rested::Follows(follower) => {
                            wait = Wait::Answer(follower);
                            continue;
                        }
                    },
                };
                wait = match self.verdict(outcome) {
                    Verdict::Finished(result) => return self.finish(result),
                    Verdict::Again(delay) if delay.is_zero() => match self.attempt_now() {
                        Ok(outcome) => match self.verdict(outcome) {
                            Verdict::Finished(result) => return self.finish(result),
                            Verdict::Again(delay) => Wait::Delay(delay),
                        },
                        Err(wait) => wait,
                    },
                    Verdict::Again(delay) => Wait::Delay(delay),
                };
            }
        })
    }

    /// The rest of an attempt, or the time-out if that comes first. What few tasks wait for is boxed: many wait at once.
    async fn in_time(&mut self, wait: Wait<'r>) -> Rested {
        match self.context.agent(self.agent).timeout {
            None => self.rest(wait).await,
            Some(limit) => Box::pin(self.in_limit(wait, limit)).await,
        }
    }

    async fn in_limit(&mut self, wait: Wait<'r>, limit: Duration) -> Rested {
        let timer = match sleep(limit) {
            Ok(timer) => std::pin::pin!(timer),
            Err(failure) => return Rested::Settled(Err(Attempt::Other(failure))),
        };
        {
            let rest = std::pin::pin!(self.rest(wait));
            if let Either::Left((rested, _)) = select(rest, timer).await {
                return rested;
            }
        }
        let message = format!("the attempt took longer than {limit:?}");
        let is_transient = self.is_repeatable();
        let failure = Failure { is_transient, ..Failure::new(FailureKind::Timeout, message) };
        Rested::Settled(Err(Attempt::Other(failure)))
    }

    async fn rest(&mut self, wait: Wait<'r>) -> Rested {
        let pending = match wait {
            Wait::Outcome(pending) => pending,
            Wait::Component => match Box::pin(self.component()).await {
                Ok(pending) => pending,
                Err(rested) => return rested,
            },
            Wait::Permit | Wait::Delay(_) | Wait::Answer(_) => return Rested::nothing(),
        };
        Rested::Settled(settled(pending).await.map_err(Attempt::Operation))
    }

    /// The component's arrival, and then the operation, which has been called.
    async fn component(&mut self) -> Result<PendingOutcome<'r>, Rested> {
        let (Some(reference), Some(snapshot)) = (self.reference.clone(), self.context.root.snapshot.get())
        else {
            return Err(Rested::nothing());
        };
        match snapshot.resolve(&reference).await {
            Ok(component) => self.component = Some(component),
            Err(error) => return Err(Rested::Settled(Err(Attempt::Component(error)))),
        }
        match self.answer_now() {
            Ok(outcome) => Err(Rested::Settled(outcome)),
            Err(Wait::Answer(follower)) => Err(Rested::Follows(follower)),
            Err(Wait::Outcome(pending)) => Ok(pending),
            Err(Wait::Component | Wait::Permit | Wait::Delay(_)) => Err(Rested::nothing()),
        }
    }
}

/// The outcome, a panic being one too.
async fn settled(pending: PendingOutcome<'_>) -> Outcome {
    AssertUnwindSafe(pending).catch_unwind().await.unwrap_or_else(|payload| Err(panicked(&*payload)))
}
