//! The story for programs.

use segue::ensemble::plan::{ComponentPlan, Gate};
use segue::ensemble::{Part, PartValue, Run, Step};
use serde_json::{Map, Value, json};

/// The run as `run --json` has it, with each agent's `gate`, `slot` and `retries`, and `output_parts`: a part is
/// `{"text","value"|"error"|"skipped","draws","parts"}`.
pub(super) fn story(run: &Run) -> anyhow::Result<Value> {
    let mut story: Value = serde_json::from_str(&run.to_json())?;
    let plan = run.ensemble().plan();
    for agent in &plan.agents {
        let Some(told) = story["agents"].get_mut(&*agent.name).and_then(Value::as_object_mut) else {
            continue;
        };
        let gate = match &agent.gate {
            Gate::Open => Value::Null,
            Gate::Closed => json!({"text": "false", "value": false, "draws": [], "parts": []}),
            Gate::Expression(_) => run.explain_gate(&agent.name).as_ref().map_or(Value::Null, part),
        };
        told.insert("gate".to_owned(), gate);
        let slot = match &agent.component {
            Some(ComponentPlan::Fixed(reference)) => json!(reference.display_at(&reference.slot)),
            Some(ComponentPlan::Expression(_)) => {
                run.explain_component(&agent.name).as_ref().map_or(Value::Null, part)
            }
            None => Value::Null,
        };
        told.insert("slot".to_owned(), slot);
        told.insert("retries".to_owned(), retries(run, &agent.name));
    }
    let parts: Map<String, Value> =
        run.explain_output().iter().map(|(field, explained)| (field.to_string(), part(explained))).collect();
    story["output_parts"] = Value::Object(parts);
    Ok(story)
}

fn retries(run: &Run, name: &str) -> Value {
    let entries = run.trace().entries().iter();
    let own = entries.filter(|entry| entry.path.is_empty() && entry.agent.as_deref() == Some(name));
    let retries = own.filter_map(|entry| match &entry.step {
        Step::Retry { attempt, failure, wait } => Some(json!({
            "attempt": attempt,
            "error": {"kind": failure.kind.name(), "message": &*failure.message},
            "wait_ms": wait.as_secs_f64() * 1e3,
        })),
        _ => None,
    });
    retries.collect()
}

fn part(part: &Part) -> Value {
    let mut told = Map::new();
    told.insert("text".to_owned(), json!(part.text));
    match &part.value {
        // What is no JSON (`undefined`, `NaN`, a value that was cut) is told as a text.
        PartValue::Given(text) => {
            let value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            told.insert("value".to_owned(), value);
        }
        PartValue::Thrown(error) => drop(told.insert("error".to_owned(), json!(error))),
        _ => drop(told.insert("skipped".to_owned(), json!(true))),
    }
    told.insert("draws".to_owned(), json!(part.draws));
    told.insert("parts".to_owned(), part.parts.iter().map(self::part).collect());
    Value::Object(told)
}
