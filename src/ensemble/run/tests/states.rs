//! The table of states in the design, row by row, as expressions see them and as programs do.

use pretty_assertions::assert_eq;

use super::*;
use crate::context;
use crate::ensemble::AgentStatus;

/// One agent `a` with these fields, and an output that shows all of its properties.
fn state(fields: &str) -> String {
    let text = format!(
        "ensemble: states
agents:
  - name: a
    {fields}
output:
  executed: ${{a.executed}}
  success: ${{a.success}}
  failed: ${{a.failed}}
  output: ${{typeof a.output === 'undefined' ? 'undefined' : a.output}}
  error: ${{typeof a.error === 'undefined' ? 'undefined' : a.error}}
  attempts: ${{a.attempts}}
  component: ${{a.component ?? 'none'}}
"
    );
    output(&text, context! { name: "Zoë" })
}

#[test]
fn an_agent_that_is_done() {
    let json = r#"{"executed":true,"success":true,"failed":false,"output":[1],"error":"undefined","attempts":1,"component":"none"}"#;
    assert_eq!(state("operation: work\n    config: {value: [1]}"), json);
    let json = r#"{"executed":true,"success":true,"failed":false,"output":"Hello Zoë","error":"undefined","attempts":1,"component":"prompts/greet@v1.0.0"}"#;
    assert_eq!(state("operation: think\n    component: prompts/greet@production"), json);
}

#[test]
fn an_agent_skipped_by_its_gate() {
    let json = r#"{"executed":false,"success":false,"failed":false,"output":"undefined","error":"undefined","attempts":0,"component":"none"}"#;
    assert_eq!(state("operation: work\n    condition: false"), json);
    assert_eq!(state("operation: work\n    condition: ${1 > 2}"), json);
}

#[test]
fn a_failed_agent_that_lets_the_run_go_on() {
    let json = r#"{"executed":true,"success":false,"failed":true,"output":"undefined","error":{"kind":"OperationError","message":"no"},"attempts":1,"component":"none"}"#;
    let failing = "operation: work\n    config: {failures: 9, error: operation}\n    on_error:";
    assert_eq!(state(&format!("{failing} continue")), json);
    let json = json.replace(r#""output":"undefined""#, r#""output":{"was":"Zoë"}"#);
    assert_eq!(state(&format!("{failing} {{fallback: {{was: '${{input.name}}'}}}}")), json);
}

#[test]
fn a_failed_agent_fails_the_run_and_says_where() {
    let text = "
ensemble: e
agents:
  - name: before
    operation: work
    config: {value: 1}
  - name: a
    operation: work
    depends_on: before
    config: {failures: 1, error: operation}
  - name: after
    operation: work
    depends_on: a
";
    let run = run(text, Value::Null);
    let error = run.error().unwrap();
    assert_eq!(error.to_string(), "a: OperationError: no");
    assert_eq!(run.output().type_of(), "undefined");
    let states: Vec<_> = run.agents().map(|(name, state)| (name, state.status, state.executed)).collect();
    assert_eq!(
        states,
        [
            ("before", AgentStatus::Done, true),
            ("a", AgentStatus::Failed, true),
            ("after", AgentStatus::Cancelled, false)
        ]
    );
    assert_eq!(run.agent("before").unwrap().output.to_json_string(), "1");
}

#[test]
fn a_gate_that_throws_fails_its_agent_and_never_lets_it_run() {
    let seen = Seen::default();
    let text = |on_error: &str| {
        format!(
            "ensemble: e\nagents: [{{name: a, operation: work, condition: '${{input.x.y}}', on_error: {on_error}}}]"
        )
    };
    let run = load_with(&seen, &text("fail")).run(context! {}).blocking().unwrap();
    let error = run.error().unwrap();
    assert_eq!((error.agent.as_deref(), error.field.as_deref()), (Some("a"), Some("condition")));
    assert_eq!(error.kind.name(), "TypeError");
    assert_eq!(error.expression.as_deref(), Some("${input.x.y}"));
    let state = run.agent("a").unwrap();
    assert_eq!((state.status, state.executed, state.attempts), (AgentStatus::Failed, false, 0));

    let run = load_with(&seen, &text("continue")).run(context! {}).blocking().unwrap();
    assert!(run.is_ok());
    assert_eq!((run.agent("a").unwrap().failed(), run.output().to_json_string()), (true, "{}".to_owned()));
    let run = load_with(&seen, &text("{fallback: 5}")).run(context! {}).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#"{"a":5}"#);
    assert_eq!(Seen::count(&seen.calls), 0);
}

#[test]
fn a_skipped_dependency_is_settled_not_missing() {
    let text = "
ensemble: e
agents:
  - {name: off, operation: work, condition: false}
  - {name: reads, operation: transform, config: {value: '${off.executed}'}}
  - {name: waits, operation: transform, depends_on: off, config: {value: 1}}
output: ${[reads.output, waits.output]}
";
    assert_eq!(output(text, Value::Null), "[false,1]");
}

#[test]
fn requires_wants_an_output_and_takes_null_and_fallbacks() {
    let text = "
ensemble: e
agents:
  - {name: off, operation: work, condition: false}
  - {name: nothing, operation: work}
  - {name: nil, operation: work, config: {value: null, ms: null}}
  - {name: is_null, operation: transform, config: {value: null}}
  - {name: failed, operation: work, config: {failures: 1}, on_error: continue}
  - {name: rescued, operation: work, config: {failures: 1}, on_error: {fallback: null}}
  - {name: a, operation: transform, requires: off, config: {value: 1}}
  - {name: b, operation: transform, requires: nothing, config: {value: 1}}
  - {name: c, operation: transform, requires: is_null, config: {value: 1}}
  - {name: d, operation: transform, requires: failed, config: {value: 1}}
  - {name: e, operation: transform, requires: [rescued, is_null], config: {value: 1}}
  - {name: f, operation: transform, requires: [rescued, off], config: {value: 1}}
output: ${[a, b, c, d, e, f].map(agent => agent.executed)}
";
    let run = run(text, Value::Null);
    assert_eq!(run.output().to_json_string(), "[false,false,true,false,true,false]");
    assert_eq!(run.agent("a").unwrap().status, AgentStatus::SkippedByRequires);
}

#[test]
fn without_an_output_the_output_is_what_ran_by_name() {
    let text = "
ensemble: e
agents:
  - {name: b-1, operation: transform, config: {value: 2}}
  - {name: off, operation: transform, condition: false, config: {value: 3}}
  - {name: a, operation: transform, config: {value: '${input}'}}
";
    assert_eq!(output(text, context! { x: 1 }), r#"{"b-1":2,"a":{"x":1}}"#);
}

#[test]
fn an_output_that_throws_fails_the_run_at_its_field() {
    let text = "
ensemble: e
agents: [{name: a, operation: work}]
output:
  result: ${fail('not today')}
";
    let run = run(text, Value::Null);
    let error = run.error().unwrap();
    assert_eq!((error.kind.name(), &*error.message, error.agent.as_deref()), ("Error", "not today", None));
    assert_eq!(error.field.as_deref(), Some("output.result"));
    assert_eq!(run.agent("a").unwrap().status, AgentStatus::Done);
}

#[test]
fn an_operation_that_panics_fails_its_agent_only() {
    let text = "
ensemble: e
agents:
  - {name: now, operation: panic, on_error: continue, retry: 2}
  - {name: later, operation: panic, config: {later: true}, on_error: continue}
output: ${[now.error.kind, now.error.message, now.attempts, later.error.message]}
";
    let said = r#"["PanicError","the operation panicked: out of order",1,"the operation panicked: later"]"#;
    assert_eq!(output(text, Value::Null), said);
}

#[test]
fn a_component_that_is_missing_fails_the_agent_that_needs_it() {
    let text = "
ensemble: e
agents:
  - {name: stable, operation: think, component: prompts/greet@production}
  - {name: canary, operation: think, component: prompts/greet@nowhere, on_error: continue}
  - {name: unused, operation: think, component: prompts/none@v9.9.9, condition: false}
  - {name: odd, operation: think, component: '${input.odd}', on_error: continue}
output: ${[stable.output, canary.error.kind, canary.executed, odd.error.kind]}
";
    let said = r#"["Hello X","ComponentError",true,"ComponentError"]"#;
    assert_eq!(output(text, context! { name: "X", odd: 5 }), said);
}

#[test]
fn prompts_are_templates_of_the_agents_input_and_config() {
    let text = "
ensemble: e
agents:
  - {name: own, operation: think, component: prompts/greet@canary, input: {name: Ada}, config: {tail: bye}}
  - {name: runs, operation: think, component: prompts/greet@canary}
  - {name: raw, operation: think, component: prompts/raw@v1.0.0}
";
    let said = r#"{"own":"Dear Ada, bye","runs":"Dear Zoë, hi","raw":"${verbatim}"}"#;
    assert_eq!(output(text, context! { name: "Zoë" }), said);
}

#[test]
fn faults_of_a_prompt_point_into_its_file() {
    let fault = |component: &str| {
        let text = format!("ensemble: e\nagents: [{{name: a, operation: think, component: {component}}}]");
        run(&text, context! {}).error().unwrap().to_string()
    };
    let broken = fault("prompts/broken@v1.0.0");
    assert!(broken.starts_with("a: ComponentError: prompts/broken@v1.0.0:2:"), "{broken}");
    let throws = fault("prompts/throws@v1.0.0");
    assert!(throws.starts_with("a: TypeError: ") && throws.contains("prompts/throws@v1.0.0:2:"), "{throws}");
    let env = fault("prompts/env@v1.0.0");
    assert!(env.contains("prompts/env@v1.0.0:1:3") && env.contains("env"), "{env}");
}

#[test]
fn an_output_too_deep_to_be_looked_at_fails_its_agent() {
    let text = "
ensemble: e
agents: [{name: a, operation: transform, config: '${input}', on_error: continue}]
output: ${a.error.kind}
";
    let mut deep = Value::from(1);
    for _ in 0..crate::value::MAX_DEPTH {
        deep = Value::Array(crate::value::Array::new(vec![deep]).unwrap());
    }
    struct Gives(Value);
    impl Operation for Gives {
        fn perform<'a>(&'a self, _: Call<'a>) -> Performing<'a> {
            Performing::Ready(Ok(self.0.clone()))
        }
    }
    let engine = Engine::builder().operation("transform", Gives(deep)).build();
    let run = engine.load_str("test.yaml", text).unwrap().run(Value::Null).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#""LimitError""#);
}
