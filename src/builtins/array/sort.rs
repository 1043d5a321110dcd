//! Sorting: stable, `undefined` last (ECMA-262 section 23.1.3.30.1, SortIndexedProperties).

use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::{to_number, to_string};
use crate::value::{Array, Str, Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::ArraySort,
    [
        function("Array.prototype.sort", 1, "compare?", |call| sorted(call, "Array.prototype.sort"))
            .spec("sec-array.prototype.sort")
            .about("a new array in order, by text if no function compares; the old one stays as it is")
            .example("[10, 9, 1].sort()", "[1, 10, 9]"),
        function("Array.prototype.toSorted", 1, "compare?", |call| sorted(call, "Array.prototype.toSorted"))
            .spec("sec-array.prototype.tosorted")
            .about("the items in order, by text if no function compares")
            .example("[10, 9, 1].toSorted((a, b) => a - b)", "[1, 9, 10]"),
    ],
);

fn sorted(call: &mut Call<'_>, name: &str) -> Outcome {
    let compare = call.argument(0);
    if !matches!(compare, Value::Undefined) && !compare.is_callable() {
        return Err(Thrown::type_error("The comparison function must be either a function or undefined"));
    }
    let array = call.this_array(name)?;
    // The items, and as much again to merge them.
    call.allocate_items(array.len().saturating_mul(2))?;
    let mut items: Vec<Value> = array.iter().filter(|item| !is_undefined(item)).cloned().collect();
    if items.len() > 1 {
        items = match compare {
            Value::Undefined => by_text(call, items)?,
            compare => Sorter { call, compare }.sort(items)?,
        };
    }
    items.resize(array.len(), Value::Undefined);
    Array::new(items).map(Value::Array)
}

fn is_undefined(value: &Value) -> bool {
    matches!(value, Value::Undefined)
}

/// Every order that agrees with the texts and is stable is the same, so that the standard library's will do.
pub(in crate::builtins) fn by_text(call: &mut Call<'_>, items: Vec<Value>) -> Result<Vec<Value>, Thrown> {
    call.allocate_items(items.len())?;
    let (mut keyed, mut bytes) = (Vec::with_capacity(items.len()), 0_usize);
    for item in items {
        let text: Str = to_string(&item, call.host)?;
        bytes = bytes.saturating_add(text.byte_len());
        keyed.push((text, item));
    }
    charge_comparisons(call, keyed.len(), bytes)?;
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

/// Each item is compared some log₂ n times, to the end of its text at worst.
pub(in crate::builtins) fn charge_comparisons(
    call: &mut Call<'_>,
    count: usize,
    bytes: usize,
) -> Result<(), Thrown> {
    let rounds = count.next_power_of_two().trailing_zeros() as usize;
    call.charge(count.saturating_mul(rounds))?;
    call.host.scan(bytes.saturating_mul(rounds))
}

/// Sorts with a function that may throw, and that may contradict itself: `(a, b) => a > b` is met in the wild.
///
/// Up to [`Sorter::SHORT`] items the result is V8's even then: the run at the start is found, and each item after
/// it put in by binary search, asking `compare(later, earlier)`. Longer arrays are merged from such parts.
struct Sorter<'s, 'c> {
    call: &'s mut Call<'c>,
    compare: &'s Value,
}

impl Sorter<'_, '_> {
    /// V8's TimSort merges from 64 items on.
    const SHORT: usize = 63;

    /// Whether `later` must come before `earlier`.
    fn is_before(&mut self, later: &Value, earlier: &Value) -> Result<bool, Thrown> {
        self.call.charge(1)?;
        let order = self.call.invoke(self.compare, &[later.clone(), earlier.clone()])?;
        Ok(to_number(&order, self.call.host)? < 0.0)
    }

    fn sort(&mut self, mut items: Vec<Value>) -> Result<Vec<Value>, Thrown> {
        if items.len() <= Self::SHORT {
            self.insert(&mut items)?;
            return Ok(items);
        }
        let run = self.run(&mut items)?;
        if run == items.len() {
            return Ok(items);
        }
        let width = Self::SHORT / 2;
        for part in items.chunks_mut(width) {
            self.insert(part)?;
        }
        let mut width = width;
        while width < items.len() {
            items = self.merge_all(&items, width)?;
            width *= 2;
        }
        Ok(items)
    }

    /// The length of the run at the start, which is put in order if it falls strictly.
    fn run(&mut self, items: &mut [Value]) -> Result<usize, Thrown> {
        if items.len() < 2 {
            return Ok(items.len());
        }
        let falls = self.is_before(&items[1], &items[0])?;
        let mut length = 2;
        while length < items.len() && self.is_before(&items[length], &items[length - 1])? == falls {
            length += 1;
        }
        if falls {
            items[..length].reverse();
        }
        Ok(length)
    }

    fn insert(&mut self, items: &mut [Value]) -> Result<(), Thrown> {
        for at in self.run(items)?..items.len() {
            let (mut left, mut right) = (0, at);
            while left < right {
                let middle = left + (right - left) / 2;
                if self.is_before(&items[at], &items[middle])? {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            items[left..=at].rotate_right(1);
        }
        Ok(())
    }

    fn merge_all(&mut self, items: &[Value], width: usize) -> Result<Vec<Value>, Thrown> {
        let mut merged = Vec::with_capacity(items.len());
        self.call.charge(items.len())?;
        for pair in items.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([first, rest_left @ ..], [second, rest_right @ ..]) = (left, right) {
                if self.is_before(second, first)? {
                    merged.push(second.clone());
                    right = rest_right;
                } else {
                    merged.push(first.clone());
                    left = rest_left;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        Ok(merged)
    }
}
