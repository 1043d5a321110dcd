//! Numbers: to text and back as V8 does it, and the integer conversions of ECMA-262 section 7.1.
//!
//! Shortest digits come from `ryu-js`, exact decimal digits from the standard library (with JavaScript's
//! rounding of ties put right), exact parsing from `f64::from_str` behind JavaScript's own grammar.

pub(crate) mod elementary;
mod format;
mod parse;

pub(crate) use format::write_js_text;
pub(in crate::value) use format::{JsNumber, js_text};
pub use format::{to_exponential, to_fixed, to_js_string, to_precision, to_radix};
pub(crate) use parse::is_white_space;
pub use parse::{parse_float_prefix, parse_int, parse_number_literal};

/// The largest integer `n` such that `n` and `n + 1` are both exact: `Number.MAX_SAFE_INTEGER`, 2⁵³ − 1.
pub const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Whether it is a finite number without a fraction (`Number.isInteger`).
#[must_use]
pub fn is_integer(number: f64) -> bool {
    number.is_finite() && number.trunc() == number
}

/// Whether it is an integer that a double holds without neighbours falling onto it (`Number.isSafeInteger`).
#[must_use]
pub fn is_safe_integer(number: f64) -> bool {
    is_integer(number) && number.abs() <= MAX_SAFE_INTEGER
}

/// ToIntegerOrInfinity (ECMA-262 section 7.1.5) of a number: NaN is 0, and there is no −0.
#[must_use]
pub fn integer_or_infinity(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() + 0.0 }
}

/// ToInt32 (ECMA-262 section 7.1.6) of a number: modulo 2³².
#[must_use]
#[inline]
pub fn int32(number: f64) -> i32 {
    let near = number as i32;
    if f64::from(near) == number { near } else { int32_slow(number) }
}

/// ToUint32 (ECMA-262 section 7.1.7) of a number: modulo 2³².
#[must_use]
#[inline]
pub fn uint32(number: f64) -> u32 {
    int32(number) as u32
}

fn int32_slow(number: f64) -> i32 {
    if number.abs() < 9.2e18 {
        return number as i64 as i32;
    }
    if !number.is_finite() {
        return 0;
    }
    // Exact: a double this large is an integer, and so is its remainder.
    (number % 4_294_967_296.0) as i64 as i32
}

/// ToLength (ECMA-262 section 7.1.20) of a number: an integer from 0 to 2⁵³ − 1.
#[must_use]
pub fn length(number: f64) -> f64 {
    integer_or_infinity(number).clamp(0.0, MAX_SAFE_INTEGER)
}

/// The number as an array index, if it is an integer from 0 to 2³² − 2. −0 is index 0.
#[must_use]
#[inline]
pub fn array_index(number: f64) -> Option<u32> {
    let index = number as u32;
    (f64::from(index) == number && index != u32::MAX).then_some(index)
}

#[cfg(test)]
mod tests;
