//! One component as both sides have it, with what our unpushed entries and the remote's log say about its slots.

use std::collections::HashMap;

use super::fetch::Conflict;
use super::merge::{Before, Facts};
use super::view::{Sides, View, sort};
use crate::component::Slot;
use crate::registry::address::Address;
use crate::registry::error::Result;
use crate::registry::git::{ObjectId, Repository};
use crate::registry::log::{Held, Logged, MoveKind, State, read_chain};

/// Our entries that the remote does not have, oldest first.
pub(super) fn unpushed(repository: &Repository, sides: &Sides) -> Result<Vec<Logged>> {
    let Some(log) = &sides.log else { return Ok(Vec::new()) };
    let tracked = sides.tracked_log.as_ref().map(|logged| logged.id);
    if tracked == Some(log.id) {
        return Ok(Vec::new());
    }
    let mut entries = read_chain(repository, &log.id, tracked.as_ref())?;
    entries.reverse();
    Ok(entries)
}

/// One component with what is needed to decide about its slots.
pub(super) struct Question<'q> {
    pub(super) sides: &'q Sides,
    before: Option<&'q Sides>,
    is_tracked: bool,
    pub(super) ours: Vec<Logged>,
    /// The remote's entries that came since we last looked, where we have some of our own.
    arrived: Vec<Logged>,
    /// What each slot ever held on the remote, where somebody may have to know.
    history: HashMap<Slot, Vec<ObjectId>>,
}

impl<'q> Question<'q> {
    pub(super) fn new(
        repository: &Repository,
        address: &Address,
        sides: &'q Sides,
        before: &'q View,
    ) -> Result<Self> {
        let ours = unpushed(repository, sides)?;
        let is_foreign = |slot: &Slot| {
            let local = sides.local.get(slot).map(|value| value.object);
            let remote = sides.tracked.get(slot).map(|value| value.object);
            local != remote && local.is_some()
        };
        let mut history: HashMap<Slot, Vec<ObjectId>> = HashMap::new();
        if let (Some(log), true) = (&sides.tracked_log, sides.slots().iter().any(is_foreign)) {
            for logged in read_chain(repository, &log.id, None)? {
                for record in logged.entry.records {
                    let held = [record.from, record.to].into_iter().flatten().map(|held| held.object);
                    history.entry(record.slot).or_default().extend(held);
                }
            }
        }
        let arrived = match (&sides.tracked_log, before.components.get(address), &sides.log) {
            (Some(tracked), Some(Sides { tracked_log: Some(seen), .. }), Some(log))
                if seen.id != tracked.id && !ours.is_empty() =>
            {
                // Ours may be among them, of a push that was killed when all was done.
                read_chain(repository, &tracked.id, [&seen.id, &log.id])?
            }
            _ => Vec::new(),
        };
        Ok(Self {
            sides,
            arrived,
            before: before.components.get(address),
            is_tracked: before.is_tracked,
            ours,
            history,
        })
    }

    /// Whether somebody else moved a slot since we last looked, wherever it is by now. What was only found is no move.
    pub(super) fn is_overtaken(&self, slot: &Slot) -> bool {
        let records = self.arrived.iter().flat_map(|logged| &logged.entry.records);
        records.into_iter().any(|record| {
            record.slot == *slot && record.kind != MoveKind::Outside && !record.is_standing_still()
        })
    }

    pub(super) fn facts<'f>(&'f self, slot: &'f Slot) -> Facts<'f> {
        let local = self.sides.local.get(slot).map(|value| value.object);
        let held = |state: State| state.holding(slot).map(|holding| holding.to.object);
        let before = self.before.and_then(|before| before.tracked.get(slot)).map(|value| value.object);
        let looked = self.sides.looked.get(slot);
        let looked = looked.and_then(|looked| self.ours.iter().position(|logged| logged.id == *looked));
        let of_slot = |logged: &'f Logged| logged.entry.records.iter().filter(|record| record.slot == *slot);
        Facts {
            slot,
            local,
            remote: self.sides.tracked.get(slot).map(|value| value.object),
            before: if self.is_tracked { Before::Known(before) } else { Before::Unknown },
            is_overtaken: self.is_overtaken(slot),
            records: self.ours.iter().flat_map(of_slot).collect(),
            logged: held(self.sides.state()),
            remote_logged: held(self.sides.tracked_state()),
            remote_held_ours: local
                .is_some_and(|local| self.history.get(slot).is_some_and(|held| held.contains(&local))),
            moved_after_looking: looked
                .is_some_and(|at| self.ours[at + 1..].iter().flat_map(of_slot).next().is_some()),
        }
    }

    /// What the remote had when we looked before.
    pub(super) fn before_held(&self, slot: &Slot) -> Option<Held> {
        self.before.and_then(|before| before.tracked_held(slot))
    }

    /// Whether the remote has what it had when we looked before.
    pub(super) fn is_unchanged(&self, slot: &Slot) -> bool {
        self.before.is_some_and(|before| before.tracked.get(slot) == self.sides.tracked.get(slot))
    }

    /// The slots of both sides, and those that we deleted.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut slots = self.sides.slots();
        slots.extend(
            self.ours.iter().flat_map(|logged| &logged.entry.records).map(|record| record.slot.clone()),
        );
        sort(&mut slots);
        slots
    }

    pub(super) fn conflict(&self, address: &Address, slot: &Slot) -> Conflict {
        let facts = self.facts(slot);
        let state = self.sides.tracked_state();
        let holding = state.holding(slot).filter(|holding| Some(holding.to.object) == facts.remote);
        Conflict {
            address: address.clone(),
            slot: slot.clone(),
            base: facts.moves().first().and_then(|record| record.from.clone()),
            ours: self.sides.local_held(slot),
            theirs: self.sides.tracked_held(slot),
            who: holding.and_then(|holding| holding.who.clone()),
            at: holding.and_then(|holding| holding.at),
        }
    }
}
