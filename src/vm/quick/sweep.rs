//! Callbacks of one operator, `x => x.price > 10` or `(sum, x) => sum + x`, called for one item after the other.
//!
//! What an item costs is mostly entering the loop, and finding members. So nothing is entered here: the two operands
//! are read where they are, what does not change is read once, and items of one shape have their members in one slot.

use super::{Quick, Trial, Variables, follow, length, operate};
use crate::bytecode::{CaptureSource, Key, Operation, Operator, Path, Term};
use crate::value::{Object, Shape, Slot, Value};
use std::cell::Cell;
use std::ptr;

/// A function of at most one operator, ready to be called for many items.
pub(in crate::vm) struct Sweep<'a> {
    left: Side<'a>,
    operation: Option<(Operator, Side<'a>)>,
    cost: u64,
}

/// One of the operands.
enum Side<'a> {
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
    pub(in crate::vm) fn new<V: Variables<'a>>(trial: &Trial<'a, V, &'a Term>) -> Option<Self> {
        let cost = trial.cost();
        let Term::Operation(operation) = trial.body else {
            return Some(Self { left: Side::new(trial, trial.body)?, operation: None, cost });
        };
        let Operation { operator, left, right, .. } = &**operation;
        let (left, right) = (Side::new(trial, left)?, Side::new(trial, right)?);
        Some(Self { left, operation: Some((*operator, right)), cost })
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
        match &self.operation {
            Some((operator, right)) => operate(*operator, left, right.read(&argument)?),
            None => Some(left),
        }
    }
}

impl<'a> Side<'a> {
    fn new<V: Variables<'a>>(trial: &Trial<'a, V, &'a Term>, operand: &'a Term) -> Option<Self> {
        match operand {
            Term::Number(number) => Some(Self::Fixed(Quick::number(*number))),
            Term::Const(index) => Some(Self::Fixed(Quick::of(&trial.code.constants[index.get()]))),
            Term::Capture(capture) => trial.captures.get(capture.get()).map(Quick::of).map(Self::Fixed),
            Term::Local(local) => Some(Self::Argument(local.get())),
            Term::Path(path) | Term::Length(path) => Self::path(trial, path),
            Term::Variable(_) | Term::Random | Term::Draw | Term::Operation(_) | Term::Choice(_) => None,
        }
    }

    fn path<V: Variables<'a>>(trial: &Trial<'a, V, &'a Term>, path: &'a Path) -> Option<Self> {
        let root = match (path.root, &*path.keys) {
            (CaptureSource::Local(local), [key]) => {
                let seen = Cell::new((ptr::null(), Slot(0)));
                return Some(Self::Member(local.get(), Member { key, seen }));
            }
            (CaptureSource::Local(_), _) => return None,
            (CaptureSource::Variable(slot), _) => trial.variables.at(slot.get())?,
            (CaptureSource::Capture(capture), _) => trial.captures.get(capture.get())?,
        };
        let is_length = path.keys.last().is_some_and(|key| key.is_length);
        let found =
            if is_length { length(root, &path.keys) } else { follow(root, &path.keys).map(Quick::of) };
        found.map(Self::Fixed)
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
        if ptr::eq(shape, &**object.shape())
            && let Some(found) = object.at_hand(slot)
        {
            return Some(found);
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
