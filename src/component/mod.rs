//! Components: versioned texts that agents refer to by `type/name@slot`, and where they come from.
//!
//! The one idea: a run takes one [`Snapshot`] of its [`ComponentSource`] at its start and resolves everything in
//! it, so that no run sees half of a deployment. Git is one source, in the registry; this room holds the traits,
//! the references, and the sources that need no git.

mod content;
mod directory;
mod error;
mod front_matter;
mod memory;
pub(crate) mod missing;
pub(crate) mod name;
mod reference;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use content::Component;
pub use directory::DirectorySource;
pub use error::{ComponentError, ComponentErrorKind};
#[cfg(feature = "git")]
pub(crate) use memory::read as read_component;
pub use memory::{Components, MemorySource};
pub use reference::{ComponentRef, RefError, Slot, Version};

/// Where components come from.
pub trait ComponentSource: Send + Sync {
    /// What is deployed now. It never changes afterwards, whatever is deployed while a run goes.
    ///
    /// # Errors
    /// Only where the source itself cannot be read; what is wrong with one component is said when it is resolved.
    fn snapshot(&self) -> SnapshotFuture<'_>;

    /// As [`snapshot`](Self::snapshot), where it is at hand; `None` if it takes waiting. Called outside a runtime too.
    ///
    /// # Errors
    /// As [`snapshot`](Self::snapshot).
    fn snapshot_now(&self) -> Option<Result<Arc<dyn Snapshot>, ComponentError>> {
        None
    }
}

/// One unchanging view of a source. Shared by all agents of a run, nested ensembles included.
pub trait Snapshot: Send + Sync {
    /// The component, where it is at hand; `None` if it takes [`resolve`](Snapshot::resolve) to get it.
    fn resolve_now(&self, reference: &ComponentRef) -> Option<Result<Arc<Component>, ComponentError>>;

    /// The component, however long it takes. Only called where [`resolve_now`](Snapshot::resolve_now) has none.
    fn resolve<'a>(&'a self, reference: &'a ComponentRef) -> ResolveFuture<'a>;
}

/// A snapshot in the making; ready at once where nothing has to be waited for.
pub type SnapshotFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<dyn Snapshot>, ComponentError>> + Send + 'a>>;

/// A component on its way.
pub type ResolveFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<Component>, ComponentError>> + Send + 'a>>;
