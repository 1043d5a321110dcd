//! Ensembles: YAML files of agents, from text to trace.

mod compile;
pub mod plan;
pub mod schema;
pub mod yaml;

pub use compile::{Compiled, compile};
