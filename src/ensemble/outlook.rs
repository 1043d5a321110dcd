//! What can be told of agents before they run: keys that nobody has set.
//!
//! An operation knows what it will ask the environment for; here it is asked with what stands in the file, and what
//! only a run can tell stays open. Nothing is refused for it: a gate may have the last word.

use super::Ensemble;
use super::load::from_file;
use super::plan::{AgentIdx, AgentPlan, Field, Gate};
use crate::syntax::Diagnostic;
use crate::value::{Str, Value};
use std::path::{Path, PathBuf};

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
    /// The agent; of one in an ensemble that an agent runs, that agent.
    pub agent: AgentIdx,
    /// The names of the agents that lead to it, its own last: one, unless it is in another ensemble.
    pub path: Vec<Box<str>>,
    /// The variable.
    pub variable: Box<str>,
    /// Whether no gate on the way could keep the agent from running.
    pub is_ungated: bool,
    /// A warning about it, whose place counts in the ensemble's file.
    pub diagnostic: Diagnostic,
}

impl Ensemble {
    /// The agents that would fail for want of a key, as far as the files tell, with the variables of the engine's
    /// environment and those that the caller of a run will pass. An agent with `condition: false` is none of them.
    /// Ensembles in files that agents run are looked into, and read for that; those that are components are not.
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
        let unset = agents.flat_map(|(agent, idx)| {
            let mut seen: Vec<PathBuf> = self.path().map(Path::to_path_buf).into_iter().collect();
            let wants = self.wants(agent, idx, &has, &mut seen);
            wants.into_iter().map(move |Want { path, variable, is_ungated }| {
                let diagnostic = warning(agent, &path, &variable, is_ungated);
                UnsetKey { agent: idx, path, variable, is_ungated, diagnostic }
            })
        });
        unset.collect()
    }

    /// What the agent lacks, and the agents of the ensemble that it runs. Each file is looked into once, so that what
    /// runs itself ends.
    fn wants(
        &self,
        agent: &AgentPlan,
        idx: AgentIdx,
        has: &dyn Fn(&str) -> bool,
        seen: &mut Vec<PathBuf>,
    ) -> Vec<Want> {
        if matches!(agent.gate, Gate::Closed) {
            return Vec::new();
        }
        let outlook = Outlook { config: agent.config.as_ref(), has };
        let is_ungated = matches!(agent.gate, Gate::Open);
        let own = || Box::from(&*agent.name);
        let variable = self.operation(idx).unset_key(&outlook);
        let mut wants: Vec<Want> =
            variable.map(|variable| Want { path: vec![own()], variable, is_ungated }).into_iter().collect();
        // What cannot be loaded is told by whoever runs it.
        let Some(nested) =
            self.operation(idx).ensemble_file(&outlook).and_then(|file| from_file(self, &file).ok())
        else {
            return wants;
        };
        let file = nested.path().map(Path::to_path_buf).unwrap_or_default();
        if seen.contains(&file) {
            return wants;
        }
        seen.push(file);
        for (inner, at) in nested.plan().agents.iter().zip((0..).map(AgentIdx)) {
            for want in nested.wants(inner, at, has, seen) {
                let path = std::iter::once(own()).chain(want.path).collect();
                let is_ungated = is_ungated && want.is_ungated;
                wants.push(Want { path, is_ungated, ..want });
            }
        }
        wants
    }
}

/// A key that an agent lacks.
struct Want {
    path: Vec<Box<str>>,
    variable: Box<str>,
    is_ungated: bool,
}

fn warning(agent: &AgentPlan, path: &[Box<str>], variable: &str, is_ungated: bool) -> Diagnostic {
    let mut title = format!("the environment has no `{variable}`, which holds the key of");
    for (name, joint) in path.iter().rev().zip(std::iter::once("").chain(std::iter::repeat(", run by"))) {
        title.push_str(&format!("{joint} `{name}`"));
    }
    let label = if is_ungated {
        "the agent will fail without it"
    } else {
        "the agent will fail without it where its gate lets it run"
    };
    let help = "set it where the ensemble is run; `config.api_key_env` names another variable";
    Diagnostic::warning("unset-key", title, agent.span).label(label).help(help)
}
