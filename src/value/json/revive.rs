//! The second argument of `JSON.parse` (ECMA-262 section 25.5.1.1, InternalizeJSONProperty).

use crate::value::{Array, Invoke, Object, ObjectBuilder, Str, Thrown, Value, number};

/// What `JSON.parse` makes of a parsed value with a reviver: every value, innermost first, is replaced by what
/// `reviver(key, value)` gives. Properties for which that is `undefined` go away; items stay, as `undefined`.
///
/// # Errors
/// What the reviver throws, and the limits.
pub fn revive(value: Value, reviver: &Value, host: &mut dyn Invoke) -> Result<Value, Thrown> {
    let mut root = ObjectBuilder::new();
    root.insert(Str::EMPTY, value.clone());
    let holder = Value::Object(root.build()?);
    property(&holder, Str::EMPTY, &value, reviver, host)
}

fn property(
    holder: &Value,
    key: Str,
    value: &Value,
    reviver: &Value,
    host: &mut dyn Invoke,
) -> Result<Value, Thrown> {
    host.charge(1)?;
    let inner = match value {
        Value::Array(items) => stacked(|| array(value, items, reviver, host))?,
        Value::Object(entries) => stacked(|| object(value, entries, reviver, host))?,
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            value.clone()
        }
        Value::Closure(_) | Value::Native(_) | Value::Regex(_) => value.clone(),
    };
    host.invoke(reviver, holder, &[Value::String(key), inner])
}

/// Values nest up to `MAX_DEPTH`, and each level is a few frames.
pub(super) fn stacked<T>(level: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, level)
}

fn array(holder: &Value, items: &Array, reviver: &Value, host: &mut dyn Invoke) -> Result<Value, Thrown> {
    host.allocate(size_of_val(items.items()))?;
    let mut revived = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        revived.push(property(holder, number::to_js_string(at as f64), item, reviver, host)?);
    }
    Array::new(revived).map(Value::Array)
}

fn object(holder: &Value, entries: &Object, reviver: &Value, host: &mut dyn Invoke) -> Result<Value, Thrown> {
    host.allocate(size_of_val(entries.values()))?;
    let mut revived = ObjectBuilder::with_capacity(entries.len());
    for (key, value) in entries.entries() {
        host.scan(key.byte_len())?;
        match property(holder, key.clone(), value, reviver, host)? {
            Value::Undefined => {}
            kept => revived.insert(key.clone(), kept),
        }
    }
    revived.build().map(Value::Object)
}
