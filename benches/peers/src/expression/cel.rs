//! cel: the Common Expression Language, with strict number types. It has no power, `%` for integers only, and no fold:
//! the host lends `total`.

use std::hint::black_box;
use std::sync::Arc;

use ::cel::{Context, Env, Value};

use super::{Built, Engine, leak, plain};
use crate::workload::{Answer, Id, NAMES, Workload, draw};

pub const ENGINE: Engine = Engine {
    name: "cel",
    package: "cel",
    source,
    build,
    compiler: Some(|source| {
        let env = Env::stdlib();
        Box::new(move || {
            black_box(env.compile(black_box(source)).expect("it compiles"));
        })
    }),
    is_rust: true,
};

fn source(id: Id) -> Option<&'static str> {
    Some(match id {
        Id::W1 => "input.user_id % 2u == 0u",
        Id::W2 => "draw() < 0.9",
        Id::W3 => "a.output != null ? a.output : b.output",
        Id::W4 => "b.executed ? 'control' : 'treatment'",
        Id::W5 => {
            "draw() * 100.0 < env.ROLLOUT_PERCENTAGE ? 'prompts/extraction@v1.1.0' : 'prompts/extraction@v1.0.0'"
        }
        Id::W6 => {
            "input.user.plan == 'pro' && input.user.age >= 18 && !input.user.blocked && input.country != 'XX'"
        }
        Id::W7 => "'Hello ' + input.user.name + ', you have ' + string(size(input.items)) + ' items'",
        Id::W8 => {
            "(input.a * 2.0 + input.b) / ((input.c - 1.0) * (input.c - 1.0)) + double(int(input.a) % 7)"
        }
        Id::W9 => "total(input.items.filter(x, x.price > 10.0).map(x, x.price * double(x.qty)))",
    })
}

fn context(env: &Arc<Env>) -> Context<'static, 'static> {
    let mut context = Context::with_env(env.clone());
    context.add_function("draw", draw).expect("a function");
    let number = |value: &Value| if let Value::Float(number) = value { *number } else { f64::NAN };
    let total = move |values: Arc<Vec<Value>>| values.iter().map(number).sum::<f64>();
    context.add_function("total", total).expect("a function");
    context
}

fn fill(context: &mut Context<'_, '_>, request: &serde_json::Value) {
    for name in NAMES {
        context.add_variable_from_value(name, ::cel::to_value(&request[name]).expect("JSON is a value"));
    }
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let env = Arc::new(Env::stdlib());
    let program: &'static ::cel::Program = leak(env.compile(source).expect("it compiles"));
    let filled = |request| {
        let mut context = context(&env);
        fill(&mut context, request);
        context
    };
    let ring: Vec<_> = workload.requests.iter().map(filled).collect();
    let mut again = context(&env);
    Built {
        prepared: plain(move |at| program.execute(&ring[at]).expect("no error"), read),
        converted: Some(plain(
            move |at| {
                fill(&mut again, &workload.requests[at]);
                program.execute(&again).expect("no error")
            },
            read,
        )),
    }
}

fn read(value: Value) -> Answer {
    match value {
        Value::Bool(claim) => Answer::Bool(claim),
        Value::Float(number) => Answer::Number(number),
        Value::String(text) => Answer::Text(text.to_string()),
        other => Answer::Text(format!("{other:?}")),
    }
}
