//! Answers in events: told as they come, whole or broken off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::*;
use crate::ensemble::{Event, EventKind, Observer};

/// What was told while a run went, a line each.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn observe(&self, event: &Event<'_>) {
        let line = match &event.kind {
            EventKind::Text { text, .. } => format!("text {text}"),
            EventKind::Attempt { attempt, .. } => format!("attempt {attempt}"),
            EventKind::Retry { .. } => "retry".to_owned(),
            _ => return,
        };
        self.0.lock().expect("nobody panics").push(line);
    }

    fn wants_text(&self) -> bool {
        true
    }
}

/// Runs one agent with somebody who looks on: what became of it, and what was told.
async fn listen(options: HttpOptions, base: &str, fields: &str) -> (String, u32, Vec<String>) {
    let environment = [
        ("OPENAI_API_KEY", "planted-key-0"),
        ("OPENAI_BASE_URL", base),
        ("ANTHROPIC_API_KEY", "planted-key-0"),
        ("ANTHROPIC_BASE_URL", base),
    ];
    let text = agent("think", fields);
    let ensemble = engine(options, &environment).load_str("test.yaml", &text).expect("it loads");
    let heard = Arc::new(Heard::default());
    let run = ensemble.run(Value::Null).seed(7).observer(heard.clone()).await.expect("it runs");
    let (result, attempts) = told(&run);
    let heard = heard.0.lock().expect("nobody panics").clone();
    let all = format!("{heard:?}{}{run:?}{:?}", run.trace(), run.error());
    assert!(!all.contains("planted-key"), "{all}");
    (result, attempts, heard)
}

fn head() -> String {
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\r\n"
        .to_owned()
}

/// An answer of these events, after which the connection is closed.
fn events(events: &[String]) -> Say {
    Say::Bytes(head() + &events.concat())
}

fn chunk(content: &str) -> String {
    format!(
        "data: {}\n\n",
        json!({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": null}]})
    )
}

fn end(reason: &str) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}))
}

fn done() -> String {
    "data: [DONE]\n\n".to_owned()
}

/// An event of Anthropic's.
fn named(data: &serde_json::Value) -> String {
    format!("event: {}\r\ndata: {data}\r\n\r\n", data["type"].as_str().expect("a name"))
}

fn message(kind: &str, deltas: &[serde_json::Value]) -> Vec<String> {
    let mut events = vec![
        named(&json!({"type": "message_start", "message": {"content": []}})),
        named(
            &json!({"type": "content_block_start", "index": 0, "content_block": {"type": kind, "text": ""}}),
        ),
        named(&json!({"type": "ping"})),
    ];
    events.extend(
        deltas.iter().map(|delta| named(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))),
    );
    events.push(named(&json!({"type": "content_block_stop", "index": 0})));
    events
}

fn stopped(reason: &str) -> Vec<String> {
    vec![
        named(&json!({"type": "message_delta", "delta": {"stop_reason": reason}})),
        named(&json!({"type": "message_stop"})),
    ]
}

fn local() -> HttpOptions {
    HttpOptions::new().allow_private_host("127.0.0.1")
}

const OPENAI: &str = "config: {provider: openai, model: m, prompt: p}";
const ANTHROPIC: &str = "config: {provider: anthropic, model: m, prompt: p}";

#[tokio::test]
async fn a_chat_completion_is_told_chunk_by_chunk() {
    let script =
        [": a comment\n\n".to_owned(), chunk(""), chunk("Hel"), chunk("lo, wörld"), end("stop"), done()];
    let server = Server::start([events(&script)]).await;
    let (result, attempts, heard) = listen(local(), &server.url("/v1"), OPENAI).await;
    assert_eq!((&*result, attempts), ("\"Hello, wörld\"", 1));
    assert_eq!(heard, ["attempt 1", "text Hel", "text lo, wörld"]);
    assert!(server.seen()[0].contains("\"stream\":true"));
}

#[tokio::test]
async fn a_message_is_told_delta_by_delta() {
    let delta = |text: &str| json!({"type": "text_delta", "text": text});
    let script = [message("text", &[delta("Hel"), delta("lo")]), stopped("end_turn")].concat();
    let server = Server::start([events(&script)]).await;
    let (result, _, heard) = listen(local(), &server.url(""), ANTHROPIC).await;
    assert_eq!(result, "\"Hello\"");
    assert_eq!(heard, ["attempt 1", "text Hel", "text lo"]);
}

#[tokio::test]
async fn an_answer_with_a_schema_is_put_together_and_must_fit() {
    let fields = |provider: &str| {
        let schema = "{type: object, required: [n], properties: {n: {type: number}}}";
        format!("config: {{provider: {provider}, model: m, prompt: p, schema: {schema}}}")
    };
    let delta = |text: &str| json!({"type": "input_json_delta", "partial_json": text});
    let tool = [message("tool_use", &[delta("{\"n\""), delta(": 1}")]), stopped("tool_use")].concat();
    let cut = [message("tool_use", &[delta("{\"n\"")]), stopped("max_tokens")].concat();
    let broken = "OperationError: the answer ends within its JSON: `max_tokens` was reached";
    for (provider, script, expected) in [
        ("anthropic", tool, "{\"n\":1}"),
        ("anthropic", cut, broken),
        ("openai", vec![chunk("{\"n\""), chunk(": 1}"), end("stop"), done()], "{\"n\":1}"),
        ("openai", vec![chunk("{\"n\""), end("length"), done()], broken),
    ] {
        let server = Server::start([events(&script)]).await;
        assert_eq!(listen(local(), &server.url(""), &fields(provider)).await.0, expected, "{provider}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_stream_is_understood() {
    let answer = json!({"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}]});
    let server = Server::start([Say::json(&answer.to_string())]).await;
    let (result, _, heard) = listen(local(), &server.url(""), OPENAI).await;
    assert_eq!((&*result, &heard[..]), ("\"hello\"", &["attempt 1".to_owned()][..]));
    // Nor is it asked to where nobody looks on.
    let base = server.url("");
    let environment = [("OPENAI_API_KEY", "key-0"), ("OPENAI_BASE_URL", &*base)];
    run_with(local(), &environment, &agent("think", OPENAI)).await;
    assert!(!server.seen()[1].contains("stream"));
}

#[tokio::test]
async fn what_ends_without_an_end_has_broken_off() {
    let delta = json!({"type": "text_delta", "text": "Hel"});
    for (fields, script) in [
        (OPENAI, vec![chunk("Hel")]),
        (OPENAI, vec![chunk("Hel"), "data: {\"choices\": [{\"del".to_owned()]),
        (ANTHROPIC, message("text", &[delta])),
    ] {
        let server = Server::start([events(&script)]).await;
        let (result, attempts, _) = listen(local(), &server.url(""), fields).await;
        let expected = format!("TransportError: the answer of `{}` broke off before its end", server.url(""));
        assert_eq!((result, attempts), (expected, 1));
    }
    // A reason to finish is an end, whatever else is left out.
    let server = Server::start([events(&[chunk("Hello"), end("stop")])]).await;
    assert_eq!(listen(local(), &server.url(""), OPENAI).await.0, "\"Hello\"");
}

#[tokio::test]
async fn a_retry_begins_anew_and_says_so() {
    let whole = [chunk("Hello"), end("stop"), done()];
    let server = Server::start([events(&[chunk("Hel")]), events(&whole)]).await;
    let fields = format!("retry: {{retries: 1, delay: 0s}}\n{OPENAI}");
    let (result, attempts, heard) = listen(local(), &server.url(""), &fields).await;
    assert_eq!((&*result, attempts), ("\"Hello\"", 2));
    assert_eq!(heard, ["attempt 1", "text Hel", "retry", "attempt 2", "text Hello"]);
}

#[tokio::test]
async fn malformed_events_are_no_answer() {
    let no_json = "OperationError: the service's answer holds an event that is not JSON: ";
    let no_text = "OperationError: the service's answer holds no text";
    for (event, expected) in [
        ("data: hello\n\n", no_json),
        ("data: {\"choices\"\ndata: x\n\n", no_json),
        ("data: 1\n\n", no_text),
        ("data: {\"choices\": 1}\n\n", no_text),
    ] {
        let server = Server::start([events(&[chunk("Hel"), event.to_owned(), done()])]).await;
        let (result, attempts, _) = listen(local(), &server.url(""), &format!("retry: 2\n{OPENAI}")).await;
        assert!(result.starts_with(expected), "{event}: {result}");
        assert_eq!(attempts, 1);
    }
    for delta in [json!({"type": "content_block_delta", "index": 7, "delta": {"text": "x"}}), json!({"x": 1})]
    {
        let server = Server::start([events(&[format!("data: {delta}\n\n")])]).await;
        assert_eq!(listen(local(), &server.url(""), ANTHROPIC).await.0, no_text);
    }
}

#[tokio::test]
async fn an_error_in_the_middle_is_told_and_repeated_only_if_it_may_pass() {
    let error = |kind: &str| {
        let message = "no more for planted-key-0\u{1b}[31m";
        format!(
            "event: error\ndata: {}\n\n",
            json!({"type": "error", "error": {"type": kind, "message": message}})
        )
    };
    let told = "OperationError: the service broke off its answer: no more for ‹ANTHROPIC_API_KEY› [31m";
    for (kind, expected) in [("overloaded_error", 2), ("invalid_request_error", 1)] {
        let script = [message("text", &[]), vec![error(kind)]].concat();
        let server = Server::start([events(&script)]).await;
        let fields = format!("retry: {{retries: 1, delay: 0s}}\n{ANTHROPIC}");
        let (result, attempts, _) = listen(local(), &server.url(""), &fields).await;
        assert_eq!((&*result, attempts), (told, expected), "{kind}");
    }
}

#[tokio::test]
async fn a_silence_between_events_is_a_time_out() {
    let server = Server::start([Say::Begin(head() + &chunk("Hel"))]).await;
    let options = local().first_byte_timeout(Duration::from_millis(50));
    let (result, attempts, heard) = listen(options, &server.url(""), OPENAI).await;
    let expected = format!("TimeoutError: `{}` said nothing for 50ms", server.url(""));
    assert_eq!((result, attempts), (expected, 1));
    assert_eq!(heard, ["attempt 1", "text Hel"]);
}

#[tokio::test]
async fn a_stream_is_read_as_far_as_its_limit_and_no_further() {
    let script: Vec<String> = (0..1_000).map(|_| chunk(&"x".repeat(1_000))).collect();
    let server = Server::start([events(&script)]).await;
    let (result, _, _) = listen(local().max_bytes(100_000), &server.url(""), OPENAI).await;
    let expected = format!("OperationError: the answer of `{}` is longer than 100000 bytes", server.url(""));
    assert_eq!(result, expected);
}

#[tokio::test]
async fn a_secret_cut_in_two_is_hidden_in_what_is_told() {
    let script = [
        chunk("it is planted-"),
        chunk("key"),
        chunk("-0, "),
        chunk("a plan"),
        chunk("."),
        end("stop"),
        done(),
    ];
    let server = Server::start([events(&script)]).await;
    let (_, _, heard) = listen(local(), &server.url(""), OPENAI).await;
    let told: String = heard.iter().filter_map(|line| line.strip_prefix("text ")).collect();
    assert_eq!(told, "it is ‹OPENAI_API_KEY›, a plan.");
}
