//! Deployments are git tags: which version of a component every environment holds, who moved it there, and back.
//!
//! A slot of a component is a tag, `{prefix}/{type}/{name}/{slot}`: versions never change, environments move. Every
//! move is also recorded in the component's log, a chain of commits under a reference of its own, because a tag that
//! moved forgets where it was.
//!
//! ```
//! use segue::registry::{Create, Registry, Rollback, Set, VersionsToo};
//! # let folder = tempfile::tempdir()?;
//! # let git = |line: &str| {
//! #     let words = line.split(' ');
//! #     assert!(std::process::Command::new("git").args(words).current_dir(&folder).status().unwrap().success());
//! # };
//! # git("init -q");
//! # for line in ["user.name Ada", "user.email ada@example.com", "commit.gpgSign false", "tag.gpgSign false"] {
//! #     git(&format!("config {line}"));
//! # }
//! # std::fs::create_dir(folder.path().join("prompts"))?;
//! # std::fs::write(folder.path().join("prompts/extraction.md"), "List the totals.")?;
//! # git("add .");
//! # git("commit -q -m first");
//!
//! // A repository in which `prompts/extraction.md` is committed.
//! let registry = Registry::open(&folder)?;
//! registry.create("prompts/extraction", "v1.0.0", &Create::default())?;
//! registry.create("prompts/extraction", "v1.1.0", &Create::default())?;
//!
//! registry.set("production", &[("prompts/extraction", "v1.0.0")], &Set::default())?;
//! let why = Set { message: Some("asks for dates too".into()), ..Set::default() };
//! registry.set("production", &[("prompts/extraction", "v1.1.0")], &why)?;
//!
//! // Back to what was there before, without having to know it.
//! registry.rollback("prompts/extraction", "production", &Rollback::default())?;
//!
//! let history = registry.history("prompts/extraction", Some("production"), VersionsToo::No)?;
//! let moves: Vec<_> = history.lines.iter().map(|line| (line.kind.as_str(), line.to.as_deref())).collect();
//! assert_eq!(moves, [("rollback", Some("v1.0.0")), ("set", Some("v1.1.0")), ("set", Some("v1.0.0"))]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A slot moves from the value that was read, or not at all, and its log moves with it; what was asked of git and
//! refused is a [`RegistryError`] with a code, a sentence and the mend.

mod address;
mod error;
mod facade;
mod failure;
mod files;
pub mod git;
mod history;
mod listing;
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
pub use files::{FileAt, Touch};
pub use history::{History, HistoryLine, VersionsToo};
pub use listing::{Depth, Listed, ListedSlot};
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
