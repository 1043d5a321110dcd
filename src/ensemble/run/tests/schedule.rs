//! The ideal schedule: who waits for whom, and for nobody else.

use std::future::IntoFuture;

use pretty_assertions::assert_eq;
use tokio::time::Instant;

use super::*;
use crate::context;
use crate::ensemble::operation::Cancellation;
use crate::ensemble::{AgentStatus, RefusalKind};

async fn elapsed(ensemble: &Ensemble) -> (Duration, Run) {
    let start = Instant::now();
    let run = ensemble.run(Value::Null).seed(7).await.unwrap_or_else(|error| panic!("{error}"));
    (start.elapsed(), run)
}

#[tokio::test(start_paused = true)]
async fn a_skewed_graph_takes_as_long_as_its_critical_path() {
    // Steps would take 50 + 100 + 50 ms; the longest path takes 110.
    let text = "
ensemble: skewed
agents:
  - {name: quick, operation: work, config: {ms: 10, value: 1}}
  - {name: slow, operation: work, config: {ms: 50, value: 1}}
  - {name: after-quick, operation: work, depends_on: quick, config: {ms: 100, value: 1}}
  - {name: after-slow, operation: work, depends_on: slow, config: {ms: 50, value: 1}}
";
    let (took, run) = elapsed(&load(text)).await;
    assert!(run.is_ok());
    assert_eq!(took.as_millis(), 110);
    assert_eq!(run.agent("after-quick").unwrap().duration.unwrap().as_millis(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_gate_is_decided_as_soon_as_what_it_reads_has_settled() {
    // `gated` needs `slow` to start, and only `quick` to be decided: who waits for it need not wait for `slow`.
    let text = "
ensemble: e
agents:
  - {name: quick, operation: work, config: {ms: 10, value: false}}
  - {name: slow, operation: work, config: {ms: 500, value: 1}}
  - {name: gated, operation: work, condition: '${quick.output}', depends_on: slow}
  - {name: joins, operation: work, depends_on: gated, config: {ms: 10, value: 1}}
output: ${joins.duration}
";
    let ensemble = load(text);
    let (took, run) = elapsed(&ensemble).await;
    assert_eq!(took.as_millis(), 500);
    let at = |agent: &str| {
        let mut settled = run.trace().entries().iter().filter(|entry| entry.agent.as_deref() == Some(agent));
        settled.next_back().unwrap().at.as_millis()
    };
    assert_eq!((at("gated"), at("joins"), at("slow")), (10, 20, 500));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_agents_sleep_at_the_same_time() {
    let agents: String =
        (0..100).map(|n| format!("  - {{name: a{n}, operation: work, config: {{ms: 10}}}}\n")).collect();
    let seen = Seen::default();
    let (took, _) = elapsed(&load_with(&seen, &format!("ensemble: e\nagents:\n{agents}"))).await;
    assert_eq!((took.as_millis(), Seen::count(&seen.most_at_once)), (10, 100));
}

#[tokio::test(start_paused = true)]
async fn concurrency_is_reached_and_never_exceeded() {
    let agents: String =
        (0..10).map(|n| format!("  - {{name: a{n}, operation: work, config: {{ms: 10}}}}\n")).collect();
    for (bound, most, took) in [(1, 1, 100), (3, 3, 40), (10, 10, 10), (99, 10, 10)] {
        let seen = Seen::default();
        let text = format!("ensemble: e\nconcurrency: {bound}\nagents:\n{agents}");
        let (time, run) = elapsed(&load_with(&seen, &text)).await;
        assert!(run.is_ok());
        assert_eq!((Seen::count(&seen.most_at_once), time.as_millis()), (most, took), "{bound}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_fails_cancels_who_is_at_work() {
    let text = "
ensemble: e
concurrency: 2
agents:
  - {name: long, operation: work, config: {ms: 5000}}
  - {name: fails, operation: work, config: {ms: 10, failures: 1, error: operation}}
  - {name: queued, operation: work, config: {ms: 10}}
";
    let seen = Seen::default();
    let (took, run) = elapsed(&load_with(&seen, text)).await;
    assert_eq!((took.as_millis(), Seen::count(&seen.dropped)), (10, 1));
    let state = |name: &str| {
        let state = run.agent(name).unwrap();
        (state.status, state.executed, state.attempts, state.success() || state.failed())
    };
    assert_eq!(state("long"), (AgentStatus::Cancelled, true, 1, false));
    assert_eq!(state("fails"), (AgentStatus::Failed, true, 1, true));
    assert_eq!(state("queued"), (AgentStatus::Cancelled, false, 0, false));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_run_drops_all_that_is_at_work() {
    let text = "
ensemble: e
agents:
  - {name: a, operation: work, config: {ms: 5000}}
  - {name: b, operation: work, config: {ms: 5000}}
";
    let seen = Seen::default();
    let running = load_with(&seen, text).run(Value::Null).into_future();
    assert!(tokio::time::timeout(Duration::from_millis(10), running).await.is_err());
    assert_eq!(Seen::count(&seen.dropped), 2);
}

#[tokio::test(start_paused = true)]
async fn a_switch_from_outside_ends_the_run_and_tells_the_operations() {
    struct Waits(Arc<AtomicUsize>);
    impl Operation for Waits {
        fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
            let (cancellation, told) = (call.cancellation().clone(), self.0.clone());
            tokio::spawn(async move {
                cancellation.cancelled().await;
                told.fetch_add(1, Ordering::SeqCst);
            });
            Performing::pending(std::future::pending())
        }
    }
    let told = Arc::new(AtomicUsize::new(0));
    let engine = Engine::builder().operation("waits", Waits(told.clone())).build();
    let text = "ensemble: e\nagents: [{name: a, operation: waits}]";
    let ensemble = engine.load_str("test.yaml", text).unwrap();
    let switch = Cancellation::new();
    let (run, ()) =
        tokio::join!(ensemble.run(Value::Null).cancellation(switch.clone()).into_future(), async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            switch.cancel();
        });
    let run = run.unwrap();
    assert_eq!(run.error().unwrap().kind, FailureKind::Cancelled);
    assert_eq!(run.agent("a").unwrap().attempts, 1);
    drop(run);
    tokio::task::yield_now().await;
    assert_eq!(Seen::count(&told), 1);

    let run = ensemble.run(Value::Null).cancellation(switch).await.unwrap();
    assert_eq!((run.error().unwrap().kind, run.agent("a").unwrap().attempts), (FailureKind::Cancelled, 0));
}

#[tokio::test(start_paused = true)]
async fn a_whole_run_has_its_time() {
    let text = "
ensemble: e
timeout: 50ms
agents: [{name: a, operation: work, config: {ms: 5000}}]
";
    let seen = Seen::default();
    let (took, run) = elapsed(&load_with(&seen, text)).await;
    let error = run.error().unwrap();
    assert_eq!((error.kind, error.agent.clone()), (FailureKind::Timeout, None));
    assert_eq!((took.as_millis(), Seen::count(&seen.dropped)), (50, 1));
}

#[test]
fn a_run_that_never_waits_is_over_on_the_first_poll() {
    let ensemble = load("ensemble: e\nagents: [{name: a, operation: transform, config: {value: 1}}]");
    let mut running = ensemble.run(Value::Null).into_future();
    let std::task::Poll::Ready(run) = super::super::builder::poll_once(running.as_mut()) else {
        panic!("it waits")
    };
    assert_eq!(run.unwrap().output().to_json_string(), r#"{"a":1}"#);
}

#[test]
fn a_blocking_run_waits_in_a_runtime_of_its_own() {
    let run =
        run("ensemble: e\nagents: [{name: a, operation: work, config: {ms: 1, value: 1}}]", Value::Null);
    assert_eq!(run.output().to_json_string(), r#"{"a":1}"#);
}

#[tokio::test]
async fn a_blocking_run_inside_a_runtime_is_an_error() {
    let ensemble = load("ensemble: e\nagents: [{name: a, operation: work}]");
    let error = ensemble.run(Value::Null).blocking().unwrap_err();
    assert_eq!(error.kind, RefusalKind::Runtime);
}

#[test]
fn a_timer_without_a_runtime_is_an_error_not_a_panic() {
    let text = "ensemble: e\nagents: [{name: a, operation: late, timeout: 1s}]";
    struct Late;
    impl Operation for Late {
        fn perform<'a>(&'a self, _: Call<'a>) -> Performing<'a> {
            Performing::pending(async { Ok(Value::Null) })
        }
    }
    let ensemble = Engine::builder().operation("late", Late).build().load_str("test.yaml", text).unwrap();
    let mut running = ensemble.run(Value::Null).into_future();
    let std::task::Poll::Ready(run) = super::super::builder::poll_once(running.as_mut()) else {
        panic!("it waits")
    };
    assert_eq!(run.unwrap().error().unwrap().kind, FailureKind::Runtime);
}

#[test]
fn ten_thousand_agents_in_a_row_need_no_stack() {
    let mut text =
        "ensemble: e\nagents:\n  - {name: a0, operation: transform, config: {value: 0}}\n".to_owned();
    for n in 1..10_000 {
        let line = format!(
            "  - {{name: a{n}, operation: transform, config: {{value: '${{a{}.output + 1}}'}}}}\n",
            n - 1
        );
        text.push_str(&line);
    }
    text.push_str("output: ${a9999.output}\n");
    assert_eq!(output(&text, context! {}), "9999");
}
