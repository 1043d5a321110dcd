//! Cancelling from outside, and hearing of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// A switch that is off until somebody cancels, and cannot be switched back. Clones are the same switch.
///
/// Given to a run, it ends the run; an operation is given its run's. The future of an operation is dropped when its
/// run ends, so that only what an operation has handed elsewhere (a task, a thread) needs to look.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_cancelled: AtomicBool,
    changed: Notify,
}

impl Cancellation {
    /// A switch that is off.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels. Who waits is woken; a second time does nothing.
    pub fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::Release);
        self.0.changed.notify_waiters();
    }

    /// Whether somebody has cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.load(Ordering::Acquire)
    }

    /// Waits until somebody cancels. Needs no runtime.
    pub async fn cancelled(&self) {
        // Registered before the look, so that a cancellation between the two is not missed.
        let mut changed = std::pin::pin!(self.0.changed.notified());
        changed.as_mut().enable();
        if !self.is_cancelled() {
            changed.await;
        }
    }
}
