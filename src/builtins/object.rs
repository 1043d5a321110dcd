//! Objects: statics, and the methods that everything inherits.
//!
//! What JavaScript changes in place gives a new object here.

use super::call::{invoke_method, not_iterable};
use super::table::{Builtin, Group, function, numbered};
use super::{Call, Outcome, static_member};
use crate::value::coercion::{is_object, to_property_key};
use crate::value::equality::same_value;
use crate::value::member::{has_own_property, own_property};
use crate::value::{Array, Object, ObjectBuilder, Str, Thrown, Value, number};

pub(super) static STATICS: &[Builtin] = &numbered(
    Group::ObjectStatics,
    [
        function("Object.keys", 1, "object", keys)
            .spec("sec-object.keys")
            .about("the keys, array indices first")
            .example("Object.keys({ b: 1, a: 2, 1: 3 })", "['1', 'b', 'a']"),
        function("Object.values", 1, "object", values)
            .spec("sec-object.values")
            .about("the values in the order of their keys")
            .example("Object.values({ b: 1, a: 2 })", "[1, 2]"),
        function("Object.entries", 1, "object", |call| list(call, pair))
            .spec("sec-object.entries")
            .about("pairs of key and value")
            .example("Object.entries({ a: 1 })", "[['a', 1]]"),
        function("Object.fromEntries", 1, "entries", from_entries)
            .spec("sec-object.fromentries")
            .about("the object of pairs of key and value")
            .example("Object.fromEntries([['a', 1], ['b', 2]])", "({ a: 1, b: 2 })"),
        function("Object.assign", 2, "target, ...sources", assign)
            .spec("sec-object.assign")
            .about("a new object of the properties of all, later ones winning; the target stays as it is")
            .example("Object.assign({ a: 1, b: 1 }, { b: 2 })", "({ a: 1, b: 2 })"),
        function("Object.is", 2, "a, b", is)
            .spec("sec-object.is")
            .about("whether both are the same value: NaN is itself, 0 is not -0")
            .example("Object.is(NaN, NaN)", "true"),
        function("Object.hasOwn", 2, "object, key", has_own)
            .spec("sec-object.hasown")
            .about("whether it has a property of its own under the key")
            .example("Object.hasOwn({ a: 1 }, 'toString')", "false"),
        function("Object.groupBy", 2, "items, callback", group_by)
            .spec("sec-object.groupby")
            .about("the items in arrays by the key that the callback gives for each")
            .example(
                "Object.groupBy([1, 2, 3], x => x % 2 ? 'odd' : 'even')",
                "({ odd: [1, 3], even: [2] })",
            ),
        function("Object.freeze", 1, "value", |call| Ok(call.argument(0).clone()))
            .spec("sec-object.freeze")
            .about("the value itself: all are immutable")
            .example("Object.freeze(1)", "1"),
        function("Object.isFrozen", 1, "value", |_| Ok(Value::Bool(true)))
            .spec("sec-object.isfrozen")
            .about("true: all values are immutable")
            .example("Object.isFrozen({ a: 1 })", "true"),
    ],
);

pub(super) static METHODS: &[Builtin] = &numbered(
    Group::ObjectMethods,
    [
        function("Object.prototype.hasOwnProperty", 1, "key", has_own_method)
            .spec("sec-object.prototype.hasownproperty")
            .about("whether it has a property of its own under the key")
            .example("({ a: 1 }).hasOwnProperty('a')", "true"),
        function("Object.prototype.isPrototypeOf", 1, "value", |_| Ok(Value::Bool(false)))
            .spec("sec-object.prototype.isprototypeof")
            .about("false: no value is the prototype of another")
            .example("({}).isPrototypeOf({})", "false"),
        function("Object.prototype.propertyIsEnumerable", 1, "key", property_is_enumerable)
            .spec("sec-object.prototype.propertyisenumerable")
            .about("whether it has an own property that `Object.keys` shows")
            .example("[1].propertyIsEnumerable('length')", "false"),
        function("Object.prototype.toString", 0, "", to_string)
            .spec("sec-object.prototype.tostring")
            .about("what kind of value it is, as text")
            .example("({}).toString()", "'[object Object]'"),
        function("Object.prototype.toLocaleString", 0, "", |call| {
            invoke_method(call, call.this, "toString", &[])
        })
        .spec("sec-object.prototype.tolocalestring")
        .about("the same as `toString()`")
        .example("({}).toLocaleString()", "'[object Object]'"),
        function("Object.prototype.valueOf", 0, "", value_of)
            .spec("sec-object.prototype.valueof")
            .about("the value itself")
            .example("[1].valueOf()", "[1]"),
    ],
);

/// What a property costs in an object that is being built: key, value, and their place in the index.
const PROPERTY: usize = 64;

#[cold]
fn no_object() -> Thrown {
    Thrown::type_error("Cannot convert undefined or null to object")
}

fn pay_for_properties(call: &mut Call<'_>, value: &Value) -> Result<(), Thrown> {
    call.charge(property_count(value))?;
    call.allocate(property_count(value).saturating_mul(PROPERTY))
}

/// Calls `visit` for the own properties that `Object.keys` shows, in JavaScript's order; each is paid for.
fn each_property(
    call: &mut Call<'_>,
    value: &Value,
    mut visit: impl FnMut(Str, Value) -> Result<(), Thrown>,
) -> Result<(), Thrown> {
    pay_for_properties(call, value)?;
    let index = |at: usize| number::to_js_string(at as f64);
    match value {
        Value::Object(object) => object.entries().try_for_each(|(key, value)| {
            // Who builds an object of them hashes them.
            call.host.scan(key.byte_len())?;
            visit(key.clone(), value.clone())
        }),
        Value::Array(array) => {
            array.iter().enumerate().try_for_each(|(at, item)| visit(index(at), item.clone()))?;
            let extra = array.extra().into_iter().flat_map(Object::entries);
            extra.into_iter().try_for_each(|(key, value)| visit(key.clone(), value.clone()))
        }
        Value::String(text) => text
            .units()
            .enumerate()
            .try_for_each(|(at, unit)| visit(index(at), Value::String(Str::from_unit(unit)))),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::Closure(_) | Value::Native(_) | Value::Regex(_) => Ok(()),
    }
}

fn property_count(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len(),
        Value::Array(array) => array.len() + array.extra().map_or(0, Object::len),
        Value::String(text) => text.len(),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::Closure(_) | Value::Native(_) | Value::Regex(_) => 0,
    }
}

fn list(call: &mut Call<'_>, item: impl Fn(Value, Value) -> Outcome) -> Outcome {
    let object = call.argument(0);
    if object.is_nullish() {
        return Err(no_object());
    }
    let mut items = Vec::with_capacity(property_count(object).min(1 << 16));
    each_property(call, object, |key, value| {
        items.push(item(Value::String(key), value)?);
        Ok(())
    })?;
    Array::new(items).map(Value::Array)
}

/// `Object.keys` of argument 0.
pub(super) fn keys(call: &mut Call<'_>) -> Outcome {
    let value = call.argument(0);
    let Value::Object(object) = value else { return list(call, |key, _| Ok(key)) };
    // Its values are not looked at: they may be somebody's to fetch.
    pay_for_properties(call, value)?;
    let keys = object.keys().iter().map(|key| {
        call.host.scan(key.byte_len())?;
        Ok(Value::String(key.clone()))
    });
    Array::new(keys.collect::<Result<_, Thrown>>()?).map(Value::Array)
}

/// `Object.values` of argument 0.
pub(super) fn values(call: &mut Call<'_>) -> Outcome {
    list(call, |_, value| Ok(value))
}

fn pair(key: Value, value: Value) -> Outcome {
    Array::new(vec![key, value]).map(Value::Array)
}

fn from_entries(call: &mut Call<'_>) -> Outcome {
    let Value::Array(entries) = call.argument(0) else {
        return match call.argument(0) {
            Value::String(text) if text.is_empty() => Ok(Value::Object(Object::empty())),
            Value::String(text) => Err(no_entry(call, &Value::String(text.slice(0, 1)))),
            // V8 says less of what is not there at all.
            Value::Undefined => Err(Thrown::type_error("undefined is not iterable")),
            other => Err(not_iterable(call, other)),
        };
    };
    call.charge(entries.len())?;
    call.allocate(entries.len().saturating_mul(PROPERTY))?;
    let mut builder = ObjectBuilder::with_capacity(entries.len());
    for entry in entries.iter() {
        if !is_object(entry) {
            return Err(no_entry(call, entry));
        }
        let part = |at: &str| own_property(entry, &Str::from(at)).unwrap_or_default();
        let key = to_property_key(&part("0"), call.host)?;
        builder.insert(key, part("1"));
    }
    builder.build().map(Value::Object)
}

#[cold]
fn no_entry(call: &mut Call<'_>, entry: &Value) -> Thrown {
    match call.shown(entry) {
        Ok(shown) => Thrown::type_error(format!("Iterator value {shown} is not an entry object")),
        Err(thrown) => thrown,
    }
}

fn assign(call: &mut Call<'_>) -> Outcome {
    let target = call.argument(0);
    if target.is_nullish() {
        return Err(no_object());
    }
    let sources = call.arguments.get(1..).unwrap_or_default();
    call.charge(sources.len())?;
    if sources.iter().all(|source| property_count(source) == 0) {
        return Ok(target.clone());
    }
    match target {
        Value::Object(_) => {
            let mut builder = ObjectBuilder::with_capacity(property_count(target));
            for source in call.arguments {
                each_property(call, source, |key, value| {
                    builder.insert(key, value);
                    Ok(())
                })?;
            }
            builder.build().map(Value::Object)
        }
        Value::Array(array) => {
            call.allocate_items(array.len())?;
            let mut items = array.to_vec();
            for source in sources {
                each_property(call, source, |key, value| {
                    let at = key.as_array_index().map_or(usize::MAX, |at| at as usize);
                    if at == items.len() {
                        items.push(value);
                    } else if let Some(item) = items.get_mut(at) {
                        *item = value;
                    } else {
                        let text = format!("Cannot add property {key}, object is not extensible");
                        return Err(Thrown::type_error(text));
                    }
                    Ok(())
                })?;
            }
            Array::new(items).map(Value::Array)
        }
        Value::String(text) => {
            for source in sources {
                each_property(call, source, |key, _| {
                    let at = key.as_array_index().map_or(usize::MAX, |at| at as usize);
                    if at < text.len() || key == "length" {
                        let what = "of object '[object String]'";
                        return Err(Thrown::type_error(format!(
                            "Cannot assign to read only property '{key}' {what}"
                        )));
                    }
                    Ok(())
                })?;
            }
            Ok(target.clone())
        }
        // JavaScript would hang the properties on a wrapper, which nothing here could show.
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => Ok(target.clone()),
        Value::Closure(_) | Value::Native(_) | Value::Regex(_) => {
            Err(Thrown::type_error("Cannot add properties, object is not extensible"))
        }
    }
}

fn is(call: &mut Call<'_>) -> Outcome {
    let (a, b) = (call.argument(0), call.argument(1));
    if let (Value::String(a), Value::String(b)) = (a, b) {
        call.host.scan(a.byte_len().min(b.byte_len()))?;
    }
    Ok(Value::Bool(same_value(a, b)))
}

fn has_own(call: &mut Call<'_>) -> Outcome {
    let (object, key) = (call.argument(0), call.argument(1));
    if object.is_nullish() {
        return Err(no_object());
    }
    let key = to_property_key(key, call.host)?;
    Ok(Value::Bool(has_own_key(object, &key)))
}

fn has_own_method(call: &mut Call<'_>) -> Outcome {
    let key = to_property_key(call.argument(0), call.host)?;
    if call.this.is_nullish() {
        return Err(no_object());
    }
    Ok(Value::Bool(has_own_key(call.this, &key)))
}

fn has_own_key(object: &Value, key: &Str) -> bool {
    match object {
        Value::Native(native) => has_own_property(object, key) || static_member(native, key).is_some(),
        _ => has_own_property(object, key),
    }
}

fn property_is_enumerable(call: &mut Call<'_>) -> Outcome {
    let key = to_property_key(call.argument(0), call.host)?;
    if call.this.is_nullish() {
        return Err(no_object());
    }
    Ok(Value::Bool(match call.this {
        Value::Object(object) => object.shape().slot(&key).is_some(),
        Value::Array(_) | Value::String(_) => key != "length" && has_own_property(call.this, &key),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::Closure(_) | Value::Native(_) | Value::Regex(_) => false,
    }))
}

fn group_by(call: &mut Call<'_>) -> Outcome {
    let (items, callback) = (call.argument(0), call.callback(1)?);
    let items = call.iterate(items)?;
    call.allocate_items(items.len())?;
    let mut groups: indexmap::IndexMap<Str, Vec<Value>> = indexmap::IndexMap::new();
    for (at, item) in items.iter().enumerate() {
        let key = call.invoke(callback, &[item.clone(), Value::Number(at as f64)])?;
        let key = to_property_key(&key, call.host)?;
        if !groups.contains_key(&key) {
            call.allocate(PROPERTY)?;
        }
        groups.entry(key).or_default().push(item.clone());
    }
    let mut builder = ObjectBuilder::with_capacity(groups.len());
    for (key, items) in groups {
        builder.insert(key, Value::Array(Array::new(items)?));
    }
    builder.build().map(Value::Object)
}

fn to_string(call: &mut Call<'_>) -> Outcome {
    let tag = match call.this {
        Value::Undefined => "Undefined",
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Number",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Object(_) => "Object",
        Value::Native(native) if native.is_namespace => native.name,
        Value::Closure(_) | Value::Native(_) => "Function",
        Value::Regex(_) => "RegExp",
    };
    Ok(Value::from(format!("[object {tag}]")))
}

fn value_of(call: &mut Call<'_>) -> Outcome {
    if call.this.is_nullish() { Err(no_object()) } else { Ok(call.this.clone()) }
}
