//! rhai with its feature `sync`, as a host with threads needs it. `||` gives booleans there: W3 is `??`.

use std::hint::black_box;

use ::rhai::{Dynamic, Scope};

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, NAMES, Workload, draw};

pub const ENGINE: Engine = Engine {
    name: "rhai",
    package: "rhai",
    source,
    build,
    compiler: Some(|source| {
        let engine = engine();
        Box::new(move || {
            black_box(engine.compile(black_box(source)).expect("it compiles"));
        })
    }),
    is_rust: true,
};

fn source(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::W1 => "input.user_id % 2 == 0",
        Id::W2 => "draw() < 0.9",
        Id::W3 => "a.output ?? b.output",
        Id::W4 => r#"if b.executed { "control" } else { "treatment" }"#,
        Id::W5 => {
            r#"if draw() * 100 < env.ROLLOUT_PERCENTAGE { "prompts/extraction@v1.1.0" } else { "prompts/extraction@v1.0.0" }"#
        }
        Id::W6 => {
            r#"input.user.plan == "pro" && input.user.age >= 18 && !input.user.blocked && input.country != "XX""#
        }
        Id::W7 => "`Hello ${input.user.name}, you have ${input.items.len} items`",
        Id::W8 => "(input.a * 2 + input.b) / (input.c - 1) ** 2 + input.a % 7",
        Id::W9 => "input.items.filter(|x| x.price > 10).map(|x| x.price * x.qty).reduce(|s, v| s + v, 0)",
    })
}

fn engine() -> ::rhai::Engine {
    let mut engine = ::rhai::Engine::new();
    engine.register_fn("draw", draw);
    engine
}

fn scope(request: &serde_json::Value) -> Scope<'static> {
    let mut scope = Scope::new();
    for name in NAMES {
        scope.push_dynamic(name, ::rhai::serde::to_dynamic(&request[name]).expect("JSON is a value"));
    }
    scope
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let engine = leak(engine());
    let ast = leak(engine.compile(source).expect("it compiles"));
    let evaluate =
        |scope: &mut Scope<'static>| engine.eval_ast_with_scope::<Dynamic>(scope, ast).expect("no error");
    let mut ring: Vec<Scope<'static>> = workload.requests.iter().map(scope).collect();
    Built {
        prepared: plain(move |at| evaluate(&mut ring[at]), read),
        converted: Some(plain(move |at| evaluate(&mut scope(&workload.requests[at])), read)),
    }
}

fn read(value: Dynamic) -> Answer {
    if let Ok(claim) = value.as_bool() {
        Answer::Bool(claim)
    } else if let Ok(number) = value.as_float() {
        Answer::Number(number)
    } else if let Ok(number) = value.as_int() {
        Answer::Number(number as f64)
    } else {
        Answer::Text(value.into_string().expect("a text"))
    }
}
