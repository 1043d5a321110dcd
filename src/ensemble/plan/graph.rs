//! Who waits for whom: an order without cycles, or the cycles with their places.

use super::AgentIdx;
use crate::syntax::{Diagnostic, Span};

/// Who waits for whom, with the place that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    /// Whom it waits for.
    pub(super) to: AgentIdx,
    /// Where that is written, in bytes of the file.
    pub(super) span: Span,
}

/// The edges that begin at each agent.
pub(super) struct Graph {
    edges: Vec<Edge>,
    /// The edges of agent `n` are `edges[starts[n]..starts[n + 1]]`.
    starts: Vec<usize>,
}

impl Graph {
    /// A graph without agents.
    pub(super) fn new() -> Self {
        Self { edges: Vec::new(), starts: vec![0] }
    }

    /// Adds the next agent, and for whom it waits; the first place of each edge is kept.
    pub(super) fn push(&mut self, mut edges: Vec<Edge>) {
        edges.sort_unstable();
        edges.dedup_by_key(|edge| edge.to);
        self.edges.extend(edges);
        self.starts.push(self.edges.len());
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// For whom an agent waits, rising, each once.
    pub(super) fn edges(&self, agent: AgentIdx) -> &[Edge] {
        &self.edges[self.starts[agent.0 as usize]..self.starts[agent.0 as usize + 1]]
    }

    /// An order in which nobody comes before whom they wait for (Kahn 1962), or who is left over: those on cycles and
    /// those behind them. O(agents + edges).
    pub(super) fn order(&self) -> Result<Box<[AgentIdx]>, Vec<AgentIdx>> {
        let mut waits_for: Vec<usize> = self.starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Who waits for each agent, laid out as `edges` is.
        let mut starts = vec![0; self.len() + 1];
        for edge in &self.edges {
            starts[edge.to.0 as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut room = starts.clone();
        let mut waiters = vec![AgentIdx(0); self.edges.len()];
        for agent in self.agents() {
            for edge in self.edges(agent) {
                let at = &mut room[edge.to.0 as usize];
                waiters[*at] = agent;
                *at += 1;
            }
        }
        let mut order: Vec<AgentIdx> =
            self.agents().filter(|agent| waits_for[agent.0 as usize] == 0).collect();
        let mut next = 0;
        while let Some(&agent) = order.get(next) {
            next += 1;
            let at = agent.0 as usize;
            for &waiter in &waiters[starts[at]..starts[at + 1]] {
                let left = &mut waits_for[waiter.0 as usize];
                *left -= 1;
                if *left == 0 {
                    order.push(waiter);
                }
            }
        }
        if order.len() == self.len() {
            return Ok(order.into());
        }
        Err(self.agents().filter(|agent| waits_for[agent.0 as usize] > 0).collect())
    }

    fn agents(&self) -> impl Iterator<Item = AgentIdx> + use<> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(AgentIdx)
    }

    /// Cycles among `stuck`, as [`order`](Self::order) left it: one for each set of agents that all wait for each
    /// other in the end. O(agents + edges).
    pub(super) fn cycles(&self, stuck: &[AgentIdx]) -> Vec<Vec<(AgentIdx, Span)>> {
        let components = self.components(stuck);
        let mut done = vec![false; self.len()];
        let mut cycles = Vec::new();
        for &agent in stuck {
            let component = components[agent.0 as usize];
            if done[component as usize] {
                continue;
            }
            if let Some(cycle) = self.shortest_cycle(agent, &components) {
                done[component as usize] = true;
                cycles.push(cycle);
            }
        }
        cycles
    }

    /// The strongly connected component of each agent, named after one of its members (Tarjan 1972, without
    /// recursion: chains may be long).
    fn components(&self, roots: &[AgentIdx]) -> Vec<u32> {
        const UNSEEN: u32 = u32::MAX;
        let mut index = vec![UNSEEN; self.len()];
        let mut low = vec![0; self.len()];
        let mut component = vec![UNSEEN; self.len()];
        let (mut stack, mut path) = (Vec::new(), Vec::new());
        let mut count = 0;
        for &root in roots {
            if index[root.0 as usize] != UNSEEN {
                continue;
            }
            path.push((root, 0));
            while let Some((agent, next)) = path.last_mut() {
                let (at, edges) = (agent.0 as usize, self.edges(*agent));
                if *next == 0 && index[at] == UNSEEN {
                    (index[at], low[at]) = (count, count);
                    count += 1;
                    stack.push(at);
                }
                if let Some(edge) = edges.get(*next) {
                    let to = edge.to.0 as usize;
                    *next += 1;
                    if index[to] == UNSEEN {
                        path.push((edge.to, 0));
                    } else if component[to] == UNSEEN {
                        low[at] = low[at].min(index[to]);
                    }
                    continue;
                }
                path.pop();
                if let Some((parent, _)) = path.last() {
                    let parent = parent.0 as usize;
                    low[parent] = low[parent].min(low[at]);
                }
                if low[at] == index[at] {
                    while let Some(member) = stack.pop() {
                        component[member] = small(at);
                        if member == at {
                            break;
                        }
                    }
                }
            }
        }
        component
    }

    /// The shortest way from an agent back to itself, by breadth; each agent with the place of its edge to the next.
    fn shortest_cycle(&self, start: AgentIdx, components: &[u32]) -> Option<Vec<(AgentIdx, Span)>> {
        let own = components[start.0 as usize];
        let mut came_from = std::collections::HashMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(agent) = queue.pop_front() {
            for edge in self.edges(agent) {
                if edge.to == start {
                    let mut cycle = vec![(agent, edge.span)];
                    while let Some(&(before, span)) = came_from.get(&cycle[cycle.len() - 1].0) {
                        cycle.push((before, span));
                    }
                    cycle.reverse();
                    return Some(cycle);
                }
                if components[edge.to.0 as usize] == own && !came_from.contains_key(&edge.to) {
                    came_from.insert(edge.to, (agent, edge.span));
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }
}

fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// More agents of one cycle than this are not named.
const NAMED: usize = 12;

/// The diagnostic for a cycle.
pub(super) fn describe<'n>(cycle: &[(AgentIdx, Span)], name: impl Fn(AgentIdx) -> &'n str) -> Diagnostic {
    let mut path: Vec<&str> = cycle.iter().take(NAMED).map(|&(agent, _)| name(agent)).collect();
    if cycle.len() > NAMED {
        path.push("…");
    }
    path.push(name(cycle[0].0));
    let label = |at: usize| {
        let next = cycle[(at + 1) % cycle.len()].0;
        format!("`{}` waits for `{}`", name(cycle[at].0), name(next))
    };
    let title = format!("these agents wait for each other: {}", path.join(" → "));
    let mut diagnostic = Diagnostic::error("cycle", title, cycle[0].1).label(label(0));
    for (at, &(_, span)) in cycle.iter().enumerate().take(NAMED).skip(1) {
        diagnostic = diagnostic.also(span, label(at));
    }
    diagnostic.help("one of them has to start without the others")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    fn graph(edges: &[&[u32]]) -> Graph {
        let mut graph = Graph::new();
        for list in edges {
            graph.push(
                list.iter().map(|&to| Edge { to: AgentIdx(to), span: Span::new(0, to as usize) }).collect(),
            );
        }
        graph
    }

    fn cycles(edges: &[&[u32]]) -> Vec<Vec<u32>> {
        let graph = graph(edges);
        let stuck = graph.order().expect_err("a cycle");
        let cycles = graph.cycles(&stuck);
        cycles.iter().map(|cycle| cycle.iter().map(|(agent, _)| agent.0).collect()).collect()
    }

    #[test]
    fn each_knot_gives_its_shortest_cycle() {
        assert_eq!(cycles(&[&[1], &[0]]), [[0, 1]]);
        assert_eq!(cycles(&[&[1], &[2], &[0], &[0]]), [[0, 1, 2]]);
        // Two cycles through 0: the shorter one is told.
        assert_eq!(cycles(&[&[1, 3], &[2], &[0], &[0]]), [[0, 3]]);
        // 0 stands behind the cycle, not on it; a second knot is told too.
        assert_eq!(cycles(&[&[1], &[2], &[1], &[4], &[3]]), [[1, 2], [3, 4]]);
    }

    #[test]
    fn a_long_chain_takes_no_stack() {
        let last = 100_000;
        let edges: Vec<Vec<u32>> = (0..=last).map(|at| vec![if at == last { 0 } else { at + 1 }]).collect();
        let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
        assert_eq!(cycles(&edges)[0].len(), last as usize + 1);
    }

    #[test]
    fn a_cycles_edges_keep_their_places() {
        let graph = graph(&[&[1], &[0]]);
        let stuck = graph.order().expect_err("a cycle");
        let diagnostic = describe(&graph.cycles(&stuck)[0], |agent| ["a", "b"][agent.0 as usize]);
        assert_eq!(diagnostic.title, "these agents wait for each other: a → b → a");
        let labels: Vec<_> = diagnostic.labels.iter().map(|label| (&*label.text, label.span.end)).collect();
        assert_eq!(labels, [("`a` waits for `b`", 1), ("`b` waits for `a`", 0)]);
    }

    proptest! {
        #[test]
        fn an_order_never_breaks_a_dependency(
            edges in prop::collection::vec(prop::collection::vec(0_u32..12, 0..3), 12),
        ) {
            let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
            let graph = graph(&edges);
            match graph.order() {
                Ok(order) => {
                    prop_assert_eq!(order.len(), edges.len());
                    let mut place = vec![0; edges.len()];
                    for (at, agent) in order.iter().enumerate() {
                        place[agent.0 as usize] = at;
                    }
                    for (agent, list) in edges.iter().enumerate() {
                        prop_assert!(list.iter().all(|&to| place[to as usize] < place[agent]));
                    }
                }
                Err(stuck) => {
                    let cycles = graph.cycles(&stuck);
                    prop_assert!(!cycles.is_empty());
                    for cycle in cycles {
                        for (at, (agent, _)) in cycle.iter().enumerate() {
                            let next = cycle[(at + 1) % cycle.len()].0;
                            prop_assert!(edges[agent.0 as usize].contains(&next.0));
                        }
                    }
                }
            }
        }
    }
}
