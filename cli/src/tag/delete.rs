//! `segue tag delete`: a slot goes.

use clap::Args;
use segue::registry::DeleteVersions;

use crate::exit::{Exit, Outcome};
use crate::moves::{Telling, Why, registry};
use crate::output::Output;

/// Deletes an environment of a component, or a version
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue tag delete prompts/extraction rollout-1pct
  segue rollback prompts/extraction rollout-1pct       brings it back

The history keeps what it held.")]
pub(crate) struct Delete {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// The environment or version
    slot: String,
    /// Delete a version too, on which others may rely
    #[arg(long)]
    yes_delete_version: bool,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    telling: Telling,
}

impl Delete {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let versions = if self.yes_delete_version { DeleteVersions::Yes } else { DeleteVersions::No };
        let message = self.why.message();
        let moved = registry.delete(&self.component, &self.slot, versions, message.as_deref())?;
        self.telling.report(out, &registry, &[moved])?;
        Ok(Exit::Ok)
    }
}
