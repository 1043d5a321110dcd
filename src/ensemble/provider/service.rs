//! What providers that ask over the network have in common: whom they ask, with whose key, and how an answer is read.
//!
//! An ensemble may be somebody else's file. A key that the process has by default goes only where the process says, or
//! where the service's own address is; an address that the ensemble names gets a key only if the ensemble names that
//! too, by its variable.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::Prompt;
use crate::ensemble::http::{Flow, Http, Listener, Request, Timeouts, said};
use crate::ensemble::operation::OperationError;
use crate::ensemble::outlook::{Foreseen, Outlook};
use crate::value::{Str, Value, from_value};

/// A service and the variables that say where and with which key to ask it.
pub(super) struct Service {
    pub(super) http: Arc<Http>,
    pub(super) names: &'static Names,
}

pub(super) struct Names {
    pub(super) base_url: &'static str,
    pub(super) base_url_variable: &'static str,
    pub(super) key_variable: &'static str,
}

/// Whom to ask, and with which key.
pub(super) struct Endpoint {
    pub(super) base_url: String,
    pub(super) key: Option<String>,
    /// Whether the process named the address, not the ensemble.
    is_own: bool,
}

impl Service {
    /// Whom a prompt goes to. The key is a secret of the run from now on.
    pub(super) fn endpoint(&self, prompt: &Prompt<'_>) -> Result<Endpoint, OperationError> {
        let named_key = text(prompt, "api_key_env")?;
        let base_url = text(prompt, "base_url")?;
        let own = prompt.call.variable(self.names.base_url_variable).filter(|url| !url.trim().is_empty());
        let own = own.filter(|_| base_url.is_none());
        let wanted = self.key_variable(named_key.as_deref(), base_url.is_some());
        let key = wanted.and_then(|wanted| prompt.call.secret(wanted));
        let key = key.filter(|key| !key.trim().is_empty());
        if let (Some(wanted), None) = (wanted, &key)
            && is_key_needed(named_key.is_some(), own.is_some())
        {
            return Err(OperationError::invalid(format!(
                "the environment has no `{wanted}`, which holds the key of `{}`",
                prompt.call.agent()
            )));
        }
        let is_own = own.is_some();
        let base_url = base_url.or(own).unwrap_or_else(|| self.names.base_url.to_owned());
        Ok(Endpoint { base_url, key, is_own })
    }

    /// The variable of the key that [`endpoint`](Self::endpoint) would not find.
    pub(super) fn unset_key(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        let named_key = match agent.config_text("api_key_env") {
            Foreseen::Absent => None,
            Foreseen::Text(name) => Some(name.to_text()),
            Foreseen::Open => return None,
        };
        let has_address = match agent.config_text("base_url") {
            Foreseen::Absent => false,
            Foreseen::Text(_) => true,
            // Without an address of its own it may be the process's, with it the ensemble's: only a named key is sure.
            Foreseen::Open if named_key.is_none() => return None,
            Foreseen::Open => true,
        };
        let wanted = self.key_variable(named_key.as_deref(), has_address)?;
        let has_own = !has_address && agent.has_variable(self.names.base_url_variable);
        let is_needed = is_key_needed(named_key.is_some(), has_own);
        (is_needed && !agent.has_variable(wanted)).then(|| wanted.into())
    }

    /// The variable that holds the key: the one that the ensemble names; the service's, unless the ensemble says where
    /// to ask.
    fn key_variable<'n>(&self, named: Option<&'n str>, has_address: bool) -> Option<&'n str> {
        named.or_else(|| (!has_address).then_some(self.names.key_variable))
    }

    /// A request to `path` below the endpoint, with a JSON body.
    ///
    /// A completion changes nothing where it is made: it may be asked for again.
    pub(super) fn request(
        &self,
        endpoint: &Endpoint,
        path: &str,
        body: Map<String, Json>,
    ) -> Result<Request, OperationError> {
        let options = self.http.options();
        let Timeouts { connect, whole, .. } = options.timeouts();
        // A model is silent while it thinks.
        let timeouts = Timeouts { connect, first_byte: whole, whole };
        let url = format!("{}{path}", endpoint.base_url.trim().trim_end_matches('/'));
        let mut request = Request::new("POST", &url, timeouts, options.longest_answer())?;
        request.is_repeatable = true;
        request.may_be_private = endpoint.is_own;
        request.set_body(Json::Object(body).to_string().into_bytes(), Some("application/json"));
        Ok(request)
    }

    /// Sends it, and reads the answer as JSON.
    pub(super) async fn ask(&self, request: Request, prompt: &Prompt<'_>) -> Result<Json, OperationError> {
        let response = self.http.send(request, prompt.call.secrets()).await?;
        serde_json::from_slice(&response.body)
            .map_err(|error| OperationError::failed(format!("the service's answer is not JSON: {error}")))
    }
}

/// A server of one's own may want no key, unless one is named.
fn is_key_needed(is_named: bool, has_own: bool) -> bool {
    is_named || !has_own
}

/// Puts an answer together that comes in events.
pub(super) trait Assemble: Send {
    /// Takes what one event says: the text in it for whoever looks on, and whether the answer goes on.
    fn take(&mut self, event: &Json) -> Option<(Option<String>, Flow)>;

    /// The answer as the service would have given it in one piece.
    fn whole(self) -> Json;
}

/// What ends a stream of chat completions.
const DONE: &str = "[DONE]";

impl Service {
    /// Sends it, and tells the answer as it comes. A service that does not stream answers in one piece.
    pub(super) async fn listen(
        &self,
        request: Request,
        prompt: &Prompt<'_>,
        mut answer: impl Assemble,
    ) -> Result<Json, OperationError> {
        let mut partial = prompt.partial();
        let mut has_begun = false;
        let secrets = prompt.call.secrets();
        let take = |_: Option<&str>, data: &str| {
            has_begun = true;
            if data.trim() == DONE {
                return Ok(Flow::Done);
            }
            let event: Json = serde_json::from_str(data).map_err(|error| {
                OperationError::failed(format!(
                    "the service's answer holds an event that is not JSON: {error}"
                ))
            })?;
            if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
                let message = said(data.as_bytes(), &secrets).unwrap_or_default();
                let failure = OperationError::failed(format!("the service broke off its answer: {message}"));
                return Err(if may_pass(error) { failure.transient() } else { failure });
            }
            let (text, flow) = answer.take(&event).ok_or_else(unknown)?;
            if let Some(text) = text {
                partial.push(&text);
            }
            Ok(flow)
        };
        let silence = self.http.options().timeouts().first_byte;
        let mut listener = Listener { take: Box::new(take), silence };
        let response = self.http.send_and_listen(request, prompt.call.secrets(), Some(&mut listener)).await;
        drop(listener);
        let response = response?;
        if has_begun {
            return Ok(answer.whole());
        }
        serde_json::from_slice(&response.body)
            .map_err(|error| OperationError::failed(format!("the service's answer is not JSON: {error}")))
    }
}

/// Whether what a service says of its failure is about this moment, not about what was asked.
fn may_pass(error: &Json) -> bool {
    const PASSING: [&str; 7] = [
        "overloaded_error",
        "rate_limit_error",
        "api_error",
        "timeout_error",
        "server_error",
        "service_unavailable",
        "rate_limit_exceeded",
    ];
    let names = [&error["type"], &error["code"]];
    names.iter().any(|name| name.as_str().is_some_and(|name| PASSING.contains(&name)))
        || error["code"].as_u64().is_some_and(|code| code == 429 || code >= 500)
}

/// `config.model`.
pub(super) fn model(prompt: &Prompt<'_>) -> Result<String, OperationError> {
    let model = prompt.model.as_ref().map(|model| model.to_text().into_owned());
    model.ok_or_else(|| OperationError::invalid("a model has to be named: `config.model`"))
}

/// A field that is a text.
pub(super) fn text(prompt: &Prompt<'_>, name: &str) -> Result<Option<String>, OperationError> {
    match prompt.call.config_field(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(Str::to_text(text).into_owned())),
        Some(_) => Err(OperationError::invalid(format!("`config.{name}` is a text"))),
    }
}

/// A field that is a number.
pub(super) fn number(prompt: &Prompt<'_>, name: &str) -> Result<Option<Json>, OperationError> {
    let invalid = || OperationError::invalid(format!("`config.{name}` is a number"));
    match prompt.call.config_field(name) {
        None => Ok(None),
        Some(Value::Number(number)) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Ok(Some(Json::from(*number as i64)))
        }
        Some(Value::Number(number)) => {
            serde_json::Number::from_f64(*number).map(Json::Number).map(Some).ok_or_else(invalid)
        }
        Some(_) => Err(invalid()),
    }
}

/// `config.schema`.
pub(super) fn schema(prompt: &Prompt<'_>) -> Result<Option<Json>, OperationError> {
    let broken =
        |error: crate::value::ConvertError| OperationError::invalid(format!("`config.schema`: {error}"));
    prompt.call.config_field("schema").map(|schema| from_value(schema).map_err(broken)).transpose()
}

/// An answer that is JSON, but not one of the protocol's.
#[cold]
pub(super) fn unknown() -> OperationError {
    OperationError::failed("the service's answer holds no text")
}
