//! Components in a directory: `prompts/extraction/v1.0.0.md`, and `slots.yaml` beside it.
//!
//! A snapshot holds what every `slots.yaml` said at one moment; texts are read when they are first asked for, and
//! kept. A later snapshot looks at the files' stamps (inode, times, length) and reads again only what changed.
//! Looking costs some microseconds, as much as a whole run, so that it is left out while snapshots are taken back to
//! back: see [`DirectorySource`].

mod folder;
mod slots;
mod stamp;
#[cfg(test)]
mod tests;
mod tree;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{ComponentError, ComponentErrorKind, ComponentSource, Snapshot, SnapshotFuture};
use tree::Tree;

/// A source that reads `type/name/version.extension` below a directory, and `slots.yaml` in each component's folder:
///
/// ```text
/// components/
///   prompts/extraction/
///     v1.0.0.md
///     v1.1.0.md
///     slots.yaml        production: v1.0.0
///                       canary: v1.1.0
/// ```
///
/// What is deployed is seen by the next run: a snapshot is never older than [`MAX_AGE`](Self::MAX_AGE), and taken anew where none
/// was taken for [`IDLE`](Self::IDLE) (both longer where looking at the files takes long, so that it stays a small part of the
/// time). Replace `slots.yaml` as a whole, by renaming a new file over it. One rename is one deployment: a move of
/// two components' slots is two. Versions never change: a text is read when it is first needed, and an edited one is
/// read again by the next run.
///
/// Files are read on the calling thread.
#[derive(Debug)]
pub struct DirectorySource {
    root: PathBuf,
    state: Mutex<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    tree: Arc<Tree>,
    /// When somebody last asked for a snapshot.
    taken: Instant,
    /// When the files were last looked at.
    checked: Instant,
    /// How long looking takes where nothing has changed; unknown before it was done once.
    cost: Option<Duration>,
}

impl DirectorySource {
    /// How old a snapshot may be at most, while they are taken back to back.
    pub const MAX_AGE: Duration = Duration::from_millis(1);

    /// Who asks after a pause of this length gets a fresh snapshot.
    pub const IDLE: Duration = Duration::from_micros(20);

    /// The source of a directory. Nothing but its existence is looked at yet.
    ///
    /// # Errors
    /// `Io` where it is no directory, or cannot be read.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, ComponentError> {
        let root = root.into();
        match std::fs::metadata(&root) {
            Ok(metadata) if metadata.is_dir() => Ok(Self { root, state: Mutex::new(None) }),
            Ok(_) => Err(io(format!("`{}` is no directory", root.display()))),
            Err(error) => Err(cannot_read(&root, &error)),
        }
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn current(&self) -> Result<Arc<Tree>, ComponentError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(current) = state.as_mut()
            && !current.is_due(now)
        {
            current.taken = now;
            return Ok(current.tree.clone());
        }
        let before = state.take();
        let tree = Tree::read(&self.root, before.as_ref().map(|current| &current.tree))?;
        let checked = Instant::now();
        // The least that it took: a thread that was put to sleep meanwhile must not make the snapshots older.
        let cost = before.filter(|before| Arc::ptr_eq(&before.tree, &tree)).map(|before| {
            let took = checked - now;
            before.cost.map_or(took, |least| least.min(took))
        });
        *state = Some(Current { tree: tree.clone(), taken: checked, checked, cost });
        Ok(tree)
    }
}

impl Current {
    /// Whether the files are to be looked at again; never more than about a fifth of the time.
    fn is_due(&self, now: Instant) -> bool {
        let pause = self.cost.unwrap_or_default() * 4;
        now - self.taken >= DirectorySource::IDLE.max(pause)
            || now - self.checked >= DirectorySource::MAX_AGE.max(pause)
    }
}

impl ComponentSource for DirectorySource {
    fn snapshot(&self) -> SnapshotFuture<'_> {
        Box::pin(std::future::ready(self.current().map(|tree| tree as Arc<dyn Snapshot>)))
    }

    fn snapshot_now(&self) -> Option<Result<Arc<dyn Snapshot>, ComponentError>> {
        Some(self.current().map(|tree| tree as Arc<dyn Snapshot>))
    }
}

fn io(message: impl Into<Box<str>>) -> ComponentError {
    ComponentError::new(ComponentErrorKind::Io, message)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> ComponentError {
    io(format!("cannot read `{}`: {error}", path.display()))
}
