//! What an agent's variable has: a misspelt member would be `undefined`, and a gate would silently take it for no.

use super::expression::members;
use super::planner::Planner;
use super::{AGENT_MEMBERS, AgentIdx, ERROR_MEMBERS};
use crate::compile::Reference;
use crate::ensemble::schema::enumeration;
use crate::ensemble::yaml::Scalar;
use crate::syntax::{Diagnostic, neighbour};

impl Planner<'_> {
    /// Refuses members that agents do not have.
    pub(super) fn check_members(&mut self, scalar: &Scalar, reference: &Reference, agent: AgentIdx) {
        let [(member, span), inner @ ..] = members(reference) else { return };
        if !AGENT_MEMBERS.contains(&&**member) {
            let name = self.agent_name(agent);
            let title = format!("the agent `{name}` has no `{member}`");
            let diagnostic = Diagnostic::error("unknown-member", title, scalar.map.span(*span));
            self.report(match neighbour(member, AGENT_MEMBERS.iter().copied()) {
                Some(near) => diagnostic.did_you_mean(member, near),
                None => diagnostic.help(format!(
                    "it has {}; what it gave is in `output`: `output.{member}`",
                    enumeration(AGENT_MEMBERS)
                )),
            });
        } else if let ("error", [(inner, span), ..]) = (&**member, inner)
            && !ERROR_MEMBERS.contains(&&**inner)
        {
            let title = format!("an agent's `error` has no `{inner}`");
            let diagnostic = Diagnostic::error("unknown-member", title, scalar.map.span(*span));
            self.report(match neighbour(inner, ERROR_MEMBERS.iter().copied()) {
                Some(near) => diagnostic.did_you_mean(inner, near),
                None => diagnostic.help(format!("it has {}", enumeration(ERROR_MEMBERS))),
            });
        }
    }
}
