//! How a component's environments stand after an entry of its log.
//!
//! Every entry carries it, so that the last entry alone tells what each environment holds, since when and by whom,
//! however long the log is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::{BadMark, Held, MoveKind, Record};
use crate::component::Slot;
use crate::registry::time::Timestamp;

/// The environments of one component, and its versions that are marked bad.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct State {
    /// What each environment holds; one that was deleted is not there.
    #[serde(default)]
    pub slots: BTreeMap<Box<str>, Holding>,
    /// What is marked bad, by version or by the name of the commit.
    #[serde(default)]
    pub bad: BTreeMap<Box<str>, Bad>,
}

/// What one environment holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Holding {
    /// What it holds.
    pub to: Held,
    /// By which kind of move.
    pub kind: MoveKind,
    /// Since when; in the entry that moved it `None`, for the commit's own time is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// By whom; in the entry that moved it `None`, for the commit's own author is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Box<str>>,
}

/// A mark on a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bad {
    /// The commit that it was at.
    pub held: Held,
    /// The reason given.
    pub why: Option<Box<str>>,
    /// As [`Holding::at`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// As [`Holding::who`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Box<str>>,
}

impl State {
    /// What an environment holds by the log; `None` for versions, which are not in it.
    #[must_use]
    pub fn holding(&self, slot: &Slot) -> Option<&Holding> {
        match slot {
            Slot::Environment(name) => self.slots.get(name),
            Slot::Version(_) => None,
        }
    }

    /// The mark on what is to be deployed: on its version, or on the bare commit where it has none.
    #[must_use]
    pub fn bad_mark(&self, held: &Held) -> Option<&Bad> {
        self.bad.get(bad_key(held).as_ref())
    }

    /// Changes the state as the record says.
    pub fn apply(&mut self, record: &Record) {
        if let Some(BadMark { held, why }) = &record.bad {
            let bad = Bad { held: held.clone(), why: why.clone(), at: None, who: None };
            self.bad.insert(bad_key(held), bad);
        }
        if let Some(key) = &record.unbad {
            self.bad.remove(key);
        }
        let Slot::Environment(name) = &record.slot else { return };
        let Some(to) = &record.to else {
            self.slots.remove(name);
            return;
        };
        if let Some(holding) = self.slots.get_mut(name)
            && record.is_standing_still()
        {
            // It stands there since it came there, whoever set it again; only the tag's object may be another.
            holding.to = to.clone();
            return;
        }
        let holding = Holding { to: to.clone(), kind: record.kind, at: record.at, who: record.who.clone() };
        self.slots.insert(name.clone(), holding);
    }

    /// Writes down the entry's own time and author where it leaves them to its commit.
    pub(super) fn fill_in(&mut self, at: Timestamp, who: &str) {
        let slots = self.slots.values_mut().map(|holding| (&mut holding.at, &mut holding.who));
        let marks = self.bad.values_mut().map(|bad| (&mut bad.at, &mut bad.who));
        for (own_at, own_who) in slots.chain(marks) {
            own_at.get_or_insert(at);
            own_who.get_or_insert_with(|| who.into());
        }
    }
}

/// The name under which something is marked.
pub(crate) fn bad_key(held: &Held) -> Box<str> {
    held.to_string().into()
}
