//! Decides whether an agent runs.
//!
//! All gates of one run read their layer's stream from its start: `Math.random() < 0.9` and `Math.random() >= 0.9` in
//! two agents never both hold. Streams are made in [`draw`](crate::draw); skipping, retries and timeouts belong to
//! the scheduler.

use crate::draw::Cursor;
use crate::ensemble::plan::Expression;
use crate::value::Value;
use crate::vm::{EvalError, Vm};

/// How many draws of one decision a trace keeps.
const DRAWS_KEPT: usize = 8;

/// What a gate's expression said.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// Whether the agent runs.
    pub taken: bool,
    /// The numbers that the gate drew, the first few; empty where nobody keeps a trace.
    pub draws: Vec<f64>,
    /// Something about the decision that may not have been meant.
    pub note: Option<&'static str>,
}

/// Whether what the gate draws is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    No,
    Yes,
}

/// Evaluates a gate.
///
/// # Errors
/// What the expression throws: the agent fails then, it never runs.
pub(super) fn decide(
    expression: &Expression,
    vm: &mut Vm,
    variables: &[Value],
    mut cursor: Cursor<'_>,
    record: Record,
) -> Result<Decision, EvalError> {
    let value = expression.template.eval(vm, variables, &mut cursor)?;
    let mut decision = Decision { taken: value.truthy(), ..Decision::default() };
    if record == Record::Yes {
        decision.note = note(&value);
        decision.draws = cursor.taken(DRAWS_KEPT);
    }
    Ok(decision)
}

/// What a gate's value gives away about a mistake.
fn note(value: &Value) -> Option<&'static str> {
    match value {
        Value::Number(number) if number.is_nan() => Some("the gate's value is NaN, which counts as false"),
        Value::Undefined => Some("the gate's value is undefined, which counts as false"),
        Value::String(text) if text.as_str() == Some("false") => {
            Some("the gate's value is the text 'false', which counts as true")
        }
        _ => None,
    }
}
