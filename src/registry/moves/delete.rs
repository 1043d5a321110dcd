//! Deleting slots.

use super::Moved;
use super::commit::{Planned, make};
use crate::component::Slot;
use crate::registry::Registry;
use crate::registry::address::parse_slot;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::log::{MoveKind, Record};
use crate::registry::standing::Scope;

/// Whether a version may be deleted, which others may rely on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeleteVersions {
    /// It may not.
    #[default]
    No,
    /// It may.
    Yes,
}

impl Registry {
    /// Deletes the tag of a slot; the log keeps what it held, and a rollback brings an environment back.
    ///
    /// # Errors
    /// `unknown-slot`; `needs-confirmation` for a version that is not to be deleted; `race`.
    pub fn delete(
        &self,
        component: &str,
        slot: &str,
        versions: DeleteVersions,
        message: Option<&str>,
    ) -> Result<Moved> {
        let slot = parse_slot(slot)?;
        let standing = self.standings(&[component], Scope::All)?.remove(0);
        let Some(held) = standing.held(&slot) else {
            return Err(self.unknown_slot(&standing.address, &slot.to_string())?);
        };
        if let (Slot::Version(version), DeleteVersions::No) = (&slot, versions) {
            let path = standing.address.path();
            let message = format!("{version} of {path} is a version: others may have it, and rely on it");
            return Err(RegistryError::new(ErrorCode::NeedsConfirmation, message)
                .with_help("to delete it all the same: `--yes-delete-version`"));
        }
        let mut record = Record::new(slot, MoveKind::Delete, Some(held), None);
        record.message = message.map(Into::into);
        let planned = [Planned::new(&standing.address, record)];
        let mut moved = make(self.repository(), &planned, vec![standing])?;
        Ok(moved.remove(0))
    }
}
