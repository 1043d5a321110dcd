//! Operators on quick values. Each gives `None` where it takes more than looking: calling, paying, making a text.

use super::{Kind, Quick, of_parts};
use crate::value::equality::is_strictly_equal;
use crate::value::{BYTES_PER_UNIT, Value, operators};

/// Two operands as numbers.
#[inline(always)]
fn numbers(a: Quick<'_>, b: Quick<'_>) -> Option<(f64, f64)> {
    if a.kind == Kind::Number && b.kind == Kind::Number {
        return Some((a.number, b.number));
    }
    let ((a, x, v), (b, y, w)) = (a.parts(), b.parts());
    converted(a, x, v, b, y, w)
}

/// Two operands that are not both numbers, as numbers: `env` holds strings. Two texts are compared as texts.
#[inline(never)]
fn converted(a: Kind, x: f64, v: &Value, b: Kind, y: f64, w: &Value) -> Option<(f64, f64)> {
    let (a, b) = (of_parts((a, x, v)), of_parts((b, y, w)));
    if a.is_text() && b.is_text() {
        return None;
    }
    Some((a.to_number()?, b.to_number()?))
}

/// Whether `a === b`; `None` where it takes paying for.
#[inline(always)]
fn are_same(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a.kind, b.kind) {
        (Kind::Number, Kind::Number) => Some(a.number == b.number),
        (Kind::Borrowed, Kind::Borrowed) => same_borrowed(a.value, b.value),
        // A number is borrowed nowhere.
        (Kind::Number, _) | (_, Kind::Number) => Some(false),
        _ => Some(same_bool(a.kind, a.value, b.kind, b.value)),
    }
}

#[inline(never)]
fn same_borrowed(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => {
            let is_paid = a.byte_len() == b.byte_len() && a.byte_len() >= BYTES_PER_UNIT;
            (!is_paid).then(|| a == b)
        }
        (a, b) => Some(is_strictly_equal(a, b)),
    }
}

#[inline(never)]
fn same_bool(a: Kind, v: &Value, b: Kind, w: &Value) -> bool {
    let (a, b) = (of_parts((a, 0.0, v)).as_bool(), of_parts((b, 0.0, w)).as_bool());
    a.is_some() && a == b
}

/// Whether `a == b`, of two numbers, or where one side is null or undefined.
#[inline(always)]
fn are_equal(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a.kind, b.kind) {
        (Kind::Number, Kind::Number) => Some(a.number == b.number),
        _ if a.is_nullish() => Some(b.is_nullish()),
        _ if b.is_nullish() => Some(false),
        _ => None,
    }
}

macro_rules! operators {
    ($($name:ident($left:ident, $right:ident) $body:block)*) => {$(
        #[inline(always)]
        pub(in crate::vm) fn $name<'a>($left: Quick<'a>, $right: Quick<'a>) -> Option<Quick<'a>> {
            Some($body)
        }
    )*};
}

macro_rules! comparisons {
    ($($name:ident $operator:tt)*) => {
        operators! {$($name(left, right) {
            let (left, right) = numbers(left, right)?;
            Quick::bool(left $operator right)
        })*}
    };
}

macro_rules! arithmetic {
    ($($name:ident $make:expr;)*) => {
        operators! {$($name(left, right) {
            let (left, right) = numbers(left, right)?;
            Quick::number($make(left, right))
        })*}
    };
}

operators! {
    equal(left, right) { Quick::bool(are_equal(left, right)?) }
    not_equal(left, right) { Quick::bool(!are_equal(left, right)?) }
    strict_equal(left, right) { Quick::bool(are_same(left, right)?) }
    strict_not_equal(left, right) { Quick::bool(!are_same(left, right)?) }
    add(left, right) {
        // Beside a text it would append.
        if left.kind != Kind::Number || right.kind != Kind::Number {
            return None;
        }
        Quick::number(left.number + right.number)
    }
}

comparisons! {
    less <
    less_equal <=
    greater >
    greater_equal >=
}

arithmetic! {
    subtract |a, b| a - b;
    multiply |a, b| a * b;
    divide |a, b| a / b;
    remainder operators::number_remainder;
    exponent operators::number_power;
}
