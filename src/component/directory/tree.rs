//! The whole directory at one moment: types, names, and each component's slots.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cannot_read;
use super::folder::Folder;
use super::stamp::Stamp;
use crate::component::{Component, ComponentError, ComponentRef, ResolveFuture, Snapshot, missing};

/// How often a directory that changes while it is read is read again, before it is taken as it is.
const ATTEMPTS: usize = 4;

/// One view of a directory.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    stamp: Option<Stamp>,
    kinds: HashMap<Box<str>, Kind>,
}

/// The folder of one type.
#[derive(Debug)]
struct Kind {
    path: PathBuf,
    stamp: Option<Stamp>,
    /// By name; or why it cannot be read.
    folders: Result<HashMap<Box<str>, Arc<Folder>>, ComponentError>,
}

impl Tree {
    /// The directory as it is now; `before` itself, if nothing has changed since.
    ///
    /// It is read until it holds still, so that a deployment of several files that is going on is not seen half done.
    pub(super) fn read(root: &Path, before: Option<&Arc<Self>>) -> Result<Arc<Self>, ComponentError> {
        if let Some(before) = before
            && before.is_current()
        {
            return Ok(before.clone());
        }
        let mut tree = Self::scan(root, before.map(AsRef::as_ref))?;
        for _ in 1..ATTEMPTS {
            if tree.holds_still() {
                break;
            }
            tree = Self::scan(root, Some(&tree))?;
        }
        Ok(Arc::new(tree))
    }

    fn scan(root: &Path, before: Option<&Self>) -> Result<Self, ComponentError> {
        let failed = |error| cannot_read(root, &error);
        let stamp = Stamp::of(root).map_err(failed)?;
        let names = subdirectories(root).map_err(failed)?;
        let kinds = names.into_iter().map(|name| {
            let kind = Kind::scan(root.join(&*name), before.and_then(|tree| tree.kinds.get(&name)));
            (name, kind)
        });
        let kinds = kinds.collect();
        Ok(Self { root: root.to_owned(), stamp, kinds })
    }

    /// Whether everything that was read is sure to be as it was.
    fn is_current(&self) -> bool {
        is(&self.root, self.stamp, Stamp::vouches_for)
            && self.kinds.values().all(|kind| {
                let is_current =
                    |folders: &HashMap<_, Arc<Folder>>| folders.values().all(|folder| folder.is_current());
                is(&kind.path, kind.stamp, Stamp::vouches_for) && kind.folders.as_ref().is_ok_and(is_current)
            })
    }

    /// Whether nothing changed between the first file that was read and the last.
    fn holds_still(&self) -> bool {
        is(&self.root, self.stamp, Stamp::is_same)
            && self.kinds.values().all(|kind| {
                is(&kind.path, kind.stamp, Stamp::is_same)
                    && kind.folders.iter().flat_map(HashMap::values).all(|folder| folder.has_same_slots())
            })
    }

    fn get(&self, reference: &ComponentRef) -> Result<Arc<Component>, ComponentError> {
        missing::check_prefix(reference)?;
        let folder = match self.kinds.get(&reference.kind) {
            Some(kind) => kind.folders.as_ref().map_err(ComponentError::clone)?.get(&reference.name),
            None => None,
        };
        folder.ok_or_else(|| missing::component(reference, self.paths()))?.resolve(reference)
    }

    fn paths(&self) -> impl Iterator<Item = String> {
        self.kinds.iter().flat_map(|(kind, folders)| {
            folders.folders.iter().flat_map(HashMap::keys).map(move |name| format!("{kind}/{name}"))
        })
    }
}

impl Kind {
    fn scan(path: PathBuf, before: Option<&Self>) -> Self {
        let stamp = Stamp::of(&path).unwrap_or_default();
        let folders = subdirectories(&path).map_err(|error| cannot_read(&path, &error)).map(|names| {
            let folders = names.into_iter().map(|name| {
                let known =
                    before.and_then(|kind| kind.folders.as_ref().ok()).and_then(|known| known.get(&name));
                let folder = match known {
                    Some(folder) if folder.is_current() => folder.clone(),
                    _ => Arc::new(Folder::read(path.join(&*name))),
                };
                (name, folder)
            });
            folders.collect()
        });
        Self { path, stamp, folders }
    }
}

impl Snapshot for Tree {
    fn resolve_now(&self, reference: &ComponentRef) -> Option<Result<Arc<Component>, ComponentError>> {
        Some(self.get(reference))
    }

    fn resolve<'a>(&'a self, reference: &'a ComponentRef) -> ResolveFuture<'a> {
        Box::pin(std::future::ready(self.get(reference)))
    }
}

/// Whether a directory is as it was stamped.
fn is(path: &Path, stamp: Option<Stamp>, same: fn(&Stamp, &Stamp) -> bool) -> bool {
    match (stamp, Stamp::of(path)) {
        (Some(before), Ok(Some(now))) => same(&before, &now),
        _ => false,
    }
}

/// The names of the directories in a directory; what no reference can name is not among them.
fn subdirectories(path: &Path) -> std::io::Result<Vec<Box<str>>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let file_type = entry.file_type()?;
        let is_directory = file_type.is_dir() || file_type.is_symlink() && entry.path().is_dir();
        if let (true, Ok(name)) = (is_directory, entry.file_name().into_string())
            && !name.starts_with('.')
        {
            names.push(name.into());
        }
    }
    Ok(names)
}
