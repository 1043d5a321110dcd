//! Deployments are git tags: which version of a component every environment holds, who moved it there, and back.
//!
//! A slot of a component is a tag, `{prefix}/{type}/{name}/{slot}`: versions never change, environments move. Every
//! move is also recorded in the component's log, a chain of commits under a reference of its own, because a tag that
//! moved forgets where it was.

mod address;
mod error;
pub mod git;

pub use address::{Address, Prefix, Query, RemoteRef, TYPES, parse_slot};
pub use error::{ErrorCode, RegistryError, Result};
