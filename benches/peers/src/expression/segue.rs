//! segue, twice: a program over variables in slots, as an ensemble evaluates its gates; and the façade's expression
//! over one object whose properties are the variables, looked up by name.

use std::hint::black_box;

use segue::Engine as Segue;
use segue::bytecode::Program;
use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::value::{Value, to_value};
use segue::vm::Vm;

use super::{Built, Engine, plain};
use crate::workload::{self, Answer, Id, Workload};

pub const SLOTS: Engine = Engine {
    name: "segue",
    package: "segue",
    source: |id| Some(id.javascript()),
    build: slots,
    compiler: Some(|source| {
        let scope = scope();
        Box::new(move || {
            black_box(program(black_box(source), &scope));
        })
    }),
    is_rust: true,
};

pub const NAMES: Engine = Engine {
    name: "segue, by name",
    package: "segue",
    source: |id| Some(id.javascript()),
    build: by_name,
    compiler: Some(|source| {
        let engine = Segue::new();
        Box::new(move || {
            black_box(engine.compile(black_box(source)).expect("it compiles"));
        })
    }),
    is_rust: true,
};

fn scope() -> Scope {
    let mut scope = Scope::new(Undeclared::Refuse);
    for (slot, name) in (0..).zip(workload::NAMES) {
        scope.variable(name, slot);
    }
    scope.finish();
    scope
}

fn program(source: &str, scope: &Scope) -> Program {
    let expr = segue::syntax::parse(source, scope.declared()).expect("it parses");
    compile(&expr, source, scope).expect("it compiles")
}

fn variables(request: &serde_json::Value) -> [Value; 4] {
    workload::NAMES.map(|name| to_value(&request[name]).expect("JSON is a value"))
}

fn slots(workload: &'static Workload, source: &'static str) -> Built {
    let ring: Vec<_> = workload.requests.iter().map(variables).collect();
    let mut again = slot_evaluator(source);
    let mut evaluate = slot_evaluator(source);
    Built {
        prepared: plain(move |at| evaluate(&ring[at]), answer),
        converted: Some(plain(move |at| again(&variables(&workload.requests[at])), answer)),
    }
}

fn slot_evaluator(source: &str) -> impl FnMut(&[Value; 4]) -> Value + use<> {
    let program = program(source, &scope());
    let (mut vm, mut stream, mut position) = (Vm::default(), Stream::seeded(Seed::default()), 0);
    move |variables| {
        let mut draws = stream.cursor_at(position);
        let value = vm.run(&program, variables, &mut draws).expect("it does not throw");
        position = draws.position();
        value
    }
}

fn by_name(workload: &'static Workload, source: &'static str) -> Built {
    let expression = Segue::new().compile(source).expect("it compiles");
    let again = expression.clone();
    let whole = |request| to_value(request).expect("JSON is a value");
    let ring: Vec<Value> = workload.requests.iter().map(whole).collect();
    Built {
        prepared: plain(move |at| expression.eval_value(&ring[at]).expect("it does not throw"), answer),
        converted: Some(plain(
            move |at| again.eval(&workload.requests[at]).expect("it does not throw"),
            answer,
        )),
    }
}

fn answer(value: Value) -> Answer {
    match value {
        Value::Bool(claim) => Answer::Bool(claim),
        Value::Number(number) => Answer::Number(number),
        other => Answer::Text(other.to_json_string().trim_matches('"').to_owned()),
    }
}

/// Requests as JSON text: W1's expression over them, what it does not read only checked.
pub fn over_text(texts: &[String]) -> impl FnMut(usize) {
    let expression = Segue::new().compile(Id::W1.javascript()).expect("it compiles");
    move |times| {
        for time in 0..times {
            let text = &texts[black_box(time % texts.len())];
            black_box(expression.eval_json(text).expect("it is JSON, and does not throw"));
        }
    }
}

/// The same, all of each text made into values first.
pub fn over_whole_text(texts: &[String]) -> impl FnMut(usize) {
    let expression = Segue::new().compile(Id::W1.javascript()).expect("it compiles");
    move |times| {
        for time in 0..times {
            let context = Value::from_json(&texts[black_box(time % texts.len())]).expect("JSON");
            black_box(expression.eval_value(&context).expect("it does not throw"));
        }
    }
}

/// One program, shared by so many threads, each of which has a machine of its own: evaluations a second, all together.
pub fn shared(id: Id, threads: usize, times: usize) -> f64 {
    let program = program(id.javascript(), &scope());
    let ring: Vec<_> = Workload::new(id).requests.iter().map(variables).collect();
    let (program, ring) = (&program, &ring);
    // CPU time, so that a neighbour on a core does not count; threads that hinder each other take more of it.
    let rates: Vec<f64> = std::thread::scope(|scope| {
        let worker = || {
            let (mut vm, mut stream) = (Vm::default(), Stream::seeded(Seed::default()));
            let begun = cpu_time::ThreadTime::now();
            for time in 0..times {
                let variables = &ring[black_box(time % ring.len())];
                black_box(vm.run(program, variables, &mut stream.cursor()).expect("it does not throw"));
            }
            times as f64 / begun.elapsed().as_secs_f64()
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().expect("it does not panic")).collect()
    });
    rates.iter().sum()
}
