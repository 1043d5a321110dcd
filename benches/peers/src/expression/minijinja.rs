//! minijinja: Jinja's expressions on a bytecode machine. It has no lambdas, so no W9.

use std::hint::black_box;

use ::minijinja::value::{Serde, Value, ValueKind};
use ::minijinja::{Environment, Expression};

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, Workload, draw};

pub const ENGINE: Engine = Engine {
    name: "minijinja",
    package: "minijinja",
    source,
    build,
    compiler: Some(|source| {
        let environment = environment();
        Box::new(move || {
            black_box(environment.compile_expression(black_box(source)).expect("it compiles"));
        })
    }),
    is_rust: true,
};

fn source(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::W1 => "input.user_id % 2 == 0",
        Id::W2 => "draw() < 0.9",
        Id::W3 => "a.output or b.output",
        Id::W4 => "'control' if b.executed else 'treatment'",
        Id::W5 => {
            "'prompts/extraction@v1.1.0' if draw() * 100 < env.ROLLOUT_PERCENTAGE else 'prompts/extraction@v1.0.0'"
        }
        Id::W6 => {
            "input.user.plan == 'pro' and input.user.age >= 18 and not input.user.blocked and input.country != 'XX'"
        }
        Id::W7 => "'Hello ' ~ input.user.name ~ ', you have ' ~ input.items|length ~ ' items'",
        Id::W8 => "(input.a * 2 + input.b) / (input.c - 1) ** 2 + input.a % 7",
        Id::W9 => return None,
    })
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.add_function("draw", draw);
    environment
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let expression: &'static Expression<'_, '_> =
        leak(leak(environment()).compile_expression(source).expect("it compiles"));
    let convert = |request| Value::from(Serde(request));
    let ring: Vec<Value> = workload.requests.iter().map(convert).collect();
    Built {
        prepared: plain(move |at| expression.eval(ring[at].clone()).expect("no error"), read),
        converted: Some(plain(
            move |at| expression.eval(convert(&workload.requests[at])).expect("no error"),
            read,
        )),
    }
}

fn read(value: Value) -> Answer {
    match value.kind() {
        ValueKind::Bool => Answer::Bool(value.is_true()),
        ValueKind::Number => Answer::Number(f64::try_from(value).expect("a number")),
        _ => Answer::Text(value.as_str().expect("a text").to_owned()),
    }
}
