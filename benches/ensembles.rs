//! Whole runs with operations that do nothing: what the engine itself costs. And loading an ensemble.
//!
//! The baseline of a run is the same work by hand: two draws compared, one value chosen.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use segue::Engine;
use segue::draw::{Seed, Stream, run_seed};
use segue::ensemble::Ensemble;
use segue::ensemble::operation::{Call, Operation, Performing};
use segue::value::Value;

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

/// Gives its input back.
struct Nothing;

impl Operation for Nothing {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::Ready(Ok(call.input().clone()))
    }
}

fn load(text: &str) -> Ensemble {
    let engine = Engine::builder().operation("nothing", Nothing).build();
    engine.load_str("bench.yaml", text).expect("the benchmark's own ensemble")
}

/// `layers` times `width` agents, each of which reads all of the layer before.
fn layered(layers: usize, width: usize) -> String {
    let mut text = String::from("ensemble: layered\nagents:\n");
    for layer in 0..layers {
        for at in 0..width {
            text.push_str(&format!("  - name: a{layer}x{at}\n    operation: nothing\n"));
            if layer > 0 {
                let needs: Vec<String> =
                    (0..width).map(|before| format!("a{}x{before}", layer - 1)).collect();
                text.push_str(&format!("    depends_on: [{}]\n", needs.join(", ")));
            }
        }
    }
    text
}

/// One agent, then `width` that need it, then one that needs them all.
fn fan(width: usize) -> String {
    let mut text = String::from("ensemble: fan\nagents:\n  - {name: first, operation: nothing}\n");
    let middle: Vec<String> = (0..width).map(|at| format!("m{at}")).collect();
    for name in &middle {
        text.push_str(&format!("  - {{name: {name}, operation: nothing, depends_on: first}}\n"));
    }
    text.push_str(&format!("  - {{name: last, operation: nothing, depends_on: [{}]}}\n", middle.join(", ")));
    text
}

fn runs(c: &mut Criterion) {
    let mut group = c.benchmark_group("run");
    let batch = Seed::default();
    group.bench_function("canary/baseline_by_hand", |b| {
        let mut k = 0;
        b.iter(|| {
            k += 1;
            let mut stream = Stream::seeded(run_seed(batch, k));
            let stable = stream.draw(0) < black_box(0.9);
            let canary = stream.draw(0) >= black_box(0.9);
            (if stable { Value::from("out") } else { Value::Undefined }, canary)
        });
    });
    let cases = [
        ("canary", CANARY.to_owned()),
        ("chain_of_10", layered(10, 1)),
        ("fan_of_100", fan(100)),
        ("1000_agents", layered(100, 10)),
    ];
    for (name, text) in cases {
        let ensemble = load(&text);
        let mut k = 0;
        group.bench_function(name, |b| {
            b.iter(|| {
                k += 1;
                let input = segue::context! { text: "out" };
                ensemble.run(input).seed(run_seed(batch, k)).blocking().expect("nothing is refused")
            });
        });
    }
    group.finish();
}

fn loading(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    group.bench_function("baseline_serde_yaml", |b| {
        b.iter(|| serde_yaml::from_str::<serde_yaml::Value>(black_box(CANARY)).expect("YAML"));
    });
    let engine = Engine::builder().operation("nothing", Nothing).build();
    group.bench_function("canary", |b| {
        b.iter(|| engine.load_str("bench.yaml", black_box(CANARY)).expect("it is good"));
    });
    group.finish();
}

criterion_group!(benches, runs, loading);
criterion_main!(benches);
