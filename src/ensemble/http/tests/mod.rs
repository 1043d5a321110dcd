//! Requests to real servers on loopback: what is sent, what comes back, and what is left of it when it fails.

mod failures;
mod limits;
mod operation;
mod providers;
mod secrets;
mod server;
mod streaming;
mod tls;
mod together;

use pretty_assertions::assert_eq;
use server::{Say, Server};

use super::HttpOptions;
use crate::engine::Engine;
use crate::ensemble::{LoadError, Run, Step};
use crate::value::Value;

/// Options of a host whose services are on this machine.
fn local() -> HttpOptions {
    HttpOptions::new().allow_private_addresses(true)
}

fn engine(options: HttpOptions, environment: &[(&str, &str)]) -> Engine {
    let variables: Vec<(String, String)> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let variable =
        move |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    Engine::builder().http(options).environment(variable).build()
}

/// An ensemble of one agent `a`: its operation and the rest of its fields, each on a line of its own.
fn agent(operation: &str, fields: &str) -> String {
    let fields: String = fields.trim().lines().map(|line| format!("    {}\n", line.trim())).collect();
    format!("ensemble: e\nagents:\n  - name: a\n    operation: {operation}\n    on_error: continue\n{fields}")
}

async fn run_with(options: HttpOptions, environment: &[(&str, &str)], text: &str) -> Run {
    let ensemble = engine(options, environment).load_str("test.yaml", text);
    let ensemble = ensemble.unwrap_or_else(|error: LoadError| panic!("{error}"));
    ensemble.run(Value::Null).seed(7).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Runs one agent with the operation `http`.
async fn run(options: HttpOptions, fields: &str) -> Run {
    run_with(options, &[], &agent("http", fields)).await
}

/// What became of `a`: its output as JSON, or its error, and how many attempts it took.
fn told(run: &Run) -> (String, u32) {
    let state = run.agent("a").expect("there is one");
    let result = match &state.error {
        Some(error) => format!("{}: {}", error.kind, error.message),
        None => state.output.to_json_string(),
    };
    (result, state.attempts)
}

/// The waits before further attempts, in milliseconds.
fn waits(run: &Run) -> Vec<u128> {
    let waits = run.trace().entries().iter().filter_map(|entry| match &entry.step {
        Step::Retry { wait, .. } => Some(wait.as_millis()),
        _ => None,
    });
    waits.collect()
}

#[tokio::test]
async fn a_failing_run_tells_the_service_by_its_origin_alone() {
    let server = Server::start([Say::status("404 Not Found", "text/plain", "no such\nuser \x1b[31m")]).await;
    let url = server.url("/users/42?token=hush#part");
    let run = run(local(), &format!("config: {{url: '{url}'}}")).await;
    let origin = server.url("");
    let expected = format!("OperationError: `{origin}` answered 404 Not Found: no such user [31m");
    assert_eq!(told(&run), (expected, 1));
}
