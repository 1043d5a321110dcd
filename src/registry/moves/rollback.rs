//! Going back to what was there before, and undoing that.

use super::Moved;
use super::commit::{Planned, make, shown};
use super::set::{environment_slot, refuse_bad};
use crate::component::{Slot, Version};
use crate::registry::Registry;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::log::{BadMark, Held, MoveKind, Record, Stack, read_chain};
use crate::registry::standing::{Scope, Standing};

/// Where a rollback goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RollbackTo {
    /// To what was there before.
    #[default]
    Previous,
    /// To this version, which it held once.
    Version(Version),
    /// To where it was before the last rollback.
    Undo,
}

/// What is asked of a rollback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollback {
    /// Where it goes.
    pub to: RollbackTo,
    /// Whether what it leaves is marked bad, so that it is not deployed again.
    pub mark: Mark,
    /// Why.
    pub message: Option<Box<str>>,
}

/// Whether a version is marked bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// It is not.
    #[default]
    Nothing,
    /// It is.
    Bad,
}

/// A rollback that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RolledBack {
    /// The move; `None` where the slot held the wanted version already.
    pub moved: Option<Moved>,
    /// What was passed over because it is marked bad.
    pub skipped: Vec<Held>,
    /// What is wrong with the manifest, which was not asked then.
    pub without_manifest: Option<RegistryError>,
}

impl Registry {
    /// Moves an environment back to what it held before its last move, further back each time; or to a version that it
    /// once held; or undoes the last rollback. Rules do not stand in the way of going back, nor does a manifest that
    /// cannot be read: the tag is signed then if the one is that it replaces.
    ///
    /// # Errors
    /// `nothing-to-roll-back`, `nothing-to-undo`, `marked-bad`, `race`.
    pub fn rollback(&self, component: &str, environment: &str, how: &Rollback) -> Result<RolledBack> {
        let Err(fault) = self.manifest() else { return self.roll_back(component, environment, how) };
        let back = self.without_manifest().roll_back(component, environment, how)?;
        Ok(RolledBack { without_manifest: Some(fault), ..back })
    }

    fn roll_back(&self, component: &str, environment: &str, how: &Rollback) -> Result<RolledBack> {
        let slot = environment_slot(environment)?;
        let standing = self.standings(&[component], Scope::All)?.remove(0);
        if standing.held(&slot).is_none()
            && standing.state().holding(&slot).is_none()
            && standing.log.is_none()
        {
            return Err(self.unknown_slot(&standing.address, environment)?);
        }
        let stack = self.stack(&standing, &slot)?;
        if standing.held(&slot).is_none() && stack.is_empty() {
            return Err(self.unknown_slot(&standing.address, environment)?);
        }
        let mut record = Record::new(slot.clone(), MoveKind::Rollback, standing.held(&slot), None);
        record.message.clone_from(&how.message);
        let mut skipped = Vec::new();
        match &how.to {
            RollbackTo::Undo => {
                let undo = stack.undo().ok_or_else(|| nothing_to_undo(&standing, &slot))?;
                record.kind = MoveKind::Undo;
                record.to = undo.to;
                record.unbad = undo.unbad;
            }
            RollbackTo::Version(version) => {
                if record.from.as_ref().is_some_and(|held| held.version.as_ref() == Some(version)) {
                    return Ok(RolledBack { moved: None, skipped, without_manifest: None });
                }
                let held =
                    stack.back_to(version).ok_or_else(|| never_held(&standing, &slot, version, &stack))?;
                refuse_bad(&standing, held)?;
                record.to = Some(held.clone());
            }
            RollbackTo::Previous => {
                let back = stack.back(standing.state()).ok_or_else(|| nothing_before(&standing, &slot))?;
                record.to = Some(back.to);
                skipped = back.skipped;
            }
        }
        if how.mark == Mark::Bad && record.kind == MoveKind::Rollback {
            record.bad = record.from.clone().map(|held| BadMark::new(held, how.message.clone()));
        }
        let message = how.message.as_deref();
        let is_signed = record.from.as_ref().is_some_and(|held| held.object != held.commit);
        record.to = match record.to.take() {
            Some(to) if is_signed && self.is_without_manifest() => {
                Some(self.signed_tag(&standing.address, &slot, to, message)?)
            }
            Some(to) => Some(self.tag_for(&standing.address, &slot, to, message)?),
            None => None,
        };
        let planned = [Planned::new(&standing.address, record)];
        let mut moved = make(self.repository(), &planned, vec![standing])?;
        Ok(RolledBack { moved: moved.pop(), skipped, without_manifest: None })
    }

    /// What a slot held, what happened behind the log's back included.
    fn stack(&self, standing: &Standing, slot: &Slot) -> Result<Stack> {
        let chain = match &standing.log {
            Some(logged) => read_chain(self.repository(), &logged.id, None)?,
            None => Vec::new(),
        };
        let mut stack = Stack::default();
        for record in chain.iter().rev().flat_map(|logged| &logged.entry.records) {
            if record.slot == *slot {
                stack.apply(record);
            }
        }
        if let Some(outside) = standing.outside(slot) {
            stack.apply(&outside);
        }
        Ok(stack)
    }
}

fn nothing_before(standing: &Standing, slot: &Slot) -> RegistryError {
    let path = standing.address.path();
    let message = |why: &str| format!("there is nothing to roll {slot} of {path} back to: {why}");
    let error = |why: &str| RegistryError::new(ErrorCode::NothingToRollBack, message(why));
    if standing.log.is_none() {
        return error("there is no log here, only tags")
            .with_help("if others keep a log, `segue fetch` brings it");
    }
    let but = if standing.state().bad.is_empty() { "" } else { " that is not marked bad" };
    let present = match standing.held(slot) {
        Some(held) => format!("it held nothing before {}{but}", shown(&held)),
        None => format!("it never held anything{but}"),
    };
    error(&present).with_help(format!(
        "`segue history {path} {slot}` shows what it held; `segue tag set {path} {slot} VERSION` sets it"
    ))
}

fn nothing_to_undo(standing: &Standing, slot: &Slot) -> RegistryError {
    let path = standing.address.path();
    RegistryError::new(ErrorCode::NothingToUndo, format!("the last move of {slot} of {path} was no rollback"))
        .with_help(format!("`segue rollback {path} {slot}` goes back to what was there before it"))
}

fn never_held(standing: &Standing, slot: &Slot, version: &Version, stack: &Stack) -> RegistryError {
    let path = standing.address.path();
    let mut held: Vec<String> = Vec::new();
    for past in stack.past().map(shown) {
        if !held.contains(&past) {
            held.push(past);
        }
    }
    let message = format!("{slot} of {path} never held {version}");
    let error = RegistryError::new(ErrorCode::NothingToRollBack, message);
    if held.is_empty() {
        return error.with_help(format!("`segue tag set {path} {slot} {version}` sets it"));
    }
    error.with_help(format!(
        "it held {}; `segue tag set {path} {slot} {version}` sets it all the same",
        held.join(", ")
    ))
}
