//! Making moves happen: the entries first, then one transaction over all logs and tags.
//!
//! Two movers of one slot cannot overwrite each other unseen: every tag moves from the value that was read at first,
//! or not at all. Movers of different slots meet only at the component's log, and there who comes second tries again
//! behind the first.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use super::Moved;
use crate::component::Slot;
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::failure::explain_text;
use crate::registry::git::{Expected, ObjectId, Outcome, RefName, Repository, Transaction};
use crate::registry::log::{Entry, Logged, Record, write_entry};
use crate::registry::standing::{Scope, Standing};

/// How often a move is tried against others that write the same log.
const TRIES: u32 = 200;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// How often a lock is waited for while nothing else changes: some ten seconds, then it is no one's any more.
const LOCKED_TRIES: u32 = 30;

/// A move that is decided and not yet made. Its `from` is what the slot held when it was decided.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) address: Address,
    pub(super) record: Record,
    pub(super) tag: TagChange,
}

/// Whether the tag moves with the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagChange {
    /// In the same transaction.
    Moves,
    /// It was made before; only the log is behind.
    IsMade,
}

impl Planned {
    /// A move of a tag.
    pub(super) fn new(address: &Address, record: Record) -> Self {
        Self { address: address.clone(), record, tag: TagChange::Moves }
    }

    fn slot(&self) -> &Slot {
        &self.record.slot
    }

    fn tag_before(&self) -> Option<ObjectId> {
        match self.tag {
            TagChange::Moves => self.record.from.as_ref().map(|held| held.object),
            TagChange::IsMade => self.tag_after(),
        }
    }

    fn tag_after(&self) -> Option<ObjectId> {
        self.record.to.as_ref().map(|held| held.object)
    }
}

/// Makes all the moves, or none. `standings` are what they were decided on, in the same order.
pub(super) fn make(
    repository: &Repository,
    planned: &[Planned],
    mut standings: Vec<Standing>,
) -> Result<Vec<Moved>> {
    let mut written: Vec<Option<Written>> = planned.iter().map(|_| None).collect();
    let mut locked = 0;
    for attempt in 0..TRIES {
        for ((plan, standing), written) in planned.iter().zip(&standings).zip(&mut written) {
            write(repository, plan, standing, written)?;
        }
        let entries: Vec<&Written> = written.iter().flatten().collect();
        let outcome = transaction(planned, &standings, &entries)?.commit(repository)?;
        if outcome == Outcome::Done {
            return Ok(moved(planned, &entries));
        }
        // Whatever git said: what counts is what is there now.
        let before: Vec<Option<ObjectId>> = standings.iter().map(log_tip).collect();
        standings = read_again(repository, planned)?;
        if is_made(planned, &standings, &entries) {
            return Ok(moved(planned, &entries));
        }
        refuse_races(planned, &standings, &entries)?;
        match outcome {
            Outcome::Locked { stderr } => {
                let is_quiet = standings.iter().map(log_tip).eq(before);
                locked = if is_quiet { locked + 1 } else { 0 };
                if locked >= LOCKED_TRIES {
                    return Err(explain_text("update-ref", &stderr));
                }
            }
            Outcome::Changed { .. } | Outcome::Done => locked = 0,
            Outcome::NameConflict { stderr }
            | Outcome::HookRefused { stderr }
            | Outcome::Failed { stderr } => {
                // A log that changed under our hands is told in more than one way; anything else is the end.
                if standings.iter().map(log_tip).eq(before) {
                    return Err(explain_text("update-ref", &stderr));
                }
            }
        }
        std::thread::sleep(pause(attempt));
    }
    Err(RegistryError::new(
        ErrorCode::Locked,
        format!("others kept writing the same log, {TRIES} times in a row"),
    )
    .with_help("try again; nothing was changed"))
}

/// An entry that was written, and the one that it was written behind.
struct Written {
    id: ObjectId,
    before: Option<ObjectId>,
    outside: Option<Record>,
}

fn log_tip(standing: &Standing) -> Option<ObjectId> {
    standing.log.as_ref().map(|logged| logged.id)
}

/// Writes the entry of a move, unless it is there already and nothing came before it.
fn write(
    repository: &Repository,
    plan: &Planned,
    standing: &Standing,
    written: &mut Option<Written>,
) -> Result<()> {
    let before = log_tip(standing);
    if written.as_ref().is_some_and(|written| written.before == before || Some(written.id) == before) {
        return Ok(());
    }
    let outside = standing.outside(plan.slot());
    let records = outside.iter().chain([&plan.record]).cloned().collect();
    let entry = Entry::after(standing.log.as_ref(), records);
    let id = write_entry(repository, &plan.address, before.as_ref(), &entry, None)?;
    *written = Some(Written { id, before, outside });
    Ok(())
}

/// The logs first and then the tags: git changes them in this order, and where it dies in between, the log knows of a
/// move that did not happen, rather than a move have happened of which no one knows.
fn transaction(planned: &[Planned], standings: &[Standing], entries: &[&Written]) -> Result<Transaction> {
    let expected = |id: Option<ObjectId>| id.map_or(Expected::Missing, Expected::At);
    let mut transaction = Transaction::new();
    for ((plan, standing), entry) in planned.iter().zip(standings).zip(entries) {
        let name = RefName::parse(&plan.address.log_ref())?;
        let tip = log_tip(standing);
        transaction = if tip == Some(entry.id) {
            // The entry is there from a try that got no further.
            transaction.verify(name, Expected::At(entry.id))
        } else {
            transaction.set(name, entry.id, expected(tip))
        };
    }
    for ((plan, standing), entry) in planned.iter().zip(standings).zip(entries) {
        let name = RefName::parse(&plan.address.tag_ref(plan.slot()))?;
        let (before, after) = (plan.tag_before(), plan.tag_after());
        transaction = match (before, after) {
            _ if before == after || is_ours(plan, standing, entry) => {
                transaction.verify(name, expected(after))
            }
            (_, Some(after)) => transaction.set(name, after, expected(before)),
            (Some(before), None) => transaction.delete(name, before),
            (None, None) => transaction,
        };
    }
    Ok(transaction.message("segue"))
}

fn read_again(repository: &Repository, planned: &[Planned]) -> Result<Vec<Standing>> {
    let addresses: Vec<Address> = planned.iter().map(|plan| plan.address.clone()).collect();
    let slots: Vec<Slot> = planned.iter().map(|plan| plan.slot().clone()).collect();
    let standings = Standing::read(repository, &addresses, Scope::Slots(&slots))?;
    standings
        .into_iter()
        .zip(planned)
        .map(|(standing, plan)| standing.completed(repository, plan.slot()))
        .collect()
}

/// Whether everything is as it was to be, whatever git said: it may have been killed after its work.
fn is_made(planned: &[Planned], standings: &[Standing], entries: &[&Written]) -> bool {
    planned.iter().zip(standings).zip(entries).all(|((plan, standing), entry)| is_ours(plan, standing, entry))
}

/// Refuses where somebody else moved one of the slots in the meantime, were it to the very value that we want.
fn refuse_races(planned: &[Planned], standings: &[Standing], entries: &[&Written]) -> Result<()> {
    for ((plan, standing), entry) in planned.iter().zip(standings).zip(entries) {
        let now = tag_now(plan, standing);
        if now != plan.tag_before() && !is_ours(plan, standing, entry) {
            return Err(race(plan, standing));
        }
    }
    Ok(())
}

/// Whether this one is done: git died after it, and before another one of the same transaction.
fn is_ours(plan: &Planned, standing: &Standing, entry: &Written) -> bool {
    log_tip(standing) == Some(entry.id) && tag_now(plan, standing) == plan.tag_after()
}

fn tag_now(plan: &Planned, standing: &Standing) -> Option<ObjectId> {
    standing.tags.get(plan.slot()).map(|tag| tag.object)
}

fn race(plan: &Planned, standing: &Standing) -> RegistryError {
    let path = plan.address.path();
    let slot = plan.slot();
    let to = match standing.held(slot) {
        Some(held) => format!("moved to {}", shown(&held)),
        None => "deleted".to_owned(),
    };
    let by = match standing.log.as_ref().and_then(|logged| last_mover(logged, slot)) {
        Some(who) => format!(" by {who}"),
        None => String::new(),
    };
    RegistryError::new(
        ErrorCode::Race,
        format!("{slot} of {path} was {to}{by} in the meantime; nothing was changed"),
    )
    .with_help(format!("look at `segue history {path} {slot}`, and move it again if that is still right"))
}

fn last_mover<'l>(logged: &'l Logged, slot: &Slot) -> Option<&'l str> {
    let record = logged.entry.records.iter().rfind(|record| record.slot == *slot)?;
    Some(logged.circumstances(record).1)
}

/// The version, or the first digits of the commit.
pub(crate) fn shown(held: &crate::registry::Held) -> String {
    match &held.version {
        Some(version) => version.to_string(),
        None => held.commit.short().to_owned(),
    }
}

fn moved(planned: &[Planned], entries: &[&Written]) -> Vec<Moved> {
    let moves = planned.iter().zip(entries).map(|(plan, entry)| Moved {
        address: plan.address.clone(),
        record: plan.record.clone(),
        entry: entry.id,
        outside: entry.outside.clone(),
    });
    moves.collect()
}

/// A pause of random length, growing with the number of tries.
fn pause(attempt: u32) -> Duration {
    // The hasher's keys are random, and different in every process; no more than that is needed.
    let random = RandomState::new().hash_one(attempt);
    let longest = Duration::from_millis(8 << attempt.min(6)).min(LONGEST_PAUSE);
    longest.mul_f64((random % 1024) as f64 / 1024.0)
}
