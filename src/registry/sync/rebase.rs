//! Our entries, put on top of the remote's.
//!
//! Two clones that moved different slots of one component must not get in each other's way: whoever comes second
//! writes their entries again behind the first's. They keep their author and time; what no longer says anything new is
//! left out.

use std::collections::HashMap;

use crate::component::Slot;
use crate::registry::address::Address;
use crate::registry::error::Result;
use crate::registry::git::Repository;
use crate::registry::log::{Author, Entry, Held, Logged, MoveKind, Record, State, write_entry};

/// What becomes of our records of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// They stay as they are.
    Keep,
    /// They are given up.
    Drop,
    /// They stay, as moves away from this.
    Settle(Option<Held>),
    /// The remote knows of the same value: the last one stays, as a move from it to itself.
    Agree,
}

/// Our entries as they are to be written behind `base`, oldest first; entries that have nothing left are gone.
pub(super) fn rebase(
    base: &State,
    ours: &[Logged],
    treatment: impl Fn(&Slot) -> Treatment,
) -> Vec<(Author, Vec<Record>)> {
    let mut state = base.clone();
    let mut last: HashMap<&Slot, usize> = HashMap::new();
    let records = ours.iter().flat_map(|logged| &logged.entry.records);
    for (at, record) in records.enumerate() {
        last.insert(&record.slot, at);
    }
    let mut settled: Vec<Slot> = Vec::new();
    let mut at = 0;
    let mut entries = Vec::new();
    for logged in ours {
        let mut kept = Vec::new();
        for record in &logged.entry.records {
            let is_last = last.get(&record.slot) == Some(&at);
            at += 1;
            let there: Option<Held> = state.holding(&record.slot).map(|holding| holding.to.clone());
            let is_known =
                there.as_ref().map(|held| held.object) == record.to.as_ref().map(|held| held.object);
            let mut record = record.clone();
            let there_again = there.clone();
            match treatment(&record.slot) {
                Treatment::Drop => continue,
                // It was found by both of us.
                _ if record.kind == MoveKind::Outside && is_known => continue,
                Treatment::Agree if !is_last || record.kind == MoveKind::Outside => continue,
                Treatment::Agree => record.from.clone_from(&record.to),
                Treatment::Settle(from) if !settled.contains(&record.slot) => {
                    settled.push(record.slot.clone());
                    record.from = from;
                }
                Treatment::Settle(_) | Treatment::Keep => {}
            }
            // The remote's log may know the version that a clone without a log had no name for.
            if let (Some(from), Some(there)) = (&mut record.from, there_again)
                && from.object == there.object
                && from.version.is_none()
            {
                *from = there;
            }
            state.apply(&record);
            kept.push(record);
        }
        if !kept.is_empty() {
            entries.push((Author::of(logged), kept));
        }
    }
    entries
}

/// Two rows of entries: those about slots that `is_first` names, then the others. Entries about both are split.
pub(super) fn split(ours: &[Logged], is_first: impl Fn(&Slot) -> bool) -> [Vec<(Author, Vec<Record>)>; 2] {
    [true, false].map(|wanted| {
        let entries = ours.iter().map(|logged| {
            let records = logged.entry.records.iter().filter(|record| is_first(&record.slot) == wanted);
            (Author::of(logged), records.cloned().collect::<Vec<Record>>())
        });
        entries.filter(|(_, records)| !records.is_empty()).collect()
    })
}

/// Writes entries behind `base`; the last one. A process of git each; nothing refers to them yet.
pub(super) fn write(
    repository: &Repository,
    address: &Address,
    base: Option<Logged>,
    entries: Vec<(Author, Vec<Record>)>,
) -> Result<Option<Logged>> {
    let mut before = base;
    for (author, records) in entries {
        let entry = Entry::after(before.as_ref(), records);
        let parent = before.as_ref().map(|logged| logged.id);
        let id = write_entry(repository, address, parent.as_ref(), &entry, Some(&author))?;
        before = Some(Logged::new(id, author.at, format!("{} <{}>", author.name, author.mail), entry));
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::component::Version;
    use crate::registry::git::ObjectId;
    use crate::registry::time::Timestamp;

    fn held(n: u8) -> Held {
        let id = ObjectId::parse(format!("{n:x}").repeat(40)).expect("an id");
        Held::new(id, id, Version::parse(&format!("v1.{n}.0")).ok())
    }

    /// `production 1 2 set`: from, to, kind; 0 is nothing.
    fn record(text: &str) -> Record {
        let words: Vec<&str> = text.split(' ').collect();
        let value = |text: &str| text.parse().ok().filter(|n| *n > 0).map(held);
        let kind = if words[3] == "outside" { MoveKind::Outside } else { MoveKind::Set };
        Record::new(Slot::parse(words[0]).expect("a slot"), kind, value(words[1]), value(words[2]))
    }

    fn logged(n: u8, records: &[&str]) -> Logged {
        let records = records.iter().map(|text| record(text)).collect();
        Logged::new(
            held(n).commit,
            Timestamp::from_seconds(i64::from(n)),
            "A <a@x>",
            Entry::after(None, records),
        )
    }

    fn shown(entries: &[(Author, Vec<Record>)]) -> Vec<String> {
        let version = |held: &Option<Held>| held.as_ref().map_or("-".to_owned(), Held::to_string);
        let records = |records: &[Record]| {
            let shown = records.iter().map(|record| {
                format!(
                    "{} {} {}→{}",
                    record.kind.as_str(),
                    record.slot,
                    version(&record.from),
                    version(&record.to)
                )
            });
            shown.collect::<Vec<_>>().join(", ")
        };
        entries.iter().map(|(author, list)| format!("{}: {}", author.at.seconds(), records(list))).collect()
    }

    #[test]
    fn entries_keep_their_order_and_lose_what_is_given_up() {
        let base = logged(1, &["production 0 1 set", "staging 0 1 set"]).state_afterwards();
        let ours = [
            logged(2, &["production 0 3 set", "staging 0 1 outside", "staging 1 2 set"]),
            logged(3, &["production 3 2 set"]),
        ];
        let with = |treatment: Treatment| {
            let of = move |slot: &Slot| {
                if slot.to_string() == "production" { treatment.clone() } else { Treatment::Keep }
            };
            shown(&rebase(&base, &ours, of))
        };
        let staging = "set staging v1.1.0→v1.2.0";
        assert_eq!(
            with(Treatment::Keep),
            [format!("2: set production -→v1.3.0, {staging}"), "3: set production v1.3.0→v1.2.0".into()]
        );
        assert_eq!(with(Treatment::Drop), [format!("2: {staging}")]);
        assert_eq!(
            with(Treatment::Settle(Some(held(1)))),
            [format!("2: set production v1.1.0→v1.3.0, {staging}"), "3: set production v1.3.0→v1.2.0".into()]
        );
        assert_eq!(
            with(Treatment::Agree),
            [format!("2: {staging}"), "3: set production v1.2.0→v1.2.0".into()]
        );
    }

    #[test]
    fn what_goes_and_what_stays_behind_are_taken_apart() {
        let ours = [
            logged(2, &["production 1 2 set", "canary 0 2 set"]),
            logged(3, &["canary 2 3 set"]),
            logged(4, &["production 2 3 set"]),
        ];
        let [first, second] = split(&ours, |slot| slot.to_string() == "canary");
        assert_eq!(shown(&first), ["2: set canary -→v1.2.0", "3: set canary v1.2.0→v1.3.0"]);
        assert_eq!(shown(&second), ["2: set production v1.1.0→v1.2.0", "4: set production v1.2.0→v1.3.0"]);
    }
}
