//! Remotes: pushing what we moved, fetching what others moved, and seeing where both stand.
//!
//! The one idea: what a remote had when we last saw it is kept under `refs/segue/remotes/`, and what we did since then
//! is the part of our log that the remote does not have. A slot is ours to push if that part moves it, and what it
//! moved it *from* is the lease: if the remote has anything else, somebody else moved the slot, whatever we have seen
//! of it in the meantime.
//!
//! ```
//! use segue::registry::sync::{Force, Settle};
//! use segue::registry::{Create, Registry, Set};
//! # let folder = tempfile::tempdir()?;
//! # let git = |at: &str, line: &str| {
//! #     let at = folder.path().join(at);
//! #     let mut git = std::process::Command::new("git");
//! #     assert!(git.args(line.split(' ')).current_dir(at).status().unwrap().success());
//! # };
//! # let name = |at: &str| {
//! #     let lines = ["user.name Ada", "user.email ada@example.com", "commit.gpgSign false", "tag.gpgSign false"];
//! #     lines.iter().for_each(|line| git(at, &format!("config {line}")));
//! # };
//! # git("", "init -q --bare --initial-branch=main origin");
//! # git("", "clone -q origin ada");
//! # name("ada");
//! # std::fs::create_dir(folder.path().join("ada/prompts"))?;
//! # std::fs::write(folder.path().join("ada/prompts/extraction.md"), "List the totals.")?;
//! # git("ada", "add .");
//! # git("ada", "commit -q -m first");
//! # git("ada", "push -q origin HEAD:main");
//! # git("", "clone -q origin bob");
//! # name("bob");
//!
//! // Two clones of one repository, in which `prompts/extraction.md` is committed.
//! let (ada, bob) = (folder.path().join("ada"), folder.path().join("bob"));
//! let ada = Registry::open(ada)?;
//! ada.create("prompts/extraction", "v1.0.0", &Create::default())?;
//! ada.set("production", &[("prompts/extraction", "v1.0.0")], &Set::default())?;
//! assert_eq!(ada.push(None, Force::No)?.sent.len(), 2);
//! assert!(ada.verify()?.findings.is_empty());
//!
//! let bob = Registry::open(bob)?;
//! let fetched = bob.fetch(None, Settle::Show)?;
//! assert_eq!(fetched.taken.len(), 2);
//! assert_eq!(bob.status(None)?.components[0].unpushed, []);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
