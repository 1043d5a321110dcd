//! Looking for items.

use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::equality::{is_strictly_equal, same_value_zero};
use crate::value::{Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::ArraySearch,
    [
        function("Array.prototype.includes", 1, "item, from?", includes)
            .spec("sec-array.prototype.includes")
            .about("whether the item is among them; NaN is found too")
            .example("[1, NaN].includes(NaN)", "true"),
        function("Array.prototype.indexOf", 1, "item, from?", index_of)
            .spec("sec-array.prototype.indexof")
            .about("the first index of the item, or -1")
            .example("[1, 2, 1].indexOf(1)", "0"),
        function("Array.prototype.lastIndexOf", 1, "item, from?", last_index_of)
            .spec("sec-array.prototype.lastindexof")
            .about("the last index of the item, or -1")
            .example("[1, 2, 1].lastIndexOf(1)", "2"),
        function("Array.prototype.at", 1, "index", at)
            .spec("sec-array.prototype.at")
            .about("the item at an index, which counts from the end where it is negative")
            .example("[1, 2, 3].at(-1)", "3"),
    ],
);

fn includes(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.includes")?;
    let from = call.relative_index(1, array.len(), 0)?;
    position(call, array[from..].iter(), same_value_zero).map(|found| Value::Bool(found.is_some()))
}

fn index_of(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.indexOf")?;
    let from = call.relative_index(1, array.len(), 0)?;
    let found = position(call, array[from..].iter(), is_strictly_equal)?;
    Ok(Value::Number(found.map_or(-1.0, |at| (from + at) as f64)))
}

fn last_index_of(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.lastIndexOf")?;
    let length = array.len() as f64;
    // Where it is given, `undefined` is 0 and not the end.
    let from = if call.arguments.len() > 1 { call.integer(1)? } else { length - 1.0 };
    let end = if from < 0.0 { length + from } else { from.min(length - 1.0) } + 1.0;
    let end = end.max(0.0) as usize;
    let found = position(call, array[..end].iter().rev(), is_strictly_equal)?;
    Ok(Value::Number(found.map_or(-1.0, |at| (end - 1 - at) as f64)))
}

/// How many items come before the first that equals argument 0.
#[inline]
fn position<'i>(
    call: &mut Call<'_>,
    items: impl ExactSizeIterator<Item = &'i Value>,
    equal: impl Fn(&Value, &Value) -> bool,
) -> Result<Option<usize>, Thrown> {
    let wanted = call.argument(0);
    call.charge(items.len())?;
    for (at, item) in items.enumerate() {
        // Strings of different lengths are told apart at once.
        if let (Value::String(item), Value::String(wanted)) = (item, wanted)
            && item.byte_len() == wanted.byte_len()
        {
            call.host.scan(wanted.byte_len())?;
        }
        if equal(item, wanted) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn at(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.at")?;
    let index = call.integer(0)?;
    let index = if index < 0.0 { array.len() as f64 + index } else { index };
    // A negative number becomes 0 as an integer, so that it is asked first.
    let item = if index < 0.0 { None } else { array.get(index as usize) };
    Ok(item.cloned().unwrap_or_default())
}
