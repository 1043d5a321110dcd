//! Encrypted connections, with certificates made here.

use std::sync::Arc;

use pretty_assertions::assert_eq;
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server at `localhost` whose certificate is for `name`, and that certificate.
async fn server(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate can be made");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("the key fits");
    let server =
        Server::start_with(vec![Say::json("\"safe\"")], Some(TlsAcceptor::from(Arc::new(config)))).await;
    (format!("https://localhost:{}", server.address.port()), made.cert.pem())
}

#[tokio::test]
async fn a_certificate_is_trusted_where_the_host_trusts_its_root() {
    let (url, pem) = server("localhost").await;
    let options = local().root_certificates(pem.as_bytes()).expect("it is a certificate");
    let run = run(options, &format!("config: {{url: '{url}'}}")).await;
    let (result, attempts) = told(&run);
    assert!(result.ends_with(r#""body":"safe"}"#), "{result}");
    assert_eq!(attempts, 1);
}

#[tokio::test]
async fn other_certificates_are_not_and_nothing_is_sent_to_who_shows_them() {
    let (url, _) = server("localhost").await;
    let (_, stranger) = server("localhost").await;
    let (elsewhere, of_elsewhere) = server("elsewhere.test").await;
    for (url, options) in [
        (&url, local()),
        (&url, local().root_certificates(stranger.as_bytes()).expect("it is a certificate")),
        (&elsewhere, local().root_certificates(of_elsewhere.as_bytes()).expect("it is a certificate")),
    ] {
        let (result, attempts) = told(&run(options, &format!("retry: 2\nconfig: {{url: '{url}'}}")).await);
        let expected = format!("TransportError: `{url}` shows a certificate that is not trusted: ");
        assert!(result.starts_with(&expected), "{result}");
        assert_eq!(attempts, 1);
    }
}

#[test]
fn what_is_no_certificate_is_told_at_once() {
    let error = HttpOptions::new().root_certificates(b"hello").expect_err("it is none");
    assert_eq!(
        error.to_string(),
        "no certificate can be read: the text holds none (`-----BEGIN CERTIFICATE-----`)"
    );
}
