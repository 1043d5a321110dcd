//! One agent: its gate, its component, its fields, and for whom it waits.

use std::sync::Arc;

use super::graph::Edge;
use super::planner::{Planner, Reader};
use super::{AgentIdx, AgentPlan, Fallback, Gate};
use crate::draw::StreamKind;
use crate::ensemble::schema::{AgentSpec, Condition, Draws};
use crate::ensemble::yaml::Spanned;

impl<'s> Planner<'s> {
    /// Plans an agent, its `needs` left to the graph, and gives the edges that begin at it. A part with a fault is left
    /// out; the fault keeps the whole plan from being given out.
    pub(super) fn agent(&mut self, idx: AgentIdx) -> (AgentPlan, Vec<Edge>) {
        let spec: &'s AgentSpec = &self.spec.agents[idx.0 as usize];
        self.reader = Reader::Agent(idx);
        self.reads.clear();
        self.path.clear();
        self.path.push_str(&spec.name.value);
        self.check_operation(spec);
        let gate = self.gate(idx, spec);
        let mut gate_needs: Vec<AgentIdx> = self.reads.iter().map(|edge| edge.to).collect();
        gate_needs.sort_unstable();
        gate_needs.dedup();
        let component = self.component(spec);
        let input = spec.input.as_ref().map(|node| self.field("input", node));
        let config = spec.config.as_ref().map(|node| self.field("config", node));
        let on_error = self.on_error(&spec.on_error);
        let cache = self.cache(spec);
        let requires = self.named(&spec.requires);
        self.named(&spec.depends_on);
        self.path.clear();
        let edges = std::mem::take(&mut self.reads);
        let agent = AgentPlan {
            name: Arc::from(&*spec.name.value),
            operation: Arc::from(&*spec.operation.value),
            span: self.choice_span(spec).unwrap_or(spec.operation.span),
            gate: gate.unwrap_or(Gate::Closed),
            component: component.flatten(),
            input: input.flatten(),
            config: config.flatten(),
            gate_needs: gate_needs.into(),
            needs: Box::default(),
            requires: requires.into(),
            retry: spec.retry.clone(),
            timeout: spec.timeout,
            cache,
            on_error: on_error.unwrap_or(Fallback::Fail),
        };
        (agent, edges)
    }

    fn gate(&mut self, idx: AgentIdx, spec: &AgentSpec) -> Option<Gate> {
        let scalar = match &spec.condition {
            None => return Some(Gate::Open),
            Some(Condition::Constant(Spanned { value: true, .. })) => return Some(Gate::Open),
            Some(Condition::Constant(Spanned { value: false, .. })) => return Some(Gate::Closed),
            Some(Condition::Expression(scalar)) => scalar,
        };
        let length = self.path.len();
        self.path.push_str(".condition");
        let gate = self.parsed(scalar).and_then(|parsed| {
            let (layer, label) = self.stream_parts(spec);
            let expression = self.expression(scalar, &parsed, StreamKind::Condition, layer, label)?;
            self.lint_gate(idx, scalar, &parsed, &expression);
            Some(Gate::Expression(expression))
        });
        self.path.truncate(length);
        gate
    }

    /// The layer of the agent's gate and component streams, and what tells them from those of other agents.
    pub(super) fn stream_parts<'a>(&self, spec: &'a AgentSpec) -> (&'a str, &'a str) {
        let layer = spec.layer.as_ref().map_or("", |layer| &layer.value);
        let label = match self.spec.draws {
            Draws::Shared => "",
            Draws::Independent => &spec.name.value,
        };
        (layer, label)
    }

    /// The agents of a list of names, noted as read; a name of none has been reported when the file was read.
    fn named(&mut self, names: &[Spanned<Box<str>>]) -> Vec<AgentIdx> {
        let mut agents = Vec::with_capacity(names.len());
        for name in names {
            let Some(&to) = self.by_name(&name.value) else { continue };
            self.reads.push(Edge { to, span: name.span });
            agents.push(to);
        }
        agents
    }
}
