//! What goes wrong with requests, said without secrets, and whether trying again may help.
//!
//! A request that never left may always be sent again. One that may have arrived only where it is repeatable, or where
//! the status itself says that nothing was done.

use std::error::Error;
use std::io;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::resolver::Refused;
use super::{events, retry_after};
use crate::ensemble::operation::{FailureKind, OperationError};
use crate::ensemble::run::Secrets;

/// Who asks for a longer wait is not asked again.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How much of an unexpected answer a message shows, in characters.
const SHOWN: usize = 300;

/// A time-out.
pub(super) struct Late {
    pub(super) limit: Duration,
    pub(super) origin: String,
    pub(super) is_repeatable: bool,
}

impl Late {
    /// The answer did not begin, or stopped.
    #[cold]
    pub(super) fn first_byte(self) -> OperationError {
        let message = format!("`{}` said nothing for {:?}", self.origin, self.limit);
        self.error(message)
    }

    /// The answer did not end.
    #[cold]
    pub(super) fn whole_answer(self) -> OperationError {
        let message = format!("`{}` did not answer within {:?}", self.origin, self.limit);
        self.error(message)
    }

    fn error(&self, message: String) -> OperationError {
        repeated(OperationError::new(FailureKind::Timeout, message), self.is_repeatable)
    }
}

/// What the client says.
#[cold]
pub(super) fn transport(error: &reqwest::Error, origin: &str, is_repeatable: bool) -> OperationError {
    if let Some(refused) = find::<Refused>(error) {
        return private(refused, origin);
    }
    let cause = cause(error);
    if let Some(rustls::Error::InvalidCertificate(_)) = find::<rustls::Error>(error) {
        let error =
            OperationError::transport(format!("`{origin}` shows a certificate that is not trusted: {cause}"));
        return repeated(error, false);
    }
    if error.is_connect() && error.is_timeout() {
        return OperationError::new(
            FailureKind::Timeout,
            format!("no connection to `{origin}` was made in time"),
        );
    }
    if error.is_connect() {
        return OperationError::transport(format!("`{origin}` cannot be reached: {cause}"));
    }
    repeated(OperationError::transport(format!("the answer of `{origin}` broke off: {cause}")), is_repeatable)
}

/// A stream of events that was not read to its end.
#[cold]
pub(super) fn cut(cut: events::Cut, origin: &str, most: usize, is_repeatable: bool) -> OperationError {
    let broken = |cause: &str| {
        let message = format!("the answer of `{origin}` broke off{cause}");
        repeated(OperationError::transport(message), is_repeatable)
    };
    match cut {
        events::Cut::Late(limit) => Late { limit, origin: origin.to_owned(), is_repeatable }.first_byte(),
        events::Cut::Off(error) => transport(&error, origin, is_repeatable),
        events::Cut::TooLong => too_long(origin, most),
        events::Cut::Short => broken(" before its end"),
        events::Cut::NoText(error) => {
            OperationError::failed(format!("the answer of `{origin}` is no text: {error}"))
        }
        events::Cut::Refused(error) => error,
    }
}

/// An address that is not for ensembles.
#[cold]
pub(super) fn private(refused: &Refused, origin: &str) -> OperationError {
    OperationError::invalid(format!("`{origin}` is not asked: {refused}, and private ones are not allowed"))
}

/// An answer longer than it may be.
#[cold]
pub(super) fn too_long(origin: &str, limit: usize) -> OperationError {
    OperationError::failed(format!("the answer of `{origin}` is longer than {limit} bytes"))
}

/// A status that was not expected.
#[cold]
pub(super) fn status(
    origin: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    secrets: &Secrets,
    is_repeatable: bool,
) -> OperationError {
    let mut message = format!("`{origin}` answered {status}");
    if status.is_redirection() {
        message.push_str(", a redirect; `redirects` says how many are followed");
    } else if let Some(said) = said(body, secrets) {
        message.push_str(": ");
        message.push_str(&said);
    }
    let may_help = match status.as_u16() {
        429 | 503 => true,
        // What the server does not know it will not learn.
        501 | 505 => false,
        408 | 500.. => is_repeatable,
        _ => false,
    };
    let error = repeated(OperationError::failed(message), may_help);
    match retry_after::wait(headers, SystemTime::now()) {
        Some(wait) if may_help && wait > PATIENCE => {
            let message =
                format!("{} (it asks for a wait of {} s, which is too long)", error.message, wait.as_secs());
            OperationError::failed(message)
        }
        Some(wait) if may_help => error.retry_after(wait),
        Some(_) | None => error,
    }
}

/// The same, with what became of the host's circuit.
#[cold]
pub(super) fn with_circuit(mut error: OperationError, opened: Option<Duration>) -> OperationError {
    if let Some(wait) = opened {
        error.message.push_str(&format!("; the host's circuit is open for {wait:?} now"));
    }
    error
}

fn repeated(mut error: OperationError, is_transient: bool) -> OperationError {
    error.is_transient = is_transient;
    error
}

/// What an answer says of its failure: the message of its JSON, or its first words.
pub(crate) fn said(body: &[u8], secrets: &Secrets) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let message = json.as_ref().and_then(|json| {
        let error = json.get("error").unwrap_or(json);
        error.as_str().or_else(|| error.get("message")?.as_str())
    });
    // Masked before it is cut: half a secret is a secret too.
    let masked = secrets.mask(message.unwrap_or(&text));
    let words: Vec<&str> =
        masked.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SHOWN) {
        _ if words.is_empty() => None,
        None => Some(words),
        Some((end, _)) => Some(format!("{}…", &words[..end])),
    }
}

/// The innermost cause: the ones around it repeat the URL.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match cause.downcast_ref::<reqwest::Error>() {
        Some(_) => "the client gives no reason".into(),
        None => cause.to_string(),
    }
}

/// The error of that type among the causes.
fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An `io::Error` skips what it holds when asked for its source.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}
