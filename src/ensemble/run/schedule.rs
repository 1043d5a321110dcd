//! Who waits for whom, seen from those who are waited for: made once from a plan, shared by all its runs.

use crate::draw::{StreamId, StreamKind};
use crate::ensemble::plan::{AgentIdx, ComponentPlan, Expression, Gate, Plan};
use std::collections::HashMap;

/// What an agent still waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    /// How many agents that its gate needs have not settled.
    pub(super) gate: u32,
    /// How many agents that its start needs have not settled.
    pub(super) start: u32,
}

/// One who waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiter {
    pub(super) agent: AgentIdx,
    /// Whether its gate waits too, not its start alone.
    pub(super) gate: bool,
}

/// The number of one of the streams that several expressions of a run read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SharedStream(pub(super) u32);

/// The edges of the plan, and what else every run would have to work out.
#[derive(Debug)]
pub(in crate::ensemble) struct Schedule {
    /// What each agent waits for at the start.
    pub(super) waiting: Box<[Waiting]>,
    waiters: Box<[Waiter]>,
    /// Where the waiters of each agent begin.
    starts: Box<[u32]>,
    /// Which remembered stream each gate reads.
    pub(super) gate_streams: Box<[Option<SharedStream>]>,
    /// Which remembered stream each component expression reads.
    pub(super) component_streams: Box<[Option<SharedStream>]>,
    pub(super) shared_streams: usize,
    /// What the texts of the agents' components draw from.
    pub(super) text_streams: Box<[Option<StreamId>]>,
}

impl Schedule {
    /// O(agents + edges).
    pub(in crate::ensemble) fn new(plan: &Plan) -> Self {
        let count = plan.agents.len();
        let mut starts = vec![0_u32; count + 1];
        for need in plan.agents.iter().flat_map(|agent| agent.needs.iter()) {
            starts[need.0 as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let nobody = Waiter { agent: AgentIdx(0), gate: false };
        let mut waiters = vec![nobody; starts[count] as usize];
        let mut filled = starts.clone();
        for (agent, index) in plan.agents.iter().zip(0..) {
            for need in &agent.needs {
                let at = &mut filled[need.0 as usize];
                let gate = agent.gate_needs.contains(need);
                waiters[*at as usize] = Waiter { agent: AgentIdx(index), gate };
                *at += 1;
            }
        }
        let waiting = plan.agents.iter().map(|agent| {
            // Only needs settle anything: what a gate needs and the start does not would never be counted down.
            let gate = agent.gate_needs.iter().filter(|need| agent.needs.contains(need)).count();
            Waiting { gate: gate as u32, start: agent.needs.len() as u32 }
        });
        let mut streams = Streams::default();
        for agent in &plan.agents {
            streams.count(gate_expression(&agent.gate));
            streams.count(component_expression(agent.component.as_ref()));
        }
        let agents = || plan.agents.iter();
        let gate_streams = agents().map(|agent| streams.number(gate_expression(&agent.gate))).collect();
        let component_streams =
            agents().map(|agent| streams.number(component_expression(agent.component.as_ref()))).collect();
        let text_streams = agents().map(|agent| {
            let label = || format!("{}.component", agent.name);
            agent.component.as_ref().map(|_| StreamId::new(StreamKind::Field, "", &label()))
        });
        Self {
            waiting: waiting.collect(),
            waiters: waiters.into(),
            starts: starts.into(),
            gate_streams,
            component_streams,
            shared_streams: streams.numbers.len(),
            text_streams: text_streams.collect(),
        }
    }

    /// Those who wait for `agent`.
    pub(super) fn waiters(&self, agent: AgentIdx) -> &[Waiter] {
        let at = agent.0 as usize;
        &self.waiters[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

fn gate_expression(gate: &Gate) -> Option<&Expression> {
    match gate {
        Gate::Expression(expression) => Some(expression),
        Gate::Open | Gate::Closed => None,
    }
}

fn component_expression(component: Option<&ComponentPlan>) -> Option<&Expression> {
    match component {
        Some(ComponentPlan::Expression(expression)) => Some(expression),
        Some(ComponentPlan::Fixed(_)) | None => None,
    }
}

/// Finds the streams that more than one expression reads: only they are worth remembering.
#[derive(Default)]
struct Streams {
    readers: HashMap<StreamId, u32>,
    numbers: HashMap<StreamId, SharedStream>,
}

impl Streams {
    fn count(&mut self, expression: Option<&Expression>) {
        if let Some(stream) = expression.and_then(|expression| expression.stream) {
            *self.readers.entry(stream).or_default() += 1;
        }
    }

    fn number(&mut self, expression: Option<&Expression>) -> Option<SharedStream> {
        let stream = expression?.stream?;
        if self.readers.get(&stream).is_none_or(|&readers| readers < 2) {
            return None;
        }
        let next = SharedStream(self.numbers.len() as u32);
        Some(*self.numbers.entry(stream).or_insert(next))
    }
}
