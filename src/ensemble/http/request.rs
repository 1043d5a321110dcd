//! What is sent, what comes back.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::ensemble::operation::OperationError;

/// A request, with what it may cost and what it must give.
pub(crate) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
    pub(crate) expect: Expect,
    /// How many redirects are followed.
    pub(crate) redirects: u32,
    pub(crate) max_bytes: usize,
    pub(crate) timeouts: Timeouts,
    /// Whether the server may see it twice.
    pub(crate) is_repeatable: bool,
    /// Whether the host itself named the address.
    pub(crate) may_be_private: bool,
}

/// The statuses that are no failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// 200 to 299.
    Success,
    /// One of these.
    OneOf(Vec<u16>),
}

impl Expect {
    pub(super) fn includes(&self, status: u16) -> bool {
        match self {
            Self::Success => (200..300).contains(&status),
            Self::OneOf(statuses) => statuses.contains(&status),
        }
    }
}

/// How long a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    /// The longest silence, the first one included.
    pub(crate) first_byte: Duration,
    pub(crate) whole: Duration,
}

/// An answer of an expected status.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(super) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Names, in small letters, with what they say; what is said several times is said with commas between.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        self.headers.keys().map(|name| {
            let values = self.headers.get_all(name).iter();
            let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            (name.as_str(), values.join(", "))
        })
    }

    /// Whether it says that it is JSON.
    pub(crate) fn is_json(&self) -> bool {
        let kind = self.headers.get(reqwest::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
    }
}

/// The methods that a request may have.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// What says where a message ends, or belongs to the connection, is the client's own business.
const RESERVED: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "upgrade",
    "expect",
];

impl Request {
    /// A request without headers or body, that expects success and follows no redirect.
    ///
    /// # Errors
    /// Where the method is unknown, or the URL is none for this.
    pub(crate) fn new(
        method: &str,
        url: &str,
        timeouts: Timeouts,
        max_bytes: usize,
    ) -> Result<Self, OperationError> {
        let known = METHODS.iter().find(|known| known.as_str().eq_ignore_ascii_case(method));
        let method = known.cloned().ok_or_else(|| {
            OperationError::invalid(format!(
                "there is no method `{method}`; there are {}",
                METHODS.each_ref().map(Method::as_str).join(", ")
            ))
        })?;
        let url = read_url(url)?;
        // RFC 9110, 9.2.2: idempotent methods.
        let is_repeatable = !matches!(method, Method::POST | Method::PATCH);
        Ok(Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            expect: Expect::Success,
            redirects: 0,
            max_bytes,
            timeouts,
            is_repeatable,
            may_be_private: false,
        })
    }

    /// Adds to the URL's query.
    pub(crate) fn add_query(&mut self, name: &str, value: &str) {
        self.url.query_pairs_mut().append_pair(name, value);
    }

    /// Adds a header.
    ///
    /// # Errors
    /// Where the name is none, or is reserved, or the value cannot stand in one line.
    pub(crate) fn add_header(&mut self, name: &str, value: &str) -> Result<(), OperationError> {
        let reserved = RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved));
        if reserved {
            return Err(OperationError::invalid(format!("the header `{name}` is not for requests to say")));
        }
        let invalid =
            || OperationError::invalid(format!("the header `{name}` cannot be sent: one line, please"));
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| OperationError::invalid("a header's name is letters, digits and hyphens"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| invalid())?;
        // Nobody's `Debug` shows it.
        value.set_sensitive(true);
        self.headers.append(header, value);
        Ok(())
    }

    /// The body, and what it is where no header says so.
    pub(crate) fn set_body(&mut self, body: Vec<u8>, kind: Option<&'static str>) {
        self.body = Some(body);
        if let Some(kind) = kind {
            let entry = self.headers.entry(reqwest::header::CONTENT_TYPE);
            entry.or_insert(HeaderValue::from_static(kind));
        }
    }

    /// The part of the URL that may be shown.
    pub(super) fn origin(&self) -> String {
        origin(&self.url)
    }
}

/// `https://host:port`. Paths and queries may hold keys, in forms that no mask knows.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// A URL that can be asked.
pub(super) fn read_url(text: &str) -> Result<Url, OperationError> {
    let url = Url::parse(text.trim())
        .map_err(|error| OperationError::invalid(format!("the URL cannot be read: {error}")))?;
    check_url(&url)?;
    Ok(url)
}

/// Only `http` and `https`, and nobody's password.
pub(super) fn check_url(url: &Url) -> Result<(), OperationError> {
    if !matches!(url.scheme(), "http" | "https") {
        let message = format!("URLs begin with `https://` or `http://`, not `{}:`", url.scheme());
        return Err(OperationError::invalid(message));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let message =
            "a URL with a user or password in it is not asked: say them in a header, from a secret of `env`";
        return Err(OperationError::invalid(message));
    }
    Ok(())
}

/// Shows no header, path or body.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}
