//! What the operation sends, and how it reads an answer.

use pretty_assertions::assert_eq;

use super::*;

#[tokio::test]
async fn what_config_says_is_what_is_sent() {
    let server = Server::start([Say::json(r#"{"id": 7, "tags": ["a"]}"#)]).await;
    let url = server.url("/orders?x=1");
    let fields = format!(
        "config: {{url: '{url}', method: put, query: {{q: 'a b&c', list: [1, true], nothing: null}}, \
         headers: {{X-Key: '${{1 + 1}}'}}, body: {{name: Ada, at: [1, null]}}}}"
    );
    let (output, attempts) = told(&run(local(), &fields).await);
    assert_eq!(attempts, 1);
    let expected = r#"{"status":200,"headers":{"content-type":"application/json","content-length":"24","connection":"close"},"body":{"id":7,"tags":["a"]}}"#;
    assert_eq!(output, expected);
    let request = &server.seen()[0];
    let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next(), Some("PUT /orders?x=1&q=a+b%26c&list=1&list=true HTTP/1.1"));
    let headers: Vec<&str> = lines.filter(|line| !line.starts_with("host")).collect();
    let agent = format!("user-agent: segue/{}", env!("CARGO_PKG_VERSION"));
    let expected =
        ["x-key: 2", "content-type: application/json", "accept: */*", &agent, "content-length: 28"];
    assert_eq!(headers, expected);
    assert_eq!(body, r#"{"name":"Ada","at":[1,null]}"#);
}

/// What becomes of a body, read as `response` says.
async fn body(say: Say, response: &str) -> String {
    let server = Server::start([say]).await;
    let url = server.url("/");
    let run = run(local(), &format!("config: {{url: '{url}'{response}}}")).await;
    let state = run.agent("a").expect("there is one");
    match &state.error {
        Some(error) => error.message.to_string(),
        None => match &state.output {
            Value::Object(output) => output.get_str("body").expect("a body").to_json_string(),
            other => panic!("{other:?}"),
        },
    }
}

#[tokio::test]
async fn a_body_is_json_or_text_by_its_type_or_as_asked() {
    let text = |kind: &str, body: &str| Say::status("200 OK", kind, body);
    for (say, response, expected) in [
        (text("application/json; charset=utf-8", " [1] "), "", "[1]"),
        (text("application/problem+json", "{}"), "", "{}"),
        (text("text/plain", "[1]"), "", "\"[1]\""),
        (text("text/plain", "[1]"), ", response: json", "[1]"),
        (text("application/json", "[1]"), ", response: text", "\"[1]\""),
        (text("text/plain", "é"), "", "\"é\""),
        (Say::header("204 No Content", "content-type: application/json"), "", "\"\""),
        (text("application/json", "{\"a\": "), "", "the answer is not JSON: Unexpected end of JSON input"),
        (
            text("text/html", "<html>"),
            ", response: json",
            "the answer is not JSON: Unexpected token '<', \"<html>\" is not valid JSON",
        ),
    ] {
        assert_eq!(body(say, response).await, expected, "{response}");
    }
}

#[tokio::test]
async fn the_status_has_to_be_one_that_is_expected() {
    for (expect, status, is_well) in [
        ("", "201 Created", true),
        ("", "404 Not Found", false),
        (", expect: 404", "404 Not Found", true),
        (", expect: 404", "200 OK", false),
        (", expect: [200, 404]", "404 Not Found", true),
        (", expect: 302", "302 Found", true),
    ] {
        let server = Server::start([Say::status(status, "text/plain", "")]).await;
        let url = server.url("/");
        let run = run(local(), &format!("config: {{url: '{url}'{expect}}}")).await;
        assert_eq!(run.agent("a").expect("there is one").success(), is_well, "{expect} {status}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_not_sent() {
    for (config, expected) in [
        ("{url: 'ftp://example.com/x'}", "URLs begin with `https://` or `http://`, not `ftp:`"),
        ("{url: 'file:///etc/passwd'}", "URLs begin with `https://` or `http://`, not `file:`"),
        ("{url: 'example.com'}", "the URL cannot be read: relative URL without a base"),
        (
            "{url: 'https://ada:hush@example.com'}",
            "a URL with a user or password in it is not asked: say them in a header, from a secret of `env`",
        ),
        (
            "{url: 'http://x.test', method: BREW}",
            "there is no method `BREW`; there are GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        ),
        ("{url: 'http://x.test', headers: {Host: y}}", "the header `Host` is not for requests to say"),
        (
            "{url: 'http://x.test', headers: {X: \"a\\r\\nY: b\"}}",
            "the header `X` cannot be sent: one line, please",
        ),
        ("{url: 'http://x.test', headers: [1]}", "`config.headers` is a map"),
        ("{url: 'http://x.test', expect: ok}", "`config.expect` is a status such as 200, or a list of them"),
        ("{url: 'http://x.test', timeout: 5}", "`config.timeout` is not a text"),
        ("{url: 'http://x.test', timeout: 5 s p}", "`config.timeout`: write it as `500ms`, `5s` or `2m`"),
        ("{url: 'http://x.test', redirects: 99}", "`config.redirects` is true, false, or a number up to 20"),
        (
            "{url: 'http://x.test', max_bytes: 99999999999}",
            "`config.max_bytes` is a number from 1 to 16777216, the host's limit",
        ),
        ("'${({url: 1, retries: 2})}'", "the `config` of `http` has no field `retries`"),
    ] {
        let (result, _) = told(&run(local(), &format!("config: {config}")).await);
        assert_eq!(result, format!("InvalidError: {expected}"), "{config}");
    }
}

#[test]
fn a_field_that_it_does_not_know_is_an_error_of_the_file() {
    let text = agent("http", "config: {url: 'https://x.test', header: {}}");
    let error =
        engine(HttpOptions::new(), &[]).load_str("test.yaml", &text).expect_err("it has no such field");
    assert_eq!(error.diagnostics[0].title, "the `config` of `http` has no field `header`");
    assert_eq!(error.diagnostics[0].help.as_deref(), Some("did you mean `headers`?"));
    let error =
        engine(HttpOptions::new(), &[]).load_str("test.yaml", &agent("http", "")).expect_err("no URL");
    assert_eq!(error.diagnostics[0].title, "`http` needs `config.url`");
}

const TWICE: &str = "
ensemble: e
agents:
  - {name: a, operation: http, config: {url: 'URL'}}
  - {name: b, operation: http, config: {url: 'URL'}, depends_on: a}
output: ${a.output.status + b.output.status}
";

#[test]
fn connections_are_shared_within_a_runtime_and_end_with_it() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    let answer = Say::Stay("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".into());
    let server = runtime.block_on(Server::start([answer]));
    let ensemble = engine(local(), &[]).load_str("test.yaml", &TWICE.replace("URL", &server.url("/")));
    let ensemble = ensemble.expect("it is one");
    for connections in 1..=3 {
        // Each makes a runtime of its own, and leaves a dead connection behind.
        let run = ensemble.run(Value::Null).blocking().expect("it runs");
        assert_eq!(run.output().to_json_string(), "400", "{:?}", run.error());
        assert_eq!(server.connections(), connections);
    }
}
