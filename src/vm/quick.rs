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
use crate::value::coercion::text_to_number;
use crate::value::equality::is_strictly_equal;
use crate::value::{BYTES_PER_UNIT, Value, operators};

/// A value without anything to drop.
///
/// Fields apart, not an enum: so the accumulator stays in registers from one instruction to the next.
#[derive(Clone, Copy)]
pub(super) struct Quick<'a> {
    kind: Kind,
    /// Of a number.
    number: f64,
    /// Of what is borrowed.
    value: &'a Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    True,
    False,
    /// Anything, but no number: see [`Quick::of`].
    Borrowed,
}

impl<'a> Quick<'a> {
    pub(super) const UNDEFINED: Self = Self { kind: Kind::Borrowed, number: 0.0, value: &Value::Undefined };

    /// The value that `value` is, to be kept beside it.
    #[inline(always)]
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::Number(number) => Self::number(*number),
            other => Self { kind: Kind::Borrowed, number: 0.0, value: other },
        }
    }

    #[inline(always)]
    pub(super) fn number(number: f64) -> Self {
        Self { kind: Kind::Number, number, value: &Value::Undefined }
    }

    #[inline(always)]
    fn bool(claim: bool) -> Self {
        let kind = if claim { Kind::True } else { Kind::False };
        Self { kind, number: 0.0, value: &Value::Undefined }
    }

    #[inline]
    pub(super) fn into_operand(self) -> Operand<'a> {
        match self.kind {
            Kind::Number => Operand::number(self.number),
            Kind::True => Operand::bool(true),
            Kind::False => Operand::bool(false),
            Kind::Borrowed => Operand::Borrowed(self.value),
        }
    }

    #[inline]
    pub(super) fn into_value(self) -> Value {
        match self.kind {
            Kind::Number => Value::Number(self.number),
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Borrowed => self.value.clone(),
        }
    }

    #[inline(always)]
    pub(super) fn truthy(self) -> bool {
        match self.kind {
            Kind::Number => self.number != 0.0 && !self.number.is_nan(),
            Kind::True => true,
            Kind::False => false,
            Kind::Borrowed => self.value.truthy(),
        }
    }

    #[inline(always)]
    fn is_nullish(self) -> bool {
        self.kind == Kind::Borrowed && self.value.is_nullish()
    }

    /// Itself, if it is a boolean, wherever that is.
    fn as_bool(self) -> Option<bool> {
        match (self.kind, self.value) {
            (Kind::True, _) | (Kind::Borrowed, Value::Bool(true)) => Some(true),
            (Kind::False, _) | (Kind::Borrowed, Value::Bool(false)) => Some(false),
            (Kind::Number | Kind::Borrowed, _) => None,
        }
    }

    /// ToNumber; `None` where it takes calling or paying for.
    fn to_number(self) -> Option<f64> {
        match (self.kind, self.value) {
            (Kind::Number, _) => Some(self.number),
            (Kind::True, _) | (Kind::Borrowed, Value::Bool(true)) => Some(1.0),
            (Kind::False, _) | (Kind::Borrowed, Value::Bool(false) | Value::Null) => Some(0.0),
            (Kind::Borrowed, Value::Undefined) => Some(f64::NAN),
            (Kind::Borrowed, Value::String(text)) if text.byte_len() < BYTES_PER_UNIT => {
                Some(text_to_number(text))
            }
            (Kind::Borrowed, _) => None,
        }
    }

    fn is_text(self) -> bool {
        self.kind == Kind::Borrowed && matches!(self.value, Value::String(_))
    }

    /// Its fields, as they are passed where a call is made: in registers. An accumulator whose address is taken would
    /// live in memory.
    #[inline(always)]
    fn parts(self) -> (Kind, f64, &'a Value) {
        (self.kind, self.number, self.value)
    }
}

/// What [`Quick::parts`] gives.
type Parts<'a> = (Kind, f64, &'a Value);

fn of_parts((kind, number, value): Parts<'_>) -> Quick<'_> {
    Quick { kind, number, value }
}

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

/// `a === b`; `None` where it takes paying for.
#[inline(always)]
fn strict_equal(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
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

/// `a == b` of two numbers, or where one side is null or undefined.
#[inline(always)]
fn loose_equal(a: Quick<'_>, b: Quick<'_>) -> Option<bool> {
    match (a.kind, b.kind) {
        (Kind::Number, Kind::Number) => Some(a.number == b.number),
        _ if a.is_nullish() => Some(b.is_nullish()),
        _ if b.is_nullish() => Some(false),
        _ => None,
    }
}

/// Where variables are: side by side, or wherever the host has them.
pub(super) trait Variables<'a>: Copy {
    fn at(self, slot: usize) -> Option<&'a Value>;
}

impl<'a> Variables<'a> for &'a [Value] {
    #[inline]
    fn at(self, slot: usize) -> Option<&'a Value> {
        self.get(slot)
    }
}

impl<'a> Variables<'a> for &[&'a Value] {
    #[inline]
    fn at(self, slot: usize) -> Option<&'a Value> {
        self.get(slot).copied()
    }
}

/// A function that [`Function::is_quick`] says may be tried, with all that it reads but for its locals: made once, run
/// as often as it is called.
pub(super) struct Trial<'a, V> {
    code: &'a Code,
    ops: &'a [Op],
    /// Most functions keep nothing waiting, and then there is no stack to be cleared.
    is_direct: bool,
    variables: V,
    captures: &'a [Value],
}

impl<'a, V: Variables<'a>> Trial<'a, V> {
    /// `None` for a function that is not quick.
    #[inline(always)]
    pub(super) fn new(
        code: &'a Code,
        function: &'a Function,
        variables: V,
        captures: &'a [Value],
    ) -> Option<Self> {
        let Function { ops, is_direct, .. } = function;
        function.is_quick.then_some(Self { code, ops, is_direct: *is_direct, variables, captures })
    }

    /// What a call costs, to be paid before it.
    #[inline(always)]
    pub(super) fn cost(&self) -> u64 {
        self.ops.len() as u64
    }

    /// The value of a call; `None` where the general loop is needed.
    #[inline(always)]
    pub(super) fn run(&self, locals: &[Quick<'a>], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        let before = draws.position();
        let outcome =
            if self.is_direct { self.dispatch::<0>(locals, draws) } else { self.run_waiting(locals, draws) };
        if outcome.is_none() {
            draws.rewind(before);
        }
        outcome
    }

    #[inline(never)]
    fn run_waiting(&self, locals: &[Quick<'a>], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        self.dispatch::<QUICK_STACK>(locals, draws)
    }

    /// The loop, with room for so many operands that wait.
    #[inline(always)]
    fn dispatch<const WAITING: usize>(
        &self,
        locals: &[Quick<'a>],
        draws: &mut Cursor<'_>,
    ) -> Option<Quick<'a>> {
        let ops = self.ops;
        let mut waiting = [Quick::UNDEFINED; WAITING];
        let mut height = 0;
        let mut acc = Quick::UNDEFINED;
        let mut pc = 0;
        // Left and right operand of an operator; the left one waits if the right one is in the accumulator.
        macro_rules! operands {
            ($right:expr) => {
                match $right {
                    Source::Const(index) => (acc, Quick::of(&self.code.constants[index.get()])),
                    Source::Path(index) => (acc, self.path(locals, &self.code.paths[index.get()])?),
                    Source::Local(local) => (acc, *locals.get(local.get())?),
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
                let (left, right) = numbers(left, right)?;
                acc = Quick::bool(left $operator right);
            }};
        }
        macro_rules! compute {
            ($right:expr, $a:ident, $b:ident => $make:expr) => {{
                let (left, right) = operands!($right);
                let ($a, $b) = numbers(left, right)?;
                acc = Quick::number($make);
            }};
        }
        loop {
            let op = ops.get(pc)?;
            pc += 1;
            match *op {
                Op::Const(index) => acc = Quick::of(&self.code.constants[index.get()]),
                Op::Variable(slot) => acc = self.variables.at(slot.get()).map_or(Quick::UNDEFINED, Quick::of),
                Op::Local(local) => acc = *locals.get(local.get())?,
                Op::Capture(capture) => acc = Quick::of(self.captures.get(capture.get())?),
                Op::Path(index) => acc = self.path(locals, &self.code.paths[index.get()])?,
                Op::Random => acc = Quick::number(draws.random()),
                Op::Draw => acc = Quick::number(draws.first()),
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
                Op::Not => acc = Quick::bool(!acc.truthy()),
                Op::Minus => acc = Quick::number(-acc.to_number()?),
                Op::Equal(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::bool(loose_equal(left, right)?);
                }
                Op::NotEqual(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::bool(!loose_equal(left, right)?);
                }
                Op::StrictEqual(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::bool(strict_equal(left, right)?);
                }
                Op::StrictNotEqual(right) => {
                    let (left, right) = operands!(right);
                    acc = Quick::bool(!strict_equal(left, right)?);
                }
                Op::Less(right) => compare!(right, <),
                Op::LessEqual(right) => compare!(right, <=),
                Op::Greater(right) => compare!(right, >),
                Op::GreaterEqual(right) => compare!(right, >=),
                Op::Add(right) => {
                    let (left, right) = operands!(right);
                    // Beside a text it would append.
                    if left.kind != Kind::Number || right.kind != Kind::Number {
                        return None;
                    }
                    acc = Quick::number(left.number + right.number);
                }
                Op::Subtract(right) => compute!(right, a, b => a - b),
                Op::Multiply(right) => compute!(right, a, b => a * b),
                Op::Divide(right) => compute!(right, a, b => a / b),
                Op::Remainder(right) => compute!(right, a, b => operators::number_remainder(a, b)),
                Op::Exponent(right) => compute!(right, a, b => operators::number_power(a, b)),
                _ => return None,
            }
        }
    }

    #[inline(always)]
    fn path(&self, locals: &[Quick<'a>], path: &'a Path) -> Option<Quick<'a>> {
        match self.find(locals, path) {
            Some(value) => Some(Quick::of(value)),
            None => self.length(locals, path).map(Quick::number),
        }
    }

    /// The value at a path through objects. A pointer, that comes in a register.
    #[inline(never)]
    fn find(&self, locals: &[Quick<'a>], path: &'a Path) -> Option<&'a Value> {
        let mut value = self.root(locals, path)?;
        for key in &path.keys {
            let Value::Object(object) = value else { return None };
            match key.find(object) {
                Some(found) => value = found,
                None if key.is_inherited => return None,
                None => value = &Value::Undefined,
            }
        }
        Some(value)
    }

    /// The length of what is at a path but for its last key.
    #[inline(never)]
    fn length(&self, locals: &[Quick<'a>], path: &'a Path) -> Option<f64> {
        let (last, before) = path.keys.split_last()?;
        let mut value = self.root(locals, path)?;
        for key in before {
            let Value::Object(object) = value else { return None };
            value = key.find(object)?;
        }
        match value {
            Value::Array(array) if last.is_length => Some(array.len() as f64),
            Value::String(text) if last.is_length => Some(text.len() as f64),
            _ => None,
        }
    }

    #[inline(always)]
    fn root(&self, locals: &[Quick<'a>], path: &Path) -> Option<&'a Value> {
        match path.root {
            CaptureSource::Variable(slot) => self.variables.at(slot.get()),
            CaptureSource::Capture(capture) => self.captures.get(capture.get()),
            CaptureSource::Local(local) => {
                let local = locals.get(local.get())?;
                (local.kind == Kind::Borrowed).then_some(local.value)
            }
        }
    }
}
