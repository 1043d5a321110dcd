//! Agents with `cache` that ask the same at the same time: one asks for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use pretty_assertions::assert_eq;

use crate::engine::Engine;
use crate::ensemble::operation::{Call, Operation, OperationError, Performing};
use crate::ensemble::{Ensemble, Run};
use crate::value::Value;

/// `ask`: after `config.ms` it gives how often it was called; the first `config.fails` calls fail.
#[derive(Clone, Default)]
struct Ask(Arc<AtomicUsize>);

impl Operation for Ask {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let number = |name: &str| match call.config_field(name) {
            Some(Value::Number(number)) => *number as u64,
            _ => 0,
        };
        let (wait, fails) = (Duration::from_millis(number("ms")), number("fails"));
        Performing::pending(async move {
            tokio::time::sleep(wait).await;
            if count as u64 <= fails {
                return Err(OperationError::transport("not now"));
            }
            Ok(Value::Number(count as f64))
        })
    }
}

/// An ensemble of agents, a line each, and how often `ask` was called.
fn loaded(text: &str) -> (Ensemble, Arc<AtomicUsize>) {
    let ask = Ask::default();
    let engine = Engine::builder().operation("ask", ask.clone()).build();
    let ensemble = engine.load_str("test.yaml", text).unwrap_or_else(|error| panic!("{error}"));
    (ensemble, ask.0)
}

async fn run(ensemble: &Ensemble) -> Run {
    ensemble.run(Value::Null).seed(7).await.unwrap_or_else(|error| panic!("{error}"))
}

/// What each agent came to: its output, its attempts, and whether another had asked for it.
fn told(run: &Run) -> String {
    let told = run.agents().map(|(name, state)| {
        let result = match &state.error {
            Some(error) => error.kind.to_string(),
            None => state.output.to_json_string(),
        };
        let shared = if state.cached.is_some() { " shared" } else { "" };
        format!("{name} {result} {}{shared}", state.attempts)
    });
    told.collect::<Vec<_>>().join(", ")
}

const ONE: &str = "ensemble: e\nagents:\n  - {name: a, operation: ask, config: {ms: 50}, cache: {ttl: 1h}}\n";

#[tokio::test(start_paused = true)]
async fn agents_of_one_run_and_runs_of_one_batch_ask_once() {
    let (ensemble, count) = loaded(
        "ensemble: e
agents:
  - {name: a, operation: ask, input: x, config: {ms: 50}, cache: {ttl: 1h}}
  - {name: b, operation: ask, input: x, config: {ms: 50}, cache: {ttl: 1h}}
  - {name: c, operation: ask, input: y, config: {ms: 50}, cache: {ttl: 1h}}
  - {name: d, operation: ask, input: x, config: {ms: 50}}
",
    );
    assert_eq!(told(&run(&ensemble).await), "a 1 1, b 1 0 shared, c 2 1, d 3 1");
    assert_eq!(count.load(Ordering::SeqCst), 3);

    let (ensemble, count) = loaded(ONE);
    let runs = join_all((0..100).map(|_| run(&ensemble))).await;
    assert!(runs.iter().all(|run| run.output().to_json_string() == "{\"a\":1}"));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn where_one_fails_the_next_asks() {
    let (ensemble, count) = loaded(&ONE.replace("ms: 50", "ms: 50, fails: 2"));
    let runs = join_all((0..10).map(|_| run(&ensemble))).await;
    let told: Vec<String> = runs.iter().map(told).collect();
    assert_eq!(told[..3], ["a TransportError 1", "a TransportError 1", "a 3 1"]);
    assert!(told[3..].iter().all(|told| told == "a 3 0 shared"), "{told:?}");
    assert_eq!(count.load(Ordering::SeqCst), 3);

    // One that asks again later finds what another has found meanwhile.
    let retried = ONE
        .replace("ms: 50", "ms: 50, fails: 1")
        .replace("cache:", "retry: {retries: 1, delay: 10s}, cache:");
    let (ensemble, count) = loaded(&retried);
    let runs = join_all((0..3).map(|_| run(&ensemble))).await;
    let told: Vec<String> = runs.iter().map(self::told).collect();
    assert_eq!(told, ["a 2 1 shared", "a 2 1", "a 2 0 shared"]);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn where_one_is_dropped_or_late_the_next_asks() {
    let (ensemble, count) = loaded(ONE);
    let first = tokio::time::timeout(Duration::from_millis(20), run(&ensemble));
    let (first, second) = tokio::join!(first, run(&ensemble));
    assert!(first.is_err(), "it was given up");
    assert_eq!((told(&second), count.load(Ordering::SeqCst)), ("a 2 1".to_owned(), 2));

    let late = ONE.replace("cache:", "timeout: 20ms, on_error: continue, cache:");
    let (ensemble, count) = loaded(&late);
    let runs = join_all((0..2).map(|_| run(&ensemble))).await;
    assert_eq!(runs.iter().map(told).collect::<Vec<_>>(), ["a TimeoutError 1", "a TimeoutError 1"]);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_another_longer_than_an_attempt_may_take() {
    let text = "ensemble: e
agents:
  - {name: slow, operation: ask, input: x, cache: {ttl: 1h, key: k}, config: {ms: 60000}}
  - {name: a, operation: ask, input: x, cache: {ttl: 1h, key: k}, config: {ms: 60000}, timeout: 1s}
";
    let begun = tokio::time::Instant::now();
    let (ensemble, count) = loaded(text);
    let ended = ensemble.run(Value::Null).await.expect("it runs");
    // A second for the other's answer, a second for its own.
    assert_eq!((told(&ended), begun.elapsed().as_secs()), ("slow null 1, a TimeoutError 1".to_owned(), 2));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

/// Two runs with one permit each that want the same two answers in opposite order: who waits for another's answer holds
/// no permit, so that the agents beside it work.
#[tokio::test(start_paused = true)]
async fn who_waits_for_an_answer_holds_no_permit() {
    let text = |first: &str, second: &str| {
        format!(
            "ensemble: e
concurrency: 1
agents:
  - {{name: {first}, operation: ask, input: {first}, config: {{ms: 50}}, cache: {{ttl: 1h}}}}
  - {{name: {second}, operation: ask, input: {second}, config: {{ms: 50}}, cache: {{ttl: 1h}}}}
"
        )
    };
    let (ensemble, count) = loaded(&text("x", "y"));
    let other =
        Engine::builder().operation("ask", Ask(count.clone())).cache(ensemble.services().cache.clone());
    let other = other.build().load_str("other.yaml", &text("x", "z")).expect("it loads");
    let begun = tokio::time::Instant::now();
    let (first, second) = tokio::join!(run(&ensemble), run(&other));
    // `z` is asked while `x` is waited for.
    assert_eq!((told(&first), told(&second)), ("x 1 1, y 3 1".to_owned(), "x 1 0 shared, z 2 1".to_owned()));
    assert_eq!((count.load(Ordering::SeqCst), begun.elapsed().as_millis()), (3, 100));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_runs_with_one_permit_and_agents_that_fail_come_to_their_end() {
    let (ensemble, count) = loaded(
        "ensemble: e
concurrency: 1
agents:
  - {name: a, operation: ask, input: x, config: {ms: 5, fails: 40}, cache: {ttl: 1h}, retry: {retries: 2, delay: 1ms}, on_error: continue}
  - {name: b, operation: ask, input: y, config: {ms: 5, fails: 40}, cache: {ttl: 1h}, retry: {retries: 2, delay: 1ms}, on_error: continue}
",
    );
    let runs = join_all((0..100).map(|_| run(&ensemble))).await;
    assert_eq!(runs.len(), 100);
    assert_eq!(count.load(Ordering::SeqCst), 42, "40 fail, and each question is answered once");
}
