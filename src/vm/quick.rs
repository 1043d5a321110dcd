//! Quick code: the tree of a function that only loads, compares, calculates and chooses, which is what most gates and
//! many callbacks are.
//!
//! It tries, and gives up where it meets anything else: a string to be concatenated, a property of `null`, a text too
//! long to compare for nothing. The general loop in [`run`](super::run) then does the whole function again. That
//! cannot be seen from outside: values do not change, a function here calls nothing, and draws are taken back. Its
//! values are `Copy` and two words, so that they come and go in registers and nothing has to be dropped; and who gives
//! up leaves a note, and goes on with anything, so that nobody has to ask on the way.

mod operator;
mod sweep;
mod text;

use operator::operate;
pub(super) use sweep::Sweep;
pub(super) use text::Room;

use super::operand;
use crate::bytecode::{CaptureSource, Code, Function, Key, Operation, Operator, Path, QuickCode, Term};
use crate::draw::Cursor;
use crate::value::coercion::text_to_number;
use crate::value::{BYTES_PER_UNIT, Value};

/// A value without anything to drop.
///
/// Fields apart, not an enum: so the accumulator stays in registers from one step to the next.
#[derive(Clone, Copy)]
pub(super) struct Quick<'a> {
    /// Nothing for a number, which is never borrowed: see [`Quick::of`].
    value: Option<&'a Value>,
    /// Of a number.
    number: f64,
}

static BOOLEANS: [Value; 2] = [Value::Bool(false), Value::Bool(true)];

impl<'a> Quick<'a> {
    pub(super) const UNDEFINED: Self = Self { value: Some(&Value::Undefined), number: 0.0 };

    /// The value that `value` is, to be kept beside it.
    #[inline(always)]
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::Number(number) => Self::number(*number),
            other => Self { value: Some(other), number: 0.0 },
        }
    }

    #[inline(always)]
    pub(super) fn number(number: f64) -> Self {
        Self { value: None, number }
    }

    #[inline(always)]
    pub(super) fn bool(claim: bool) -> Self {
        Self { value: Some(&BOOLEANS[usize::from(claim)]), number: 0.0 }
    }

    #[inline]
    pub(super) fn into_operand(self) -> operand::Operand<'a> {
        match self.value {
            None => operand::Operand::number(self.number),
            Some(value) => operand::Operand::Borrowed(value),
        }
    }

    #[inline]
    pub(super) fn into_value(self) -> Value {
        match self.value {
            None => Value::Number(self.number),
            Some(Value::Bool(claim)) => Value::Bool(*claim),
            Some(value) => value.clone(),
        }
    }

    /// What it is borrowed from, if it is no number.
    #[inline(always)]
    pub(super) fn borrowed(self) -> Option<&'a Value> {
        self.value
    }

    #[inline(always)]
    pub(super) fn truthy(self) -> bool {
        match self.value {
            Some(Value::Bool(claim)) => *claim,
            Some(value) => is_truthy(value),
            None => self.number != 0.0 && !self.number.is_nan(),
        }
    }

    #[inline(always)]
    fn is_nullish(self) -> bool {
        self.value.is_some_and(Value::is_nullish)
    }
}

/// Apart, so that booleans, of which most tests are made, do not pass through its table of kinds.
#[inline(never)]
fn is_truthy(value: &Value) -> bool {
    value.truthy()
}

/// ToNumber of what is no number; `None` where it takes calling or paying for.
fn to_number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(claim) => Some(f64::from(u8::from(*claim))),
        Value::Null => Some(0.0),
        Value::Undefined => Some(f64::NAN),
        Value::String(text) if text.byte_len() < BYTES_PER_UNIT => Some(text_to_number(text)),
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

/// A function that has quick code, with all that it reads but for its locals: made once, run as often as it is called.
pub(super) struct Trial<'a, V, B> {
    code: &'a Code,
    quick: &'a QuickCode,
    /// What it gives.
    body: B,
    variables: V,
    captures: &'a [Value],
}

impl<'a, V: Variables<'a>> Trial<'a, V, &'a Term> {
    /// `None` for a function that has none, or whose values are joined to a text.
    #[inline(always)]
    pub(super) fn new(
        code: &'a Code,
        function: &'a Function,
        variables: V,
        captures: &'a [Value],
    ) -> Option<Self> {
        let quick = function.quick.as_ref()?;
        Some(Self { code, quick, body: quick.value()?, variables, captures })
    }

    /// The value of a call; `None` where the general loop is needed.
    #[inline(always)]
    pub(super) fn run(&self, locals: &[Quick<'a>], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        let before = draws.position();
        let mut call = self.call(locals, draws);
        let value = call.read(self.body);
        if call.has_given_up {
            draws.rewind(before);
            return None;
        }
        Some(value)
    }
}

impl<'a, V: Variables<'a>> Trial<'a, V, &'a [Term]> {
    /// As [`new`](Trial::new), for a function whose values are joined to a text.
    #[inline(always)]
    pub(super) fn of_text(
        code: &'a Code,
        function: &'a Function,
        variables: V,
        captures: &'a [Value],
    ) -> Option<Self> {
        let quick = function.quick.as_ref()?;
        Some(Self { code, quick, body: quick.parts()?, variables, captures })
    }
}

impl<'a, V: Variables<'a>, B> Trial<'a, V, B> {
    /// What a call costs, to be paid before it.
    #[inline(always)]
    pub(super) fn cost(&self) -> u64 {
        self.quick.cost
    }

    #[inline(always)]
    fn call<'c, 'd>(&self, locals: &'c [Quick<'a>], draws: &'c mut Cursor<'d>) -> Call<'c, 'a, 'd, V> {
        let (variables, captures) = (self.variables, self.captures);
        Call { code: self.code, variables, captures, locals, draws, has_given_up: false }
    }
}

/// A call under way.
struct Call<'c, 'a, 'd, V> {
    code: &'a Code,
    variables: V,
    captures: &'a [Value],
    locals: &'c [Quick<'a>],
    draws: &'c mut Cursor<'d>,
    has_given_up: bool,
}

impl<'a, V: Variables<'a>> Call<'_, 'a, '_, V> {
    #[inline(always)]
    fn read(&mut self, term: &'a Term) -> Quick<'a> {
        match term {
            Term::Path(path) => {
                let found = self.root(path).and_then(|root| follow(root, &path.keys));
                self.known(found.map(Quick::of))
            }
            Term::Number(number) => Quick::number(*number),
            Term::Operation(operation) => self.operate(operation),
            Term::Choice(operation) => self.choose(operation),
            Term::Const(index) => Quick::of(&self.code.constants[index.get()]),
            Term::Variable(slot) => self.variables.at(slot.get()).map_or(Quick::UNDEFINED, Quick::of),
            Term::Local(local) => self.known(self.locals.get(local.get()).copied()),
            Term::Capture(capture) => self.known(self.captures.get(capture.get()).map(Quick::of)),
            Term::Length(path) => {
                let found = self.root(path).and_then(|root| length(root, &path.keys));
                self.known(found)
            }
            Term::Random => Quick::number(self.draws.random()),
            Term::Draw => Quick::number(self.draws.first()),
        }
    }

    /// As [`read`](Self::read), as a call: where it comes last there is nothing to return to.
    #[inline(never)]
    fn term(&mut self, term: &'a Term) -> Quick<'a> {
        self.read(term)
    }

    /// The value, or anything once it was noted that there is none.
    #[inline(always)]
    fn known(&mut self, value: Option<Quick<'a>>) -> Quick<'a> {
        match value {
            Some(value) => value,
            None => {
                self.has_given_up = true;
                Quick::UNDEFINED
            }
        }
    }

    /// An operator that reads only one of two operands, once it knows which.
    #[inline(never)]
    fn choose(&mut self, mut operation: &'a Operation) -> Quick<'a> {
        loop {
            let Operation { operator, left, right, otherwise } = operation;
            let left = self.read(left);
            let chosen = match operator {
                Operator::And if !left.truthy() => return left,
                Operator::Or if left.truthy() => return left,
                Operator::Coalesce if !left.is_nullish() => return left,
                Operator::Choose if !left.truthy() => otherwise,
                _ => right,
            };
            match chosen {
                // A row of them, `a && b && c`, is one call.
                Term::Choice(next) => operation = next,
                other => return self.term(other),
            }
        }
    }

    /// An operator that needs all of its operands.
    #[inline(never)]
    fn operate(&mut self, operation: &'a Operation) -> Quick<'a> {
        let left = self.read(&operation.left);
        let right = self.read(&operation.right);
        self.known(operate(operation.operator, left, right))
    }

    #[inline(always)]
    fn root(&self, path: &Path) -> Option<&'a Value> {
        match path.root {
            CaptureSource::Variable(slot) => self.variables.at(slot.get()),
            _ => self.root_elsewhere(path),
        }
    }

    #[inline(never)]
    fn root_elsewhere(&self, path: &Path) -> Option<&'a Value> {
        match path.root {
            CaptureSource::Variable(slot) => self.variables.at(slot.get()),
            CaptureSource::Capture(capture) => self.captures.get(capture.get()),
            CaptureSource::Local(local) => self.locals.get(local.get())?.borrowed(),
        }
    }
}

/// The value at a path through objects. A pointer, that comes in a register; calls nothing, so that it has nothing to
/// save.
#[inline(never)]
fn follow<'a>(mut value: &'a Value, keys: &'a [Key]) -> Option<&'a Value> {
    let mut rest = keys;
    while let Some((key, others)) = rest.split_first() {
        let Value::Object(object) = value else { return None };
        match key.find_again(object) {
            Some(found) => value = found,
            None => return search(value, rest),
        }
        rest = others;
    }
    Some(value)
}

/// As [`follow`], where keys are elsewhere than they were. A host is not asked for a value: who has given up before goes
/// on with anything, and might ask for what nobody wants.
#[inline(never)]
fn search<'a>(mut value: &'a Value, keys: &'a [Key]) -> Option<&'a Value> {
    for key in keys {
        let Value::Object(object) = value else { return None };
        if object.is_lazy() {
            return None;
        }
        match key.find(object) {
            Some(found) => value = found,
            None if key.is_inherited => return None,
            None => value = &Value::Undefined,
        }
    }
    Some(value)
}

/// The value at a path whose last key is `length`.
#[inline(never)]
fn length<'a>(root: &'a Value, keys: &'a [Key]) -> Option<Quick<'a>> {
    let (last, before) = keys.split_last()?;
    match follow(root, before)? {
        Value::Array(array) => Some(Quick::number(array.len() as f64)),
        Value::String(text) => Some(Quick::number(text.len() as f64)),
        object => search(object, std::slice::from_ref(last)).map(Quick::of),
    }
}
