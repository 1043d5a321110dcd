//! `concurrency`: how many agents may be at work at a time, nested ensembles included.
//!
//! An agent needs a permit of its own ensemble's bound and of every bound around it. It takes the innermost first:
//! who holds an outer one then waits for nobody but agents at work, so that no two can wait for each other.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The bounds that hold in a run, the innermost first.
#[derive(Clone, Debug, Default)]
pub(super) struct Permits {
    bounds: Vec<Arc<Semaphore>>,
}

/// A permit of every bound; given back when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Permit(#[expect(dead_code, reason = "held for its drop")] Vec<OwnedSemaphorePermit>);

impl Permits {
    /// The bounds of a run inside `self`, with a bound of its own.
    pub(super) fn within(&self, concurrency: Option<NonZeroUsize>) -> Self {
        let own = concurrency.map(|bound| Arc::new(Semaphore::new(bound.get().min(Semaphore::MAX_PERMITS))));
        Self { bounds: own.into_iter().chain(self.bounds.iter().cloned()).collect() }
    }

    /// A permit, if every bound has one.
    #[inline]
    pub(super) fn try_acquire(&self) -> Option<Permit> {
        if self.bounds.is_empty() {
            return Some(Permit::default());
        }
        let permits = self.bounds.iter().map(|bound| bound.clone().try_acquire_owned().ok());
        permits.collect::<Option<Vec<_>>>().map(Permit)
    }

    /// Waits for a permit. First come, first served at each bound.
    pub(super) async fn acquire(&self) -> Permit {
        let mut permits = Vec::with_capacity(self.bounds.len());
        for bound in &self.bounds {
            permits.push(bound.clone().acquire_owned().await.expect("bounds are never closed"));
        }
        Permit(permits)
    }
}
