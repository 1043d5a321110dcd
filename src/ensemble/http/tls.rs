//! Whom encrypted connections trust: the system's root certificates and the host's own.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Trusts whom the system trusts, and whoever `roots` vouch for.
pub(super) fn trusting(roots: &[CertificateDer<'static>]) -> Result<ClientConfig, String> {
    // Given by hand: a default of the process's would be global state.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots.iter().cloned(), provider.clone()).map_err(said)?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    // `dangerous` is rustls's word for any verifier that is not its own; this one checks as strictly.
    let config = config.map_err(said)?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(config.with_no_client_auth())
}

/// For connections that are not encrypted, which need no certificate read.
pub(super) fn trusting_nobody() -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(config.map_err(said)?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn said(error: rustls::Error) -> String {
    error.to_string()
}
