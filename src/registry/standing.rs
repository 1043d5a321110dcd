//! How a component stands: what its tags hold, and what its log says of them.

use std::collections::HashMap;

use super::address::Address;
use super::error::Result;
use super::git::{Details, ObjectId, RefEntry, RefName, RefPattern, Repository};
use super::log::{Entry, Held, Logged, MoveKind, Record, State};
use super::time::Timestamp;
use crate::component::{Slot, Version};

/// A slot's tag as it is in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tag {
    /// What the reference holds: a commit, or a tag object.
    pub object: ObjectId,
    /// The commit that it comes to.
    pub commit: ObjectId,
    /// When the tag object was made; `None` for a lightweight tag.
    pub at: Option<Timestamp>,
    /// By whom.
    pub who: Option<Box<str>>,
    /// Its message; empty for a lightweight tag.
    pub message: Box<str>,
}

/// One component: its tags, and the last entry of its log. Read in one process of git.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Standing {
    /// The component.
    pub address: Address,
    /// The slots that were asked for and are there.
    pub tags: HashMap<Slot, Tag>,
    /// The last entry of its log, if it has one.
    pub log: Option<Logged>,
    state: State,
}

/// Which slots are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'s> {
    /// These only: the cost does not grow with the component's versions.
    Slots(&'s [Slot]),
    /// All, and what the tag objects say.
    All,
}

impl Standing {
    /// How these components stand now, in their order. One process of git.
    ///
    /// # Errors
    /// `invalid-log` where the last entry of a log cannot be read, and what git may say.
    pub(crate) fn read(
        repository: &Repository,
        addresses: &[Address],
        scope: Scope<'_>,
    ) -> Result<Vec<Self>> {
        let mut patterns = Vec::new();
        for address in addresses {
            patterns.push(pattern(&address.log_ref())?);
            match scope {
                Scope::All => patterns.push(pattern(address.tag_prefix().trim_end_matches('/'))?),
                Scope::Slots(slots) => {
                    for slot in slots {
                        patterns.push(pattern(&address.tag_ref(slot))?);
                    }
                }
            }
        }
        let entries = repository.list_refs(&patterns, Details::Objects)?;
        let mut standings: Vec<Self> = addresses.iter().map(Self::empty).collect();
        for entry in &entries {
            let name = entry.name.as_str();
            if let Some((address, slot)) = Address::from_tag_ref(name) {
                if let Some(standing) = standings.iter_mut().find(|standing| standing.address == address) {
                    standing.tags.insert(slot, tag(entry));
                }
            } else if let Some(address) = Address::from_log_ref(name)
                && let Some(standing) = standings.iter_mut().find(|standing| standing.address == address)
            {
                let logged = logged(entry)?;
                standing.state = logged.state_afterwards();
                standing.log = Some(logged);
            }
        }
        Ok(standings)
    }

    /// As [`read`](Self::read) of these slots; where something else than segue changed the environment that is to move,
    /// all slots of its component are read, to say as which version it stands there.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn completed(self, repository: &Repository, moving: &Slot) -> Result<Self> {
        if self.outside(moving).is_none() {
            return Ok(self);
        }
        let mut all = Self::read(repository, std::slice::from_ref(&self.address), Scope::All)?;
        Ok(all.pop().unwrap_or(self))
    }

    fn empty(address: &Address) -> Self {
        Self { address: address.clone(), tags: HashMap::new(), log: None, state: State::default() }
    }

    /// Whether there is any trace of the component.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.log.is_some() || !self.tags.is_empty()
    }

    /// What the log says.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Its versions among the slots that were read, in semver order.
    #[must_use]
    pub fn versions(&self) -> Vec<&Version> {
        let mut versions: Vec<&Version> = Vec::new();
        for slot in self.tags.keys() {
            if let Slot::Version(version) = slot {
                versions.push(version);
            }
        }
        versions.sort();
        versions
    }

    /// Its environments among the slots that were read, by name.
    #[must_use]
    pub fn environments(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for slot in self.tags.keys() {
            if let Slot::Environment(name) = slot {
                names.push(name);
            }
        }
        names.sort_unstable();
        names
    }

    /// What a slot holds, and as which version: the one that the log's last move named if it still points there, else
    /// the highest at that commit among the versions that were read.
    #[must_use]
    pub fn held(&self, slot: &Slot) -> Option<Held> {
        let tag = self.tags.get(slot)?;
        let version = match slot {
            Slot::Version(version) => Some(version.clone()),
            Slot::Environment(_) => match self.state.holding(slot) {
                Some(holding) if holding.to.object == tag.object => holding.to.version.clone(),
                _ => self.version_at(&tag.commit).cloned(),
            },
        };
        Some(Held::new(tag.commit, tag.object, version))
    }

    /// The highest version at a commit, among those that were read.
    #[must_use]
    pub fn version_at(&self, commit: &ObjectId) -> Option<&Version> {
        let is_there = |version: &&&Version| {
            self.tags.get(&Slot::Version((**version).clone())).is_some_and(|tag| tag.commit == *commit)
        };
        self.versions().iter().rev().find(is_there).copied()
    }

    /// What happened to an environment behind the log's back; `None` where its tag is as the log says, and for versions,
    /// which need no log.
    #[must_use]
    pub fn outside(&self, slot: &Slot) -> Option<Record> {
        if matches!(slot, Slot::Version(_)) {
            return None;
        }
        let logged = self.state.holding(slot).map(|holding| &holding.to);
        let tag = self.tags.get(slot);
        if logged.map(|held| held.object) == tag.map(|tag| tag.object) {
            return None;
        }
        let mut record = Record::new(slot.clone(), MoveKind::Outside, logged.cloned(), self.held(slot));
        if let Some(tag) = tag {
            record.at = tag.at;
            record.who = tag.who.clone();
        }
        if self.is_unfinished(slot, tag) {
            record.message = Some("the move before this one ended before its tag was moved".into());
        }
        Some(record)
    }

    /// Whether the tag is where the log's last entry found it: the entry was written, and then the process died.
    fn is_unfinished(&self, slot: &Slot, tag: Option<&Tag>) -> bool {
        let last =
            self.log.iter().flat_map(|logged| &logged.entry.records).rfind(|record| record.slot == *slot);
        last.is_some_and(|record| {
            !record.is_standing_still()
                && record.from.as_ref().map(|held| held.object) == tag.map(|tag| tag.object)
        })
    }

    /// The environments that the log or the tags know, by name; complete only if all slots were read.
    #[must_use]
    pub fn known_environments(&self) -> Vec<Slot> {
        let mut names: Vec<&str> =
            self.environments().into_iter().chain(self.state.slots.keys().map(|name| &**name)).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| Slot::Environment(name.into())).collect()
    }
}

fn pattern(name: &str) -> Result<RefPattern> {
    Ok(RefPattern::of(RefName::parse(name)?))
}

/// The tag that a listed reference is.
pub(crate) fn tag(entry: &RefEntry) -> Tag {
    let details = entry.details.as_deref().filter(|_| entry.object != entry.target);
    Tag {
        object: entry.object,
        commit: entry.target,
        at: details.and_then(|details| details.at).map(Timestamp::from_seconds),
        who: details.map(|details| details.who.clone()).filter(|who| !who.is_empty()),
        message: details.map(|details| details.message.clone()).unwrap_or_default(),
    }
}

/// The entry that a listed log ends with.
pub(crate) fn logged(entry: &RefEntry) -> Result<Logged> {
    let (at, who, message) = match entry.details.as_deref() {
        Some(details) => (details.at.unwrap_or_default(), &*details.who, &*details.message),
        None => (0, "", ""),
    };
    Ok(Logged::new(entry.object, Timestamp::from_seconds(at), who, Entry::from_message(message)?))
}
