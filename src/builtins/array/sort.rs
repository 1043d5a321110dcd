//! Sorting: stable, `undefined` last (ECMA-262 section 23.1.3.30.1, SortIndexedProperties).

use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::to_string;
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
            compare => super::tim_sort::sort(call, compare, items)?,
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
