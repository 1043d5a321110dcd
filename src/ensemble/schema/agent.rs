//! One agent's fields.

use super::condition;
use super::fields::Reader;
use super::names::check_agent;
use super::{AgentSpec, OnError, Retry};
use crate::ensemble::yaml::{Entry, Node, NodeKind, Spanned};
use crate::syntax::{Diagnostic, Span};

pub(super) const FIELDS: &[&str] = &[
    "name",
    "operation",
    "component",
    "condition",
    "when",
    "layer",
    "input",
    "config",
    "depends_on",
    "requires",
    "retry",
    "timeout",
    "cache",
    "on_error",
];

/// An agent while its fields are read.
#[derive(Default)]
struct Draft {
    name: Option<Spanned<Box<str>>>,
    operation: Option<Spanned<Box<str>>>,
    /// Where `condition` or `when` stands.
    condition_key: Option<Spanned<Box<str>>>,
    /// Whether the field was there, if only with a fault.
    has_name: bool,
    has_operation: bool,
}

impl Reader<'_, '_> {
    /// An agent; `None` if it has no name that could stand for it.
    pub(super) fn agent(&mut self, node: Node) -> Option<AgentSpec> {
        let (span, place) = (node.span, self.place(&node));
        let entries = self.map("agents", node, "a list of maps, each with `name` and `operation`")?;
        let mut draft = Draft::default();
        let mut agent = AgentSpec {
            name: Spanned::default(),
            operation: Spanned::default(),
            component: None,
            has_faulty_component: false,
            condition: None,
            layer: None,
            input: None,
            config: None,
            depends_on: Vec::new(),
            requires: Vec::new(),
            retry: Retry::default(),
            timeout: None,
            cache: None,
            on_error: OnError::default(),
            span,
        };
        for entry in entries {
            self.agent_field(&mut agent, &mut draft, entry);
        }
        self.missing(&draft, place);
        agent.operation = draft.operation.unwrap_or_default();
        agent.name = draft.name?;
        Some(agent)
    }

    fn agent_field(&mut self, agent: &mut AgentSpec, draft: &mut Draft, entry: Entry) {
        let Entry { key, value } = entry;
        match &*key.value {
            "name" => {
                draft.has_name = true;
                draft.name = self.word("name", &value).filter(|name| self.is_agent_name(name));
            }
            "operation" => {
                draft.has_operation = true;
                draft.operation = self.word("operation", &value);
            }
            "component" => {
                agent.component = self.template("component", value);
                agent.has_faulty_component = agent.component.is_none();
            }
            "condition" | "when" => {
                if self.once(&mut draft.condition_key, &key) {
                    agent.condition = condition::read(self, &key.value, value);
                }
            }
            "layer" => agent.layer = self.written("layer", &value),
            "input" => agent.input = Some(value),
            "config" => agent.config = self.config(value),
            "depends_on" => agent.depends_on = self.words("depends_on", value),
            "requires" => agent.requires = self.words("requires", value),
            "retry" => agent.retry = self.retry(value),
            "timeout" => agent.timeout = self.timeout(&value),
            "cache" => agent.cache = self.cache(value),
            "on_error" => agent.on_error = self.on_error(value),
            _ => self.unknown_field("an agent", &key, FIELDS),
        }
    }

    fn is_agent_name(&mut self, name: &Spanned<Box<str>>) -> bool {
        match check_agent(&name.value) {
            Ok(()) => true,
            Err(fault) => {
                self.report(Diagnostic::error(fault.code, fault.title, name.span).help(fault.help));
                self.left_out.push(name.value.clone());
                false
            }
        }
    }

    /// A map, or a template that gives one.
    fn config(&mut self, node: Node) -> Option<Node> {
        match node.kind {
            NodeKind::Map(_) | NodeKind::Text(_) => Some(node),
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::List(_) => {
                self.wrong_type("config", &node, "a map");
                None
            }
        }
    }

    fn missing(&mut self, draft: &Draft, place: Span) {
        if !draft.has_name {
            let diagnostic = Diagnostic::error("missing-field", "this agent has no `name`", place);
            self.report(diagnostic.help("expressions and the trace know it by its `name`"));
        }
        if !draft.has_operation {
            let title = match &draft.name {
                Some(name) => format!("the agent `{}` has no `operation`", name.value),
                None => "this agent has no `operation`".to_owned(),
            };
            let place = draft.name.as_ref().map_or(place, |name| name.span);
            self.report(
                Diagnostic::error("missing-field", title, place).help("add `operation: think`, for instance"),
            );
        }
    }
}
