//! The options that say what one run is: its file, what it is given, where its components come from.

use std::path::PathBuf;

use clap::Args;
use segue::draw::Seed;
use segue::ensemble::{Ensemble, RunBuilder};

use super::setup::{self, Source};
use crate::exit::{Exit, Failure};
use crate::input;
use crate::output::Output;

/// What `run`, `explain` and `graph --run` are given.
#[derive(Args, Debug)]
pub(crate) struct RunOptions {
    /// The ensemble file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,

    /// The input: JSON, `@FILE`, or `-` for standard input [default: {}]
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(super) input: Option<String>,

    /// A variable of `env`
    #[arg(long, value_name = "NAME=VALUE", value_parser = setup::variable)]
    pub(super) env: Vec<(String, String)>,

    #[command(flatten)]
    pub(super) source: Source,

    /// What all draws come from: 0 to 2^53 - 1 [default: a fresh one, which is shown]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<Seed>,

    /// Refuse an input with integers that a double may not hold exactly, instead of warning
    #[arg(long)]
    pub(super) strict: bool,
}

impl RunOptions {
    /// The ensemble; what keeps it from running is told.
    pub(crate) fn load(&self, out: &mut Output) -> Result<Result<Ensemble, Exit>, Failure> {
        let loaded = setup::load(&self.file, &self.source, out)?;
        if let Ok(ensemble) = &loaded {
            // What a gate may keep from running is told if it does run.
            let unset = ensemble.unset_keys(&self.env);
            let unset: Vec<_> = unset.into_iter().filter(|unset| unset.is_ungated).collect();
            let warnings: Vec<_> = unset.iter().map(|unset| &unset.diagnostic).collect();
            setup::warn(&self.file, &warnings, out)?;
        }
        Ok(loaded)
    }

    /// The seed that was asked for, or a fresh one.
    pub(crate) fn seed(&self) -> Seed {
        self.seed.unwrap_or_else(crate::eval::fresh_seed)
    }

    /// The run that they describe.
    pub(crate) fn builder(&self, ensemble: &Ensemble) -> anyhow::Result<RunBuilder> {
        let input = match &self.input {
            Some(argument) => {
                let text = input::text(argument)?;
                input::check_json("--input", argument, &text)?;
                text
            }
            None => "{}".to_owned(),
        };
        let mut builder = ensemble.run_json(input).seed(self.seed()).strict(self.strict);
        for (name, value) in &self.env {
            builder = builder.env(name.as_str(), value.as_str());
        }
        Ok(builder)
    }
}
