//! Ensembles inside ensembles.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;

use super::*;
use crate::context;
use crate::ensemble::{Files, Step};

struct InMemory(HashMap<PathBuf, String>);

impl Files for InMemory {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let found = self.0.get(path).map(|text| text.clone().into_bytes());
        found.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"))
    }
}

/// Loads the first of these files, with the others beside it.
fn load_files(seen: &Seen, files: &[(&str, &str)]) -> Ensemble {
    let map = files.iter().map(|(name, text)| (Path::new("folder").join(name), (*text).to_owned())).collect();
    let engine = builder(seen).files(InMemory(map)).build();
    engine.load(Path::new("folder").join(files[0].0)).unwrap_or_else(|error| panic!("{error}"))
}

const OUTER: &str = "
ensemble: outer
agents:
  - {name: inner, operation: ensemble, config: {file: inner.yaml}, input: {x: '${input.x + 1}'}}
output: ${inner.output}
";

#[test]
fn an_ensemble_runs_inside_another_without_waiting() {
    let inner = "
ensemble: inner
agents: [{name: a, operation: transform, config: {value: '${input.x * 2}'}}]
output: {doubled: '${a.output}'}
";
    let ensemble = load_files(&Seen::default(), &[("outer.yaml", OUTER), ("inner.yaml", inner)]);
    let run = ensemble.run(context! { x: 20 }).seed(7).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#"{"doubled":42}"#);
    let seeds: Vec<_> = run
        .trace()
        .entries()
        .iter()
        .filter_map(|entry| match &entry.step {
            Step::Started { seed, .. } => Some((entry.path.len(), *seed)),
            _ => None,
        })
        .collect();
    let seven = crate::draw::Seed::from(7);
    assert_eq!(seeds, [(0, seven), (1, crate::draw::nested_seed(seven, "inner"))]);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_nested_ensemble_holds_no_permit() {
    // With one permit in all, an outer agent that held it would wait for its own inner agents for ever.
    let outer = OUTER
        .replace("agents:", "concurrency: 1\nagents:\n  - {name: other, operation: work, config: {ms: 10}}");
    let inner = "
ensemble: inner
concurrency: 5
agents:
  - {name: a, operation: work, config: {ms: 10}}
  - {name: b, operation: work, config: {ms: 10}}
  - {name: c, operation: work, config: {ms: 10}}
";
    let seen = Seen::default();
    let ensemble = load_files(&seen, &[("outer.yaml", &outer), ("inner.yaml", inner)]);
    let start = tokio::time::Instant::now();
    let run = ensemble.run(context! { x: 1 }).await.unwrap();
    assert!(run.is_ok(), "{:?}", run.error());
    assert_eq!((start.elapsed().as_millis(), Seen::count(&seen.most_at_once)), (40, 1));
}

#[tokio::test(start_paused = true)]
async fn a_nested_run_that_waits_is_cancelled_with_its_parent() {
    let outer = OUTER.replace("input:", "timeout: 50ms, input:");
    let inner = "ensemble: inner\nagents: [{name: a, operation: work, config: {ms: 5000}}]";
    let seen = Seen::default();
    let run = load_files(&seen, &[("outer.yaml", &outer), ("inner.yaml", inner)]);
    let run = run.run(context! { x: 1 }).await.unwrap();
    assert_eq!(run.error().unwrap().kind, FailureKind::Timeout);
    assert_eq!(Seen::count(&seen.dropped), 1);
}

#[test]
fn a_blocking_run_waits_for_nested_agents_in_its_runtime() {
    let inner =
        "ensemble: inner\nagents: [{name: a, operation: work, config: {ms: 1, value: 5}, timeout: 10s}]";
    let ensemble = load_files(&Seen::default(), &[("outer.yaml", OUTER), ("inner.yaml", inner)]);
    assert_eq!(ensemble.run(context! { x: 1 }).blocking().unwrap().output().to_json_string(), r#"{"a":5}"#);
}

#[test]
fn what_fails_inside_fails_the_agent_and_says_where() {
    let inner =
        "ensemble: inner\nagents: [{name: a, operation: work, config: {failures: 1, error: operation}}]";
    let ensemble = load_files(&Seen::default(), &[("outer.yaml", OUTER), ("inner.yaml", inner)]);
    let run = ensemble.run(context! { x: 1 }).blocking().unwrap();
    assert_eq!(run.error().unwrap().to_string(), "inner: OperationError: inner: a: OperationError: no");
    let refused =
        "ensemble: inner\ninput: {type: object, required: [y]}\nagents: [{name: a, operation: work}]";
    let ensemble = load_files(&Seen::default(), &[("outer.yaml", OUTER), ("inner.yaml", refused)]);
    let run = ensemble.run(context! { x: 1 }).blocking().unwrap();
    assert_eq!(run.error().unwrap().kind, FailureKind::Ensemble);
}

#[test]
fn a_file_that_is_missing_or_broken_fails_the_agent() {
    let run = load_files(&Seen::default(), &[("outer.yaml", OUTER)]).run(context! {}).blocking().unwrap();
    let said = run.error().unwrap().to_string();
    assert!(said.contains("inner.yaml") && said.contains("no such file"), "{said}");
    let broken = "ensemble: inner\nagents: [{name: a, operation: nonsense}]";
    let ensemble = load_files(&Seen::default(), &[("outer.yaml", OUTER), ("inner.yaml", broken)]);
    let said = ensemble.run(context! {}).blocking().unwrap().error().unwrap().to_string();
    assert!(said.contains("nonsense"), "{said}");
}

#[test]
fn an_ensemble_that_runs_itself_comes_to_an_end() {
    let cycle = "ensemble: cycle\nagents: [{name: again, operation: ensemble, config: {file: cycle.yaml}}]";
    let run = load_files(&Seen::default(), &[("cycle.yaml", cycle)]).run(context! {}).blocking().unwrap();
    let error = run.error().unwrap();
    assert_eq!(error.kind, FailureKind::Ensemble);
    assert!(error.message.contains("nest deeper than 16 levels"), "{error}");
}

#[test]
fn a_nested_ensemble_inherits_the_sticky_key_with_its_own_salt() {
    let outer = OUTER.replace("agents:", "sticky: ${input.x}\nagents:").replace("'${input.x + 1}'", "1");
    let inner = "
ensemble: inner
agents: [{name: a, operation: transform, config: {value: '${draw}'}, condition: '${draw < 0.5}'}]
output: ${a.executed}
";
    let ensemble = load_files(&Seen::default(), &[("outer.yaml", &outer), ("inner.yaml", inner)]);
    let side = |user: u32, seed: u32| {
        let run = ensemble.run(context! { x: user }).seed(seed).blocking().unwrap();
        run.output().truthy()
    };
    let sides: Vec<bool> = (0..100).map(|user| side(user, 1)).collect();
    assert_eq!(sides, (0..100).map(|user| side(user, 2)).collect::<Vec<_>>());
    let own = |user: u32| {
        let key = crate::draw::Key::sticky("inner", &user.to_string());
        let id = crate::draw::StreamId::new(crate::draw::StreamKind::Condition, "", "");
        crate::draw::Stream::new(key, id.number()).draw(0) < 0.5
    };
    assert_eq!(sides, (0..100).map(own).collect::<Vec<_>>());
}

#[test]
fn an_ensemble_can_be_a_component() {
    let mut components = Components::new();
    let inner = "ensemble: inner\nagents: [{name: a, operation: transform, config: {value: '${input.x}'}}]";
    components.add("ensembles/inner@v1.0.0", inner).unwrap();
    let engine = Engine::builder().components(MemorySource::from(components)).build();
    let text = "
ensemble: outer
agents: [{name: b, operation: ensemble, component: ensembles/inner@v1.0.0}]
output: ${[b.output, b.component]}
";
    let ensemble = engine.load_str("outer.yaml", text).unwrap_or_else(|error| panic!("{error}"));
    let run = ensemble.run(context! { x: 3 }).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#"[{"a":3},"ensembles/inner@v1.0.0"]"#);
}
