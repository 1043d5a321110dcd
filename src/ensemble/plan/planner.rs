//! The way from a description to a plan: the scope, then field by field, then the graph.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::graph::{Edge, Graph, describe};
use super::lint::SplitGate;
use super::{
    AgentIdx, AgentPlan, ENV, EnvPlan, EnvRequired, FIRST_AGENT, INPUT, InputSchema, OperationInfo, Plan,
    Planned, StickyPlan,
};
use crate::builtins::Extensions;
use crate::compile::{Group, Scope, Undeclared};
use crate::draw::StreamKind;
use crate::ensemble::compile::{has_errors, in_file_order};
use crate::ensemble::schema::Spec;
use crate::syntax::{Diagnostic, Severity};

/// After so many faults, further expressions are left unread: whoever mends them sees the others next.
const MAX_FAULTS: usize = 200;

/// Whose expression is being compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// An agent's.
    Agent(AgentIdx),
    /// The sticky key, which is made before any agent runs.
    Sticky,
    /// The output, which is made when all agents have settled.
    Output,
}

/// A plan in the making.
pub(super) struct Planner<'s> {
    pub(super) spec: &'s Spec,
    pub(super) operations: &'s [OperationInfo],
    pub(super) scope: Scope,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where the field stands that is being compiled: `analyzer.input.text`.
    pub(super) path: String,
    /// Whose field it is.
    pub(super) reader: Reader,
    /// What the fields have read so far; taken by whoever asked for them.
    pub(super) reads: Vec<Edge>,
    /// The gates that draw.
    pub(super) gates: Vec<SplitGate>,
    /// The variables with a default.
    defaults: HashSet<&'s str>,
    pub(super) required: IndexMap<Box<str>, EnvRequired>,
    has_left_out: bool,
    /// The agents by their names; made when first asked for.
    names: Option<HashMap<&'s str, AgentIdx>>,
}

impl<'s> Planner<'s> {
    pub(super) fn new(spec: &'s Spec, operations: &'s [OperationInfo], extensions: &Arc<Extensions>) -> Self {
        let with_default = spec.env.iter().filter(|variable| variable.default.is_some());
        Self {
            spec,
            operations,
            scope: scope_of(spec, extensions),
            diagnostics: Vec::new(),
            path: String::new(),
            reader: Reader::Output,
            reads: Vec::new(),
            gates: Vec::new(),
            defaults: with_default.map(|variable| &*variable.name.value).collect(),
            required: IndexMap::new(),
            has_left_out: false,
            names: None,
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether there are faults enough.
    pub(super) fn is_full(&mut self) -> bool {
        let is_full = self.diagnostics.len() >= MAX_FAULTS;
        self.has_left_out |= is_full;
        is_full
    }

    /// Whether the ensemble or the caller has to give a value for the variable.
    pub(super) fn has_default(&self, variable: &str) -> bool {
        self.defaults.contains(variable)
    }

    pub(super) fn agent_name(&self, agent: AgentIdx) -> &'s str {
        &self.spec.agents[agent.0 as usize].name.value
    }

    pub(super) fn by_name(&mut self, name: &str) -> Option<&AgentIdx> {
        let agents = &self.spec.agents;
        let names = self.names.get_or_insert_with(|| {
            let indexes = (0..).map(AgentIdx);
            agents.iter().map(|agent| &*agent.name.value).zip(indexes).collect()
        });
        names.get(name)
    }

    pub(super) fn plan(mut self) -> Planned {
        let spec = self.spec;
        let input_schema = spec.input_schema.as_ref().and_then(|node| {
            let schema = InputSchema::new(node);
            schema.map_err(|diagnostic| self.report(diagnostic)).ok()
        });
        let sticky = self.sticky();
        let mut graph = Graph::new();
        let mut agents = Vec::with_capacity(spec.agents.len());
        for at in 0..spec.agents.len() {
            let idx = AgentIdx(u32::try_from(at).unwrap_or(u32::MAX));
            let (agent, edges) = self.agent(idx);
            graph.push(edges);
            agents.push(AgentPlan { needs: graph.edges(idx).iter().map(|edge| edge.to).collect(), ..agent });
        }
        self.reader = Reader::Output;
        let output = spec.output.as_ref().and_then(|node| self.field("output", node));
        let mut output_reads: Vec<AgentIdx> = self.reads.drain(..).map(|edge| edge.to).collect();
        output_reads.sort_unstable();
        output_reads.dedup();
        let order = self.order(&graph);
        self.lint_splits();
        let diagnostics = self.diagnostics();
        let name: Arc<str> = Arc::from(&*spec.name.value);
        let plan = order.filter(|_| !has_errors(&diagnostics)).map(|order| Plan {
            salt: spec.salt.as_ref().map_or_else(|| name.clone(), |salt| Arc::from(&*salt.value)),
            name,
            agents: agents.into(),
            order,
            output,
            output_reads: output_reads.into(),
            sticky,
            draws: spec.draws,
            input_schema,
            env: self.variables(),
            env_required: std::mem::take(&mut self.required).into_values().collect(),
            concurrency: spec.concurrency,
            timeout: spec.timeout,
        });
        Planned { plan, diagnostics }
    }

    fn diagnostics(&mut self) -> Vec<Diagnostic> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        if self.spec.agents.is_empty() {
            // Without agents every name of one is unknown: that there are none has been said.
            diagnostics.retain(|diagnostic| diagnostic.code != "unknown-name");
        }
        in_file_order(&mut diagnostics);
        if let (true, Some(last)) = (self.has_left_out, diagnostics.last()) {
            let title = "there are so many faults that not all expressions were looked at";
            let hint = Diagnostic::new(Severity::Hint, "too-many-faults", title, last.span());
            diagnostics.push(hint.help("mend these, and check again"));
        }
        diagnostics
    }

    fn order(&mut self, graph: &Graph) -> Option<Box<[AgentIdx]>> {
        match graph.order() {
            Ok(order) => Some(order),
            Err(stuck) => {
                for cycle in graph.cycles(&stuck) {
                    let diagnostic = describe(&cycle, |agent| self.agent_name(agent));
                    self.report(diagnostic);
                }
                None
            }
        }
    }

    fn sticky(&mut self) -> Option<StickyPlan> {
        let sticky = self.spec.sticky.as_ref()?;
        self.reader = Reader::Sticky;
        self.path.push_str("sticky");
        let parsed = self.parsed(&sticky.key);
        let key = parsed.and_then(|parsed| {
            let key = self.expression(&sticky.key, &parsed, StreamKind::Field, "", "sticky")?;
            self.lint_sticky(&sticky.key, &parsed, &key);
            Some(key)
        });
        self.path.clear();
        self.reads.clear();
        Some(StickyPlan { key: key?, missing: sticky.missing })
    }

    fn variables(&self) -> Box<[EnvPlan]> {
        let variables = self.spec.env.iter().map(|variable| EnvPlan {
            name: variable.name.value.clone(),
            default: variable.default.clone(),
            is_secret: variable.secret,
        });
        variables.collect()
    }
}

/// The scope of a description: agents that were left out have names too, so that nobody is told twice.
fn scope_of(spec: &Spec, extensions: &Arc<Extensions>) -> Scope {
    let agents = spec.agents.iter().map(|agent| &*agent.name.value);
    let left_out = spec.left_out.iter().map(|name| &**name).filter(|name| is_lexed_as_one(name));
    build_scope(agents, left_out, extensions)
}

/// What the expressions of an ensemble with these agents can name: `input`, `env`, the agents, `agents`, `fail`,
/// `draw`, and what the host adds, which what the ensemble itself has goes before.
pub(in crate::ensemble) fn scope<'n>(
    agents: impl ExactSizeIterator<Item = &'n str>,
    extensions: &Arc<Extensions>,
) -> Scope {
    build_scope(agents, std::iter::empty(), extensions)
}

fn build_scope<'n>(
    agents: impl ExactSizeIterator<Item = &'n str>,
    left_out: impl Iterator<Item = &'n str>,
    extensions: &Arc<Extensions>,
) -> Scope {
    let mut scope = Scope::new(Undeclared::Refuse);
    scope.extend(extensions);
    scope.variable("input", slot(INPUT));
    scope.variable("env", slot(ENV));
    let mut group = Group::default();
    let count = agents.len();
    group.members.reserve(count);
    // A slot of no agent for those left out: what is read from it is not looked at.
    let beyond = slot(FIRST_AGENT + count);
    let slots = (FIRST_AGENT..).map(slot);
    for (name, slot) in agents.zip(slots).chain(left_out.map(|name| (name, beyond))) {
        scope.variable(name, slot);
        group.members.insert(name.into(), slot);
    }
    scope.group("agents", group);
    scope.constant("fail", crate::builtins::fail());
    scope.allow_draw();
    scope.finish();
    scope
}

/// Whether the lexer could read a name that no agent may have as one name, and takes nothing of the language away.
fn is_lexed_as_one(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-');
    let is_language = matches!(name, "input" | "env" | "agents" | "draw" | "fail")
        || crate::builtins::global(name).is_some();
    !is_language && name.starts_with(|first: char| first.is_ascii_digit()) && name.chars().all(is_part)
}

fn slot(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
