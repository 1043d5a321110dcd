//! QuickJS-ng through rquickjs: a bytecode interpreter in C. The context is entered once a batch.

use std::hint::black_box;

use rquickjs::{Array, Context, Ctx, Function, Object, Persistent, Runtime, Value};

use super::{Built, Engine, Evaluator, leak};
use crate::workload::{Answer, NAMES, REQUESTS, Workload};

pub const ENGINE: Engine = Engine {
    name: "QuickJS (rquickjs)",
    package: "rquickjs",
    source: |id| Some(id.javascript()),
    build,
    compiler: Some(|source| {
        let context = context();
        Box::new(move || {
            context.with(|ctx| {
                black_box(compile(&ctx, black_box(source)));
            });
        })
    }),
    is_rust: false,
};

fn context() -> &'static Context {
    leak(Context::full(&Runtime::new().expect("a runtime")).expect("a context"))
}

fn compile<'js>(ctx: &Ctx<'js>, source: &str) -> Function<'js> {
    ctx.eval(format!("(function (input, env, a, b) {{ return ({source}) }})")).expect("it compiles")
}

fn convert<'js>(ctx: &Ctx<'js>, json: &serde_json::Value) -> Value<'js> {
    use serde_json::Value as Json;
    let ctx = ctx.clone();
    match json {
        Json::Null => Value::new_null(ctx),
        Json::Bool(claim) => Value::new_bool(ctx, *claim),
        Json::Number(number) => match number.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
            Some(whole) => Value::new_int(ctx, whole),
            None => Value::new_float(ctx, number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => rquickjs::String::from_str(ctx, text).expect("a string").into_value(),
        Json::Array(items) => {
            let array = Array::new(ctx.clone()).expect("an array");
            for (at, item) in items.iter().enumerate() {
                array.set(at, convert(&ctx, item)).expect("an item");
            }
            array.into_value()
        }
        Json::Object(map) => {
            let object = Object::new(ctx.clone()).expect("an object");
            for (key, value) in map {
                object.set(key.as_str(), convert(&ctx, value)).expect("a property");
            }
            object.into_value()
        }
    }
}

type Arguments<'js> = [Value<'js>; 4];

fn arguments<'js>(ctx: &Ctx<'js>, request: &serde_json::Value) -> Arguments<'js> {
    NAMES.map(|name| convert(ctx, &request[name]))
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let context = context();
    let (function, ring) = context.with(|ctx| {
        let save = |request| arguments(&ctx, request).map(|value| Persistent::save(&ctx, value));
        let ring: Vec<_> = workload.requests.iter().map(save).collect();
        (Persistent::save(&ctx, compile(&ctx, source)), ring)
    });
    Built {
        prepared: Box::new(Script {
            context,
            function: function.clone(),
            requests: Requests::Prepared(ring),
        }),
        converted: Some(Box::new(Script { context, function, requests: Requests::Json(&workload.requests) })),
    }
}

enum Requests {
    Prepared(Vec<[Persistent<Value<'static>>; 4]>),
    Json(&'static [serde_json::Value]),
}

struct Script {
    context: &'static Context,
    function: Persistent<Function<'static>>,
    requests: Requests,
}

impl Script {
    fn each(&self, wanted: impl Iterator<Item = usize>, mut take: impl FnMut(Value<'_>)) {
        self.context.with(|ctx| {
            let function = self.function.clone().restore(&ctx).expect("of this runtime");
            let ring: Vec<Arguments<'_>> = match &self.requests {
                Requests::Json(_) => Vec::new(),
                Requests::Prepared(ring) => {
                    let restore =
                        |saved: Persistent<Value<'static>>| saved.restore(&ctx).expect("of this runtime");
                    ring.iter().map(|saved| saved.clone().map(restore)).collect()
                }
            };
            for at in wanted {
                let [input, env, a, b] = match &self.requests {
                    Requests::Json(ring) => arguments(&ctx, &ring[at]),
                    Requests::Prepared(_) => ring[at].clone(),
                };
                take(function.call((input, env, a, b)).expect("no error"));
            }
        });
    }
}

impl Evaluator for Script {
    fn run(&mut self, times: usize) {
        self.each((0..times).map(|time| black_box(time % REQUESTS)), |value| {
            black_box(value);
        });
    }

    fn answer(&mut self, request: usize) -> Answer {
        let mut answer = None;
        self.each(std::iter::once(request), |value| {
            let text = || value.as_string().and_then(|text| text.to_string().ok());
            answer = value
                .as_bool()
                .map(Answer::Bool)
                .or_else(|| value.as_number().map(Answer::Number))
                .or_else(|| text().map(Answer::Text));
        });
        answer.expect("a boolean, number or string")
    }
}
