//! What a slot held before, and where a rollback leads.
//!
//! Moves push onto a stack, rollbacks pop from it and remember what they popped, undoing pushes that back; a move
//! forgets what could be undone. Made from the records of one slot, oldest first.

use super::entry::{Held, MoveKind, Record};
use super::state::{State, bad_key};
use crate::component::Version;

/// The past of one slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// What it held, the present last; `None` where it was gone.
    held: Vec<Option<Held>>,
    /// What each rollback that can be undone popped, the latest last.
    undoable: Vec<Popped>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Popped {
    held: Vec<Option<Held>>,
    /// What the rollback marked bad.
    marked: Option<Box<str>>,
}

/// Where an undo leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// What the slot holds then.
    pub to: Option<Held>,
    /// The mark that is taken back with it.
    pub unbad: Option<Box<str>>,
}

/// Where a rollback leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// What the slot holds then.
    pub to: Held,
    /// What was passed over because it is marked bad, the latest first.
    pub skipped: Vec<Held>,
}

impl Stack {
    /// The past that these records of one slot make, oldest first.
    #[must_use]
    pub fn from_records<'r>(records: impl IntoIterator<Item = &'r Record>) -> Self {
        let mut stack = Self::default();
        for record in records {
            stack.apply(record);
        }
        stack
    }

    /// Adds what happened next.
    pub fn apply(&mut self, record: &Record) {
        match record.kind {
            MoveKind::Set | MoveKind::Delete | MoveKind::Outside | MoveKind::Create => self.push(record),
            MoveKind::Rollback => self.pop(record),
            MoveKind::Undo => self.restore(record),
        }
    }

    fn push(&mut self, record: &Record) {
        if record.is_standing_still() {
            return;
        }
        self.undoable.clear();
        self.held.push(record.to.clone());
    }

    fn pop(&mut self, record: &Record) {
        let is_target = |held: &Option<Held>| is_same(held.as_ref(), record.to.as_ref());
        // The present itself is no target: a rollback leads elsewhere.
        let below = self.held.len().saturating_sub(1);
        match self.held[..below].iter().rposition(is_target) {
            Some(at) => {
                let held = self.held.split_off(at + 1);
                let marked = record.bad.as_ref().map(|bad| bad_key(&bad.held));
                self.undoable.push(Popped { held, marked });
            }
            // The log of another clone may lack what it went back to; it is a move like any other then.
            None => self.push(record),
        }
    }

    fn restore(&mut self, record: &Record) {
        match self.undoable.pop() {
            Some(popped) if is_same(popped.top(), record.to.as_ref()) => self.held.extend(popped.held),
            _ => self.push(record),
        }
    }

    /// Where a rollback leads: to what was there last that is neither what is there now, nor marked bad, nor nothing.
    /// `None` where there is no such thing.
    #[must_use]
    pub fn back(&self, state: &State) -> Option<Back> {
        let present = self.present();
        let mut skipped: Vec<Held> = Vec::new();
        for held in self.past() {
            if present.is_some_and(|present| present.is_same(held)) {
                continue;
            }
            if state.bad_mark(held).is_some() {
                if !skipped.iter().any(|other| other.is_same(held)) {
                    skipped.push(held.clone());
                }
                continue;
            }
            return Some(Back { to: held.clone(), skipped });
        }
        None
    }

    /// What it held last of this version, before what it holds now.
    #[must_use]
    pub fn back_to(&self, version: &Version) -> Option<&Held> {
        self.past().find(|held| held.version.as_ref() == Some(version))
    }

    /// Where undoing the last rollback leads; `None` where there is none to undo.
    #[must_use]
    pub fn undo(&self) -> Option<Undo> {
        let popped = self.undoable.last()?;
        Some(Undo { to: popped.top().cloned(), unbad: popped.marked.clone() })
    }

    /// Whether nothing ever happened to it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// What it holds now.
    #[must_use]
    pub fn present(&self) -> Option<&Held> {
        self.held.last().and_then(Option::as_ref)
    }

    /// What it held before, the latest first, what it did not hold anything apart.
    pub fn past(&self) -> impl Iterator<Item = &Held> {
        let below = self.held.len().saturating_sub(1);
        self.held[..below].iter().rev().flatten()
    }
}

impl Popped {
    fn top(&self) -> Option<&Held> {
        self.held.last().and_then(Option::as_ref)
    }
}

fn is_same(one: Option<&Held>, other: Option<&Held>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is_same(other),
        (None, None) => true,
        _ => false,
    }
}
