//! `segue tag set`: an environment moves to a version.

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::moves::{self, Overriding, Telling, Why, registry};
use crate::output::Output;

/// Moves an environment of a component to a version; makes the environment if there is none yet
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue tag set prompts/extraction production v1.1.0
  segue tag set prompts/extraction canary staging      to what staging holds
  segue tag set prompts/extraction dev HEAD            to a commit without a version

Several components at once: segue deploy. To go back: segue rollback.")]
pub(crate) struct Set {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// The environment, such as `production`, `canary` or `ring-0`
    environment: String,
    /// A version, another environment, or a revision of git
    #[arg(value_name = "VERSION|ENV|REV")]
    to: String,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    overriding: Overriding,
    #[command(flatten)]
    telling: Telling,
}

impl Set {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let how = moves::set(&self.why, &self.overriding);
        let moved = registry.set(&self.environment, &[(&self.component, &self.to)], &how)?;
        self.telling.report(out, &registry, &moved)?;
        Ok(Exit::Ok)
    }
}
