//! `cache`: what an agent's answers are kept apart by.

use super::planner::Planner;
use super::{CacheKey, CachePlan};
use crate::ensemble::cache::Keyed;
use crate::ensemble::schema::{AgentSpec, CacheSpec};
use crate::ensemble::yaml::{Node, NodeKind};
use crate::syntax::Diagnostic;

impl Planner<'_> {
    /// The agent's cache; `None` if it has none, or one with faults.
    pub(super) fn cache(&mut self, agent: &AgentSpec) -> Option<CachePlan> {
        let CacheSpec { ttl, key } = agent.cache.as_ref()?;
        let info = self.operations.iter().find(|info| info.name == *agent.operation.value);
        if info.is_some_and(|info| !info.is_cacheable) {
            let title = format!("what `{}` gives cannot be kept", agent.operation.value);
            let help = "give the agents inside it a `cache`: what they are made from is known there";
            self.report(Diagnostic::error("not-cacheable", title, agent.operation.span).help(help));
            return None;
        }
        let key = match key {
            None => CacheKey::Input,
            Some(node) => {
                let mut written = Keyed::new("config");
                if let Some(config) = &agent.config {
                    describe(config, &mut written);
                }
                CacheKey::Own { key: self.field("cache.key", node)?, config: written.finish() }
            }
        };
        Some(CachePlan { ttl: *ttl, key })
    }
}

/// A field as it is written, wherever it stands: who changes a model's name in the file gets new answers. Recursion is
/// bounded: YAML nests at most 128 deep.
fn describe(node: &Node, into: &mut Keyed) {
    match &node.kind {
        NodeKind::Null => into.text("null"),
        NodeKind::Bool(claim) => into.text(if *claim { "true" } else { "false" }),
        NodeKind::Number(number) => into.text(&format!("number {number}")),
        NodeKind::Text(scalar) => {
            into.text("text");
            into.text(&scalar.text);
        }
        NodeKind::List(items) => {
            into.text(&format!("list of {}", items.len()));
            items.iter().for_each(|item| describe(item, into));
        }
        NodeKind::Map(map) => {
            into.text(&format!("map of {}", map.entries.len()));
            for entry in &map.entries {
                into.text(&entry.key.value);
                describe(&entry.value, into);
            }
        }
    }
}
