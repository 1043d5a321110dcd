//! `cache`: for how long an agent's answer is used again, and for whom.

use super::CacheSpec;
use super::fields::Reader;
use crate::ensemble::yaml::{Node, NodeKind};
use crate::syntax::Diagnostic;

pub(super) const CACHE: &[&str] = &["ttl", "key"];

impl Reader<'_, '_> {
    /// `{ttl, key}`.
    pub(super) fn cache(&mut self, node: Node) -> Option<CacheSpec> {
        let place = self.place(&node);
        if let NodeKind::Text(_) | NodeKind::Number(_) = node.kind {
            let written = self.text[node.span.range()].trim();
            let help = format!("write `cache: {{ttl: {written}}}`");
            let title = "`cache` is a map with `ttl`, and `key` if need be";
            self.report(Diagnostic::error("wrong-type", title, place).help(help));
            return None;
        }
        let entries = self.map("cache", node, "a map with `ttl`, and `key` if need be")?;
        let (mut ttl, mut has_ttl, mut key) = (None, false, None);
        for entry in entries {
            match &*entry.key.value {
                "ttl" => {
                    has_ttl = true;
                    ttl = self.positive("ttl", "a `ttl` of nothing keeps nothing", &entry.value);
                }
                "key" => match entry.value.kind {
                    NodeKind::Null => self.wrong_type("key", &entry.value, "what answers are kept apart by"),
                    _ => key = Some(entry.value),
                },
                _ => self.unknown_field("`cache`", &entry.key, CACHE),
            }
        }
        if !has_ttl {
            let title = "`cache` does not say for how long: `ttl`";
            self.report(Diagnostic::error("missing-field", title, place).help("add `ttl: 10m`"));
        }
        Some(CacheSpec { ttl: ttl?, key })
    }
}
