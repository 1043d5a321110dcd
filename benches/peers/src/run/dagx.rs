//! dagx: typed tasks in a graph that a run consumes, so that each run builds it. It joins at most eight, so no E3; it has
//! no gates, so that E1's are in the tasks.

use ::dagx::{DagRunner, Task, TaskHandle, task};
use serde_json::{Value, json};

use super::by_hand::v;
use super::{Id, NAP, runtime, timed};
use crate::measure::Spent;
use crate::workload::draw;

fn more(value: &Value) -> Value {
    json!({ "v": v(value) + 1 })
}

struct First;
#[task]
impl First {
    async fn run(&self) -> Value {
        json!({ "v": 1 })
    }
}

struct One;
#[task]
impl One {
    async fn run(&self, a: &Value) -> Value {
        more(a)
    }
}

struct Two;
#[task]
impl Two {
    async fn run(&self, a: &Value, b: &Value) -> Value {
        more(if v(a) > v(b) { a } else { b })
    }
}

struct Gated(bool);
#[task]
impl Gated {
    async fn run(&self) -> Option<Value> {
        self.0.then(|| json!({ "v": 1 }))
    }
}

struct Merge;
#[task]
impl Merge {
    async fn run(&self, stable: &Option<Value>, canary: &Option<Value>) -> Value {
        stable.as_ref().or(canary.as_ref()).cloned().unwrap_or_default()
    }
}

struct Sleep;
#[task]
impl Sleep {
    async fn run(&self) -> Value {
        tokio::time::sleep(NAP).await;
        json!({ "v": 1 })
    }
}

async fn run(id: Id) -> Value {
    let dag = DagRunner::new();
    let last: TaskHandle<Value> = match id {
        Id::E1 => {
            let draw = draw();
            let stable: TaskHandle<_> = dag.add_task(Gated(draw < 0.9)).into();
            let canary: TaskHandle<_> = dag.add_task(Gated(draw >= 0.9)).into();
            dag.add_task(Merge).depends_on((&stable, &canary))
        }
        Id::E2 => {
            let mut last: TaskHandle<Value> = dag.add_task(First).into();
            for _ in 1..10 {
                last = dag.add_task(One).depends_on(&last);
            }
            last
        }
        Id::E5 => {
            let mut naps: Vec<TaskHandle<Value>> = (0..100).map(|_| dag.add_task(Sleep).into()).collect();
            naps.pop().expect("there are 100")
        }
        _ => {
            let mut layer: Vec<TaskHandle<Value>> = (0..10).map(|_| dag.add_task(First).into()).collect();
            for _ in 1..100 {
                let task = |at: usize| dag.add_task(Two).depends_on((&layer[at], &layer[(at + 1) % 10]));
                layer = (0..10).map(task).collect();
            }
            layer.swap_remove(0)
        }
    };
    let spawn = |future| {
        tokio::spawn(future);
    };
    dag.run(spawn).await.expect("it runs");
    dag.get(last).expect("it has run")
}

pub fn measure(id: Id) -> Option<Spent> {
    if matches!(id, Id::E3 | Id::E6 | Id::E7 | Id::E8) {
        return None;
    }
    let runtime = runtime();
    timed(|runs| {
        runtime.block_on(async {
            for _ in 0..runs {
                assert_eq!(v(&run(id).await), id.answer());
            }
        });
    })
}
