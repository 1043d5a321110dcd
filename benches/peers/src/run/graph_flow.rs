//! graph-flow: a session goes from task to task; only a `FanOutTask` runs several at once, so that it has no E4.

use std::sync::Arc;

use ::graph_flow::fanout::FanOutTask;
use ::graph_flow::{Context, Graph, GraphBuilder, NextAction, Session, Task, TaskResult};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::by_hand::v;
use super::{AT_ONCE, Id, NAP, runtime, timed, timed_in_lots};
use crate::measure::Spent;
use crate::workload::draw;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Draw,
    Add,
    Yield,
    Sleep,
}

struct Step {
    id: String,
    work: Work,
    next: NextAction,
}

fn step(id: impl Into<String>, work: Work, next: NextAction) -> Arc<Step> {
    Arc::new(Step { id: id.into(), work, next })
}

#[async_trait]
impl Task for Step {
    fn id(&self) -> &str {
        &self.id
    }

    async fn run(&self, context: Context) -> ::graph_flow::Result<TaskResult> {
        match self.work {
            Work::Draw => context.set("draw", draw())?,
            Work::Sleep => tokio::time::sleep(NAP).await,
            Work::Yield => tokio::task::yield_now().await,
            Work::Add => {}
        }
        if self.work != Work::Draw {
            let before = context.get::<Value>("out").unwrap_or_default();
            context.set("out", json!({ "v": v(&before) + 1 }))?;
        }
        Ok(TaskResult::new(None, self.next.clone()))
    }
}

fn canary(work: Work) -> Graph {
    GraphBuilder::new("canary")
        .add_task(step("gate", Work::Draw, NextAction::ContinueAndExecute))
        .add_task(step("stable", work, NextAction::End))
        .add_task(step("canary", work, NextAction::End))
        .add_conditional_edge(
            "gate",
            |context: &Context| context.get::<f64>("draw").is_some_and(|draw| draw < 0.9),
            "stable",
            "canary",
        )
        .set_start_task("gate")
        .build()
        .expect("a graph")
}

async fn run(graph: &Graph, first: &str) -> Value {
    let mut session = Session::new_from_task("session".into(), first);
    graph.execute_session(&mut session).await.expect("it runs");
    session.context.get("out").unwrap_or_default()
}

pub fn measure(id: Id) -> Option<Spent> {
    let runtime = runtime();
    let on = NextAction::ContinueAndExecute;
    match id {
        Id::E1 => {
            let graph = canary(Work::Add);
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        assert_eq!(v(&run(&graph, "gate").await), id.answer());
                    }
                });
            })
        }
        Id::E2 => {
            let mut builder = GraphBuilder::new("chain");
            for at in 0..10 {
                let next = if at == 9 { NextAction::End } else { on.clone() };
                builder = builder.add_task(step(format!("a{at}"), Work::Add, next));
            }
            for at in 1..10 {
                builder = builder.add_edge(format!("a{}", at - 1), format!("a{at}"));
            }
            let graph = builder.set_start_task("a0").build().expect("a graph");
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        assert_eq!(v(&run(&graph, "a0").await), id.answer());
                    }
                });
            })
        }
        Id::E3 | Id::E5 => {
            let work = if id == Id::E5 { Work::Sleep } else { Work::Add };
            let child = |at| step(format!("m{at}"), work, on.clone()) as Arc<dyn Task>;
            let fan = FanOutTask::new("fan", (0..100).map(child).collect());
            let graph = GraphBuilder::new("fan")
                .add_task(step("first", Work::Add, on.clone()))
                .add_task(fan.with_next_action(on.clone()))
                .add_task(step("last", Work::Add, NextAction::End))
                .add_edge("first", "fan")
                .add_edge("fan", "last")
                .set_start_task("first")
                .build()
                .expect("a graph");
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        // Its children share one context: what they leave there is the last one's.
                        assert!(v(&run(&graph, "first").await) > 0);
                    }
                });
            })
        }
        Id::E4 | Id::E7 | Id::E8 => None,
        Id::E6 => {
            let graph = canary(Work::Yield);
            timed_in_lots(AT_ONCE, || {
                let runs = (0..AT_ONCE).map(|_| run(&graph, "gate"));
                assert_eq!(runtime.block_on(futures_util::future::join_all(runs)).len(), AT_ONCE);
            })
        }
    }
}
