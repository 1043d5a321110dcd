//! dagrs: nodes are tasks that send each other messages; a graph is reset between runs. Its gate is a router.

use std::sync::Arc;

use ::dagrs::node::router_node::{Router, RouterNode};
use ::dagrs::{
    Action, Content, DefaultNode, EnvVar, Graph, InChannels, Node, NodeId, NodeTable, OutChannels, Output,
};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::by_hand::v;
use super::{Id, NAP, runtime, timed};
use crate::measure::Spent;
use crate::workload::draw;

struct Add;

#[async_trait]
impl Action for Add {
    async fn run(&self, inputs: &mut InChannels, outputs: &mut OutChannels, _: Arc<EnvVar>) -> Output {
        let values = inputs.map(|content| content.ok().and_then(|content| content.into_inner::<Value>()));
        let greatest = values.await.into_iter().flatten().map(|value| v(&value)).max().unwrap_or(0);
        let content = Content::new(json!({ "v": greatest + 1 }));
        outputs.broadcast(content.clone()).await;
        Output::Out(Some(content))
    }
}

struct Sleep;

#[async_trait]
impl Action for Sleep {
    async fn run(&self, _: &mut InChannels, _: &mut OutChannels, _: Arc<EnvVar>) -> Output {
        tokio::time::sleep(NAP).await;
        Output::Out(Some(Content::new(json!({ "v": 1 }))))
    }
}

struct Gate([NodeId; 2]);

#[async_trait]
impl Router for Gate {
    async fn route(&self, _: &mut InChannels, outputs: &OutChannels, _: Arc<EnvVar>) -> Vec<usize> {
        let taken = self.0[usize::from(draw() >= 0.9)];
        let _ = outputs.send_to(&taken, Content::new(json!({ "v": 0 }))).await;
        vec![taken.as_usize()]
    }
}

/// The graph, and the nodes one of which has the answer.
fn graph(id: Id) -> (Graph, Vec<NodeId>) {
    let (mut graph, mut table) = (Graph::new(), NodeTable::new());
    let mut ids = Vec::new();
    let count = match id {
        Id::E1 => 2,
        Id::E5 => 100,
        _ => id.graph().len(),
    };
    for at in 0..count {
        let name = format!("a{at}");
        let node = match id {
            Id::E5 => DefaultNode::with_action(name, Sleep, &mut table),
            _ => DefaultNode::with_action(name, Add, &mut table),
        };
        ids.push(node.id());
        graph.add_node(node).expect("a node");
    }
    let last = match id {
        Id::E1 => {
            let gate = RouterNode::new("gate".into(), Gate([ids[0], ids[1]]), &mut table);
            let from = gate.id();
            graph.add_node(gate).expect("a node");
            graph.add_edge(from, ids.clone()).expect("an edge");
            ids
        }
        Id::E5 => ids,
        _ => {
            let mut feeds = vec![Vec::new(); count];
            for (at, needs) in id.graph().into_iter().enumerate() {
                needs.into_iter().for_each(|need| feeds[need].push(ids[at]));
            }
            for (at, fed) in feeds.into_iter().enumerate().filter(|(_, fed)| !fed.is_empty()) {
                graph.add_edge(ids[at], fed).expect("edges");
            }
            ids.split_off(count - 1)
        }
    };
    graph.set_env(EnvVar::new(table));
    (graph, last)
}

pub fn measure(id: Id) -> Option<Spent> {
    if matches!(id, Id::E6 | Id::E7 | Id::E8) {
        return None;
    }
    let runtime = runtime();
    let (mut graph, last) = graph(id);
    timed(|runs| {
        runtime.block_on(async {
            for _ in 0..runs {
                graph.async_start().await.expect("it runs");
                let results = graph.get_results::<Value>();
                let value = last.iter().find_map(|id| results.get(id)?.as_ref());
                assert_eq!(value.map(|value| v(value)), Some(id.answer()));
                graph.reset().await.expect("it can run again");
            }
        });
    })
}
