//! The loop: the only place that executes instructions.

use super::machine::{Machine, Stack};
use super::operand::Operand;
use crate::bytecode::{CaptureSource, Code, Function, Op, Path, PathIdx, Source};
use crate::value::{Invoke, Thrown, Value, operators};
use std::any::Any;
use std::sync::Arc;

/// A function call: its code, and what it reads besides its stack.
pub(super) struct Frame<'a> {
    pub(super) code: &'a Code,
    /// The same code, to be shared with the closures that are made.
    pub(super) owner: Owner<'a>,
    pub(super) function: &'a Function,
    pub(super) variables: &'a [Value],
    pub(super) captures: &'a [Value],
}

/// Who keeps the code alive.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// The program that is run.
    Program(&'a Arc<Code>),
    /// The closure that is called.
    Closure(&'a Arc<dyn Any + Send + Sync>),
}

impl Owner<'_> {
    pub(super) fn share(self) -> Arc<dyn Any + Send + Sync> {
        match self {
            Self::Program(code) => Arc::<Code>::clone(code),
            Self::Closure(program) => Arc::clone(program),
        }
    }
}

const UNDEFINED: &Value = &Value::Undefined;

type Binary = fn(&Value, &Value, &mut dyn Invoke) -> Result<Value, Thrown>;

impl Machine<'_, '_> {
    /// Runs a function; `stack` holds its locals.
    ///
    /// There are no backward jumps, so that a call costs at most its length: that is charged at once.
    pub(super) fn run<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &mut Stack<'a>,
    ) -> Result<Operand<'a>, Thrown> {
        let mut at = 0;
        let outcome = self.dispatch(frame, stack, &mut at);
        if outcome.is_err() {
            self.blame(frame, at);
        }
        outcome
    }

    #[inline]
    fn dispatch<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &mut Stack<'a>,
        at: &mut usize,
    ) -> Result<Operand<'a>, Thrown> {
        let ops: &'a [Op] = &frame.function.ops;
        let code = frame.code;
        self.budget.step(ops.len() as u64)?;
        let mut acc = Operand::UNDEFINED;
        let mut pc = 0;
        macro_rules! check {
            ($outcome:expr) => {
                match $outcome {
                    Ok(value) => value,
                    Err(thrown) => {
                        *at = pc - 1;
                        return Err(thrown);
                    }
                }
            };
        }
        macro_rules! binary {
            ($right:expr, $operator:path) => {{
                let value = check!(self.binary(frame, stack, &acc, $right, $operator));
                acc.set(Operand::Owned(value));
            }};
        }
        // Two numbers, one of them at hand: the usual case of a gate, kept inside the loop.
        macro_rules! numeric {
            ($right:expr, $operator:path, $a:ident, $b:ident => $make:expr) => {{
                let right = match $right {
                    Source::Const(index) => &code.constants[index.get()],
                    Source::Local(local) => stack[local.get()].get(),
                    Source::Stack | Source::Path(_) => UNDEFINED,
                };
                match (acc.get(), right) {
                    (Value::Number($a), Value::Number($b)) => {
                        let ($a, $b) = (*$a, *$b);
                        acc.set($make);
                    }
                    _ => binary!($right, $operator),
                }
            }};
        }
        loop {
            let op = &ops[pc];
            pc += 1;
            match *op {
                Op::Const(index) => acc.set(Operand::Borrowed(&code.constants[index.get()])),
                Op::Regex(index) => acc.set(super::build::regex(&code.constants[index.get()])),
                Op::Variable(slot) => {
                    acc.set(Operand::Borrowed(frame.variables.get(slot.get()).unwrap_or(UNDEFINED)));
                }
                Op::Local(local) => acc.set(stack[local.get()].again()),
                Op::Capture(capture) => acc.set(Operand::Borrowed(&frame.captures[capture.get()])),
                Op::Path(index) => {
                    let path = &code.paths[index.get()];
                    match find_path(frame, stack, path) {
                        Some(value) => acc.set(Operand::Borrowed(value)),
                        None => acc = check!(self.path(frame, stack, index)),
                    }
                }
                Op::Random => acc.set(Operand::number(self.draws.random())),
                Op::Draw => acc.set(Operand::number(self.draws.first())),
                Op::Closure(index) => acc = check!(self.closure(frame, stack, index)),
                Op::Late(message) => acc = check!(self.late(acc.get(), &code.constants[message.get()])),
                Op::SetLate(local) => self.set_late(stack, local, acc.get()),
                Op::Push => stack.push(std::mem::replace(&mut acc, Operand::UNDEFINED)),
                Op::Store(local) => {
                    let value = std::mem::replace(&mut acc, Operand::UNDEFINED);
                    stack[local.get()].set(value);
                }

                Op::Member(key) => acc = check!(self.member(code, acc, &code.keys[key.get()])),
                Op::Index(key) => acc = check!(self.index_op(frame, stack, acc, key)),
                Op::JumpIfNullish(to) => {
                    if acc.get().is_nullish() {
                        acc.set(Operand::UNDEFINED);
                        pc = to.get();
                    }
                }

                Op::Jump(to) => pc = to.get(),
                Op::JumpIfFalse(to) => {
                    if !acc.truthy() {
                        pc = to.get();
                    }
                }
                Op::JumpIfTrue(to) => {
                    if acc.truthy() {
                        pc = to.get();
                    }
                }
                Op::JumpIfPresent(to) => {
                    if !acc.get().is_nullish() {
                        pc = to.get();
                    }
                }
                Op::JumpIfDefined(to) => {
                    if !matches!(acc.get(), Value::Undefined) {
                        pc = to.get();
                    }
                }
                Op::Return => return Ok(acc),
                Op::Throw(message) => {
                    check!(Err(super::build::reference_error(&code.constants[message.get()])))
                }

                Op::Not => {
                    let claim = acc.truthy();
                    acc.set(Operand::bool(!claim));
                }
                Op::BitNot => acc = Operand::Owned(check!(operators::bit_not(acc.get(), self))),
                Op::Plus => acc = Operand::Owned(check!(operators::plus(acc.get(), self))),
                Op::Minus => acc = Operand::Owned(check!(operators::negate(acc.get(), self))),
                Op::Typeof => acc = Operand::Owned(operators::type_of(acc.get())),

                Op::BitOr(right) => binary!(right, operators::bit_or),
                Op::BitXor(right) => binary!(right, operators::bit_xor),
                Op::BitAnd(right) => binary!(right, operators::bit_and),
                Op::Equal(right) => numeric!(right, operators::equal, a, b => Operand::bool(a == b)),
                Op::NotEqual(right) => numeric!(right, operators::not_equal, a, b => Operand::bool(a != b)),
                Op::StrictEqual(right) => {
                    numeric!(right, operators::strict_equal, a, b => Operand::bool(a == b))
                }
                Op::StrictNotEqual(right) => {
                    numeric!(right, operators::strict_not_equal, a, b => Operand::bool(a != b));
                }
                Op::Less(right) => numeric!(right, operators::less, a, b => Operand::bool(a < b)),
                Op::LessEqual(right) => numeric!(right, operators::less_equal, a, b => Operand::bool(a <= b)),
                Op::Greater(right) => numeric!(right, operators::greater, a, b => Operand::bool(a > b)),
                Op::GreaterEqual(right) => {
                    numeric!(right, operators::greater_equal, a, b => Operand::bool(a >= b))
                }
                Op::In(right) => binary!(right, operators::is_in),
                Op::ShiftLeft(right) => binary!(right, operators::shift_left),
                Op::ShiftRight(right) => binary!(right, operators::shift_right),
                Op::ShiftRightUnsigned(right) => binary!(right, operators::shift_right_unsigned),
                Op::Add(right) => numeric!(right, operators::add, a, b => Operand::number(a + b)),
                Op::Subtract(right) => numeric!(right, operators::subtract, a, b => Operand::number(a - b)),
                Op::Multiply(right) => numeric!(right, operators::multiply, a, b => Operand::number(a * b)),
                Op::Divide(right) => numeric!(right, operators::divide, a, b => Operand::number(a / b)),
                Op::Remainder(right) => {
                    numeric!(right, operators::remainder, a, b => Operand::number(operators::number_remainder(a, b)));
                }
                Op::Exponent(right) => binary!(right, operators::exponent),

                Op::Pipeline(index) => {
                    let pipeline = &code.pipelines[index.get()];
                    match self.pipeline(frame, stack, acc.get(), pipeline) {
                        Some(value) => {
                            acc = Operand::Owned(value);
                            pc = pipeline.exit.get();
                        }
                        None => stack.push(std::mem::replace(&mut acc, Operand::UNDEFINED)),
                    }
                }
                Op::Call(call, count) => acc = check!(self.call(code, stack, call, count as usize)),
                Op::CallMethod(call, count) => {
                    acc = check!(self.call_method(code, stack, call, count as usize))
                }
                Op::CallIndexed(call, count) => {
                    acc = check!(self.call_indexed(code, stack, call, count as usize))
                }
                Op::CallNative(call, count) => {
                    acc = check!(self.call_native(code, stack, call, count as usize))
                }
                Op::CallSpread(call)
                | Op::CallMethodSpread(call)
                | Op::CallIndexedSpread(call)
                | Op::CallNativeSpread(call) => acc = check!(self.spread_call(code, stack, call)),

                Op::Array(count) => acc = check!(self.array(stack, count as usize)),
                Op::ListBegin => self.list_begin(),
                Op::ListPush => check!(self.list_push(std::mem::replace(&mut acc, Operand::UNDEFINED))),
                Op::ListSpread => check!(self.list_spread(acc.get())),
                Op::ListEnd => acc = check!(self.list_end()),
                Op::Object(shape, count) => acc = check!(self.object(code, stack, shape, count as usize)),
                Op::ObjectBegin => self.object_begin(),
                Op::ObjectSet(key) => {
                    let value = std::mem::replace(&mut acc, Operand::UNDEFINED);
                    check!(self.object_set(code.keys[key.get()].name.clone(), value));
                }
                Op::NameFunction => {
                    let function = std::mem::replace(&mut acc, Operand::UNDEFINED);
                    acc = super::build::named(function, stack.last());
                }
                Op::ObjectSetComputed => {
                    let value = std::mem::replace(&mut acc, Operand::UNDEFINED);
                    check!(self.object_set_computed(stack, value));
                }
                Op::ObjectSpread => check!(self.object_spread(acc.get())),
                Op::ObjectEnd => acc = check!(self.object_end()),
                Op::ToKey => acc = check!(self.property_key(acc)),
                Op::Concat(count) => acc = check!(self.concat(stack, count as usize)),
                Op::Join(join, count) => acc = check!(self.join(code, stack, join, count as usize)),

                Op::Iterate => acc = check!(self.iterate(acc)),
                Op::Item(index) => acc = super::build::item(&acc, index),
                Op::ItemsFrom(index) => acc = check!(self.items_from(&acc, index)),
                Op::CheckPattern => check!(super::build::check_pattern(acc.get())),
                Op::ObjectRest(count) => acc = check!(self.object_rest(stack, &acc, count as usize)),
            }
        }
    }

    /// A binary operator, wherever its right operand is.
    #[inline(never)]
    fn binary<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &mut Stack<'a>,
        acc: &Operand<'a>,
        right: Source,
        operator: Binary,
    ) -> Result<Value, Thrown> {
        match right {
            Source::Stack => {
                let left = stack.pop().expect("the compiler pushed the left operand");
                operator(left.get(), acc.get(), self)
            }
            Source::Const(index) => operator(acc.get(), &frame.code.constants[index.get()], self),
            Source::Path(index) => match find_path(frame, stack, &frame.code.paths[index.get()]) {
                Some(right) => operator(acc.get(), right, self),
                None => {
                    let right = self.path(frame, stack, index)?;
                    operator(acc.get(), right.get(), self)
                }
            },
            Source::Local(local) => operator(acc.get(), stack[local.get()].get(), self),
        }
    }

    #[inline(never)]
    fn index_op<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &mut Stack<'a>,
        acc: Operand<'a>,
        key: Source,
    ) -> Result<Operand<'a>, Thrown> {
        match key {
            Source::Stack => {
                let object = stack.pop().expect("the compiler pushed the object");
                self.index(object, acc.get())
            }
            Source::Const(index) => self.index(acc, &frame.code.constants[index.get()]),
            Source::Path(index) => {
                let key = self.path(frame, stack, index)?;
                self.index(acc, key.get())
            }
            Source::Local(local) => self.index(acc, stack[local.get()].get()),
        }
    }

    /// The value at a path, through whatever it meets.
    #[inline(never)]
    fn path<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &Stack<'a>,
        index: PathIdx,
    ) -> Result<Operand<'a>, Thrown> {
        let path: &'a Path = &frame.code.paths[index.get()];
        let root = match path.root {
            CaptureSource::Variable(slot) => {
                Operand::Borrowed(frame.variables.get(slot.get()).unwrap_or(UNDEFINED))
            }
            CaptureSource::Capture(capture) => Operand::Borrowed(&frame.captures[capture.get()]),
            CaptureSource::Local(local) => stack[local.get()].again(),
        };
        path.keys.iter().try_fold(root, |value, key| self.member(frame.code, value, key))
    }
}

/// The value at a path that leads through objects alone: nothing is cloned.
#[inline]
fn find_path<'a>(frame: &Frame<'a>, stack: &Stack<'a>, path: &'a Path) -> Option<&'a Value> {
    let mut value: &'a Value = match path.root {
        CaptureSource::Variable(slot) => frame.variables.get(slot.get())?,
        CaptureSource::Capture(capture) => &frame.captures[capture.get()],
        CaptureSource::Local(local) => match &stack[local.get()] {
            Operand::Borrowed(value) => value,
            Operand::Owned(_) => return None,
        },
    };
    for key in &*path.keys {
        let Value::Object(object) = value else { return None };
        value = key.find(object)?;
    }
    Some(value)
}
