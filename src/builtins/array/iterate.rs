//! Methods that call a function for each item.

use super::items::Items;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
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

/// The receiver and the callback.
fn parts<'c>(call: &mut Call<'c>, name: &str) -> Result<(Cow<'c, Array>, &'c Value), Thrown> {
    Ok((call.this_array(name)?, call.callback(0)?))
}

/// What the callback gives for an item. Arrow functions know no `this`, so that only built-ins are given one.
#[inline]
fn visit(call: &mut Call<'_>, callback: &Value, item: &Value, at: usize) -> Outcome {
    match (callback, call.arguments) {
        (Value::Native(_), [_, this, ..]) => {
            let arguments = [item.clone(), Value::Number(at as f64), call.this.clone()];
            call.host.invoke(callback, this, &arguments)
        }
        _ => call.host.invoke_item(callback, item, at, call.this),
    }
}

fn map(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.map")?;
    call.charge(array.len())?;
    let mut items = Items::with_capacity(array.len(), call.host)?;
    for (at, item) in array.iter().enumerate() {
        let made = visit(call, callback, item, at)?;
        items.push(made, call.host)?;
    }
    items.finish()
}

fn filter(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.filter")?;
    call.charge(array.len())?;
    let mut items = Items::default();
    for (at, item) in array.iter().enumerate() {
        if visit(call, callback, item, at)?.truthy() {
            items.push(item.clone(), call.host)?;
        }
    }
    items.finish()
}

fn reduce(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.reduce")?;
    fold(call, callback, array.iter().enumerate())
}

fn reduce_right(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.reduceRight")?;
    fold(call, callback, array.iter().enumerate().rev())
}

fn fold<'i>(
    call: &mut Call<'_>,
    callback: &Value,
    mut items: impl ExactSizeIterator<Item = (usize, &'i Value)>,
) -> Outcome {
    call.charge(items.len())?;
    let initial = call.arguments.get(1).or_else(|| items.next().map(|(_, item)| item)).cloned();
    let Some(mut accumulator) = initial else {
        return Err(Thrown::type_error("Reduce of empty array with no initial value"));
    };
    for (at, item) in items {
        accumulator = call.host.invoke_reducer(callback, accumulator, item, at, call.this)?;
    }
    Ok(accumulator)
}

fn for_each(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.forEach")?;
    first(call, callback, array.iter().enumerate(), |_| false)?;
    Ok(Value::Undefined)
}

/// The first item for whose result `is_wanted` holds. Items after it are neither visited nor paid for.
#[inline]
fn first<'i>(
    call: &mut Call<'_>,
    callback: &Value,
    items: impl Iterator<Item = (usize, &'i Value)>,
    is_wanted: impl Fn(&Value) -> bool,
) -> Result<Option<(usize, &'i Value)>, Thrown> {
    for (at, item) in items {
        call.charge(1)?;
        if is_wanted(&visit(call, callback, item, at)?) {
            return Ok(Some((at, item)));
        }
    }
    Ok(None)
}

fn some(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.some")?;
    let found = first(call, callback, array.iter().enumerate(), Value::truthy)?;
    Ok(Value::Bool(found.is_some()))
}

fn every(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.every")?;
    let found = first(call, callback, array.iter().enumerate(), |result| !result.truthy())?;
    Ok(Value::Bool(found.is_none()))
}

fn item(found: Option<(usize, &Value)>) -> Value {
    found.map(|(_, item)| item.clone()).unwrap_or_default()
}

fn index(found: Option<(usize, &Value)>) -> Value {
    Value::Number(found.map_or(-1.0, |(at, _)| at as f64))
}

fn find(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.find")?;
    first(call, callback, array.iter().enumerate(), Value::truthy).map(item)
}

fn find_index(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.findIndex")?;
    first(call, callback, array.iter().enumerate(), Value::truthy).map(index)
}

fn find_last(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.findLast")?;
    first(call, callback, array.iter().enumerate().rev(), Value::truthy).map(item)
}

fn find_last_index(call: &mut Call<'_>) -> Outcome {
    let (array, callback) = parts(call, "Array.prototype.findLastIndex")?;
    first(call, callback, array.iter().enumerate().rev(), Value::truthy).map(index)
}

fn flat_map(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.flatMap")?;
    let callback = call.argument(0);
    if !callback.is_callable() {
        return Err(Thrown::type_error("flatMap mapper function is not callable"));
    }
    call.charge(array.len())?;
    let mut items = Items::default();
    for (at, item) in array.iter().enumerate() {
        match visit(call, callback, item, at)? {
            Value::Array(inner) => {
                call.charge(inner.len())?;
                for item in inner.iter() {
                    items.push(item.clone(), call.host)?;
                }
            }
            made => items.push(made, call.host)?,
        }
    }
    items.finish()
}
