//! `segue graph`: the plan as a picture, in Mermaid's or Graphviz' language; with `--run`, what one run made of it.

mod dot;
mod mermaid;
pub(crate) mod picture;

use std::io::Write;

use clap::{Args, ValueEnum};

use self::picture::Picture;
use crate::exit::{Exit, Outcome};
use crate::output::{BAD, Output};
use crate::run::one;
use crate::run::options::RunOptions;

/// Draws an ensemble's plan: who waits for whom, and behind which gates
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue graph canary.yaml
  segue graph canary.yaml --format dot | dot -Tsvg > canary.svg
  segue graph canary.yaml --run --seed 7

Mermaid's text stands as it is in Markdown, in a block that begins with ```mermaid. An arrow goes from what is waited
for to who waits; a gate stands on the arrows of what it reads, a thick arrow is `requires`. With --run the ensemble
runs once, and the picture shows what executed, failed or was skipped.

Exit code 0 if it was drawn, 1 if the run of --run failed (the picture shows where), 2 if the file is no ensemble.")]
pub(crate) struct Graph {
    #[command(flatten)]
    options: RunOptions,

    /// Run it once, and mark what executed
    #[arg(long)]
    run: bool,

    /// The picture's language
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

/// The picture's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Mermaid, which Markdown shows on many sites
    Mermaid,
    /// Graphviz
    Dot,
}

impl Graph {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let ensemble = match self.options.load(out)? {
            Ok(ensemble) => ensemble,
            Err(exit) => return Ok(exit),
        };
        let mut exit = Exit::Ok;
        let ended = if self.run {
            let (result, is_interrupted) = one::to_end(self.options.builder(&ensemble)?, &ensemble, out)?;
            let ended = result.map_err(|error| anyhow::anyhow!("{error}"))?;
            if let Some(error) = ended.error() {
                out.note(BAD, "error", &format!("{}: {error}", ensemble.name()))?;
                exit = if is_interrupted { Exit::Interrupted } else { Exit::Failed };
            }
            Some(ended)
        } else {
            None
        };
        let picture = Picture::new(ensemble.plan(), ended.as_ref());
        let text = match self.format {
            Format::Mermaid => mermaid::draw(&picture),
            Format::Dot => dot::draw(&picture),
        };
        out.results().write_all(text.as_bytes())?;
        Ok(exit)
    }
}
