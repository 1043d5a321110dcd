//! What each operator does: the meaning of the rows of the operator table.
//!
//! Two numbers take the short way; everything else goes through the coercions, out of line. Folding and running
//! call these same functions.

use super::coercion::{Hint, is_object, to_number, to_primitive, to_property_key, to_string};
use super::equality::{is_loosely_equal, is_strictly_equal};
use super::member::has_own_property;
use super::number::elementary;
use super::number::{int32, uint32};
use super::{Invoke, Str, Thrown, Value};

type Outcome = Result<Value, Thrown>;

/// Defines a binary operator: what it does with two numbers, and with anything else by making it two numbers.
macro_rules! arithmetic {
    ($($(#[$doc:meta])* $name:ident($a:ident, $b:ident) => $numbers:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Where an operand cannot be made a number; see [`to_number`].
        #[inline]
        pub fn $name(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
            if let (Value::Number($a), Value::Number($b)) = (a, b) {
                let ($a, $b) = (*$a, *$b);
                return Ok(Value::from($numbers));
            }
            let ($a, $b) = both_numbers(a, b, host)?;
            Ok(Value::from($numbers))
        }
    )*};
}

#[inline(never)]
fn both_numbers(a: &Value, b: &Value, host: &mut dyn Invoke) -> Result<(f64, f64), Thrown> {
    Ok((to_number(a, host)?, to_number(b, host)?))
}

arithmetic! {
    /// `a - b`
    subtract(a, b) => a - b;
    /// `a * b`
    multiply(a, b) => a * b;
    /// `a / b`
    divide(a, b) => a / b;
    /// `a % b`: the sign is the dividend's (ECMA-262 section 6.1.6.1.6).
    remainder(a, b) => number_remainder(a, b);
    /// `a ** b` (ECMA-262 section 6.1.6.1.3).
    exponent(a, b) => number_power(a, b);
    /// `a << b`
    shift_left(a, b) => int32(a).wrapping_shl(uint32(b));
    /// `a >> b`
    shift_right(a, b) => int32(a).wrapping_shr(uint32(b));
    /// `a >>> b`
    shift_right_unsigned(a, b) => uint32(a).wrapping_shr(uint32(b));
    /// `a & b`
    bit_and(a, b) => int32(a) & int32(b);
    /// `a | b`
    bit_or(a, b) => int32(a) | int32(b);
    /// `a ^ b`
    bit_xor(a, b) => int32(a) ^ int32(b);
}

/// `a % b` of two numbers. Whole ones, the usual case of a gate, are spared the slow division of doubles.
#[inline]
#[must_use]
pub fn number_remainder(a: f64, b: f64) -> f64 {
    let (whole_a, whole_b) = (nearest(a), nearest(b));
    // By their bits: -0 is no whole number here, for the sign of zero is the dividend's.
    let is_whole = |number: f64, whole: u32| f64::from(whole).to_bits() == number.to_bits();
    if is_whole(a, whole_a) && is_whole(b, whole_b) && whole_b != 0 {
        return f64::from(whole_a % whole_b);
    }
    wide_remainder(a, b)
}

/// The number itself, if it is a whole one from 0 to 2³² − 1; else some other number.
///
/// Adding 2⁵² moves the units of a double to the end of its bits: half of what a conversion takes, which must mind NaN
/// and what is out of range.
#[inline(always)]
fn nearest(number: f64) -> u32 {
    (number + (1_u64 << 52) as f64).to_bits() as u32
}

#[inline(never)]
fn wide_remainder(a: f64, b: f64) -> f64 {
    // Signed: a conversion to unsigned and back costs several times as many instructions.
    let (whole_a, whole_b) = (a as i64, b as i64);
    let is_whole = whole_a as f64 == a && whole_b as f64 == b;
    // Bounded, because what saturates may come back equal; the sign of zero is the dividend's, which must not be lost.
    let is_usual = (0..1 << 53).contains(&whole_a) && (1..1 << 53).contains(&whole_b) && a.is_sign_positive();
    if is_whole && is_usual { (whole_a % whole_b) as f64 } else { a % b }
}

/// `a ** b` of two numbers.
#[must_use]
pub fn number_power(a: f64, b: f64) -> f64 {
    elementary::pow(a, b)
}

/// `a + b` (ECMA-262 section 13.15.3): a string if either side is one, once both are primitive.
///
/// # Errors
/// `RangeError` for a string too long, `LimitError` for one too costly, and as [`to_primitive`].
#[inline]
pub fn add(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a + b)),
        (Value::String(a), Value::String(b)) => concatenate(a, b, host),
        _ => add_slow(a, b, host),
    }
}

#[inline(never)]
fn add_slow(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
    let a = to_primitive(a, Hint::Default, host)?;
    let b = to_primitive(b, Hint::Default, host)?;
    if matches!(a, Value::String(_)) || matches!(b, Value::String(_)) {
        return concatenate(&to_string(&a, host)?, &to_string(&b, host)?, host);
    }
    Ok(Value::Number(to_number(&a, host)? + to_number(&b, host)?))
}

fn concatenate(a: &Str, b: &Str, host: &mut dyn Invoke) -> Outcome {
    if a.is_empty() {
        return Ok(Value::String(b.clone()));
    }
    if b.is_empty() {
        return Ok(Value::String(a.clone()));
    }
    let bytes = a.byte_len() + b.byte_len();
    if bytes > Str::INLINE {
        if bytes > Str::MAX_UNITS && a.len() + b.len() > Str::MAX_UNITS {
            return Err(invalid_string_length());
        }
        host.allocate(bytes)?;
    }
    Ok(Value::String(Str::concat(&[a, b])))
}

/// V8's error for a string longer than [`Str::MAX_UNITS`].
#[must_use]
#[cold]
pub fn invalid_string_length() -> Thrown {
    Thrown::range("Invalid string length")
}

/// Defines a comparison (ECMA-262 section 7.2.13): numbers, else two strings by units, else both as numbers.
macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $operator:tt)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// As [`to_primitive`] and [`to_number`] of the operands, left one first.
        #[inline]
        pub fn $name(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
            if let (Value::Number(a), Value::Number(b)) = (a, b) {
                return Ok(Value::Bool(a $operator b));
            }
            Ok(Value::Bool(match comparable(a, b, host)? {
                Comparable::Numbers(a, b) => a $operator b,
                Comparable::Strings(a, b) => a $operator b,
            }))
        }
    )*};
}

comparisons! {
    /// `a < b`
    less <
    /// `a <= b`
    less_equal <=
    /// `a > b`
    greater >
    /// `a >= b`
    greater_equal >=
}

enum Comparable {
    Numbers(f64, f64),
    Strings(Str, Str),
}

#[inline(never)]
fn comparable(a: &Value, b: &Value, host: &mut dyn Invoke) -> Result<Comparable, Thrown> {
    let a = to_primitive(a, Hint::Number, host)?;
    let b = to_primitive(b, Hint::Number, host)?;
    if let (Value::String(a), Value::String(b)) = (&a, &b) {
        host.scan(a.byte_len().min(b.byte_len()))?;
        return Ok(Comparable::Strings(a.clone(), b.clone()));
    }
    Ok(Comparable::Numbers(to_number(&a, host)?, to_number(&b, host)?))
}

/// `a === b`
///
/// # Errors
/// `LimitError` where comparing long strings would cost too much.
#[inline]
pub fn strict_equal(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
    charge_equality(a, b, host)?;
    Ok(Value::Bool(is_strictly_equal(a, b)))
}

/// `a !== b`
///
/// # Errors
/// `LimitError` where comparing long strings would cost too much.
#[inline]
pub fn strict_not_equal(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
    charge_equality(a, b, host)?;
    Ok(Value::Bool(!is_strictly_equal(a, b)))
}

#[inline]
fn charge_equality(a: &Value, b: &Value, host: &mut dyn Invoke) -> Result<(), Thrown> {
    match (a, b) {
        // Strings of different lengths are told apart at once.
        (Value::String(a), Value::String(b)) if a.byte_len() == b.byte_len() => host.scan(a.byte_len()),
        _ => Ok(()),
    }
}

/// `a == b`
///
/// # Errors
/// As [`is_loosely_equal`].
pub fn equal(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
    is_loosely_equal(a, b, host).map(Value::Bool)
}

/// `a != b`
///
/// # Errors
/// As [`is_loosely_equal`].
pub fn not_equal(a: &Value, b: &Value, host: &mut dyn Invoke) -> Outcome {
    is_loosely_equal(a, b, host).map(|equal| Value::Bool(!equal))
}

/// `key in object` (ECMA-262 section 13.10.1): own properties and what the built-ins say is inherited.
///
/// # Errors
/// `TypeError` where the right side is no object.
pub fn is_in(key: &Value, object: &Value, host: &mut dyn Invoke) -> Outcome {
    if !is_object(object) {
        return Err(not_searchable(key, object, host));
    }
    let key = to_property_key(key, host)?;
    Ok(Value::Bool(has_own_property(object, &key) || host.has_inherited(object, &key)))
}

/// V8's words: `Cannot use 'in' operator to search for 'a' in b`.
#[cold]
fn not_searchable(key: &Value, object: &Value, host: &mut dyn Invoke) -> Thrown {
    let mut shown = |value: &Value| to_string(value, host).map(|text| text.to_text().into_owned());
    match (shown(key), shown(object)) {
        (Ok(key), Ok(object)) => {
            Thrown::type_error(format!("Cannot use 'in' operator to search for '{key}' in {object}"))
        }
        (Err(thrown), _) | (_, Err(thrown)) => thrown,
    }
}

/// `-value`
///
/// # Errors
/// As [`to_number`].
#[inline]
pub fn negate(value: &Value, host: &mut dyn Invoke) -> Outcome {
    to_number(value, host).map(|number| Value::Number(-number))
}

/// `+value`
///
/// # Errors
/// As [`to_number`].
#[inline]
pub fn plus(value: &Value, host: &mut dyn Invoke) -> Outcome {
    to_number(value, host).map(Value::Number)
}

/// `~value`
///
/// # Errors
/// As [`to_number`].
#[inline]
pub fn bit_not(value: &Value, host: &mut dyn Invoke) -> Outcome {
    to_number(value, host).map(|number| Value::from(!int32(number)))
}

/// `!value`
#[must_use]
#[inline]
pub fn not(value: &Value) -> Value {
    Value::Bool(!value.truthy())
}

/// `typeof value`
#[must_use]
pub fn type_of(value: &Value) -> Value {
    Value::from(value.type_of())
}
