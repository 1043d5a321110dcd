//! The log of a component: every move of every one of its slots.
//!
//! A log is a chain of commits under `refs/segue/log/`; the first parent of each is the one before it, and the others
//! are the commits that its slots held and hold, so that no garbage collection takes them away. Order is the chain's,
//! never that of the clocks. What is in an entry is in `entry`; the rest of this room is made from that.

mod chain;
mod entry;
mod id_text;
mod stack;
mod state;
#[cfg(test)]
mod tests;

pub use chain::{Author, read_chain, write_entry};
pub use entry::{BadMark, Entry, Held, Logged, MoveKind, Record};
pub use stack::{Back, Stack, Undo};
pub use state::{Bad, Holding, State};
