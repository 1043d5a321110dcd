//! fasteval: numbers only, names through a callback; what pure arithmetic costs. In its W6 and W10 texts and booleans
//! are numbers, made beforehand.

use std::hint::black_box;

use ::fasteval::{Compiler, Evaler, Parser, Slab};

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, Workload, draw};

pub const ENGINE: Engine = Engine {
    name: "fasteval",
    package: "fasteval",
    source: |id| match id {
        Id::W1 => Some("user_id % 2 == 0"),
        Id::W2 => Some("draw() < 0.9"),
        Id::W6 => Some("plan == 1 && age >= 18 && blocked == 0 && country != 2"),
        Id::W8 => Some("(a * 2 + b) / (c - 1) ^ 2 + a % 7"),
        _ => None,
    },
    build,
    compiler: Some(|source| {
        Box::new(move || {
            let mut slab = Slab::new();
            let parsed = Parser::new().parse(black_box(source), &mut slab.ps).expect("it parses");
            black_box(parsed.from(&slab.ps).compile(&slab.ps, &mut slab.cs));
        })
    }),
    is_rust: true,
};

const NAMES: [&str; 8] = ["user_id", "a", "b", "c", "plan", "age", "blocked", "country"];

/// What stands for the names in a request.
fn numbers(request: &serde_json::Value) -> [f64; NAMES.len()] {
    let input = &request["input"];
    let number = |value: &serde_json::Value| value.as_f64().unwrap_or(f64::NAN);
    let claim = |claim: bool| f64::from(u8::from(claim));
    [
        number(&input["user_id"]),
        number(&input["a"]),
        number(&input["b"]),
        number(&input["c"]),
        claim(input["user"]["plan"] == "pro"),
        number(&input["user"]["age"]),
        claim(input["user"]["blocked"] == true),
        2.0 * claim(input["country"] == "XX"),
    ]
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let mut slab = Slab::new();
    let parsed = Parser::new().parse(source, &mut slab.ps).expect("it parses");
    let compiled = parsed.from(&slab.ps).compile(&slab.ps, &mut slab.cs);
    let program = leak((compiled, slab));
    let evaluate = move |numbers: &[f64; NAMES.len()]| {
        let mut value = |name: &str, _: Vec<f64>| match NAMES.iter().position(|known| *known == name) {
            Some(at) => Some(numbers[at]),
            None => (name == "draw").then(draw),
        };
        program.0.eval(&program.1, &mut value).expect("no error")
    };
    let is_claim = workload.id != Id::W8;
    let read = move |number: f64| if is_claim { Answer::Bool(number != 0.0) } else { Answer::Number(number) };
    let ring: Vec<_> = workload.requests.iter().map(numbers).collect();
    Built {
        prepared: plain(move |at| evaluate(&ring[at]), read),
        converted: Some(plain(move |at| evaluate(&numbers(&workload.requests[at])), read)),
    }
}
