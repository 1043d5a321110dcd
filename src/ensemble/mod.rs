//! Ensembles: YAML files of agents, from text to trace.

pub mod schema;
pub mod yaml;
