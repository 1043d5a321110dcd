//! What can be told of agents before they run: keys that nobody has set.
//!
//! An operation knows what it will ask the environment for; here it is asked with what stands in the file, and what
//! only a run can tell stays open. Nothing is refused for it: a gate may have the last word.

use super::Ensemble;
use super::plan::{AgentIdx, AgentPlan, Field, Gate};
use crate::syntax::Diagnostic;
use crate::value::{Str, Value};

/// An agent as its file describes it, before any run.
pub struct Outlook<'a> {
    pub(super) config: Option<&'a Field>,
    pub(super) has: &'a dyn Fn(&str) -> bool,
}

/// What the file says of a field of `config`.
#[derive(Clone, Debug, PartialEq)]
pub enum Foreseen<'a> {
    /// That there is none.
    Absent,
    /// Its text.
    Text(&'a Str),
    /// Something that is no text, or that only a run can tell.
    Open,
}

impl<'a> Outlook<'a> {
    /// A field of `config`.
    #[must_use]
    pub fn config_text(&self, name: &str) -> Foreseen<'a> {
        let told = |value: Option<&'a Value>| match value {
            None | Some(Value::Undefined | Value::Null) => Foreseen::Absent,
            Some(Value::String(text)) => Foreseen::Text(text),
            Some(_) => Foreseen::Open,
        };
        match self.config {
            None => Foreseen::Absent,
            Some(Field::Constant(Value::Object(config))) => told(config.get_str(name)),
            Some(Field::Map(shape, fields)) => {
                let mut named = shape.keys().iter().zip(fields.iter());
                match named.find(|(key, _)| key.as_str() == Some(name)) {
                    None => Foreseen::Absent,
                    Some((_, Field::Constant(value))) => told(Some(value)),
                    Some(_) => Foreseen::Open,
                }
            }
            Some(_) => Foreseen::Open,
        }
    }

    /// Whether the environment has a value for the variable that is more than spaces.
    #[must_use]
    pub fn has_variable(&self, name: &str) -> bool {
        (self.has)(name)
    }
}

impl std::fmt::Debug for Outlook<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlook").finish_non_exhaustive()
    }
}

/// An agent that cannot do its work, because a variable that holds its key has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnsetKey {
    /// The agent.
    pub agent: AgentIdx,
    /// The variable.
    pub variable: Box<str>,
    /// Whether the agent has no gate that could keep it from running.
    pub is_ungated: bool,
    /// A warning about it, whose place counts in the ensemble's file.
    pub diagnostic: Diagnostic,
}

impl Ensemble {
    /// The agents that would fail for want of a key, as far as the file tells, with the variables of the engine's
    /// environment and those that the caller of a run will pass. An agent with `condition: false` is none of them.
    /// Ensembles that agents run are not looked into.
    #[must_use]
    pub fn unset_keys(&self, passed: &[(String, String)]) -> Vec<UnsetKey> {
        let has = |name: &str| {
            let passed = passed.iter().rev().find(|(passed, _)| passed == name);
            let value = passed.map(|(_, value)| value.clone());
            value
                .or_else(|| (self.services().environment)(name))
                .is_some_and(|value| !value.trim().is_empty())
        };
        let agents = self.plan().agents.iter().zip((0..).map(AgentIdx));
        let unset =
            agents.filter(|(agent, _)| !matches!(agent.gate, Gate::Closed)).filter_map(|(agent, idx)| {
                let outlook = Outlook { config: agent.config.as_ref(), has: &has };
                let variable = self.operation(idx).unset_key(&outlook)?;
                let is_ungated = matches!(agent.gate, Gate::Open);
                Some(UnsetKey { agent: idx, is_ungated, diagnostic: warning(agent, &variable), variable })
            });
        unset.collect()
    }
}

fn warning(agent: &AgentPlan, variable: &str) -> Diagnostic {
    let title = format!("the environment has no `{variable}`, which holds the key of `{}`", agent.name);
    let label = match agent.gate {
        Gate::Open | Gate::Closed => "the agent will fail without it",
        Gate::Expression(_) => "the agent will fail without it where its gate lets it run",
    };
    let help = "set it where the ensemble is run; `config.api_key_env` names another variable";
    Diagnostic::warning("unset-key", title, agent.span).label(label).help(help)
}
