//! From a seed or a sticky key to streams of random numbers.
//!
//! All gates of one run read one stream from its start, so that `Math.random() < 0.9` and `Math.random() >= 0.9` in
//! two agents never both hold. A [`StreamId`] is made once, when an ensemble is planned; a [`Stream`] once a run, and
//! remembers its first draws; a [`Cursor`] once an evaluation. `docs/draws.md` writes the bucketing `segue-1` down,
//! byte by byte. Which expression reads which stream is decided elsewhere.
#![deny(clippy::disallowed_methods)]

mod hash;
mod key;
mod seed;
mod stream;

pub use key::{Key, RunKeys, StreamId, StreamKind};
pub use seed::{InvalidSeed, Seed, nested_seed, run_seed};
pub use stream::{Cursor, Stream};

/// The name of the way in which seeds and keys become draws, as ensembles give it in `bucketing:`.
pub const BUCKETING: &str = "segue-1";

#[cfg(test)]
mod tests;
