//! Components that take their time, one snapshot a run, and who looks on.

use std::sync::Mutex;

use pretty_assertions::assert_eq;

use super::*;
use crate::component::{
    Component, ComponentError, ComponentErrorKind, ComponentRef, ComponentSource, ResolveFuture, Snapshot,
    SnapshotFuture,
};
use crate::context;
use crate::ensemble::{Event, EventKind, Observer, RefusalKind};

/// Gives everything after a wait; each snapshot has a number, which is all its components say. Resolving fails the
/// first `failures` times.
#[derive(Clone, Default)]
struct Slow {
    snapshots: Arc<AtomicUsize>,
    failures: Arc<AtomicUsize>,
    is_broken: bool,
}

struct View(usize, Arc<AtomicUsize>);

impl ComponentSource for Slow {
    fn snapshot(&self) -> SnapshotFuture<'_> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if self.is_broken {
                return Err(ComponentError::new(ComponentErrorKind::Io, "the disk is gone"));
            }
            let number = self.snapshots.fetch_add(1, Ordering::SeqCst);
            Ok(Arc::new(View(number, self.failures.clone())) as Arc<dyn Snapshot>)
        })
    }
}

impl Snapshot for View {
    fn resolve_now(&self, _: &ComponentRef) -> Option<Result<Arc<Component>, ComponentError>> {
        None
    }

    fn resolve<'a>(&'a self, reference: &'a ComponentRef) -> ResolveFuture<'a> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let left = self.1.load(Ordering::SeqCst);
            if left > 0 {
                self.1.store(left - 1, Ordering::SeqCst);
                return Err(ComponentError::new(ComponentErrorKind::Io, "try again"));
            }
            let shown: Arc<str> = reference.display_at(&reference.slot).into();
            Ok(Arc::new(Component {
                text: format!("view {}", self.0).into(),
                reference: shown.clone(),
                origin: shown,
                text_offset: 0,
                is_template: true,
            }))
        })
    }
}

const TEXT: &str = "
ensemble: e
agents:
  - {name: a, operation: think, component: prompts/x@v1.0.0, timeout: 50ms}
  - {name: b, operation: think, component: prompts/x@production, depends_on: a}
output: ${[a.output, b.output, b.component]}
";

fn slow(source: &Slow, text: &str) -> Ensemble {
    let engine = Engine::builder().components(source.clone()).build();
    engine.load_str("e.yaml", text).unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test(start_paused = true)]
async fn a_run_takes_one_snapshot_and_waits_for_its_components() {
    let source = Slow::default();
    let ensemble = slow(&source, TEXT);
    for number in 0..2 {
        let start = tokio::time::Instant::now();
        let run = ensemble.run(Value::Null).await.unwrap();
        let said = format!(r#"["view {number}","view {number}","prompts/x@production"]"#);
        assert_eq!((run.output().to_json_string(), start.elapsed().as_millis()), (said, 25));
    }
}

#[test]
fn a_blocking_run_waits_for_its_components_too() {
    let run = slow(&Slow::default(), TEXT).run(Value::Null).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#"["view 0","view 0","prompts/x@production"]"#);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_stumbles_is_asked_again() {
    let text = "
ensemble: e
agents:
  - {name: a, operation: think, component: prompts/x@v1.0.0, retry: {retries: 2, delay: 10ms, jitter: 0}}
";
    for (failures, is_ok, attempts) in [(2, true, 3), (3, false, 3)] {
        let source = Slow::default();
        source.failures.store(failures, Ordering::SeqCst);
        let run = slow(&source, text).run(Value::Null).await.unwrap();
        assert_eq!((run.is_ok(), run.agent("a").unwrap().attempts), (is_ok, attempts));
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_cannot_be_read_refuses_the_run() {
    let source = Slow { is_broken: true, ..Slow::default() };
    let error = slow(&source, TEXT).run(Value::Null).await.unwrap_err();
    assert_eq!((error.kind, &*error.message), (RefusalKind::Components, "the disk is gone"));
}

#[test]
fn observers_see_a_run_while_it_goes() {
    #[derive(Default)]
    struct Watcher(Mutex<Vec<String>>);
    impl Observer for Watcher {
        fn observe(&self, event: &Event<'_>) {
            let line = match &event.kind {
                EventKind::Started { seed, .. } => format!("started {seed}"),
                EventKind::Gate { agent, decision } => format!("{agent} {}", decision.taken),
                EventKind::Attempt { agent, attempt, .. } => format!("{agent} attempt {attempt}"),
                EventKind::Text { agent, text } => format!("{agent} says {text}"),
                EventKind::Cached { agent, .. } => format!("{agent} cached"),
                EventKind::Retry { agent, wait, .. } => format!("{agent} again in {wait:?}"),
                EventKind::Settled { agent, state, .. } => format!("{agent} {}", state.status.name()),
                EventKind::Ended { failure } => format!("ended {}", failure.is_none()),
            };
            self.0.lock().unwrap().push(line);
        }
    }
    let text = "
ensemble: e
agents:
  - {name: a, operation: work, condition: '${input.go}', config: {failures: 1}, retry: {retries: 1, delay: 0s, jitter: 0}}
  - {name: b, operation: work, condition: '${!input.go}'}
";
    let watcher = Arc::new(Watcher::default());
    let run = load(text).run(context! { go: true }).seed(7).trace(TraceLevel::Off).observer(watcher.clone());
    assert!(run.blocking().unwrap().trace().is_empty());
    let said = watcher.0.lock().unwrap().join("; ");
    assert_eq!(
        said,
        "started 7; a true; b false; b skipped; a attempt 1; a again in 0ns; a attempt 2; a done; ended true"
    );
}
