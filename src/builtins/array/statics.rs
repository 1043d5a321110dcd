//! What `Array` holds.

use crate::builtins::call::not_iterable;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::{Array, Value};

pub(in crate::builtins) static ROWS: &[Builtin] = &numbered(
    Group::ArrayStatics,
    [
        function("Array.isArray", 1, "value", |call| {
            Ok(Value::Bool(matches!(call.argument(0), Value::Array(_))))
        })
        .spec("sec-array.isarray")
        .about("whether it is an array")
        .example("Array.isArray([1])", "true"),
        function("Array.from", 1, "items, callback?", from)
            .spec("sec-array.from")
            .about("an array of the items of an array, a text, or an object with a `length`")
            .example("Array.from({ length: 3 }, (_, index) => index)", "[0, 1, 2]"),
        function("Array.of", 0, "...items", of)
            .spec("sec-array.of")
            .about("an array of the arguments")
            .example("Array.of(3)", "[3]"),
    ],
);

fn from(call: &mut Call<'_>) -> Outcome {
    let (source, callback) = (call.argument(0), call.argument(1));
    if !matches!(callback, Value::Undefined) {
        call.callback(1)?;
    }
    let items = match source {
        Value::Array(_) | Value::String(_) => call.iterate(source)?,
        Value::Undefined | Value::Null => return Err(not_iterable(call, source)),
        like => call.array_like(like)?,
    };
    call.allocate_items(items.len())?;
    if matches!(callback, Value::Undefined) {
        return Array::new(items.to_vec()).map(Value::Array);
    }
    let mut made = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let arguments = [item.clone(), Value::Number(at as f64)];
        made.push(call.host.invoke(callback, call.argument(2), &arguments)?);
    }
    Array::new(made).map(Value::Array)
}

fn of(call: &mut Call<'_>) -> Outcome {
    call.allocate_items(call.arguments.len())?;
    Array::new(call.arguments.to_vec()).map(Value::Array)
}
