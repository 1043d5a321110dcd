//! `segue verify`: whether the tags are what the histories and the rules say.

use std::io::Write;

use clap::Args;
use serde_json::json;

use crate::excerpt::harmless;
use crate::exit::{Exit, Outcome};
use crate::moves::registry;
use crate::output::{BAD, GOOD, Output, WARN};

/// Checks that versions did not move, that every environment is at a version, signatures and rules; for CI
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue verify
  segue verify --json | jq '.findings[] | .message'

Nothing is written, and no remote is asked: in CI, run `segue fetch` first.

Exit codes: 0 all is well; 1 something was found, or the clone has no tags to check.")]
pub(crate) struct Verify {
    /// Print {\"components\", \"versions\", \"environments\", \"findings\", \"notes\", \"error\"}
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let verified = registry()?.verify()?;
        let count = verified.findings.len();
        let things = if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
        if self.json {
            let findings: Vec<_> = verified
                .findings
                .iter()
                .map(|finding| {
                    json!({
                        "component": finding.address.path(),
                        "slot": finding.slot.to_string(),
                        "kind": finding.kind.as_str(),
                        "message": finding.message,
                    })
                })
                .collect();
            let mut object = json!({
                "components": verified.components,
                "versions": verified.versions,
                "environments": verified.environments,
                "findings": findings,
                "notes": verified.notes,
            });
            if count > 0 {
                let message = format!("{things} not as recorded");
                object["error"] = json!({ "code": "verify-failed", "message": message, "help": null });
            }
            writeln!(out.results(), "{object}")?;
        } else {
            for finding in &verified.findings {
                let kind = out.paint(BAD, finding.kind.as_str());
                writeln!(out.results(), "{kind}: {}", harmless(&finding.message))?;
            }
            let (components, versions, environments) =
                (verified.components, verified.versions, verified.environments);
            let looked = format!("components {components}, versions {versions}, environments {environments}");
            if count == 0 {
                let good = out.paint(GOOD, "all is well");
                writeln!(out.results(), "{good}: {looked}")?;
            } else {
                writeln!(out.results(), "{things} not as recorded: {looked}")?;
            }
            for note in &verified.notes {
                out.note(WARN, "note", note)?;
            }
        }
        Ok(if count == 0 { Exit::Ok } else { Exit::Failed })
    }
}
