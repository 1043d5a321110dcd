//! The user's own `git`: the only place that runs it.
//!
//! Every write, fetch and push is done by the `git` that the user has, with their configuration, hooks, signing and
//! authentication. What it prints is parsed under `LC_ALL=C`, and nothing that a user typed reaches it as an option:
//! it goes through standard input, behind `--end-of-options`, or as a [`RefName`], which cannot begin with a dash.
//! What the names mean (components, slots, logs) belongs to the rooms above.

mod command;
mod discover;
mod error;
mod name;
mod nearby;
mod object_id;
mod objects;
mod refs;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod transaction;

pub use command::{Git, GitCommand, GitOutput};
pub(crate) use discover::Writes;
pub use discover::{RefFormat, Repository};
pub use error::{GitError, GitErrorKind};
pub use name::RefName;
pub use object_id::{ObjectFormat, ObjectId};
pub use objects::{Object, ObjectInfo, ObjectKind, ObjectReader};
pub use refs::{Details, RefDetails, RefEntry, RefPattern};
pub use transaction::{Expected, Outcome, Transaction};
