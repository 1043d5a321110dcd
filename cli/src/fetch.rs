//! `segue fetch`: what others changed comes from the remote.

use std::io::Write;

use clap::Args;
use segue::registry::sync::{Fetched, Settle};
use serde_json::{Value, json};

use crate::excerpt::harmless;
use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{BAD, GOOD, Output, STRONG};
use crate::sync::{self, arrow, both};

/// Brings tags and histories from the remote, moved tags too; keeps what you moved and have not pushed
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue fetch             takes what others moved
  segue fetch --theirs    where both moved the same environment, takes theirs and gives up yours
  segue fetch --ours      where both moved it, keeps yours; the next `segue push --tags --force` sends it

An environment that both moved is a conflict: both sides stay as they are, and both are shown.

Exit codes: 0 fetched; 1 there are conflicts, or the remote cannot be reached; 2 no such remote.")]
pub(crate) struct Fetch {
    /// The remote; without, where this branch is pushed to, or `origin`
    remote: Option<String>,
    /// Settle conflicts by what the remote has
    #[arg(long, conflicts_with = "ours")]
    theirs: bool,
    /// Settle conflicts by what you have
    #[arg(long)]
    ours: bool,
    /// Print {\"remote\", \"taken\", \"settled\", \"conflicts\", \"unpushed\", \"error\"}
    #[arg(long)]
    json: bool,
}

const HELP: &str = "move the slot again, or settle it: `segue fetch --theirs` gives up your move, \
                    `segue fetch --ours` keeps it for the next push";

impl Fetch {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let settle = match (self.theirs, self.ours) {
            (true, _) => Settle::Theirs,
            (_, true) => Settle::Ours,
            (false, false) => Settle::Show,
        };
        let fetched = registry()?.fetch(self.remote.as_deref(), settle)?;
        if self.json {
            writeln!(out.results(), "{}", to_json(&fetched))?;
        } else {
            tell(&fetched, settle, out)?;
        }
        Ok(if fetched.conflicts.is_empty() { Exit::Ok } else { Exit::Failed })
    }
}

fn to_json(fetched: &Fetched) -> Value {
    let count = fetched.conflicts.len();
    let error = (count > 0).then(|| {
        let message = if count == 1 {
            "1 slot was moved on both sides".into()
        } else {
            format!("{count} slots were moved on both sides")
        };
        json!({ "code": "conflict", "message": message, "help": HELP })
    });
    let mut object = json!({
        "remote": fetched.remote,
        "taken": fetched.taken.iter().map(sync::taken).collect::<Vec<_>>(),
        "settled": fetched.settled.iter().map(sync::conflict).collect::<Vec<_>>(),
        "conflicts": fetched.conflicts.iter().map(sync::conflict).collect::<Vec<_>>(),
        "unpushed": fetched.unpushed,
    });
    if let Some(error) = error {
        object["error"] = error;
    }
    object
}

fn tell(fetched: &Fetched, settle: Settle, out: &mut Output) -> Result<(), Failure> {
    let remote = &fetched.remote;
    for taken in &fetched.taken {
        let slot = out.paint(STRONG, &taken.slot.to_string());
        let path = taken.address.path();
        let what = match &taken.slot {
            segue::component::Slot::Version(_) if taken.to.is_some() => String::new(),
            _ => format!(" {}", out.paint(GOOD, &arrow(taken.from.as_ref(), taken.to.as_ref()))),
        };
        let by = match (&taken.who, taken.at) {
            (Some(who), Some(at)) => format!(" ({} at {at})", harmless(who)),
            _ => String::new(),
        };
        writeln!(out.results(), "{remote} → {slot}: {path}{what}{by}")?;
    }
    for conflict in &fetched.settled {
        let slot = out.paint(STRONG, &conflict.slot.to_string());
        let kept = if settle == Settle::Ours { "kept ours" } else { "took theirs" };
        writeln!(out.results(), "{slot}: {} {kept}: {}", conflict.address.path(), both(conflict, remote))?;
    }
    if fetched.taken.is_empty() && fetched.settled.is_empty() && fetched.conflicts.is_empty() {
        writeln!(out.results(), "nothing new on {remote}")?;
    }
    for conflict in &fetched.conflicts {
        let word = out.paint(BAD, "conflict");
        let (slot, path) = (&conflict.slot, conflict.address.path());
        writeln!(out.results(), "{word}: {slot} of {path}: {}", both(conflict, remote))?;
    }
    let is_version = |conflict: &&segue::registry::sync::Conflict| {
        matches!(conflict.slot, segue::component::Slot::Version(_))
    };
    if fetched.conflicts.iter().any(|conflict| !is_version(&conflict)) {
        out.note(STRONG, "help", HELP)?;
    }
    if fetched.conflicts.iter().any(|conflict| is_version(&conflict)) {
        out.note(
            STRONG,
            "help",
            "a version on the remote is never overwritten: `segue fetch --theirs` takes it, then make yours under another number",
        )?;
    }
    if fetched.unpushed > 0 {
        let slots = if fetched.unpushed == 1 {
            "1 slot is".into()
        } else {
            format!("{} slots are", fetched.unpushed)
        };
        out.note(STRONG, "note", &format!("{slots} still to be pushed"))?;
    }
    Ok(())
}
