//! Sorting with a function, comparison by comparison as V8 does it.
//!
//! A function that contradicts itself (`(a, b) => a > b` is met in the wild) gives an order that depends on which pairs
//! are compared; so the algorithm is V8's: Tim Peters' list sort (CPython's `listsort.txt`; `array-sort.tq` in V8).
//! Runs that are in order already are found, short ones lengthened by insertion, and neighbours merged; where one side
//! of a merge wins often, it is searched by leaps.

use crate::builtins::Call;
use crate::value::coercion::to_number;
use crate::value::{Thrown, Value};
use std::ops::Range;

/// So many wins of one side in a row begin leaps, at first, and less end them.
const LEAPING: usize = 7;

/// A sort under way.
pub(super) struct TimSort<'s, 'c> {
    call: &'s mut Call<'c>,
    compare: &'s Value,
    items: Vec<Value>,
    /// The sorted parts that wait to be merged, neighbours.
    runs: Vec<Range<usize>>,
    /// So many wins begin leaps by now: fewer the more often they have paid.
    least_wins: usize,
}

/// The items in order. Costs a call of `compare` for each comparison.
///
/// # Errors
/// What `compare` throws, and the limits.
pub(super) fn sort(call: &mut Call<'_>, compare: &Value, items: Vec<Value>) -> Result<Vec<Value>, Thrown> {
    let mut sort = TimSort { call, compare, items, runs: Vec::new(), least_wins: LEAPING };
    sort.all()?;
    Ok(sort.items)
}

impl TimSort<'_, '_> {
    /// Whether `a` must come before `b`.
    fn is_less(&mut self, a: &Value, b: &Value) -> Result<bool, Thrown> {
        self.call.charge(1)?;
        let order = self.call.invoke(self.compare, &[a.clone(), b.clone()])?;
        Ok(to_number(&order, self.call.host)? < 0.0)
    }

    /// Whether the item at `a` must come before the one at `b`.
    fn is_less_at(&mut self, a: usize, b: usize) -> Result<bool, Thrown> {
        let (a, b) = (self.items[a].clone(), self.items[b].clone());
        self.is_less(&a, &b)
    }

    fn all(&mut self) -> Result<(), Thrown> {
        let count = self.items.len();
        let least = least_run(count);
        let mut low = 0;
        while low < count {
            let mut length = self.run(low..count)?;
            if length < least {
                let forced = least.min(count - low);
                self.insert(low, low + length, low + forced)?;
                length = forced;
            }
            self.runs.push(low..low + length);
            self.collapse()?;
            low += length;
        }
        while self.runs.len() > 1 {
            let mut at = self.runs.len() - 2;
            if at > 0 && self.runs[at - 1].len() < self.runs[at + 1].len() {
                at -= 1;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    /// The length of the run at the start, which is put in order if it falls strictly.
    fn run(&mut self, range: Range<usize>) -> Result<usize, Thrown> {
        if range.len() < 2 {
            return Ok(range.len());
        }
        let falls = self.is_less_at(range.start + 1, range.start)?;
        let mut end = range.start + 2;
        while end < range.end && self.is_less_at(end, end - 1)? == falls {
            end += 1;
        }
        if falls {
            self.items[range.start..end].reverse();
        }
        Ok(end - range.start)
    }

    /// Puts the items from `start` on into the sorted ones from `low` on.
    fn insert(&mut self, low: usize, start: usize, high: usize) -> Result<(), Thrown> {
        for at in start..high {
            let (mut left, mut right) = (low, at);
            while left < right {
                let middle = left + (right - left) / 2;
                if self.is_less_at(at, middle)? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            self.items[left..=at].rotate_right(1);
        }
        Ok(())
    }

    /// Whether the run two before `at` is longer than the two behind it together.
    fn is_balanced(&self, at: usize) -> bool {
        at < 2 || self.runs[at - 2].len() > self.runs[at - 1].len() + self.runs[at].len()
    }

    /// Merges runs until each is longer than the two behind it together.
    fn collapse(&mut self) -> Result<(), Thrown> {
        while self.runs.len() > 1 {
            let mut at = self.runs.len() - 2;
            if !self.is_balanced(at + 1) || !self.is_balanced(at) {
                if self.runs[at - 1].len() < self.runs[at + 1].len() {
                    at -= 1;
                }
            } else if self.runs[at].len() > self.runs[at + 1].len() {
                break;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    /// Merges the runs at `at` and behind it.
    fn merge_at(&mut self, at: usize) -> Result<(), Thrown> {
        let second = self.runs.remove(at + 1);
        let first = self.runs[at].clone();
        self.runs[at] = first.start..second.end;
        // What is in its place already at either end takes no part.
        let key = self.items[second.start].clone();
        let items = std::mem::take(&mut self.items);
        let skipped = self.leap(Side::Right, &key, &items[first.clone()], 0);
        let first = first.start + *skipped.as_ref().unwrap_or(&0)..first.end;
        let kept = match (&skipped, first.is_empty()) {
            (Ok(_), false) => {
                let key = items[first.end - 1].clone();
                self.leap(Side::Left, &key, &items[second.clone()], second.len() - 1)
            }
            _ => Ok(0),
        };
        self.items = items;
        skipped?;
        let second = second.start..second.start + kept?;
        if first.is_empty() || second.is_empty() {
            return Ok(());
        }
        // One side is copied, and the other moved.
        self.call.charge(first.len() + second.len())?;
        if first.len() <= second.len() {
            self.merge_low(first, second)
        } else {
            self.merge_high(first, second)
        }
    }

    /// Where `key` belongs in sorted `items`, `Left` of its equals or `Right` of them; searched from `hint` on by
    /// steps that double.
    fn leap(&mut self, side: Side, key: &Value, items: &[Value], hint: usize) -> Result<usize, Thrown> {
        let is_past = |sort: &mut Self, at: usize| match side {
            // Whether the place lies behind the item at `at`.
            Side::Left => sort.is_less(&items[at], key),
            Side::Right => sort.is_less(key, &items[at]).map(|less| !less),
        };
        let (mut last, mut offset) = (0, 1);
        let next =
            |offset: usize, most: usize| offset.saturating_mul(2).saturating_add(1).min(most.max(offset));
        let (mut from, mut to);
        if is_past(self, hint)? {
            let most = items.len() - hint;
            while offset < most && is_past(self, hint + offset)? {
                (last, offset) = (offset, next(offset, most));
            }
            (from, to) = (hint + last + 1, hint + offset.min(most));
        } else {
            let most = hint + 1;
            while offset < most && !is_past(self, hint - offset)? {
                (last, offset) = (offset, next(offset, most));
            }
            (from, to) = (hint + 1 - offset.min(most), hint - last);
        }
        while from < to {
            let middle = from + (to - from) / 2;
            if is_past(self, middle)? {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        Ok(to)
    }

    /// Merges from the front; the first run is the shorter one, and copied.
    fn merge_low(&mut self, first: Range<usize>, second: Range<usize>) -> Result<(), Thrown> {
        let copy = self.items[first.clone()].to_vec();
        // What is left of the copy, what is left of the second run, and where the next item goes.
        let (mut a, mut b, mut to) = (0..copy.len(), second, first.start);
        self.take_second(&mut b, &mut to);
        if !is_used_up(&b) && a.len() > 1 {
            self.merge_low_rest(&copy, &mut a, &mut b, &mut to)?;
        }
        // One of the copy is left at most where the rest of the second run comes before it; if the function contradicts
        // itself, even none.
        if a.len() == 1 {
            while !is_used_up(&b) {
                self.take_second(&mut b, &mut to);
            }
        }
        self.items[to..to + a.len()].clone_from_slice(&copy[a]);
        Ok(())
    }

    fn take_second(&mut self, b: &mut Range<usize>, to: &mut usize) {
        self.items[*to] = self.items[b.start].clone();
        (b.start, *to) = (b.start + 1, *to + 1);
    }

    /// Until the second run is used up, or one of the first is left.
    fn merge_low_rest(
        &mut self,
        copy: &[Value],
        a: &mut Range<usize>,
        b: &mut Range<usize>,
        to: &mut usize,
    ) -> Result<(), Thrown> {
        loop {
            let (mut wins_a, mut wins_b) = (0, 0);
            while wins_a < self.least_wins && wins_b < self.least_wins {
                let second = self.items[b.start].clone();
                if self.is_less(&second, &copy[a.start])? {
                    self.take_second(b, to);
                    (wins_a, wins_b) = (0, wins_b + 1);
                    if is_used_up(b) {
                        return Ok(());
                    }
                } else {
                    self.items[*to] = copy[a.start].clone();
                    (a.start, *to) = (a.start + 1, *to + 1);
                    (wins_a, wins_b) = (wins_a + 1, 0);
                    if a.len() == 1 {
                        return Ok(());
                    }
                }
            }
            self.least_wins += 1;
            let mut is_first = true;
            while wins_a >= LEAPING || wins_b >= LEAPING || is_first {
                is_first = false;
                self.least_wins = (self.least_wins - 1).max(1);
                let key = self.items[b.start].clone();
                wins_a = self.leap(Side::Right, &key, &copy[a.clone()], 0)?;
                self.items[*to..*to + wins_a].clone_from_slice(&copy[a.start..a.start + wins_a]);
                (a.start, *to) = (a.start + wins_a, *to + wins_a);
                if wins_a > 0 && a.len() <= 1 {
                    return Ok(());
                }
                self.take_second(b, to);
                if is_used_up(b) {
                    return Ok(());
                }
                let items = std::mem::take(&mut self.items);
                let wins = self.leap(Side::Left, &copy[a.start], &items[b.clone()], 0);
                self.items = items;
                wins_b = wins?;
                for _ in 0..wins_b {
                    self.take_second(b, to);
                }
                if is_used_up(b) {
                    return Ok(());
                }
                self.items[*to] = copy[a.start].clone();
                (a.start, *to) = (a.start + 1, *to + 1);
                if a.len() == 1 {
                    return Ok(());
                }
            }
            // Leaps that did not pay make the next ones rarer.
            self.least_wins += 1;
        }
    }

    /// Merges from the back; the second run is the shorter one, and copied.
    fn merge_high(&mut self, first: Range<usize>, second: Range<usize>) -> Result<(), Thrown> {
        let copy = self.items[second.clone()].to_vec();
        // What is left of the first run and of the copy; the next item goes before `to`.
        let (mut a, mut b, mut to) = (first, 0..copy.len(), second.end);
        self.take_first(&mut a, &mut to);
        if !is_used_up(&a) && b.len() > 1 {
            self.merge_high_rest(&copy, &mut a, &mut b, &mut to)?;
        }
        if b.len() == 1 {
            while !is_used_up(&a) {
                self.take_first(&mut a, &mut to);
            }
        }
        self.items[to - b.len()..to].clone_from_slice(&copy[b]);
        Ok(())
    }

    fn take_first(&mut self, a: &mut Range<usize>, to: &mut usize) {
        (a.end, *to) = (a.end - 1, *to - 1);
        self.items[*to] = self.items[a.end].clone();
    }

    /// Until the first run is used up, or one of the second is left.
    fn merge_high_rest(
        &mut self,
        copy: &[Value],
        a: &mut Range<usize>,
        b: &mut Range<usize>,
        to: &mut usize,
    ) -> Result<(), Thrown> {
        loop {
            let (mut wins_a, mut wins_b) = (0, 0);
            while wins_a < self.least_wins && wins_b < self.least_wins {
                let first = self.items[a.end - 1].clone();
                if self.is_less(&copy[b.end - 1], &first)? {
                    self.take_first(a, to);
                    (wins_a, wins_b) = (wins_a + 1, 0);
                    if is_used_up(a) {
                        return Ok(());
                    }
                } else {
                    (b.end, *to) = (b.end - 1, *to - 1);
                    self.items[*to] = copy[b.end].clone();
                    (wins_a, wins_b) = (0, wins_b + 1);
                    if b.len() == 1 {
                        return Ok(());
                    }
                }
            }
            self.least_wins += 1;
            let mut is_first = true;
            while wins_a >= LEAPING || wins_b >= LEAPING || is_first {
                is_first = false;
                self.least_wins = (self.least_wins - 1).max(1);
                let items = std::mem::take(&mut self.items);
                let place = self.leap(Side::Right, &copy[b.end - 1], &items[a.clone()], a.len() - 1);
                self.items = items;
                wins_a = a.len() - place?;
                for _ in 0..wins_a {
                    self.take_first(a, to);
                }
                if is_used_up(a) {
                    return Ok(());
                }
                (b.end, *to) = (b.end - 1, *to - 1);
                self.items[*to] = copy[b.end].clone();
                if b.len() == 1 {
                    return Ok(());
                }
                let key = self.items[a.end - 1].clone();
                wins_b = b.len() - self.leap(Side::Left, &key, &copy[b.clone()], b.len() - 1)?;
                (b.end, *to) = (b.end - wins_b, *to - wins_b);
                self.items[*to..*to + wins_b].clone_from_slice(&copy[b.end..b.end + wins_b]);
                if wins_b > 0 && b.len() <= 1 {
                    return Ok(());
                }
                self.take_first(a, to);
                if is_used_up(a) {
                    return Ok(());
                }
            }
            self.least_wins += 1;
        }
    }
}

fn is_used_up(range: &Range<usize>) -> bool {
    range.start >= range.end
}

/// On which side of its equals something belongs.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// The shortest run that is worth merging: between 32 and 64, so that the runs are nearly a power of two.
fn least_run(mut count: usize) -> usize {
    let mut rest = 0;
    while count >= 64 {
        rest |= count & 1;
        count >>= 1;
    }
    count + rest
}
