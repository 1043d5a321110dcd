use pretty_assertions::assert_eq;

use super::super::{Run, TraceLevel};
use super::{Part, PartValue};
use crate::engine::Engine;
use crate::value::Value;

fn run(text: &str, input: &str, seed: u64) -> Run {
    let ensemble = Engine::new().load_str("test.yaml", text).expect("it loads");
    let run = ensemble.run(Value::from_json(input).expect("JSON")).seed(segue_seed(seed));
    run.env("PERCENT", "30").blocking().expect("it runs")
}

fn segue_seed(seed: u64) -> crate::draw::Seed {
    crate::draw::Seed::new(seed).expect("a small number")
}

/// A part a line: text, value, draws.
fn lines(part: &Part) -> Vec<String> {
    let value = match &part.value {
        PartValue::Given(value) => value.clone(),
        PartValue::Thrown(error) => format!("! {error}"),
        PartValue::Skipped => "-".to_owned(),
    };
    let mut lines = vec![format!("{} = {value}", part.text)];
    for inner in &part.parts {
        lines.extend(lines_of(inner));
    }
    lines
}

fn lines_of(part: &Part) -> Vec<String> {
    lines(part).into_iter().map(|line| format!("  {line}")).collect()
}

fn gate(condition: &str, input: &str) -> Vec<String> {
    let text = format!(
        "ensemble: e\nagents:\n  - name: a\n    operation: transform\n    config: {{value: 1}}\n    condition: ${{{condition}}}\n"
    );
    lines(&run(&text, input, 7).explain_gate("a").expect("it was decided"))
}

#[test]
fn each_part_of_a_gate_has_its_value() {
    assert_eq!(
        gate(
            "input.user.id % 2 === 0 && (input.beta || input.tags.includes('beta'))",
            r#"{"user": {"id": 42}, "tags": ["beta"]}"#
        ),
        [
            "input.user.id % 2 === 0 && (input.beta || input.tags.includes('beta')) = true",
            "  input.user.id % 2 === 0 = true",
            "    input.user.id % 2 = 0",
            "      input.user.id = 42",
            "  input.beta || input.tags.includes('beta') = true",
            "    input.beta = undefined",
            "    input.tags.includes('beta') = true",
            "      input.tags = [\"beta\"]",
        ]
    );
}

#[test]
fn what_a_short_circuit_leaves_out_is_told_as_such() {
    assert_eq!(
        gate("input.a && input.b && input.c", r#"{"a": 1, "b": 0}"#),
        ["input.a && input.b && input.c = 0", "  input.a = 1", "  input.b = 0", "  input.c = -"]
    );
    assert_eq!(
        gate("input.a ? input.b : input.c", r#"{"a": 0, "c": true}"#),
        ["input.a ? input.b : input.c = true", "  input.a = 0", "  input.b = -", "  input.c = true"]
    );
    assert_eq!(
        gate("input.a ?? input.b", r#"{"a": false}"#),
        ["input.a ?? input.b = false", "  input.a = false", "  input.b = -"]
    );
}

#[test]
fn what_threw_is_told_where_it_threw() {
    let text = "ensemble: e\nagents:\n  - name: a\n    operation: transform\n    config: {value: 1}\n    on_error: continue\n    condition: ${input.a.b > 1 || true}\n";
    let told = lines(&run(text, "{}", 7).explain_gate("a").expect("it was decided"));
    let error = "! TypeError: Cannot read properties of undefined (reading 'b')";
    let expected = ["input.a.b > 1 || true", "  input.a.b > 1", "    input.a.b"];
    assert_eq!(told, expected.map(|text| format!("{text} = {error}")));
}

#[test]
fn draws_are_those_of_the_run_part_by_part() {
    let text = "ensemble: e\nagents:\n  - name: a\n    operation: transform\n    config: {value: 1}\n    condition: ${Math.random() < 2 && Math.random() < 2 && draw < 2}\n";
    let ended = run(text, "{}", 7);
    let explained = ended.explain_gate("a").expect("it was decided");
    let drawn = &ended.trace().decision("a").expect("a decision").draws;
    assert_eq!(explained.draws, *drawn);
    let parts: Vec<&[f64]> = explained.parts.iter().map(|part| &*part.draws).collect();
    assert_eq!(parts, [&drawn[..1], &drawn[1..2], &drawn[..1]]);
}

#[test]
fn the_output_tells_which_side_gave_it() {
    let text = "ensemble: e\nagents:\n  - {name: a-1, operation: transform, condition: false, config: {value: 1}}\n  - {name: a-2, operation: transform, config: {value: 2}}\noutput:\n  n: ${a-1.output || a-2.output}\n  text: got ${a-2.output} of ${env.PERCENT}\n";
    let told: Vec<(String, Vec<String>)> = run(text, "{}", 7)
        .explain_output()
        .iter()
        .map(|(field, part)| (field.to_string(), lines(part)))
        .collect();
    let expected = [
        ("output.n", vec!["a-1.output || a-2.output = 2", "  a-1.output = undefined", "  a-2.output = 2"]),
        (
            "output.text",
            vec![
                "got ${a-2.output} of ${env.PERCENT} = \"got 2 of 30\"",
                "  a-2.output = 2",
                "  env.PERCENT = \"30\"",
            ],
        ),
    ];
    let expected: Vec<(String, Vec<String>)> = expected
        .into_iter()
        .map(|(field, lines)| (field.to_owned(), lines.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn a_secret_is_replaced_in_every_part() {
    let text = "ensemble: e\nenv: {KEY: {secret: true}}\nagents:\n  - {name: a, operation: transform, condition: \"${env.KEY.length > 3}\", config: {value: 1}}\noutput: ${env.KEY + '!'}\n";
    let ensemble = Engine::new().load_str("test.yaml", text).expect("it loads");
    let ended = ensemble
        .run(Value::from_json("{}").expect("JSON"))
        .env("KEY", "hunter22")
        .blocking()
        .expect("it runs");
    let told = format!("{:?} {:?}", ended.explain_gate("a"), ended.explain_output());
    assert!(!told.contains("hunter22") && told.contains("‹KEY›"), "{told}");
}

#[test]
fn an_expression_of_a_thousand_parts_is_told_as_far_as_it_is_read() {
    let condition = (0..1_000).map(|n| format!("input.a{n}")).collect::<Vec<_>>().join(" || ");
    assert_eq!(gate(&condition, "{}").len(), super::parts::MOST);
}

#[test]
fn without_a_trace_there_is_no_story() {
    let text = "ensemble: e\nagents:\n  - {name: a, operation: transform, condition: \"${input.x}\", config: {value: 1}}\n";
    let ensemble = Engine::new().load_str("test.yaml", text).expect("it loads");
    let ended = ensemble
        .run(Value::from_json("{}").expect("JSON"))
        .trace(TraceLevel::Off)
        .blocking()
        .expect("it runs");
    assert_eq!(ended.explain_gate("a"), None);
}
