//! Which version every slot of every component holds: `tag list`.
//!
//! At 100,000 tags what counts is which objects are opened: none of a version, and of an environment only the last
//! entry of its component's log.

use std::collections::HashMap;

use super::Registry;
use super::address::{Address, LOGS};
use super::error::{RegistryError, Result};
use super::git::{Details, ObjectId, RefEntry, RefName, RefPattern, Repository};
use super::log::State;
use super::standing::{Standing, logged, tag};
use super::time::Timestamp;
use crate::component::{Slot, Version};

/// One component's slots.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The component.
    pub address: Address,
    /// Environments in the manifest's order, then by name; then versions in semver order.
    pub slots: Vec<ListedSlot>,
}

/// What one slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedSlot {
    /// The slot.
    pub slot: Slot,
    /// The version that it holds, where one is known.
    pub version: Option<Version>,
    /// The commit that it comes to.
    pub commit: ObjectId,
    /// What the tag itself holds.
    pub object: ObjectId,
    /// Since when.
    pub at: Option<Timestamp>,
    /// By whom.
    pub who: Option<Box<str>>,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// When and by whom of environments only, from the logs.
    Quick,
    /// Of versions too: opens every tag.
    Long,
}

impl Registry {
    /// All components' slots, or one's, by name.
    ///
    /// O(references of the repository) and two processes of git, which open the last entry of each log and no tag;
    /// for one component O(its tags) and one process, whatever the depth.
    ///
    /// # Errors
    /// As [`standing`](Self::standing); `invalid-manifest`.
    pub fn list(&self, component: Option<&str>, depth: Depth) -> Result<Vec<Listed>> {
        let mut listed = match component {
            Some(typed) => vec![of(&self.standing(typed)?)],
            None => self.list_all(depth)?,
        };
        let manifest = self.manifest()?;
        for component in &mut listed {
            component.slots.sort_by(|a, b| match (&a.slot, &b.slot) {
                (Slot::Environment(a), Slot::Environment(b)) => {
                    (manifest.rank(a), a).cmp(&(manifest.rank(b), b))
                }
                (Slot::Version(a), Slot::Version(b)) => a.cmp(b),
                (Slot::Environment(_), Slot::Version(_)) => std::cmp::Ordering::Less,
                (Slot::Version(_), Slot::Environment(_)) => std::cmp::Ordering::Greater,
            });
        }
        Ok(listed)
    }

    fn list_all(&self, depth: Depth) -> Result<Vec<Listed>> {
        let repository = self.repository();
        // Two processes that know nothing of each other: they may as well run at the same time.
        let (entries, states) = std::thread::scope(|scope| {
            let logs = scope.spawn(|| states(repository, pattern(LOGS.trim_end_matches('/'))?));
            let entries = match depth {
                Depth::Quick => repository.scan_refs(|name| {
                    name.starts_with("refs/tags/components/") || name.starts_with("refs/tags/logic/")
                })?,
                Depth::Long => {
                    let tags = [pattern("refs/tags/components")?, pattern("refs/tags/logic")?];
                    repository.list_refs(&tags, Details::Objects)?
                }
            };
            Ok::<_, RegistryError>((entries, logs.join().unwrap_or_else(|_| Ok(HashMap::new()))?))
        })?;
        let mut listed = group(entries);
        for component in &mut listed {
            finish(component, states.get(&component.address));
        }
        Ok(listed)
    }
}

/// The slots of a component of which everything was read.
fn of(standing: &Standing) -> Listed {
    let slots = standing.tags.iter().map(|(slot, tag)| {
        let holding = standing.state().holding(slot).filter(|held| held.to.object == tag.object);
        ListedSlot {
            version: standing.held(slot).and_then(|held| held.version),
            slot: slot.clone(),
            commit: tag.commit,
            object: tag.object,
            at: holding.and_then(|holding| holding.at).or(tag.at),
            who: holding.and_then(|holding| holding.who.clone()).or(tag.who.clone()),
        }
    });
    Listed { address: standing.address.clone(), slots: slots.collect() }
}

fn pattern(name: &str) -> Result<RefPattern> {
    Ok(RefName::parse(name)?.pattern())
}

/// What the logs under a name say of their components' environments; one that cannot be read says nothing.
fn states(repository: &Repository, logs: RefPattern) -> Result<HashMap<Address, State>> {
    let mut states = HashMap::new();
    for entry in repository.list_refs(&[logs], Details::Objects)? {
        if let Some(address) = Address::from_log_ref(entry.name.as_str())
            && let Ok(logged) = logged(&entry)
        {
            states.insert(address, logged.state_afterwards());
        }
    }
    Ok(states)
}

/// The slots of each component. References come sorted, so that a component's are together.
fn group(entries: Vec<RefEntry>) -> Vec<Listed> {
    let mut listed: Vec<Listed> = Vec::new();
    let mut current: Option<Box<str>> = None;
    for entry in entries {
        let Some((component, text)) = entry.name.as_str().rsplit_once('/') else { continue };
        let Ok(slot) = Slot::parse(text) else { continue };
        if current.as_deref() != Some(component) {
            let Some(address) = component.strip_prefix("refs/tags/").and_then(Address::from_full) else {
                continue;
            };
            current = Some(component.into());
            listed.push(Listed { address, slots: Vec::new() });
        }
        let Some(last) = listed.last_mut() else { continue };
        let own = entry.details.is_some().then(|| tag(&entry));
        let (at, who) = own.map_or((None, None), |tag| (tag.at, tag.who));
        last.slots.push(ListedSlot {
            slot,
            version: None,
            commit: entry.target,
            object: entry.object,
            at,
            who,
        });
    }
    listed
}

/// Says which version each slot holds: the one that the log's last move named if it still points there, else the highest
/// at that commit.
fn finish(component: &mut Listed, state: Option<&State>) {
    let mut highest: HashMap<ObjectId, Version> = HashMap::new();
    for slot in &mut component.slots {
        let Slot::Version(version) = &slot.slot else { continue };
        slot.version = Some(version.clone());
        let known = highest.entry(slot.commit).or_insert_with(|| version.clone());
        if *known < *version {
            known.clone_from(version);
        }
    }
    for slot in &mut component.slots {
        if matches!(slot.slot, Slot::Version(_)) {
            continue;
        }
        match state.and_then(|state| state.holding(&slot.slot)).filter(|held| held.to.object == slot.object) {
            Some(holding) => {
                slot.version.clone_from(&holding.to.version);
                slot.at = holding.at;
                slot.who.clone_from(&holding.who);
            }
            None => slot.version = highest.get(&slot.commit).cloned(),
        }
    }
}
