//! `segue explain`: one run told as a story.

mod json;
mod story;

use std::io::Write;

use clap::Args;

use crate::exit::{Exit, Outcome};
use crate::output::Output;
use crate::run::one;
use crate::run::options::RunOptions;

/// Runs an ensemble once, and tells why it went as it did
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue explain canary.yaml
  segue explain canary.yaml --seed 7
  segue explain ring.yaml --input @user.json --json | jq .agents

Each gate is shown with the values and the draws that decided each part of it, each agent with the component version
that served it and the slot through which it came, its attempts and its output, and then what made the output. A run
with the same seed, input and environment has the same story.

Exit code 0 if the run went well, 1 if it failed, 2 if nothing could run.")]
pub(crate) struct Explain {
    #[command(flatten)]
    options: RunOptions,

    /// Print JSON for programs
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let ensemble = match self.options.load(out)? {
            Ok(ensemble) => ensemble,
            Err(exit) => return Ok(exit),
        };
        let (result, is_interrupted) = one::to_end(self.options.builder(&ensemble)?, &ensemble, out)?;
        let ended = result.map_err(|error| anyhow::anyhow!("{error}"))?;
        if self.json {
            writeln!(out.results(), "{}", json::story(&ended)?)?;
        } else {
            story::tell(&ended, out)?;
            if let Some(failure) = ended.error() {
                one::tell_place(&ended, failure, out)?;
            }
        }
        Ok(match ended.error() {
            None => Exit::Ok,
            Some(_) if is_interrupted => Exit::Interrupted,
            Some(_) => Exit::Failed,
        })
    }
}
