//! What all tags say at one moment.
//!
//! A view never changes. The next one shares everything with it but the components whose references were read again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::cache::Key;
use crate::component::{ComponentRef, Slot, Version};
use crate::registry::address::{Address, Prefix};
use crate::registry::error::Result;
use crate::registry::git::{Details, ObjectId, RefEntry, RefName, Repository};
use crate::registry::manifest::Manifest;

/// All components of a repository at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// By type and name: no address has to be made to look one up.
    kinds: HashMap<Box<str>, Arc<HashMap<Box<str>, Pair>>>,
    pub(super) manifest: Arc<Manifest>,
    /// How often this program had changed references before it was read.
    pub(super) writes: u64,
}

/// A name under both prefixes.
#[derive(Clone, Debug, Default)]
struct Pair {
    components: Option<Arc<Tags>>,
    logic: Option<Arc<Tags>>,
}

impl Pair {
    fn get(&self, prefix: Prefix) -> Option<&Arc<Tags>> {
        match prefix {
            Prefix::Components => self.components.as_ref(),
            Prefix::Logic => self.logic.as_ref(),
        }
    }

    fn set(&mut self, prefix: Prefix, tags: Option<Arc<Tags>>) {
        match prefix {
            Prefix::Components => self.components = tags,
            Prefix::Logic => self.logic = tags,
        }
    }
}

/// One component's tags.
#[derive(Debug)]
pub(super) struct Tags {
    pub(super) address: Address,
    pub(super) environments: BTreeMap<Box<str>, Tag>,
    pub(super) versions: BTreeMap<Version, Tag>,
    /// The last entry of its log.
    pub(super) log: Option<ObjectId>,
}

/// One tag.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) object: ObjectId,
    pub(super) commit: ObjectId,
    /// What it comes to, once somebody has looked.
    pub(super) found: OnceLock<Key>,
}

impl Tags {
    fn new(address: Address) -> Self {
        Self { address, environments: BTreeMap::new(), versions: BTreeMap::new(), log: None }
    }

    pub(super) fn tag(&self, slot: &Slot) -> Option<&Tag> {
        match slot {
            Slot::Version(version) => self.versions.get(version),
            Slot::Environment(name) => self.environments.get(name),
        }
    }

    /// The highest version at a commit.
    pub(super) fn version_at(&self, commit: &ObjectId) -> Option<&Version> {
        self.versions.iter().rev().find(|(_, tag)| tag.commit == *commit).map(|(version, _)| version)
    }

    fn insert(&mut self, slot: Slot, entry: &RefEntry) {
        let tag = Tag { object: entry.object, commit: entry.target, found: OnceLock::new() };
        match slot {
            Slot::Version(version) => drop(self.versions.insert(version, tag)),
            Slot::Environment(name) => drop(self.environments.insert(name, tag)),
        }
    }
}

/// Which component a reference means.
pub(super) enum Chosen<'v> {
    One(&'v Arc<Tags>),
    Both,
    None,
}

impl View {
    /// Everything, in one process of git.
    pub(super) fn read(repository: &Repository) -> Result<Self> {
        let writes = repository.writes().count();
        let manifest = Arc::new(Manifest::of(repository)?);
        let entries = repository.scan_refs(|name| {
            name.starts_with("refs/tags/components/")
                || name.starts_with("refs/tags/logic/")
                || name.starts_with("refs/segue/log/")
        })?;
        let mut view = Self { kinds: HashMap::new(), manifest, writes };
        view.take(&entries);
        Ok(view)
    }

    /// The same view with these components read again, in one process of git.
    pub(super) fn reread(&self, repository: &Repository, addresses: &[Address]) -> Result<Self> {
        let mut patterns = Vec::new();
        for address in addresses {
            patterns.push(RefName::parse(address.tag_prefix().trim_end_matches('/'))?.pattern());
            patterns.push(RefName::parse(&address.log_ref())?.pattern());
        }
        let writes = repository.writes().count();
        let entries = repository.list_refs(&patterns, Details::Ids)?;
        let mut view = Self { writes, ..self.clone() };
        for address in addresses {
            view.put(address, None);
        }
        view.take(&entries);
        Ok(view)
    }

    /// Adds what was listed. Names come sorted, so that a component's are together: its address is taken apart once.
    fn take(&mut self, entries: &[RefEntry]) {
        let mut found: HashMap<Address, Tags> = HashMap::new();
        let mut current: Option<(&str, Tags)> = None;
        for entry in entries {
            let name = entry.name.as_str();
            if let Some(address) = Address::from_log_ref(name) {
                let tags = found.entry(address).or_insert_with_key(|address| Tags::new(address.clone()));
                tags.log = Some(entry.object);
                continue;
            }
            let Some((component, slot)) = name.rsplit_once('/') else { continue };
            if current.as_ref().is_none_or(|(known, _)| *known != component) {
                if let Some((_, tags)) = current.take() {
                    merge(&mut found, tags);
                }
                let Some(address) = component.strip_prefix("refs/tags/").and_then(Address::from_full) else {
                    continue;
                };
                current = Some((component, Tags::new(address)));
            }
            if let (Some((_, tags)), Ok(slot)) = (&mut current, Slot::parse(slot)) {
                tags.insert(slot, entry);
            }
        }
        if let Some((_, tags)) = current {
            merge(&mut found, tags);
        }
        for (address, tags) in found {
            self.put(&address, Some(Arc::new(tags)));
        }
    }

    fn put(&mut self, address: &Address, tags: Option<Arc<Tags>>) {
        if tags.is_none() && self.get(address).is_none() {
            return;
        }
        let names = Arc::make_mut(self.kinds.entry(address.kind().into()).or_default());
        names.entry(address.name().into()).or_default().set(address.prefix(), tags);
    }

    fn get(&self, address: &Address) -> Option<&Arc<Tags>> {
        self.kinds.get(address.kind())?.get(address.name())?.get(address.prefix())
    }

    /// The component that a reference means: of both prefixes the one that was written, else the manifest's.
    pub(super) fn choose(&self, reference: &ComponentRef) -> Chosen<'_> {
        let pair = self.kinds.get(&reference.kind).and_then(|names| names.get(&reference.name));
        let Some(pair) = pair else { return Chosen::None };
        if let Some(prefix) = reference.prefix.as_deref() {
            let found = Prefix::parse(prefix).and_then(|prefix| pair.get(prefix));
            return found.map_or(Chosen::None, Chosen::One);
        }
        match (&pair.components, &pair.logic) {
            (None, None) => Chosen::None,
            (Some(one), None) | (None, Some(one)) => Chosen::One(one),
            (Some(_), Some(_)) => {
                let said = self.manifest.prefix(&reference.kind, &reference.name);
                said.and_then(|prefix| pair.get(prefix)).map_or(Chosen::Both, Chosen::One)
            }
        }
    }

    /// All components as `type/name`.
    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        self.kinds.iter().flat_map(|(kind, names)| {
            let is_there = |pair: &Pair| pair.components.is_some() || pair.logic.is_some();
            names
                .iter()
                .filter(move |(_, pair)| is_there(pair))
                .map(move |(name, _)| format!("{kind}/{name}"))
        })
    }

    /// Whether there is no component at all.
    pub(super) fn is_empty(&self) -> bool {
        self.paths().next().is_none()
    }
}

/// A component's tags with what is known of its log already.
fn merge(found: &mut HashMap<Address, Tags>, mut tags: Tags) {
    match found.entry(tags.address.clone()) {
        std::collections::hash_map::Entry::Occupied(mut known) => {
            tags.log = known.get().log;
            known.insert(tags);
        }
        std::collections::hash_map::Entry::Vacant(place) => drop(place.insert(tags)),
    }
}
