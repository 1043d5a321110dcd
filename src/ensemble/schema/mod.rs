//! What an ensemble file says: its fields, checked, with their places, before anything is compiled.
//!
//! [`parse`] reads YAML into a [`Spec`]. It knows fields, types, names and durations; it looks into an expression
//! only as far as to see where it ends. Names inside expressions, dependencies and cycles belong to the plan.
//! A file with faults still gives what could be read, so that the plan's faults can be told in the same go.

mod agent;
mod cache;
mod condition;
mod duration;
mod ensemble;
mod fields;
mod json_schema;
mod names;
mod retry;
mod spec;
#[cfg(test)]
mod tests;

#[cfg(feature = "http")]
pub(super) use duration::parse as parse_duration;
pub(super) use fields::enumeration;
pub use json_schema::JSON_SCHEMA;
pub use spec::{
    AgentSpec, Backoff, CacheSpec, Condition, Draws, EnvVar, Missing, OnError, Reading, Retry, Spec, Sticky,
};

use crate::syntax::Diagnostic;

/// Reads an ensemble file: all faults in one go, each with its place in `text`.
///
/// Never panics; time and memory are linear in the text, whatever its aliases say.
#[must_use]
pub fn parse(text: &str) -> Reading {
    let document = super::yaml::read(text);
    let mut diagnostics = document.diagnostics;
    let spec = document.root.and_then(|root| ensemble::read(text, root, &mut diagnostics));
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span().start, diagnostic.span().end));
    Reading { spec, diagnostics }
}

/// [`parse`] for bytes that may not be UTF-8.
///
/// # Errors
/// The text that the diagnostic's places refer to (bad bytes replaced), and the diagnostic.
pub fn parse_bytes(bytes: &[u8]) -> Result<(&str, Reading), (Box<str>, Diagnostic)> {
    let text = super::yaml::decode(bytes)?;
    Ok((text, parse(text)))
}
