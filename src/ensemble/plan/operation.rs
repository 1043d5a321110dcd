//! What a plan has to know of operations: their names, and what they want to be given.
//!
//! Operations tell it themselves; this room knows none of them.

use std::borrow::Cow;

use super::planner::Planner;
use crate::ensemble::schema::{AgentSpec, enumeration};
use crate::ensemble::yaml::{Map, NodeKind};
use crate::syntax::{Diagnostic, Span, neighbour};

/// What an operation tells of itself, so that an agent that cannot work is found before any runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// Its name, as agents give it.
    pub name: Cow<'static, str>,
    /// Whether it uses a component.
    pub component: Need,
    /// The fields of `config`.
    pub config: ConfigFields,
    /// Fields of `config` that name something the engine has, or has not.
    pub choices: Vec<Choice>,
    /// Whether what it gives follows from its input, configuration and component, so that it may be kept.
    pub is_cacheable: bool,
}

/// A field of `config` that is one of some names, where the file says which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The field; it is called what it names.
    pub field: Cow<'static, str>,
    /// The names.
    pub names: Box<[Box<str>]>,
}

/// Whether something is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// An agent without it is an error.
    Required,
    /// It may be there.
    Optional,
    /// It is the only way besides this field of `config`: one of the two is needed.
    Or(Cow<'static, str>),
    /// An agent that has it is told by a warning that nothing uses it.
    Unused,
}

/// The fields of an operation's `config`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFields {
    /// Those that must be there.
    pub required: Cow<'static, [&'static str]>,
    /// Those that may be there.
    pub optional: Cow<'static, [&'static str]>,
    /// Whether there may be others; if not, another one is an error with a suggestion.
    pub is_open: bool,
}

impl OperationInfo {
    /// An operation of which nothing is checked: a component or none, any configuration.
    #[must_use]
    pub fn open(name: impl Into<Cow<'static, str>>) -> Self {
        let config = ConfigFields { is_open: true, ..ConfigFields::default() };
        Self { name: name.into(), component: Need::Optional, config, choices: Vec::new(), is_cacheable: true }
    }
}

impl Planner<'_> {
    /// Whether the agent's operation exists and has what it needs.
    pub(super) fn check_operation(&mut self, agent: &AgentSpec) {
        let operation = &agent.operation;
        if operation.value.is_empty() {
            return;
        }
        let Some(info) = self.operations.iter().find(|info| info.name == *operation.value) else {
            let title = format!("there is no operation `{}`", operation.value);
            let diagnostic = Diagnostic::error("unknown-operation", title, operation.span);
            let mut names: Vec<&str> = self.operations.iter().map(|info| &*info.name).collect();
            names.sort_unstable();
            let near = neighbour(&operation.value, names.iter().copied());
            self.report(match near {
                Some(near) => diagnostic.did_you_mean(&operation.value, near),
                None if names.is_empty() => diagnostic,
                None => diagnostic.help(format!("there are {}", enumeration(&names))),
            });
            return;
        };
        let fields = match agent.config.as_ref().map(|node| &node.kind) {
            None => Some(&Map::EMPTY),
            Some(NodeKind::Map(map)) => Some(map),
            // A template gives the configuration: only a run can tell what is in it.
            Some(_) => None,
        };
        self.check_component_need(agent, info, fields);
        if let Some(fields) = fields {
            self.check_config(agent, info, fields);
        }
    }

    fn check_component_need(&mut self, agent: &AgentSpec, info: &OperationInfo, fields: Option<&Map>) {
        let (name, span) = (&info.name, agent.operation.span);
        match (&info.component, &agent.component) {
            (Need::Required, None) if !agent.has_faulty_component => {
                let title = format!("`{name}` needs a `component`");
                let help = "add `component: prompts/NAME@production`, for instance";
                self.report(Diagnostic::error("missing-component", title, span).help(help));
            }
            (Need::Or(field), None)
                if !agent.has_faulty_component
                    && fields.is_some_and(|fields| fields.get(field).is_none()) =>
            {
                let title = format!("`{name}` needs `config.{field}` or a `component`");
                let kind = if *name == *"ensemble" { "ensembles" } else { "prompts" };
                let help = format!("add `config: {{{field}: …}}`, or `component: {kind}/NAME@production`");
                self.report(Diagnostic::error("missing-component", title, span).help(help));
            }
            (Need::Unused, Some(component)) => {
                let title = format!("`{name}` uses no component");
                let diagnostic = Diagnostic::warning("unused-component", title, component.span);
                self.report(diagnostic.help("take `component` away"));
            }
            _ => {}
        }
    }

    fn check_config(&mut self, agent: &AgentSpec, info: &OperationInfo, fields: &Map) {
        let name = &info.name;
        for &required in info.config.required.iter() {
            if fields.get(required).is_none() {
                let title = format!("`{name}` needs `config.{required}`");
                let help = format!("add `config: {{{required}: …}}`");
                self.report(Diagnostic::error("missing-field", title, agent.operation.span).help(help));
            }
        }
        for choice in &info.choices {
            self.check_choice(choice, fields);
        }
        if info.config.is_open {
            return;
        }
        let mut known: Vec<&str> = info.config.required.to_vec();
        known.extend(info.config.optional.iter());
        if let Need::Or(field) = &info.component {
            known.push(field);
        }
        for entry in &fields.entries {
            let key: &str = &entry.key.value;
            if !known.contains(&key) {
                self.unknown_config(name, key, entry.key.span, &known);
            }
        }
    }

    /// Where the agent says which of the engine's choices it takes.
    pub(super) fn choice_span(&self, agent: &AgentSpec) -> Option<Span> {
        let info = self.operations.iter().find(|info| info.name == *agent.operation.value)?;
        let NodeKind::Map(fields) = &agent.config.as_ref()?.kind else { return None };
        info.choices.iter().find_map(|choice| Some(fields.get(&choice.field)?.span))
    }

    /// A name that an expression gives is for the run to look at.
    fn check_choice(&mut self, choice: &Choice, fields: &Map) {
        let Some(NodeKind::Text(scalar)) = fields.get(&choice.field).map(|node| &node.kind) else { return };
        let name = scalar.text.trim_end_matches('\n');
        if name.contains("${") || choice.names.iter().any(|known| **known == *name) {
            return;
        }
        let title = format!("there is no {} `{name}`", choice.field);
        let diagnostic = Diagnostic::error("unknown-choice", title, scalar.span);
        let names: Vec<&str> = choice.names.iter().map(AsRef::as_ref).collect();
        self.report(match neighbour(name, names.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(name, near),
            None => diagnostic.help(format!("there are {}", enumeration(&names))),
        });
    }

    fn unknown_config(&mut self, operation: &str, key: &str, span: Span, known: &[&str]) {
        let title = format!("the `config` of `{operation}` has no field `{key}`");
        let diagnostic = Diagnostic::error("unknown-field", title, span);
        self.report(match neighbour(key, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(key, near),
            None if known.is_empty() => diagnostic.help("it has none"),
            None => diagnostic.help(format!("its fields are {}", enumeration(known))),
        });
    }
}
