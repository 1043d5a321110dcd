//! What becomes of one slot when the remote has something else than we have: a merge of three values.
//!
//! The third value is the *base*: what the slot held before we moved it. It comes from our own unpushed records and
//! not from what we saw last of the remote, so that looking at the remote never turns a conflict into agreement.

use crate::component::Slot;
use crate::registry::git::ObjectId;
use crate::registry::log::{MoveKind, Record};

/// What is known about one slot.
#[derive(Clone, Debug)]
pub(super) struct Facts<'f> {
    pub(super) slot: &'f Slot,
    /// What our tag holds.
    pub(super) local: Option<ObjectId>,
    /// What the remote has.
    pub(super) remote: Option<ObjectId>,
    /// What the remote had when we looked before.
    pub(super) before: Before,
    /// Our records of the slot that the remote does not have, oldest first.
    pub(super) records: Vec<&'f Record>,
    /// What our log says that it holds.
    pub(super) logged: Option<ObjectId>,
    /// What the remote's log says that it holds.
    pub(super) remote_logged: Option<ObjectId>,
    /// Whether the remote's log knows that it once held what our tag holds.
    pub(super) remote_held_ours: bool,
    /// Whether others moved it since we looked before, were it away and back again.
    pub(super) is_overtaken: bool,
    /// Whether we moved it again after we were shown what the remote has.
    pub(super) moved_after_looking: bool,
}

/// What the remote had when we looked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// We never looked.
    Unknown,
    /// This, or nothing.
    Known(Option<ObjectId>),
}

/// What the slot held before we moved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// Nobody recorded it.
    Unknown,
    /// This, or nothing; we have not moved it unless our tag holds something else.
    Known(Option<ObjectId>),
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merge {
    /// Both hold the same.
    Same,
    /// The remote's value is taken: it was not we who moved the slot.
    Take,
    /// Our value stays, and is still to be pushed.
    Keep,
    /// Both moved it.
    Conflict,
}

impl Facts<'_> {
    /// Our records that moved it, without one that only noted what the slot was found to hold.
    pub(super) fn moves(&self) -> &[&Record] {
        let is_finding = |record: &Record| {
            let to = record.to.as_ref().map(|held| held.object);
            record.kind == MoveKind::Outside
                && (self.before == Before::Known(to)
                    || self.remote == to
                    || record.from.is_none() && self.remote_held_ours && to == self.local)
        };
        match self.records.split_first() {
            Some((first, rest)) if is_finding(first) => rest,
            _ => &self.records,
        }
    }

    /// Whether we moved it since we last saw the remote, and recorded that.
    pub(super) fn is_ours(&self) -> bool {
        !self.moves().is_empty()
    }

    /// What it held before we moved it.
    pub(super) fn base(&self) -> Base {
        let moves = self.moves();
        if let (true, Before::Known(before)) = (self.moved_after_looking, self.before) {
            return Base::Known(before);
        }
        // Somebody sent our tag without our log, by plain git: from there on it is ours again.
        if self.remote_logged != self.remote
            && let Some(sent) =
                moves.iter().rposition(|record| held(&record.to) == self.remote && self.remote.is_some())
        {
            return Base::Known(moves.get(sent + 1).map_or(self.remote, |next| held(&next.from)));
        }
        if let Some(first) = moves.first() {
            return Base::Known(held(&first.from));
        }
        match (self.before, self.logged) {
            (Before::Known(before), _) => Base::Known(before),
            (Before::Unknown, Some(logged)) => Base::Known(Some(logged)),
            (Before::Unknown, None) => Base::Unknown,
        }
    }

    /// Whether it is gone here because segue deleted it; tags that plain git deleted are fetched again.
    fn is_deleted_by_us(&self) -> bool {
        self.local.is_none() && self.moves().last().is_some_and(|record| record.kind == MoveKind::Delete)
    }

    /// Whether others moved it under our hands, away and back to what we moved it from.
    pub(super) fn is_back_again(&self) -> bool {
        self.is_overtaken && self.is_ours() && self.base() == Base::Known(self.remote)
    }

    /// What becomes of it.
    pub(super) fn merge(&self) -> Merge {
        if self.local == self.remote {
            return Merge::Same;
        }
        if self.local.is_none() && !self.is_deleted_by_us() {
            return Merge::Take;
        }
        if matches!(self.slot, Slot::Version(_)) && self.local.is_some() && self.remote.is_some() {
            return Merge::Conflict;
        }
        let is_held_before = !self.is_ours() && self.remote_held_ours;
        match self.base() {
            // Moved away and back again is moved, and so is what was set to what it held: somebody said what it is to be.
            Base::Known(base) if base == self.local && !self.is_ours() => Merge::Take,
            // The value may be the one that we moved away from; that they moved it is news to us all the same.
            _ if self.is_back_again() => Merge::Conflict,
            Base::Known(base) if base == self.remote => Merge::Keep,
            Base::Known(None) | Base::Unknown if is_held_before => Merge::Take,
            Base::Unknown if self.remote.is_none() => Merge::Keep,
            Base::Known(_) | Base::Unknown => Merge::Conflict,
        }
    }
}

fn held(held: &Option<crate::registry::log::Held>) -> Option<ObjectId> {
    held.as_ref().map(|held| held.object)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::registry::log::Held;

    fn id(letter: char) -> ObjectId {
        ObjectId::parse(letter.to_string().repeat(40)).expect("an id")
    }

    /// `-` is nothing.
    fn value(letter: char) -> Option<ObjectId> {
        (letter != '-').then(|| id(letter))
    }

    /// `set ab` moved from a to b; `outside -a`, `delete a-`.
    fn record(text: &str) -> Record {
        let (kind, values) = text.split_once(' ').expect("a kind and two values");
        let kind = match kind {
            "set" => MoveKind::Set,
            "outside" => MoveKind::Outside,
            "delete" => MoveKind::Delete,
            "create" => MoveKind::Create,
            other => panic!("{other}"),
        };
        let mut values = values.chars().map(value).map(|id| id.map(|id| Held::new(id, id, None)));
        let mut next = || values.next().expect("two values");
        Record::new(slot("production"), kind, next(), next())
    }

    fn slot(name: &str) -> Slot {
        Slot::parse(name).expect("a slot")
    }

    /// `local remote before`, where `?` is never looked; then our records.
    fn merge_of(name: &str, values: &str, records: &[&str], change: impl FnOnce(&mut Facts<'_>)) -> Merge {
        let letters: Vec<char> = values.split(' ').filter_map(|word| word.chars().next()).collect();
        let records: Vec<Record> = records.iter().map(|text| record(text)).collect();
        let slot = slot(name);
        let mut facts = Facts {
            slot: &slot,
            local: value(letters[0]),
            remote: value(letters[1]),
            before: if letters[2] == '?' { Before::Unknown } else { Before::Known(value(letters[2])) },
            records: records.iter().collect(),
            logged: None,
            remote_logged: value(letters[1]),
            remote_held_ours: false,
            is_overtaken: false,
            moved_after_looking: false,
        };
        change(&mut facts);
        facts.merge()
    }

    #[test]
    fn environments_are_merged_by_what_they_held_before_we_moved_them() {
        for (values, records, expected) in [
            // Nobody moved it.
            ("a a a", &[][..], Merge::Same),
            // They moved, made, deleted it.
            ("a b a", &[], Merge::Take),
            ("- b -", &[], Merge::Take),
            ("a - a", &[], Merge::Take),
            // We moved, made, deleted it.
            ("b a a", &["set ab"], Merge::Keep),
            ("c a a", &["set ab", "set bc"], Merge::Keep),
            ("b - -", &["set -b"], Merge::Keep),
            ("- a a", &["delete a-"], Merge::Keep),
            // Both did the same.
            ("b b a", &["set ab"], Merge::Same),
            ("- - a", &["delete a-"], Merge::Same),
            // Both did something else; having looked at it changes nothing.
            ("b c a", &["set ab"], Merge::Conflict),
            ("b c c", &["set ab"], Merge::Conflict),
            ("- c c", &["delete a-"], Merge::Conflict),
            ("b - a", &["set ab"], Merge::Conflict),
            ("b c -", &["set -b"], Merge::Conflict),
            // We moved it away and back, or set it to what it held.
            ("a b a", &["set ac", "set ca"], Merge::Conflict),
            ("a b a", &["set aa"], Merge::Conflict),
            // By plain git, recorded before the remote was looked at.
            ("b a a", &["outside ab"], Merge::Keep),
            ("b c a", &["outside ab"], Merge::Conflict),
            ("b c c", &["outside ab"], Merge::Conflict),
            // A fresh clone has tags and no log: what was found in it is no move of ours.
            ("b a ?", &["outside -a", "set ab"], Merge::Keep),
            ("b c ?", &["outside -a", "set ab"], Merge::Conflict),
            // It came back to what we moved it from: somebody moved it twice, and holds what we expect.
            ("b a c", &["set ab"], Merge::Keep),
            // Deleted by plain git: fetched again.
            ("- a a", &[], Merge::Take),
            ("- a a", &["outside a-"], Merge::Take),
            // Never looked, nothing recorded.
            ("a b ?", &[], Merge::Conflict),
            ("a - ?", &[], Merge::Keep),
            ("- b ?", &[], Merge::Take),
        ] {
            assert_eq!(merge_of("production", values, records, |_| {}), expected, "{values} {records:?}");
        }
    }

    #[test]
    fn a_stale_tag_of_a_fresh_clone_is_no_move_of_ours() {
        let known = |facts: &mut Facts<'_>| facts.remote_held_ours = true;
        assert_eq!(merge_of("production", "a b ?", &[], known), Merge::Take);
        assert_eq!(merge_of("production", "a b ?", &["outside -a"], known), Merge::Take);
        assert_eq!(merge_of("production", "c b ?", &["outside -a", "set ac"], known), Merge::Conflict);
        assert_eq!(merge_of("production", "a - ?", &[], known), Merge::Take);
        // We moved it back to what it was before: that is a move.
        assert_eq!(merge_of("production", "a b b", &["outside ba"], known), Merge::Keep);
    }

    #[test]
    fn what_is_moved_again_after_looking_is_settled_until_the_remote_moves_again() {
        let again = |facts: &mut Facts<'_>| facts.moved_after_looking = true;
        assert_eq!(merge_of("production", "d c c", &["set ab", "set bd"], again), Merge::Keep);
        assert_eq!(merge_of("production", "d e c", &["set ab", "set bd"], again), Merge::Conflict);
    }

    #[test]
    fn a_tag_that_was_sent_without_its_log_is_known_to_the_remote() {
        let unlogged = |facts: &mut Facts<'_>| facts.remote_logged = value('a');
        assert_eq!(merge_of("production", "c b b", &["set ab", "set bc"], unlogged), Merge::Keep);
        // With a log that knows of it, somebody else moved it to what we had in between.
        assert_eq!(merge_of("production", "c b b", &["set ab", "set bc"], |_| {}), Merge::Conflict);
    }

    #[test]
    fn versions_never_give_way_unasked() {
        for (values, records, expected) in [
            ("a a -", &["create -a"][..], Merge::Same),
            ("a - -", &["create -a"], Merge::Keep),
            ("- a -", &[], Merge::Take),
            ("a b -", &["create -a"], Merge::Conflict),
            ("a b a", &[], Merge::Conflict),
            ("b a a", &[], Merge::Conflict),
            ("- a a", &["delete a-"], Merge::Keep),
            ("a - a", &[], Merge::Take),
        ] {
            assert_eq!(merge_of("v1.0.0", values, records, |_| {}), expected, "{values} {records:?}");
        }
    }
}
