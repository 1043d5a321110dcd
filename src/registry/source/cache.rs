//! Contents by object id, within a bound.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::component::Component;
use crate::registry::git::ObjectId;

/// What a component is made of: its content, and as what it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) blob: ObjectId,
    pub(super) shown: Arc<str>,
}

/// Components that were read; who has not been asked for the longest goes first.
#[derive(Debug)]
pub(super) struct Cache {
    /// In bytes of text.
    limit: usize,
    clock: AtomicU64,
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    components: HashMap<Key, Item>,
    bytes: usize,
}

#[derive(Debug)]
struct Item {
    component: Arc<Component>,
    used: AtomicU64,
}

/// What an entry weighs beside its text.
const OVERHEAD: usize = 512;

fn weight(component: &Component) -> usize {
    component.text.len() + OVERHEAD
}

impl Cache {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, clock: AtomicU64::new(0), kept: RwLock::default() }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<Component>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let item = kept.components.get(key)?;
        item.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(item.component.clone())
    }

    /// Keeps a component; one that is larger than all that may be kept is not. O(kept) where something has to go.
    pub(super) fn insert(&self, key: Key, component: Arc<Component>) {
        let added = weight(&component);
        if added > self.limit {
            return;
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let used = AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed));
        if let Some(before) = kept.components.insert(key, Item { component, used }) {
            kept.bytes -= weight(&before.component);
        }
        kept.bytes += added;
        if kept.bytes <= self.limit {
            return;
        }
        // A quarter goes at once, so that the next ones find room without another look at all.
        let mut by_age: Vec<(u64, Key)> = kept
            .components
            .iter()
            .map(|(key, item)| (item.used.load(Ordering::Relaxed), key.clone()))
            .collect();
        by_age.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in by_age {
            if kept.bytes <= self.limit / 4 * 3 {
                break;
            }
            if let Some(gone) = kept.components.remove(&key) {
                kept.bytes -= weight(&gone.component);
            }
        }
    }

    #[cfg(test)]
    fn bytes(&self) -> usize {
        self.kept.read().expect("a lock").bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::read_component;

    #[test]
    fn what_was_used_last_stays_and_the_bound_holds() {
        let cache = Cache::new(40_000);
        let key = |n: usize| Key {
            blob: ObjectId::parse(format!("{n:040x}")).expect("an id"),
            shown: "a/b@v1.0.0".into(),
        };
        let text = "x".repeat(1000);
        let component =
            Arc::new(read_component(&text, "a/b@v1.0.0".into(), "a".into()).expect("a component"));
        for n in 0..1000 {
            cache.insert(key(n), component.clone());
            assert!(cache.bytes() <= 40_000);
            assert!(cache.get(&key(0)).is_some(), "{n}");
        }
        assert!(cache.get(&key(999)).is_some() && cache.get(&key(1)).is_none());
        let large = "x".repeat(50_000);
        let large = Arc::new(read_component(&large, "a/b@v1.0.0".into(), "a".into()).expect("a component"));
        cache.insert(key(2000), large);
        assert!(cache.get(&key(2000)).is_none() && cache.get(&key(0)).is_some());
    }
}
