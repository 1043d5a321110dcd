//! What is checked before the first agent, and the environment with its secrets.

use pretty_assertions::assert_eq;

use super::*;
use crate::context;
use crate::ensemble::{RefusalKind, Warning};

#[test]
fn an_input_is_checked_against_its_schema_and_completed() {
    let text = "
ensemble: e
input:
  type: object
  required: [id]
  properties: {id: {type: number}, size: {type: string, default: M}}
agents: [{name: a, operation: transform, config: {value: '${input}'}}]
output: ${a.output}
";
    assert_eq!(output(text, context! { id: 1 }), r#"{"id":1,"size":"M"}"#);
    let error = load(text).run(context! { id: "x" }).blocking().unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (RefusalKind::Input, Some("input.id")));
    let error = load(text).run_json("{\"id\":").blocking().unwrap_err();
    assert_eq!(error.kind, RefusalKind::Input);
}

#[test]
fn an_integer_that_a_double_may_not_hold_is_told() {
    let ensemble = load("ensemble: e\nagents: [{name: a, operation: work}]");
    let json = r#"{"orders":[{"id":1234567890123456789}]}"#;
    let run = ensemble.run_json(json).blocking().unwrap();
    let path = "input.orders[0].id".to_owned();
    let warning = Warning::UnsafeInteger { path, literal: "1234567890123456789".into() };
    assert_eq!(run.warnings(), [warning]);
    let error = ensemble.run_json(json).strict(true).blocking().unwrap_err();
    assert_eq!(
        (error.kind, error.field.as_deref()),
        (RefusalKind::UnsafeInteger, Some("input.orders[0].id"))
    );
    assert!(
        ensemble
            .run_json("{\"id\": 9007199254740991}")
            .strict(true)
            .blocking()
            .unwrap()
            .warnings()
            .is_empty()
    );
}

const ENV: &str = "
ensemble: e
env: {LISTED: {default: d}, PLAIN: {}, KEY: {secret: true}}
agents: [{name: a, operation: transform, config: {value: '${[env.LISTED, env.PLAIN ?? 1, env.OTHER ?? 2]}'}}]
output: ${a.output}
";

#[test]
fn the_caller_beats_the_process_which_beats_the_default() {
    let process = |name: &str| match name {
        "LISTED" => Some("process".to_owned()),
        "OTHER" => Some("not listed".to_owned()),
        _ => None,
    };
    let engine = |ambient: bool| {
        let builder = Engine::builder();
        if ambient { builder.environment(process).build() } else { builder.environment(|_| None).build() }
    };
    let given = |ambient: bool, env: &[(&str, &str)]| {
        let ensemble = engine(ambient).load_str("e.yaml", ENV).unwrap_or_else(|error| panic!("{error}"));
        let run = env.iter().fold(ensemble.run(Value::Null), |run, (name, value)| run.env(*name, *value));
        run.blocking().unwrap().output().to_json_string()
    };
    assert_eq!(given(false, &[]), r#"["d",1,2]"#);
    assert_eq!(given(true, &[]), r#"["process",1,2]"#);
    assert_eq!(given(true, &[("LISTED", "caller"), ("OTHER", "o")]), r#"["caller",1,"o"]"#);
}

#[test]
fn a_variable_without_a_value_is_refused_unless_it_is_guarded() {
    let text = "
ensemble: e
agents: [{name: a, operation: work, condition: '${Math.random() * 100 < env.PERCENT}'}]
";
    let error = load(text).run(Value::Null).blocking().unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (RefusalKind::Env, Some("env.PERCENT")));
    assert!(error.message.contains("--env PERCENT="), "{error}");
    assert!(
        load(text).run(Value::Null).env("PERCENT", "100").blocking().unwrap().agent("a").unwrap().executed
    );
}

#[test]
fn a_secret_appears_nowhere_but_in_the_output() {
    let text = "
ensemble: e
env: {KEY: {secret: true}}
agents:
  - {name: shows, operation: transform, config: {value: 'key: ${env.KEY}'}}
  - {name: fails, operation: transform, input: '${fail(env.KEY)}', config: {value: 1}, on_error: continue}
output: ${shows.output}
";
    let run = load(text).run(Value::Null).env("KEY", "hunter2").blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#""key: hunter2""#);
    let json = run.to_json();
    let json = json.replace(r#""output":"key: hunter2","agents""#, r#""output":"","agents""#);
    let all = format!("{json}{}{:?}{:?}{:?}", run.trace(), run, run.trace(), run.agent("fails").unwrap());
    assert!(!all.contains("hunter2"), "{all}");
    assert!(json.contains(r#""output":"key: ‹KEY›""#) && json.contains(r#""message":"‹KEY›""#), "{json}");

    let failing = text.replace("on_error: continue", "on_error: fail");
    let run = load(&failing).run(Value::Null).env("KEY", "hunter2").blocking().unwrap();
    assert_eq!(run.error().unwrap().to_string(), "fails.input: Error: ‹KEY› (in ${fail(env.KEY)})");
}
