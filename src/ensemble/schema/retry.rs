//! `retry` and `on_error`: what an agent's failure leads to.

use super::fields::{Reader, enumeration};
use super::{Backoff, OnError, Retry};
use crate::ensemble::yaml::{Entry, Node, NodeKind};
use crate::syntax::{Diagnostic, neighbour};

pub(super) const RETRY: &[&str] = &["retries", "delay", "max_delay", "backoff", "jitter"];
const BACKOFFS: &[(&str, Backoff)] =
    &[("constant", Backoff::Constant), ("linear", Backoff::Linear), ("exponential", Backoff::Exponential)];
/// More retries are a loop, not a retry.
const MAX_RETRIES: u32 = 1_000;

impl Reader<'_, '_> {
    /// `retry: 2`, or the long form.
    pub(super) fn retry(&mut self, node: Node) -> Retry {
        let mut retry = Retry::default();
        if let NodeKind::Map(map) = node.kind {
            let mut has_retries = false;
            for entry in map.entries {
                has_retries |= &*entry.key.value == "retries";
                self.retry_field(&mut retry, &entry);
            }
            if !has_retries {
                let title = "`retry` does not say how many `retries`";
                self.report(Diagnostic::error("missing-field", title, node.span).help("add `retries: 2`"));
            }
            if retry.max_delay < retry.delay {
                retry.max_delay = retry.delay;
            }
        } else if let NodeKind::Number(_) = node.kind {
            retry.retries = self.whole("retry", &node, 0..=MAX_RETRIES).unwrap_or_default();
        } else {
            self.wrong_type("retry", &node, "a whole number, or a map with `retries`");
        }
        retry
    }

    fn retry_field(&mut self, retry: &mut Retry, entry: &Entry) {
        let value = &entry.value;
        match &*entry.key.value {
            "retries" => retry.retries = self.whole("retries", value, 0..=MAX_RETRIES).unwrap_or_default(),
            "delay" => retry.delay = self.duration("delay", value).unwrap_or(retry.delay),
            "max_delay" => retry.max_delay = self.duration("max_delay", value).unwrap_or(retry.max_delay),
            "backoff" => retry.backoff = self.choice("backoff", value, BACKOFFS).unwrap_or(retry.backoff),
            "jitter" => retry.jitter = self.jitter(value).unwrap_or(retry.jitter),
            _ => self.unknown_field("`retry`", &entry.key, RETRY),
        }
    }

    fn jitter(&mut self, node: &Node) -> Option<f64> {
        match node.kind {
            NodeKind::Bool(is_on) => Some(if is_on { Retry::default().jitter } else { 0.0 }),
            NodeKind::Number(share) if (0.0..=1.0).contains(&share) => Some(share),
            NodeKind::Number(_) => {
                let title = "`jitter` is a share from 0 to 1";
                self.report(Diagnostic::error("out-of-range", title, node.span));
                None
            }
            _ => {
                self.wrong_type("jitter", node, "a boolean, or a share from 0 to 1");
                None
            }
        }
    }

    /// `fail`, `continue` or `{fallback: …}`.
    pub(super) fn on_error(&mut self, node: Node) -> OnError {
        match node.kind {
            NodeKind::Text(ref scalar) => match &*scalar.text {
                "fail" => return OnError::Fail,
                "continue" => return OnError::Continue,
                other => {
                    let title = format!("`on_error` knows no `{other}`");
                    let diagnostic = Diagnostic::error("unknown-choice", title, node.span);
                    let choices = ["fail", "continue", "fallback"];
                    self.report(match neighbour(other, choices) {
                        Some(near) if near.name == "fallback" => {
                            diagnostic.help("write `on_error: {fallback: …}` with its value")
                        }
                        Some(near) => diagnostic.did_you_mean(other, near),
                        None => diagnostic.help("it is `fail`, `continue` or `{fallback: …}`"),
                    });
                }
            },
            NodeKind::Map(map) => {
                let span = node.span;
                let mut fallback = None;
                for entry in map.entries {
                    match &*entry.key.value {
                        "fallback" => fallback = Some(entry.value),
                        _ => self.unknown_field("`on_error`", &entry.key, &["fallback"]),
                    }
                }
                match fallback {
                    Some(value) => return OnError::Fallback(value),
                    None => {
                        let title = format!("`on_error` lacks its {}", enumeration(&["fallback"]));
                        self.report(Diagnostic::error("missing-field", title, span));
                    }
                }
            }
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::List(_) => {
                self.wrong_type("on_error", &node, "`fail`, `continue` or `{fallback: …}`");
            }
        }
        OnError::Fail
    }
}
