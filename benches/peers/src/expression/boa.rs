//! boa: JavaScript in Rust.

use std::hint::black_box;

use boa_engine::{Context, JsObject, JsValue, Source};

use super::{Built, Engine, plain};
use crate::workload::{Answer, NAMES, Workload};

pub const ENGINE: Engine = Engine {
    name: "boa",
    package: "boa_engine",
    source: |id| Some(id.javascript()),
    build,
    compiler: Some(|source| {
        let mut context = Context::default();
        Box::new(move || {
            black_box(compile(&mut context, black_box(source)));
        })
    }),
    is_rust: true,
};

fn compile(context: &mut Context, source: &str) -> JsObject {
    let text = format!("(function (input, env, a, b) {{ return ({source}) }})");
    let function = context.eval(Source::from_bytes(&text)).expect("it compiles");
    function.as_object().expect("a function").clone()
}

fn arguments(request: &serde_json::Value, context: &mut Context) -> [JsValue; 4] {
    NAMES.map(|name| JsValue::from_json(&request[name], context).expect("JSON is a value"))
}

fn build(workload: &'static Workload, source: &'static str) -> Built {
    let (mut context, mut other) = (Context::default(), Context::default());
    let (function, again) = (compile(&mut context, source), compile(&mut other, source));
    let ring: Vec<[JsValue; 4]> =
        workload.requests.iter().map(|request| arguments(request, &mut context)).collect();
    let call = |function: &JsObject, arguments: &[JsValue], context: &mut Context| {
        function.call(&JsValue::undefined(), arguments, context).expect("no error")
    };
    Built {
        prepared: plain(move |at| call(&function, &ring[at], &mut context), read),
        converted: Some(plain(
            move |at| {
                let arguments = arguments(&workload.requests[at], &mut other);
                call(&again, &arguments, &mut other)
            },
            read,
        )),
    }
}

fn read(value: JsValue) -> Answer {
    let text = || value.as_string().expect("a text").to_std_string_escaped();
    let number = value.as_number().map(Answer::Number);
    value.as_boolean().map(Answer::Bool).or(number).unwrap_or_else(|| Answer::Text(text()))
}
