//! `segue rollback`: back to what was there before.

use clap::Args;
use segue::component::{Slot, Version};
use segue::registry::{ErrorCode, Mark, RegistryError, RollbackTo, parse_slot};

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::{Telling, Why, registry, shown};
use crate::output::{Output, STRONG, WARN};

/// Moves an environment back to what it held before, further back each time
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue rollback prompts/extraction production
  segue rollback prompts/extraction production --to v1.0.0
  segue rollback prompts/extraction production --mark-bad -m 'invents totals'
  segue rollback prompts/extraction production --undo

What is marked bad is refused by every later `tag set` and `promote`, and passed over by rollbacks. Rules of
`segue.yaml` do not stand in the way of going back.")]
pub(crate) struct Rollback {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// The environment, such as `production`
    environment: String,
    /// Back to this version, which it once held
    #[arg(long, value_name = "VERSION", conflicts_with = "undo")]
    to: Option<String>,
    /// Mark what it leaves as bad, with the reason given by -m
    #[arg(long, conflicts_with = "undo")]
    mark_bad: bool,
    /// Undo the last rollback, its mark included
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    telling: Telling,
}

impl Rollback {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let to = match &self.to {
            Some(text) => RollbackTo::Version(version(text)?),
            None if self.undo => RollbackTo::Undo,
            None => RollbackTo::Previous,
        };
        let mark = if self.mark_bad { Mark::Bad } else { Mark::Nothing };
        let how = segue::registry::Rollback { to, mark, message: self.why.message() };
        let back = registry.rollback(&self.component, &self.environment, &how)?;
        if let Some(fault) = &back.without_manifest {
            let text = format!("{}; a rollback needs no manifest, everything else does", fault.message);
            out.note(WARN, "warning", &text)?;
        }
        if !back.skipped.is_empty() {
            let names: Vec<String> = back.skipped.iter().map(shown).collect();
            out.note(STRONG, "note", &format!("passed over what is marked bad: {}", names.join(", ")))?;
        }
        match &back.moved {
            Some(moved) => self.telling.report(out, &registry, std::slice::from_ref(moved))?,
            None => {
                self.telling.report(out, &registry, &[])?;
                let there = self.to.as_deref().unwrap_or_default();
                out.note(STRONG, "note", &format!("{} holds {there} already", self.environment))?;
            }
        }
        Ok(Exit::Ok)
    }
}

fn version(text: &str) -> Result<Version, Failure> {
    match parse_slot(text)? {
        Slot::Version(version) => Ok(version),
        Slot::Environment(name) => {
            let error = RegistryError::new(ErrorCode::InvalidName, format!("`{name}` is no version"));
            Err(error.with_help("write `--to v1.0.0`").into())
        }
    }
}
