//! Callbacks of one operator, `x => x.price > 10` or `(sum, x) => sum + x`, called for one item after the other.
//!
//! What an item costs is mostly entering the loop, and finding members. So nothing is entered here: the two operands
//! are read where they are, what does not change is read once, and items of one shape have their members in one slot.

use super::operator;
use super::{Quick, Trial, Variables};
use crate::bytecode::{CaptureSource, Key, Op, Path, Source};
use crate::value::{Object, Shape, Slot, Value};
use std::cell::Cell;
use std::ptr;

/// A function of at most one operator, ready to be called for many items.
pub(in crate::vm) struct Sweep<'a> {
    left: Term<'a>,
    operation: Option<(Op, Term<'a>)>,
    cost: u64,
}

/// An operand.
enum Term<'a> {
    /// The same in each call.
    Fixed(Quick<'a>),
    /// An argument.
    Argument(usize),
    /// A member of an argument.
    Member(usize, Member<'a>),
}

/// A key, and where it was in objects of the shape seen last. They are alive as long as the sweep, so that no other
/// shape can come to lie at the same address.
struct Member<'a> {
    key: &'a Key,
    seen: Cell<(*const Shape, Slot)>,
}

impl<'a> Sweep<'a> {
    /// `None` for functions that do more.
    pub(in crate::vm) fn new<V: Variables<'a>>(trial: &Trial<'a, V>) -> Option<Self> {
        let (load, operation) = match *trial.ops {
            [load, Op::Return] => (load, None),
            [load, operator, Op::Return] => (load, Some((operator, Term::right(trial, operator)?))),
            _ => return None,
        };
        Some(Self { left: Term::left(trial, load)?, operation, cost: trial.cost() })
    }

    /// What each call costs.
    pub(in crate::vm) fn cost(&self) -> u64 {
        self.cost
    }

    /// What a call with these arguments gives; `None` where the general loop is needed. `argument` knows all that
    /// there may be.
    #[inline(always)]
    pub(in crate::vm) fn call(&self, argument: impl Fn(usize) -> Option<Quick<'a>>) -> Option<Quick<'a>> {
        let left = self.left.read(&argument)?;
        let Some((op, right)) = &self.operation else { return Some(left) };
        let right = right.read(&argument)?;
        match op {
            Op::Equal(_) => operator::equal(left, right),
            Op::NotEqual(_) => operator::not_equal(left, right),
            Op::StrictEqual(_) => operator::strict_equal(left, right),
            Op::StrictNotEqual(_) => operator::strict_not_equal(left, right),
            Op::Less(_) => operator::less(left, right),
            Op::LessEqual(_) => operator::less_equal(left, right),
            Op::Greater(_) => operator::greater(left, right),
            Op::GreaterEqual(_) => operator::greater_equal(left, right),
            Op::Add(_) => operator::add(left, right),
            Op::Subtract(_) => operator::subtract(left, right),
            Op::Multiply(_) => operator::multiply(left, right),
            Op::Divide(_) => operator::divide(left, right),
            Op::Remainder(_) => operator::remainder(left, right),
            Op::Exponent(_) => operator::exponent(left, right),
            _ => None,
        }
    }
}

impl<'a> Term<'a> {
    fn left<V: Variables<'a>>(trial: &Trial<'a, V>, load: Op) -> Option<Self> {
        match load {
            Op::Const(index) => Some(Self::Fixed(Quick::of(&trial.code.constants[index.get()]))),
            Op::Capture(capture) => trial.captures.get(capture.get()).map(Quick::of).map(Self::Fixed),
            Op::Local(local) => Some(Self::Argument(local.get())),
            Op::Path(index) => Self::path(trial, &trial.code.paths[index.get()]),
            _ => None,
        }
    }

    fn right<V: Variables<'a>>(trial: &Trial<'a, V>, operator: Op) -> Option<Self> {
        let source = match operator {
            Op::Equal(right)
            | Op::NotEqual(right)
            | Op::StrictEqual(right)
            | Op::StrictNotEqual(right)
            | Op::Less(right)
            | Op::LessEqual(right)
            | Op::Greater(right)
            | Op::GreaterEqual(right)
            | Op::Add(right)
            | Op::Subtract(right)
            | Op::Multiply(right)
            | Op::Divide(right)
            | Op::Remainder(right)
            | Op::Exponent(right) => right,
            _ => return None,
        };
        match source {
            Source::Const(index) => Some(Self::Fixed(Quick::of(&trial.code.constants[index.get()]))),
            Source::Local(local) => Some(Self::Argument(local.get())),
            Source::Path(index) => Self::path(trial, &trial.code.paths[index.get()]),
            Source::Stack => None,
        }
    }

    fn path<V: Variables<'a>>(trial: &Trial<'a, V>, path: &'a Path) -> Option<Self> {
        match (path.root, &*path.keys) {
            (CaptureSource::Local(local), [key]) => {
                let seen = Cell::new((ptr::null(), Slot(0)));
                Some(Self::Member(local.get(), Member { key, seen }))
            }
            (CaptureSource::Local(_), _) => None,
            _ => trial.path(&[], path).map(Self::Fixed),
        }
    }

    #[inline(always)]
    fn read(&self, argument: &impl Fn(usize) -> Option<Quick<'a>>) -> Option<Quick<'a>> {
        match self {
            Self::Fixed(value) => Some(*value),
            Self::Argument(at) => argument(*at),
            Self::Member(at, member) => match argument(*at)?.borrowed()? {
                Value::Object(object) => member.find(object).map(Quick::of),
                Value::Array(array) if member.key.is_length => Some(Quick::number(array.len() as f64)),
                Value::String(text) if member.key.is_length => Some(Quick::number(text.len() as f64)),
                _ => None,
            },
        }
    }
}

impl Member<'_> {
    #[inline(always)]
    fn find<'o>(&self, object: &'o Object) -> Option<&'o Value> {
        let (shape, slot) = self.seen.get();
        if ptr::eq(shape, &**object.shape()) {
            return object.at(slot);
        }
        self.search(object)
    }

    #[inline(never)]
    fn search<'o>(&self, object: &'o Object) -> Option<&'o Value> {
        let Some(slot) = object.shape().slot(&self.key.name) else {
            return (!self.key.is_inherited).then_some(&Value::Undefined);
        };
        self.seen.set((&raw const **object.shape(), slot));
        object.at(slot)
    }
}
