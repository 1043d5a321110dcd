//! `segue run`: one run told in a few lines, or many of them counted.

mod batch;
#[cfg(feature = "otlp")]
mod export;
mod live;
#[cfg(not(feature = "otlp"))]
mod no_export;
pub(crate) mod one;
pub(crate) mod options;
mod report;
pub(crate) mod setup;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use segue::ensemble::{Metrics, RunBuilder};

#[cfg(feature = "otlp")]
use self::export::{Export, ExportOptions};
#[cfg(not(feature = "otlp"))]
use self::no_export::{Export, ExportOptions};
use self::options::RunOptions;
use crate::exit::Outcome;
use crate::output::Output;

/// Runs an ensemble, once or many times
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue run canary.yaml
  segue run ab-test.yaml --input '{\"user_id\": 42}'
  segue run ring.yaml --input @user.json --json | jq .output
  segue run progressive.yaml --env ROLLOUT_PERCENTAGE=10 --runs 10000
  segue run ab-test.yaml --inputs users.jsonl --runs 100000 --seed 7
  segue run canary.yaml --runs 100000 --html report.html

One run prints its output; what ran, what was skipped and why goes to standard error. With --runs or --inputs the runs
are counted: how often each agent executed, which component versions served, which agents ran together, with 95 %
intervals (Wilson's). Run K of a batch (counted from 0) has a seed that is made from --seed and K alone; a failed
run's seed is shown, and `--seed` with it replays that run.

Exit code 0 if all went well, 1 if a run failed, 2 if nothing could run; 130 after Ctrl-C, which ends a single run as
failed and a batch with the counts of what was done.")]
pub(crate) struct Run {
    #[command(flatten)]
    options: RunOptions,

    /// Inputs, one a line (`-` for standard input): one run each, or in turn as many as --runs says
    #[arg(long, value_name = "FILE.jsonl", conflicts_with = "input")]
    inputs: Option<PathBuf>,

    /// Run so many times, and count
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    runs: Option<u64>,

    /// Write what was counted as one page that stands alone: shares, versions, combinations, durations, the plan
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Write what was counted in Prometheus' text format: runs, agents by what became of them, durations, retries
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    #[command(flatten)]
    export: ExportOptions,

    /// Tell everything that happened in the run, in order
    #[arg(long)]
    trace: bool,

    /// Print JSON for programs
    #[arg(long)]
    json: bool,
}

impl Run {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let is_batch = self.inputs.is_some() || self.runs.is_some();
        if self.html.is_some() && !is_batch {
            return Err(anyhow::anyhow!("--html tells of many runs: add --runs N or --inputs FILE").into());
        }
        // Before the work, not after it.
        for (option, file) in [("--html", &self.html), ("--metrics", &self.metrics)] {
            if let Some(file) = file {
                crate::file::check(file).with_context(|| unwritten(option, file))?;
            }
        }
        let ensemble = match self.options.load(out)? {
            Ok(ensemble) => ensemble,
            Err(exit) => return Ok(exit),
        };
        let metrics = self.metrics.as_ref().map(|_| Arc::new(Metrics::new()));
        let onlookers = Onlookers { metrics, export: self.export.start(out)? };
        let outcome = if is_batch {
            batch::run(&self, &ensemble, &onlookers, out)
        } else {
            one::run(&self, &ensemble, &onlookers, out)
        };
        onlookers.export.finish(out)?;
        if let (Some(file), Some(metrics), Ok(_)) = (&self.metrics, onlookers.metrics, &outcome) {
            crate::file::write(file, &metrics.text()).with_context(|| unwritten("--metrics", file))?;
        }
        outcome
    }
}

/// Who looks on besides, at every run.
struct Onlookers {
    metrics: Option<Arc<Metrics>>,
    export: Export,
}

impl Onlookers {
    /// The run with them.
    fn watch(&self, builder: RunBuilder) -> RunBuilder {
        let builder = self.export.watch(builder);
        match &self.metrics {
            Some(metrics) => builder.observer(metrics.clone()),
            None => builder,
        }
    }
}

fn unwritten(option: &str, file: &Path) -> String {
    format!("{option}: cannot write `{}`", file.display())
}
