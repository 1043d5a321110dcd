//! Gates agree, versions are drawn apart, users stay on their side, and a seed replays all of it.

use pretty_assertions::assert_eq;

use super::*;
use crate::context;
use crate::draw::{Seed, run_seed};
use crate::ensemble::{Keyed, RefusalKind, Step, Tally};

const CANARY: &str = "
ensemble: canary
agents:
  - {name: stable, operation: transform, condition: '${Math.random() < 0.9}', config: {value: s}}
  - {name: canary, operation: transform, condition: '${Math.random() >= 0.9}', config: {value: c}}
output:
  result: ${stable.output || canary.output}
  was_canary: ${canary.executed}
";

fn tally(ensemble: &Ensemble, runs: u64, input: impl Fn(u64) -> Value) -> Tally {
    let mut tally = Tally::new(ensemble, Seed::from(7));
    for k in 0..runs {
        let run = ensemble.run(input(k)).seed(tally.seed_of(k)).trace(TraceLevel::Off).blocking().unwrap();
        tally.record(k, &run);
    }
    tally
}

fn combinations(tally: &Tally) -> Vec<(String, u64)> {
    tally.combinations().into_iter().map(|(names, share)| (names.join(" "), share.count)).collect()
}

#[test]
fn two_gates_agree_over_ten_thousand_seeds() {
    let tally = tally(&load(CANARY), 10_000, |_| Value::Null);
    let told = combinations(&tally);
    assert_eq!(told.len(), 2, "never both, never neither: {told:?}");
    let canary = told.iter().find(|(names, _)| names == "canary").unwrap().1;
    assert!((900..1_100).contains(&canary), "{canary}");
}

#[test]
fn three_arms_agree_over_ten_thousand_seeds() {
    let text = "
ensemble: three
agents:
  - {name: a, operation: work, condition: '${draw < 0.5}'}
  - {name: b, operation: work, condition: '${draw >= 0.5 && draw < 0.8}'}
  - {name: c, operation: work, condition: '${Math.random() >= 0.8}'}
";
    let told = combinations(&tally(&load(text), 10_000, |_| Value::Null));
    let names: Vec<&str> = told.iter().map(|(names, _)| &**names).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn independent_draws_are_plain_javascript() {
    let text = CANARY.replace("agents:", "draws: independent\nagents:");
    let told = combinations(&tally(&load(&text), 10_000, |_| Value::Null));
    let count = |which: &str| told.iter().find(|(names, _)| names == which).map_or(0, |(_, count)| *count);
    for which in ["stable canary", ""] {
        assert!((700..1_100).contains(&count(which)), "{which}: {told:?}");
    }
}

#[test]
fn layers_split_apart() {
    let text = "
ensemble: two
agents:
  - {name: prompt, operation: work, condition: '${draw < 0.5}', layer: prompt}
  - {name: model, operation: work, condition: '${draw < 0.5}', layer: model}
";
    let told = combinations(&tally(&load(text), 4_000, |_| Value::Null));
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|(_, count)| (850..1_150).contains(count)), "{told:?}");
}

#[test]
fn versions_are_drawn_apart_from_gates() {
    let text = "
ensemble: e
agents:
  - name: a
    operation: think
    condition: ${draw < 0.5}
    component: >
      ${Math.random() < 0.5
        ? 'prompts/greet@v1.0.0'
        : 'prompts/greet@v1.1.0'}
";
    let tally = tally(&load(text), 4_000, |_| context! { name: "x" });
    let (_, versions) = tally.components().next().unwrap();
    assert_eq!(versions.len(), 2);
    assert!(versions.iter().all(|(_, share)| (850..1_150).contains(&share.count)), "{versions:?}");
}

#[test]
fn a_seed_replays_a_run() {
    let text = "
ensemble: e
agents:
  - {name: a, operation: transform, condition: '${draw < 0.7}', config: {value: '${Math.random()}'}}
  - {name: b, operation: transform, condition: '${draw >= 0.3}', config: {value: ['${Math.random()}', '${draw}']}}
output: ${[a.output, b.output, Math.random()]}
";
    let ensemble = load(text);
    for k in 0..100 {
        let seed = run_seed(Seed::from(1), k);
        let once = ensemble.run(Value::Null).seed(seed).blocking().unwrap();
        let again = ensemble.run(Value::Null).seed(seed).blocking().unwrap();
        assert_eq!(once.output().to_json_string(), again.output().to_json_string());
        let gates = |run: &Run| format!("{:?} {:?}", run.trace().decision("a"), run.trace().decision("b"));
        assert_eq!(gates(&once), gates(&again));
        // One that chose its own seed says which.
        let fresh = ensemble.run(Value::Null).blocking().unwrap();
        let replayed = ensemble.run(Value::Null).seed(fresh.seed()).blocking().unwrap();
        assert_eq!(fresh.output().to_json_string(), replayed.output().to_json_string());
    }
}

#[test]
fn the_draws_are_those_that_the_documentation_lists() {
    let run = load(CANARY).run(Value::Null).seed(7).blocking().unwrap();
    // docs/draws.md, the row `7 | condition | | `.
    assert_eq!(run.trace().decision("stable").unwrap().draws, [0.7563525583808509]);
    assert_eq!(run.trace().decision("canary").unwrap().draws, [0.7563525583808509]);
}

fn sticky(key: &str) -> Ensemble {
    load(&CANARY.replace("agents:", &format!("sticky: {key}\nagents:")).replace("0.9", "0.5"))
}

#[test]
fn a_sticky_key_keeps_a_user_on_one_side() {
    let ensemble = sticky("${input.user}");
    let side = |user: Value, seed: u32| {
        let run = ensemble.run(context! { user: user }).seed(seed).blocking().unwrap();
        (run.agent("stable").unwrap().executed, run.is_unkeyed())
    };
    let mut stable = 0;
    for user in 0..200 {
        let first = side(Value::from(user), 0);
        stable += usize::from(first.0);
        assert!(!first.1);
        for seed in 1..4 {
            assert_eq!(side(Value::from(user), seed), first);
            assert_eq!(side(Value::from(user.to_string()), seed), first, "42 and '42' are one user");
        }
    }
    assert!((70..130).contains(&stable), "{stable}");
}

#[test]
fn a_missing_key_draws_by_the_seed_and_is_counted() {
    for missing in [Value::Null, Value::Undefined, Value::from(""), Value::from(f64::NAN)] {
        let ensemble = sticky("${input.user}");
        let tally = tally(&ensemble, 200, |_| context! { user: missing.clone() });
        assert_eq!((tally.unkeyed(), combinations(&tally).len()), (200, 2));
        let run = ensemble.run(context! { user: missing.clone() }).blocking().unwrap();
        let Step::Started { keyed, .. } = &run.trace().entries()[0].step else { panic!() };
        assert_eq!(*keyed, Keyed::Missing);
        let refusing = sticky("{key: '${input.user}', missing: error}");
        let error = refusing.run(context! { user: missing }).blocking().unwrap_err();
        assert_eq!(error.kind, RefusalKind::StickyKey);
    }
}

#[test]
fn a_key_of_another_type_is_refused() {
    let ensemble = sticky("${input.user}");
    for bad in [context! { user: [1] }, context! { user: {} }, context! { user: (f64::INFINITY) }] {
        assert_eq!(ensemble.run(bad).blocking().unwrap_err().kind, RefusalKind::StickyKey);
    }
    let thrown = sticky("${input.user.id.x}").run(context! {}).blocking().unwrap_err();
    assert_eq!(thrown.kind, RefusalKind::StickyKey);
    assert!(ensemble.run(context! { user: true }).blocking().unwrap().is_ok());
}
