//! What an entry of a log says, and how it is written into a commit's message.
//!
//! A message is one line for people, an empty line, and one line of JSON. JSON escapes line ends, so that nothing
//! that a person wrote can pass for a field of ours.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id_text;
use super::state::State;
use crate::component::{Slot, Version};
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::git::ObjectId;
use crate::registry::time::Timestamp;

/// The form of the entries that this segue writes and reads.
const FORM: u32 = 1;

/// What a slot holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Held {
    /// The commit.
    #[serde(with = "id_text")]
    pub commit: ObjectId,
    /// What the tag itself points to: the commit, or a tag object.
    #[serde(with = "id_text")]
    pub object: ObjectId,
    /// The version that was meant, where one was.
    #[serde(with = "version_text")]
    pub version: Option<Version>,
}

impl Held {
    /// A slot that holds this.
    #[must_use]
    pub fn new(commit: ObjectId, object: ObjectId, version: Option<Version>) -> Self {
        Self { commit, object, version }
    }

    /// Whether both are the same deployment, whatever the tag objects are: the same commit under the same version.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.commit == other.commit && self.version == other.version
    }
}

/// The version, else the full name of the commit: what `history --json` has for `from` and `to`.
impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => version.fmt(f),
            None => self.commit.fmt(f),
        }
    }
}

/// Why a slot changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MoveKind {
    /// Somebody set it.
    Set,
    /// It went back to what it held before.
    Rollback,
    /// A rollback was undone.
    Undo,
    /// It was deleted.
    Delete,
    /// Its tag was changed by something else than segue, and this is when we saw it.
    Outside,
    /// A version was made.
    Create,
}

impl MoveKind {
    /// The word, as `--json` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Rollback => "rollback",
            Self::Undo => "undo",
            Self::Delete => "delete",
            Self::Outside => "outside",
            Self::Create => "create",
        }
    }
}

/// One change of one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// The slot that changed.
    #[serde(with = "slot_text")]
    pub slot: Slot,
    /// Why.
    pub kind: MoveKind,
    /// What it held; `None` where it was not there.
    pub from: Option<Held>,
    /// What it holds now; `None` where it is gone.
    pub to: Option<Held>,
    /// What the mover said about it.
    pub message: Option<Box<str>>,
    /// Why a rule was overridden.
    #[serde(rename = "override")]
    pub overridden: Option<Box<str>>,
    /// The version that was marked bad with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<BadMark>,
    /// The mark of this version or commit was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unbad: Option<Box<str>>,
    /// When it happened, where that is not the entry's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who did it, where it was not the entry's author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Box<str>>,
}

impl Record {
    /// A change about which nobody said anything.
    #[must_use]
    pub fn new(slot: Slot, kind: MoveKind, from: Option<Held>, to: Option<Held>) -> Self {
        Self {
            slot,
            kind,
            from,
            to,
            message: None,
            overridden: None,
            bad: None,
            unbad: None,
            at: None,
            who: None,
        }
    }

    /// Whether it changed nothing.
    #[must_use]
    pub fn is_standing_still(&self) -> bool {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => from.is_same(to),
            (None, None) => true,
            _ => false,
        }
    }
}

/// A version that must not be deployed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BadMark {
    /// What was marked.
    pub held: Held,
    /// The reason that was given.
    pub why: Option<Box<str>>,
}

impl BadMark {
    /// A mark.
    #[must_use]
    pub fn new(held: Held, why: Option<Box<str>>) -> Self {
        Self { held, why }
    }
}

/// One commit of a log: what changed, and how the environments stand after it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The changes, in the order in which they happened; at least one.
    pub records: Vec<Record>,
    /// The environments after them.
    pub state: State,
}

/// The JSON of an entry.
#[derive(Deserialize)]
struct Read {
    records: Vec<Record>,
    state: State,
}

#[derive(Serialize)]
struct Written<'e> {
    segue: u32,
    records: &'e [Record],
    state: &'e State,
}

#[derive(Deserialize)]
struct Form {
    segue: u32,
}

impl Entry {
    /// The entry that puts these changes behind what was logged before.
    #[must_use]
    pub fn after(before: Option<&Logged>, records: Vec<Record>) -> Self {
        let mut state = before.map(Logged::state_afterwards).unwrap_or_default();
        for record in &records {
            state.apply(record);
        }
        Self { records, state }
    }

    /// The commit message of this entry.
    #[must_use]
    pub fn to_message(&self, address: &Address) -> String {
        let lines: Vec<String> = self.records.iter().map(|record| describe(address, record)).collect();
        let written = Written { segue: FORM, records: &self.records, state: &self.state };
        let json = serde_json::to_string(&written).expect("maps have text keys, and nothing else can fail");
        format!("{}\n\n{json}\n", lines.join("; "))
    }

    /// Reads a commit message that [`to_message`](Self::to_message) wrote.
    ///
    /// # Errors
    /// `invalid-log` where it is no entry, or one of a newer segue.
    pub fn from_message(message: &str) -> Result<Self> {
        let invalid = |what: String| RegistryError::new(ErrorCode::InvalidLog, what);
        let json = message.split_once("\n\n").map_or("", |(_, rest)| rest).lines().next().unwrap_or_default();
        let form: Form = serde_json::from_str(json)
            .map_err(|error| invalid(format!("a commit in the log is no entry of segue: {error}")))?;
        if form.segue != FORM {
            let what =
                format!("the log has entries of form {}, and this segue knows form {FORM}", form.segue);
            return Err(invalid(what).with_help("install a newer segue; nothing was changed"));
        }
        let read: Read = serde_json::from_str(json)
            .map_err(|error| invalid(format!("an entry of the log is damaged: {error}")))?;
        Ok(Self { records: read.records, state: read.state })
    }
}

/// `set prompts/extraction production: v1.0.0 → v1.1.0`.
fn describe(address: &Address, record: &Record) -> String {
    let shown = |held: &Option<Held>| match held {
        None => "nothing".to_owned(),
        Some(Held { version: Some(version), .. }) => version.to_string(),
        Some(held) => held.commit.short().to_owned(),
    };
    let (kind, path) = (record.kind.as_str(), address.path());
    format!("{kind} {path} {}: {} → {}", record.slot, shown(&record.from), shown(&record.to))
}

/// An entry with what its commit says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Logged {
    /// The commit.
    pub id: ObjectId,
    /// When the entry was made, by the clock of who made it.
    pub at: Timestamp,
    /// Who made it: `Name <mail>`.
    pub who: Box<str>,
    /// What it says.
    pub entry: Entry,
}

impl Logged {
    /// An entry as it was read.
    #[must_use]
    pub fn new(id: ObjectId, at: Timestamp, who: impl Into<Box<str>>, entry: Entry) -> Self {
        Self { id, at, who: who.into(), entry }
    }

    /// The state after it, with the times and names that the entry itself leaves to its commit.
    #[must_use]
    pub fn state_afterwards(&self) -> State {
        let mut state = self.entry.state.clone();
        state.fill_in(self.at, &self.who);
        state
    }

    /// When and by whom a record of this entry was.
    #[must_use]
    pub fn circumstances<'l>(&'l self, record: &'l Record) -> (Timestamp, &'l str) {
        (record.at.unwrap_or(self.at), record.who.as_deref().unwrap_or(&self.who))
    }
}

mod version_text {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::component::Version;

    pub(super) fn serialize<S: Serializer>(version: &Option<Version>, to: S) -> Result<S::Ok, S::Error> {
        match version {
            Some(version) => to.collect_str(version),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Version>, D::Error> {
        let text = Option::<Box<str>>::deserialize(from)?;
        text.map(|text| Version::parse(&text)).transpose().map_err(serde::de::Error::custom)
    }
}

mod slot_text {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::component::Slot;

    pub(super) fn serialize<S: Serializer>(slot: &Slot, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(slot)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Slot, D::Error> {
        let text = Box::<str>::deserialize(from)?;
        Slot::parse(&text).map_err(serde::de::Error::custom)
    }
}
