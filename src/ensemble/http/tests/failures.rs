//! What fails, what is tried again, and what is not.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::*;

/// An agent that may be tried three times, without waiting.
fn thrice(url: &str, config: &str) -> String {
    format!("retry: {{retries: 2, delay: 0s}}\nconfig: {{url: '{url}'{config}}}")
}

#[tokio::test]
async fn a_wait_that_the_service_asks_for_is_kept() {
    let busy = Say::header("429 Too Many Requests", "retry-after: 1");
    let server = Server::start([busy, Say::json("1")]).await;
    let started = std::time::Instant::now();
    // A POST, too: the status says that nothing was done.
    let run = run(local(), &thrice(&server.url("/"), ", body: x, response: text")).await;
    assert_eq!(told(&run).1, 2);
    assert_eq!(waits(&run), [1000]);
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_may_have_been_done_is_done_again_only_where_that_is_safe() {
    let post = ", body: x";
    let idempotent = ", body: x, idempotent: true";
    for (say, config, attempts) in [
        (Say::header("500 Internal Server Error", "x: y"), "", 3),
        (Say::header("500 Internal Server Error", "x: y"), post, 1),
        (Say::header("500 Internal Server Error", "x: y"), idempotent, 3),
        (Say::header("500 Internal Server Error", "x: y"), ", idempotent: false", 1),
        (Say::header("500 Internal Server Error", "x: y"), ", method: PATCH, body: x", 1),
        (Say::header("500 Internal Server Error", "x: y"), ", method: PUT, body: x", 3),
        (Say::header("502 Bad Gateway", "x: y"), post, 1),
        (Say::header("503 Service Unavailable", "x: y"), post, 3),
        (Say::header("429 Too Many Requests", "x: y"), post, 3),
        (Say::header("408 Request Timeout", "x: y"), "", 3),
        (Say::header("408 Request Timeout", "x: y"), post, 1),
        (Say::header("501 Not Implemented", "x: y"), "", 1),
        (Say::header("400 Bad Request", "x: y"), "", 1),
        (Say::header("429 Too Many Requests", "retry-after: 86400"), "", 1),
        (Say::Bytes(String::new()), "", 3),
        (Say::Bytes(String::new()), post, 1),
        (Say::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".into()), "", 3),
        (Say::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".into()), post, 1),
        (Say::Bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf".into()), "", 3),
        (Say::Bytes("SSH-2.0-OpenSSH_9.9\r\n".into()), "", 3),
        (Say::Nothing, ", first_byte_timeout: 50ms", 3),
        (Say::Nothing, ", first_byte_timeout: 50ms, body: x", 1),
        (Say::Nothing, ", first_byte_timeout: 50ms, body: x, idempotent: true", 3),
    ] {
        let server = Server::start([say.clone()]).await;
        let run = run(local(), &thrice(&server.url("/"), config)).await;
        let (result, made) = told(&run);
        assert_eq!((made, server.seen().len()), (attempts, attempts as usize), "{config}: {result}");
    }
}

#[tokio::test]
async fn an_attempt_that_ran_into_its_agents_time_out_is_judged_the_same_way() {
    for (config, attempts) in [("", 3), (", body: x", 1), (", body: x, idempotent: true", 3)] {
        let server = Server::start([Say::Nothing]).await;
        let fields = format!("timeout: 50ms\n{}", thrice(&server.url("/"), config));
        let (result, made) = told(&run(local(), &fields).await);
        assert_eq!(
            (&*result, made),
            ("TimeoutError: the attempt took longer than 50ms", attempts),
            "{config}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_was_never_made_is_tried_again_whatever_was_to_be_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let address = listener.local_addr().expect("it has an address");
    drop(listener);
    let run = run(local(), &thrice(&format!("http://{address}/"), ", body: x")).await;
    let expected =
        format!("TransportError: `http://{address}` cannot be reached: Connection refused (os error 111)");
    assert_eq!(told(&run), (expected, 3));
}

#[tokio::test]
async fn every_stage_has_a_time_out_of_its_own() {
    let begun = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
    for (say, config, expected) in [
        (Say::Nothing, "first_byte_timeout: 50ms", "said nothing for 50ms"),
        (Say::Begin("HTTP/1.1 200".into()), "first_byte_timeout: 50ms", "said nothing for 50ms"),
        (Say::Begin(begun.into()), "first_byte_timeout: 50ms", "said nothing for 50ms"),
        (Say::Drip, "first_byte_timeout: 1s, timeout: 150ms", "did not answer within 150ms"),
    ] {
        let server = Server::start([say]).await;
        let (url, origin) = (server.url("/"), server.url(""));
        let (result, _) = told(&run(local(), &format!("config: {{url: '{url}', {config}}}")).await);
        assert_eq!(result, format!("TimeoutError: `{origin}` {expected}"));
    }
    // A server that lets one in and never greets: the handshake belongs to connecting.
    let server = Server::start([Say::Nothing]).await;
    let url = format!("https://{}/", server.address);
    let (result, _) = told(&run(local(), &format!("config: {{url: '{url}', connect_timeout: 50ms}}")).await);
    assert_eq!(
        result,
        format!("TimeoutError: no connection to `https://{}` was made in time", server.address)
    );
}

#[tokio::test]
async fn a_host_that_fails_and_fails_again_is_left_alone_for_a_while() {
    let server = Server::start([Say::header("500 Internal Server Error", "x: y")]).await;
    let options = local().circuit(2, Duration::from_millis(300));
    let fields = format!("retry: {{retries: 3, delay: 0s}}\nconfig: {{url: '{}'}}", server.url("/"));
    let run = run(options, &fields).await;
    let told: Vec<String> = run
        .trace()
        .entries()
        .iter()
        .filter_map(|entry| match &entry.step {
            Step::Retry { failure, .. } => Some(failure.message.replace(&server.url(""), "HOST")),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            "`HOST` answered 500 Internal Server Error",
            "`HOST` answered 500 Internal Server Error; the host's circuit is open for 300ms now",
            "`HOST` was not asked: it failed 2 times in a row, and its circuit is open",
        ]
    );
    assert_eq!(server.seen().len(), 3, "the last attempt was the trial");
}
