//! Runs, from the text of an ensemble to what became of its agents. Time is tokio's and stands still where agents
//! sleep: what a test says of durations is exact.

mod attempts;
mod before;
mod draws;
mod json;
mod nested;
mod schedule;
mod source;
mod states;
mod together;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::super::operation::{Call, FailureKind, Operation, OperationError, Performing};
use super::super::{Ensemble, Run, TraceLevel};
use crate::component::{Components, MemorySource};
use crate::engine::{Engine, EngineBuilder};
use crate::value::Value;

/// What the test operations have seen.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) calls: Arc<AtomicUsize>,
    pub(super) dropped: Arc<AtomicUsize>,
    now: Arc<AtomicUsize>,
    pub(super) most_at_once: Arc<AtomicUsize>,
}

impl Seen {
    fn enter(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
    }

    pub(super) fn count(counter: &AtomicUsize) -> usize {
        counter.load(Ordering::SeqCst)
    }
}

/// `work`: gives `config.value` after `config.ms` milliseconds, or at once; fails the first `config.failures` times
/// with `config.error` (`transport` by default).
struct Work(Seen);

/// Notices when it is dropped before its end.
struct AtWork {
    seen: Seen,
    is_done: bool,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.seen.now.fetch_sub(1, Ordering::SeqCst);
        if !self.is_done {
            self.seen.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Operation for Work {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        let number = |name| match call.config_field(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        let fails = f64::from(call.attempt()) <= number("failures").unwrap_or(0.0);
        let outcome = if fails {
            Err(match call.config_text("error").unwrap_or_default().and_then(|text| text.as_str()) {
                Some("panic") => panic!("out of order"),
                Some("operation") => OperationError::failed("no"),
                Some("patience") => OperationError::transport("busy").retry_after(Duration::from_secs(7)),
                Some(_) | None => OperationError::transport("no connection"),
            })
        } else {
            Ok(call.config_field("value").cloned().unwrap_or_default())
        };
        let Some(milliseconds) = number("ms") else { return Performing::Ready(outcome) };
        let seen = self.0.clone();
        Performing::pending(async move {
            seen.enter();
            let mut guard = AtWork { seen, is_done: false };
            tokio::time::sleep(Duration::from_millis(milliseconds as u64)).await;
            guard.is_done = true;
            outcome
        })
    }
}

/// `panic`: panics, at once or later.
struct Panics;

impl Operation for Panics {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        if call.config_field("later").is_some() {
            return Performing::pending(async { panic!("later") });
        }
        panic!("out of order")
    }
}

pub(super) fn builder(seen: &Seen) -> EngineBuilder {
    let mut components = Components::new();
    let add = |components: &mut Components, name: &str, text: &str| components.add(name, text).unwrap();
    add(&mut components, "prompts/greet@v1.0.0", "Hello ${input.name}");
    add(&mut components, "prompts/greet@v1.1.0", "Dear ${input.name}, ${config.tail ?? 'hi'}");
    add(&mut components, "prompts/broken@v1.0.0", "x\n  ${input.}");
    add(&mut components, "prompts/throws@v1.0.0", "x\n  ${input.a.b.c}");
    add(&mut components, "prompts/env@v1.0.0", "${env.KEY}");
    add(&mut components, "prompts/raw@v1.0.0", "---\ntemplate: false\n---\n${verbatim}");
    components.set("prompts/greet@production", "v1.0.0").unwrap();
    components.set("prompts/greet@canary", "v1.1.0").unwrap();
    Engine::builder()
        .environment(|_| None)
        .components(MemorySource::from(components))
        .operation("work", Work(seen.clone()))
        .operation("panic", Panics)
}

pub(super) fn load(text: &str) -> Ensemble {
    load_with(&Seen::default(), text)
}

pub(super) fn load_with(seen: &Seen, text: &str) -> Ensemble {
    builder(seen).build().load_str("test.yaml", text).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs at once, on this thread.
pub(super) fn run(text: &str, input: Value) -> Run {
    load(text).run(input).seed(7).blocking().unwrap_or_else(|error| panic!("{error}"))
}

/// The output as JSON.
pub(super) fn output(text: &str, input: Value) -> String {
    let run = run(text, input);
    if let Some(error) = run.error() {
        panic!("{error}");
    }
    run.output().to_json_string()
}

#[test]
fn everything_may_cross_threads() {
    fn check<T: Send + Sync>() {}
    fn check_future<T: Send>(_: &T) {}
    check::<Engine>();
    check::<Ensemble>();
    check::<Run>();
    let ensemble = load("ensemble: e\nagents: [{name: a, operation: work}]");
    check_future(&std::future::IntoFuture::into_future(ensemble.run(Value::Null).trace(TraceLevel::Off)));
    assert_eq!(FailureKind::Transport.name(), "TransportError");
}
