//! What a Rust author writes by hand: over typed structs, and over the `serde_json::Value` itself.

use serde::Deserialize;

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, NO, Workload, YES, draw};

pub const TYPED: Engine = Engine {
    name: "by hand, typed",
    package: "",
    source: |id| Some(id.javascript()),
    build: typed,
    compiler: None,
    is_rust: true,
};

pub const JSON: Engine = Engine {
    name: "by hand, serde_json",
    package: "serde_json",
    source: |id| Some(id.javascript()),
    build: json,
    compiler: None,
    is_rust: true,
};

#[derive(Deserialize)]
struct Request {
    input: Input,
    env: Env,
    a: Agent,
    b: Agent,
}

#[derive(Deserialize)]
struct Input {
    user_id: u64,
    country: String,
    a: f64,
    b: f64,
    c: f64,
    user: User,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct User {
    name: String,
    plan: String,
    age: f64,
    blocked: bool,
}

#[derive(Deserialize)]
struct Item {
    price: f64,
    qty: f64,
}

#[derive(Deserialize)]
struct Env {
    #[serde(rename = "ROLLOUT_PERCENTAGE")]
    percentage: f64,
}

#[derive(Deserialize)]
struct Agent {
    executed: bool,
    output: Option<String>,
}

fn typed(workload: &'static Workload, _: &'static str) -> Built {
    match workload.id {
        Id::W1 => over(workload, |r| r.input.user_id.is_multiple_of(2), Answer::Bool),
        Id::W2 => over(workload, |_| draw() < 0.9, Answer::Bool),
        Id::W3 => {
            fn merged(r: &Request) -> &str {
                let first = r.a.output.as_deref().filter(|text| !text.is_empty());
                first.or(r.b.output.as_deref()).unwrap_or_default()
            }
            let ring = requests(workload);
            Built {
                prepared: plain(move |at| merged(&ring[at]), |text| Answer::Text(text.to_owned())),
                converted: Some(plain(
                    move |at| merged(&request(&workload.requests[at])).to_owned(),
                    Answer::Text,
                )),
            }
        }
        Id::W4 => over(workload, |r| if r.b.executed { "control" } else { "treatment" }, text),
        Id::W5 => over(workload, |r| if draw() * 100.0 < r.env.percentage { YES } else { NO }, text),
        Id::W6 => over(
            workload,
            |r| {
                let user = &r.input.user;
                user.plan == "pro" && user.age >= 18.0 && !user.blocked && r.input.country != "XX"
            },
            Answer::Bool,
        ),
        Id::W7 => over(
            workload,
            |r| format!("Hello {}, you have {} items", r.input.user.name, r.input.items.len()),
            Answer::Text,
        ),
        Id::W8 => over(
            workload,
            |r| {
                let Input { a, b, c, .. } = r.input;
                (a * 2.0 + b) / (c - 1.0).powi(2) + a % 7.0
            },
            Answer::Number,
        ),
        Id::W9 => over(
            workload,
            |r| {
                let kept = r.input.items.iter().filter(|item| item.price > 10.0);
                kept.map(|item| item.price * item.qty).sum()
            },
            Answer::Number,
        ),
    }
}

fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn request(json: &serde_json::Value) -> Request {
    Request::deserialize(json).expect("requests have this form")
}

fn requests(workload: &Workload) -> &'static [Request] {
    leak(workload.requests.iter().map(request).collect::<Vec<_>>())
}

fn over<T: 'static>(
    workload: &'static Workload,
    evaluate: fn(&Request) -> T,
    read: fn(T) -> Answer,
) -> Built {
    let ring = requests(workload);
    Built {
        prepared: plain(move |at| evaluate(&ring[at]), read),
        converted: Some(plain(move |at| evaluate(&request(&workload.requests[at])), read)),
    }
}

fn json(workload: &'static Workload, _: &'static str) -> Built {
    use serde_json::Value;
    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap_or(f64::NAN)
    }
    fn in_place<T: 'static>(
        workload: &'static Workload,
        evaluate: fn(&'static Value) -> T,
        read: fn(T) -> Answer,
    ) -> Built {
        Built { prepared: plain(move |at| evaluate(&workload.requests[at]), read), converted: None }
    }
    match workload.id {
        Id::W1 => in_place(
            workload,
            |r| {
                let id = &r["input"]["user_id"];
                id.as_i64().map_or_else(|| number(id) % 2.0 == 0.0, |id| id % 2 == 0)
            },
            Answer::Bool,
        ),
        Id::W2 => in_place(workload, |_| draw() < 0.9, Answer::Bool),
        Id::W3 => in_place(
            workload,
            |r| {
                let first = r["a"]["output"].as_str().filter(|text| !text.is_empty());
                first.or(r["b"]["output"].as_str()).unwrap_or_default()
            },
            text,
        ),
        Id::W4 => {
            in_place(workload, |r| if r["b"]["executed"] == true { "control" } else { "treatment" }, text)
        }
        Id::W5 => in_place(
            workload,
            |r| if draw() * 100.0 < number(&r["env"]["ROLLOUT_PERCENTAGE"]) { YES } else { NO },
            text,
        ),
        Id::W6 => in_place(
            workload,
            |r| {
                let input = &r["input"];
                let user = &input["user"];
                user["plan"] == "pro"
                    && number(&user["age"]) >= 18.0
                    && user["blocked"] != true
                    && input["country"] != "XX"
            },
            Answer::Bool,
        ),
        Id::W7 => in_place(
            workload,
            |r| {
                let input = &r["input"];
                let name = input["user"]["name"].as_str().unwrap_or_default();
                format!("Hello {name}, you have {} items", input["items"].as_array().map_or(0, Vec::len))
            },
            Answer::Text,
        ),
        Id::W8 => in_place(
            workload,
            |r| {
                let input = &r["input"];
                let [a, b, c] = ["a", "b", "c"].map(|key| number(&input[key]));
                (a * 2.0 + b) / (c - 1.0).powi(2) + a % 7.0
            },
            Answer::Number,
        ),
        Id::W9 => in_place(
            workload,
            |r| {
                let items = r["input"]["items"].as_array().map_or(&[][..], Vec::as_slice);
                let kept = items.iter().filter(|item| number(&item["price"]) > 10.0);
                kept.map(|item| number(&item["price"]) * number(&item["qty"])).sum()
            },
            Answer::Number,
        ),
    }
}
