//! Expressions, stage by stage: lexing and parsing, compiling, evaluating, rendering; a new input each time.
//!
//! Each group has a baseline in the same run: hand-written Rust over `serde_json::Value` that gives the same answer,
//! or the generator alone. Quote ratios to it, not nanoseconds.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use segue::Engine;
use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::syntax::{self, ast::Expr};
use segue::template::Template;
use segue::value::Value;
use segue::vm::Vm;
use serde_json::json;

/// So many requests are gone through in turn.
const REQUESTS: usize = 64;

/// The reference's expressions, and two that are longer.
const GATE: &str = "input.user_id % 2 === 0";
const DRAW: &str = "Math.random() < 0.9";
const MERGE: &str = "stable.output || canary.output";
const CHOICE: &str = "Math.random() * 100 < env.ROLLOUT_PERCENTAGE ? 'prompts/extraction@v1.1.0' : 'prompts/extraction@v1.0.0'";
const SEGMENT: &str =
    "input.user.plan === 'pro' && input.user.age >= 18 && !input.user.blocked && input.country !== 'XX'";
const TOTAL: &str =
    "input.items.filter(x => x.price > 10).map(x => x.price * x.qty).reduce((s, v) => s + v, 0)";
const TEXT: &str = "Hello ${input.user.name}, you have ${input.items.length} items";

fn requests() -> Vec<serde_json::Value> {
    (0..REQUESTS)
        .map(|i| {
            let items: Vec<_> =
                (0..20).map(|k| json!({ "price": ((i * 31 + k * 17) % 40) as f64 + 0.5, "qty": 1 + (i + k) % 5 })).collect();
            json!({
                "input": {
                    "user_id": 1_000 + i * 7,
                    "country": if i % 16 == 5 { "XX" } else { "NL" },
                    "user": { "name": format!("user{i}"), "plan": if i % 3 == 0 { "pro" } else { "free" }, "age": 15 + i, "blocked": i % 11 == 0 },
                    "items": items,
                },
                "env": { "ROLLOUT_PERCENTAGE": "10" },
                "stable": { "executed": i % 2 == 0, "output": if i % 2 == 0 { json!("from stable") } else { json!(null) } },
                "canary": { "executed": i % 2 == 1, "output": "from canary" },
            })
        })
        .collect()
}

const NAMES: [&str; 4] = ["input", "env", "stable", "canary"];

fn scope() -> Scope {
    let mut scope = Scope::new(Undeclared::Refuse);
    for (slot, name) in (0..).zip(NAMES) {
        scope.variable(name, slot);
    }
    scope.finish();
    scope
}

fn variables(request: &serde_json::Value) -> [Value; 4] {
    NAMES.map(|name| segue::value::to_value(&request[name]).expect("JSON is a value"))
}

fn parsed(source: &str, scope: &Scope) -> Expr {
    syntax::parse(source, scope.declared()).expect("the benchmark's own expression")
}

fn source_to_program(c: &mut Criterion) {
    let scope = scope();
    let mut group = c.benchmark_group("compile");
    group.bench_function("baseline_serde_json_text", |b| {
        // About as long as the expression.
        let text = r#"{"user":{"plan":"pro","age":18,"blocked":false},"country":"XX","and":["so","on"]}"#;
        b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(text)).expect("JSON"));
    });
    for (name, source) in [("gate", GATE), ("segment", SEGMENT), ("total", TOTAL)] {
        group.bench_function(format!("{name}/lex"), |b| {
            b.iter(|| syntax::classes(black_box(source), scope.declared()));
        });
        group.bench_function(format!("{name}/parse"), |b| b.iter(|| parsed(black_box(source), &scope)));
        let expr = parsed(source, &scope);
        group.bench_function(format!("{name}/compile"), |b| {
            b.iter(|| compile(black_box(&expr), source, &scope).expect("it compiles"));
        });
        group.bench_function(format!("{name}/whole"), |b| {
            b.iter(|| compile(&parsed(black_box(source), &scope), source, &scope).expect("it compiles"));
        });
    }
    group.finish();
}

fn evaluate(c: &mut Criterion) {
    let (scope, requests) = (scope(), requests());
    let prepared: Vec<_> = requests.iter().map(variables).collect();
    let mut group = c.benchmark_group("eval");
    group.bench_function("gate/baseline_serde_json", |b| {
        let mut turn = requests.iter().cycle();
        b.iter(|| {
            turn.next().and_then(|request| request["input"]["user_id"].as_f64()).map(|id| id % 2.0 == 0.0)
        });
    });
    group.bench_function("draw/baseline_generator", |b| {
        let mut stream = Stream::seeded(Seed::default());
        let mut n = 0;
        b.iter(|| {
            n += 1;
            stream.draw(n) < black_box(0.9)
        });
    });
    group.bench_function("total/baseline_serde_json", |b| {
        let mut turn = requests.iter().cycle();
        b.iter(|| turn.next().map(total_by_hand));
    });
    let cases = [
        ("gate", GATE),
        ("draw", DRAW),
        ("merge", MERGE),
        ("choice", CHOICE),
        ("segment", SEGMENT),
        ("total", TOTAL),
    ];
    for (name, source) in cases {
        let program = compile(&parsed(source, &scope), source, &scope).expect("it compiles");
        let (mut vm, mut stream, mut turn) =
            (Vm::default(), Stream::seeded(Seed::default()), prepared.iter().cycle());
        let mut position = 0;
        group.bench_function(format!("{name}/compiled"), |b| {
            b.iter(|| {
                let variables = turn.next().expect("a cycle has no end");
                let mut draws = stream.cursor_at(position);
                let value = vm.run(&program, variables, &mut draws).expect("it does not throw");
                position = draws.position();
                value
            });
        });
    }
    group.finish();
}

fn total_by_hand(request: &serde_json::Value) -> f64 {
    let items = request["input"]["items"].as_array().map_or(&[][..], Vec::as_slice);
    let number = |item: &serde_json::Value, key: &str| item[key].as_f64().unwrap_or(f64::NAN);
    let kept = items.iter().filter(|item| number(item, "price") > 10.0);
    kept.map(|item| number(item, "price") * number(item, "qty")).sum()
}

fn render(c: &mut Criterion) {
    let (scope, requests) = (scope(), requests());
    let prepared: Vec<_> = requests.iter().map(variables).collect();
    let template = Template::compile(TEXT, &scope).expect("it compiles");
    let mut group = c.benchmark_group("template");
    group.bench_function("baseline_format", |b| {
        let mut turn = requests.iter().cycle();
        b.iter(|| {
            let input = &turn.next().expect("a cycle has no end")["input"];
            let count = input["items"].as_array().map_or(0, Vec::len);
            format!("Hello {}, you have {count} items", input["user"]["name"].as_str().unwrap_or_default())
        });
    });
    let (mut vm, mut stream, mut turn) =
        (Vm::default(), Stream::seeded(Seed::default()), prepared.iter().cycle());
    group.bench_function("rendered", |b| {
        b.iter(|| {
            let variables = turn.next().expect("a cycle has no end");
            template.eval(&mut vm, variables, &mut stream.cursor()).expect("nothing is missing")
        });
    });
    group.finish();
}

fn request_as_text(c: &mut Criterion) {
    let texts: Vec<String> = requests().iter().map(ToString::to_string).collect();
    let gate = Engine::new().compile(GATE).expect("it compiles");
    let mut group = c.benchmark_group("json_text");
    let mut turn = texts.iter().cycle();
    let mut next = || turn.next().expect("a cycle has no end");
    group.bench_function("baseline_serde_json", |b| {
        b.iter(|| serde_json::from_str::<serde_json::Value>(next()));
    });
    group.bench_function("read_and_evaluated", |b| {
        b.iter(|| {
            let context = Value::from_json(next()).expect("JSON");
            gate.eval_value(&context).expect("it does not throw")
        });
    });
    group.bench_function("read_in_part_and_evaluated", |b| {
        b.iter(|| gate.eval_json(next()).expect("it is JSON, and does not throw"));
    });
    group.finish();
}

criterion_group!(benches, source_to_program, evaluate, render, request_as_text);
criterion_main!(benches);
