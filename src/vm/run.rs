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
    pub(super) fn run<'a>(&mut self, frame: &Frame<'a>, mut stack: Stack<'a>) -> Result<Operand<'a>, Thrown> {
        let mut at = 0;
        let outcome = self.dispatch(frame, &mut stack, &mut at);
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
                let value = match $right {
                    Source::Const(index) => $operator(acc.get(), &code.constants[index.get()], self),
                    other => self.binary(frame, stack, &acc, other, $operator),
                };
                acc = Operand::Owned(check!(value));
            }};
        }
        loop {
            let op = ops[pc];
            pc += 1;
            match op {
                Op::Const(index) => acc = Operand::Borrowed(&code.constants[index.get()]),
                Op::Regex(index) => acc = super::build::regex(&code.constants[index.get()]),
                Op::Variable(slot) => {
                    acc = Operand::Borrowed(frame.variables.get(slot.get()).unwrap_or(UNDEFINED));
                }
                Op::Local(local) => acc = stack[local.get()].again(),
                Op::Capture(capture) => acc = Operand::Borrowed(&frame.captures[capture.get()]),
                Op::Path(index) => acc = check!(self.path(frame, stack, index)),
                Op::Random => acc = Operand::Owned(Value::Number(self.draws.random())),
                Op::Draw => acc = Operand::Owned(Value::Number(self.draws.first())),
                Op::Closure(index) => acc = check!(self.closure(frame, stack, index)),
                Op::Push => stack.push(std::mem::replace(&mut acc, Operand::UNDEFINED)),
                Op::Store(local) => stack[local.get()] = std::mem::replace(&mut acc, Operand::UNDEFINED),

                Op::Member(key) => acc = check!(self.member(code, acc, &code.keys[key.get()])),
                Op::Index(key) => acc = check!(self.index_op(frame, stack, acc, key)),
                Op::JumpIfNullish(to) => {
                    if acc.get().is_nullish() {
                        acc = Operand::UNDEFINED;
                        pc = to.get();
                    }
                }

                Op::Jump(to) => pc = to.get(),
                Op::JumpIfFalse(to) => {
                    if !acc.get().truthy() {
                        pc = to.get();
                    }
                }
                Op::JumpIfTrue(to) => {
                    if acc.get().truthy() {
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

                Op::Not => acc = Operand::Owned(operators::not(acc.get())),
                Op::BitNot => acc = Operand::Owned(check!(operators::bit_not(acc.get(), self))),
                Op::Plus => acc = Operand::Owned(check!(operators::plus(acc.get(), self))),
                Op::Minus => acc = Operand::Owned(check!(operators::negate(acc.get(), self))),
                Op::Typeof => acc = Operand::Owned(operators::type_of(acc.get())),

                Op::BitOr(right) => binary!(right, operators::bit_or),
                Op::BitXor(right) => binary!(right, operators::bit_xor),
                Op::BitAnd(right) => binary!(right, operators::bit_and),
                Op::Equal(right) => binary!(right, operators::equal),
                Op::NotEqual(right) => binary!(right, operators::not_equal),
                Op::StrictEqual(right) => binary!(right, operators::strict_equal),
                Op::StrictNotEqual(right) => binary!(right, operators::strict_not_equal),
                Op::Less(right) => binary!(right, operators::less),
                Op::LessEqual(right) => binary!(right, operators::less_equal),
                Op::Greater(right) => binary!(right, operators::greater),
                Op::GreaterEqual(right) => binary!(right, operators::greater_equal),
                Op::In(right) => binary!(right, operators::is_in),
                Op::ShiftLeft(right) => binary!(right, operators::shift_left),
                Op::ShiftRight(right) => binary!(right, operators::shift_right),
                Op::ShiftRightUnsigned(right) => binary!(right, operators::shift_right_unsigned),
                Op::Add(right) => binary!(right, operators::add),
                Op::Subtract(right) => binary!(right, operators::subtract),
                Op::Multiply(right) => binary!(right, operators::multiply),
                Op::Divide(right) => binary!(right, operators::divide),
                Op::Remainder(right) => binary!(right, operators::remainder),
                Op::Exponent(right) => binary!(right, operators::exponent),

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
                Op::CallSpread(call) => acc = check!(self.spread_call(code, stack, call)),
                Op::CallMethodSpread(call) => acc = check!(self.spread_call(code, stack, call)),
                Op::CallIndexedSpread(call) => acc = check!(self.spread_call(code, stack, call)),
                Op::CallNativeSpread(call) => acc = check!(self.spread_call(code, stack, call)),

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
                Op::ObjectSetComputed => {
                    let value = std::mem::replace(&mut acc, Operand::UNDEFINED);
                    check!(self.object_set_computed(stack, value));
                }
                Op::ObjectSpread => check!(self.object_spread(acc.get())),
                Op::ObjectEnd => acc = check!(self.object_end()),
                Op::ToKey => acc = check!(self.to_key(acc)),
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

    /// A binary operator whose right operand is no constant.
    #[inline]
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
            Source::Path(index) => {
                let right = self.path(frame, stack, index)?;
                operator(acc.get(), right.get(), self)
            }
            Source::Local(local) => operator(acc.get(), stack[local.get()].get(), self),
        }
    }

    #[inline]
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

    /// The value at a path. Objects are gone through without cloning anything.
    #[inline]
    fn path<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &Stack<'a>,
        index: PathIdx,
    ) -> Result<Operand<'a>, Thrown> {
        let path: &'a Path = &frame.code.paths[index.get()];
        let root: &'a Value = match path.root {
            CaptureSource::Variable(slot) => frame.variables.get(slot.get()).unwrap_or(UNDEFINED),
            CaptureSource::Capture(capture) => &frame.captures[capture.get()],
            CaptureSource::Local(local) => match &stack[local.get()] {
                Operand::Borrowed(value) => value,
                Operand::Owned(value) => {
                    return self.path_owned(frame.code, Operand::Owned(value.clone()), path, 0);
                }
            },
        };
        let mut value = root;
        for (at, key) in path.keys.iter().enumerate() {
            match value {
                Value::Object(object) => match key.find(object) {
                    Some(found) => value = found,
                    None => return self.path_owned(frame.code, Operand::Borrowed(value), path, at),
                },
                _ => return self.path_owned(frame.code, Operand::Borrowed(value), path, at),
            }
        }
        Ok(Operand::Borrowed(value))
    }

    /// The rest of a path, from key `at` on, through whatever it meets.
    #[inline(never)]
    fn path_owned<'a>(
        &mut self,
        code: &'a Code,
        start: Operand<'a>,
        path: &'a Path,
        at: usize,
    ) -> Result<Operand<'a>, Thrown> {
        let mut value = start;
        for key in &path.keys[at..] {
            value = self.member(code, value, key)?;
        }
        Ok(value)
    }
}
