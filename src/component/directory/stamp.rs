//! Whether a file is still the one that was read.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    identity: Identity,
    length: u64,
    modified: Option<SystemTime>,
    /// It was changed so lately that another change might leave the same times (a file system's clock ticks every
    /// few milliseconds).
    is_fresh: bool,
}

/// A file system's clock ticks at least this often.
const TICK: Duration = Duration::from_millis(20);

/// Inode and time of the last change of any kind.
#[cfg(unix)]
type Identity = (u64, i64, i64);
#[cfg(not(unix))]
type Identity = ();

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}
#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}

impl Stamp {
    pub(super) fn new(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
        let is_fresh = age.is_none_or(|age| age < TICK);
        Self { identity: identity(metadata), length: metadata.len(), modified, is_fresh }
    }

    /// The stamp of a path; none where nothing is there.
    pub(super) fn of(path: &Path) -> std::io::Result<Option<Self>> {
        match std::fs::metadata(path) {
            Ok(metadata) => Ok(Some(Self::new(&metadata))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether both stamps say the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.identity, self.length, self.modified) == (other.identity, other.length, other.modified)
    }

    /// Whether what was read under this stamp is surely what `now` stamps.
    pub(super) fn vouches_for(&self, now: &Self) -> bool {
        !self.is_fresh && self.is_same(now)
    }
}
