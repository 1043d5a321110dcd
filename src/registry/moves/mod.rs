//! Moving slots: what is asked for is checked and decided here, a file for each kind of move; [`commit`] makes it happen.

mod commit;
mod create;
mod delete;
mod rollback;
mod set;
mod signed;
mod version;

pub use create::{Create, Created, Signature};
pub use delete::DeleteVersions;
pub use rollback::{Mark, Rollback, RollbackTo, RolledBack};
pub use set::Set;
pub use version::{Bump, bumped};

pub(crate) use commit::shown;

use super::address::Address;
use super::git::ObjectId;
use super::log::Record;

/// A move that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// The component.
    pub address: Address,
    /// What changed.
    pub record: Record,
    /// The entry of the log that says so.
    pub entry: ObjectId,
    /// What had changed the slot behind the log's back before; it is recorded with the move.
    pub outside: Option<Record>,
}
