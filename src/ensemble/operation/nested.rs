//! `ensemble`: the output is another ensemble's.

use super::{Call, Operation, Performing};
use crate::ensemble::outlook::{Foreseen, Outlook};
use crate::ensemble::plan::{ConfigFields, Need, OperationInfo};

/// The operation `ensemble`: runs the ensemble in `config.file` (relative to this ensemble's file) or that of the
/// component, with the agent's input.
///
/// It sees the same components, its agents count against the same `concurrency`, its seed is made from the parent's
/// and the agent's name, and without a `sticky` of its own it inherits the parent's key.
#[derive(Clone, Copy, Debug)]
pub struct Nested;

impl Operation for Nested {
    fn info(&self, name: &str) -> OperationInfo {
        let component = Need::Or("file".into());
        // What lies inside, its files and components, is not known here.
        let is_cacheable = false;
        let config = ConfigFields::default();
        OperationInfo { component, config, is_cacheable, ..OperationInfo::open(name.to_owned()) }
    }

    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        crate::ensemble::run::nested(call)
    }

    fn ensemble_file(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        match agent.config_text("file") {
            Foreseen::Text(file) => Some(file.to_text().into()),
            Foreseen::Absent | Foreseen::Open => None,
        }
    }

    fn holds_permit(&self) -> bool {
        false
    }
}
