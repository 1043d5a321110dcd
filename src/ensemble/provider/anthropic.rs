//! `anthropic`: Anthropic's messages.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::service::{self, Assemble, Names, Service};
use super::{Prompt, Provider};
use crate::ensemble::http::{Flow, Http, Request};
use crate::ensemble::operation::{OperationError, Outcome, Performing};
use crate::ensemble::outlook::Outlook;
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

impl Anthropic {
    fn asked(&self, prompt: &Prompt<'_>, is_streamed: bool) -> Result<(Request, Form), OperationError> {
        let endpoint = self.0.endpoint(prompt)?;
        let (mut body, form) = Self::body(prompt)?;
        if is_streamed {
            body.insert("stream".into(), true.into());
        }
        let mut request = self.0.request(&endpoint, "/v1/messages", body)?;
        request.add_header("anthropic-version", VERSION)?;
        if let Some(key) = &endpoint.key {
            request.add_header("x-api-key", key.trim())?;
        }
        Ok((request, form))
    }
}

impl Provider for Anthropic {
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        match self.asked(&prompt, false) {
            Ok((request, form)) => Performing::pending(async move {
                let answer = self.0.ask(request, &prompt).await?;
                read(&answer, form)
            }),
            Err(error) => Performing::failed(error),
        }
    }

    fn stream<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        match self.asked(&prompt, true) {
            Ok((request, form)) => Performing::pending(async move {
                let answer = self.0.listen(request, &prompt, Blocks::default()).await?;
                read(&answer, form)
            }),
            Err(error) => Performing::failed(error),
        }
    }

    fn unset_key(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        self.0.unset_key(agent)
    }
}

/// The blocks of a message, delta by delta.
#[derive(Default)]
struct Blocks {
    blocks: Vec<Block>,
    stop_reason: Option<String>,
}

/// A block, and what its deltas add to.
struct Block {
    kind: String,
    text: String,
}

impl Assemble for Blocks {
    fn take(&mut self, event: &Json) -> Option<(Option<String>, Flow)> {
        let mut text = None;
        match event["type"].as_str()? {
            "content_block_start" => {
                let block = &event["content_block"];
                let said = block["text"].as_str().unwrap_or_default().to_owned();
                self.blocks.push(Block { kind: block["type"].as_str()?.to_owned(), text: said });
            }
            "content_block_delta" => {
                let index = usize::try_from(event["index"].as_u64()?).ok()?;
                let block = self.blocks.get_mut(index)?;
                let delta = &event["delta"];
                let piece = delta["text"].as_str().or_else(|| delta["partial_json"].as_str());
                if let Some(piece) = piece {
                    block.text.push_str(piece);
                    text = Some(piece.to_owned());
                }
            }
            "message_delta" => {
                self.stop_reason = event["delta"]["stop_reason"].as_str().map(str::to_owned);
            }
            "message_stop" => return Some((None, Flow::Done)),
            // Signs of life, and what later versions add.
            _ => {}
        }
        Some((text, Flow::More))
    }

    fn whole(self) -> Json {
        let blocks = self.blocks.into_iter().map(|block| match &*block.kind {
            "tool_use" => {
                // Half an object comes where the answer was cut, which its reason tells.
                let input: Option<Json> = serde_json::from_str(&block.text).ok();
                json!({"type": "tool_use", "input": input.unwrap_or_default()})
            }
            kind => json!({"type": kind, "text": block.text}),
        });
        json!({"content": blocks.collect::<Vec<_>>(), "stop_reason": self.stop_reason})
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
