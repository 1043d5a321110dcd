//! `segue man`: manual pages, from the same definitions as the help.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};

use crate::cli::Cli;
use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Writes the manual pages: `segue.1`, and one for each command
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  segue man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder that they are written to; it is made if need be
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

impl Man {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let name = self.directory.display().to_string();
        let failed = || format!("cannot write manual pages to `{name}`");
        std::fs::create_dir_all(&self.directory).with_context(failed)?;
        clap_mangen::generate_to(Cli::command(), &self.directory).with_context(failed)?;
        out.message(&format!("manual pages are in {name}"))?;
        Ok(Exit::Ok)
    }
}
