//! What the commands share that move slots: what can be said about a move, and how it is told.

use std::io::Write;

use clap::Args;
use segue::registry::sync::{Force, Pushed};
use segue::registry::{Held, Moved, Record, Registry, Set};
use segue::syntax::{long_for, nearest};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::output::{GOOD, Output, STRONG, WARN};
use crate::push::tell;

/// What can be said about any move.
#[derive(Args, Debug)]
pub(crate) struct Why {
    /// Why it is moved: kept in the history. Several are paragraphs
    #[arg(short, long = "message", value_name = "TEXT")]
    message: Vec<String>,
}

/// What can be said about a move that rules may forbid.
#[derive(Args, Debug)]
pub(crate) struct Overriding {
    /// Why a rule of `segue.yaml` is overridden, where it may be: kept in the history
    #[arg(long = "override", value_name = "WHY")]
    overridden: Option<String>,
}

impl Why {
    pub(crate) fn message(&self) -> Option<Box<str>> {
        let message = self.message.join("\n\n");
        let message = message.trim();
        (!message.is_empty()).then(|| message.into())
    }
}

/// What `set` is told.
pub(crate) fn set(why: &Why, overriding: &Overriding) -> Set {
    let overridden = overriding.overridden.as_deref().map(Into::into);
    Set { message: why.message(), overridden }
}

/// The registry of the repository that we stand in.
pub(crate) fn registry() -> Result<Registry, Failure> {
    Ok(Registry::open(".")?)
}

/// How moves are told, and whether they are sent.
#[derive(Args, Debug)]
pub(crate) struct Telling {
    /// Send it at once, with whatever else is not sent yet: as `segue push --tags --force` does
    #[arg(long)]
    push: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Telling {
    /// Tells of moves that were made, and sends them if that was asked for: a line each, or one list for programs.
    pub(crate) fn report(
        &self,
        out: &mut Output,
        registry: &Registry,
        moved: &[Moved],
    ) -> Result<(), Failure> {
        for moved in moved {
            if let Some(outside) = &moved.outside {
                let (slot, path, what) = (&outside.slot, moved.address.path(), arrow(outside));
                let text = format!(
                    "something else than segue had changed {slot} of {path}: {what}; that is in the history now"
                );
                out.note(WARN, "note", &text)?;
            }
        }
        for moved in moved {
            if let Some(near) = misspelt(registry, moved) {
                let (slot, path) = (&moved.record.slot, moved.address.path());
                let text = format!(
                    "{slot} is a new environment of {path}, and segue.yaml names none like it; if you meant {near}: \
                     segue tag delete {path} {slot}"
                );
                out.note(WARN, "warning", &text)?;
            }
        }
        if !self.json {
            for moved in moved {
                let slot = out.paint(STRONG, &moved.record.slot.to_string());
                let change = out.paint(GOOD, &arrow(&moved.record));
                writeln!(out.results(), "{slot}: {} {change}", moved.address.path())?;
            }
        }
        let pushed = if self.push { Some(push(out, registry)?) } else { None };
        if self.json {
            let remote = pushed.as_ref().map(|pushed| &*pushed.remote);
            let list: Vec<Value> = moved.iter().map(|moved| to_json(moved, remote)).collect();
            writeln!(out.results(), "{}", Value::from(list))?;
            return Ok(());
        }
        match pushed {
            Some(pushed) => tell(&pushed, out)?,
            None if out.is_watched() && moved.iter().any(|moved| !moved.record.is_standing_still()) => {
                out.note(STRONG, "hint", "send it: segue push --tags --force")?;
            }
            None => {}
        }
        Ok(())
    }
}

/// The environment of the manifest that was most likely meant where a move made one that the manifest does not name.
fn misspelt<'r>(registry: &'r Registry, moved: &Moved) -> Option<&'r str> {
    let name = moved.record.slot.to_string();
    if moved.record.from.is_some() || moved.record.to.is_none() {
        return None;
    }
    let declared = || registry.manifest().ok().into_iter().flat_map(|manifest| &manifest.environments);
    if declared().any(|known| **known == *name) {
        return None;
    }
    let names = || declared().map(|known| &**known);
    let near = nearest(&name, names()).or_else(|| long_for(&name, names()))?;
    // `ring-1` beside `ring-0` is no misspelling.
    let letters = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    (letters(near) != letters(&name)).then_some(near)
}

/// Sends what was moved. If that fails the move stays made here, and whoever made it has to know that.
fn push(out: &mut Output, registry: &Registry) -> Result<Pushed, Failure> {
    match registry.push(None, Force::Yes) {
        Ok(pushed) => Ok(pushed),
        Err(error) => {
            out.note(WARN, "note", "it is moved in this repository, and was not sent")?;
            Err(error.into())
        }
    }
}

/// A move for programs, with the fields of the history.
fn to_json(moved: &Moved, pushed: Option<&str>) -> Value {
    let text = |held: &Option<Held>| held.as_ref().map(ToString::to_string);
    let record = &moved.record;
    json!({
        "component": moved.address.path(),
        "slot": record.slot.to_string(),
        "kind": record.kind.as_str(),
        "from": text(&record.from),
        "to": text(&record.to),
        "commit": record.to.as_ref().map(|held| held.commit.as_str()),
        "message": record.message,
        "override": record.overridden,
        "pushed": pushed,
    })
}

/// `v1.0.0 → v1.1.0`.
pub(crate) fn arrow(record: &Record) -> String {
    match (&record.from, &record.to) {
        (Some(from), Some(to)) if from.is_same(to) => format!("{} (as before)", shown(to)),
        (Some(from), Some(to)) => format!("{} → {}", shown(from), shown(to)),
        (None, Some(to)) => format!("→ {}", shown(to)),
        (Some(from), None) => format!("{} → deleted", shown(from)),
        (None, None) => "deleted".to_owned(),
    }
}

/// The version, or the first digits of the commit.
pub(crate) fn shown(held: &Held) -> String {
    held.version.as_ref().map_or_else(|| held.commit.short().to_owned(), ToString::to_string)
}
