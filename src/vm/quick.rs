//! The quick loop: loads, jumps, comparisons and arithmetic on numbers, which is what most gates and many callbacks
//! are made of.
//!
//! It tries, and gives up where it meets anything else: a string to be concatenated, a property of `null`, a text too
//! long to compare for nothing. The general loop in [`run`](super::run) then does the whole function again. That
//! cannot be seen from outside: values do not change, a function here calls nothing, and draws are taken back. Its
//! values are `Copy`, so that nothing has to be dropped.

use super::operand::Operand;
use crate::bytecode::{CaptureSource, Code, Function, Op, Path, QUICK_STACK, Source};
use crate::draw::Cursor;
use crate::value::equality::is_strictly_equal;
use crate::value::{BYTES_PER_UNIT, Value, operators};

/// A value without anything to drop.
#[derive(Clone, Copy)]
pub(super) enum Quick<'a> {
    Number(f64),
    Bool(bool),
    Borrowed(&'a Value),
}

impl<'a> Quick<'a> {
    const UNDEFINED: Self = Self::Borrowed(&Value::Undefined);

    /// The value that `value` is, to be kept beside it.
    #[inline]
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(*number),
            other => Self::Borrowed(other),
        }
    }

    /// The same value without borrowing it; `None` where there is something to be dropped.
    #[inline]
    pub(super) fn copied(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Some(Self::Number(*number)),
            Value::Bool(claim) => Some(Self::Bool(*claim)),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn into_operand(self) -> Operand<'a> {
        match self {
            Self::Number(number) => Operand::number(number),
            Self::Bool(claim) => Operand::bool(claim),
            Self::Borrowed(value) => Operand::Borrowed(value),
        }
    }

    #[inline]
    fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            // What may be a number is made one when it is borrowed.
            Self::Bool(_) | Self::Borrowed(_) => None,
        }
    }

    #[inline]
    fn truthy(self) -> bool {
        match self {
            Self::Number(number) => number != 0.0 && !number.is_nan(),
            Self::Bool(claim) => claim,
            Self::Borrowed(value) => value.truthy(),
        }
    }

    #[inline]
    fn is_nullish(self) -> bool {
        matches!(self, Self::Borrowed(Value::Undefined | Value::Null))
    }
}

/// `a === b`; `None` where it takes paying for.
#[inline]
fn strict_equal(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a, b) {
        (Quick::Number(a), Quick::Number(b)) => Some(a == b),
        (Quick::Borrowed(Value::String(a)), Quick::Borrowed(Value::String(b))) => {
            let is_paid = a.byte_len() == b.byte_len() && a.byte_len() >= BYTES_PER_UNIT;
            (!is_paid).then(|| a == b)
        }
        (Quick::Borrowed(a), Quick::Borrowed(b)) => Some(is_strictly_equal(a, b)),
        (Quick::Bool(a), Quick::Bool(b)) => Some(a == b),
        (Quick::Bool(a), Quick::Borrowed(b)) | (Quick::Borrowed(b), Quick::Bool(a)) => {
            Some(matches!(b, Value::Bool(b) if *b == a))
        }
        // A number is borrowed nowhere: see `Quick::of`.
        (Quick::Number(_), _) | (_, Quick::Number(_)) => Some(false),
    }
}

/// `a == b` of two numbers, or where one side is null or undefined.
#[inline]
fn loose_equal(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => Some(a == b),
        _ if a.is_nullish() => Some(b.is_nullish()),
        _ if b.is_nullish() => Some(false),
        _ => None,
    }
}

/// The value of a function that [`Function::is_quick`] says may be tried; `None` where the general loop is needed.
/// Its length is to be paid for before.
#[inline]
pub(super) fn run<'a>(
    code: &'a Code,
    function: &'a Function,
    variables: &'a [Value],
    captures: &'a [Value],
    locals: &[Quick<'a>],
    draws: &mut Cursor<'_>,
) -> Option<Quick<'a>> {
    let before = draws.position();
    let outcome = Loop { code, variables, captures, locals }.run(&function.ops, draws);
    if outcome.is_none() {
        draws.rewind(before);
    }
    outcome
}

struct Loop<'a, 'l> {
    code: &'a Code,
    variables: &'a [Value],
    captures: &'a [Value],
    locals: &'l [Quick<'a>],
}

impl<'a> Loop<'a, '_> {
    fn run(&self, ops: &'a [Op], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        let mut waiting = [Quick::UNDEFINED; QUICK_STACK];
        let mut height = 0;
        let mut acc = Quick::UNDEFINED;
        let mut pc = 0;
        // Left and right operand of an operator; the left one waits if the right one is in the accumulator.
        macro_rules! operands {
            ($right:expr) => {
                match $right {
                    Source::Const(index) => (acc, Quick::of(&self.code.constants[index.get()])),
                    Source::Path(index) => (acc, self.path(&self.code.paths[index.get()])?),
                    Source::Local(local) => (acc, *self.locals.get(local.get())?),
                    Source::Stack => {
                        height -= 1;
                        (*waiting.get(height)?, acc)
                    }
                }
            };
        }
        macro_rules! compare {
            ($right:expr, $operator:tt) => {{
                let (left, right) = operands!($right);
                acc = Quick::Bool(left.number()? $operator right.number()?);
            }};
        }
        macro_rules! compute {
            ($right:expr, $a:ident, $b:ident => $make:expr) => {{
                let (left, right) = operands!($right);
                let ($a, $b) = (left.number()?, right.number()?);
                acc = Quick::Number($make);
            }};
        }
        loop {
            let op = ops.get(pc)?;
            pc += 1;
            match *op {
                Op::Const(index) => acc = Quick::of(&self.code.constants[index.get()]),
                Op::Variable(slot) => {
                    acc = self.variables.get(slot.get()).map_or(Quick::UNDEFINED, Quick::of)
                }
                Op::Local(local) => acc = *self.locals.get(local.get())?,
                Op::Capture(capture) => acc = Quick::of(self.captures.get(capture.get())?),
                Op::Path(index) => acc = self.path(&self.code.paths[index.get()])?,
                Op::Random => acc = Quick::Number(draws.random()),
                Op::Draw => acc = Quick::Number(draws.first()),
                Op::Push => {
                    *waiting.get_mut(height)? = acc;
                    height += 1;
                }
                Op::Jump(to) => pc = to.get(),
                Op::JumpIfFalse(to) if !acc.truthy() => pc = to.get(),
                Op::JumpIfTrue(to) if acc.truthy() => pc = to.get(),
                Op::JumpIfPresent(to) if !acc.is_nullish() => pc = to.get(),
                Op::JumpIfNullish(to) if acc.is_nullish() => {
                    acc = Quick::UNDEFINED;
                    pc = to.get();
                }
                Op::JumpIfFalse(_) | Op::JumpIfTrue(_) | Op::JumpIfPresent(_) | Op::JumpIfNullish(_) => {}
                Op::Return => return Some(acc),
                Op::Not => acc = Quick::Bool(!acc.truthy()),
                Op::Minus => acc = Quick::Number(-acc.number()?),
                Op::Equal(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::Bool(loose_equal(left, right)?);
                }
                Op::NotEqual(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::Bool(!loose_equal(left, right)?);
                }
                Op::StrictEqual(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::Bool(strict_equal(left, right)?);
                }
                Op::StrictNotEqual(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::Bool(!strict_equal(left, right)?);
                }
                Op::Less(right) => compare!(right, <),
                Op::LessEqual(right) => compare!(right, <=),
                Op::Greater(right) => compare!(right, >),
                Op::GreaterEqual(right) => compare!(right, >=),
                Op::Add(right) => compute!(right, a, b => a + b),
                Op::Subtract(right) => compute!(right, a, b => a - b),
                Op::Multiply(right) => compute!(right, a, b => a * b),
                Op::Divide(right) => compute!(right, a, b => a / b),
                Op::Remainder(right) => compute!(right, a, b => operators::number_remainder(a, b)),
                Op::Exponent(right) => compute!(right, a, b => operators::number_power(a, b)),
                _ => return None,
            }
        }
    }

    #[inline]
    fn path(&self, path: &'a Path) -> Option<Quick<'a>> {
        let mut value: &'a Value = match path.root {
            CaptureSource::Variable(slot) => self.variables.get(slot.get())?,
            CaptureSource::Capture(capture) => self.captures.get(capture.get())?,
            CaptureSource::Local(local) => match *self.locals.get(local.get())? {
                Quick::Borrowed(value) => value,
                Quick::Number(_) | Quick::Bool(_) => return None,
            },
        };
        for key in &path.keys {
            match value {
                Value::Object(object) => match key.find(object) {
                    Some(found) => value = found,
                    None if key.is_inherited => return None,
                    None => value = &Value::Undefined,
                },
                _ => return None,
            }
        }
        Some(Quick::of(value))
    }
}
