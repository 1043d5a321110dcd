//! Why a run went as it did: an expression with the values and draws that decided each part of it.
//!
//! Nothing is kept of parts while a run goes. They are evaluated again afterwards, by the same machine, over the
//! values that the run had, each part from where its draws began: expressions are pure, so that they give what they
//! gave. What a short circuit left out is not evaluated now either.

mod parts;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::Run;
use super::plan::{self, AgentPlan, ComponentPlan, Expression, Field, Gate};
use crate::draw::{RunKeys, Stream};
use crate::template;
use crate::value::Value;
use parts::Explainer;

/// What a run must keep of itself to be explained; only runs with a trace do.
#[derive(Clone)]
pub(super) struct Circumstances {
    /// By slot, as they were at the end. What an expression read had settled before, and is what it was.
    pub(super) variables: Vec<Value>,
    pub(super) keys: RunKeys,
}

/// A part of an expression, and what it gave.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Part {
    /// Its text, on one line.
    pub text: String,
    /// What it gave; secrets are replaced, long values cut.
    pub value: PartValue,
    /// The numbers that it drew, the first few.
    pub draws: Vec<f64>,
    /// The parts that decided it, in the order in which they are evaluated. A part that is a constant is left out.
    pub parts: Vec<Part>,
}

/// What a part gave.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartValue {
    /// A value, as JSON; numbers as JavaScript prints them, `undefined` as that word.
    Given(String),
    /// It threw: class and message.
    Thrown(String),
    /// It was not evaluated: what stands before it had decided.
    Skipped,
}

impl Run {
    /// What decided an agent's gate. None where the gate has no expression or was not decided, where there is no such
    /// agent, and where the run kept no trace.
    #[must_use]
    pub fn explain_gate(&self, agent: &str) -> Option<Part> {
        let Gate::Expression(expression) = &self.planned(agent)?.gate else { return None };
        let state = self.agent(agent)?;
        let is_decided = self.trace.decision(agent).is_some() || state.error.is_some();
        if is_decided { self.explain(expression) } else { None }
    }

    /// What chose an agent's component. None where it is fixed, or the agent did not come to it.
    #[must_use]
    pub fn explain_component(&self, agent: &str) -> Option<Part> {
        let Some(ComponentPlan::Expression(expression)) = &self.planned(agent)?.component else {
            return None;
        };
        let state = self.agent(agent)?;
        if state.executed { self.explain(expression) } else { None }
    }

    /// What made the output: each of its expressions, with the field where it stands (`output.result`). Empty where
    /// the run failed, has no `output` of its own or kept no trace.
    #[must_use]
    pub fn explain_output(&self) -> Vec<(Arc<str>, Part)> {
        let mut found = Vec::new();
        if let (Some(output), true) = (&self.ensemble.plan().output, self.is_ok()) {
            expressions(output, &mut found);
        }
        let explained =
            found.into_iter().map(|expression| Some((expression.field.clone(), self.explain(expression)?)));
        explained.flatten().collect()
    }

    fn planned(&self, agent: &str) -> Option<&AgentPlan> {
        self.ensemble.plan().agents.iter().find(|plan| &*plan.name == agent)
    }

    fn explain(&self, expression: &Expression) -> Option<Part> {
        let circumstances = self.circumstances.as_deref()?;
        let services = self.ensemble.services();
        let scope = plan::scope(self.ensemble.agents(), &services.extensions);
        let parsed = template::parse(&expression.text, &scope).ok()?;
        let stream = match expression.stream {
            Some(id) => circumstances.keys.stream(id),
            None => Stream::seeded(self.seed),
        };
        services.vms.with(|vm| {
            let mut explainer = Explainer {
                text: &expression.text,
                scope: &scope,
                variables: &circumstances.variables,
                secrets: &self.secrets,
                stream,
                vm,
                room: parts::MOST,
            };
            Some(explainer.template(&expression.template, &parsed))
        })
    }
}

/// The expressions in a field, in the order of the file.
fn expressions<'f>(field: &'f Field, found: &mut Vec<&'f Expression>) {
    match field {
        Field::Constant(_) => {}
        Field::Expression(expression) => found.push(expression),
        Field::List(fields) | Field::Map(_, fields) => {
            fields.iter().for_each(|field| expressions(field, found));
        }
    }
}
