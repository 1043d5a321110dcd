//! `segue tag create`: a version that never changes.

use std::io::Write;

use clap::Args;
use segue::registry::{Created, Signature};
use serde_json::json;

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::{Why, registry};
use crate::output::{GOOD, Output, STRONG, WARN};

/// Makes a version of a component: an annotated tag, which never moves
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue tag create prompts/extraction v1.0.0
  segue tag create prompts/extraction v1.1.0 --at HEAD~1 -m 'asks for dates too'

The version is the component's file as it stands in the commit, not in the work tree.")]
pub(crate) struct Create {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// The version, such as `v1.2.0` or `v2.0.0-rc.1`
    version: String,
    #[command(flatten)]
    making: Making,
}

/// How a version is made, whichever it is.
#[derive(Args, Debug)]
pub(super) struct Making {
    /// The commit to make it of
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    /// Sign the tag, with the key that git is configured for
    #[arg(long)]
    sign: bool,
    #[command(flatten)]
    why: Why,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Making {
    pub(super) fn how(&self) -> segue::registry::Create {
        let signature = if self.sign { Signature::Required } else { Signature::Configured };
        segue::registry::Create { at: Some(self.at.as_str().into()), message: self.why.message(), signature }
    }

    pub(super) fn report(&self, out: &mut Output, created: &Created) -> Result<(), Failure> {
        for warning in &created.warnings {
            out.note(WARN, "warning", warning)?;
        }
        let (path, version) = (created.address.path(), created.version.to_string());
        if self.json {
            let commit = created.held.commit.as_str();
            let line = json!({
                "component": path, "version": version, "commit": commit, "warnings": created.warnings,
            });
            writeln!(out.results(), "{line}")?;
            return Ok(());
        }
        let (version, commit) = (out.paint(GOOD, &version), created.held.commit.short());
        writeln!(out.results(), "{path} {version} at {commit}")?;
        if out.is_watched() {
            out.note(STRONG, "hint", "send it: segue push --tags")?;
        }
        Ok(())
    }
}

impl Create {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let created = registry()?.create(&self.component, &self.version, &self.making.how())?;
        self.making.report(out, &created)?;
        Ok(Exit::Ok)
    }
}
