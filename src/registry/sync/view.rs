//! What is there: our slots and logs, beside what a remote had when we last looked.

use std::collections::{BTreeMap, HashMap};

use super::remote::Remote;
use crate::component::{Slot, Version};
use crate::registry::address::{Address, LOGS, REMOTES, RemoteRef, TAGS};
use crate::registry::error::Result;
use crate::registry::git::{Details, ObjectId, RefName, Repository};
use crate::registry::log::{Held, Logged, State};
use crate::registry::standing::logged;

/// What a slot's reference holds, and the commit that it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) object: ObjectId,
    pub(super) commit: ObjectId,
}

/// One component, on both sides.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    pub(super) local: HashMap<Slot, Value>,
    pub(super) tracked: HashMap<Slot, Value>,
    /// The last entries of both logs.
    pub(super) log: Option<Logged>,
    pub(super) tracked_log: Option<Logged>,
    /// Where our log ended when somebody was shown that the slot is in conflict.
    pub(super) looked: HashMap<Slot, ObjectId>,
}

/// All components, on both sides.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) components: BTreeMap<Address, Sides>,
    /// Whether we ever saw anything of the remote.
    pub(super) is_tracked: bool,
}

impl View {
    /// O(references of the repository); two processes of git.
    pub(super) fn read(repository: &Repository, remote: Option<&Remote>) -> Result<Self> {
        let ours =
            |name: &str| name.starts_with("refs/tags/components/") || name.starts_with("refs/tags/logic/");
        let name = remote.map(Remote::name);
        let theirs = name.map(|name| format!("{REMOTES}{name}/"));
        let is_theirs = |name: &str| theirs.as_deref().is_some_and(|prefix| name.starts_with(prefix));
        let mut view = Self::default();
        for entry in repository.scan_refs(|name| ours(name) || is_theirs(name))? {
            let value = Value { object: entry.object, commit: entry.target };
            let full = entry.name.as_str();
            if full.starts_with(TAGS) {
                if let Some((address, slot)) = Address::from_tag_ref(full) {
                    view.of(address).local.insert(slot, value);
                }
                continue;
            }
            let Some(name) = name else { continue };
            if let Some(RemoteRef::Tag(address, slot)) = Address::from_remote_ref(name, full) {
                view.is_tracked = true;
                view.of(address).tracked.insert(slot, value);
            } else if let Some((address, slot)) = looked_at(name, full) {
                view.of(address).looked.insert(slot, value.object);
            }
        }
        let mut patterns = vec![RefName::parse(LOGS.trim_end_matches('/'))?.pattern()];
        if let Some(name) = name {
            patterns.push(RefName::parse(&format!("{REMOTES}{name}/log"))?.pattern());
        }
        for entry in repository.list_refs(&patterns, Details::Objects)? {
            let full = entry.name.as_str();
            if let Some(address) = Address::from_log_ref(full) {
                view.of(address).log = Some(logged(&entry)?);
            } else if let Some(RemoteRef::Log(address)) =
                name.and_then(|name| Address::from_remote_ref(name, full))
            {
                view.is_tracked = true;
                view.of(address).tracked_log = Some(logged(&entry)?);
            }
        }
        Ok(view)
    }

    fn of(&mut self, address: Address) -> &mut Sides {
        self.components.entry(address).or_default()
    }

    /// Whether there is any tag of a component.
    pub(super) fn has_tags(&self) -> bool {
        self.components.values().any(|sides| !sides.local.is_empty())
    }
}

impl Sides {
    /// All slots of both sides: versions in their order, then environments by name.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.local.keys().chain(self.tracked.keys()).cloned().collect();
        sort(&mut slots);
        slots
    }

    pub(super) fn state(&self) -> State {
        self.log.as_ref().map(Logged::state_afterwards).unwrap_or_default()
    }

    pub(super) fn tracked_state(&self) -> State {
        self.tracked_log.as_ref().map(Logged::state_afterwards).unwrap_or_default()
    }

    /// What a slot's value is called: the version that a log's last move named if it is still that, else the highest
    /// at its commit.
    pub(super) fn held(&self, slot: &Slot, value: Value, state: &State) -> Held {
        let version = match slot {
            Slot::Version(version) => Some(version.clone()),
            Slot::Environment(_) => match state.holding(slot) {
                Some(holding) if holding.to.object == value.object => holding.to.version.clone(),
                _ => self.version_at(&value.commit).cloned(),
            },
        };
        Held::new(value.commit, value.object, version)
    }

    /// What our tag holds.
    pub(super) fn local_held(&self, slot: &Slot) -> Option<Held> {
        self.local.get(slot).map(|value| self.held(slot, *value, &self.state()))
    }

    /// What the remote's holds.
    pub(super) fn tracked_held(&self, slot: &Slot) -> Option<Held> {
        self.tracked.get(slot).map(|value| self.held(slot, *value, &self.tracked_state()))
    }

    /// The highest version at a commit, on either side.
    pub(super) fn version_at(&self, commit: &ObjectId) -> Option<&Version> {
        let both = self.local.iter().chain(&self.tracked);
        let at = both.filter_map(|(slot, value)| match slot {
            Slot::Version(version) if value.commit == *commit => Some(version),
            _ => None,
        });
        at.max()
    }
}

/// Versions in their order, then environments by name; each once.
pub(super) fn sort(slots: &mut Vec<Slot>) {
    slots.sort_by(|one, other| match (one, other) {
        (Slot::Version(one), Slot::Version(other)) => one.cmp(other),
        (Slot::Environment(one), Slot::Environment(other)) => one.cmp(other),
        (Slot::Version(_), Slot::Environment(_)) => std::cmp::Ordering::Less,
        (Slot::Environment(_), Slot::Version(_)) => std::cmp::Ordering::Greater,
    });
    slots.dedup();
}

/// The reference that remembers a conflict which somebody was shown.
pub(super) fn looked_ref(remote: &str, address: &Address, slot: &Slot) -> String {
    format!("{REMOTES}{remote}/looked/{}", address.tag_name(slot))
}

fn looked_at(remote: &str, name: &str) -> Option<(Address, Slot)> {
    let rest = name.strip_prefix(REMOTES)?.strip_prefix(remote)?.strip_prefix("/looked/")?;
    Address::from_tag_ref(&format!("{TAGS}{rest}"))
}
