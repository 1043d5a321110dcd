//! What programs read.

use pretty_assertions::assert_eq;

use super::*;
use crate::context;
use crate::draw::Seed;
use crate::ensemble::Tally;

const TEXT: &str = "
ensemble: e
agents:
  - {name: off, operation: work, condition: false}
  - {name: a, operation: think, component: prompts/greet@production}
  - {name: b, operation: work, config: {failures: 1, error: operation}, on_error: continue}
output: {result: '${a.output}', nothing: '${b.output}', nan: '${0 / 0}'}
";

/// Durations are the one thing that is never the same.
fn without_durations(json: &str) -> String {
    let mut parts = json.split("\"duration_ms\":");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find('}').unwrap_or(part.len());
        out.push_str(if &part[..end] == "null" { "\"duration_ms\":null" } else { "\"duration_ms\":0" });
        out.push_str(&part[end..]);
    }
    out
}

#[test]
fn one_run_has_its_exact_shape() {
    let run = load(TEXT).run(context! { name: "Zoë" }).seed(7).blocking().unwrap();
    let expected = concat!(
        r#"{"ensemble":"e","seed":7,"status":"ok","error":null,"output":{"result":"Hello Zoë","nan":null},"agents":{"#,
        r#""off":{"executed":false,"success":false,"failed":false,"component":null,"output":null,"error":null,"attempts":0,"duration_ms":null},"#,
        r#""a":{"executed":true,"success":true,"failed":false,"component":"prompts/greet@v1.0.0","output":"Hello Zoë","error":null,"attempts":1,"duration_ms":0},"#,
        r#""b":{"executed":true,"success":false,"failed":true,"component":null,"output":null,"error":{"kind":"OperationError","message":"no"},"attempts":1,"duration_ms":0}},"#,
        r#""warnings":[]}"#,
    );
    assert_eq!(without_durations(&run.to_json()), expected);
}

#[test]
fn a_failed_run_says_so() {
    let text = "ensemble: e\nagents: [{name: a, operation: work, config: {failures: 1, error: operation}}]";
    let run = load(text).run_json(r#"{"id": 12345678901234567890}"#).seed(7).blocking().unwrap();
    let json = run.to_json();
    let start = concat!(
        r#"{"ensemble":"e","seed":7,"status":"failed","error":{"kind":"OperationError","message":"no","agent":"a","#,
        r#""field":null},"output":null,"agents":{"#
    );
    assert!(json.starts_with(start), "{json}");
    assert!(json.contains(r#""warnings":["`input.id` is 12345678901234567890,"#), "{json}");
}

#[test]
fn many_runs_have_their_exact_shape() {
    let text = "
ensemble: e
agents:
  - {name: a, operation: think, component: prompts/greet@production, condition: '${input.n > 0}'}
  - {name: b, operation: work, config: {failures: 1, error: operation}, condition: '${input.n === 2}'}
";
    let ensemble = load(text);
    let mut tally = Tally::new(&ensemble, Seed::from(7));
    for k in 0..4_u32 {
        let seed = tally.seed_of(k.into());
        tally.record(k.into(), &ensemble.run(context! { n: k, name: "x" }).seed(seed).blocking().unwrap());
    }
    let failed = tally.seed_of(2);
    let expected = format!(
        concat!(
            r#"{{"ensemble":"e","runs":4,"failed":1,"unkeyed":0,"seed":7,"failures":[{{"run":2,"seed":{},"error":"#,
            r#"{{"kind":"OperationError","message":"no","agent":"b","field":null}}}}],"#,
            r#""agents":{{"a":{{"executed":3,"failed":0}},"b":{{"executed":1,"failed":1}}}},"#,
            r#""components":{{"a":{{"prompts/greet@v1.0.0":3}}}},"#,
            r#""combinations":[{{"executed":["a"],"count":2}},{{"executed":["a","b"],"count":1}},"#,
            r#"{{"executed":[],"count":1}}]}}"#,
        ),
        failed
    );
    assert_eq!(tally.to_json(), expected);
}

#[test]
fn a_trace_is_readable() {
    let run = load(TEXT).run(context! { name: "Zoë" }).seed(7).blocking().unwrap();
    let lines: Vec<String> = run.trace().to_string().lines().map(|line| line[14..].to_owned()).collect();
    assert_eq!(
        lines,
        [
            "e begins, seed 7",
            "off: gate closed",
            "off: skipped by its gate",
            "a: attempt 1 with prompts/greet@v1.0.0",
            "a: done → \"Hello Zoë\"",
            "b: attempt 1",
            "b: failed: OperationError: no",
            "done",
        ]
    );
    let untraced = load(TEXT).run(context! { name: "x" }).trace(TraceLevel::Off).blocking().unwrap();
    assert!(untraced.trace().is_empty());
}

#[test]
fn a_long_value_is_cut_in_the_trace() {
    let text = "ensemble: e
agents: [{name: a, operation: transform, config: {value: '${input}'}}]";
    let trace = run(text, Value::from("é".repeat(1_000))).trace().to_string();
    assert!(trace.contains("… (2002 bytes)"), "{trace}");
    assert!(trace.len() < 1_500);
}
