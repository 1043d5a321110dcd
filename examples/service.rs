//! A service that runs an ensemble for each request, with a function of the host's own in it.
//!
//! One engine and one loaded ensemble serve all requests: both are shared, neither is locked. A request that is given up
//! drops its run, and with it all that is at work in it. `cargo run --example service` starts it on loopback, asks it
//! twice, and ends.

use std::error::Error;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use segue::ensemble::Ensemble;
use segue::value::to_value;
use segue::{Engine, context};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const GREETINGS: &str = "
ensemble: greetings
sticky: ${input.user_id}
agents:
  - name: warm
    operation: think
    condition: ${draw < 0.5}
    config: {prompt: 'Welcome back, ${titled(input.name)}!'}
  - name: plain
    operation: think
    condition: ${draw >= 0.5}
    config: {prompt: 'Hello ${titled(input.name)}.'}
output: {text: '${warm.output ?? plain.output}', is_warm: '${warm.executed}'}
";

/// A plain function: its signature says what expressions may give it.
fn titled(name: String) -> String {
    name.split(' ')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// `POST /greet` with `{"user_id": …, "name": …}`.
async fn greet(
    State(ensemble): State<Ensemble>,
    Json(input): Json<Value>,
) -> Result<Json<Value>, (StatusCode, String)> {
    let input = to_value(&input).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let run = ensemble.run(input).await.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    match run.error() {
        // The message has no secrets in it.
        Some(error) => Err((StatusCode::BAD_GATEWAY, error.to_string())),
        None => {
            let output = run.output_as().map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
            Ok(Json(output))
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder().typed_function("titled", titled).build();
    let ensemble = engine.load_str("greetings.yaml", GREETINGS)?;

    // What is wrong is found before anybody asks.
    let run = ensemble.run(context! { user_id: 1, name: "ada lovelace" }).await?;
    assert!(run.is_ok());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let service = Router::new().route("/greet", post(greet)).with_state(ensemble);
    let serving = tokio::spawn(async move { axum::serve(listener, service).await });

    let (status, answer) = ask(address, &json!({"user_id": 7, "name": "ada lovelace"})).await?;
    assert_eq!(status, 200);
    let answer: Value = serde_json::from_str(&answer)?;
    assert!(answer["text"].as_str().is_some_and(|text| text.contains("Ada Lovelace")), "{answer}");
    println!("{answer}");

    // The signature refuses what is no name.
    let (status, answer) = ask(address, &json!({"user_id": 7, "name": 42})).await?;
    assert_eq!(status, 502);
    assert!(answer.contains("argument 1 of titled() does not fit"), "{answer}");
    println!("{answer}");

    serving.abort();
    Ok(())
}

/// A request as any client sends it: the status and the body.
async fn ask(address: std::net::SocketAddr, body: &Value) -> Result<(u16, String), Box<dyn Error>> {
    let body = body.to_string();
    let length = body.len();
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /greet HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer has a head and a body")?;
    let status = head.split(' ').nth(1).ok_or("a status")?.parse()?;
    Ok((status, body.to_owned()))
}
