//! What the host lets its ensembles do over the network.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The host's limits for the operation `http` and for providers that ask over the network. An ensemble may ask for
/// less, and for other time-outs; it cannot reach what is refused here, nor read a longer answer.
///
/// ```
/// use segue::Engine;
/// use segue::ensemble::http::HttpOptions;
///
/// // A service of one's own, in one's own network.
/// let options = HttpOptions::new().allow_private_host("prices.internal").max_bytes(1 << 20);
/// let engine = Engine::builder().http(options).build();
/// # let _ = engine;
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until an engine is built with them"]
pub struct HttpOptions {
    pub(super) allows_private: bool,
    pub(super) private_hosts: Arc<[Box<str>]>,
    pub(super) roots: Vec<CertificateDer<'static>>,
    pub(super) max_bytes: usize,
    pub(super) connect_timeout: Duration,
    pub(super) first_byte_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) circuit: Option<Circuit>,
}

/// When a circuit opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Circuit {
    pub(super) failures: u32,
    pub(super) wait: Duration,
}

/// A text that holds no certificate, or a broken one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no certificate can be read: {0}")]
pub struct InvalidCertificate(String);

impl HttpOptions {
    /// Public addresses only; the system's root certificates; answers up to 16 MiB; 10 seconds to connect, 60 to the
    /// first byte and between any two, 5 minutes for a whole answer; a circuit that opens after 5 failures in a row,
    /// for 30 seconds.
    pub fn new() -> Self {
        Self {
            allows_private: false,
            private_hosts: Arc::default(),
            roots: Vec::new(),
            max_bytes: 16 << 20,
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(60),
            timeout: Duration::from_secs(300),
            circuit: Some(Circuit { failures: 5, wait: Duration::from_secs(30) }),
        }
    }

    /// Lets requests go to private, loopback and link-local addresses too: whatever this machine can reach, every
    /// ensemble can.
    pub fn allow_private_addresses(mut self, is_allowed: bool) -> Self {
        self.allows_private = is_allowed;
        self
    }

    /// Lets requests to this host, a name or an address as it stands in URLs, go to private addresses.
    pub fn allow_private_host(mut self, host: &str) -> Self {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase().into_boxed_str();
        self.private_hosts = self.private_hosts.iter().cloned().chain([host]).collect();
        self
    }

    /// Trusts these certificates (PEM) as roots, besides the system's.
    ///
    /// # Errors
    /// Where there is none in the text, or a broken one.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, InvalidCertificate> {
        let before = self.roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let broken = |error: rustls::pki_types::pem::Error| InvalidCertificate(error.to_string());
            self.roots.push(certificate.map_err(broken)?);
        }
        if self.roots.len() == before {
            return Err(InvalidCertificate("the text holds none (`-----BEGIN CERTIFICATE-----`)".into()));
        }
        Ok(self)
    }

    /// How long an answer may be, in bytes.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// How long connecting may take: name, connection, encryption.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long an answer may be silent: before its first byte, and between any two.
    pub fn first_byte_timeout(mut self, limit: Duration) -> Self {
        self.first_byte_timeout = limit;
        self
    }

    /// How long everything may take, redirects included.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// After so many failures in a row (no connection, no answer in time, a status of 500 and more) a host is not
    /// asked for `wait`; one request is then let through, and decides whether others follow. With 0 it never stops.
    pub fn circuit(mut self, failures: u32, wait: Duration) -> Self {
        self.circuit = (failures > 0).then_some(Circuit { failures, wait });
        self
    }

    /// How long an answer may be, in bytes.
    pub(crate) fn longest_answer(&self) -> usize {
        self.max_bytes
    }

    /// The time-outs of requests that have none of their own.
    pub(crate) fn timeouts(&self) -> super::Timeouts {
        super::Timeouts {
            connect: self.connect_timeout,
            first_byte: self.first_byte_timeout,
            whole: self.timeout,
        }
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows certificates by their number.
impl std::fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpOptions")
            .field("allows_private", &self.allows_private)
            .field("private_hosts", &self.private_hosts)
            .field("roots", &self.roots.len())
            .field("max_bytes", &self.max_bytes)
            .field("timeouts", &self.timeouts())
            .field("circuit", &self.circuit)
            .finish()
    }
}
