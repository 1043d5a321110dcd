//! Operations: what agents do.
//!
//! An [`Operation`] gets a [`Call`] with the agent's rendered input and configuration and gives a value: at once
//! where it is at hand, else as a future. Retries, time-outs, gates and permits are the scheduler's; an operation
//! makes one attempt. A file per operation; those that every engine has are in `built_in`.

mod call;
mod cancellation;
mod error;
#[cfg(feature = "http")]
mod http;
mod nested;
mod think;
mod transform;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use call::Call;
pub use cancellation::Cancellation;
pub use error::{FailureKind, OperationError};
#[cfg(feature = "http")]
pub(crate) use http::HttpOperation;
pub use nested::Nested;
pub use think::Think;
pub use transform::Transform;

use super::outlook::Outlook;
use super::plan::OperationInfo;
use super::provider::Providers;
use crate::value::Value;

/// What one attempt gives.
pub type Outcome = Result<Value, OperationError>;

/// What agents name in `operation:`.
///
/// ```
/// use segue::ensemble::operation::{Call, Operation, OperationError, Performing};
///
/// struct Shout;
/// impl Operation for Shout {
///     fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
///         let text = call.input().to_json_string().to_uppercase();
///         Performing::Ready(Ok(text.into()))
///     }
/// }
/// ```
pub trait Operation: Send + Sync {
    /// Makes one attempt. What can be answered at once is answered [`Ready`](Performing::Ready), and costs no
    /// allocation; all waiting belongs into the future. The call may come from outside any runtime: timers and
    /// sockets are for the future to make. A panic fails the agent, not the program.
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a>;

    /// What a plan should know, so that an agent that cannot work is found before any runs; `name` is what agents call
    /// the operation. Nothing is checked unless this says so.
    fn info(&self, name: &str) -> OperationInfo {
        OperationInfo::open(name.to_owned())
    }

    /// The variable of the environment that holds the agent's key, if it has no value and the file alone tells that no
    /// attempt can do without. Attempts find out for themselves; this is for telling it before.
    fn unset_key(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        let _ = agent;
        None
    }

    /// The file of the ensemble that an attempt runs, if the agent's own file alone tells: for looking into it before.
    fn ensemble_file(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        let _ = agent;
        None
    }

    /// Whether an attempt counts against `concurrency`. What only waits for other agents says no.
    fn holds_permit(&self) -> bool {
        true
    }

    /// Whether an attempt that ran into the agent's `timeout` may be made again: nobody knows how far it got.
    fn is_repeatable(&self, call: &Call<'_>) -> bool {
        let _ = call;
        true
    }
}

/// An attempt, done or on its way. Dropping it cancels it.
pub enum Performing<'a> {
    /// It is done.
    Ready(Outcome),
    /// It has to wait.
    Pending(PendingOutcome<'a>),
}

/// An attempt that has to wait.
pub type PendingOutcome<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

impl<'a> Performing<'a> {
    /// An attempt that waits for `future`.
    pub fn pending(future: impl Future<Output = Outcome> + Send + 'a) -> Self {
        Self::Pending(Box::pin(future))
    }

    /// An attempt that failed at once.
    #[must_use]
    pub fn failed(error: OperationError) -> Self {
        Self::Ready(Err(error))
    }
}

impl From<Outcome> for Performing<'_> {
    fn from(outcome: Outcome) -> Self {
        Self::Ready(outcome)
    }
}

/// The operations that every engine has, by name.
pub(crate) fn built_in(providers: Arc<Providers>) -> Vec<(&'static str, Arc<dyn Operation>)> {
    vec![
        ("think", Arc::new(Think::new(providers))),
        ("transform", Arc::new(Transform)),
        ("ensemble", Arc::new(Nested)),
    ]
}

/// Stands in for an operation that the engine does not have.
pub(super) struct Missing;

impl Operation for Missing {
    fn perform<'a>(&'a self, _: Call<'a>) -> Performing<'a> {
        Performing::failed(OperationError::invalid("the engine has no operation of that name"))
    }
}
