//! Models over the network: what they are asked, with whose key, and how they are understood.

use pretty_assertions::assert_eq;
use serde_json::{Value as Json, json};

use super::*;

/// What an OpenAI-compatible service says.
fn openai(content: &str) -> Say {
    Say::json(&json!({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}).to_string())
}

/// The path, the headers that matter, and the body of a request.
fn request(server: &Server) -> (String, Vec<String>, Json) {
    let seen = server.seen();
    let (head, body) = seen.last().expect("a request").split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.split("\r\n");
    let path = lines.next().expect("a first line").to_owned();
    let shown =
        |line: &&str| ["authorization", "x-api-key", "anthropic"].iter().any(|name| line.starts_with(name));
    let headers = lines.filter(shown).map(str::to_owned).collect();
    (path, headers, serde_json::from_str(body).expect("a JSON body"))
}

async fn think(environment: &[(&str, &str)], fields: &str) -> Run {
    run_with(HttpOptions::new().allow_private_host("127.0.0.1"), environment, &agent("think", fields)).await
}

#[tokio::test]
async fn openai_is_asked_for_a_chat_completion() {
    let server = Server::start([openai("hello")]).await;
    let base = server.url("/v1/");
    let config = "config: {provider: openai, model: gpt-x, system: Be brief., prompt: 'Hi ${1 + 1}', \
                  temperature: 0.5, max_tokens: 100}";
    let run = think(&[("OPENAI_API_KEY", "k1"), ("OPENAI_BASE_URL", &base)], config).await;
    assert_eq!(told(&run), ("\"hello\"".to_owned(), 1));
    let (path, headers, body) = request(&server);
    assert_eq!(path, "POST /v1/chat/completions HTTP/1.1");
    assert_eq!(headers, ["authorization: Bearer k1"]);
    let messages = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi 2"}]);
    assert_eq!(body, json!({"model": "gpt-x", "messages": messages, "temperature": 0.5, "max_tokens": 100}));
}

#[tokio::test]
async fn anthropic_is_asked_for_a_message() {
    let answer = json!({"content": [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]});
    let server = Server::start([Say::json(&answer.to_string())]).await;
    let base = server.url("");
    let config = "config: {provider: anthropic, model: claude-x, system: Be brief., prompt: Hi}";
    let run = think(&[("ANTHROPIC_API_KEY", "k2\n"), ("ANTHROPIC_BASE_URL", &base)], config).await;
    assert_eq!(told(&run), ("\"hello\"".to_owned(), 1));
    let (path, headers, body) = request(&server);
    assert_eq!(path, "POST /v1/messages HTTP/1.1");
    assert_eq!(headers, ["anthropic-version: 2023-06-01", "x-api-key: k2"]);
    let messages = json!([{"role": "user", "content": "Hi"}]);
    let expected =
        json!({"model": "claude-x", "max_tokens": 4096, "system": "Be brief.", "messages": messages});
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_answer_with_a_schema_is_json_that_fits_it() {
    let schema = "schema: {type: object, required: [n], properties: {n: {type: number}}}";
    let tool = |input: Json| {
        json!({"content": [{"type": "tool_use", "name": "answer", "input": input}]}).to_string()
    };
    let cut = json!({"choices": [{"message": {"content": "{\"n\""}, "finish_reason": "length"}]}).to_string();
    let misfit =
        "OperationError: the answer does not fit `config.schema`: `/n`: \"x\" is not of type \"number\"";
    for (provider, say, expected) in [
        ("openai", openai("{\"n\": 1}"), "{\"n\":1}"),
        ("openai", openai("{\"n\": \"x\"}"), misfit),
        (
            "openai",
            openai("n is 1"),
            "OperationError: the answer is not JSON: Unexpected token ' ', \"n is 1\" is not valid JSON",
        ),
        (
            "openai",
            Say::json(&cut),
            "OperationError: the answer ends within its JSON: `max_tokens` was reached",
        ),
        ("anthropic", Say::json(&tool(json!({"n": 1}))), "{\"n\":1}"),
        ("anthropic", Say::json(&tool(json!({"n": "x"}))), misfit),
    ] {
        let server = Server::start([say]).await;
        let base = server.url("");
        let names = [("OPENAI_API_KEY", "key-0"), ("OPENAI_BASE_URL", &*base)];
        let others = [("ANTHROPIC_API_KEY", "key-0"), ("ANTHROPIC_BASE_URL", &*base)];
        let config = format!("config: {{provider: {provider}, model: m, prompt: p, {schema}}}");
        let run = think(&[names, others].concat(), &config).await;
        assert_eq!(told(&run).0, expected, "{provider}");
        let (_, _, body) = request(&server);
        let asked = if provider == "openai" {
            &body["response_format"]["json_schema"]["schema"]
        } else {
            &body["tools"][0]["input_schema"]
        };
        assert_eq!(asked["required"], json!(["n"]));
    }
}

#[tokio::test]
async fn a_schema_that_is_no_object_is_answered_all_the_same() {
    let answer = json!({"content": [{"type": "tool_use", "name": "answer", "input": {"answer": [1, 2]}}]});
    let server = Server::start([Say::json(&answer.to_string())]).await;
    let base = server.url("");
    let config = "config: {provider: anthropic, model: m, prompt: p, schema: {type: array}}";
    let run = think(&[("ANTHROPIC_API_KEY", "key-0"), ("ANTHROPIC_BASE_URL", &base)], config).await;
    assert_eq!(told(&run).0, "[1,2]");
}

#[tokio::test]
async fn what_is_no_answer_is_told() {
    let choice = |choice: Json| Say::json(&json!({"choices": [choice]}).to_string());
    for (say, expected) in [
        (Say::json("{\"choices\": []}"), "the service's answer holds no text"),
        (choice(json!({"message": {"content": null}})), "the service's answer holds no text"),
        (choice(json!({"message": {"refusal": "no"}})), "the model refused: no"),
        (
            Say::json("{\"choi"),
            "the service's answer is not JSON: EOF while parsing a string at line 1 column 6",
        ),
    ] {
        let server = Server::start([say]).await;
        let base = server.url("");
        let config = "config: {provider: openai, model: m, prompt: p}";
        let run = think(&[("OPENAI_API_KEY", "key-0"), ("OPENAI_BASE_URL", &base)], config).await;
        assert_eq!(told(&run).0, format!("OperationError: {expected}"));
    }
}

#[tokio::test]
async fn a_key_goes_only_where_it_may() {
    let server = Server::start([openai("hi")]).await;
    let base = server.url("");
    let named = format!("base_url: '{base}'");
    for (environment, config, expected) in [
        // The process names both.
        (vec![("OPENAI_API_KEY", "key-0"), ("OPENAI_BASE_URL", &*base)], String::new(), Ok(Some("key-0"))),
        // A server of one's own that wants no key.
        (vec![("OPENAI_BASE_URL", &*base)], String::new(), Ok(None)),
        // An address that the ensemble names gets no key by default.
        (vec![("OPENAI_API_KEY", "key-0"), ("OPENAI_BASE_URL", "http://x.test")], named.clone(), Ok(None)),
        (
            vec![("OTHER", "key-9"), ("OPENAI_API_KEY", "key-0")],
            format!("{named}, api_key_env: OTHER"),
            Ok(Some("key-9")),
        ),
        (
            vec![("OTHER", "key-9"), ("OPENAI_BASE_URL", &*base)],
            "api_key_env: OTHER".into(),
            Ok(Some("key-9")),
        ),
        (
            vec![("OPENAI_API_KEY", "key-0")],
            format!("{named}, api_key_env: OTHER"),
            Err("the environment has no `OTHER`, which holds the key of `a`"),
        ),
        (vec![], String::new(), Err("the environment has no `OPENAI_API_KEY`, which holds the key of `a`")),
        (
            vec![("OPENAI_API_KEY", " "), ("X", "y")],
            String::new(),
            Err("the environment has no `OPENAI_API_KEY`, which holds the key of `a`"),
        ),
    ] {
        let before = server.seen().len();
        let text = format!("config: {{provider: openai, model: m, prompt: p, {config}}}");
        let run = think(&environment, &text).await;
        match expected {
            Ok(key) => {
                assert_eq!(told(&run), ("\"hi\"".to_owned(), 1), "{environment:?} {config}");
                let headers = key.map(|key| format!("authorization: Bearer {key}"));
                assert_eq!(request(&server).1, headers.into_iter().collect::<Vec<_>>(), "{config}");
            }
            Err(error) => {
                assert_eq!(told(&run).0, format!("InvalidError: {error}"), "{config}");
                assert_eq!(server.seen().len(), before);
            }
        }
    }
}

#[tokio::test]
async fn an_address_of_the_process_may_be_private_and_one_of_the_ensemble_may_not() {
    let server = Server::start([openai("hi")]).await;
    let base = server.url("");
    let config = "config: {provider: openai, model: m, prompt: p}";
    let own = run_with(HttpOptions::new(), &[("OPENAI_BASE_URL", &base)], &agent("think", config)).await;
    assert_eq!(told(&own).0, "\"hi\"");
    let config = format!("config: {{provider: openai, model: m, prompt: p, base_url: '{base}'}}");
    let others = run_with(HttpOptions::new(), &[], &agent("think", &config)).await;
    assert!(told(&others).0.starts_with("InvalidError: "), "{:?}", told(&others));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_busy_model_is_asked_again() {
    let busy = Say::status("529 Overloaded", "application/json", r#"{"error": {"message": "Overloaded"}}"#);
    let answer = json!({"content": [{"type": "text", "text": "here"}]});
    let server = Server::start([busy, Say::json(&answer.to_string())]).await;
    let base = server.url("");
    let fields = "retry: {retries: 1, delay: 0s}\nconfig: {provider: anthropic, model: m, prompt: p}";
    let run = think(&[("ANTHROPIC_API_KEY", "key-0"), ("ANTHROPIC_BASE_URL", &base)], fields).await;
    assert_eq!(told(&run), ("\"here\"".to_owned(), 2));
}

/// What is told before a run, and whether a run tells the same.
#[tokio::test]
async fn a_key_that_nobody_has_set_is_foreseen() {
    let none: &[(&str, &str)] = &[];
    let unset = |environment: &[(&str, &str)], config: &str| {
        let text = agent("think", &format!("config: {{model: m, prompt: p, {config}}}"));
        let ensemble =
            engine(HttpOptions::new(), environment).load_str("test.yaml", &text).expect("it loads");
        ensemble.unset_keys(&[]).first().map(|unset| unset.variable.to_string())
    };
    for (environment, config, expected) in [
        (none, "provider: openai", Some("OPENAI_API_KEY")),
        (none, "provider: anthropic", Some("ANTHROPIC_API_KEY")),
        (&[("OPENAI_API_KEY", "k")], "provider: openai", None),
        (&[("OPENAI_API_KEY", "  ")], "provider: openai", Some("OPENAI_API_KEY")),
        // A server of one's own may want none, an address that the ensemble names gets none unless it names one too.
        (&[("OPENAI_BASE_URL", "http://127.0.0.1:9")], "provider: openai", None),
        (none, "provider: openai, base_url: 'http://127.0.0.1:9'", None),
        (none, "provider: openai, base_url: 'http://127.0.0.1:9', api_key_env: MINE", Some("MINE")),
        (&[("OPENAI_BASE_URL", "http://127.0.0.1:9")], "provider: openai, api_key_env: MINE", Some("MINE")),
        (&[("OPENAI_API_KEY", "k")], "provider: openai, api_key_env: MINE", Some("MINE")),
    ] {
        assert_eq!(unset(environment, config).as_deref(), expected, "{config}");
        let run = think(environment, &format!("config: {{model: m, prompt: p, {config}}}")).await;
        let failure = run.agent("a").and_then(|agent| agent.error.as_ref()).expect("nobody answers there");
        let said =
            expected.map(|name| format!("the environment has no `{name}`, which holds the key of `a`"));
        assert_eq!(said.is_some(), said.as_deref() == Some(&*failure.message), "{config}: {failure}");
        assert_eq!(expected.is_some(), failure.span.is_some(), "{config}: {failure}");
    }
    // What only a run can tell stays open.
    for config in ["provider: '${input.p}'", "provider: openai, api_key_env: '${input.k}'", "provider: echo"]
    {
        assert_eq!(unset(none, config), None, "{config}");
    }
}

#[test]
fn an_agent_that_never_runs_lacks_no_key() {
    let unset = |fields: &str, passed: &[(String, String)]| {
        let config = "config: {provider: openai, model: m, prompt: p}";
        let text = agent("think", &format!("{config}\n    {fields}"));
        let ensemble = engine(HttpOptions::new(), &[]).load_str("test.yaml", &text).expect("it loads");
        ensemble.unset_keys(passed).first().map(|unset| unset.is_ungated)
    };
    assert_eq!(unset("condition: false", &[]), None);
    assert_eq!(unset("condition: ${input.x}", &[]), Some(false));
    assert_eq!(unset("condition: true", &[]), Some(true));
    assert_eq!(unset("timeout: 1s", &[("OPENAI_API_KEY".to_owned(), "k".to_owned())]), None);
}
