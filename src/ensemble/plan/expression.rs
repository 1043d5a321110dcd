//! One scalar with holes: parsed, looked through for what it reads, compiled.

use std::sync::Arc;

use super::graph::Edge;
use super::planner::{Planner, Reader};
use super::{AgentIdx, ENV, EnvRequired, Expression, FIRST_AGENT};
use crate::compile::Reference;
use crate::draw::{StreamId, StreamKind};
use crate::ensemble::yaml::Scalar;
use crate::syntax::{Diagnostic, Span};
use crate::template::{self, Parsed};

impl Planner<'_> {
    /// Reads the holes of a scalar; faults are reported in the file's places.
    pub(super) fn parsed(&mut self, scalar: &Scalar) -> Option<Parsed> {
        if self.is_full() {
            return None;
        }
        match template::parse(&scalar.text, &self.scope) {
            Ok(parsed) => Some(parsed),
            Err(faults) => {
                self.report_in(scalar, faults);
                None
            }
        }
    }

    fn report_in(&mut self, scalar: &Scalar, faults: Vec<Diagnostic>) {
        let mapped = faults.into_iter().map(|fault| fault.map_spans(|span| scalar.map.span(span)));
        self.diagnostics.extend(mapped);
    }

    /// Compiles a template and notes what it reads. A gate or component draws from the stream of its layer; `agent`
    /// tells streams apart where draws are independent.
    pub(super) fn expression(
        &mut self,
        scalar: &Scalar,
        parsed: &Parsed,
        kind: StreamKind,
        layer: &str,
        label: &str,
    ) -> Option<Expression> {
        let references = parsed.references(&self.scope);
        for reference in &references {
            self.note(scalar, reference);
        }
        let template = match parsed.compile(&scalar.text, &self.scope) {
            Ok(template) => template,
            Err(faults) => {
                self.report_in(scalar, faults);
                return None;
            }
        };
        self.lint_methods(scalar, parsed);
        let stream = template.may_draw().then(|| StreamId::new(kind, layer, label));
        Some(Expression {
            template,
            stream,
            // A block scalar ends in line breaks that nobody wrote.
            text: Arc::from(scalar.text.trim_end_matches(['\n', '\r'])),
            field: Arc::from(&*self.path),
            map: scalar.map.clone(),
        })
    }

    /// Notes one mention: an edge of the graph, or a variable that must have a value.
    fn note(&mut self, scalar: &Scalar, reference: &Reference) {
        let slot = reference.slot as usize;
        if slot == ENV {
            self.note_variable(scalar, reference);
        }
        let Some(at) = slot.checked_sub(FIRST_AGENT).filter(|&at| at < self.spec.agents.len()) else {
            return;
        };
        let to = AgentIdx(u32::try_from(at).unwrap_or(u32::MAX));
        let span = scalar.map.span(place(reference));
        match self.reader {
            Reader::Agent(agent) if agent == to => self.reads_itself(to, span),
            Reader::Sticky => {
                let name = self.agent_name(to);
                let title = format!("the sticky key reads the agent `{name}`");
                let diagnostic = Diagnostic::error("sticky-reads-agent", title, span);
                self.report(diagnostic.label("the key is made before any agent runs"));
            }
            Reader::Agent(_) | Reader::Output => self.reads.push(Edge { to, span }),
        }
        self.check_members(scalar, reference, to);
    }

    fn note_variable(&mut self, scalar: &Scalar, reference: &Reference) {
        let [(name, _), ..] = members(reference) else { return };
        if reference.is_guarded {
            return;
        }
        if self.has_default(name) || self.required.contains_key(name) {
            return;
        }
        let span = scalar.map.span(place(reference));
        let field = Arc::from(&*self.path);
        self.required.insert(name.clone(), EnvRequired { name: name.clone(), field, span });
    }

    fn reads_itself(&mut self, agent: AgentIdx, span: Span) {
        let name = self.agent_name(agent);
        let field = self.path[name.len()..].trim_start_matches('.');
        let field = field.split(['.', '[']).next().unwrap_or(field);
        let label = match field {
            "condition" => "it is decided before the agent runs",
            "on_error" => "it stands in for what the agent did not give",
            _ => "it is made before the agent runs",
        };
        let title = format!("the `{field}` of `{name}` reads `{name}` itself");
        self.report(Diagnostic::error("self-reference", title, span).label(label));
    }
}

/// The name together with the member that is read from it, in bytes of the template's text.
fn place(reference: &Reference) -> Span {
    members(reference).first().map_or(reference.span, |(_, member)| reference.span.to(*member))
}

/// The constant members that are read, one after the other.
pub(super) fn members(reference: &Reference) -> &[(Box<str>, Span)] {
    &reference.members
}
