//! The four equalities of ECMA-262 section 7.2.

use super::coercion::{Hint, is_object, text_to_number, to_primitive};
use super::{Invoke, Thrown, Value};
use std::sync::Arc;

/// `a === b` (section 7.2.15, IsStrictlyEqual). Compares strings to their end, uncharged.
#[must_use]
#[inline]
pub fn is_strictly_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b,
        _ => is_same_other(a, b),
    }
}

/// SameValue (section 7.2.10): NaN is itself, 0 is not −0. `Object.is`.
#[must_use]
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        _ => is_same_other(a, b),
    }
}

/// SameValueZero (section 7.2.11): NaN is itself, 0 is −0. `Array.prototype.includes`.
#[must_use]
pub fn same_value_zero(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || (a.is_nan() && b.is_nan()),
        _ => is_same_other(a, b),
    }
}

/// What the equalities agree upon: everything but two numbers (section 7.2.12, SameValueNonNumber).
fn is_same_other(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.is_same(b),
        (Value::Object(a), Value::Object(b)) => a.is_same(b),
        (Value::Closure(a), Value::Closure(b)) => Arc::ptr_eq(a, b),
        (Value::Native(a), Value::Native(b)) => std::ptr::eq(*a, *b),
        (Value::Regex(a), Value::Regex(b)) => a.is_same(b),
        _ => false,
    }
}

/// `a == b` (section 7.2.14, IsLooselyEqual).
///
/// # Errors
/// What an object's own `valueOf` or `toString` throws, and the limits.
pub fn is_loosely_equal(a: &Value, b: &Value, host: &mut dyn Invoke) -> Result<bool, Thrown> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Ok(a == b),
        (Value::String(x), Value::String(y)) => {
            host.scan(x.byte_len().min(y.byte_len()))?;
            Ok(x == y)
        }
        (Value::Undefined | Value::Null, _) => Ok(b.is_nullish()),
        (_, Value::Undefined | Value::Null) => Ok(false),
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Bool(claim), _) => is_loosely_equal(&Value::from(u32::from(*claim)), b, host),
        (_, Value::Bool(claim)) => is_loosely_equal(a, &Value::from(u32::from(*claim)), host),
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            host.scan(text.byte_len())?;
            Ok(*number == text_to_number(text))
        }
        _ => match (is_object(a), is_object(b)) {
            (true, true) | (false, false) => Ok(is_strictly_equal(a, b)),
            (true, false) => is_loosely_equal(&to_primitive(a, Hint::Default, host)?, b, host),
            (false, true) => is_loosely_equal(a, &to_primitive(b, Hint::Default, host)?, host),
        },
    }
}
