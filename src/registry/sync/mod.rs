//! Remotes: pushing what we moved, fetching what others moved, and seeing where both stand.
//!
//! The one idea: what a remote had when we last saw it is kept under `refs/segue/remotes/`, and what we did since then
//! is the part of our log that the remote does not have. A slot is ours to push if that part moves it, and what it
//! moved it *from* is the lease: if the remote has anything else, somebody else moved the slot, whatever we have seen
//! of it in the meantime.

mod fetch;
mod merge;
mod push;
mod question;
mod rebase;
mod remote;
mod status;
mod verify;
mod view;

pub use fetch::{Conflict, Fetched, Settle, Taken};
pub use push::{Change, Force, Pushed};
pub use status::{Compared, ComponentStatus, SlotStatus, Status};
pub use verify::{Finding, FindingKind, Verified};

use super::log::Held;

/// The version, or the first digits of the commit.
fn shown(held: &Held) -> String {
    match &held.version {
        Some(version) => version.to_string(),
        None => held.commit.short().to_owned(),
    }
}
