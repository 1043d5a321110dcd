//! `segue push`: what we changed goes to the remote.

use std::io::Write;

use clap::Args;
use segue::component::Slot;
use segue::registry::sync::{Change, Force, Pushed};
use serde_json::json;

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{GOOD, Output, STRONG, WARN};
use crate::sync::{self, arrow};

/// Sends new versions, environments that moved, and their history; never touches what you did not move
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue push --tags            new versions and new environments
  segue push --tags --force    environments that moved, too

--force is a lease on each environment: if somebody else moved it on the remote since you last saw it, nothing goes
through, and the message says who moved it to what. A version on the remote is never overwritten. All of it goes, or
nothing. Nothing to push is no error.

Exit codes: 0 pushed, or nothing to push; 1 refused; 2 no such remote.")]
pub(crate) struct Push {
    /// The remote; without, where this branch is pushed to, or `origin`
    remote: Option<String>,
    /// Push tags: that is all that this command pushes, with or without this word
    #[arg(long)]
    tags: bool,
    /// Move environments that the remote has already
    #[arg(long, short)]
    force: bool,
    /// Print {\"remote\", \"sent\", \"held_back\", \"differing\", \"taken\", \"logs\"}
    #[arg(long)]
    json: bool,
}

impl Push {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        // There is nothing else that it could push.
        let Self { remote, tags: _, force, json } = self;
        let force = if force { Force::Yes } else { Force::No };
        let pushed = registry()?.push(remote.as_deref(), force)?;
        if json {
            let list = |changes: &[Change]| changes.iter().map(sync::change).collect::<Vec<_>>();
            let object = json!({
                "remote": pushed.remote,
                "sent": list(&pushed.sent),
                "held_back": list(&pushed.held_back),
                "differing": list(&pushed.differing),
                "taken": pushed.taken.iter().map(sync::taken).collect::<Vec<_>>(),
                "logs": pushed.logs,
            });
            writeln!(out.results(), "{object}")?;
            return Ok(Exit::Ok);
        }
        tell(&pushed, out)?;
        Ok(Exit::Ok)
    }
}

/// Tells people what was sent and what was not.
pub(crate) fn tell(pushed: &Pushed, out: &mut Output) -> Result<(), Failure> {
    let remote = &pushed.remote;
    for change in &pushed.sent {
        let slot = out.paint(STRONG, &change.slot.to_string());
        let path = change.address.path();
        let what = match &change.slot {
            Slot::Version(_) if change.to.is_some() => String::new(),
            _ => format!(" {}", out.paint(GOOD, &arrow(change.from.as_ref(), change.to.as_ref()))),
        };
        writeln!(out.results(), "{remote} ← {slot}: {path}{what}")?;
    }
    if pushed.logs > 0 {
        let histories =
            if pushed.logs == 1 { "1 history".into() } else { format!("{} histories", pushed.logs) };
        writeln!(out.results(), "{remote} ← {histories}")?;
    }
    if pushed.sent.is_empty() && pushed.logs == 0 && pushed.held_back.is_empty() {
        writeln!(out.results(), "nothing to push: {remote} has it all")?;
    }
    // New versions of others' are no surprise; environments that move under one's hands may be.
    let is_version = |slot: &Slot| matches!(slot, Slot::Version(_));
    let versions = pushed.taken.iter().filter(|taken| is_version(&taken.slot)).count();
    if versions > 0 {
        let what = if versions == 1 { "1 version".to_owned() } else { format!("{versions} versions") };
        out.note(STRONG, "note", &format!("{what} of others came from {remote}"))?;
    }
    for taken in pushed.taken.iter().filter(|taken| !is_version(&taken.slot)) {
        let by = taken.who.as_deref().map(|who| format!(", moved by {}", crate::excerpt::harmless(who)));
        let what = arrow(taken.from.as_ref(), taken.to.as_ref());
        let (path, slot) = (taken.address.path(), &taken.slot);
        out.note(
            STRONG,
            "note",
            &format!("{path} {slot} came from {remote}: {what}{}", by.unwrap_or_default()),
        )?;
    }
    for change in &pushed.differing {
        let (path, version) = (change.address.path(), &change.slot);
        let text =
            format!("{version} of {path} is another one on {remote}, and stays so: `segue fetch` shows both");
        out.note(WARN, "warning", &text)?;
    }
    if !pushed.held_back.is_empty() {
        let moved: Vec<String> = pushed
            .held_back
            .iter()
            .map(|change| {
                let what = arrow(change.from.as_ref(), change.to.as_ref());
                format!("\n  {}: {} {what}", change.slot, change.address.path())
            })
            .collect();
        let text = format!("not sent, because {remote} has these environments already:{}", moved.concat());
        out.note(WARN, "note", &text)?;
        out.note(STRONG, "hint", "send what moved: segue push --tags --force")?;
    }
    Ok(())
}
