//! `anthropic`: Anthropic's messages.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::service::{self, Names, Service};
use super::{Prompt, Provider};
use crate::ensemble::http::Http;
use crate::ensemble::operation::{OperationError, Outcome, Performing};
use crate::value::Value;

const NAMES: Names = Names {
    base_url: "https://api.anthropic.com",
    base_url_variable: "ANTHROPIC_BASE_URL",
    key_variable: "ANTHROPIC_API_KEY",
};

/// The version of the protocol.
const VERSION: &str = "2023-06-01";

/// The service wants a limit always.
const MAX_TOKENS: u32 = 4096;

/// The tool by which an answer takes the form of a schema.
const TOOL: &str = "answer";

/// The provider `anthropic`. `config` holds `model`, `system`, `temperature`, `max_tokens` (4096 unless said
/// otherwise), `schema`, `base_url` and `api_key_env`.
pub(crate) struct Anthropic(Service);

/// How an answer is given.
#[derive(Clone, Copy)]
enum Form {
    Text,
    /// As what the tool is given.
    Tool,
    /// As the only field of what the tool is given: a tool takes an object.
    Field,
}

impl Anthropic {
    pub(crate) fn new(http: Arc<Http>) -> Self {
        Self(Service { http, names: &NAMES })
    }

    fn body(prompt: &Prompt<'_>) -> Result<(Map<String, Json>, Form), OperationError> {
        let mut body = Map::new();
        body.insert("model".into(), service::model(prompt)?.into());
        let most = service::number(prompt, "max_tokens")?;
        body.insert("max_tokens".into(), most.unwrap_or_else(|| MAX_TOKENS.into()));
        if let Some(system) = service::text(prompt, "system")? {
            body.insert("system".into(), system.into());
        }
        if let Some(temperature) = service::number(prompt, "temperature")? {
            body.insert("temperature".into(), temperature);
        }
        body.insert("messages".into(), json!([{"role": "user", "content": prompt.text.to_text()}]));
        let Some(schema) = service::schema(prompt)? else { return Ok((body, Form::Text)) };
        let (schema, form) = match schema.get("type").and_then(Json::as_str) {
            Some("object") => (schema, Form::Tool),
            _ => {
                let fields = json!({"type": "object", "properties": {TOOL: schema}, "required": [TOOL]});
                (fields, Form::Field)
            }
        };
        let tool = json!({"name": TOOL, "description": "Gives the answer.", "input_schema": schema});
        body.insert("tools".into(), json!([tool]));
        body.insert("tool_choice".into(), json!({"type": "tool", "name": TOOL}));
        Ok((body, form))
    }
}

impl Provider for Anthropic {
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        let request = self.0.endpoint(&prompt).and_then(|endpoint| {
            let (body, form) = Self::body(&prompt)?;
            let mut request = self.0.request(&endpoint, "/v1/messages", body)?;
            request.add_header("anthropic-version", VERSION)?;
            if let Some(key) = &endpoint.key {
                request.add_header("x-api-key", key.trim())?;
            }
            Ok((request, form))
        });
        match request {
            Ok((request, form)) => Performing::pending(async move {
                let answer = self.0.ask(request, &prompt).await?;
                read(&answer, form)
            }),
            Err(error) => Performing::failed(error),
        }
    }
}

/// The answer's texts, or what its tool was given.
fn read(answer: &Json, form: Form) -> Outcome {
    let blocks = answer.get("content").and_then(Json::as_array).ok_or_else(service::unknown)?;
    let reason = answer.get("stop_reason").and_then(Json::as_str);
    if reason == Some("refusal") {
        return Err(OperationError::failed("the model refused"));
    }
    let of_kind = |kind: &str, field: &str| {
        let kind = kind.to_owned();
        let field = field.to_owned();
        blocks.iter().filter(move |block| block["type"] == *kind).filter_map(move |block| block.get(&field))
    };
    if matches!(form, Form::Text) {
        let texts: Vec<&str> = of_kind("text", "text").filter_map(Json::as_str).collect();
        return if texts.is_empty() { Err(service::unknown()) } else { Ok(Value::from(texts.concat())) };
    }
    if reason == Some("max_tokens") {
        return Err(OperationError::failed("the answer ends within its JSON: `max_tokens` was reached"));
    }
    let given = of_kind("tool_use", "input").next();
    let given = match form {
        Form::Field => given.and_then(|input| input.get(TOOL)),
        Form::Text | Form::Tool => given,
    };
    let given = given.ok_or_else(service::unknown)?;
    Value::from_json(&given.to_string()).map_err(|thrown| OperationError::failed(thrown.message.to_string()))
}
