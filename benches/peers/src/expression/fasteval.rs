//! fasteval: numbers only, names through a callback; what pure arithmetic costs. Its W10 has numbers for strings.

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

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let mut slab = Slab::new();
    let parsed = Parser::new().parse(source, &mut slab.ps).expect("it parses");
    let compiled = parsed.from(&slab.ps).compile(&slab.ps, &mut slab.cs);
    let program = leak((compiled, slab));
    let evaluate = move |numbers: &[f64; 4]| {
        let mut name = |name: &str, _: Vec<f64>| match name {
            "user_id" => Some(numbers[0]),
            "a" => Some(numbers[1]),
            "b" => Some(numbers[2]),
            "c" => Some(numbers[3]),
            "draw" => Some(draw()),
            _ => None,
        };
        program.0.eval(&program.1, &mut name).expect("no error")
    };
    let numbers = |request: &serde_json::Value| {
        ["user_id", "a", "b", "c"].map(|key| request["input"][key].as_f64().unwrap_or(f64::NAN))
    };
    let is_claim = workload.id != Id::W8;
    let read = move |number: f64| if is_claim { Answer::Bool(number != 0.0) } else { Answer::Number(number) };
    let ring: Vec<[f64; 4]> = workload.requests.iter().map(numbers).collect();
    Built {
        prepared: plain(move |at| evaluate(&ring[at]), read),
        converted: Some(plain(move |at| evaluate(&numbers(&workload.requests[at])), read)),
    }
}
