//! Deployments are git tags: which version of a component every environment holds, who moved it there, and back.
//!
//! A slot of a component is a tag, `{prefix}/{type}/{name}/{slot}`: versions never change, environments move. Every
//! move is also recorded in the component's log, a chain of commits under a reference of its own, because a tag that
//! moved forgets where it was.

mod address;
mod error;
mod facade;
mod failure;
pub mod git;
mod history;
mod locate;
pub mod log;
pub mod manifest;
mod moves;
mod rules;
mod source;
mod standing;
pub mod sync;
mod time;

pub use address::{Address, Prefix, Query, RemoteRef, TYPES, parse_slot};
pub use error::{ErrorCode, RegistryError, Result};
pub use facade::Registry;
pub use history::{History, HistoryLine, VersionsToo};
pub use locate::{Located, discover, locate, locate_any_prefix};
pub use log::{BadMark, Entry, Held, Logged, MoveKind, Record, Stack, State};
pub use manifest::Manifest;
pub use moves::{
    Bump, Create, Created, DeleteVersions, Mark, Moved, Rollback, RollbackTo, RolledBack, Set, Signature,
    bumped,
};
pub use source::GitSource;
pub use standing::{Standing, Tag};
pub use time::Timestamp;
