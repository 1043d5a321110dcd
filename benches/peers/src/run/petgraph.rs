//! The least that an engine for *any* graph does: petgraph for the order, counters of what is missing, one
//! `FuturesUnordered`; gates and inputs are closures.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::DiGraph;
use serde_json::Value;

use super::by_hand::{Add, Agent, Sleep, Yield, greatest, v};
use super::{AT_ONCE, Id, check_share, runtime, timed, timed_in_lots};
use crate::measure::Spent;
use crate::workload::draw;

type Gate = fn(f64) -> bool;

struct Node {
    agent: Box<dyn Agent>,
    gate: Option<Gate>,
}

struct Plan {
    nodes: Vec<Node>,
    needs: Vec<Vec<usize>>,
    feeds: Vec<Vec<usize>>,
}

impl Plan {
    fn new(nodes: Vec<Node>, needs: &[Vec<usize>]) -> Self {
        let mut graph: DiGraph<(), ()> = DiGraph::new();
        let ids: Vec<_> = nodes.iter().map(|_| graph.add_node(())).collect();
        for (at, needs) in needs.iter().enumerate() {
            for &need in needs {
                graph.add_edge(ids[need], ids[at], ());
            }
        }
        petgraph::algo::toposort(&graph, None).expect("no cycles");
        let beside = |id, way| graph.neighbors_directed(id, way).map(|id| id.index()).collect();
        let needs = ids.iter().map(|&id| beside(id, Incoming)).collect();
        let feeds = ids.iter().map(|&id| beside(id, Outgoing)).collect();
        Self { nodes, needs, feeds }
    }

    async fn run(&self, draw: f64) -> Vec<Option<Value>> {
        let mut outputs: Vec<Option<Value>> = vec![None; self.nodes.len()];
        let mut missing: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut ready: Vec<usize> = (0..missing.len()).filter(|&at| missing[at] == 0).collect();
        let mut working = FuturesUnordered::new();
        loop {
            while let Some(at) = ready.pop() {
                let node = &self.nodes[at];
                if node.gate.is_some_and(|gate| !gate(draw)) {
                    settle(&self.feeds[at], &mut missing, &mut ready);
                    continue;
                }
                let input = greatest(self.needs[at].iter().filter_map(|&need| outputs[need].as_ref()));
                working.push(async move { (at, node.agent.run(input).await) });
            }
            let Some((at, output)) = working.next().await else { return outputs };
            outputs[at] = Some(output);
            settle(&self.feeds[at], &mut missing, &mut ready);
        }
    }
}

fn settle(feeds: &[usize], missing: &mut [usize], ready: &mut Vec<usize>) {
    for &fed in feeds {
        missing[fed] -= 1;
        if missing[fed] == 0 {
            ready.push(fed);
        }
    }
}

fn canary<A: Agent + Copy + 'static>(agent: A) -> Plan {
    let gates: [Gate; 2] = [|draw| draw < 0.9, |draw| draw >= 0.9];
    let nodes = gates.map(|gate| Node { agent: Box::new(agent), gate: Some(gate) });
    Plan::new(nodes.into(), &[Vec::new(), Vec::new()])
}

pub fn measure(id: Id) -> Option<Spent> {
    let runtime = runtime();
    match id {
        Id::E1 => {
            let plan = canary(Add);
            let (mut canaries, mut all) = (0, 0);
            let spent = timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let outputs = plan.run(draw()).await;
                        all += 1;
                        canaries += usize::from(outputs[1].is_some());
                        assert_ne!(outputs[0].is_some(), outputs[1].is_some());
                    }
                });
            });
            check_share(canaries, all);
            spent
        }
        Id::E2 | Id::E3 | Id::E4 => {
            let graph = id.graph();
            let nodes = graph.iter().map(|_| Node { agent: Box::new(Add), gate: None }).collect();
            let plan = Plan::new(nodes, &graph);
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        let outputs = plan.run(0.0).await;
                        let last = outputs.last().and_then(Option::as_ref).expect("it ran");
                        assert_eq!(v(last), id.answer());
                    }
                });
            })
        }
        Id::E5 => {
            let nodes = (0..100).map(|_| Node { agent: Box::new(Sleep), gate: None }).collect();
            let plan = Plan::new(nodes, &vec![Vec::new(); 100]);
            timed(|runs| {
                runtime.block_on(async {
                    for _ in 0..runs {
                        assert!(plan.run(0.0).await.iter().all(Option::is_some));
                    }
                });
            })
        }
        Id::E6 => {
            let plan = canary(Yield);
            timed_in_lots(AT_ONCE, || {
                let runs = (0..AT_ONCE).map(|_| plan.run(draw()));
                assert_eq!(runtime.block_on(futures_util::future::join_all(runs)).len(), AT_ONCE);
            })
        }
        Id::E7 | Id::E8 => None,
    }
}
