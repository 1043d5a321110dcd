//! Whole files: what they say, and what is wrong with them.

use pretty_assertions::assert_eq;

use std::num::NonZeroUsize;

use super::*;
use crate::ensemble::yaml::{Node, NodeKind, Scalar, Spanned};
use crate::syntax::{Severity, Span};

fn spec(text: &str) -> Spec {
    let reading = parse(text);
    assert_eq!(faults_of(&reading), Vec::<String>::new(), "{text}");
    reading.spec.expect("a description")
}

/// Each error as `line: code: title [help]`.
fn faults_of(reading: &Reading) -> Vec<String> {
    let errors = reading.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors
        .map(|diagnostic| {
            let help = diagnostic.help.as_deref().map(|help| format!(" [{help}]")).unwrap_or_default();
            format!("{}: {}{help}", diagnostic.code, diagnostic.title)
        })
        .collect()
}

fn faults(text: &str) -> Vec<String> {
    faults_of(&parse(text))
}

/// The faults of one agent's fields.
fn agent_faults(fields: &str) -> Vec<String> {
    faults(&format!(
        "ensemble: e\nagents:\n  - name: a\n    operation: think\n    {fields}\n  - {{name: other, operation: think}}\n"
    ))
}

/// The faults of one field of the ensemble.
fn field_faults(field: &str) -> Vec<String> {
    faults(&format!("ensemble: e\nagents: [{{name: a, operation: think}}]\n{field}\n"))
}

const CANARY: &str = include_str!("../../../examples/canary.yaml");
const AB: &str = include_str!("../../../examples/ab-test.yaml");
const ROLLOUT: &str = include_str!("../../../examples/progressive.yaml");

fn condition(agent: &AgentSpec) -> &str {
    match &agent.condition {
        Some(Condition::Expression(scalar)) => &scalar.text,
        other => panic!("{other:?}"),
    }
}

fn output<'s>(spec: &'s Spec, field: &str) -> &'s Scalar {
    match &spec.output.as_ref().expect("an output").kind {
        NodeKind::Map(map) => match &map.get(field).expect("the field").kind {
            NodeKind::Text(scalar) => scalar,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_canary_reads_as_it_is_written() {
    let spec = spec(CANARY);
    assert_eq!(&*spec.name.value, "canary-example");
    assert_eq!(
        spec.agents.iter().map(|agent| &*agent.name.value).collect::<Vec<_>>(),
        ["analyzer-stable", "analyzer-canary"]
    );
    assert_eq!(condition(&spec.agents[0]), "${Math.random() < 0.9}");
    assert_eq!(&*spec.agents[1].component.as_ref().expect("a component").text, "prompts/extraction@canary");
    assert_eq!(&*output(&spec, "was_canary").text, "${analyzer-canary.executed}");
    assert_eq!(parse(CANARY).diagnostics, []);
}

#[test]
fn the_ab_test_reads_without_quotes_and_hints_at_the_line() {
    let spec = spec(AB);
    let variant = output(&spec, "variant");
    assert_eq!(&*variant.text, "${analyzer-control.executed ? 'control' : 'treatment'}");
    assert_eq!(&AB[variant.span.range()], &*variant.text);
    let codes: Vec<_> = parse(AB).diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["yaml-quoting"]);
}

#[test]
fn the_rollouts_folded_block_keeps_its_places() {
    let spec = spec(ROLLOUT);
    let component = spec.agents[0].component.as_ref().expect("a component");
    let at = component.text.find("? 'prompts").expect("the second line");
    let span = component.map.span(Span::new(at, at + 29));
    assert_eq!(&ROLLOUT[span.range()], "? 'prompts/extraction@v1.1.0'");
    assert_eq!(parse(ROLLOUT).diagnostics, []);
}

#[test]
fn every_field_is_read() {
    let spec = spec(
        "name: all\ndescription: costs ${x}\nflow:\n  - name: a\n    operation: transform\n    when: true\n    \
         layer: 7\n    input: {x: ${input.y}}\n    config: {value: 1}\n    retry: 2\n    timeout: 1.5s\n    \
         on_error: continue\n  - name: b\n    operation: think\n    depends_on: a\n    requires: [a, a]\n    \
         retry: {retries: 3, delay: 1s, max_delay: 1m, backoff: linear, jitter: 0.25}\n    \
         on_error: {fallback: null}\ninput: {type: object}\nenv:\n  P: 10\n  K: {secret: true}\n  E: ''\n  N:\n\
         sticky: {key: '${input.id}', missing: error}\nsalt: 2024\nbucketing: segue-1\nconcurrency: 4\ntimeout: 2m\n",
    );
    assert_eq!((&*spec.name.value, spec.description.as_deref()), ("all", Some("costs ${x}")));
    let [a, b] = spec.agents.as_slice() else { panic!() };
    assert!(matches!(a.condition, Some(Condition::Constant(Spanned { value: true, .. }))));
    assert_eq!(a.layer.as_ref().map(|layer| &*layer.value), Some("7"));
    assert_eq!((a.retry.retries, a.timeout), (2, Some(std::time::Duration::from_millis(1500))));
    assert!(matches!(a.on_error, OnError::Continue));
    assert_eq!((b.depends_on.len(), b.requires.len()), (1, 1));
    assert_eq!((b.retry.retries, b.retry.backoff, b.retry.jitter), (3, Backoff::Linear, 0.25));
    assert!(matches!(b.on_error, OnError::Fallback(Node { kind: NodeKind::Null, .. })));
    let env: Vec<_> =
        spec.env.iter().map(|var| (&*var.name.value, var.default.as_deref(), var.secret)).collect();
    assert_eq!(
        env,
        [("P", Some("10"), false), ("K", None, true), ("E", Some(""), false), ("N", None, false)]
    );
    assert_eq!(spec.sticky.map(|sticky| sticky.missing), Some(Missing::Error));
    assert_eq!(spec.salt.map(|salt| salt.value), Some("2024".into()));
    assert_eq!(spec.concurrency.map(NonZeroUsize::get), Some(4));
}

#[test]
fn unknown_fields_name_the_nearest() {
    assert_eq!(
        agent_faults("conditon: true"),
        ["unknown-field: an agent has no field `conditon` [did you mean `condition`?]"]
    );
    assert_eq!(
        field_faults("outputs: 1"),
        ["unknown-field: an ensemble has no field `outputs` [did you mean `output`?]"]
    );
    assert_eq!(
        field_faults("condition: true"),
        [
            "unknown-field: an ensemble has no field `condition` [it is a field of an agent: indent it below its `- name:`]"
        ]
    );
    assert_eq!(
        agent_faults("retry: {retries: 1, delays: 1s}"),
        ["unknown-field: `retry` has no field `delays` [did you mean `delay`?]"]
    );
}

#[test]
fn two_spellings_of_one_field_are_an_error() {
    assert_eq!(
        field_faults("name: f"),
        ["field-twice: `ensemble` and `name` are one field [keep one of them]"]
    );
    assert_eq!(
        field_faults("flow: []"),
        ["field-twice: `agents` and `flow` are one field [keep one of them]"]
    );
    assert_eq!(
        agent_faults("when: true\n    condition: true"),
        ["field-twice: `when` and `condition` are one field [keep one of them]"]
    );
}

#[test]
fn a_condition_is_a_boolean_or_one_hole() {
    let help = |condition: &str| {
        let reading = parse(&format!(
            "ensemble: e\nagents:\n- name: a\n  operation: think\n  condition: {condition}\n"
        ));
        let is_told = |it: &&Diagnostic| it.severity == Severity::Error && it.code != "yaml-key";
        let faults: Vec<_> = reading.diagnostics.iter().filter(is_told).collect();
        let [fault] = faults.as_slice() else { panic!("{condition}: {faults:?}") };
        assert_eq!(fault.code, "condition-not-boolean", "{condition}");
        fault.help.clone().expect("a mend")
    };
    assert_eq!(help("input.beta"), "write `condition: ${input.beta}`");
    assert_eq!(help("no"), "write `condition: false`");
    assert_eq!(help("'true'"), "write `condition: true`");
    assert_eq!(help("${a} && ${ b.c }"), "write `condition: ${a && b.c}`");
    assert_eq!(help("!!str true"), "write `condition: true`");
    assert_eq!(help("\"${a} \""), "write `condition: ${a}`");
    for other in ["{{ a.b }}", "'{{ a.b }}'", "$(a.b)", "'#{a.b}'", "$${a.b}"] {
        assert_eq!(help(other), "write `condition: ${a.b}`", "{other}");
    }
    for other in ["", "1", "[]", "{a: 1}"] {
        assert_eq!(help(other), "write `condition: ${…}`, `true` or `false`", "{other}");
    }
}

#[test]
fn conditions_that_pass() {
    for condition in
        ["true", "${a}", ">\n      ${a\n      && b}\n", "'${a ? ''x'' : ''y''}'", "${ {a: 1}.a }", "${a"]
    {
        assert_eq!(agent_faults(&format!("condition: {condition}")), [] as [String; 0], "{condition}");
    }
}

#[test]
fn all_faults_come_in_one_go_in_the_files_order() {
    let text = "\
agents:
  - name: input
    operation: 5
    timeout: 5
  - operation: think
    condition: input.beta
    bogus: 1
  - name: a b
  - name: x
    operation: think
    depends_on: [y, x, analyser]
  - name: analyzer
    operation: think
    retry: -1
  - name: x
    operation: think
draws: independent
sticky: everyone
concurrency: 0
bucketing: segue-2
timeout: soon
";
    let codes: Vec<_> =
        faults(text).iter().map(|fault| fault.split(':').next().unwrap_or("").to_owned()).collect();
    assert_eq!(
        codes,
        [
            "missing-field",
            "reserved-name",
            "wrong-type",
            "duration-without-unit",
            "missing-field",
            "condition-not-boolean",
            "unknown-field",
            "missing-field",
            "invalid-name",
            "unknown-agent",
            "self-reference",
            "unknown-agent",
            "out-of-range",
            "duplicate-agent",
            "draws-and-sticky",
            "constant-sticky",
            "out-of-range",
            "unknown-choice",
            "invalid-duration",
        ]
    );
}

#[test]
fn mends_are_named() {
    assert_eq!(
        agent_faults("timeout: 5"),
        ["duration-without-unit: `timeout` has no unit [write `5ms` or `5s`]"]
    );
    assert_eq!(
        agent_faults("depends_on: othr"),
        ["unknown-agent: `depends_on` names no agent of this ensemble: `othr` [did you mean `other`?]"]
    );
    assert_eq!(
        agent_faults("on_error: fallback"),
        ["unknown-choice: `on_error` knows no `fallback` [write `on_error: {fallback: …}` with its value]"]
    );
    assert_eq!(
        agent_faults("layer: ${x}"),
        ["expression-not-allowed: `layer` is fixed and cannot be an expression"]
    );
    assert_eq!(
        field_faults("bucketing: segue-2"),
        ["unknown-choice: `bucketing` knows no `segue-2` [did you mean `segue-1`?]"]
    );
    assert_eq!(field_faults("timeout: 0s"), ["out-of-range: a `timeout` of nothing lets nothing happen"]);
    assert_eq!(
        faults("ensemble: e\nagents: []"),
        ["no-agents: the ensemble has no agents [list at least one, with `name` and `operation`]"]
    );
    assert_eq!(
        faults("ensemble: 5\nagents: [{name: a, operation: b}]"),
        ["wrong-type: `ensemble` is a text, not a number [write it in quotes: \"5\"]"]
    );
    assert_eq!(
        faults("just text"),
        ["wrong-type: `an ensemble file` is a map with `ensemble` and `agents`, not a text"]
    );
    assert_eq!(
        faults("ensemble: e\nagents: {a: {operation: think}}"),
        ["wrong-type: `agents` is a list, not a map [each agent begins with `- name: NAME`]"]
    );
}

#[test]
fn duplicate_agents_show_both_places() {
    let text = "ensemble: e\nagents:\n- {name: a, operation: think}\n- {name: a, operation: think}\n";
    let reading = parse(text);
    let places: Vec<_> = reading.diagnostics[0].labels.iter().map(|label| label.span.start).collect();
    assert_eq!(places, [59, 29]);
    assert_eq!(reading.spec.map(|spec| spec.agents.len()), Some(1));
}

#[test]
fn a_file_with_faults_still_gives_what_could_be_read() {
    let reading = parse("ensemble: e\nbogus: 1\nagents: [{name: a, operation: think, condition: ${b.c}}]\n");
    assert!(reading.has_errors());
    assert_eq!(reading.spec.map(|spec| condition(&spec.agents[0]).to_owned()), Some("${b.c}".to_owned()));
}

#[test]
fn a_hundred_thousand_agents_are_read_in_linear_time() {
    let mut text = String::from("ensemble: e\nagents:\n");
    for index in 0..100_000 {
        text.push_str(&format!("- {{name: a{index}, operation: think, condition: ${{draw < 0.5}}}}\n"));
    }
    assert_eq!(spec(&text).agents.len(), 100_000);
}

/// `cargo test --release --lib reading_a_small_ensemble -- --ignored --nocapture`
#[test]
#[ignore = "prints a time"]
fn reading_a_small_ensemble_takes_microseconds() {
    for text in [CANARY, AB, ROLLOUT] {
        let start = std::time::Instant::now();
        for _ in 0..10_000 {
            std::hint::black_box(parse(std::hint::black_box(text)));
        }
        println!("{:?}", start.elapsed() / 10_000);
    }
}
