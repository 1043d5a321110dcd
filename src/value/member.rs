//! Own properties: what `value.name` and `value[key]` find on the value itself.
//!
//! Methods are inherited and belong to the built-ins, which are asked after this room has found nothing.

use super::coercion::function_name;
use super::number::array_index;
use super::{Array, Closure, Native, Regex, Str, Thrown, Value};

/// The value of an own property, `None` where there is none. O(1), except for the units of a string that is not
/// ASCII, which are O(index).
///
/// Getters that JavaScript inherits and that say something of the value itself (`length` of a string, `flags` of a
/// regular expression) are answered here too. `null` and `undefined` have none: see [`cannot_read`].
#[must_use]
pub fn own_property(value: &Value, key: &Str) -> Option<Value> {
    match value {
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => None,
        Value::Object(object) => object.get(key).cloned(),
        Value::String(text) => string_property(text, key),
        Value::Array(array) => array_property(array, key),
        Value::Closure(closure) => closure_property(closure, key),
        Value::Native(native) => native_property(native, key),
        Value::Regex(regex) => regex_property(regex, key),
    }
}

/// Whether [`own_property`] finds a value, `Object.hasOwn` in effect.
#[must_use]
pub fn has_own_property(value: &Value, key: &Str) -> bool {
    match value {
        Value::Object(object) => object.shape().slot(key).is_some(),
        Value::String(text) => {
            *key == "length" || key.as_array_index().is_some_and(|index| (index as usize) < text.len())
        }
        _ => own_property(value, key).is_some(),
    }
}

/// The item or unit at a number key, `None` where this way cannot tell: the key is no array index, or `value`
/// is neither array nor string. An index past the end is `Some(undefined)`.
#[must_use]
#[inline]
pub fn index(value: &Value, key: &Value) -> Option<Value> {
    let Value::Number(number) = key else { return None };
    match value {
        Value::Array(array) => Some(array.get(array_index(*number)? as usize).cloned().unwrap_or_default()),
        Value::String(text) => Some(unit_at(text, array_index(*number)?).unwrap_or_default()),
        _ => None,
    }
}

fn unit_at(text: &Str, index: u32) -> Option<Value> {
    text.unit(index as usize).map(|unit| Value::String(Str::from_unit(unit)))
}

fn string_property(text: &Str, key: &Str) -> Option<Value> {
    if *key == "length" {
        return Some(Value::Number(text.len() as f64));
    }
    unit_at(text, key.as_array_index()?)
}

fn array_property(array: &Array, key: &Str) -> Option<Value> {
    if *key == "length" {
        return Some(Value::Number(array.len() as f64));
    }
    match key.as_array_index() {
        Some(index) => array.get(index as usize).cloned(),
        None => array.extra()?.get(key).cloned(),
    }
}

fn closure_property(closure: &Closure, key: &Str) -> Option<Value> {
    match key.as_str()? {
        "length" => Some(Value::from(closure.length)),
        "name" => Some(Value::String(closure.name.clone())),
        _ => None,
    }
}

fn native_property(native: &'static Native, key: &Str) -> Option<Value> {
    match key.as_str()? {
        "length" if !native.is_namespace => Some(Value::from(u32::from(native.length))),
        "name" if !native.is_namespace => Some(Value::from(function_name(native))),
        _ => None,
    }
}

fn regex_property(regex: &Regex, key: &Str) -> Option<Value> {
    let flag = |flag: char| Some(Value::Bool(regex.flags().contains(flag)));
    match key.as_str()? {
        "lastIndex" => Some(Value::Number(0.0)),
        "source" => Some(Value::from(regex.pattern())),
        "flags" => Some(Value::from(regex.flags())),
        "hasIndices" => flag('d'),
        "global" => flag('g'),
        "ignoreCase" => flag('i'),
        "multiline" => flag('m'),
        "dotAll" => flag('s'),
        "unicode" => flag('u'),
        "unicodeSets" => flag('v'),
        "sticky" => flag('y'),
        _ => None,
    }
}

/// V8's error for a property of `null` or `undefined`: `Cannot read properties of undefined (reading 'x')`.
#[must_use]
#[cold]
pub fn cannot_read(value: &Value, key: &str) -> Thrown {
    let what = if matches!(value, Value::Null) { "null" } else { "undefined" };
    Thrown::type_error(format!("Cannot read properties of {what} (reading '{key}')"))
}
