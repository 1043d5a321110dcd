//! How spans get to a collector: one request, and where that fails, why.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

/// Sends requests, and keeps what went wrong first: the exporter says no more than that something did.
#[derive(Debug)]
pub(super) struct Client {
    client: reqwest::Client,
    pub(super) told: Arc<OnceLock<String>>,
}

impl Client {
    pub(super) fn new() -> reqwest::Result<Self> {
        let client =
            reqwest::Client::builder().timeout(patience()).redirect(reqwest::redirect::Policy::none());
        Ok(Self { client: client.build()?, told: Arc::default() })
    }
}

/// How long a request may take: what the variable of exporters says, else what they do without it.
fn patience() -> Duration {
    let variables = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
    let milliseconds = variables.into_iter().find_map(|name| super::said(name)?.trim().parse().ok());
    Duration::from_millis(milliseconds.unwrap_or(10_000))
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let address = request.uri().to_string();
        let sent = self.client.execute(request.try_into()?).await;
        let status = match sent {
            Ok(response) => response.status(),
            Err(error) => {
                self.told.get_or_init(|| format!("`{address}` cannot be reached: {}", innermost(&error)));
                return Err(error.into());
            }
        };
        if !status.is_success() {
            self.told.get_or_init(|| format!("`{address}` answered {status}"));
        }
        // What a collector says beyond that is for nobody here.
        Ok(Response::builder().status(status).body(Bytes::new())?)
    }
}

/// The cause of all causes: the others say that there is one.
fn innermost(mut error: &dyn Error) -> String {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
