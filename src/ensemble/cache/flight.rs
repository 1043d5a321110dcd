//! Questions that are being asked: who asks the same waits for that answer, and is asked in vain no second time.
//!
//! One asks for all, the leader; the others follow. What a leader keeps goes to its followers at once, whether or not
//! memory has room for it. A leader that fails, or is dropped at whatever moment, leaves its place to the next who
//! looks. Followers hold nothing that a leader could want, and wait with an end; both is the run's part.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::{Cache, Hit, Kept, Key};
use crate::value::Value;

/// The questions under way.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Key, watch::Receiver<Option<Value>>>>);

impl Flights {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, watch::Receiver<Option<Value>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is to a question.
pub(in crate::ensemble) enum Asked {
    /// An answer.
    Hit(Hit),
    /// Somebody who asks it now.
    Followed(Follower),
    /// Nobody: the one who wanted to know is to ask.
    Led(Leader),
}

/// Asks for all who want to know the same. To drop it is to leave that to another.
pub(in crate::ensemble) struct Leader {
    cache: Cache,
    pub(super) key: Key,
    answer: watch::Sender<Option<Value>>,
}

/// Waits for a leader.
pub(in crate::ensemble) struct Follower(watch::Receiver<Option<Value>>);

impl Follower {
    /// The answer; `None` where the leader has none to give.
    pub(in crate::ensemble) async fn answer(mut self) -> Option<Hit> {
        let answer = self.0.wait_for(Option::is_some).await.ok()?;
        answer.clone().map(|value| Hit { value, age: Duration::ZERO })
    }
}

impl Leader {
    /// Gives the answer to those who follow. It has been [put](Cache::put) by then, so that nobody who comes now asks
    /// again.
    pub(in crate::ensemble) fn give(self, value: Value) {
        self.answer.send_replace(Some(value));
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.cache.0.flights.lock().remove(&self.key);
    }
}

impl Cache {
    /// The answer, or whoever is to find it.
    pub(in crate::ensemble) fn ask(&self, key: Key) -> Asked {
        if let Some(hit) = self.get(&key) {
            return Asked::Hit(hit);
        }
        match self.0.flights.lock().entry(key) {
            Entry::Occupied(flight) => Asked::Followed(Follower(flight.get().clone())),
            Entry::Vacant(free) => {
                // A leader that has just landed put its answer before it left its place.
                if let Some(hit) = self.0.memory.get(&key).and_then(Kept::hit) {
                    return Asked::Hit(hit);
                }
                let (answer, following) = watch::channel(None);
                free.insert(following);
                Asked::Led(Leader { cache: self.clone(), key, answer })
            }
        }
    }
}
