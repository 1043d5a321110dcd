//! `segue promote`: what one environment holds goes to another.

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::moves::{self, Overriding, Telling, Why, registry};
use crate::output::Output;

/// Moves an environment to what another one holds: staging to production
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  segue promote prompts/extraction staging production")]
pub(crate) struct Promote {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// The environment that holds what is promoted
    from: String,
    /// The environment that moves
    to: String,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    overriding: Overriding,
    #[command(flatten)]
    telling: Telling,
}

impl Promote {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let how = moves::set(&self.why, &self.overriding);
        let moved = registry.promote(&self.component, &self.from, &self.to, &how)?;
        self.telling.report(out, &registry, &[moved])?;
        Ok(Exit::Ok)
    }
}
