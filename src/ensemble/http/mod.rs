//! HTTP for operations and providers: one request, and its answer within limits.
//!
//! An ensemble may be somebody else's file, and a server anybody's. So addresses are checked where they are resolved
//! (in `resolver`), redirects are followed here and never by the client, an answer is read piece by piece up to its
//! limit, no text that is shown holds more of a URL than its origin, and what may have reached a server is sent again
//! only where that is safe. The client library is known here alone.

mod address;
mod circuit;
mod events;
mod exchange;
mod failure;
mod options;
mod redirect;
mod request;
mod resolver;
mod retry_after;
#[cfg(test)]
mod tests;
mod tls;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use circuit::Circuits;
pub(crate) use events::{Flow, Listener};
pub(crate) use failure::said;
pub use options::{HttpOptions, InvalidCertificate};
pub(crate) use request::{Expect, Request, Response, Timeouts};
use resolver::Resolver;
use tokio::runtime::{Handle, Id};

use super::operation::{FailureKind, OperationError};
use super::run::Secrets;

/// What an engine reaches services with. It is made when an engine is, and opens nothing before the first request.
pub(crate) struct Http {
    options: HttpOptions,
    tls: OnceLock<Result<rustls::ClientConfig, String>>,
    clients: Mutex<HashMap<ClientKey, reqwest::Client>>,
    circuits: Circuits,
}

/// What requests must agree in to share connections.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ClientKey {
    /// A connection lives in the runtime that it was opened in, and breaks off when that ends.
    runtime: Id,
    connect_timeout: Duration,
    may_be_private: bool,
    is_encrypted: bool,
}

/// As many clients are kept; then all are let go, which costs a few handshakes.
const CLIENTS_KEPT: usize = 32;

impl Http {
    pub(crate) fn new(options: HttpOptions) -> Arc<Self> {
        let circuits = Circuits::new(options.circuit);
        Arc::new(Self { options, tls: OnceLock::new(), clients: Mutex::default(), circuits })
    }

    /// The limits of the host.
    pub(crate) fn options(&self) -> &HttpOptions {
        &self.options
    }

    /// Sends the request and reads its answer, which has an expected status.
    ///
    /// # Errors
    /// Everything else, told without secrets, and whether and when it may be tried again.
    pub(crate) async fn send(&self, request: Request, secrets: Secrets) -> Result<Response, OperationError> {
        self.send_and_listen(request, secrets, None).await
    }

    /// As [`send`](Self::send), for an answer that may come in events: they are heard as they come, and the answer's
    /// body is empty.
    ///
    /// # Errors
    /// As there; what whoever listens says.
    pub(crate) async fn send_and_listen(
        &self,
        request: Request,
        secrets: Secrets,
        listener: Option<&mut Listener<'_>>,
    ) -> Result<Response, OperationError> {
        let whole = request.timeouts.whole;
        let late =
            failure::Late { limit: whole, origin: request.origin(), is_repeatable: request.is_repeatable };
        let runtime = Handle::try_current().map_err(|_| {
            let message = "a request needs a tokio runtime with input, output and timers around the run";
            OperationError::new(FailureKind::Runtime, message)
        })?;
        let sending = self.follow(request, &secrets, runtime.id(), listener);
        match tokio::time::timeout(whole, sending).await {
            Ok(outcome) => outcome,
            Err(_) => Err(late.whole_answer()),
        }
    }

    /// The client for such requests.
    fn client(&self, key: ClientKey) -> Result<reqwest::Client, OperationError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let tls = match key.is_encrypted {
            true => self.tls.get_or_init(|| tls::trusting(&self.options.roots)).clone(),
            false => tls::trusting_nobody(),
        };
        let unusable = |cause: String| {
            OperationError::new(FailureKind::Runtime, format!("no encrypted connection can be made: {cause}"))
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.map_err(unusable)?)
            .dns_resolver(Resolver {
                may_be_private: key.may_be_private,
                hosts: self.options.private_hosts.clone(),
            })
            // A proxy would resolve names itself, and reach what is refused here.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(key.connect_timeout)
            .user_agent(concat!("segue/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unusable(failure::cause(&error)))?;
        if clients.len() >= CLIENTS_KEPT {
            clients.clear();
        }
        clients.insert(key, client.clone());
        Ok(client)
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("options", &self.options).finish_non_exhaustive()
    }
}
