//! Where every component stands in every environment, here and on the remote as it was seen last.

use super::merge::Merge;
use super::push::Sending;
use super::question::Question;
use super::remote::Remote;
use super::view::{Sides, View};
use crate::component::{Slot, Version};
use crate::registry::Registry;
use crate::registry::address::Address;
use crate::registry::error::Result;
use crate::registry::git::Repository;
use crate::registry::log::Held;
use crate::registry::manifest::Manifest;
use crate::registry::time::Timestamp;

/// Components by environments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The remote that it is compared with; `None` where there is none.
    pub remote: Option<Box<str>>,
    /// Whether anything was ever seen of that remote.
    pub is_tracked: bool,
    /// The environments: those of the manifest in its order, then the others by name.
    pub environments: Vec<Box<str>>,
    /// The components, by name.
    pub components: Vec<ComponentStatus>,
}

/// One component.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComponentStatus {
    /// Its name.
    pub address: Address,
    /// Its newest version.
    pub newest: Option<Version>,
    /// Versions that are to be pushed.
    pub unpushed: Vec<Version>,
    /// Versions that are another object on the remote.
    pub differing: Vec<Version>,
    /// What each of [`Status::environments`] holds.
    pub slots: Vec<Option<SlotStatus>>,
}

/// One environment of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlotStatus {
    /// What it holds here; `None` where only the remote has it, or we deleted it.
    pub held: Option<Held>,
    /// Since when.
    pub at: Option<Timestamp>,
    /// By whom.
    pub who: Option<Box<str>>,
    /// How many versions are newer than the one that it holds.
    pub behind: Option<usize>,
    /// How many versions it is ahead of the next environment that holds one.
    pub ahead: Option<usize>,
    /// What the remote has, as it was seen last.
    pub remote: Option<Held>,
    /// How both compare.
    pub compared: Compared,
    /// Whether its tag is not where our log says: something else than segue moved it.
    pub is_outside: bool,
}

/// How a slot compares with the remote's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compared {
    /// There is no remote, or nothing was ever seen of it.
    Unknown,
    /// Both hold the same.
    Same,
    /// We moved it, and have not pushed that.
    Unpushed,
    /// The remote moved on; a fetch takes that.
    Behind,
    /// Both moved it.
    Conflict,
    /// It holds something else than the remote's, and no move of ours is recorded.
    Drifted,
}

impl Compared {
    /// The word, as `--json` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Same => "same",
            Self::Unpushed => "unpushed",
            Self::Behind => "behind",
            Self::Conflict => "conflict",
            Self::Drifted => "drifted",
        }
    }
}

impl Registry {
    /// Where every component stands. The remote is not asked: what it had when it was last pushed to or fetched from
    /// is remembered. O(references), a few processes of git, and one more for each component with unpushed moves.
    ///
    /// # Errors
    /// `unknown-remote`, `invalid-manifest`, `invalid-log`.
    pub fn status(&self, remote: Option<&str>) -> Result<Status> {
        let repository = self.repository();
        let remote = Remote::find(repository, remote)?;
        let view = View::read(repository, remote.as_ref())?;
        let manifest = Manifest::of(repository)?;
        let environments = environments(&manifest, &view);
        let mut components = Vec::new();
        for (address, sides) in &view.components {
            components.push(component(repository, address, sides, &view, &environments)?);
        }
        let remote = remote.map(|remote| remote.name().into());
        Ok(Status { remote, is_tracked: view.is_tracked, environments, components })
    }
}

fn environments(manifest: &Manifest, view: &View) -> Vec<Box<str>> {
    let mut others: Vec<Box<str>> = Vec::new();
    for sides in view.components.values() {
        others.extend(sides.slots().into_iter().filter_map(|slot| match slot {
            Slot::Environment(name) => Some(name),
            Slot::Version(_) => None,
        }));
    }
    others.sort();
    others.dedup();
    let mut all = manifest.environments.clone();
    all.extend(others.into_iter().filter(|name| !manifest.environments.contains(name)));
    all
}

fn component(
    repository: &Repository,
    address: &Address,
    sides: &Sides,
    view: &View,
    environments: &[Box<str>],
) -> Result<ComponentStatus> {
    let question = Question::new(repository, address, sides, view)?;
    let mut versions: Vec<Version> = sides
        .local
        .keys()
        .filter_map(|slot| match slot {
            Slot::Version(version) => Some(version.clone()),
            Slot::Environment(_) => None,
        })
        .collect();
    versions.sort();
    let of = |wanted: &[Sending]| {
        let is_wanted = |version: &&Version| {
            view.is_tracked && wanted.contains(&question.sending(&Slot::Version((*version).clone())))
        };
        versions.iter().filter(is_wanted).cloned().collect::<Vec<Version>>()
    };
    let (unpushed, differing) = (of(&[Sending::New]), of(&[Sending::Conflict, Sending::Differs]));
    let mut slots: Vec<Option<SlotStatus>> = environments
        .iter()
        .map(|name| slot(&question, &Slot::Environment(name.clone()), view.is_tracked, &versions))
        .collect();
    let held = |slot: &Option<SlotStatus>| slot.as_ref()?.held.as_ref()?.version.clone();
    let mut next: Option<Version> = None;
    for slot in slots.iter_mut().rev() {
        let Some(version) = held(slot) else { continue };
        if let (Some(slot), Some(next)) = (slot.as_mut(), &next) {
            slot.ahead = Some(versions.iter().filter(|other| *other > next && **other <= version).count());
        }
        next = Some(version);
    }
    Ok(ComponentStatus {
        address: address.clone(),
        newest: versions.last().cloned(),
        unpushed,
        differing,
        slots,
    })
}

fn slot(question: &Question<'_>, slot: &Slot, is_tracked: bool, versions: &[Version]) -> Option<SlotStatus> {
    let sides = question.sides;
    let facts = question.facts(slot);
    let compared = match facts.merge() {
        _ if !is_tracked => Compared::Unknown,
        Merge::Same => Compared::Same,
        Merge::Take => Compared::Behind,
        // Unless the log knows of it, a tag that moved is not told from one that somebody broke.
        Merge::Keep | Merge::Conflict if !facts.is_ours() && facts.remote.is_some() => Compared::Drifted,
        Merge::Keep => Compared::Unpushed,
        Merge::Conflict => Compared::Conflict,
    };
    let held = sides.local_held(slot);
    if held.is_none() && matches!(compared, Compared::Same | Compared::Unknown) {
        return None;
    }
    let state = sides.state();
    let holding = state.holding(slot);
    let is_outside = sides.log.is_some() && holding.map(|holding| holding.to.object) != facts.local;
    let holding = holding.filter(|_| !is_outside);
    let version = held.as_ref().and_then(|held| held.version.as_ref());
    Some(SlotStatus {
        behind: version.map(|version| versions.iter().filter(|other| *other > version).count()),
        ahead: None,
        at: holding.and_then(|holding| holding.at),
        who: holding.and_then(|holding| holding.who.clone()),
        remote: sides.tracked_held(slot),
        held,
        compared,
        is_outside,
    })
}
