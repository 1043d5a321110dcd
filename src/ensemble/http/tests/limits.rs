//! What an ensemble cannot do: read without end, be led astray, look around in the host's own network.

use pretty_assertions::assert_eq;

use super::*;

/// A hundred megabytes, and one.
const HUGE: usize = 100 << 20;
const SMALL: usize = 1 << 20;

#[tokio::test]
async fn an_answer_is_read_as_far_as_its_limit_and_no_further() {
    let server = Server::start([Say::Chunks(HUGE)]).await;
    let url = server.url("/");
    let run = run(local().max_bytes(SMALL), &format!("retry: 2\nconfig: {{url: '{url}'}}")).await;
    let expected = format!("OperationError: the answer of `{}` is longer than 1048576 bytes", server.url(""));
    assert_eq!(told(&run), (expected, 1));
    // What is on its way is in the buffers of two sockets.
    assert!(server.sent() < 32 * SMALL, "{} bytes were taken", server.sent());
}

#[tokio::test]
async fn an_answer_that_says_it_is_too_long_is_not_begun() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {HUGE}\r\n\r\n");
    let server = Server::start([Say::Begin(head)]).await;
    let url = server.url("/");
    let (result, _) = told(&run(local(), &format!("config: {{url: '{url}', max_bytes: 1000}}")).await);
    assert_eq!(
        result,
        format!("OperationError: the answer of `{}` is longer than 1000 bytes", server.url(""))
    );
}

#[tokio::test]
async fn a_limit_is_the_last_length_that_passes() {
    for (most, is_well) in [(9, false), (10, true)] {
        let server = Server::start([Say::status("200 OK", "text/plain", "0123456789")]).await;
        let url = server.url("/");
        let run = run(local(), &format!("config: {{url: '{url}', max_bytes: {most}}}")).await;
        assert_eq!(run.agent("a").expect("there is one").success(), is_well, "{most}");
    }
}

#[tokio::test]
async fn a_long_reason_is_cut() {
    let server = Server::start([Say::status("500 Oh", "text/plain", &"no ".repeat(100_000))]).await;
    let url = server.url("/");
    let (result, _) = told(&run(local(), &format!("config: {{url: '{url}'}}")).await);
    assert!(result.ends_with("no no no …") && result.len() < 400, "{result}");
}

#[tokio::test]
async fn a_redirect_is_followed_only_where_that_was_asked_for() {
    let script = || [Say::header("302 Found", "location: /there"), Say::json("1")];
    let server = Server::start(script()).await;
    let url = server.url("/here");
    let (result, _) = told(&run(local(), &format!("config: {{url: '{url}'}}")).await);
    let expected = "answered 302 Found, a redirect; `redirects` says how many are followed";
    assert_eq!(result, format!("OperationError: `{}` {expected}", server.url("")));

    let server = Server::start(script()).await;
    let url = server.url("/here");
    let run =
        run(local(), &format!("config: {{url: '{url}', redirects: true, body: x, headers: {{x-key: k}}}}"))
            .await;
    assert_eq!(run.agent("a").expect("there is one").success(), true);
    let seen = server.seen();
    assert!(
        seen[1].starts_with("GET /there HTTP/1.1\r\nx-key: k\r\n") && seen[1].ends_with("\r\n\r\n"),
        "{}",
        seen[1]
    );
}

#[tokio::test]
async fn redirects_in_a_circle_come_to_an_end() {
    let server = Server::start([Say::header("307 Temporary Redirect", "location: /")]).await;
    let url = server.url("/");
    let (result, attempts) =
        told(&run(local(), &format!("retry: 2\nconfig: {{url: '{url}', redirects: 3}}")).await);
    assert_eq!(result, format!("OperationError: `{}` redirects more than 3 times", server.url("")));
    assert_eq!((attempts, server.seen().len()), (1, 4));
}

#[tokio::test]
async fn a_redirect_leads_to_no_address_that_is_refused() {
    let inner = Server::start([Say::json("\"the host's own\"")]).await;
    let port = inner.address.port();
    for (target, refused) in [
        (format!("http://localhost:{port}/"), "127.0.0.1"),
        (format!("http://127.0.0.2:{port}/"), "127.0.0.2"),
        (format!("http://[::1]:{port}/"), "::1"),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "169.254.169.254"),
    ] {
        let outer = Server::start([Say::header("302 Found", &format!("location: {target}"))]).await;
        // The first hop is allowed, as a public host would be.
        let options = HttpOptions::new().allow_private_host("127.0.0.1");
        let fields = format!("retry: 2\nconfig: {{url: '{}', redirects: true}}", outer.url("/"));
        let (result, attempts) = told(&run(options, &fields).await);
        let is_refused = result.ends_with("is no public address, and private ones are not allowed");
        assert!(is_refused && (result.contains(refused) || result.contains("::1")), "{result}");
        assert_eq!(attempts, 1);
    }
    assert_eq!(inner.seen().len(), 0);
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let server = Server::start([Say::json("1")]).await;
    let port = server.address.port();
    // `localhost` is looked up, and what is found is refused; the others are addresses in disguise.
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "0",
    ] {
        let (result, attempts) = told(
            &run(HttpOptions::new(), &format!("retry: 2\nconfig: {{url: 'http://{host}:{port}/'}}")).await,
        );
        let is_refused = result.ends_with("is no public address, and private ones are not allowed");
        assert!(is_refused && result.starts_with("InvalidError"), "{host}: {result}");
        assert_eq!(attempts, 1, "{host}");
    }
    assert_eq!(server.seen().len(), 0);
    for options in [local(), HttpOptions::new().allow_private_host("LOCALHOST")] {
        let run = run(options, &format!("config: {{url: 'http://localhost:{port}/'}}")).await;
        assert!(run.agent("a").expect("there is one").success());
    }
}
