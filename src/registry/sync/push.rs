//! Pushing: only what we changed since we last saw the remote, all of it or nothing.

use super::fetch::{Conflict, Settle, Showing, Taken, busy, expected, is_ancestor, merge, note_outside};
use super::merge::{Base, Merge};
use super::question::{Question, unpushed};
use super::rebase::{split, write};
use super::remote::{Pushed as Answer, Remote, Sent, Wanted};
use super::shown;
use super::view::{Sides, View};
use crate::component::Slot;
use crate::registry::Registry;
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::failure::explain_text;
use crate::registry::git::{ObjectId, Outcome, RefName, Repository, Transaction};
use crate::registry::log::Held;

/// How often a push is tried against others that push to the same logs.
const TRIES: u32 = 30;

/// Whether environments that the remote has may be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Force {
    /// New versions and new environments only; what moved stays behind.
    #[default]
    No,
    /// Moved environments too, each under a lease.
    Yes,
}

/// What came of a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pushed {
    /// The remote.
    pub remote: Box<str>,
    /// What was sent.
    pub sent: Vec<Change>,
    /// What stays behind because it needs `--force`.
    pub held_back: Vec<Change>,
    /// Versions that are another object on the remote, which nothing of ours made.
    pub differing: Vec<Change>,
    /// What others had moved in the components that were pushed, and we have now too.
    pub taken: Vec<Taken>,
    /// How many logs were sent of which no slot changed.
    pub logs: usize,
}

/// A slot that is sent, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The component.
    pub address: Address,
    /// The slot.
    pub slot: Slot,
    /// What the remote has.
    pub from: Option<Held>,
    /// What we have; `None` where it is deleted.
    pub to: Option<Held>,
}

impl Registry {
    /// Sends what we changed since we last saw the remote: new versions, slots that we moved, and their logs, in one
    /// atomic push. A slot that we did not move is never touched, a version on the remote never overwritten.
    ///
    /// # Errors
    /// `lease` where somebody else moved a slot that we moved; `conflict` where a version is another one there;
    /// `hook-refused`, `unknown-remote`, `git-failed`. Nothing is sent then.
    pub fn push(&self, remote: Option<&str>, force: Force) -> Result<Pushed> {
        let repository = self.repository();
        let remote = Remote::choose(repository, remote)?;
        let mut taken = Vec::new();
        let mut view = note_outside(repository, &remote)?;
        if !view.is_tracked {
            // Nobody knows what the remote has: a fresh clone, or a remote that is empty.
            remote.fetch(repository, Wanted::All)?;
            taken.extend(merge(repository, &remote, &view, Settle::Show, Showing::Nothing, None)?.taken);
            view = View::read(repository, Some(&remote))?;
        }
        // Somebody was stopped after looking at the remote and before merging what was there.
        let unmerged = unmerged(repository, &view);
        if !unmerged.is_empty() {
            let fetched = merge(repository, &remote, &view, Settle::Show, Showing::Nothing, Some(&unmerged))?;
            taken.extend(fetched.taken);
            view = View::read(repository, Some(&remote))?;
        }
        for _ in 0..TRIES {
            let mut plan = Plan::of(repository, &view, force)?;
            plan.refuse_conflicts(&remote, force)?;
            if !plan.arrange_logs(repository, &view)? {
                // Somebody wrote to a log in the meantime.
                view = note_outside(repository, &remote)?;
                continue;
            }
            let report = |plan: Plan, taken| Pushed {
                remote: remote.name().into(),
                logs: plan.logs(),
                sent: plan.sent,
                held_back: plan.held_back,
                differing: plan.differing,
                taken,
            };
            if plan.references.is_empty() {
                return Ok(report(plan, taken));
            }
            match remote.push(repository, &plan.references)? {
                Answer::Done => {
                    remember(repository, &remote, &plan.references, &view)?;
                    return Ok(report(plan, taken));
                }
                Answer::Stale => {
                    let before = note_outside(repository, &remote)?;
                    let addresses: Vec<Address> = plan.addresses;
                    remote.fetch(repository, Wanted::Only(&addresses))?;
                    let fetched = merge(
                        repository,
                        &remote,
                        &before,
                        Settle::Show,
                        Showing::Nothing,
                        Some(&addresses),
                    )?;
                    taken.extend(fetched.taken);
                    view = View::read(repository, Some(&remote))?;
                }
            }
        }
        Err(busy())
    }
}

/// The components whose log does not stand on the remote's: sent as it is, it would take the remote's entries away.
fn unmerged(repository: &Repository, view: &View) -> Vec<Address> {
    let is_unmerged = |sides: &Sides| match (&sides.log, &sides.tracked_log) {
        (Some(ours), Some(theirs)) => ours.id != theirs.id && !is_ancestor(repository, &theirs.id, &ours.id),
        _ => false,
    };
    view.components
        .iter()
        .filter(|(_, sides)| is_unmerged(sides))
        .map(|(address, _)| address.clone())
        .collect()
}

/// What is to be sent.
#[derive(Default)]
struct Plan {
    sent: Vec<Change>,
    held_back: Vec<Change>,
    differing: Vec<Change>,
    conflicts: Vec<Conflict>,
    references: Vec<Sent>,
    /// Components of which something is sent.
    addresses: Vec<Address>,
}

/// What a push would do with one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// Nothing: it is the remote's, or not ours to move.
    Nothing,
    /// It is new there.
    New,
    /// The remote has something else, and we moved or deleted it.
    Moved(Option<ObjectId>),
    /// Both moved it.
    Conflict,
    /// A version that differs, for no reason of ours.
    Differs,
}

impl Question<'_> {
    pub(super) fn sending(&self, slot: &Slot) -> Sending {
        let facts = self.facts(slot);
        match (slot, facts.merge()) {
            (_, Merge::Same | Merge::Take) => Sending::Nothing,
            (Slot::Version(_), Merge::Conflict) if !facts.is_ours() => Sending::Differs,
            (_, Merge::Conflict) => Sending::Conflict,
            (Slot::Version(_), Merge::Keep) if facts.local.is_some() => Sending::New,
            (_, Merge::Keep) => match facts.base() {
                Base::Known(Some(lease)) => Sending::Moved(Some(lease)),
                Base::Known(None) | Base::Unknown if facts.remote.is_none() => Sending::New,
                Base::Known(None) | Base::Unknown => Sending::Conflict,
            },
        }
    }
}

impl Plan {
    fn of(repository: &Repository, view: &View, force: Force) -> Result<Self> {
        let mut plan = Self::default();
        for (address, sides) in &view.components {
            if sides.local == sides.tracked
                && sides.log.as_ref().map(|log| log.id) == sides.tracked_log.as_ref().map(|log| log.id)
            {
                continue;
            }
            let question = Question::new(repository, address, sides, view)?;
            let before = plan.references.len();
            for slot in question.slots() {
                plan.slot(address, &slot, &question, force)?;
            }
            if plan.references.len() > before || !question.ours.is_empty() {
                plan.addresses.push(address.clone());
            }
        }
        Ok(plan)
    }

    fn slot(&mut self, address: &Address, slot: &Slot, question: &Question<'_>, force: Force) -> Result<()> {
        let change = || Change {
            address: address.clone(),
            slot: slot.clone(),
            from: question.sides.tracked_held(slot),
            to: question.sides.local_held(slot),
        };
        let lease = match question.sending(slot) {
            Sending::Nothing => return Ok(()),
            Sending::New => None,
            Sending::Moved(lease) if force == Force::Yes => lease,
            Sending::Moved(_) => {
                self.held_back.push(change());
                return Ok(());
            }
            Sending::Conflict => {
                if force == Force::No && matches!(slot, Slot::Environment(_)) {
                    self.held_back.push(change());
                } else {
                    self.conflicts.push(question.conflict(address, slot));
                }
                return Ok(());
            }
            Sending::Differs => {
                self.differing.push(change());
                return Ok(());
            }
        };
        let new = question.sides.local.get(slot).map(|value| value.object);
        self.references.push(Sent { name: address.tag_ref(slot), new, lease });
        self.sent.push(change());
        Ok(())
    }

    /// Nothing goes through where anything that was to go is in conflict.
    fn refuse_conflicts(&self, remote: &Remote, force: Force) -> Result<()> {
        if self.conflicts.is_empty() {
            return Ok(());
        }
        let is_version = self.conflicts.iter().all(|conflict| matches!(conflict.slot, Slot::Version(_)));
        let told: Vec<String> = self.conflicts.iter().map(|conflict| tell(conflict, remote.name())).collect();
        let message = format!("{}; nothing was sent", told.join("\n"));
        if is_version || force == Force::No {
            return Err(RegistryError::new(ErrorCode::Conflict, message).with_help(
                "a version never changes: `segue fetch --theirs` takes the remote's, then make yours under another number",
            ));
        }
        Err(RegistryError::new(ErrorCode::Lease, message).with_help(
            "`segue fetch` shows both; then move the slot again, or settle it: `segue fetch --theirs` gives up your \
             move, `segue fetch --ours` keeps it for the next push",
        ))
    }

    /// Adds the logs to what is sent. Where something stays behind, its entries are put on top of those that go.
    /// `false` where a log changed in the meantime.
    fn arrange_logs(&mut self, repository: &Repository, view: &View) -> Result<bool> {
        let mut transaction = Transaction::new();
        for address in &self.addresses {
            let Some(sides) = view.components.get(address) else { continue };
            let (Some(log), lease) = (&sides.log, sides.tracked_log.as_ref().map(|logged| logged.id)) else {
                continue;
            };
            if lease == Some(log.id) {
                continue;
            }
            let is_held = |slot: &Slot| {
                let held = self.held_back.iter().chain(&self.differing);
                held.into_iter().any(|change| change.address == *address && change.slot == *slot)
            };
            let ours = unpushed(repository, sides)?;
            let [go, stay] = split(&ours, |slot| !is_held(slot));
            if go.is_empty() {
                continue;
            }
            let new = if stay.is_empty() {
                log.id
            } else {
                let sent = write(repository, address, sides.tracked_log.clone(), go)?;
                let top = write(repository, address, sent.clone(), stay)?;
                let (Some(sent), Some(top)) = (sent, top) else { continue };
                transaction =
                    transaction.set(RefName::parse(&address.log_ref())?, top.id, expected(Some(log.id)));
                sent.id
            };
            self.references.push(Sent { name: address.log_ref(), new: Some(new), lease });
        }
        match transaction.message("segue push: what stays behind comes last").commit(repository)? {
            Outcome::Done => Ok(true),
            Outcome::Changed { .. } | Outcome::Locked { .. } => Ok(false),
            Outcome::NameConflict { stderr }
            | Outcome::HookRefused { stderr }
            | Outcome::Failed { stderr } => Err(explain_text("update-ref", &stderr)),
        }
    }

    /// How many logs go without a slot of theirs.
    fn logs(&self) -> usize {
        let logs = self.references.iter().filter_map(|sent| Address::from_log_ref(&sent.name));
        logs.filter(|address| !self.sent.iter().any(|change| change.address == *address)).count()
    }
}

/// Writes down what the remote has now.
fn remember(repository: &Repository, remote: &Remote, sent: &[Sent], view: &View) -> Result<()> {
    let mut transaction = Transaction::new();
    for sent in sent {
        let name = if let Some((address, slot)) = Address::from_tag_ref(&sent.name) {
            let before = view.components.get(&address).and_then(|sides| sides.tracked.get(&slot));
            Some((address.remote_tag_ref(remote.name(), &slot), before.map(|value| value.object)))
        } else {
            Address::from_log_ref(&sent.name).map(|address| {
                let before =
                    view.components.get(&address).and_then(|sides: &Sides| sides.tracked_log.as_ref());
                (address.remote_log_ref(remote.name()), before.map(|logged| logged.id))
            })
        };
        let Some((name, before)) = name else { continue };
        let name = RefName::parse(&name)?;
        transaction = match (sent.new, before) {
            (Some(new), before) => transaction.set(name, new, expected(before)),
            (None, Some(before)) => transaction.delete(name, before),
            (None, None) => transaction,
        };
    }
    // Where another fetch was faster, it has seen at least as much; the next one sees the rest.
    match transaction.message(format!("segue push {}", remote.name())).commit(repository)? {
        Outcome::Done | Outcome::Changed { .. } | Outcome::Locked { .. } => Ok(()),
        Outcome::NameConflict { stderr } | Outcome::HookRefused { stderr } | Outcome::Failed { stderr } => {
            Err(explain_text("update-ref", &stderr))
        }
    }
}

/// Who moved it to what, and what we have instead.
pub(super) fn tell(conflict: &Conflict, remote: &str) -> String {
    let path = conflict.address.path();
    let slot = &conflict.slot;
    let theirs = conflict.theirs.as_ref().map_or("nothing".to_owned(), shown);
    let ours = match &conflict.ours {
        Some(held) => format!("here it is {}", shown(held)),
        None => "here it is deleted".to_owned(),
    };
    if let Slot::Version(version) = slot {
        let commit = |held: &Option<Held>| {
            held.as_ref().map_or("nothing".to_owned(), |held| held.commit.short().to_owned())
        };
        return format!(
            "{version} of {path} is another one on {remote}: {} there, {} here",
            commit(&conflict.theirs),
            commit(&conflict.ours)
        );
    }
    let by = conflict.who.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
    let at = conflict.at.map(|at| format!(" at {at}")).unwrap_or_default();
    let was = match (&conflict.theirs, &conflict.base) {
        (None, _) => format!("was deleted on {remote}"),
        (Some(_), Some(base)) => {
            format!("was moved on {remote} from {} to {}", shown(base), theirs)
        }
        (Some(_), None) => format!("was set on {remote} to {}", theirs),
    };
    format!("{slot} of {path} {was}{by}{at}; {ours}")
}
