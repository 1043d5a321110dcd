//! Fetching: what others moved comes in, what we moved stays.

use std::collections::HashMap;
use std::time::Duration;

use super::merge::Merge;
use super::question::{Question, unpushed};
use super::rebase::{Treatment, rebase, write};
use super::remote::{Remote, Wanted};
use super::view::{Sides, View, looked_ref};
use crate::component::Slot;
use crate::registry::Registry;
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::failure::explain_text;
use crate::registry::git::{Expected, ObjectId, Outcome, RefName, Repository, Transaction};
use crate::registry::log::{Entry, Held, Logged, MoveKind, Record, write_entry};
use crate::registry::time::Timestamp;

/// How often a merge is tried against others that move the same tags at the same time.
const TRIES: u32 = 50;

/// What a conflict is settled by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Settle {
    /// By nothing: it is shown, and both sides stay as they are.
    #[default]
    Show,
    /// By what the remote has; our move is given up.
    Theirs,
    /// By what we have; the next push sends it.
    Ours,
}

/// What came of a fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// The remote.
    pub remote: Box<str>,
    /// Our slots that changed, by component.
    pub taken: Vec<Taken>,
    /// The slots that both sides moved.
    pub conflicts: Vec<Conflict>,
    /// Conflicts that were settled.
    pub settled: Vec<Conflict>,
    /// How many of our slots are still to be pushed.
    pub unpushed: usize,
}

/// A slot of ours that a fetch changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// The component.
    pub address: Address,
    /// The slot.
    pub slot: Slot,
    /// What it held.
    pub from: Option<Held>,
    /// What it holds now; `None` where it was deleted.
    pub to: Option<Held>,
    /// Who moved it, where the remote's log says so.
    pub who: Option<Box<str>>,
    /// When that was.
    pub at: Option<Timestamp>,
}

/// A slot that was moved on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The component.
    pub address: Address,
    /// The slot.
    pub slot: Slot,
    /// What it held before, where that is known.
    pub base: Option<Held>,
    /// What we have.
    pub ours: Option<Held>,
    /// What the remote has.
    pub theirs: Option<Held>,
    /// Who moved it there, where the remote's log says so.
    pub who: Option<Box<str>>,
    /// When that was.
    pub at: Option<Timestamp>,
}

/// Whether people are shown the conflicts that a merge finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    Conflicts,
    Nothing,
}

impl Registry {
    /// Brings the tags and logs of a remote. A slot that we did not move becomes what the remote has; one that we
    /// moved and have not pushed stays, and is a conflict if the remote moved it too. No unpushed move is ever lost.
    ///
    /// Where `remote` is `None`, it is the one that this branch is pushed to, `origin`, or the only one.
    ///
    /// # Errors
    /// `unknown-remote`, `git-failed` where the remote cannot be reached. Conflicts are no error.
    pub fn fetch(&self, remote: Option<&str>, settle: Settle) -> Result<Fetched> {
        let repository = self.repository();
        let remote = Remote::choose(repository, remote)?;
        let before = note_outside(repository, &remote)?;
        remote.fetch(repository, Wanted::All)?;
        merge(repository, &remote, &before, settle, Showing::Conflicts, None)
    }
}

/// Records what plain git did to our environments since we last looked, so that it counts as a move of ours that is
/// not pushed yet. It has to be written before the remote is asked: afterwards nobody could tell what the slot held
/// when it was moved.
pub(super) fn note_outside(repository: &Repository, remote: &Remote) -> Result<View> {
    for _ in 0..TRIES {
        let view = View::read(repository, Some(remote))?;
        let mut transaction = Transaction::new();
        for (address, sides) in &view.components {
            let records = outside(repository, sides)?;
            if records.is_empty() {
                continue;
            }
            let before = sides.log.as_ref().map(|logged| logged.id);
            let entry = Entry::after(sides.log.as_ref(), records);
            let id = write_entry(repository, address, before.as_ref(), &entry, None)?;
            transaction = transaction.set(RefName::parse(&address.log_ref())?, id, expected(before));
        }
        if transaction.is_empty() {
            return Ok(view);
        }
        match transaction.message("segue: tags that were moved outside of it").commit(repository)? {
            // Once more, for what the log says now.
            Outcome::Done | Outcome::Changed { .. } | Outcome::Locked { .. } => {}
            Outcome::NameConflict { stderr }
            | Outcome::HookRefused { stderr }
            | Outcome::Failed { stderr } => {
                return Err(explain_text("update-ref", &stderr));
            }
        }
    }
    Err(busy())
}

/// The environments that hold neither what our log says nor what the remote had.
fn outside(repository: &Repository, sides: &Sides) -> Result<Vec<Record>> {
    let state = sides.state();
    let mut records = Vec::new();
    for slot in sides.slots() {
        let Some(&value) = sides.local.get(&slot) else { continue };
        let logged = state.holding(&slot).map(|holding| holding.to.clone());
        let is_known = logged.as_ref().is_some_and(|held| held.object == value.object);
        let is_tracked = sides.tracked.get(&slot).is_some_and(|tracked| tracked.object == value.object);
        let never_seen = sides.log.is_none() && sides.tracked.is_empty();
        if matches!(slot, Slot::Version(_)) || is_known || is_tracked || never_seen {
            continue;
        }
        let is_ours = unpushed(repository, sides)?
            .iter()
            .any(|entry| entry.entry.records.iter().any(|record| record.slot == slot));
        let from = if is_ours { logged } else { sides.tracked_held(&slot).or(logged) };
        records.push(Record::new(
            slot.clone(),
            MoveKind::Outside,
            from,
            Some(sides.held(&slot, value, &state)),
        ));
    }
    Ok(records)
}

/// Merges what was fetched into our tags and logs, all of it in one transaction. `before` is what we knew before; where
/// `only` is given, other components are left alone.
pub(super) fn merge(
    repository: &Repository,
    remote: &Remote,
    before: &View,
    settle: Settle,
    showing: Showing,
    only: Option<&[Address]>,
) -> Result<Fetched> {
    for attempt in 0..TRIES {
        let view = View::read(repository, Some(remote))?;
        let mut merged = Merged {
            fetched: Fetched { remote: remote.name().into(), ..Fetched::default() },
            ..Merged::default()
        };
        for (address, sides) in &view.components {
            if only.is_none_or(|only| only.contains(address)) && sides.differ() {
                let question = Question::new(repository, address, sides, before)?;
                merged.component(repository, remote, address, &question, settle, showing)?;
            }
        }
        match merged.transaction.message(format!("segue fetch {}", remote.name())).commit(repository)? {
            Outcome::Done => return Ok(merged.fetched),
            Outcome::Changed { .. } | Outcome::Locked { .. } => {
                std::thread::sleep(Duration::from_millis(u64::from(attempt.min(20)) * 5));
            }
            Outcome::NameConflict { stderr }
            | Outcome::HookRefused { stderr }
            | Outcome::Failed { stderr } => {
                return Err(explain_text("update-ref", &stderr));
            }
        }
    }
    Err(busy())
}

impl Sides {
    /// Whether both sides have something different, in a slot or in the log.
    fn differ(&self) -> bool {
        let id = |log: &Option<Logged>| log.as_ref().map(|logged| logged.id);
        self.local != self.tracked || id(&self.log) != id(&self.tracked_log) || !self.looked.is_empty()
    }
}

/// A merge in the making.
#[derive(Default)]
struct Merged {
    fetched: Fetched,
    transaction: Transaction,
}

impl Merged {
    fn component(
        &mut self,
        repository: &Repository,
        remote: &Remote,
        address: &Address,
        question: &Question<'_>,
        settle: Settle,
        showing: Showing,
    ) -> Result<()> {
        let sides = question.sides;
        let mut treatments: HashMap<Slot, Treatment> = HashMap::new();
        let mut conflicts: Vec<Slot> = Vec::new();
        let mut tags = Transaction::new();
        for slot in question.slots() {
            let facts = question.facts(&slot);
            let (local, theirs) = (facts.local, facts.remote);
            let merge = match (facts.merge(), settle, &slot) {
                // A version that others have is theirs for ever.
                (Merge::Conflict, Settle::Theirs, _) => Merge::Take,
                (Merge::Conflict, Settle::Ours, Slot::Environment(_)) => Merge::Keep,
                (merge, _, _) => merge,
            };
            let was_conflict = facts.merge() == Merge::Conflict;
            if was_conflict {
                let conflict = question.conflict(address, &slot);
                let list = if merge == Merge::Conflict {
                    &mut self.fetched.conflicts
                } else {
                    &mut self.fetched.settled
                };
                list.push(conflict);
            }
            let treatment = match merge {
                Merge::Same if matches!(slot, Slot::Version(_)) || facts.remote_logged != theirs => {
                    Treatment::Keep
                }
                Merge::Same => Treatment::Agree,
                Merge::Take => Treatment::Drop,
                Merge::Keep if was_conflict || facts.moved_after_looking => {
                    Treatment::Settle(sides.tracked_held(&slot))
                }
                // It may hold what we moved it from: that it is in conflict has to be seen by the log alone.
                Merge::Conflict if facts.is_back_again() => Treatment::Settle(None),
                // They moved it once more: what was looked at counts, and not what we moved it from at first.
                Merge::Conflict if facts.moved_after_looking => {
                    Treatment::Settle(question.before_held(&slot))
                }
                Merge::Keep | Merge::Conflict => Treatment::Keep,
            };
            treatments.insert(slot.clone(), treatment);
            match merge {
                Merge::Same => {}
                Merge::Keep => self.fetched.unpushed += 1,
                Merge::Conflict => conflicts.push(slot.clone()),
                Merge::Take => {
                    let name = RefName::parse(&address.tag_ref(&slot))?;
                    tags = match (local, theirs) {
                        (_, Some(new)) => tags.set(name, new, expected(local)),
                        (Some(old), None) => tags.delete(name, old),
                        (None, None) => tags,
                    };
                    if !was_conflict {
                        self.fetched.taken.push(taken(address, &slot, question));
                    }
                }
            }
        }
        // Where nobody recorded what plain git moved, and the remote has something else: from now on it is recorded.
        let unrecorded = conflicts
            .iter()
            .filter(|slot| matches!(slot, Slot::Environment(_)) && !question.facts(slot).is_ours());
        let found: Vec<Record> = unrecorded
            .map(|slot| Record::new(slot.clone(), MoveKind::Outside, None, sides.local_held(slot)))
            .collect();
        let log = self.log(repository, address, question, &treatments, found)?;
        self.transaction.append(tags);
        // Where our log ends now, a conflict was shown; whoever moves the slot after that has seen it.
        for (slot, old) in &sides.looked {
            let is_unchanged = question.is_unchanged(slot) && !question.is_overtaken(slot);
            let is_shown = showing == Showing::Conflicts || is_unchanged;
            if !(is_shown && conflicts.contains(slot)) {
                let name = RefName::parse(&looked_ref(remote.name(), address, slot))?;
                self.transaction.append(Transaction::new().delete(name, *old));
            }
        }
        if let (Showing::Conflicts, Some(log)) = (showing, log) {
            for slot in conflicts.iter().filter(|slot| matches!(slot, Slot::Environment(_))) {
                let old = sides.looked.get(slot).copied();
                if old != Some(log) {
                    let name = RefName::parse(&looked_ref(remote.name(), address, slot))?;
                    self.transaction.append(Transaction::new().set(name, log, expected(old)));
                }
            }
        }
        Ok(())
    }

    /// Brings our log up to the remote's, with our entries on top. Where it ends then.
    fn log(
        &mut self,
        repository: &Repository,
        address: &Address,
        question: &Question<'_>,
        treatments: &HashMap<Slot, Treatment>,
        found: Vec<Record>,
    ) -> Result<Option<ObjectId>> {
        let sides = question.sides;
        let ours = sides.log.as_ref().map(|logged| logged.id);
        let Some(theirs) = sides.tracked_log.as_ref().filter(|theirs| ours != Some(theirs.id)) else {
            return self.note(repository, address, sides.log.as_ref(), ours, found);
        };
        let of = |slot: &Slot| treatments.get(slot).cloned().unwrap_or(Treatment::Keep);
        let entries = rebase(&theirs.state_afterwards(), &question.ours, of);
        let is_same = entries
            .iter()
            .map(|(_, records)| records)
            .eq(question.ours.iter().map(|ours| &ours.entry.records));
        if is_same
            && !entries.is_empty()
            && ours.is_some_and(|ours| is_ancestor(repository, &theirs.id, &ours))
        {
            return self.note(repository, address, sides.log.as_ref(), ours, found);
        }
        let top = write(repository, address, Some(theirs.clone()), entries)?;
        self.note(repository, address, top.as_ref(), ours, found)
    }

    /// Moves our log from `old` to `top`, with what was found on top of that. Where it ends then.
    fn note(
        &mut self,
        repository: &Repository,
        address: &Address,
        top: Option<&Logged>,
        old: Option<ObjectId>,
        found: Vec<Record>,
    ) -> Result<Option<ObjectId>> {
        let mut new = top.map(|logged| logged.id);
        if !found.is_empty() {
            let entry = Entry::after(top, found);
            new = Some(write_entry(repository, address, new.as_ref(), &entry, None)?);
        }
        if let (Some(id), true) = (new, new != old) {
            let name = RefName::parse(&address.log_ref())?;
            self.transaction.append(Transaction::new().set(name, id, expected(old)));
        }
        Ok(new)
    }
}

fn taken(address: &Address, slot: &Slot, question: &Question<'_>) -> Taken {
    let theirs = question.sides.tracked_held(slot);
    let state = question.sides.tracked_state();
    let holding = state.holding(slot);
    let holding =
        holding.filter(|holding| theirs.as_ref().is_some_and(|held| held.object == holding.to.object));
    Taken {
        address: address.clone(),
        slot: slot.clone(),
        from: question.sides.local_held(slot),
        to: theirs,
        who: holding.and_then(|holding| holding.who.clone()),
        at: holding.and_then(|holding| holding.at),
    }
}

/// Whether one entry is below another in a log.
pub(super) fn is_ancestor(repository: &Repository, one: &ObjectId, other: &ObjectId) -> bool {
    let command = repository.command("merge-base").args(["--is-ancestor", one.as_str(), other.as_str()]);
    command.output().is_ok_and(|output| output.is_success())
}

pub(super) fn expected(id: Option<ObjectId>) -> Expected {
    id.map_or(Expected::Missing, Expected::At)
}

pub(super) fn busy() -> RegistryError {
    RegistryError::new(ErrorCode::Locked, format!("others kept moving the same tags, {TRIES} times in a row"))
        .with_help("try again; nothing was changed")
}
