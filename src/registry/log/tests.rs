//! Entries are read as they were written, and rollbacks lead where a simple model says.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;
use crate::component::{Slot, Version};
use crate::registry::address::Address;
use crate::registry::error::ErrorCode;
use crate::registry::git::ObjectId;
use crate::registry::time::Timestamp;

fn slot(name: &str) -> Slot {
    Slot::parse(name).expect("a slot")
}

fn address() -> Address {
    Address::from_full("components/prompts/extraction").expect("an address")
}

fn id(digit: u8) -> ObjectId {
    ObjectId::parse(format!("{digit:x}").repeat(40)).expect("an id")
}

/// Version 1.n.0, at a commit of its own.
fn held(n: u8) -> Held {
    Held::new(id(n), id(n), Version::parse(&format!("v1.{n}.0")).ok())
}

fn record(kind: MoveKind, from: Option<u8>, to: Option<u8>) -> Record {
    Record::new(slot("production"), kind, from.map(held), to.map(held))
}

fn logged(before: Option<&Logged>, n: u8, records: Vec<Record>) -> Logged {
    Logged::new(
        id(n),
        Timestamp::from_seconds(i64::from(n)),
        format!("M{n} <m@x>"),
        Entry::after(before, records),
    )
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    let mut set = record(MoveKind::Set, None, Some(1));
    set.message = Some("two\nlines, \"quoted\", Ünicode \u{2028} and\n\n{\"segue\":1,\"records\":[]}".into());
    set.overridden = Some("urgent".into());
    let bad = BadMark::new(held(2), Some("wrong totals".into()));
    let rollback = Record { bad: Some(bad), ..record(MoveKind::Rollback, Some(2), Some(1)) };
    let entry = Entry::after(None, vec![set, rollback]);
    let message = entry.to_message(&address());
    assert_eq!(message.lines().count(), 3, "{message}");
    assert_eq!(
        message.lines().next(),
        Some(
            "set prompts/extraction production: nothing → v1.1.0; rollback prompts/extraction production: v1.2.0 → v1.1.0"
        )
    );
    assert_eq!(Entry::from_message(&message), Ok(entry));
}

#[test]
fn an_entry_of_a_newer_segue_is_refused_and_says_so() {
    let error = Entry::from_message("set\n\n{\"segue\":2,\"new\":{}}\n").expect_err("another form");
    assert_eq!(error.code, ErrorCode::InvalidLog);
    assert_eq!(error.help.as_deref(), Some("install a newer segue; nothing was changed"));
    for message in
        ["", "a commit", "a\n\nb", "a\n\n{\"segue\":1}", "a\n\n{\"segue\":1,\"records\":[{}],\"state\":{}}"]
    {
        assert_eq!(Entry::from_message(message).map_err(|error| error.code), Err(ErrorCode::InvalidLog));
    }
}

#[test]
fn the_state_of_the_last_entry_says_since_when_and_by_whom() {
    let first = logged(None, 1, vec![record(MoveKind::Set, None, Some(1))]);
    let canary = Record::new(slot("canary"), MoveKind::Set, None, Some(held(2)));
    let second = logged(Some(&first), 2, vec![canary]);
    let third = logged(Some(&second), 3, vec![record(MoveKind::Set, Some(1), Some(1))]);
    let state = third.state_afterwards();
    let since = |name: &str| {
        state.holding(&slot(name)).map(|holding| {
            let at = holding.at.map(Timestamp::seconds);
            (holding.to.to_string(), at, holding.who.as_deref().map(str::to_owned))
        })
    };
    // Set again to what it held, production stands there since it came there.
    assert_eq!(since("production"), Some(("v1.1.0".into(), Some(1), Some("M1 <m@x>".into()))));
    assert_eq!(since("canary"), Some(("v1.2.0".into(), Some(2), Some("M2 <m@x>".into()))));
    assert_eq!(since("staging"), None);

    let fourth = logged(Some(&third), 4, vec![record(MoveKind::Delete, Some(1), None)]);
    assert_eq!(fourth.state_afterwards().holding(&slot("production")), None);
}

#[test]
fn a_tag_that_was_made_anew_at_the_same_commit_is_known_by_its_new_object() {
    let first = logged(None, 1, vec![record(MoveKind::Set, None, Some(1))]);
    let annotated = Held { object: id(9), ..held(1) };
    let outside = Record::new(slot("production"), MoveKind::Outside, Some(held(1)), Some(annotated.clone()));
    let state = logged(Some(&first), 2, vec![outside]).state_afterwards();
    let holding = state.holding(&slot("production")).expect("it is there");
    assert_eq!((&holding.to, holding.at.map(Timestamp::seconds)), (&annotated, Some(1)));
}

#[test]
fn a_version_marked_bad_is_passed_over_until_the_mark_is_taken_back() {
    let mut records = vec![
        record(MoveKind::Set, None, Some(1)),
        record(MoveKind::Set, Some(1), Some(2)),
        record(MoveKind::Set, Some(2), Some(3)),
    ];
    let bad = BadMark::new(held(3), Some("slow".into()));
    records.push(Record { bad: Some(bad), ..record(MoveKind::Rollback, Some(3), Some(2)) });
    let mut state = Entry::after(None, records.clone()).state;
    assert_eq!(state.bad_mark(&held(3)).and_then(|bad| bad.why.as_deref()), Some("slow"));
    let stack = Stack::from_records(&records);
    let undo = stack.undo().expect("a rollback to undo");
    assert_eq!(undo, Undo { to: Some(held(3)), unbad: Some("v1.3.0".into()) });
    state.apply(&Record { unbad: undo.unbad, ..record(MoveKind::Undo, Some(2), Some(3)) });
    assert_eq!(state.bad_mark(&held(3)), None);

    let bad = BadMark::new(held(2), None);
    state.apply(&Record { bad: Some(bad), ..record(MoveKind::Set, Some(3), Some(3)) });
    let stack = Stack::from_records(&records[..3]);
    assert_eq!(stack.back(&state), Some(Back { to: held(1), skipped: vec![held(2)] }));
}

#[test]
fn a_rollback_passes_over_a_time_without_the_slot() {
    let records = [
        record(MoveKind::Set, None, Some(1)),
        record(MoveKind::Delete, Some(1), None),
        record(MoveKind::Set, None, Some(2)),
    ];
    assert_eq!(Stack::from_records(&records[..2]).back(&State::default()).map(|back| back.to), Some(held(1)));
    let mut stack = Stack::from_records(&records);
    assert_eq!(stack.back(&State::default()).map(|back| back.to), Some(held(1)));
    stack.apply(&record(MoveKind::Rollback, Some(2), Some(1)));
    assert_eq!(stack.undo().and_then(|undo| undo.to), Some(held(2)));
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Set(u8),
    Rollback,
    Undo,
}

/// Every move that was ever made, with whether it still counts: a rollback takes away those behind its target.
#[derive(Default)]
struct Model {
    moves: Vec<(u8, bool)>,
    taken: Vec<Vec<usize>>,
}

impl Model {
    fn present(&self) -> Option<u8> {
        self.moves.iter().rev().find(|(_, counts)| *counts).map(|(value, _)| *value)
    }

    fn set(&mut self, value: u8) {
        if self.present() != Some(value) {
            self.moves.push((value, true));
            self.taken.clear();
        }
    }

    fn rollback(&mut self) -> Option<u8> {
        let present = self.present()?;
        let target = self.moves.iter().rposition(|&(value, counts)| counts && value != present)?;
        let behind: Vec<usize> = (target + 1..self.moves.len()).filter(|&at| self.moves[at].1).collect();
        for &at in &behind {
            self.moves[at].1 = false;
        }
        self.taken.push(behind);
        self.present()
    }

    fn undo(&mut self) -> Option<u8> {
        for at in self.taken.pop()? {
            self.moves[at].1 = true;
        }
        self.present()
    }
}

proptest! {
    #[test]
    fn sets_rollbacks_and_undos_agree_with_a_simple_model(
        acts in proptest::collection::vec(
            prop_oneof![(0..5_u8).prop_map(Act::Set), Just(Act::Rollback), Just(Act::Undo)], 0..60)
    ) {
        let (mut model, mut stack, state) = (Model::default(), Stack::default(), State::default());
        for act in acts {
            let from = stack.present().cloned();
            let done = match act {
                Act::Set(value) => {
                    model.set(value);
                    Some((MoveKind::Set, Some(held(value))))
                }
                Act::Rollback => {
                    let back = stack.back(&state).map(|back| back.to);
                    prop_assert_eq!(&back, &model.rollback().map(held));
                    back.map(|to| (MoveKind::Rollback, Some(to)))
                }
                Act::Undo => {
                    let undo = stack.undo().map(|undo| undo.to);
                    prop_assert_eq!(&undo, &model.undo().map(|value| Some(held(value))));
                    undo.map(|to| (MoveKind::Undo, to))
                }
            };
            if let Some((kind, to)) = done {
                stack.apply(&Record::new(slot("production"), kind, from, to));
            }
            prop_assert_eq!(stack.present().cloned(), model.present().map(held));
        }
    }
}
