//! What happened to a component: every move that its log tells, and what happened behind its back.

use serde::Serialize;

use super::address::parse_slot;
use super::error::Result;
use super::facade::Registry;
use super::log::{Held, MoveKind, Record};
use super::standing::Standing;
use super::time::Timestamp;
use crate::component::Slot;

/// One move, as `history` shows it. Its fields are in the order of the `--json` output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HistoryLine {
    /// When, by the clock of who made it; of a tag that was moved behind our back, the time of looking.
    pub at: Timestamp,
    /// Who, as `Name <mail>`; `None` where no one knows.
    pub who: Option<Box<str>>,
    /// The slot.
    pub slot: Box<str>,
    /// Which kind of move.
    pub kind: MoveKind,
    /// The version that it held, else the full name of the commit; `None` where it was not there.
    pub from: Option<Box<str>>,
    /// What it held afterwards; `None` where it was gone.
    pub to: Option<Box<str>>,
    /// The commit that it held afterwards.
    pub commit: Option<Box<str>>,
    /// What was said about it.
    pub message: Option<Box<str>>,
    /// Why a rule was overridden.
    #[serde(rename = "override")]
    pub overridden: Option<Box<str>>,
}

/// Whether a history has the making of versions too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionsToo {
    /// Moves of environments only.
    #[default]
    No,
    /// Versions that were made and deleted too.
    Yes,
}

impl HistoryLine {
    fn new(record: &Record, at: Timestamp, who: Option<&str>) -> Self {
        let text = |held: &Option<Held>| held.as_ref().map(|held| held.to_string().into());
        Self {
            at,
            who: who.map(Into::into),
            slot: record.slot.to_string().into(),
            kind: record.kind,
            from: text(&record.from),
            to: text(&record.to),
            commit: record.to.as_ref().map(|held| held.commit.as_str().into()),
            message: record.message.clone(),
            overridden: record.overridden.clone(),
        }
    }

    fn outside(record: &Record) -> Self {
        Self::new(record, record.at.unwrap_or_else(Timestamp::now), record.who.as_deref())
    }
}

/// A component's history, and what it is the history of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct History {
    /// The component, as it stands.
    pub standing: Standing,
    /// What happened, newest first.
    pub lines: Vec<HistoryLine>,
}

impl Registry {
    /// Every move that was ever made of a component's environments, or of one of them, newest first. The order is that
    /// of the log; times are told, never compared. A tag that something else moved is shown as such, and recorded with
    /// the next move.
    ///
    /// # Errors
    /// `unknown-component`; `unknown-slot` where the slot neither is nor was there.
    pub fn history(&self, component: &str, slot: Option<&str>, versions: VersionsToo) -> Result<History> {
        let slot = slot.map(parse_slot).transpose()?;
        let standing = self.standing(component)?;
        let is_wanted = |candidate: &Slot| match (&slot, candidate) {
            (Some(slot), candidate) => slot == candidate,
            (None, Slot::Environment(_)) => true,
            (None, Slot::Version(_)) => versions == VersionsToo::Yes,
        };
        let mut lines: Vec<HistoryLine> = Vec::new();
        for outside in standing.known_environments().iter().filter_map(|slot| standing.outside(slot)) {
            if is_wanted(&outside.slot) {
                lines.push(HistoryLine::outside(&outside));
            }
        }
        let mut logged_versions: Vec<Slot> = Vec::new();
        for logged in self.chain(&standing)? {
            for record in logged.entry.records.iter().rev() {
                if matches!(record.slot, Slot::Version(_)) {
                    logged_versions.push(record.slot.clone());
                }
                if is_wanted(&record.slot) {
                    let (at, who) = logged.circumstances(record);
                    lines.push(HistoryLine::new(record, at, Some(who).filter(|_| record.is_by_somebody())));
                }
            }
        }
        // Versions that plain git made are in no log: they come last, the newest first, with what their tags say.
        for version in standing.versions().into_iter().rev() {
            let slot = Slot::Version(version.clone());
            if is_wanted(&slot) && !logged_versions.contains(&slot) {
                let mut record = Record::new(slot.clone(), MoveKind::Outside, None, standing.held(&slot));
                if let Some(tag) = standing.tags.get(&slot) {
                    (record.at, record.who) = (tag.at, tag.who.clone());
                }
                lines.push(HistoryLine::outside(&record));
            }
        }
        if let (Some(slot), true) = (&slot, lines.is_empty()) {
            return Err(self.unknown_slot(&standing.address, &slot.to_string())?);
        }
        Ok(History { standing, lines })
    }
}

impl Record {
    /// Whether somebody is known to have made it: of what happened outside, only what a tag object tells.
    fn is_by_somebody(&self) -> bool {
        self.kind != MoveKind::Outside || self.who.is_some()
    }
}
