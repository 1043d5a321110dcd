//! `segue history`: every move that was ever made.

use std::io::Write;

use clap::Args;
use console::measure_text_width;
use segue::registry::git::ObjectId;
use segue::registry::{HistoryLine, VersionsToo};

use crate::excerpt::harmless;
use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{FAINT, Output, STRONG, WARN, padded};

/// Shows every move of a component's environments: when, who, from, to, why
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue history prompts/extraction
  segue history prompts/extraction production --json

The newest comes first; the order is that in which things happened, whatever the clocks said. `outside` is a tag that
something else than segue moved.")]
pub(crate) struct History {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// Only this environment, or version
    #[arg(value_name = "ENV")]
    slot: Option<String>,
    /// The making of versions too
    #[arg(long)]
    versions: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl History {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let versions = if self.versions { VersionsToo::Yes } else { VersionsToo::No };
        let history = registry()?.history(&self.component, self.slot.as_deref(), versions)?;
        if self.json {
            // One object a line: as easily read by people as by programs.
            let lines: Vec<String> = history.lines.iter().map(to_json).collect::<Result<_, _>>()?;
            let list =
                if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n]", lines.join(",\n")) };
            writeln!(out.results(), "{list}")?;
        } else {
            table(out, &history.lines)?;
        }
        let standing = &history.standing;
        if history.lines.is_empty() {
            let path = standing.address.path();
            out.note(
                STRONG,
                "note",
                &format!("no environment of {path} was ever set: segue tag set {path} staging VERSION"),
            )?;
        } else if standing.log.is_none() && !standing.environments().is_empty() {
            out.note(
                WARN,
                "note",
                "there is no log here, only tags: if others keep one, `segue fetch` brings it",
            )?;
        }
        Ok(Exit::Ok)
    }
}

fn to_json(line: &HistoryLine) -> Result<String, Failure> {
    Ok(serde_json::to_string(line).map_err(anyhow::Error::from)?)
}

/// Columns are as wide as their widest text; what was said stands on lines of its own.
fn table(out: &mut Output, lines: &[HistoryLine]) -> Result<(), Failure> {
    let row = |line: &HistoryLine| {
        let to = people(line.to.as_deref());
        let change = match (line.from.as_deref(), line.to.as_deref()) {
            (Some(from), Some(there)) if from == there => format!("{to} (as before)"),
            (None, _) => format!("→ {to}"),
            (from, _) => format!("{} → {to}", people(from)),
        };
        let who = harmless(line.who.as_deref().unwrap_or("(unknown)"));
        [line.at.to_string(), line.slot.to_string(), line.kind.as_str().to_owned(), change, who]
    };
    let rows: Vec<[String; 5]> = lines.iter().map(row).collect();
    let width =
        |column: usize| rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2), width(3)];
    for (line, [at, slot, kind, change, who]) in lines.iter().zip(&rows) {
        let at = out.paint(FAINT, &padded(at, widths[0]));
        let slot = out.paint(STRONG, &padded(slot, widths[1]));
        let (kind, change) = (padded(kind, widths[2]), padded(change, widths[3]));
        writeln!(out.results(), "{at}  {slot}  {kind}  {change}  {who}")?;
        for (name, text) in [("", &line.message), ("override: ", &line.overridden)] {
            if let Some(text) = text {
                let text = format!("{name}{}", harmless(text)).replace('\n', "\n    ");
                writeln!(out.results(), "    {}", text.trim_end())?;
            }
        }
    }
    Ok(())
}

/// Full names of commits are cut for people.
fn people(text: Option<&str>) -> String {
    match text {
        None => "deleted".to_owned(),
        Some(text) => ObjectId::parse(text).map_or_else(|| text.to_owned(), |id| id.short().to_owned()),
    }
}
