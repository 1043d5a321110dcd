//! `think`: a prompt, answered by a model.

use std::sync::Arc;

use super::{Call, Operation, OperationError, Outcome, Performing};
use crate::ensemble::outlook::{Foreseen, Outlook};
use crate::ensemble::plan::{Choice, Need, OperationInfo};
use crate::ensemble::provider::{self, Prompt, Providers};
use crate::value::{Str, Value, from_value};

/// The operation `think`: renders the component (or takes `config.prompt`), asks the provider that
/// `config.provider` names, and gives its answer.
///
/// With `config.schema`, a JSON Schema, the answer is read as JSON and must fit.
pub struct Think {
    providers: Arc<Providers>,
}

impl Think {
    pub(crate) fn new(providers: Arc<Providers>) -> Self {
        Self { providers }
    }

    fn prompt(call: &Call<'_>) -> Result<Str, OperationError> {
        if call.component().is_some() {
            return call.render_component();
        }
        call.config_text("prompt")?.cloned().ok_or_else(|| {
            OperationError::invalid("`think` needs a prompt: a `component`, or `config.prompt`")
        })
    }

    fn ask<'a>(&'a self, call: &Call<'a>) -> Result<Performing<'a>, OperationError> {
        let name = call.config_text("provider")?;
        let name = name.map_or(provider::DEFAULT.into(), Str::to_text);
        let Some(provider) = self.providers.get(&name) else {
            let known = self.providers.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(OperationError::invalid(format!("there is no provider `{name}`; there are {known}")));
        };
        let prompt = Prompt {
            text: Self::prompt(call)?,
            model: call.config_text("model")?.cloned(),
            call: call.clone(),
        };
        Ok(if call.context.wants_text() { provider.stream(prompt) } else { provider.complete(prompt) })
    }
}

impl Operation for Think {
    fn info(&self, name: &str) -> OperationInfo {
        // Each provider has fields of its own: any configuration passes.
        let names = self.providers.names().map(Into::into).collect();
        let choices = vec![Choice { field: "provider".into(), names }];
        let component = Need::Or("prompt".into());
        OperationInfo { component, choices, ..OperationInfo::open(name.to_owned()) }
    }

    fn unset_key(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        let provider = match agent.config_text("provider") {
            Foreseen::Absent => provider::DEFAULT.into(),
            Foreseen::Text(name) => name.to_text(),
            Foreseen::Open => return None,
        };
        self.providers.get(&provider)?.unset_key(agent)
    }

    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        let answer = match self.ask(&call) {
            Ok(answer) => answer,
            Err(error) => return Performing::failed(error),
        };
        let Some(schema) = call.config_field("schema").cloned() else { return answer };
        match answer {
            Performing::Ready(answer) => Performing::Ready(answer.and_then(|answer| fit(answer, &schema))),
            Performing::Pending(answer) => Performing::pending(async move { fit(answer.await?, &schema) }),
        }
    }
}

/// The answer as its schema says.
fn fit(answer: Value, schema: &Value) -> Outcome {
    let answer = match &answer {
        Value::String(text) => Value::from_json(text.to_text().trim())
            .map_err(|fault| OperationError::failed(format!("the answer is not JSON: {}", fault.message)))?,
        _ => answer,
    };
    let broken = |error: &dyn std::fmt::Display| OperationError::invalid(format!("`config.schema`: {error}"));
    let schema: serde_json::Value = from_value(schema).map_err(|error| broken(&error))?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| broken(&error))?;
    let instance: serde_json::Value = from_value(&answer).map_err(|error| broken(&error))?;
    match validator.iter_errors(&instance).next() {
        None => Ok(answer),
        Some(error) => {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "the answer".to_owned() } else { format!("`{place}`") };
            Err(OperationError::failed(format!("the answer does not fit `config.schema`: {place}: {error}")))
        }
    }
}
