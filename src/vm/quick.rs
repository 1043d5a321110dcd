//! The quick loop: loads, jumps, comparisons and arithmetic on numbers, which is what most gates and many callbacks
//! are made of.
//!
//! It tries, and gives up where it meets anything else: a string to be concatenated, a property of `null`, a text too
//! long to compare for nothing. The general loop in [`run`](super::run) then does the whole function again. That
//! cannot be seen from outside: values do not change, a function here calls nothing, and draws are taken back. Its
//! values are `Copy`, so that nothing has to be dropped.

mod operator;
mod sweep;
mod text;

pub(super) use sweep::Sweep;

use super::operand::Operand;
use crate::bytecode::{CaptureSource, Code, Function, Op, Path, QUICK_STACK, Source};
use crate::draw::Cursor;
use crate::value::coercion::text_to_number;
use crate::value::{BYTES_PER_UNIT, Value};

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

// As wide as a word: a copy has no padding to move.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
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
    pub(super) fn bool(claim: bool) -> Self {
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

    /// What it is borrowed from, if it is no number or boolean of its own.
    #[inline(always)]
    pub(super) fn borrowed(self) -> Option<&'a Value> {
        (self.kind == Kind::Borrowed).then_some(self.value)
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

    /// As [`new`](Self::new), for a function whose values [`text`](Self::text) joins.
    #[inline(always)]
    pub(super) fn of_text(
        code: &'a Code,
        function: &'a Function,
        variables: V,
        captures: &'a [Value],
    ) -> Option<Self> {
        let ops = &function.ops;
        function.is_text.then_some(Self { code, ops, is_direct: false, variables, captures })
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
        let outcome = if self.is_direct {
            self.dispatch(self.ops, &mut [], locals, draws)
        } else {
            self.run_waiting(locals, draws)
        };
        if outcome.is_none() {
            draws.rewind(before);
        }
        outcome
    }

    #[inline(never)]
    fn run_waiting(&self, locals: &[Quick<'a>], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        self.dispatch(self.ops, &mut [Quick::UNDEFINED; QUICK_STACK], locals, draws)
    }

    /// The loop, with room for operands that wait. Where the instructions end, so does it.
    #[inline(always)]
    fn dispatch<const WAITING: usize>(
        &self,
        ops: &'a [Op],
        waiting: &mut [Quick<'a>; WAITING],
        locals: &[Quick<'a>],
        draws: &mut Cursor<'_>,
    ) -> Option<Quick<'a>> {
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
        macro_rules! operate {
            ($right:expr, $operator:path) => {{
                let (left, right) = operands!($right);
                acc = $operator(left, right)?;
            }};
        }
        loop {
            let Some(op) = ops.get(pc) else { return Some(acc) };
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
                // Of a hole: texts and numbers are joined as they stand, and anything else is given up on there.
                Op::ToKey => {}
                Op::JumpIfFalse(_) | Op::JumpIfTrue(_) | Op::JumpIfPresent(_) | Op::JumpIfNullish(_) => {}
                Op::Return => return Some(acc),
                Op::Not => acc = Quick::bool(!acc.truthy()),
                Op::Minus => acc = Quick::number(-acc.to_number()?),
                Op::Equal(right) => operate!(right, operator::equal),
                Op::NotEqual(right) => operate!(right, operator::not_equal),
                Op::StrictEqual(right) => operate!(right, operator::strict_equal),
                Op::StrictNotEqual(right) => operate!(right, operator::strict_not_equal),
                Op::Less(right) => operate!(right, operator::less),
                Op::LessEqual(right) => operate!(right, operator::less_equal),
                Op::Greater(right) => operate!(right, operator::greater),
                Op::GreaterEqual(right) => operate!(right, operator::greater_equal),
                Op::Add(right) => operate!(right, operator::add),
                Op::Subtract(right) => operate!(right, operator::subtract),
                Op::Multiply(right) => operate!(right, operator::multiply),
                Op::Divide(right) => operate!(right, operator::divide),
                Op::Remainder(right) => operate!(right, operator::remainder),
                Op::Exponent(right) => operate!(right, operator::exponent),
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
                local.borrowed()
            }
        }
    }
}
