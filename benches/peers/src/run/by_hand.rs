//! What a Rust author writes for each workload, without any engine: agents are boxed futures from JSON to JSON, because
//! every engine must pay for that. E7 is serde_yaml alone, of segue's text.

use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{AT_ONCE, Id, NAP, check_share, nap, runtime, timed, timed_in_lots};
use crate::measure::Spent;
use crate::workload::draw;

#[async_trait]
pub trait Agent: Send + Sync {
    async fn run(&self, input: Value) -> Value;
}

#[derive(Clone, Copy)]
pub struct Add;

#[async_trait]
impl Agent for Add {
    async fn run(&self, input: Value) -> Value {
        json!({ "v": v(&input) + 1 })
    }
}

#[derive(Clone, Copy)]
pub struct Yield;

#[async_trait]
impl Agent for Yield {
    async fn run(&self, input: Value) -> Value {
        tokio::task::yield_now().await;
        json!({ "v": v(&input) + 1 })
    }
}

pub struct Sleep;

#[async_trait]
impl Agent for Sleep {
    async fn run(&self, _: Value) -> Value {
        tokio::time::sleep(NAP).await;
        json!({ "v": 1 })
    }
}

pub fn v(value: &Value) -> u64 {
    value["v"].as_u64().unwrap_or(0)
}

/// The input of an agent: the greatest of what it needs.
pub fn greatest<'v>(values: impl Iterator<Item = &'v Value>) -> Value {
    json!({ "v": values.map(v).max().unwrap_or(0) })
}

async fn canary(stable: &dyn Agent, canary: &dyn Agent, draw: f64) -> Value {
    let start = || json!({ "v": 0 });
    let stable = async { if draw < 0.9 { Some(stable.run(start()).await) } else { None } };
    let canary = async { if draw >= 0.9 { Some(canary.run(start()).await) } else { None } };
    let (stable, canary) = futures_util::join!(stable, canary);
    json!({ "variant": if canary.is_some() { "canary" } else { "stable" }, "result": stable.or(canary) })
}

pub fn measure(id: Id) -> Option<Spent> {
    let runtime = runtime();
    let agents = |count: usize| -> Vec<Box<dyn Agent>> { (0..count).map(|_| Box::new(Add) as _).collect() };
    match id {
        Id::E1 => {
            let agents = agents(2);
            let (mut canaries, mut all) = (0, 0);
            let spent = timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let output = canary(&*agents[0], &*agents[1], draw()).await;
                        all += 1;
                        canaries += usize::from(output["variant"] == "canary");
                    }
                });
            });
            check_share(canaries, all);
            spent
        }
        Id::E2 => {
            let agents = agents(10);
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let mut value = json!({ "v": 0 });
                        for agent in &agents {
                            value = agent.run(json!({ "v": value["v"] })).await;
                        }
                        assert_eq!(v(&value), id.answer());
                    }
                });
            })
        }
        Id::E3 => {
            let agents = agents(102);
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let first = agents[0].run(json!({ "v": 0 })).await;
                        let middle = agents[1..101].iter().map(|agent| agent.run(json!({ "v": first["v"] })));
                        let middle = join_all(middle).await;
                        let last = agents[101].run(greatest(middle.iter())).await;
                        assert_eq!(v(&last), id.answer());
                    }
                });
            })
        }
        Id::E4 => {
            let agents = agents(1000);
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let mut layer: Vec<Value> = vec![json!({ "v": 0 }); 10];
                        for agents in agents.chunks(10) {
                            let input = |at: usize| greatest([&layer[at], &layer[(at + 1) % 10]].into_iter());
                            let next = agents.iter().enumerate().map(|(at, agent)| agent.run(input(at)));
                            layer = join_all(next).await;
                        }
                        assert_eq!(v(&layer[0]), id.answer());
                    }
                });
            })
        }
        Id::E5 => timed(|runs| {
            runtime.block_on(async {
                for _ in 0..runs {
                    join_all((0..100).map(|_| Sleep.run(Value::Null))).await;
                }
            });
        }),
        Id::E8 => timed(|runs| {
            let chain = |chain: usize| async move {
                for at in 0..10 {
                    tokio::time::sleep(nap(chain, at)).await;
                }
            };
            runtime.block_on(async {
                for _ in 0..runs {
                    futures_util::join!(chain(0), chain(1));
                }
            });
        }),
        Id::E6 => timed_in_lots(AT_ONCE, || {
            let runs = (0..AT_ONCE).map(|_| canary(&Yield, &Yield, draw()));
            assert_eq!(runtime.block_on(join_all(runs)).len(), AT_ONCE);
        }),
        Id::E7 => timed(|times| {
            for _ in 0..times {
                let tree = serde_yaml::from_str::<serde_yaml::Value>(super::segue::CANARY);
                std::hint::black_box(tree.expect("it is YAML"));
            }
        }),
    }
}
