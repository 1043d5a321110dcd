//! Operators on quick values. Each gives `None` where it takes more than looking: calling, paying, making a text.

use super::{Quick, to_number};
use crate::bytecode::Operator;
use crate::value::equality::is_strictly_equal;
use crate::value::{BYTES_PER_UNIT, Str, Value, operators};

/// The value of an operator that needs all of its operands. Where there is one, it is the left.
#[inline(always)]
pub(super) fn operate<'a>(operator: Operator, left: Quick<'a>, right: Quick<'a>) -> Option<Quick<'a>> {
    let claim = match operator {
        Operator::Less => compare(left, right, |a, b| a < b),
        Operator::LessEqual => compare(left, right, |a, b| a <= b),
        Operator::Greater => compare(left, right, |a, b| a > b),
        Operator::GreaterEqual => compare(left, right, |a, b| a >= b),
        Operator::StrictEqual => are_same(left, right),
        Operator::StrictNotEqual => are_same(left, right).map(|claim| !claim),
        Operator::Equal => are_equal(left, right),
        Operator::NotEqual => are_equal(left, right).map(|claim| !claim),
        Operator::Add => return add(left, right),
        Operator::Subtract => return calculate(left, right, |a, b| a - b),
        Operator::Multiply => return calculate(left, right, |a, b| a * b),
        Operator::Divide => return calculate(left, right, |a, b| a / b),
        Operator::Remainder => return calculate(left, right, operators::number_remainder),
        Operator::Exponent => return calculate(left, right, operators::number_power),
        Operator::Minus => return calculate(left, Quick::number(-1.0), |a, b| a * b),
        Operator::Not => Some(!left.truthy()),
        // Which operands these read depends on the first.
        Operator::And | Operator::Or | Operator::Coalesce | Operator::Choose => return None,
    };
    claim.map(Quick::bool)
}

#[inline(always)]
fn compare(a: Quick<'_>, b: Quick<'_>, claim: impl Fn(f64, f64) -> bool) -> Option<bool> {
    let (a, b) = numbers(a, b)?;
    Some(claim(a, b))
}

#[inline(always)]
fn calculate<'a>(a: Quick<'a>, b: Quick<'a>, make: impl Fn(f64, f64) -> f64) -> Option<Quick<'a>> {
    let (a, b) = numbers(a, b)?;
    Some(Quick::number(make(a, b)))
}

#[inline(always)]
fn add<'a>(a: Quick<'a>, b: Quick<'a>) -> Option<Quick<'a>> {
    // Beside a text it would append.
    match (a.value, b.value) {
        (None, None) => Some(Quick::number(a.number + b.number)),
        _ => None,
    }
}

/// Two operands as numbers.
#[inline(always)]
fn numbers(a: Quick<'_>, b: Quick<'_>) -> Option<(f64, f64)> {
    match (a.value, b.value) {
        (None, None) => Some((a.number, b.number)),
        (v, w) => converted(v, a.number, w, b.number),
    }
}

/// Two operands that are not both numbers, as numbers: `env` holds strings. Two texts are compared as texts.
#[inline(never)]
fn converted(v: Option<&Value>, a: f64, w: Option<&Value>, b: f64) -> Option<(f64, f64)> {
    if let (Some(Value::String(_)), Some(Value::String(_))) = (v, w) {
        return None;
    }
    let number = |value, number| match value {
        None => Some(number),
        Some(value) => to_number(value),
    };
    Some((number(v, a)?, number(w, b)?))
}

/// Whether `a === b`; `None` where it takes paying for.
#[inline(always)]
fn are_same(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a.value, b.value) {
        (None, None) => Some(a.number == b.number),
        (Some(Value::String(a)), Some(Value::String(b))) => a.is_short_same(b).or_else(|| same_texts(a, b)),
        (Some(a), Some(b)) => Some(is_same(a, b)),
        // A number is borrowed nowhere.
        _ => Some(false),
    }
}

#[inline(never)]
fn same_texts(a: &Str, b: &Str) -> Option<bool> {
    let is_paid = a.byte_len() == b.byte_len() && a.byte_len() >= BYTES_PER_UNIT;
    (!is_paid).then(|| a == b)
}

#[inline(never)]
fn is_same(a: &Value, b: &Value) -> bool {
    is_strictly_equal(a, b)
}

/// Whether `a == b`, of two numbers, or where one side is null or undefined.
#[inline(always)]
fn are_equal(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a.value, b.value) {
        (None, None) => Some(a.number == b.number),
        _ if a.is_nullish() => Some(b.is_nullish()),
        _ if b.is_nullish() => Some(false),
        _ => None,
    }
}
