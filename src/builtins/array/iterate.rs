//! Methods that call a function for each item.

use super::items::Items;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Collect, Outcome, Take};
use crate::value::{Array, Thrown, Value};
use std::borrow::Cow;

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::ArrayIterate,
    [
        function("Array.prototype.map", 1, "callback", map)
            .spec("sec-array.prototype.map")
            .about("what the callback gives for each item")
            .example("[1, 2].map(x => x * 2)", "[2, 4]"),
        function("Array.prototype.filter", 1, "callback", filter)
            .spec("sec-array.prototype.filter")
            .about("the items for which the callback gives a true value")
            .example("[1, 2, 3].filter(x => x > 1)", "[2, 3]"),
        function("Array.prototype.reduce", 1, "callback, initial?", reduce)
            .spec("sec-array.prototype.reduce")
            .about("one value made of all items, the first ones first")
            .example("[1, 2, 3].reduce((sum, x) => sum + x, 0)", "6"),
        function("Array.prototype.reduceRight", 1, "callback, initial?", reduce_right)
            .spec("sec-array.prototype.reduceright")
            .about("one value made of all items, the last ones first")
            .example("['a', 'b'].reduceRight((text, x) => text + x, '')", "'ba'"),
        function("Array.prototype.forEach", 1, "callback", for_each)
            .spec("sec-array.prototype.foreach")
            .about("calls the callback for each item and gives `undefined`")
            .example("[1].forEach(x => x)", "undefined"),
        function("Array.prototype.some", 1, "callback", some)
            .spec("sec-array.prototype.some")
            .about("whether the callback gives a true value for any item")
            .example("[1, 2].some(x => x > 1)", "true"),
        function("Array.prototype.every", 1, "callback", every)
            .spec("sec-array.prototype.every")
            .about("whether the callback gives a true value for all items")
            .example("[1, 2].every(x => x > 1)", "false"),
        function("Array.prototype.find", 1, "callback", find)
            .spec("sec-array.prototype.find")
            .about("the first item for which the callback gives a true value")
            .example("[1, 2, 3].find(x => x > 1)", "2"),
        function("Array.prototype.findIndex", 1, "callback", find_index)
            .spec("sec-array.prototype.findindex")
            .about("the index of the first such item, or -1")
            .example("[1, 2, 3].findIndex(x => x > 1)", "1"),
        function("Array.prototype.findLast", 1, "callback", find_last)
            .spec("sec-array.prototype.findlast")
            .about("the last item for which the callback gives a true value")
            .example("[1, 2, 3].findLast(x => x > 1)", "3"),
        function("Array.prototype.findLastIndex", 1, "callback", find_last_index)
            .spec("sec-array.prototype.findlastindex")
            .about("the index of the last such item, or -1")
            .example("[1, 2, 3].findLastIndex(x => x > 1)", "2"),
        function("Array.prototype.flatMap", 1, "callback", flat_map)
            .spec("sec-array.prototype.flatmap")
            .about("as `map`, but arrays that the callback gives are taken apart, one level")
            .example("[1, 2].flatMap(x => [x, x])", "[1, 1, 2, 2]"),
    ],
);

/// `filter` begins with room for so many items, or for all if they are fewer.
pub(in crate::builtins) const FILTER_ROOM: usize = 128;

/// The receiver and the callback.
fn parts<'c>(call: &mut Call<'c>, name: &str) -> Result<(Cow<'c, Array>, &'c Value), Thrown> {
    Ok((call.this_array(name)?, call.callback(0)?))
}

/// Hands what the callback gives for each item to `take`, for as long as that wants more.
///
/// Arrow functions know no `this`, so that only built-ins are given one.
fn visit(
    call: &mut Call<'_>,
    callback: &Value,
    items: &[Value],
    first: usize,
    take: &mut Take<'_>,
) -> Result<(), Thrown> {
    let (Value::Native(_), [_, this, ..]) = (callback, call.arguments) else {
        return call.host.invoke_items(callback, items, first, call.this, take);
    };
    for (at, item) in (first..).zip(items) {
        let made = visit_native(call, callback, this, item, at)?;
        if !take(call.host, at, made)? {
            break;
        }
    }
    Ok(())
}

fn visit_native(call: &mut Call<'_>, callback: &Value, this: &Value, item: &Value, at: usize) -> Outcome {
    let arguments = [item.clone(), Value::Number(at as f64), call.this.clone()];
    call.host.invoke(callback, this, &arguments)
}

fn map(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.map")?;
    call.charge(array.len())?;
    let mut made = Items::with_capacity(array.len(), call.host)?;
    let done = made.collect(Collect::Results, call, callback, &array);
    let rest = &array.items()[done..];
    visit(call, callback, rest, done, &mut |host, _, value| made.push(value, host).map(|()| true))?;
    made.finish()
}

fn filter(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.filter")?;
    call.charge(array.len())?;
    // Most filters keep much of a short array; of a long one the room grows with what is kept.
    let mut kept = Items::with_capacity(array.len().min(FILTER_ROOM), call.host)?;
    let done = kept.collect(Collect::Items, call, callback, &array);
    visit(call, callback, &array.items()[done..], done, &mut |host, at, claim| {
        if claim.truthy() {
            kept.push(array[at].clone(), host)?;
        }
        Ok(true)
    })?;
    kept.finish()
}

fn reduce(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.reduce")?;
    call.charge(array.len())?;
    let (accumulator, first) = match (call.arguments.get(1), array.items()) {
        (Some(initial), _) => (initial.clone(), 0),
        (None, [head, ..]) => (head.clone(), 1),
        (None, []) => return Err(empty_reduce()),
    };
    call.host.invoke_fold(callback, accumulator, &array.items()[first..], first, call.this)
}

fn reduce_right(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.reduceRight")?;
    call.charge(array.len())?;
    let mut items = array.iter().enumerate().rev();
    let initial = call.arguments.get(1).or_else(|| items.next().map(|(_, item)| item)).cloned();
    let mut accumulator = initial.ok_or_else(empty_reduce)?;
    for (at, item) in items {
        accumulator = call.host.invoke_reducer(callback, accumulator, item, at, call.this)?;
    }
    Ok(accumulator)
}

#[cold]
fn empty_reduce() -> Thrown {
    Thrown::type_error("Reduce of empty array with no initial value")
}

fn for_each(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.forEach")?;
    first(call, callback, array.items(), |_| false)?;
    Ok(Value::Undefined)
}

/// The index of the first item for whose result `is_wanted` holds. Items after it are neither visited nor paid for.
#[inline]
fn first(
    call: &mut Call<'_>,
    callback: &Value,
    items: &[Value],
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<Option<usize>, Thrown> {
    let mut found = None;
    visit(call, callback, items, 0, &mut |host, at, value| {
        host.charge(1)?;
        if is_wanted(&value) {
            found = Some(at);
        }
        Ok(found.is_none())
    })?;
    Ok(found)
}

/// As [`first`], from the end.
fn last(call: &mut Call<'_>, callback: &Value, items: &[Value]) -> Result<Option<usize>, Thrown> {
    for (at, item) in items.iter().enumerate().rev() {
        call.charge(1)?;
        let made = match (callback, call.arguments) {
            (Value::Native(_), [_, this, ..]) => visit_native(call, callback, this, item, at)?,
            _ => call.host.invoke_item(callback, item, at, call.this)?,
        };
        if made.truthy() {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn some(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.some")?;
    let found = first(call, callback, array.items(), Value::truthy)?;
    Ok(Value::Bool(found.is_some()))
}

fn every(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.every")?;
    let found = first(call, callback, array.items(), |result| !result.truthy())?;
    Ok(Value::Bool(found.is_none()))
}

fn item(array: &Array, found: Option<usize>) -> Value {
    found.map(|at| array[at].clone()).unwrap_or_default()
}

fn index(found: Option<usize>) -> Value {
    Value::Number(found.map_or(-1.0, |at| at as f64))
}

fn find(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.find")?;
    first(call, callback, array.items(), Value::truthy).map(|found| item(&array, found))
}

fn find_index(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.findIndex")?;
    first(call, callback, array.items(), Value::truthy).map(index)
}

fn find_last(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.findLast")?;
    last(call, callback, array.items()).map(|found| item(&array, found))
}

fn find_last_index(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.findLastIndex")?;
    last(call, callback, array.items()).map(index)
}

fn flat_map(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.flatMap")?;
    let callback = call.argument(0);
    if !callback.is_callable() {
        return Err(Thrown::type_error("flatMap mapper function is not callable"));
    }
    call.charge(array.len())?;
    let mut items = Items::default();
    visit(call, callback, array.items(), 0, &mut |host, _, made| {
        match made {
            Value::Array(inner) => {
                host.charge(inner.len())?;
                for item in inner.iter() {
                    items.push(item.clone(), host)?;
                }
            }
            made => items.push(made, host)?,
        }
        Ok(true)
    })?;
    items.finish()
}
