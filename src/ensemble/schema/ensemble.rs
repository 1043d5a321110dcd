//! The ensemble's own fields, and what its agents say of each other.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use indexmap::IndexSet;

use super::fields::{Reader, has_hole};
use super::names::is_variable;
use super::{AgentSpec, Draws, EnvVar, Missing, Spec, Sticky};
use crate::ensemble::yaml::{Entry, Node, NodeKind, Spanned};
use crate::syntax::{Diagnostic, Span, neighbour};

pub(super) const FIELDS: &[&str] = &[
    "ensemble",
    "name",
    "description",
    "agents",
    "flow",
    "input",
    "env",
    "sticky",
    "salt",
    "bucketing",
    "draws",
    "concurrency",
    "timeout",
    "output",
];
/// The one bucketing that there is; `docs/draws.md` describes it.
const BUCKETING: &str = "segue-1";
const DRAWS: &[(&str, Draws)] = &[("shared", Draws::Shared), ("independent", Draws::Independent)];
const MISSING: &[(&str, Missing)] = &[("draw", Missing::Draw), ("error", Missing::Error)];
/// After so many faults, names of agents are no longer suggested.
const MAX_SUGGESTIONS: usize = 100;
/// More agents at a time than this is no bound.
const MAX_CONCURRENCY: u32 = 1_000_000;

/// Where the fields with two spellings, or with a say in each other, stand.
#[derive(Default)]
struct Keys {
    name: Option<Spanned<Box<str>>>,
    agents: Option<Spanned<Box<str>>>,
    draws: Option<Span>,
    sticky: Option<Span>,
}

/// Reads the document; `None` if it is no map.
pub(super) fn read(text: &str, root: Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Spec> {
    let mut reader = Reader { text, diagnostics, left_out: Vec::new() };
    let span = root.span;
    let entries = reader.map("an ensemble file", root, "a map with `ensemble` and `agents`")?;
    let mut spec = Spec {
        name: Spanned::default(),
        description: None,
        agents: Vec::new(),
        left_out: Vec::new(),
        input_schema: None,
        env: Vec::new(),
        sticky: None,
        salt: None,
        bucketing: None,
        draws: Draws::default(),
        concurrency: None,
        timeout: None,
        output: None,
        span,
    };
    let mut keys = Keys::default();
    for entry in entries {
        reader.ensemble_field(&mut spec, &mut keys, entry);
    }
    reader.check_presence(&keys, span);
    if let (Draws::Independent, Some(draws), Some(sticky)) = (spec.draws, keys.draws, keys.sticky) {
        let title = "`draws: independent` and `sticky` exclude each other";
        let help = "a sticky key keeps a user on one side, independent draws do not: drop one of them";
        reader.report(
            Diagnostic::error("draws-and-sticky", title, draws).also(sticky, "the sticky key").help(help),
        );
    }
    reader.check_references(&mut spec.agents);
    spec.left_out = std::mem::take(&mut reader.left_out);
    Some(spec)
}

impl Reader<'_, '_> {
    fn ensemble_field(&mut self, spec: &mut Spec, keys: &mut Keys, entry: Entry) {
        let Entry { key, value } = entry;
        match &*key.value {
            "ensemble" | "name" => {
                if self.once(&mut keys.name, &key) {
                    spec.name = self.word(&key.value, &value).unwrap_or_default();
                }
            }
            "agents" | "flow" => {
                if self.once(&mut keys.agents, &key) {
                    spec.agents = self.agents(&key, value);
                }
            }
            "description" => spec.description = self.description(&value),
            "input" => spec.input_schema = self.input_schema(value),
            "env" => spec.env = self.env(value),
            "sticky" => {
                keys.sticky = Some(key.span);
                spec.sticky = self.sticky(value);
            }
            "salt" => spec.salt = self.written("salt", &value),
            "bucketing" => {
                spec.bucketing = self
                    .word("bucketing", &value)
                    .filter(|_| self.choice("bucketing", &value, &[(BUCKETING, ())]).is_some());
            }
            "draws" => {
                keys.draws = Some(key.span.to(value.span));
                spec.draws = self.choice("draws", &value, DRAWS).unwrap_or_default();
            }
            "concurrency" => {
                let bound = self.whole("concurrency", &value, 1..=MAX_CONCURRENCY);
                spec.concurrency = bound.and_then(|bound| NonZeroUsize::new(bound as usize));
            }
            "timeout" => spec.timeout = self.timeout(&value),
            "output" => spec.output = Some(value),
            _ => self.unknown_ensemble_field(&key),
        }
    }

    /// A field of an agent at the top is more often misplaced than misspelt.
    fn unknown_ensemble_field(&mut self, key: &Spanned<Box<str>>) {
        const AGENTS: &[&str] = &[
            "operation",
            "component",
            "condition",
            "when",
            "layer",
            "config",
            "depends_on",
            "requires",
            "retry",
            "on_error",
        ];
        if AGENTS.contains(&&*key.value) {
            let title = format!("an ensemble has no field `{}`", key.value);
            let help = "it is a field of an agent: indent it below its `- name:`";
            self.report(Diagnostic::error("unknown-field", title, key.span).help(help));
        } else {
            self.unknown_field("an ensemble", key, FIELDS);
        }
    }

    fn check_presence(&mut self, keys: &Keys, span: Span) {
        let text = &self.text[span.range()];
        let first = text.find(['\r', '\n']).unwrap_or(text.len());
        let place = Span::new(span.start as usize, span.start as usize + first);
        if keys.name.is_none() {
            let diagnostic = Diagnostic::error("missing-field", "the ensemble has no name", place);
            self.report(diagnostic.help("begin the file with `ensemble: NAME`"));
        }
        if keys.agents.is_none() {
            let diagnostic = Diagnostic::error("no-agents", "the ensemble has no agents", place);
            self.report(diagnostic.help("list them under `agents:`, each with `name` and `operation`"));
        }
    }

    /// The agents, those without a name of their own left out.
    fn agents(&mut self, key: &Spanned<Box<str>>, node: Node) -> Vec<AgentSpec> {
        let items = match node.kind {
            NodeKind::List(items) if !items.is_empty() => items,
            NodeKind::List(_) | NodeKind::Null => {
                let diagnostic = Diagnostic::error("no-agents", "the ensemble has no agents", key.span);
                self.report(diagnostic.help("list at least one, with `name` and `operation`"));
                return Vec::new();
            }
            _ => {
                self.wrong_type(&key.value, &node, "a list");
                if let (NodeKind::Map(_), Some(last)) = (&node.kind, self.diagnostics.last_mut()) {
                    last.help = Some("each agent begins with `- name: NAME`".to_owned());
                }
                return Vec::new();
            }
        };
        let mut places: HashMap<Box<str>, Span> = HashMap::with_capacity(items.len());
        let mut agents = Vec::with_capacity(items.len());
        for item in items {
            let Some(agent) = self.agent(item) else { continue };
            let (name, span) = (&agent.name.value, agent.name.span);
            if let Some(&first) = places.get(name) {
                let title = format!("two agents are called `{name}`");
                self.report(Diagnostic::error("duplicate-agent", title, span).also(first, "the first one"));
                continue;
            }
            places.insert(name.clone(), span);
            agents.push(agent);
        }
        agents
    }

    /// Leaves out of `depends_on` and `requires` what is no other agent, or stands there twice.
    fn check_references(&mut self, agents: &mut [AgentSpec]) {
        let names: IndexSet<Box<str>> = agents.iter().map(|agent| agent.name.value.clone()).collect();
        for agent in agents {
            let own = agent.name.value.clone();
            for (field, list) in [("depends_on", &mut agent.depends_on), ("requires", &mut agent.requires)] {
                if list.is_empty() {
                    continue;
                }
                let mut seen = std::collections::HashSet::with_capacity(list.len());
                list.retain(|name| {
                    self.is_other_agent(field, name, &own, &names) && seen.insert(name.value.clone())
                });
            }
        }
    }

    fn is_other_agent(
        &mut self,
        field: &str,
        name: &Spanned<Box<str>>,
        own: &str,
        names: &IndexSet<Box<str>>,
    ) -> bool {
        if &*name.value == own {
            let title = format!("`{own}` cannot wait for itself");
            self.report(Diagnostic::error("self-reference", title, name.span));
            return false;
        }
        if names.contains(&name.value) {
            return true;
        }
        if self.left_out.contains(&name.value) {
            return false;
        }
        let title = format!("`{field}` names no agent of this ensemble: `{}`", name.value);
        let diagnostic = Diagnostic::error("unknown-agent", title, name.span);
        // To look through all names for each fault would take quadratic time.
        let near = if self.diagnostics.len() < MAX_SUGGESTIONS {
            neighbour(&name.value, names.iter().map(|name| &**name).filter(|&name| name != own))
        } else {
            None
        };
        self.report(match near {
            Some(near) => diagnostic.did_you_mean(&name.value, near),
            None => diagnostic,
        });
        false
    }

    fn description(&mut self, node: &Node) -> Option<Box<str>> {
        match &node.kind {
            NodeKind::Null => None,
            // A description is for people: a `${` in it is part of what it says.
            NodeKind::Text(scalar) => Some(scalar.text.trim_end_matches('\n').into()),
            _ => self.written("description", node).map(|text| text.value),
        }
    }

    /// A JSON Schema: a map or a boolean.
    fn input_schema(&mut self, node: Node) -> Option<Node> {
        match node.kind {
            NodeKind::Map(_) | NodeKind::Bool(_) => Some(node),
            _ => {
                self.wrong_type("input", &node, "a JSON Schema");
                None
            }
        }
    }

    /// A list of names, or a map from names to defaults.
    fn env(&mut self, node: Node) -> Vec<EnvVar> {
        let mut variables: Vec<EnvVar> = match node.kind {
            NodeKind::List(items) => {
                let words = items.iter().filter_map(|item| self.word("env", item));
                words.map(|name| EnvVar { name, default: None, secret: false }).collect()
            }
            NodeKind::Map(map) => map.entries.into_iter().map(|entry| self.variable(entry)).collect(),
            _ => {
                self.wrong_type("env", &node, "a list of names, or a map of names and defaults");
                Vec::new()
            }
        };
        let mut places: HashMap<Box<str>, Span> = HashMap::new();
        variables.retain(|variable| {
            let Spanned { value: name, span } = &variable.name;
            if !is_variable(name) {
                let title = format!("`{name}` is no name for a variable");
                let help = "it is letters, digits and `_`, and does not begin with a digit";
                self.report(Diagnostic::error("invalid-name", title, *span).help(help));
                return false;
            }
            match places.insert(name.clone(), *span) {
                None => true,
                Some(first) => {
                    let title = format!("`{name}` stands under `env` twice");
                    self.report(
                        Diagnostic::error("duplicate-variable", title, *span).also(first, "the first one"),
                    );
                    false
                }
            }
        });
        variables
    }

    /// `NAME:`, `NAME: default` or `NAME: {default: …, secret: true}`.
    fn variable(&mut self, entry: Entry) -> EnvVar {
        let mut variable = EnvVar { name: entry.key, default: None, secret: false };
        match entry.value.kind {
            NodeKind::Null => {}
            NodeKind::Map(map) => {
                for Entry { key, value } in map.entries {
                    match (&*key.value, &value.kind) {
                        ("default", _) => variable.default = self.default(&value),
                        ("secret", NodeKind::Bool(secret)) => variable.secret = *secret,
                        ("secret", _) => self.wrong_type("secret", &value, "`true` or `false`"),
                        _ => self.unknown_field("a variable", &key, &["default", "secret"]),
                    }
                }
            }
            _ => variable.default = self.default(&entry.value),
        }
        variable
    }

    /// A default as written: values are texts, and `10` is `'10'`. The empty text is one.
    fn default(&mut self, node: &Node) -> Option<Box<str>> {
        match &node.kind {
            NodeKind::Text(scalar) if scalar.text.is_empty() => Some("".into()),
            _ => self.written("env", node).map(|text| text.value),
        }
    }

    /// A template, or `{key: …, missing: …}`.
    fn sticky(&mut self, node: Node) -> Option<Sticky> {
        let (place, mut key, mut missing) = (self.place(&node), None, Missing::default());
        match node.kind {
            NodeKind::Map(map) => {
                for entry in map.entries {
                    match &*entry.key.value {
                        "key" => key = Some(entry.value),
                        "missing" => {
                            missing = self.choice("missing", &entry.value, MISSING).unwrap_or_default()
                        }
                        _ => self.unknown_field("`sticky`", &entry.key, &["key", "missing"]),
                    }
                }
            }
            _ => key = Some(node),
        }
        let Some(key) = key else {
            let diagnostic = Diagnostic::error("missing-field", "`sticky` has no `key`", place);
            self.report(diagnostic.help("write `key: ${input.user_id}`, for instance"));
            return None;
        };
        let span = key.span;
        let is_constant = match &key.kind {
            NodeKind::Text(scalar) => !has_hole(&scalar.text),
            NodeKind::Bool(_) | NodeKind::Number(_) => true,
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => false,
        };
        if is_constant {
            let title = "the sticky key is the same for everybody";
            let help = "write an expression, such as `${input.user_id}`";
            self.report(Diagnostic::error("constant-sticky", title, span).help(help));
            return None;
        }
        Some(Sticky { key: self.template("sticky", key)?, missing })
    }
}
