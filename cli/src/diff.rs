//! `segue diff`: what changed in a component between two slots, through git's own diff.

use std::io::Write;

use clap::Args;
use serde_json::json;

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{Output, STRONG};
use crate::show::to_json;

/// Shows what changed in a component between two slots
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue diff prompts/extraction@production prompts/extraction@staging
  segue diff prompts/extraction@v1.0.0 @v1.1.0
  segue diff prompts/extraction@production @HEAD

It is `git diff`: pager, colours and drivers are those of git's configuration.")]
pub(crate) struct Diff {
    /// Component and slot: `type/name@slot`
    #[arg(value_name = "COMPONENT@A")]
    from: String,
    /// Component and slot; `@slot` alone is the same component's
    #[arg(value_name = "COMPONENT@B")]
    to: String,
    /// Print {\"from\", \"to\", \"same\"} instead: which files are compared
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let component = self.from.split('@').next().unwrap_or_default();
        let to = if self.to.starts_with('@') { format!("{component}{}", self.to) } else { self.to.clone() };
        let (from, to) = (registry.file_at(&self.from)?, registry.file_at(&to)?);
        if self.json {
            let is_same = from.located.blob == to.located.blob;
            let line = json!({"from": to_json(&from), "to": to_json(&to), "same": is_same});
            writeln!(out.results(), "{line}")?;
            return Ok(Exit::Ok);
        }
        if from.located.blob == to.located.blob {
            out.note(STRONG, "note", "both are the same")?;
            return Ok(Exit::Ok);
        }
        out.flush()?;
        let command = registry.repository().command("diff").arg("--end-of-options");
        let code = command
            .arg(from.revision())
            .arg(to.revision())
            .show()
            .map_err(segue::registry::RegistryError::from)?;
        match code {
            Some(0 | 1) => Ok(Exit::Ok),
            // A pager that was left early.
            Some(141) | None => Err(Failure::ClosedPipe),
            Some(_) => Ok(Exit::Failed),
        }
    }
}
