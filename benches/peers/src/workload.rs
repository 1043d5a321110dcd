//! What the expression engines are asked, over which requests, and what is right.

use std::cell::Cell;

use serde_json::{Value, json};

/// So many requests are gone through in turn.
pub const REQUESTS: usize = 64;

/// The variables of every expression.
pub const NAMES: [&str; 4] = ["input", "env", "a", "b"];

/// One expression of the ten; W10 is compiling W6, and none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    W1,
    W2,
    W3,
    W4,
    W5,
    W6,
    W7,
    W8,
    W9,
}

pub const YES: &str = "prompts/extraction@v1.1.0";
pub const NO: &str = "prompts/extraction@v1.0.0";

impl Id {
    pub const ALL: [Self; 9] =
        [Self::W1, Self::W2, Self::W3, Self::W4, Self::W5, Self::W6, Self::W7, Self::W8, Self::W9];

    /// As JavaScript: what segue, the JavaScript engines and node evaluate.
    pub fn javascript(self) -> &'static str {
        match self {
            Self::W1 => "input.user_id % 2 === 0",
            Self::W2 => "Math.random() < 0.9",
            Self::W3 => "a.output || b.output",
            Self::W4 => "b.executed ? 'control' : 'treatment'",
            Self::W5 => {
                "Math.random() * 100 < env.ROLLOUT_PERCENTAGE ? 'prompts/extraction@v1.1.0' : 'prompts/extraction@v1.0.0'"
            }
            Self::W6 => {
                "input.user.plan === 'pro' && input.user.age >= 18 && !input.user.blocked && input.country !== 'XX'"
            }
            Self::W7 => "`Hello ${input.user.name}, you have ${input.items.length} items`",
            Self::W8 => "(input.a * 2 + input.b) / (input.c - 1) ** 2 + input.a % 7",
            Self::W9 => {
                "input.items.filter(x => x.price > 10).map(x => x.price * x.qty).reduce((s, v) => s + v, 0)"
            }
        }
    }

    /// Whether answers are drawn.
    pub fn is_random(self) -> bool {
        matches!(self, Self::W2 | Self::W5)
    }
}

/// What an engine answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Bool(bool),
    Number(f64),
    Text(String),
}

impl Answer {
    fn is_near(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
            _ => self == other,
        }
    }

    /// The answer that a JSON value is.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Bool(claim) => Self::Bool(*claim),
            Value::String(text) => Self::Text(text.clone()),
            other => Self::Number(other.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

/// An expression with its requests: 40 nodes and 400 bytes of JSON each, W9's with a hundred items.
pub struct Workload {
    pub id: Id,
    pub requests: Vec<Value>,
}

impl Workload {
    pub fn new(id: Id) -> Self {
        let items = |i: usize| if id == Id::W9 { 100 } else { 4 + i % 4 };
        Self { id, requests: (0..REQUESTS).map(|i| request(i, items(i))).collect() }
    }

    /// Says what is wrong with an engine's answers, if anything.
    pub fn check(&self, mut answer: impl FnMut(usize) -> Answer) -> Result<(), String> {
        let expect = |i: usize| expected(self.id, &self.requests[i]);
        if !self.id.is_random() {
            return (0..REQUESTS).try_for_each(|i| {
                let (got, want) = (answer(i), expect(i));
                got.is_near(&want).then_some(()).ok_or_else(|| format!("request {i}: {got:?}, not {want:?}"))
            });
        }
        let (yes, no) = match self.id {
            Id::W2 => (Answer::Bool(true), Answer::Bool(false)),
            _ => (Answer::Text(YES.into()), Answer::Text(NO.into())),
        };
        let rounds = 250;
        let (mut hits, mut right) = (0.0, 0.0);
        for i in (0..REQUESTS).cycle().take(rounds * REQUESTS) {
            let got = answer(i);
            if got != yes && got != no {
                return Err(format!("{got:?} is none of the two answers"));
            }
            hits += f64::from(u8::from(got == yes));
            right += match self.id {
                Id::W2 => 0.9,
                _ => self.requests[i]["env"]["ROLLOUT_PERCENTAGE"].as_f64().unwrap_or(f64::NAN) / 100.0,
            };
        }
        let off = (hits - right) / (rounds * REQUESTS) as f64;
        if off.abs() < 0.02 { Ok(()) } else { Err(format!("the share is {:.1} % off", off * 100.0)) }
    }
}

fn request(i: usize, items: usize) -> Value {
    let item = |k: usize| json!({ "price": ((i * 31 + k * 17) % 40) as f64 + 0.5, "qty": 1 + (i + k) % 5 });
    json!({
        "input": {
            "user_id": 1_000 + i * 7,
            "country": if i % 16 == 5 { "XX" } else { "NL" },
            "a": (10 + i) as f64,
            "b": i as f64 + 0.25,
            "c": (i % 9) as f64 + 2.5,
            "user": {
                "name": format!("user-{i}"),
                "plan": if i % 4 == 3 { "free" } else { "pro" },
                "age": 15 + i,
                "blocked": i % 8 == 6,
            },
            "items": (0..items).map(item).collect::<Vec<_>>(),
        },
        "env": { "ROLLOUT_PERCENTAGE": 10 + i % 50, "REGION": "eu-west-1" },
        "a": { "executed": false, "output": null },
        "b": { "executed": i % 3 != 0, "output": format!("answer {i}") },
    })
}

/// The right answer, the plain way; node checks it in turn.
pub fn expected(id: Id, request: &Value) -> Answer {
    let input = &request["input"];
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    match id {
        Id::W1 => Answer::Bool(number(&input["user_id"]) % 2.0 == 0.0),
        Id::W2 | Id::W5 => unreachable!("a draw is expected by its share"),
        Id::W3 => Answer::of(if request["a"]["output"].is_null() {
            &request["b"]["output"]
        } else {
            &request["a"]["output"]
        }),
        Id::W4 => Answer::Text(if request["b"]["executed"] == true { "control" } else { "treatment" }.into()),
        Id::W6 => {
            let user = &input["user"];
            Answer::Bool(
                user["plan"] == "pro"
                    && number(&user["age"]) >= 18.0
                    && user["blocked"] == false
                    && input["country"] != "XX",
            )
        }
        Id::W7 => {
            let count = input["items"].as_array().map_or(0, Vec::len);
            Answer::Text(format!(
                "Hello {}, you have {count} items",
                input["user"]["name"].as_str().unwrap_or_default()
            ))
        }
        Id::W8 => {
            let [a, b, c] = ["a", "b", "c"].map(|key| number(&input[key]));
            Answer::Number((a * 2.0 + b) / (c - 1.0).powi(2) + a % 7.0)
        }
        Id::W9 => {
            let items = input["items"].as_array().map_or(&[][..], Vec::as_slice);
            let kept = items.iter().filter(|item| number(&item["price"]) > 10.0);
            Answer::Number(kept.map(|item| number(&item["price"]) * number(&item["qty"])).sum())
        }
    }
}

/// A draw in [0, 1) for engines that have none of their own, so that generators are not what is compared (xorshift64*,
/// Vigna 2016).
pub fn draw() -> f64 {
    thread_local!(static STATE: Cell<u64> = const { Cell::new(0x9E37_79B9_7F4A_7C15) });
    let mut x = STATE.get();
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    STATE.set(x);
    (x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
}
