//! `segue tag list`: which version each slot holds, since when and by whom.

use std::io::Write;

use clap::Args;
use console::measure_text_width;
use segue::component::Slot;
use segue::registry::{Depth, Listed, ListedSlot};
use serde::Serialize;

use crate::excerpt::harmless;
use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{FAINT, Output, STRONG, padded};

/// Lists versions and environments, of one component or of all
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue tag list
  segue tag list prompts/extraction
  segue tag list --json | jq '.[] | select(.slot == \"production\") | {component, version}'

Environments stand in the order of `segue.yaml`, versions behind them in the order of semantic versions. Who and when is
read from the log, for environments; with --long from every tag, which takes longer.")]
pub(crate) struct List {
    /// The component: `type/name`, such as `prompts/extraction`
    component: Option<String>,
    /// Tell of every version when it was made and by whom
    #[arg(long)]
    long: bool,
    /// Print a list of {\"component\", \"slot\", \"kind\", \"version\", \"commit\", \"at\", \"who\"}
    #[arg(long)]
    json: bool,
}

/// A slot for programs.
#[derive(Serialize)]
struct Entry<'l> {
    component: &'l str,
    slot: String,
    kind: &'static str,
    version: Option<String>,
    commit: &'l str,
    at: Option<String>,
    who: Option<&'l str>,
}

impl List {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let depth = if self.long { Depth::Long } else { Depth::Quick };
        let listed = registry.list(self.component.as_deref(), depth)?;
        let names = names(&listed);
        if self.json {
            json(&listed, &names, out)?;
        } else {
            for (at, (component, name)) in listed.iter().zip(&names).enumerate() {
                if at > 0 {
                    writeln!(out.results())?;
                }
                text(component, name, out)?;
            }
            if listed.is_empty() {
                let here = "no component has a tag here";
                out.note(
                    STRONG,
                    "note",
                    &format!("{here}: `segue tag create TYPE/NAME v1.0.0` makes the first"),
                )?;
                out.note(STRONG, "note", "a clone without tags gets them by `segue fetch`")?;
            }
        }
        Ok(Exit::Ok)
    }
}

/// `type/name`, and the prefix before it where both prefixes have the name.
fn names(listed: &[Listed]) -> Vec<String> {
    let mut paths: Vec<String> = listed.iter().map(|component| component.address.path()).collect();
    let mut sorted: Vec<&String> = paths.iter().collect();
    sorted.sort_unstable();
    let twice: Vec<String> =
        sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
    for (path, component) in paths.iter_mut().zip(listed) {
        if twice.contains(path) {
            *path = component.address.to_string();
        }
    }
    paths
}

fn json(listed: &[Listed], names: &[String], out: &mut Output) -> Result<(), Failure> {
    let entries = listed.iter().zip(names).flat_map(|(component, name)| {
        component.slots.iter().map(move |slot| Entry {
            component: name,
            slot: slot.slot.to_string(),
            kind: if matches!(slot.slot, Slot::Version(_)) { "version" } else { "environment" },
            version: slot.version.as_ref().map(ToString::to_string),
            commit: slot.commit.as_str(),
            at: slot.at.map(|at| at.to_string()),
            who: slot.who.as_deref(),
        })
    });
    let entries: Vec<Entry<'_>> = entries.collect();
    serde_json::to_writer(out.results(), &entries).map_err(std::io::Error::from)?;
    writeln!(out.results())?;
    Ok(())
}

fn text(component: &Listed, name: &str, out: &mut Output) -> std::io::Result<()> {
    let title = out.paint(STRONG, name);
    writeln!(out.results(), "{title}")?;
    let rows: Vec<[String; 3]> = component.slots.iter().map(row).collect();
    let width =
        |column: usize| rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or_default();
    let (slots, held) = (width(0), width(1));
    for [slot, version, since] in &rows {
        let line = format!("  {}  {}  ", padded(slot, slots), padded(version, held));
        let since = if since.is_empty() { String::new() } else { out.paint(FAINT, since) };
        writeln!(out.results(), "{}", format!("{line}{since}").trim_end())?;
    }
    Ok(())
}

/// Slot, what it holds, since when and by whom.
fn row(slot: &ListedSlot) -> [String; 3] {
    let short = slot.commit.short().to_owned();
    let held = match (&slot.slot, &slot.version) {
        (Slot::Environment(_), Some(version)) => version.to_string(),
        _ => short,
    };
    let since = match (slot.at, slot.who.as_deref()) {
        (Some(at), Some(who)) => format!("since {at} by {}", harmless(who)),
        (Some(at), None) => format!("since {at}"),
        _ => String::new(),
    };
    [slot.slot.to_string(), held, since]
}
