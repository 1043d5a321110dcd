//! `segue promote`: what one environment holds goes to another.

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::moves::{self, Overriding, Why, registry, report};
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
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Promote {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let how = moves::set(&self.why, &self.overriding);
        let moved = registry()?.promote(&self.component, &self.from, &self.to, &how)?;
        report(out, &[moved], self.json)?;
        Ok(Exit::Ok)
    }
}
