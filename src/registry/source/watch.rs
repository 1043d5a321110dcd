//! Noticing that references have changed: by file events, and by looking at the files' stamps.
//!
//! Events are quick and may be lost or late; stamps are sure and cost a look at every directory that holds loose
//! references. Both say which components' references to read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use notify::event::{EventKind, ModifyKind, RenameMode};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::registry::address::Address;
use crate::registry::git::Repository;
use crate::registry::manifest::Manifest;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// One component's references.
    Component(Address),
    /// Any.
    All,
    /// Something on the way to ours: the stamps know more.
    Files,
}

/// Starts to watch the references of a repository, all work trees' together.
pub(super) fn start(
    repository: &Repository,
    mut send: impl FnMut(Vec<Touched>) + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    let common = repository.common_dir.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let touched = match event {
            Ok(event) => touched(&common, &event),
            // Some were lost.
            Err(_) => vec![Touched::All],
        };
        if !touched.is_empty() {
            send(touched);
        }
    })?;
    watcher.watch(&repository.common_dir, RecursiveMode::NonRecursive)?;
    watcher.watch(&repository.common_dir.join("refs"), RecursiveMode::Recursive)?;
    let tables = repository.common_dir.join("reftable");
    if tables.is_dir() {
        watcher.watch(&tables, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

fn touched(common: &Path, event: &Event) -> Vec<Touched> {
    if event.need_rescan() {
        return vec![Touched::All];
    }
    match event.kind {
        // Both halves of a rename come alone too.
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => return Vec::new(),
        _ => {}
    }
    let one = |path: &PathBuf| what(path.strip_prefix(common).ok()?.to_str()?);
    event.paths.iter().filter_map(one).collect()
}

/// What a path below the repository's directory says when it changes. Locks say nothing: what they are for follows.
fn what(relative: &str) -> Option<Touched> {
    if matches!(relative, "packed-refs" | "reftable/tables.list") {
        return Some(Touched::All);
    }
    if relative.ends_with(".lock") {
        return None;
    }
    if let Some(address) = Address::from_log_ref(relative) {
        return Some(Touched::Component(address));
    }
    if let Some(tag) = relative.strip_prefix("refs/tags/") {
        let component = tag.rsplit_once('/').and_then(|(component, _)| Address::from_full(component));
        if let Some(address) = component.or_else(|| Address::from_full(tag)) {
            return Some(Touched::Component(address));
        }
    }
    let is_on_the_way = ["refs/tags/components", "refs/tags/logic", "refs/segue/log"]
        .iter()
        .any(|ours| is_within(relative, ours) || is_within(ours, relative));
    is_on_the_way.then_some(Touched::Files)
}

fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// How the files that hold references look: the directory of each component, each log, and what holds many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamps {
    common: PathBuf,
    manifest: Option<PathBuf>,
    seen: BTreeMap<PathBuf, Stamp>,
    /// Those that were changed so lately that another change might leave the same times.
    fresh: BTreeSet<PathBuf>,
}

/// One file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

/// A file system's clock ticks at least this often.
const TICK: Duration = Duration::from_millis(20);
/// Who holds a lock for longer than this has died.
const ABANDONED: Duration = Duration::from_secs(1);

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let length = if metadata.is_dir() { 0 } else { metadata.len() };
        Some(Self { modified: metadata.modified().ok(), length, inode: inode(&metadata) })
    }

    fn is_younger(&self, limit: Duration) -> bool {
        let age = self.modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
        age.is_none_or(|age| age < limit)
    }
}

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

impl Stamps {
    /// Looks at everything. O(components with loose references).
    pub(super) fn take(repository: &Repository) -> Self {
        let common = repository.common_dir.clone();
        let manifest = Manifest::path_in(repository);
        let mut stamps = Self { common, manifest, seen: BTreeMap::new(), fresh: BTreeSet::new() };
        for file in ["packed-refs", "reftable/tables.list"] {
            stamps.add(stamps.common.join(file));
        }
        if let Some(manifest) = stamps.manifest.clone() {
            stamps.add(manifest);
        }
        for prefix in ["components", "logic"] {
            for kind in below(&stamps.common.join("refs/tags").join(prefix)) {
                for component in below(&kind) {
                    stamps.add(component);
                }
            }
            for kind in below(&stamps.common.join("refs/segue/log").join(prefix)) {
                for log in below(&kind) {
                    stamps.add(log);
                }
            }
        }
        stamps
    }

    fn add(&mut self, path: PathBuf) {
        let Some(stamp) = Stamp::of(&path) else { return };
        if stamp.is_younger(TICK) {
            self.fresh.insert(path.clone());
        }
        self.seen.insert(path, stamp);
    }

    /// What was touched, or may have been, since `before` was taken.
    pub(super) fn touched_since(&self, before: &Self) -> Vec<Touched> {
        let mut paths: BTreeSet<&PathBuf> = self.fresh.iter().chain(&before.fresh).collect();
        paths.extend(
            self.seen
                .iter()
                .filter(|(path, stamp)| before.seen.get(*path) != Some(stamp))
                .map(|(path, _)| path),
        );
        paths.extend(before.seen.keys().filter(|path| !self.seen.contains_key(*path)));
        let one = |path: &PathBuf| {
            if self.manifest.as_ref() == Some(path) {
                return Some(Touched::All);
            }
            what(path.strip_prefix(&self.common).ok()?.to_str()?)
        };
        paths.into_iter().filter_map(one).collect()
    }

    /// Whether nothing changed between the two, as far as the clock of the file system can tell.
    pub(super) fn is_same(&self, now: &Self) -> bool {
        self.seen == now.seen
    }

    /// The directories whose times are too young to say anything.
    pub(super) fn fresh(&self) -> impl Iterator<Item = &PathBuf> {
        self.fresh.iter()
    }
}

/// What is in a directory.
fn below(path: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// The loose references in some directories; `None` while one of them is locked. A reference that moved is another
/// file: this tells moves apart that share a tick of the clock.
pub(super) fn print<'p>(
    directories: impl IntoIterator<Item = &'p PathBuf>,
) -> Option<BTreeMap<PathBuf, Stamp>> {
    let mut print = BTreeMap::new();
    for directory in directories {
        for file in below(directory) {
            let Some(stamp) = Stamp::of(&file) else { continue };
            if file.extension().is_some_and(|extension| extension == "lock") && stamp.is_younger(ABANDONED) {
                return None;
            }
            print.insert(file, stamp);
        }
    }
    Some(print)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_path_says_which_component_it_touches() {
        let component = |text: &str| Some(Touched::Component(Address::from_full(text).expect("an address")));
        for (path, expected) in [
            ("packed-refs", Some(Touched::All)),
            ("reftable/tables.list", Some(Touched::All)),
            ("refs/tags/components/prompts/a/production", component("components/prompts/a")),
            ("refs/tags/components/prompts/a", component("components/prompts/a")),
            ("refs/segue/log/logic/scripts/b", component("logic/scripts/b")),
            ("refs/tags/components/prompts", Some(Touched::Files)),
            ("refs/tags", Some(Touched::Files)),
            ("refs", Some(Touched::Files)),
            ("refs/tags/components/prompts/a/production.lock", None),
            ("packed-refs.lock", None),
            ("refs/tags/v1.0.0", None),
            ("refs/heads/main", None),
            ("refs/segue/remotes/origin/tags/components/prompts/a/production", None),
            ("HEAD", None),
        ] {
            assert_eq!(what(path), expected, "{path}");
        }
    }
}
