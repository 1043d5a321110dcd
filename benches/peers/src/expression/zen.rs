//! zen-expression: a bytecode machine over decimals. Its `rand` draws integers, and a host adds no functions.

use std::hint::black_box;

use zen_expression::vm::VM;
use zen_expression::{Variable, compile_expression};

use super::{Built, Engine, plain};
use crate::workload::{Answer, Id, Workload};

pub const ENGINE: Engine = Engine {
    name: "zen-expression",
    package: "zen-expression",
    source,
    build,
    compiler: Some(|source| {
        Box::new(move || {
            black_box(compile_expression(black_box(source)).expect("it compiles"));
        })
    }),
    is_rust: true,
};

fn source(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::W1 => "input.user_id % 2 == 0",
        Id::W2 => "rand(999999) < 900000",
        Id::W3 => "a.output ?? b.output",
        Id::W4 => "b.executed ? 'control' : 'treatment'",
        Id::W5 => {
            "rand(99) < env.ROLLOUT_PERCENTAGE ? 'prompts/extraction@v1.1.0' : 'prompts/extraction@v1.0.0'"
        }
        Id::W6 => {
            "input.user.plan == 'pro' and input.user.age >= 18 and not input.user.blocked and input.country != 'XX'"
        }
        Id::W7 => "`Hello ${input.user.name}, you have ${len(input.items)} items`",
        Id::W8 => "(input.a * 2 + input.b) / (input.c - 1) ^ 2 + input.a % 7",
        Id::W9 => "sum(map(filter(input.items, #.price > 10), #.price * #.qty))",
    })
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let expression = compile_expression(source).expect("it compiles");
    let again = expression.clone();
    let ring: Vec<Variable> = workload.requests.iter().map(Variable::from).collect();
    let (mut vm, mut other) = (VM::new(), VM::new());
    let read = |value: Variable| Answer::of(&serde_json::Value::from(value));
    Built {
        prepared: plain(
            move |at| expression.evaluate_with(ring[at].clone(), &mut vm).expect("no error"),
            read,
        ),
        converted: Some(plain(
            move |at| {
                let request = Variable::from(&workload.requests[at]);
                again.evaluate_with(request, &mut other).expect("no error")
            },
            read,
        )),
    }
}
