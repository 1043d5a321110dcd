//! How segue's cost grows: the time at three sizes, ten times apart, and the exponent between the last two. 1 is linear.

use std::fmt::Write;
use std::hint::black_box;

use cpu_time::ThreadTime;
use segue::value::{Value, to_value};
use segue::vm::Limits;
use segue::{Engine, context};
use serde_json::json;

use crate::measure::median;
use crate::report::digits;

/// Milliseconds of CPU time.
fn milliseconds<T>(mut job: impl FnMut() -> T) -> f64 {
    let once = || {
        let begun = ThreadTime::now();
        black_box(job());
        begun.elapsed().as_secs_f64() * 1e3
    };
    median(std::iter::repeat_with(once).take(5).collect())
}

fn sum(bytes: usize) -> String {
    let mut text = String::from("input.x");
    while text.len() < bytes {
        text.push_str(" + input.x");
    }
    text
}

fn list(bytes: usize) -> String {
    let mut text = String::from("[1");
    while text.len() < bytes {
        text.push_str(", {a: 'b'}, input.x");
    }
    text.push(']');
    text
}

fn items(count: usize) -> Value {
    let item = |k: usize| json!({ "price": (k * 17 % 40) as f64 + 0.5, "qty": 1 + k % 5 });
    to_value(&json!({ "input": { "items": (0..count).map(item).collect::<Vec<_>>() } }))
        .expect("JSON is a value")
}

fn keys(count: usize) -> serde_json::Value {
    let pairs = (0..count).map(|k| (format!("key_{k}"), json!(k)));
    json!({ "input": pairs.collect::<serde_json::Map<_, _>>() })
}

fn agents(count: usize, needs: impl Fn(usize) -> Option<usize>) -> String {
    let mut text = String::from("ensemble: many\nagents:\n");
    for at in 0..count {
        let _ = writeln!(text, "  - name: a{at}\n    operation: transform\n    config: {{value: 1}}");
        if let Some(need) = needs(at) {
            let _ = writeln!(text, "    depends_on: a{need}");
        }
    }
    text.push_str("output: done\n");
    text
}

/// One row: what, the unit of the sizes, three sizes, and the time at a size.
type Row = (&'static str, [usize; 3], fn(usize) -> f64);

const ROWS: &[Row] = &[
    ("bytes of `input.x + input.x + …`, compiled", [10_000, 100_000, 1_000_000], |bytes| {
        let (engine, text) = (Engine::new(), sum(bytes));
        milliseconds(|| engine.compile(&text).expect("it compiles"))
    }),
    ("the same, evaluated", [10_000, 100_000, 1_000_000], |bytes| {
        let expression = Engine::new().compile(&sum(bytes)).expect("it compiles");
        let context = context! { input: { x: 1 } };
        milliseconds(|| expression.eval_value(&context).expect("no error"))
    }),
    ("bytes of a list of objects, compiled", [10_000, 100_000, 1_000_000], |bytes| {
        let (engine, text) = (Engine::new(), list(bytes));
        milliseconds(|| engine.compile(&text).expect("it compiles"))
    }),
    ("items through filter, map and reduce", [10_000, 100_000, 1_000_000], |count| {
        let text =
            "input.items.filter(x => x.price > 10).map(x => x.price * x.qty).reduce((s, v) => s + v, 0)";
        let (expression, context) = (Engine::new().compile(text).expect("it compiles"), items(count));
        milliseconds(|| expression.eval_value(&context).expect("no error"))
    }),
    ("items sorted", [10_000, 100_000, 1_000_000], |count| {
        let text = "input.items.map(x => x.price).sort((a, b) => a - b).length";
        // A million of them take twenty million comparisons, which is more than the usual limit allows.
        let mut limits = Limits::default();
        limits.fuel *= 10;
        let engine = Engine::builder().limits(limits).build();
        let (expression, context) = (engine.compile(text).expect("it compiles"), items(count));
        milliseconds(|| expression.eval_value(&context).expect("no error"))
    }),
    ("items of JSON text, read", [10_000, 100_000, 1_000_000], |count| {
        let text = items(count).to_json_string();
        milliseconds(|| Value::from_json(&text).expect("JSON"))
    }),
    ("keys of a context, converted and one of them read", [100, 1_000, 10_000], |count| {
        let expression = Engine::new().compile("input.key_77").expect("it compiles");
        let context = keys(count);
        milliseconds(|| expression.eval(&context).expect("no error"))
    }),
    ("agents on their own, loaded", [1_000, 10_000, 100_000], |count| {
        let (engine, text) = (Engine::new(), agents(count, |_| None));
        milliseconds(|| engine.load_str("many.yaml", &text).expect("it is good"))
    }),
    ("the same, run", [1_000, 10_000, 100_000], |count| {
        let ensemble = Engine::new().load_str("many.yaml", &agents(count, |_| None)).expect("it is good");
        milliseconds(|| ensemble.run(Value::Null).blocking().expect("nothing refuses it"))
    }),
    ("agents in one chain, loaded", [1_000, 10_000, 100_000], |count| {
        let (engine, text) = (Engine::new(), agents(count, |at| at.checked_sub(1)));
        milliseconds(|| engine.load_str("many.yaml", &text).expect("it is good"))
    }),
    ("the same, run", [1_000, 10_000, 100_000], |count| {
        let text = agents(count, |at| at.checked_sub(1));
        let ensemble = Engine::new().load_str("many.yaml", &text).expect("it is good");
        milliseconds(|| ensemble.run(Value::Null).blocking().expect("nothing refuses it"))
    }),
];

/// The table.
pub fn table() -> String {
    let mut table = String::from("| sizes | ms | | | exponent |\n|---|--:|--:|--:|--:|\n");
    for (what, sizes, time) in ROWS {
        eprintln!("{what}");
        let [small, middle, large] = sizes.map(time);
        let exponent = (large / middle).log10();
        let [first, .., last] = sizes;
        let _ = writeln!(
            table,
            "| {first} to {last} {what} | {} | {} | {} | {exponent:.2} |",
            digits(small),
            digits(middle),
            digits(large)
        );
    }
    table
}
