//! Retries, waits between them, time-outs.

use pretty_assertions::assert_eq;

use super::*;
use crate::ensemble::Step;

/// Runs one agent, and gives when each of its attempts began, in milliseconds, with what became of it.
async fn attempts(fields: &str) -> (Vec<u128>, String) {
    let text = format!(
        "ensemble: e\nagents:\n  - name: a\n    operation: work\n    on_error: continue\n    {fields}\n"
    );
    let run = load(&text).run(Value::Null).seed(7).await.unwrap();
    let began = run.trace().entries().iter().filter(|entry| matches!(entry.step, Step::Attempt { .. }));
    let state = run.agent("a").unwrap();
    let result = match &state.error {
        Some(error) => error.kind.to_string(),
        None => state.output.to_json_string(),
    };
    (began.map(|entry| entry.at.as_millis()).collect(), format!("{result} after {}", state.attempts))
}

#[tokio::test(start_paused = true)]
async fn transport_errors_are_tried_again_and_waits_grow() {
    for (retry, began, result) in [
        ("{retries: 3, delay: 100ms, backoff: constant, jitter: 0}", vec![0, 100, 200], "1 after 3"),
        ("{retries: 2, delay: 100ms, backoff: linear, jitter: 0}", vec![0, 100, 300], "1 after 3"),
        ("{retries: 1, delay: 100ms, jitter: 0}", vec![0, 100], "TransportError after 2"),
        ("{retries: 5, delay: 0s, jitter: 0}", vec![0, 0, 0], "1 after 3"),
        ("0", vec![0], "TransportError after 1"),
    ] {
        let told = attempts(&format!("config: {{failures: 2, value: 1}}\n    retry: {retry}")).await;
        assert_eq!(told, (began, result.to_owned()), "{retry}");
    }
    let told = attempts(
        "config: {failures: 5, value: 1}\n    retry: {retries: 5, delay: 100ms, max_delay: 300ms, jitter: 0}",
    );
    assert_eq!(told.await, (vec![0, 100, 300, 600, 900, 1200], "1 after 6".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_partly_random_replays() {
    let fields =
        "config: {failures: 2, value: 1}\n    retry: {retries: 2, delay: 1s, backoff: constant, jitter: 0.5}";
    let (began, _) = attempts(fields).await;
    assert_eq!(attempts(fields).await.0, began);
    let waits: Vec<u128> = began.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.iter().all(|wait| (500..=1000).contains(wait)) && waits[0] != waits[1], "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn what_will_not_change_is_not_tried_again() {
    for error in ["operation", "panic"] {
        let fields = format!("config: {{failures: 1, error: {error}}}\n    retry: 5");
        assert_eq!(attempts(&fields).await.0.len(), 1, "{error}");
    }
    let (began, result) = attempts("input: '${input.a.b}'\n    retry: 5").await;
    assert_eq!((began.len(), &*result), (0, "TypeError after 0"));
}

#[tokio::test(start_paused = true)]
async fn a_service_may_say_when_to_come_back() {
    let fields =
        "config: {failures: 1, error: patience, value: 1}\n    retry: {retries: 1, delay: 10ms, jitter: 0}";
    assert_eq!(attempts(fields).await, (vec![0, 7000], "1 after 2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_time() {
    let fields = "config: {ms: 5000}\n    timeout: 50ms\n    retry: {retries: 2, delay: 100ms, backoff: constant, jitter: 0}";
    assert_eq!(attempts(fields).await, (vec![0, 150, 300], "TimeoutError after 3".to_owned()));
    assert_eq!(attempts("config: {ms: 20, value: 1}\n    timeout: 50ms").await.1, "1 after 1");
}

#[tokio::test(start_paused = true)]
async fn a_gate_is_not_decided_again_for_a_retry() {
    let text = "
ensemble: e
agents:
  - name: a
    operation: work
    condition: ${draw < 2}
    config: {failures: 2, ms: 5, value: '${draw}'}
    retry: {retries: 2, delay: 5ms}
";
    let run = load(text).run(Value::Null).seed(7).await.unwrap();
    let gates = run.trace().entries().iter().filter(|entry| matches!(entry.step, Step::Gate(_)));
    assert_eq!((gates.count(), run.agent("a").unwrap().attempts), (1, 3));
}
