//! New arrays out of old ones.

use super::items::Items;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::{Array, Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::ArrayBuild,
    [
        function("Array.prototype.slice", 2, "start?, end?", slice)
            .spec("sec-array.prototype.slice")
            .about("the items from start up to end; negative ones count from the end")
            .example("[1, 2, 3].slice(-2)", "[2, 3]"),
        function("Array.prototype.concat", 1, "...items", concat)
            .spec("sec-array.prototype.concat")
            .about("the items, then the arguments; arrays among them are taken apart")
            .example("[1].concat([2, 3], 4)", "[1, 2, 3, 4]"),
        function("Array.prototype.flat", 0, "depth?", flat)
            .spec("sec-array.prototype.flat")
            .about("arrays inside taken apart, one level or as many as are given")
            .example("[1, [2, [3]]].flat(Infinity)", "[1, 2, 3]"),
        function("Array.prototype.reverse", 0, "", |call| reversed(call, "Array.prototype.reverse"))
            .spec("sec-array.prototype.reverse")
            .about("a new array, the last item first; the old one stays as it is")
            .example("[1, 2].reverse()", "[2, 1]"),
        function("Array.prototype.toReversed", 0, "", |call| reversed(call, "Array.prototype.toReversed"))
            .spec("sec-array.prototype.toreversed")
            .about("the last item first")
            .example("[1, 2].toReversed()", "[2, 1]"),
        function("Array.prototype.with", 2, "index, item", with)
            .spec("sec-array.prototype.with")
            .about("the same items but for one")
            .example("[1, 2].with(-1, 3)", "[1, 3]"),
        function("Array.prototype.toSpliced", 2, "start?, count?, ...items", to_spliced)
            .spec("sec-array.prototype.tospliced")
            .about("so many items from start on replaced by others")
            .example("[1, 2, 3].toSpliced(1, 1, 8, 9)", "[1, 8, 9, 3]"),
        function("Array.prototype.keys", 0, "", keys)
            .spec("sec-array.prototype.keys")
            .about("the indices, as an array")
            .example("[...['a', 'b'].keys()]", "[0, 1]"),
        function("Array.prototype.values", 0, "", values)
            .spec("sec-array.prototype.values")
            .about("the items, as an array")
            .example("[...['a', 'b'].values()]", "['a', 'b']"),
        function("Array.prototype.entries", 0, "", entries)
            .spec("sec-array.prototype.entries")
            .about("pairs of index and item, as an array")
            .example("[...['a', 'b'].entries()]", "[[0, 'a'], [1, 'b']]"),
    ],
);

fn copied(call: &mut Call<'_>, items: &[Value]) -> Outcome {
    call.allocate_items(items.len())?;
    Array::new(items.to_vec()).map(Value::Array)
}

fn slice(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.slice")?;
    let start = call.relative_index(0, array.len(), 0)?;
    let end = call.relative_index(1, array.len(), array.len())?;
    copied(call, array.get(start..end).unwrap_or_default())
}

fn concat(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.concat")?;
    call.charge(call.arguments.len())?;
    let others = call.arguments.iter().map(|argument| match argument {
        Value::Array(array) => array.items(),
        other => std::slice::from_ref(other),
    });
    let count = array.len() + others.clone().map(<[Value]>::len).sum::<usize>();
    call.allocate_items(count)?;
    let mut items = Vec::with_capacity(count);
    // What is only like an array is not taken apart, even as a receiver.
    match call.this {
        Value::Array(_) => items.extend_from_slice(&array),
        other => items.push(other.clone()),
    }
    others.for_each(|part| items.extend_from_slice(part));
    Array::new(items).map(Value::Array)
}

fn flat(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.flat")?;
    let levels = call.integer_or(0, 1.0)?;
    let mut items = Items::with_capacity(array.len(), call.host)?;
    // The arrays that are being taken apart, the outermost first; they nest no deeper than values may.
    let mut open = vec![array.iter()];
    while let Some(innermost) = open.last_mut() {
        let Some(item) = innermost.next() else {
            open.pop();
            continue;
        };
        // Paid for even where nothing is added: shared empty arrays nest to more visits than there are items.
        call.charge(1)?;
        match item {
            Value::Array(inner) if open.len() as f64 <= levels => open.push(inner.iter()),
            item => items.push(item.clone(), call.host)?,
        }
    }
    items.finish()
}

fn reversed(call: &mut Call<'_>, name: &str) -> Outcome {
    let array = call.this_array(name)?;
    call.allocate_items(array.len())?;
    Array::new(array.iter().rev().cloned().collect()).map(Value::Array)
}

fn with(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.with")?;
    let index = call.integer(0)?;
    let at = if index < 0.0 { array.len() as f64 + index } else { index };
    if !(0.0..array.len() as f64).contains(&at) {
        let given = call.string(0)?;
        return Err(Thrown::range(format!("Invalid index : {given}")));
    }
    call.allocate_items(array.len())?;
    let mut items = array.to_vec();
    items[at as usize] = call.argument(1).clone();
    Array::new(items).map(Value::Array)
}

fn to_spliced(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.toSpliced")?;
    let start = call.relative_index(0, array.len(), 0)?;
    let rest = array.len() - start;
    let skipped = match call.arguments.len() {
        0 => 0,
        1 => rest,
        _ => call.integer(1)?.clamp(0.0, rest as f64) as usize,
    };
    let inserted = call.arguments.get(2..).unwrap_or_default();
    let count = array.len() - skipped + inserted.len();
    call.allocate_items(count)?;
    let mut items = Vec::with_capacity(count);
    items.extend_from_slice(&array[..start]);
    items.extend_from_slice(inserted);
    items.extend_from_slice(&array[start + skipped..]);
    Array::new(items).map(Value::Array)
}

fn keys(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.keys")?;
    call.allocate_items(array.len())?;
    Array::new((0..array.len()).map(|at| Value::Number(at as f64)).collect()).map(Value::Array)
}

fn values(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.values")?;
    copied(call, &array)
}

fn entries(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.entries")?;
    // An array of two for each item.
    call.allocate_items(array.len().saturating_mul(5))?;
    let pair = |(at, item): (usize, &Value)| {
        Array::new(vec![Value::Number(at as f64), item.clone()]).map(Value::Array)
    };
    Array::new(array.iter().enumerate().map(pair).collect::<Result<_, _>>()?).map(Value::Array)
}
