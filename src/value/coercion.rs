//! The abstract operations that turn one type into another (ECMA-262 section 7.1).
//!
//! Objects may have `toString` and `valueOf` of their own, which the coercion calls: that is why everything here
//! takes an [`Invoke`]. What objects inherit in JavaScript is written out: nothing else can be inherited here.

use super::number::{self, JsNumber, js_text};
use super::{Array, Invoke, Native, Object, Str, StrBuilder, Thrown, Value};

/// Which type a conversion to a primitive would like (ECMA-262 section 7.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Operators that take both: `+` and `==`. Means the same as [`Hint::Number`] for all our values.
    Default,
    /// Template literals, property keys.
    String,
    /// Arithmetic and comparison.
    Number,
}

/// ToNumber (ECMA-262 section 7.1.4).
///
/// # Errors
/// What the object's own `valueOf` or `toString` throws, `TypeError` where neither gives a primitive,
/// `LimitError` where reading a long text would cost too much.
#[inline]
pub fn to_number(value: &Value, host: &mut dyn Invoke) -> Result<f64, Thrown> {
    match value {
        Value::Number(number) => Ok(*number),
        _ => to_number_slow(value, host),
    }
}

fn to_number_slow(value: &Value, host: &mut dyn Invoke) -> Result<f64, Thrown> {
    match value {
        Value::Undefined => Ok(f64::NAN),
        Value::Null => Ok(0.0),
        Value::Bool(claim) => Ok(f64::from(u8::from(*claim))),
        Value::Number(number) => Ok(*number),
        Value::String(text) => {
            host.scan(text.byte_len())?;
            Ok(text_to_number(text))
        }
        Value::Array(_) | Value::Object(_) | Value::Closure(_) | Value::Native(_) | Value::Regex(_) => {
            let primitive = to_primitive(value, Hint::Number, host)?;
            to_number(&primitive, host)
        }
    }
}

/// StringToNumber (ECMA-262 section 7.1.4.1.1). O(text), uncharged.
#[must_use]
pub fn text_to_number(text: &Str) -> f64 {
    if let digits @ [_, ..] = text.text_bytes()
        && digits.len() < 10
        && digits.iter().all(u8::is_ascii_digit)
    {
        return f64::from(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')));
    }
    // A lone surrogate is no white space and in no number.
    text.as_str().map_or(f64::NAN, number::parse_number_literal)
}

/// ToString (ECMA-262 section 7.1.17).
///
/// # Errors
/// As [`to_primitive`]; `RangeError` for a string too long, `LimitError` for one too costly.
#[inline]
pub fn to_string(value: &Value, host: &mut dyn Invoke) -> Result<Str, Thrown> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number::to_js_string(*number)),
        _ => to_string_slow(value, host),
    }
}

fn to_string_slow(value: &Value, host: &mut dyn Invoke) -> Result<Str, Thrown> {
    match value {
        Value::Undefined => Ok(Str::from("undefined")),
        Value::Null => Ok(Str::from("null")),
        Value::Bool(claim) => Ok(Str::from(if *claim { "true" } else { "false" })),
        Value::Number(number) => Ok(number::to_js_string(*number)),
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) | Value::Closure(_) | Value::Native(_) | Value::Regex(_) => {
            let primitive = to_primitive(value, Hint::String, host)?;
            to_string(&primitive, host)
        }
    }
}

/// ToPrimitive (ECMA-262 section 7.1.1): an object's own `toString` and `valueOf` count if they can be called,
/// and take the place of the inherited ones if they cannot.
///
/// # Errors
/// What these functions throw; `TypeError` where neither gives a primitive.
pub fn to_primitive(value: &Value, hint: Hint, host: &mut dyn Invoke) -> Result<Value, Thrown> {
    match value {
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Ok(value.clone())
        }
        Value::Object(object) => object_to_primitive(object, hint, host),
        Value::Array(array) => join(array, &Str::from(","), host).map(Value::String),
        Value::Closure(closure) => Ok(Value::String(host.closure_source(closure))),
        Value::Native(native) => Ok(Value::String(native_source(native))),
        Value::Regex(regex) => Ok(Value::from(format!("/{}/{}", regex.pattern(), regex.flags()))),
    }
}

/// OrdinaryToPrimitive (ECMA-262 section 7.1.1.1).
fn object_to_primitive(object: &Object, hint: Hint, host: &mut dyn Invoke) -> Result<Value, Thrown> {
    let names = match hint {
        Hint::String => ["toString", "valueOf"],
        Hint::Number | Hint::Default => ["valueOf", "toString"],
    };
    for name in names {
        match object.get_str(name) {
            Some(own) if own.is_callable() => {
                let result = host.invoke(own, &Value::Object(object.clone()), &[])?;
                if !is_object(&result) {
                    return Ok(result);
                }
            }
            // In the way of the inherited method, and skipped.
            Some(_) => {}
            // Object.prototype.valueOf gives the object itself, which is no primitive.
            None if name == "valueOf" => {}
            None => return Ok(Value::from("[object Object]")),
        }
    }
    Err(Thrown::type_error("Cannot convert object to primitive value"))
}

fn native_source(native: &Native) -> Str {
    if native.is_namespace {
        return Str::from(format!("[object {}]", native.name));
    }
    Str::from(format!("function {}() {{ [native code] }}", function_name(native)))
}

/// A built-in's `name`: what follows the last point of its qualified name.
#[must_use]
pub fn function_name(native: &Native) -> &'static str {
    native.name.rsplit('.').next().unwrap_or(native.name)
}

/// What `items.join(separator)` gives: `null` and `undefined` are empty (ECMA-262 section 23.1.3.18).
///
/// # Errors
/// As [`to_string`] of each item.
pub fn join(array: &Array, separator: &Str, host: &mut dyn Invoke) -> Result<Str, Thrown> {
    // Arrays nest up to MAX_DEPTH, and each level is a few frames.
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || join_items(array, separator, host))
}

fn join_items(array: &Array, separator: &Str, host: &mut dyn Invoke) -> Result<Str, Thrown> {
    if let [only] = array.items() {
        host.charge(1)?;
        return if only.is_nullish() { Ok(Str::EMPTY) } else { to_string(only, host) };
    }
    let mut text = StrBuilder::new();
    for (at, item) in array.items().iter().enumerate() {
        host.charge(1)?;
        if at > 0 {
            text.push_charged(separator, host)?;
        }
        match item {
            Value::Undefined | Value::Null => {}
            Value::String(part) => text.push_charged(part, host)?,
            Value::Number(number) => text.push_text(js_text(&mut JsNumber::default(), *number)),
            _ => text.push_charged(&to_string(item, host)?, host)?,
        }
    }
    text.finish_checked()
}

/// ToPropertyKey (ECMA-262 section 7.1.19); there are no symbols, so the key is a string. Looking for a long one,
/// which means to hash or to compare it, is paid for here.
///
/// # Errors
/// As [`to_string`], and `LimitError` where looking for it would cost too much.
pub fn to_property_key(value: &Value, host: &mut dyn Invoke) -> Result<Str, Thrown> {
    let key = to_string(value, host)?;
    host.scan(key.byte_len())?;
    Ok(key)
}

/// ToIntegerOrInfinity (ECMA-262 section 7.1.5).
///
/// # Errors
/// As [`to_number`].
pub fn to_integer_or_infinity(value: &Value, host: &mut dyn Invoke) -> Result<f64, Thrown> {
    to_number(value, host).map(number::integer_or_infinity)
}

/// ToInt32 (ECMA-262 section 7.1.6).
///
/// # Errors
/// As [`to_number`].
pub fn to_int32(value: &Value, host: &mut dyn Invoke) -> Result<i32, Thrown> {
    to_number(value, host).map(number::int32)
}

/// ToUint32 (ECMA-262 section 7.1.7).
///
/// # Errors
/// As [`to_number`].
pub fn to_uint32(value: &Value, host: &mut dyn Invoke) -> Result<u32, Thrown> {
    to_number(value, host).map(number::uint32)
}

/// ToLength (ECMA-262 section 7.1.20): an integer from 0 to 2⁵³ − 1.
///
/// # Errors
/// As [`to_number`].
pub fn to_length(value: &Value, host: &mut dyn Invoke) -> Result<f64, Thrown> {
    to_number(value, host).map(number::length)
}

/// Whether it is an object in JavaScript's sense: has an identity and is no primitive.
#[must_use]
pub fn is_object(value: &Value) -> bool {
    match value {
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        Value::Array(_) | Value::Object(_) | Value::Closure(_) | Value::Native(_) | Value::Regex(_) => true,
    }
}
