//! `http`: one request to a service, and its answer.

use std::sync::Arc;

use super::{Call, Operation, OperationError, Outcome, Performing};
use crate::ensemble::http::{Expect, Http, Request, Response, Timeouts};
use crate::ensemble::plan::{ConfigFields, Need, OperationInfo};
use crate::ensemble::schema::parse_duration;
use crate::value::{Object, ObjectBuilder, Str, Value, number};

const REQUIRED: &[&str] = &["url"];
const OPTIONAL: &[&str] = &[
    "method",
    "headers",
    "query",
    "body",
    "expect",
    "response",
    "redirects",
    "max_bytes",
    "connect_timeout",
    "first_byte_timeout",
    "timeout",
    "idempotent",
];

/// The operation `http`: sends what `config` says, and gives `{status, headers, body}`.
///
/// | field | |
/// |---|---|
/// | `url` | `https://…` or `http://…`; required |
/// | `method` | `GET`, or `POST` where there is a body, unless said otherwise |
/// | `headers`, `query` | maps; what is `null` or undefined in them is left out, a list in `query` is repeated |
/// | `body` | a text is sent as it is, anything else as JSON |
/// | `expect` | the status, or a list of them, that is no failure; 200 to 299 unless said otherwise |
/// | `response` | `json` or `text`; by the answer's content type unless said otherwise |
/// | `redirects` | `true` (up to 10) or how many are followed; none unless said otherwise |
/// | `max_bytes` | a longer answer is a failure; never more than the host allows |
/// | `connect_timeout`, `first_byte_timeout`, `timeout` | `500ms`, `5s`; the last is of the whole answer |
/// | `idempotent` | whether it may be sent again though it may have arrived; `true` but for POST and PATCH |
pub(crate) struct HttpOperation {
    http: Arc<Http>,
}

/// How an answer's body is read.
enum Reading {
    ByContentType,
    Json,
    Text,
}

impl HttpOperation {
    pub(crate) fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    fn request(&self, call: &Call<'_>) -> Result<(Request, Reading), OperationError> {
        check_fields(call)?;
        let Some(url) = call.config_text("url")? else {
            return Err(OperationError::invalid("`http` needs `config.url`"));
        };
        let body = call.config_field("body");
        let method = call.config_text("method")?.map_or_else(|| default_method(body).into(), Str::to_text);
        let (timeouts, max_bytes) = (self.timeouts(call)?, self.max_bytes(call)?);
        let mut request = Request::new(&method, &url.to_text(), timeouts, max_bytes)?;
        for (name, value) in entries(call, "query")? {
            match value {
                Value::Array(items) => {
                    for item in items.iter() {
                        request.add_query(&name.to_text(), &plain("query", item)?.to_text());
                    }
                }
                value => request.add_query(&name.to_text(), &plain("query", value)?.to_text()),
            }
        }
        for (name, value) in entries(call, "headers")? {
            request.add_header(&name.to_text(), &plain("headers", value)?.to_text())?;
        }
        match body {
            None => {}
            Some(Value::String(text)) => request.set_body(text.to_text().into_owned().into_bytes(), None),
            Some(value) => request.set_body(value.to_json_string().into_bytes(), Some("application/json")),
        }
        if let Some(expect) = call.config_field("expect") {
            request.expect = self::expect(expect)?;
        }
        request.redirects = redirects(call)?;
        if let Some(is_idempotent) = flag(call, "idempotent")? {
            request.is_repeatable = is_idempotent;
        }
        Ok((request, reading(call)?))
    }

    fn timeouts(&self, call: &Call<'_>) -> Result<Timeouts, OperationError> {
        let Timeouts { connect, first_byte, whole } = self.http.options().timeouts();
        let read = |name: &str, default| match call.config_text(name)? {
            None => Ok(default),
            Some(text) => parse_duration(&text.to_text())
                .map_err(|how| OperationError::invalid(format!("`config.{name}`: {how}"))),
        };
        Ok(Timeouts {
            connect: read("connect_timeout", connect)?,
            first_byte: read("first_byte_timeout", first_byte)?,
            whole: read("timeout", whole)?,
        })
    }

    fn max_bytes(&self, call: &Call<'_>) -> Result<usize, OperationError> {
        let most = self.http.options().longest_answer();
        match call.config_field("max_bytes") {
            None => Ok(most),
            Some(Value::Number(bytes)) if (1.0..=most as f64).contains(bytes) => Ok(*bytes as usize),
            Some(_) => {
                let message = format!("`config.max_bytes` is a number from 1 to {most}, the host's limit");
                Err(OperationError::invalid(message))
            }
        }
    }
}

impl Operation for HttpOperation {
    fn info(&self, name: &str) -> OperationInfo {
        let config = ConfigFields { required: REQUIRED.into(), optional: OPTIONAL.into(), is_open: false };
        OperationInfo { component: Need::Unused, config, ..OperationInfo::open(name.to_owned()) }
    }

    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        match self.request(&call) {
            Ok((request, reading)) => Performing::pending(async move {
                let response = self.http.send(request, call.secrets()).await?;
                output(&response, &reading)
            }),
            Err(error) => Performing::failed(error),
        }
    }

    fn is_repeatable(&self, call: &Call<'_>) -> bool {
        self.request(call).is_ok_and(|(request, _)| request.is_repeatable)
    }
}

/// A configuration that an expression made is not checked by the plan.
fn check_fields(call: &Call<'_>) -> Result<(), OperationError> {
    let Value::Object(config) = call.config() else {
        return Err(OperationError::invalid("the `config` of `http` is a map"));
    };
    let unknown = config.keys().iter().find(|key| {
        let known = REQUIRED.iter().chain(OPTIONAL);
        !known.into_iter().any(|known| key.as_str() == Some(known))
    });
    match unknown {
        None => Ok(()),
        Some(key) => {
            let message = format!("the `config` of `http` has no field `{}`", key.to_text());
            Err(OperationError::invalid(message))
        }
    }
}

fn default_method(body: Option<&Value>) -> &'static str {
    if body.is_some() { "POST" } else { "GET" }
}

/// The entries of a map, without those that say nothing.
fn entries<'c>(
    call: &'c Call<'_>,
    name: &str,
) -> Result<impl Iterator<Item = (&'c Str, &'c Value)>, OperationError> {
    let entries = match call.config_field(name) {
        None => None,
        Some(Value::Object(entries)) => Some(entries),
        Some(_) => return Err(OperationError::invalid(format!("`config.{name}` is a map"))),
    };
    Ok(entries.into_iter().flat_map(Object::entries).filter(|(_, value)| !value.is_nullish()))
}

/// A text, a number or a boolean, as a text.
fn plain(field: &str, value: &Value) -> Result<Str, OperationError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number::to_js_string(*number)),
        Value::Bool(claim) => Ok(Str::from(if *claim { "true" } else { "false" })),
        _ => Err(OperationError::invalid(format!("`config.{field}` holds texts, numbers and booleans"))),
    }
}

fn expect(value: &Value) -> Result<Expect, OperationError> {
    let status = |value: &Value| match value {
        Value::Number(status) if (100.0..600.0).contains(status) && status.fract() == 0.0 => {
            Ok(*status as u16)
        }
        _ => Err(OperationError::invalid("`config.expect` is a status such as 200, or a list of them")),
    };
    match value {
        Value::Array(items) => items.iter().map(status).collect::<Result<_, _>>().map(Expect::OneOf),
        value => Ok(Expect::OneOf(vec![status(value)?])),
    }
}

fn redirects(call: &Call<'_>) -> Result<u32, OperationError> {
    match call.config_field("redirects") {
        None | Some(Value::Bool(false)) => Ok(0),
        Some(Value::Bool(true)) => Ok(10),
        Some(Value::Number(many)) if (0.0..=20.0).contains(many) && many.fract() == 0.0 => Ok(*many as u32),
        Some(_) => Err(OperationError::invalid("`config.redirects` is true, false, or a number up to 20")),
    }
}

fn flag(call: &Call<'_>, name: &str) -> Result<Option<bool>, OperationError> {
    match call.config_field(name) {
        None => Ok(None),
        Some(Value::Bool(claim)) => Ok(Some(*claim)),
        Some(_) => Err(OperationError::invalid(format!("`config.{name}` is true or false"))),
    }
}

fn reading(call: &Call<'_>) -> Result<Reading, OperationError> {
    match call.config_text("response")?.map(Str::to_text).as_deref() {
        None => Ok(Reading::ByContentType),
        Some("json") => Ok(Reading::Json),
        Some("text") => Ok(Reading::Text),
        Some(_) => Err(OperationError::invalid("`config.response` is `json` or `text`")),
    }
}

/// `{status, headers, body}`.
fn output(response: &Response, reading: &Reading) -> Outcome {
    let broken = |message: &str| OperationError::failed(format!("the answer is not JSON: {message}"));
    let is_json = match reading {
        Reading::ByContentType => response.is_json() && !response.body.is_empty(),
        Reading::Json => true,
        Reading::Text => false,
    };
    let body = if is_json {
        let text = std::str::from_utf8(&response.body).map_err(|error| broken(&error.to_string()))?;
        Value::from_json(text.trim_start_matches('\u{feff}')).map_err(|thrown| broken(&thrown.message))?
    } else {
        Value::from(&*String::from_utf8_lossy(&response.body))
    };
    let mut headers = ObjectBuilder::new();
    for (name, value) in response.headers() {
        headers.insert(Str::from(name), value.into());
    }
    let too_deep = |thrown: crate::value::Thrown| OperationError::failed(thrown.message.to_string());
    let mut output = ObjectBuilder::with_capacity(3);
    output.insert("status".into(), Value::Number(f64::from(response.status)));
    output.insert("headers".into(), headers.build().map(Value::Object).map_err(too_deep)?);
    output.insert("body".into(), body);
    output.build().map(Value::Object).map_err(too_deep)
}
