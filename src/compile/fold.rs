//! Operators on constants, computed once: by the very functions that the machine calls.
//!
//! Only primitives are folded, so that objects keep their identity, and nothing that throws: what would throw at
//! run time throws at run time.

use crate::syntax::{BinaryOp, UnaryOp};
use crate::value::json::Unmetered;
use crate::value::{Thrown, Value, coercion, operators};

/// The longest text that folding makes, in bytes: a long chain of `+` is not to copy its sum again and again.
const LONGEST: usize = 256;

/// `left op right`, if both are primitives and it does not throw.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    if !is_primitive(left) || !is_primitive(right) {
        return None;
    }
    let run: fn(&Value, &Value, &mut dyn crate::value::Invoke) -> Result<Value, Thrown> = match op {
        BinaryOp::Coalesce | BinaryOp::Or | BinaryOp::And | BinaryOp::In => return None,
        BinaryOp::BitOr => operators::bit_or,
        BinaryOp::BitXor => operators::bit_xor,
        BinaryOp::BitAnd => operators::bit_and,
        BinaryOp::Equal => operators::equal,
        BinaryOp::NotEqual => operators::not_equal,
        BinaryOp::StrictEqual => operators::strict_equal,
        BinaryOp::StrictNotEqual => operators::strict_not_equal,
        BinaryOp::Less => operators::less,
        BinaryOp::LessEqual => operators::less_equal,
        BinaryOp::Greater => operators::greater,
        BinaryOp::GreaterEqual => operators::greater_equal,
        BinaryOp::ShiftLeft => operators::shift_left,
        BinaryOp::ShiftRight => operators::shift_right,
        BinaryOp::ShiftRightUnsigned => operators::shift_right_unsigned,
        BinaryOp::Add => operators::add,
        BinaryOp::Subtract => operators::subtract,
        BinaryOp::Multiply => operators::multiply,
        BinaryOp::Divide => operators::divide,
        BinaryOp::Remainder => operators::remainder,
        BinaryOp::Exponent => operators::exponent,
    };
    let length = |value: &Value| match value {
        Value::String(text) => text.byte_len(),
        _ => 0,
    };
    if length(left) + length(right) > LONGEST {
        return None;
    }
    run(left, right, &mut Unmetered).ok()
}

/// `op operand`, if the operand is a primitive.
pub(super) fn unary(op: UnaryOp, operand: &Value) -> Option<Value> {
    if !is_primitive(operand) {
        return None;
    }
    match op {
        UnaryOp::Not => Some(operators::not(operand)),
        UnaryOp::BitNot => operators::bit_not(operand, &mut Unmetered).ok(),
        UnaryOp::Plus => operators::plus(operand, &mut Unmetered).ok(),
        UnaryOp::Minus => operators::negate(operand, &mut Unmetered).ok(),
        UnaryOp::Typeof => Some(operators::type_of(operand)),
        UnaryOp::Void => Some(Value::Undefined),
    }
}

fn is_primitive(value: &Value) -> bool {
    !coercion::is_object(value)
}
