//! `segue tag bump`: the version that comes next.

use clap::{Args, ValueEnum};

use super::create::Making;
use crate::exit::{Exit, Outcome};
use crate::moves::registry;
use crate::output::Output;

/// Makes the version that comes after the newest one
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue tag bump prompts/extraction minor          v1.2.3 → v1.3.0
  segue tag bump prompts/extraction prerelease     v1.2.3 → v1.2.4-rc.1 → v1.2.4-rc.2")]
pub(crate) struct Bump {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// What is counted up
    #[arg(value_name = "major|minor|patch|prerelease", hide_possible_values = true)]
    part: Part,
    #[command(flatten)]
    making: Making,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    Major,
    Minor,
    Patch,
    Prerelease,
}

impl Bump {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let part = match self.part {
            Part::Major => segue::registry::Bump::Major,
            Part::Minor => segue::registry::Bump::Minor,
            Part::Patch => segue::registry::Bump::Patch,
            Part::Prerelease => segue::registry::Bump::Prerelease,
        };
        let created = registry()?.bump(&self.component, part, &self.making.how())?;
        self.making.report(out, &created)?;
        Ok(Exit::Ok)
    }
}
