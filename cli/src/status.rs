//! `segue status`: components by environments.

use std::io::Write;

use clap::Args;
use comfy_table::{Cell, ContentArrangement, Table, presets};
use segue::registry::sync::{Compared, ComponentStatus, SlotStatus, Status as Found};
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::{registry, shown};
use crate::output::{Output, STRONG};

/// Shows which version each environment of each component holds, and what is to be pushed
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue status
  segue status --json | jq '.components[] | {component, production: .slots.production.version}'

Environments stand in the order of `segue.yaml`. The remote is not asked: it is compared with what it had when you last
fetched or pushed.")]
pub(crate) struct Status {
    /// The remote to compare with; without, where this branch is pushed to, or `origin`
    remote: Option<String>,
    /// Print {\"remote\", \"tracked\", \"environments\", \"components\"}
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let found = registry()?.status(self.remote.as_deref())?;
        if self.json {
            writeln!(out.results(), "{}", to_json(&found))?;
        } else {
            tell(&found, out)?;
        }
        Ok(Exit::Ok)
    }
}

fn to_json(found: &Found) -> Value {
    let components: Vec<Value> = found
        .components
        .iter()
        .map(|component| {
            let slots: Map<String, Value> = found
                .environments
                .iter()
                .zip(&component.slots)
                .filter_map(|(name, slot)| slot.as_ref().map(|slot| (name.to_string(), slot_json(slot))))
                .collect();
            let versions =
                |list: &[segue::component::Version]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
            json!({
                "component": component.address.path(),
                "prefix": component.address.prefix().as_str(),
                "newest": component.newest.as_ref().map(ToString::to_string),
                "unpushed": versions(&component.unpushed),
                "differing": versions(&component.differing),
                "slots": slots,
            })
        })
        .collect();
    json!({
        "remote": found.remote,
        "tracked": found.is_tracked,
        "environments": found.environments,
        "components": components,
    })
}

fn slot_json(slot: &SlotStatus) -> Value {
    json!({
        "version": slot.held.as_ref().and_then(|held| held.version.as_ref()).map(ToString::to_string),
        "commit": slot.held.as_ref().map(|held| held.commit.as_str()),
        "at": slot.at.map(|at| at.to_string()),
        "who": slot.who,
        "behind": slot.behind,
        "ahead": slot.ahead,
        "remote": slot.remote.as_ref().map(ToString::to_string),
        "state": slot.compared.as_str(),
        "outside": slot.is_outside,
    })
}

/// A mark in a cell, and what it means.
const MARKS: &[(Mark, &str, &str)] = &[
    (Mark::Compared(Compared::Unpushed), "↑", "to be pushed: segue push --tags --force"),
    (Mark::Compared(Compared::Behind), "↓", "the remote moved on: segue fetch"),
    (Mark::Compared(Compared::Conflict), "⇅", "moved on both sides: segue fetch shows both"),
    (
        Mark::Compared(Compared::Drifted),
        "≠",
        "differs from the remote, and no move is recorded: segue history says more",
    ),
    (Mark::Outside, "*", "moved by something else than segue: segue history says more"),
    (Mark::Old, "-N", "N versions are newer"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Compared(Compared),
    Outside,
    Old,
}

fn tell(found: &Found, out: &mut Output) -> Result<(), Failure> {
    if found.components.is_empty() {
        writeln!(out.results(), "no component has a tag here")?;
        let hint = match &found.remote {
            Some(remote) => format!("in a clone without tags: segue fetch {remote}"),
            None => "make the first: segue tag create prompts/NAME v1.0.0".to_owned(),
        };
        out.note(STRONG, "hint", &hint)?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let titles = ["component", "newest"].into_iter().map(str::to_owned);
    table.set_header(titles.chain(found.environments.iter().map(ToString::to_string)));
    let mut used: Vec<Mark> = Vec::new();
    for component in &found.components {
        let mut row = vec![Cell::new(component.address.path()), Cell::new(newest(component))];
        for slot in &component.slots {
            row.push(Cell::new(slot.as_ref().map_or("·".to_owned(), |slot| cell(slot, &mut used))));
        }
        table.add_row(row);
    }
    for line in table.lines() {
        writeln!(out.results(), "{}", line.trim())?;
    }
    let legend: Vec<_> = MARKS.iter().filter(|(mark, ..)| used.contains(mark)).collect();
    if !legend.is_empty() {
        writeln!(out.results())?;
    }
    for (_, mark, meaning) in legend {
        writeln!(out.results(), "{mark:<2} {meaning}")?;
    }
    for component in &found.components {
        let list = |versions: &[segue::component::Version]| {
            versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        if !component.unpushed.is_empty() {
            let path = component.address.path();
            writeln!(
                out.results(),
                "to be pushed: {path} {} (segue push --tags)",
                list(&component.unpushed)
            )?;
        }
        if !component.differing.is_empty() {
            let path = component.address.path();
            writeln!(out.results(), "another one on the remote: {path} {}", list(&component.differing))?;
        }
    }
    match &found.remote {
        Some(remote) if !found.is_tracked => {
            out.note(STRONG, "hint", &format!("nothing is known of {remote} yet: segue fetch {remote}"))?;
        }
        Some(_) | None => {}
    }
    Ok(())
}

fn newest(component: &ComponentStatus) -> String {
    component.newest.as_ref().map_or("·".to_owned(), ToString::to_string)
}

fn cell(slot: &SlotStatus, used: &mut Vec<Mark>) -> String {
    let mut text = slot.held.as_ref().map_or("·".to_owned(), shown);
    if let Some(behind) = slot.behind.filter(|behind| *behind > 0) {
        text.push_str(&format!(" -{behind}"));
        used.push(Mark::Old);
    }
    for (mark, sign, _) in MARKS {
        let is_so = match mark {
            Mark::Compared(compared) => slot.compared == *compared,
            Mark::Outside => slot.is_outside && slot.compared != Compared::Drifted,
            Mark::Old => false,
        };
        if is_so {
            text.push(' ');
            text.push_str(sign);
            used.push(*mark);
        }
    }
    text
}
