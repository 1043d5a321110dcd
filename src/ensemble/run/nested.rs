//! Runs inside runs.

use std::task::Poll;

use super::builder::poll_once;
use super::prepare::{self, Around, Prepared};
use super::scheduler::{Ended, Scheduler};
use super::{Failure, RunError};
use crate::ensemble::load;
use crate::ensemble::operation::{Call, FailureKind, OperationError, Outcome, Performing};

/// Runs the ensemble that the call means, with the agent's input, inside the call's own run.
pub(in crate::ensemble) fn nested(call: Call<'_>) -> Performing<'_> {
    let prepared = match prepare(&call) {
        Ok(prepared) => prepared,
        Err(error) => return Performing::failed(error),
    };
    let mut running = Box::pin(run(prepared));
    // The first poll does what need not wait and asks nobody to be woken; see `Scheduler::poll`.
    match poll_once(running.as_mut()) {
        Poll::Ready(outcome) => Performing::Ready(outcome),
        Poll::Pending => Performing::Pending(running),
    }
}

fn prepare(call: &Call<'_>) -> Result<Prepared, OperationError> {
    let depth = call.context.path.len() + 1;
    let limit = call.context.services().max_depth;
    if depth > limit {
        let message = format!(
            "ensembles nest deeper than {limit} levels: does `{}` run itself? ({})",
            call.ensemble(),
            call.context.path.iter().map(|agent| &**agent).collect::<Vec<_>>().join(" → ")
        );
        return Err(OperationError::new(FailureKind::Ensemble, message));
    }
    let ensemble = load::target(call)?;
    let agent = &call.context.agent(call.agent).name;
    let around = Around { parent: call.context, agent };
    prepare::inner(ensemble, call.input.clone(), &around).map_err(refused)
}

async fn run(mut prepared: Prepared) -> Outcome {
    let (input, env) = prepared.take_variables();
    let mut scheduler = Scheduler::new(&prepared.context, prepared.draws(), input, env);
    let Ended { result, .. } = std::future::poll_fn(|task| scheduler.poll(task)).await;
    let name = &prepared.context.plan().name;
    result.map_err(|failure| failed(name, &failure))
}

#[cold]
fn refused(error: RunError) -> OperationError {
    OperationError::new(FailureKind::Ensemble, error.to_string())
}

/// What failed inside fails the agent: it has been retried inside as often as it should be there, and what is worth a
/// retry there is worth one here.
#[cold]
fn failed(ensemble: &str, failure: &Failure) -> OperationError {
    let error = OperationError::new(failure.kind, format!("{ensemble}: {failure}"));
    if failure.is_transient { error.transient() } else { error }
}
