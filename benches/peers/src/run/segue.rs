//! segue: the ensembles are written in its YAML, gates and inputs are its expressions.

use std::fmt::Write;
use std::future::IntoFuture;
use std::time::Duration;

use futures_util::future::join_all;
use segue::Engine;
use segue::draw::{Seed, run_seed};
use segue::ensemble::operation::{Call, Operation, Performing};
use segue::ensemble::{Ensemble, TraceLevel};
use segue::value::Value;

use super::{AT_ONCE, Id, NAP, check_share, runtime, timed, timed_in_lots};
use crate::measure::Spent;

pub const CANARY: &str = "
ensemble: canary
agents:
  - name: analyzer-stable
    operation: add
    condition: ${Math.random() < 0.9}
    input: {v: '${input.v}'}
  - name: analyzer-canary
    operation: add
    condition: ${Math.random() >= 0.9}
    input: {v: '${input.v}'}
output:
  result: ${analyzer-stable.output || analyzer-canary.output}
  variant: \"${analyzer-canary.executed ? 'canary' : 'stable'}\"
";

/// Gives `{v: n + 1}`.
struct Add;

impl Operation for Add {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::Ready(Ok(segue::context! { v: v(call.input()) + 1.0 }))
    }
}

/// The same, after it has let the others go first.
struct Yield;

impl Operation for Yield {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::pending(async move {
            tokio::task::yield_now().await;
            Ok(segue::context! { v: v(call.input()) + 1.0 })
        })
    }
}

struct Sleep;

impl Operation for Sleep {
    fn perform<'a>(&'a self, _: Call<'a>) -> Performing<'a> {
        Performing::pending(async {
            tokio::time::sleep(NAP).await;
            Ok(segue::context! { v: 1.0 })
        })
    }
}

/// Sleeps as long as its config says.
struct Nap;

impl Operation for Nap {
    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        Performing::pending(async move {
            let ms = if let Some(Value::Number(ms)) = call.config_field("ms") { *ms } else { 0.0 };
            tokio::time::sleep(Duration::from_millis(ms as u64)).await;
            Ok(segue::context! { v: 1.0 })
        })
    }
}

fn v(value: &Value) -> f64 {
    let v = if let Value::Object(object) = value { object.get_str("v") } else { None };
    if let Some(Value::Number(v)) = v { *v } else { 0.0 }
}

fn engine() -> Engine {
    Engine::builder().operation("add", Add).operation("yield", Yield).operation("sleep", Sleep).operation("nap", Nap).build()
}

fn load(text: &str) -> Ensemble {
    engine().load_str("bench.yaml", text).expect("the benchmark's own ensemble")
}

/// The YAML of E2, E3 and E4.
fn written(id: Id) -> String {
    let mut text = String::from("ensemble: graph\nagents:\n");
    let graph = id.graph();
    for (at, needs) in graph.iter().enumerate() {
        let values: Vec<String> = needs.iter().map(|need| format!("a{need}.output.v")).collect();
        let v = match values.as_slice() {
            [] => "input.v".to_owned(),
            [one] => one.clone(),
            many => format!("Math.max({})", many.join(", ")),
        };
        let _ = writeln!(text, "  - name: a{at}\n    operation: add\n    input:\n      v: ${{{v}}}");
    }
    let _ = writeln!(text, "output: ${{a{}.output}}", graph.len() - 1);
    text
}

pub fn traced(id: Id) -> Option<Spent> {
    measure(id, TraceLevel::Full)
}

pub fn untraced(id: Id) -> Option<Spent> {
    measure(id, TraceLevel::Off)
}

fn measure(id: Id, level: TraceLevel) -> Option<Spent> {
    let input = segue::context! { v: 0.0 };
    let mut number = 0;
    match id {
        Id::E1 => {
            let ensemble = load(CANARY);
            let mut canaries = 0;
            let spent = timed(|runs| {
                for _ in 0..runs {
                    number += 1;
                    let seed = run_seed(Seed::default(), number);
                    let run = ensemble.run(input.clone()).seed(seed).trace(level).blocking();
                    let run = run.expect("nothing refuses it");
                    let canary = run.agent("analyzer-canary").expect("it is there");
                    canaries += usize::from(!canary.status.is_skipped());
                }
            });
            check_share(canaries, number as usize);
            spent
        }
        Id::E2 | Id::E3 | Id::E4 => {
            let ensemble = load(&written(id));
            timed(|runs| {
                for _ in 0..runs {
                    let run = ensemble.run(input.clone()).seed(Seed::default()).trace(level).blocking();
                    let run = run.expect("nothing refuses it");
                    assert_eq!(v(run.output()), id.answer() as f64);
                }
            })
        }
        Id::E5 => {
            let mut text = String::from("ensemble: naps\nagents:\n");
            for at in 0..100 {
                let _ = writeln!(text, "  - {{name: a{at}, operation: sleep}}");
            }
            let (ensemble, runtime) = (load(&text), runtime());
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let run = ensemble.run(input.clone()).trace(level).await.expect("nothing refuses it");
                        assert!(run.is_ok());
                    }
                });
            })
        }
        Id::E8 => {
            let mut text = String::from("ensemble: chains\nagents:\n");
            for (chain, at) in (0..2).flat_map(|chain| (0..10).map(move |at| (chain, at))) {
                let nap = super::nap(chain, at).as_millis();
                let _ = writeln!(text, "  - name: c{chain}-{at}\n    operation: nap\n    config: {{ms: {nap}}}");
                if let Some(before) = usize::checked_sub(at, 1) {
                    let _ = writeln!(text, "    depends_on: [c{chain}-{before}]");
                }
            }
            let (ensemble, runtime) = (load(&text), runtime());
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let run = ensemble.run(input.clone()).trace(level).await.expect("nothing refuses it");
                        assert!(run.is_ok());
                    }
                });
            })
        }
        Id::E6 => {
            let (ensemble, runtime) =
                (load(&CANARY.replace("operation: add", "operation: yield")), runtime());
            timed_in_lots(AT_ONCE, || {
                let runs = (0..AT_ONCE as u64).map(|number| {
                    let seed = run_seed(Seed::default(), number);
                    ensemble.run(input.clone()).seed(seed).trace(level).into_future()
                });
                let runs = runtime.block_on(join_all(runs));
                assert!(runs.iter().all(|run| run.as_ref().is_ok_and(segue::ensemble::Run::is_ok)));
            })
        }
        Id::E7 => {
            if level == TraceLevel::Off {
                return None;
            }
            let engine = engine();
            timed(|times| {
                for _ in 0..times {
                    std::hint::black_box(engine.load_str("bench.yaml", CANARY).expect("it is good"));
                }
            })
        }
    }
}
