//! A host that fails and fails again is left alone for a while.
//!
//! After so many failures in a row a host's circuit is open: nobody is let through. When the wait is over one request
//! is, and its fate is everybody's: success closes the circuit, failure opens it for another wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::options::Circuit;
use crate::ensemble::operation::OperationError;

/// The circuits of all hosts that have failed since they last answered.
pub(super) struct Circuits {
    when: Option<Circuit>,
    hosts: Mutex<HashMap<Box<str>, State>>,
}

/// As many failing hosts are watched; then all are forgotten.
const HOSTS_WATCHED: usize = 1024;

/// How long those wait who come while the one that was let through is on its way.
const TRIAL: Duration = Duration::from_secs(1);

#[derive(Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen,
}

/// A request that was let through. Dropped without word it tells nothing of the host.
pub(super) struct Pass<'c> {
    circuits: &'c Circuits,
    host: Box<str>,
    is_trial: bool,
}

impl Circuits {
    pub(super) fn new(when: Option<Circuit>) -> Self {
        Self { when, hosts: Mutex::default() }
    }

    /// Lets a request to the host through, or says when to come again.
    pub(super) fn enter(&self, host: &str) -> Result<Pass<'_>, OperationError> {
        let mut pass = Pass { circuits: self, host: host.into(), is_trial: false };
        let Some(circuit) = self.when else { return Ok(pass) };
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match hosts.get(host).copied() {
            None | Some(State::Closed { .. }) => Ok(pass),
            Some(State::Open { until }) if until <= now => {
                hosts.insert(host.into(), State::HalfOpen);
                pass.is_trial = true;
                Ok(pass)
            }
            Some(State::Open { until }) => Err(refused(host, circuit, "open", until - now)),
            Some(State::HalfOpen) => {
                Err(refused(host, circuit, "half-open, and one request is on trial", TRIAL))
            }
        }
    }

    fn set(&self, host: &str, next: impl FnOnce(Option<State>) -> Option<State>) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let before = hosts.get(host).copied();
        match next(before) {
            Some(_) if before.is_none() && hosts.len() >= HOSTS_WATCHED => hosts.clear(),
            Some(state) => drop(hosts.insert(host.into(), state)),
            None => drop(hosts.remove(host)),
        }
    }
}

impl Pass<'_> {
    /// The host answered.
    pub(super) fn succeeded(mut self) {
        self.is_trial = false;
        if self.circuits.when.is_some() {
            self.circuits.set(&self.host, |_| None);
        }
    }

    /// The host failed: for how long its circuit is open from now on, if it is.
    pub(super) fn failed(mut self) -> Option<Duration> {
        let circuit = self.circuits.when?;
        let was_trial = std::mem::take(&mut self.is_trial);
        let mut opened = false;
        self.circuits.set(&self.host, |before| {
            let failures = match before {
                Some(State::Closed { failures }) => failures + 1,
                // Sent before the circuit opened: what it learned is known.
                Some(open @ (State::Open { .. } | State::HalfOpen)) if !was_trial => return Some(open),
                Some(State::Open { .. } | State::HalfOpen) => circuit.failures,
                None => 1,
            };
            opened = failures >= circuit.failures;
            Some(if opened {
                State::Open { until: Instant::now() + circuit.wait }
            } else {
                State::Closed { failures }
            })
        });
        opened.then_some(circuit.wait)
    }
}

impl Drop for Pass<'_> {
    /// A trial that was cancelled leaves the trial to the next.
    fn drop(&mut self) {
        if self.is_trial {
            self.circuits.set(&self.host, |_| Some(State::Open { until: Instant::now() }));
        }
    }
}

#[cold]
fn refused(host: &str, circuit: Circuit, state: &str, wait: Duration) -> OperationError {
    let times = circuit.failures;
    let message =
        format!("`{host}` was not asked: it failed {times} times in a row, and its circuit is {state}");
    OperationError::transport(message).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuits(failures: u32) -> Circuits {
        Circuits::new(Some(Circuit { failures, wait: Duration::from_secs(30) }))
    }

    fn wait(circuits: &Circuits) -> Option<Duration> {
        circuits.enter("h").err().map(|error| error.retry_after.expect("it says when"))
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_and_one_request_decides_whether_it_closes() {
        let circuits = circuits(2);
        let fail = || circuits.enter("h").expect("it is let through").failed();
        let seconds = Duration::from_secs;
        assert_eq!(fail(), None);
        circuits.enter("h").expect("closed").succeeded();
        assert_eq!(fail(), None);
        assert_eq!(fail(), Some(seconds(30)));
        assert_eq!(wait(&circuits), Some(seconds(30)));
        assert!(circuits.enter("another").is_ok());

        tokio::time::advance(seconds(30)).await;
        let trial = circuits.enter("h").expect("half-open");
        assert_eq!(wait(&circuits), Some(TRIAL));
        assert_eq!(trial.failed(), Some(seconds(30)));
        assert_eq!(wait(&circuits), Some(seconds(30)));

        tokio::time::advance(seconds(31)).await;
        circuits.enter("h").expect("half-open").succeeded();
        assert_eq!(wait(&circuits), None);
        assert_eq!(fail(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_trial_that_is_cancelled_leaves_the_trial_to_the_next() {
        let circuits = circuits(1);
        let late = circuits.enter("h").expect("closed");
        circuits.enter("h").expect("closed").failed();
        assert_eq!(late.failed(), None, "it was sent before the circuit opened");
        tokio::time::advance(Duration::from_secs(30)).await;
        drop(circuits.enter("h").expect("half-open"));
        circuits.enter("h").expect("half-open again").succeeded();
        assert_eq!(wait(&circuits), None);
    }

    #[tokio::test]
    async fn without_a_circuit_nobody_is_kept_out() {
        let circuits = Circuits::new(None);
        for _ in 0..100 {
            assert_eq!(circuits.enter("h").expect("never open").failed(), None);
        }
    }
}
