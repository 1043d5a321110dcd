//! `openai`: OpenAI's chat completions, and whoever speaks them too.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::service::{self, Assemble, Endpoint, Names, Service};
use super::{Prompt, Provider};
use crate::ensemble::http::{Flow, Http, Request};
use crate::ensemble::operation::{OperationError, Outcome, Performing};
use crate::ensemble::outlook::Outlook;
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

impl OpenAi {
    fn asked(&self, prompt: &Prompt<'_>, is_streamed: bool) -> Result<Request, OperationError> {
        let endpoint = self.0.endpoint(prompt)?;
        let mut body = Self::body(prompt, &endpoint)?;
        if is_streamed {
            body.insert("stream".into(), true.into());
        }
        let mut request = self.0.request(&endpoint, "/chat/completions", body)?;
        if let Some(key) = &endpoint.key {
            request.add_header("authorization", &format!("Bearer {}", key.trim()))?;
        }
        Ok(request)
    }
}

impl Provider for OpenAi {
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        match self.asked(&prompt, false) {
            Ok(request) => Performing::pending(async move {
                let answer = self.0.ask(request, &prompt).await?;
                read(&answer, prompt.call.config_field("schema").is_some())
            }),
            Err(error) => Performing::failed(error),
        }
    }

    fn stream<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        match self.asked(&prompt, true) {
            Ok(request) => Performing::pending(async move {
                let answer = self.0.listen(request, &prompt, Chunks::default()).await?;
                read(&answer, prompt.call.config_field("schema").is_some())
            }),
            Err(error) => Performing::failed(error),
        }
    }

    fn unset_key(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        self.0.unset_key(agent)
    }
}

/// The first choice, chunk by chunk.
#[derive(Default)]
struct Chunks {
    content: Option<String>,
    refusal: Option<String>,
    finish_reason: Option<String>,
}

impl Assemble for Chunks {
    fn take(&mut self, event: &Json) -> Option<(Option<String>, Flow)> {
        // The last chunk may tell what was used, of no choice.
        let choices = event.get("choices")?.as_array()?;
        let mut text = None;
        for choice in choices.iter().filter(|choice| choice["index"].as_u64().unwrap_or(0) == 0) {
            for (field, kept) in [("content", &mut self.content), ("refusal", &mut self.refusal)] {
                if let Some(piece) = choice["delta"][field].as_str() {
                    kept.get_or_insert_default().push_str(piece);
                    text = (field == "content").then(|| piece.to_owned()).or(text);
                }
            }
            if let Some(reason) = choice["finish_reason"].as_str() {
                self.finish_reason = Some(reason.to_owned());
            }
        }
        // Those who imitate the protocol may leave out what ends it.
        Some((text, if self.finish_reason.is_some() { Flow::Enough } else { Flow::More }))
    }

    fn whole(self) -> Json {
        let message = json!({"content": self.content, "refusal": self.refusal});
        json!({"choices": [{"message": message, "finish_reason": self.finish_reason}]})
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
