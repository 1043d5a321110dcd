//! What agents with `cache` gave before: in memory, and in a file where the host says so.
//!
//! An answer is known by its [`Key`], a hash of all that it was made from, so that what was asked is written nowhere.
//! Memory is always in front: a run never waits for a disk to write, and what was put is found at once. Answers are
//! kept within a bound and to the end of their time; what failed never comes here. Who asks what is being asked waits for
//! that answer. When an agent asks, and what its
//! key is made from, the run knows.

mod flight;
mod key;
#[cfg(not(feature = "cache-store"))]
mod no_store;
#[cfg(feature = "cache-store")]
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use flight::Flights;
pub(in crate::ensemble) use flight::{Asked, Follower, Leader};
pub(in crate::ensemble) use key::{Key, Keyed};
#[cfg(not(feature = "cache-store"))]
use no_store::Store;
#[cfg(feature = "cache-store")]
use store::Store;

use crate::value::Value;

/// How many bytes of answers are kept in memory, unless said otherwise.
const BYTES: u64 = 64 << 20;

/// Answers of agents with `cache`. Clones are the same cache; any number of engines and threads may share it.
///
/// An engine has one of its own, in memory, unless it is given another:
///
/// ```
/// use segue::Engine;
/// use segue::ensemble::Cache;
///
/// let cache = Cache::in_memory(1 << 20);
/// let engine = Engine::builder().cache(cache.clone()).build();
/// # let _ = engine;
/// ```
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    memory: quick_cache::sync::Cache<Key, Kept, Weigh>,
    store: Option<Store>,
    flights: Flights,
}

/// An answer with its time.
#[derive(Clone)]
struct Kept {
    value: Value,
    /// Milliseconds since 1970, both.
    stored: u64,
    expires: u64,
    bytes: u64,
}

impl Kept {
    /// The answer, if its time has not come.
    fn hit(self) -> Option<Hit> {
        let now = now();
        // A clock that was set back makes an answer that comes from the future: nobody knows how old it is.
        let is_current = self.stored <= now && now < self.expires;
        is_current.then(|| Hit { age: Duration::from_millis(now - self.stored), value: self.value })
    }
}

/// An answer that was found.
pub(in crate::ensemble) struct Hit {
    pub(in crate::ensemble) value: Value,
    pub(in crate::ensemble) age: Duration,
}

#[derive(Clone)]
struct Weigh;

impl quick_cache::Weighter<Key, Kept> for Weigh {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        // The entry itself takes room too.
        kept.bytes + 256
    }
}

/// Why a file cannot keep answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct CacheError {
    /// The cause.
    pub kind: CacheErrorKind,
    /// One sentence for people, with the file.
    pub message: String,
}

/// The cause of a [`CacheError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheErrorKind {
    /// The file cannot be opened, read or written.
    Io,
    /// It is no store of answers, or a damaged one.
    Broken,
    /// A newer version of segue made it.
    Newer,
    /// Another process has it open.
    InUse,
}

impl Default for Cache {
    fn default() -> Self {
        Self::in_memory(BYTES)
    }
}

impl Cache {
    /// A cache that ends with the process, of about so many bytes: where they are used up, what was asked for least
    /// gives way.
    #[must_use]
    pub fn in_memory(bytes: u64) -> Self {
        Self::with(bytes, None)
    }

    /// A cache in a file, which is made if it is not there, readable by its owner alone; with 64 MiB in memory in
    /// front. The file holds up to 256 MiB of answers; those whose time ends first give way. Opening takes what
    /// reading the file's index takes.
    ///
    /// Answers are written behind the runs' backs, by a thread of its own that ends with the last clone. A process
    /// that is killed loses at most the answers of the last moments; the file stays whole. An answer in which a run's
    /// secret stands is never written, nor one that JSON does not hold exactly.
    ///
    /// # Errors
    /// A file that is something else, or damaged, or of a newer version, or open in another process. It is left as it
    /// is.
    #[cfg(feature = "cache-store")]
    pub fn open(path: impl AsRef<std::path::Path>) -> Result<Self, CacheError> {
        Ok(Self::with(BYTES, Some(Store::open(path.as_ref())?)))
    }

    fn with(bytes: u64, store: Option<Store>) -> Self {
        let items = usize::try_from(bytes >> 12).unwrap_or(usize::MAX).clamp(16, 1 << 16);
        let memory = quick_cache::sync::Cache::with_weighter(items, bytes, Weigh);
        Self(Arc::new(Inner { memory, store, flights: Flights::default() }))
    }

    /// Waits until everything that was put so far is in the file; at once where there is none.
    pub fn flush(&self) {
        if let Some(store) = &self.0.store {
            store.flush();
        }
    }

    /// What went wrong with the file since it was opened, if anything did: from then on memory alone is used.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.0.store.as_ref().and_then(Store::fault)
    }

    /// The answer of that key, if its time has not come.
    fn get(&self, key: &Key) -> Option<Hit> {
        let kept = match self.0.memory.get(key) {
            Some(kept) => kept,
            None => {
                let kept = self.0.store.as_ref()?.get(key)?;
                self.0.memory.insert(*key, kept.clone());
                kept
            }
        };
        kept.hit()
    }

    /// Keeps an answer. `is_writable` says whether it may leave memory.
    pub(in crate::ensemble) fn put(
        &self,
        key: Key,
        value: Value,
        ttl: Duration,
        is_writable: impl FnOnce(&str) -> bool,
    ) {
        let stored = now();
        let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        let json = value.to_json_string();
        let bytes = json.len() as u64;
        let kept = Kept { value, stored, expires: stored.saturating_add(ttl), bytes };
        if let Some(store) = &self.0.store
            && key::is_json(&kept.value)
            && is_writable(&json)
        {
            store.put(key, &kept, json);
        }
        self.0.memory.insert(key, kept);
    }
}

/// Shows no answers.
impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("answers", &self.0.memory.len()).finish_non_exhaustive()
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
