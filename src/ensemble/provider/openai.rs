//! `openai`: OpenAI's chat completions, and whoever speaks them too.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::service::{self, Endpoint, Names, Service};
use super::{Prompt, Provider};
use crate::ensemble::http::Http;
use crate::ensemble::operation::{OperationError, Outcome, Performing};
use crate::value::Value;

const NAMES: Names = Names {
    base_url: "https://api.openai.com/v1",
    base_url_variable: "OPENAI_BASE_URL",
    key_variable: "OPENAI_API_KEY",
};

/// The provider `openai`. `config` holds `model`, `system`, `temperature`, `max_tokens`, `schema`, `base_url` and
/// `api_key_env`.
pub(crate) struct OpenAi(Service);

impl OpenAi {
    pub(crate) fn new(http: Arc<Http>) -> Self {
        Self(Service { http, names: &NAMES })
    }

    fn body(prompt: &Prompt<'_>, endpoint: &Endpoint) -> Result<Map<String, Json>, OperationError> {
        let mut messages = Vec::new();
        if let Some(system) = service::text(prompt, "system")? {
            messages.push(json!({"role": "system", "content": system}));
        }
        messages.push(json!({"role": "user", "content": prompt.text.to_text()}));
        let mut body = Map::new();
        body.insert("model".into(), service::model(prompt)?.into());
        body.insert("messages".into(), messages.into());
        if let Some(temperature) = service::number(prompt, "temperature")? {
            body.insert("temperature".into(), temperature);
        }
        if let Some(most) = service::number(prompt, "max_tokens")? {
            // OpenAI's newer models refuse the old name; servers that imitate it know no other.
            let is_openai = endpoint.base_url.trim_end_matches('/') == NAMES.base_url;
            let name = if is_openai { "max_completion_tokens" } else { "max_tokens" };
            body.insert(name.into(), most);
        }
        if let Some(schema) = service::schema(prompt)? {
            let format = json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}});
            body.insert("response_format".into(), format);
        }
        Ok(body)
    }
}

impl Provider for OpenAi {
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        let request = self.0.endpoint(&prompt).and_then(|endpoint| {
            let body = Self::body(&prompt, &endpoint)?;
            let mut request = self.0.request(&endpoint, "/chat/completions", body)?;
            if let Some(key) = &endpoint.key {
                request.add_header("authorization", &format!("Bearer {}", key.trim()))?;
            }
            Ok(request)
        });
        match request {
            Ok(request) => Performing::pending(async move {
                let answer = self.0.ask(request, &prompt).await?;
                read(&answer, prompt.config_field("schema").is_some())
            }),
            Err(error) => Performing::failed(error),
        }
    }
}

/// The first choice's text.
fn read(answer: &Json, is_structured: bool) -> Outcome {
    let choice = answer.pointer("/choices/0").ok_or_else(service::unknown)?;
    if let Some(refusal) = choice.pointer("/message/refusal").and_then(Json::as_str) {
        return Err(OperationError::failed(format!("the model refused: {refusal}")));
    }
    match choice.get("finish_reason").and_then(Json::as_str) {
        Some("length") if is_structured => {
            Err(OperationError::failed("the answer ends within its JSON: `max_tokens` was reached"))
        }
        Some("content_filter") => Err(OperationError::failed("the service's filter withheld the answer")),
        _ => {
            let text = choice.pointer("/message/content").and_then(Json::as_str);
            text.map(Value::from).ok_or_else(service::unknown)
        }
    }
}
