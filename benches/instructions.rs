//! Ten cases by the instructions that they take, which is the same on every run: for close calls, and for `.ci/run`.
//!
//! `cargo bench --bench instructions` counts under valgrind, compares with `benches/instructions.txt` and fails where a
//! case has grown by more than 5 %; `-- --accept` writes the counts anew. Counts depend on the compiler: with another
//! one than the file names, or without valgrind, it says that it skips. A case runs alone with `-- --run NAME TIMES`,
//! for a profiler.

use std::fmt::Write;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use segue::Engine;
use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream, run_seed};
use segue::ensemble::operation::{Call, Operation, Performing};
use segue::template::Template;
use segue::value::{ObjectBuilder, Value, to_value};
use segue::vm::Vm;
use serde_json::json;

const COUNTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");

/// More than this is growth.
const TOLERANCE: f64 = 0.05;

/// What is done so many times.
type Case = fn(usize);

const CASES: [(&str, Case); 12] = [
    ("gate", |times| expression("input.user_id % 2 === 0", times)),
    ("draw", |times| expression("Math.random() < 0.9", times)),
    ("merge", |times| expression("stable.output || canary.output", times)),
    ("choice", |times| {
        expression(
            "Math.random() * 100 < env.ROLLOUT_PERCENTAGE ? 'prompts/extraction@v1.1.0' : 'prompts/extraction@v1.0.0'",
            times,
        );
    }),
    ("segment", |times| {
        expression(
            "input.user.plan === 'pro' && input.user.age >= 18 && !input.user.blocked && input.country !== 'XX'",
            times,
        );
    }),
    ("total", |times| {
        expression(
            "input.items.filter(x => x.price > 10).map(x => x.price * x.qty).reduce((s, v) => s + v, 0)",
            times,
        );
    }),
    ("text", text),
    ("by_name", by_name),
    ("convert", convert),
    ("compile", compilation),
    ("load", load),
    ("run", run),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--run", name, times, ..] => {
            let times = times.parse().expect("a number of times");
            case(name)(times);
            ExitCode::SUCCESS
        }
        words if words.contains(&"--bench") => count(words.contains(&"--accept")),
        // `cargo test` only wants to know whether it works.
        _ => {
            CASES.iter().for_each(|(_, case)| case(1));
            ExitCode::SUCCESS
        }
    }
}

fn case(name: &str) -> Case {
    CASES.iter().find(|(known, _)| *known == name).expect("a case of this name").1
}

fn count(is_accepting: bool) -> ExitCode {
    let compiler = said("rustc", &["--version"]).unwrap_or_default();
    if said("valgrind", &["--version"]).is_none() {
        println!("skipped: valgrind is not installed (instruction counts)");
        return ExitCode::SUCCESS;
    }
    let written = std::fs::read_to_string(COUNTS).unwrap_or_default();
    let mut lines = written.lines();
    let pinned = lines.next().unwrap_or_default();
    if !is_accepting && pinned != compiler {
        println!("skipped: the instruction counts are {pinned}'s, and this is {compiler}");
        return ExitCode::SUCCESS;
    }
    let before = |name: &str| {
        let mut lines = lines.clone();
        lines.find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
    };
    let mut text = format!("{compiler}\n");
    let mut grown = Vec::new();
    for (name, _) in CASES {
        let now = instructions(name);
        let change = before(name).map(|before| now / before - 1.0);
        let shown = change.map_or_else(String::new, |change| format!("{:+.1} %", change * 100.0));
        println!("{name:<10} {now:>10.0}  {shown}");
        if change.is_none_or(|change| change > TOLERANCE) {
            grown.push(name);
        }
        let _ = writeln!(text, "{name:<10} {now:.0}");
    }
    if is_accepting {
        std::fs::write(COUNTS, text).expect("the counts can be written");
    } else if !grown.is_empty() {
        println!("more instructions than {COUNTS} allows: {}", grown.join(", "));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What doing a case once takes: the difference of many and few, so that starting up is not in it.
fn instructions(name: &str) -> f64 {
    const FEW: usize = 64;
    const MANY: usize = 64 * 9;
    (total(name, MANY) - total(name, FEW)) / (MANY - FEW) as f64
}

fn total(name: &str, times: usize) -> f64 {
    let this = std::env::current_exe().expect("the benchmark's own file");
    let ran = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(this)
        .args(["--run", name, &times.to_string()])
        .output();
    let said = ran.expect("valgrind was there a moment ago").stderr;
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().find(|line| line.contains("I   refs:")).unwrap_or_else(|| panic!("{said}"));
    let digits: String =
        line.rsplit(':').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a number of instructions")
}

fn said(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program).args(words).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

const NAMES: [&str; 4] = ["input", "env", "stable", "canary"];

/// A new one each time, as in life.
fn request(i: usize) -> serde_json::Value {
    let item = |k: usize| json!({ "price": ((i * 31 + k * 17) % 40) as f64 + 0.5, "qty": 1 + (i + k) % 5 });
    json!({
        "input": {
            "user_id": 1_000 + i * 7,
            "country": if i % 16 == 5 { "XX" } else { "NL" },
            "user": { "name": format!("user{i}"), "plan": if i.is_multiple_of(3) { "free" } else { "pro" }, "age": 15 + i, "blocked": i.is_multiple_of(11) },
            "items": (0..20).map(item).collect::<Vec<_>>(),
        },
        "env": { "ROLLOUT_PERCENTAGE": "10" },
        "stable": { "executed": i.is_multiple_of(2), "output": if i.is_multiple_of(2) { json!("from stable") } else { json!(null) } },
        "canary": { "executed": i % 2 == 1, "output": "from canary" },
    })
}

fn requests() -> Vec<[Value; 4]> {
    let one = |i| {
        let request = request(i);
        NAMES.map(|name| to_value(&request[name]).expect("JSON is a value"))
    };
    (0..64).map(one).collect()
}

fn scope() -> Scope {
    let mut scope = Scope::new(Undeclared::Refuse);
    for (slot, name) in (0..).zip(NAMES) {
        scope.variable(name, slot);
    }
    scope.finish();
    scope
}

fn expression(source: &str, times: usize) {
    let (scope, requests) = (scope(), requests());
    let expr = segue::syntax::parse(source, scope.declared()).expect("it parses");
    let program = compile(&expr, source, &scope).expect("it compiles");
    let (mut vm, mut stream, mut position) = (Vm::default(), Stream::seeded(Seed::default()), 0);
    for variables in requests.iter().cycle().take(times) {
        let mut draws = stream.cursor_at(position);
        black_box(vm.run(&program, variables, &mut draws).expect("it does not throw"));
        position = draws.position();
    }
}

fn text(times: usize) {
    let (scope, requests) = (scope(), requests());
    let text = "Hello ${input.user.name}, you have ${input.items.length} items";
    let template = Template::compile(text, &scope).expect("it compiles");
    let (mut vm, mut stream) = (Vm::default(), Stream::seeded(Seed::default()));
    for variables in requests.iter().cycle().take(times) {
        black_box(template.eval(&mut vm, variables, &mut stream.cursor()).expect("nothing is missing"));
    }
}

fn by_name(times: usize) {
    let object = |values: [Value; 4]| {
        let mut object = ObjectBuilder::new();
        NAMES.iter().zip(values).for_each(|(name, value)| object.insert((*name).into(), value));
        Value::Object(object.build().expect("it is not deep"))
    };
    let contexts: Vec<Value> = requests().into_iter().map(object).collect();
    let gate = Engine::new().compile("input.user_id % 2 === 0").expect("it compiles");
    for context in contexts.iter().cycle().take(times) {
        black_box(gate.eval_value(context).expect("it does not throw"));
    }
}

fn convert(times: usize) {
    let requests: Vec<_> = (0..64).map(request).collect();
    for request in requests.iter().cycle().take(times) {
        black_box(to_value(request).expect("JSON is a value"));
    }
}

fn compilation(times: usize) {
    let scope = scope();
    let source =
        "input.user.plan === 'pro' && input.user.age >= 18 && !input.user.blocked && input.country !== 'XX'";
    for _ in 0..times {
        let expr = segue::syntax::parse(black_box(source), scope.declared()).expect("it parses");
        black_box(compile(&expr, source, &scope).expect("it compiles"));
    }
}

/// Gives its input back.
struct Nothing;

impl Operation for Nothing {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::Ready(Ok(call.input().clone()))
    }
}

const CANARY: &str = "
ensemble: canary
agents:
  - name: stable
    operation: nothing
    condition: ${Math.random() < 0.9}
  - name: canary
    operation: nothing
    condition: ${Math.random() >= 0.9}
output:
  result: ${stable.output || canary.output}
  was_canary: ${canary.executed}
";

fn load(times: usize) {
    let engine = Engine::builder().operation("nothing", Nothing).build();
    for _ in 0..times {
        black_box(engine.load_str("canary.yaml", black_box(CANARY)).expect("it is good"));
    }
}

fn run(times: usize) {
    let engine = Engine::builder().operation("nothing", Nothing).build();
    let ensemble = engine.load_str("canary.yaml", CANARY).expect("it is good");
    for k in 0..times as u64 {
        let seed = run_seed(Seed::default(), k);
        black_box(ensemble.run(Value::from("out")).seed(seed).blocking().expect("nothing refuses it"));
    }
}
