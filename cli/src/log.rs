//! `segue log`: the commits that touched a component.

use std::io::Write;

use clap::Args;
use segue::component::Slot;
use serde_json::{Value, json};

use crate::excerpt::harmless;
use crate::exit::{Exit, Outcome};
use crate::moves::registry;
use crate::output::{FAINT, GOOD, Output, STRONG, WARN};

/// Shows the commits that touched a component, and the slots that they stand in
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue log prompts/extraction
  segue log prompts/extraction --json | jq '.[] | select(.slots | length > 0)'

Commits are those of the current branch and of the slots, newest first. Moves of slots are told by `segue history`.")]
pub(crate) struct Log {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// Print a list of {\"commit\", \"at\", \"who\", \"subject\", \"slots\"}
    #[arg(long)]
    json: bool,
}

impl Log {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let touches = registry()?.touches(&self.component)?;
        if self.json {
            let list: Vec<Value> = touches
                .iter()
                .map(|touch| {
                    let slots: Vec<String> = touch.slots.iter().map(ToString::to_string).collect();
                    json!({
                        "commit": touch.commit.as_str(), "at": touch.at.to_string(), "who": touch.who,
                        "subject": touch.subject, "slots": slots,
                    })
                })
                .collect();
            writeln!(out.results(), "{}", Value::from(list))?;
            return Ok(Exit::Ok);
        }
        for touch in &touches {
            let commit = out.paint(WARN, touch.commit.short());
            let slots: Vec<String> = touch.slots.iter().map(|slot| slot_text(slot, out)).collect();
            let slots = if slots.is_empty() { String::new() } else { format!(" ({})", slots.join(", ")) };
            let name = touch.who.rsplit_once(" <").map_or(&*touch.who, |(name, _)| name);
            let since = out.paint(FAINT, &format!("{}  {}", touch.at, harmless(name)));
            writeln!(out.results(), "{commit}{slots} {}  {since}", harmless(&touch.subject))?;
        }
        Ok(Exit::Ok)
    }
}

fn slot_text(slot: &Slot, out: &Output) -> String {
    let style = if matches!(slot, Slot::Environment(_)) { GOOD } else { STRONG };
    out.paint(style, &slot.to_string())
}
