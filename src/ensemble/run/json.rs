//! A run as JSON, for `--json` and for programs.

use super::{AgentState, Failure, Run, Secrets};
use crate::value::{ObjectBuilder, Str, Thrown, Value};

impl Run {
    /// `{"ensemble","seed","status","error","output","agents","warnings"}`, on one line, in this order.
    ///
    /// An agent whose answer came from the cache has `cached_ms`, how old it was. Values are as `JSON.stringify` has them, and `null` where there is none. Secrets in the agents' outputs and
    /// errors are replaced; the output is as it is.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.to_value().map_or_else(|thrown| too_deep(&thrown), |value| value.to_json_string())
    }

    /// What [`to_json`](Self::to_json) writes, as a value.
    ///
    /// # Errors
    /// `LimitError` where the output nests so deep that nothing can be around it.
    pub fn to_value(&self) -> Result<Value, Thrown> {
        let mut agents = ObjectBuilder::with_capacity(self.agents.len());
        for (name, state) in self.agents() {
            agents.insert(name.into(), agent(state, &self.secrets)?);
        }
        let warnings = self.warnings.iter().map(|warning| Value::from(warning.to_string())).collect();
        object([
            ("ensemble", self.ensemble.name().into()),
            ("seed", Value::Number(self.seed.get() as f64)),
            ("status", if self.is_ok() { "ok" } else { "failed" }.into()),
            ("error", self.error.as_ref().map_or(Ok(Value::Null), Failure::to_value)?),
            ("output", present(&self.output)),
            ("agents", Value::Object(agents.build()?)),
            ("warnings", Value::Array(crate::value::Array::new(warnings)?)),
        ])
    }
}

impl Failure {
    /// `{"kind","message","agent","field"}`.
    ///
    /// # Errors
    /// Never: it is flat.
    pub fn to_value(&self) -> Result<Value, Thrown> {
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map_or(Value::Null, Value::from);
        object([
            ("kind", self.kind.name().into()),
            ("message", (&*self.message).into()),
            ("agent", text(&self.agent)),
            ("field", text(&self.field)),
        ])
    }
}

fn agent(state: &AgentState, secrets: &Secrets) -> Result<Value, Thrown> {
    let error = match &state.error {
        None => Value::Null,
        Some(error) => object([("kind", error.kind.name().into()), ("message", (&*error.message).into())])?,
    };
    let mut told = ObjectBuilder::with_capacity(9);
    let entries = [
        ("executed", state.executed.into()),
        ("success", state.success().into()),
        ("failed", state.failed().into()),
        ("component", state.component.as_deref().map_or(Value::Null, Value::from)),
        ("output", present(&secrets.mask_value(&state.output))),
        ("error", error),
        ("attempts", state.attempts.into()),
        ("duration_ms", state.duration_ms().map_or(Value::Null, Value::Number)),
    ];
    entries.into_iter().for_each(|(key, value)| told.insert(Str::from(key), value));
    if let Some(age) = state.cached {
        told.insert("cached_ms".into(), Value::Number(age.as_millis() as f64));
    }
    told.build().map(Value::Object)
}

/// `undefined` would leave the key out.
fn present(value: &Value) -> Value {
    match value {
        Value::Undefined => Value::Null,
        value => value.clone(),
    }
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Result<Value, Thrown> {
    let mut object = ObjectBuilder::with_capacity(N);
    for (key, value) in entries {
        object.insert(Str::from(key), value);
    }
    object.build().map(Value::Object)
}

#[cold]
fn too_deep(thrown: &Thrown) -> String {
    let error = object([("kind", thrown.kind.name().into()), ("message", (&*thrown.message).into())]);
    error.unwrap_or_default().to_json_string()
}
