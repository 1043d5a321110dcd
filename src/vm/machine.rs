//! One evaluation: its budget, its draws, and what built-ins may ask of it.

use super::budget::Budget;
use super::operand::Operand;
use super::quick::{Quick, Sweep, Trial};
use super::run::{Frame, Owner};
use super::{CodeId, EvalError, Limits, Scratch};
use crate::builtins::{self, Collect, Host, Outcome, Take};
use crate::bytecode::{Code, Function, Program};
use crate::draw::Cursor;
use crate::syntax::Span;
use crate::value::{BYTES_PER_UNIT, Closure, Invoke, Meter, Str, Thrown, Value};
use smallvec::SmallVec;

/// The stack of one function call: locals first.
pub(super) type Stack<'a> = SmallVec<[Operand<'a>; 6]>;

/// An evaluation under way.
pub(super) struct Machine<'m, 'd> {
    pub(super) budget: Budget,
    pub(super) draws: &'m mut Cursor<'d>,
    pub(super) scratch: &'m mut Scratch,
    limits: &'m Limits,
}

impl<'m, 'd> Machine<'m, 'd> {
    #[inline]
    pub(super) fn new(limits: &'m Limits, scratch: &'m mut Scratch, draws: &'m mut Cursor<'d>) -> Self {
        Self { budget: Budget::new(limits), draws, scratch, limits }
    }

    /// The value of a program.
    pub(super) fn evaluate(mut self, program: &Program, variables: &[Value]) -> Result<Value, EvalError> {
        let outcome = self.main(program, variables);
        if !self.scratch.cells.is_empty() {
            self.scratch.empty_cells();
        }
        match outcome {
            // What is borrowed came in from the host, and was bounded there.
            Ok(Operand::Borrowed(value)) => Ok(self.scratch.constants.give(program.code(), value)),
            Ok(Operand::Owned(value @ (Value::Array(_) | Value::Object(_)))) => {
                match self.check_output(&value) {
                    Ok(()) => Ok(value),
                    Err(thrown) => Err(EvalError::new(thrown, Span::new(0, program.source().len()))),
                }
            }
            Ok(Operand::Owned(value)) => Ok(value),
            Err(thrown) => Err(self.failed(program, thrown)),
        }
    }

    #[inline(always)]
    fn main<'a>(&mut self, program: &'a Program, variables: &'a [Value]) -> Result<Operand<'a>, Thrown> {
        let code = program.code();
        let function = code.main();
        let mut stack = Stack::new();
        for _ in 0..function.locals {
            stack.push(Operand::UNDEFINED);
        }
        self.run(&Frame { code, owner: Owner::Program(code), function, variables, captures: &[] }, &mut stack)
    }

    #[cold]
    fn failed(&mut self, program: &Program, thrown: Thrown) -> EvalError {
        let whole = Span::new(0, program.source().len());
        let here = id(program.code());
        let fault = self.scratch.fault.take();
        let span = fault.filter(|(code, _)| *code == here).map_or(whole, |(_, span)| span);
        // What was being made when it failed is no part of the next evaluation.
        self.scratch.lists.clear();
        self.scratch.objects.clear();
        EvalError::new(thrown, span)
    }

    /// Notes where an error comes from: the innermost place wins, of those in one text the first told.
    #[cold]
    #[inline(never)]
    pub(super) fn blame(&mut self, frame: &Frame<'_>, at: usize) {
        self.blame_span(frame.code, frame.function.spans.get(at).copied().unwrap_or(frame.function.span));
    }

    /// As [`blame`](Self::blame), where the instruction's own place says too much.
    #[cold]
    pub(super) fn blame_span(&mut self, code: &Code, span: Span) {
        let here = id(code);
        if self.scratch.fault.is_none_or(|(known, _)| known != here) {
            self.scratch.fault = Some((here, span));
        }
    }

    /// A made result may refer to one value many times; whoever writes it out writes it as often.
    fn check_output(&self, value: &Value) -> Result<(), Thrown> {
        let mut left = self.limits.output;
        if count_output(value, &mut left) {
            return Ok(());
        }
        Err(Thrown::limit(format!("the result has more than {} values", self.limits.output)))
    }

    /// Runs a closure with these arguments.
    fn call_closure<'a>(
        &mut self,
        closure: &'a Closure,
        arguments: impl ExactSizeIterator<Item = Operand<'a>>,
    ) -> Result<Operand<'a>, Thrown> {
        let Some(code) = closure.program.downcast_ref::<Code>() else {
            return self.call_host(closure, arguments.map(Operand::into_value).collect());
        };
        let function = &code.functions[closure.function as usize];
        let mut stack = Stack::new();
        self.fill(function, arguments, &mut stack)?;
        // The loop itself is a few hundred bytes of stack; what lies between two calls is some more.
        let owner = Owner::Closure(&closure.program);
        let frame = Frame { code, owner, function, variables: &[], captures: &closure.captures };
        self.in_call(|machine| machine.run(&frame, &mut stack))
    }

    /// Does something inside a call: the depth is counted, and the host's stack grown where it is short.
    fn in_call<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, Thrown>) -> Result<T, Thrown> {
        self.budget.enter_call()?;
        let outcome = stacker::maybe_grow(96 << 10, 2 << 20, || act(self));
        self.budget.leave_call();
        outcome
    }

    /// Tries the quick loop on a call with these arguments.
    #[inline(always)]
    fn quick<'a>(
        &mut self,
        trial: Option<&Trial<'a, &'a [Value]>>,
        locals: &[Quick<'a>],
    ) -> Result<Option<Quick<'a>>, Thrown> {
        let Some(trial) = trial else { return Ok(None) };
        self.budget.step(trial.cost())?;
        let made = trial.run(locals, self.draws);
        if made.is_none() {
            self.budget.refund(trial.cost());
        }
        Ok(made)
    }

    /// Calls a callback of one operator for items, hands what it gives to `take`, and stops where it will not do or
    /// `take` has no room; how many items are done. They are paid for together, where there is fuel for all of them.
    #[inline(always)]
    fn sweep<'a>(
        &mut self,
        sweep: &Sweep<'a>,
        items: &'a [Value],
        array: &'a Value,
        mut take: impl FnMut(&'a Value, Quick<'a>) -> bool,
    ) -> usize {
        let cost = sweep.cost() * items.len() as u64;
        if !self.budget.has(cost) || self.budget.step(cost).is_err() {
            return 0;
        }
        let mut done = 0;
        for (at, item) in items.iter().enumerate() {
            let made = sweep.call(|argument| match argument {
                0 => Some(Quick::of(item)),
                1 => Some(Quick::number(at as f64)),
                2 => Some(Quick::of(array)),
                _ => None,
            });
            match made {
                Some(made) if take(item, made) => done += 1,
                _ => break,
            }
        }
        self.budget.refund(sweep.cost() * (items.len() - done) as u64);
        done
    }

    /// As [`sweep`](Self::sweep), for the callback of `reduce`.
    fn sweep_fold<'a>(
        &mut self,
        sweep: &Sweep<'a>,
        sum: &mut Quick<'a>,
        items: &'a [Value],
        first: usize,
        array: &'a Value,
    ) -> Result<usize, Thrown> {
        let cost = sweep.cost() * items.len() as u64;
        if !self.budget.has(cost) {
            return Ok(0);
        }
        self.budget.step(cost)?;
        let mut made = *sum;
        for (at, item) in items.iter().enumerate() {
            let next = sweep.call(|argument| match argument {
                0 => Some(made),
                1 => Some(Quick::of(item)),
                2 => Some(Quick::number((first + at) as f64)),
                3 => Some(Quick::of(array)),
                _ => None,
            });
            let Some(next) = next else {
                self.budget.refund(sweep.cost() * (items.len() - at) as u64);
                *sum = made;
                return Ok(at);
            };
            made = next;
        }
        *sum = made;
        Ok(items.len())
    }

    /// Lays out the locals of a call.
    #[inline]
    fn fill<'a>(
        &mut self,
        function: &Function,
        mut arguments: impl ExactSizeIterator<Item = Operand<'a>>,
        stack: &mut Stack<'a>,
    ) -> Result<(), Thrown> {
        for _ in 0..function.parameters {
            stack.push(arguments.next().unwrap_or(Operand::UNDEFINED));
        }
        if function.has_rest {
            self.budget.allocate(arguments.len() * size_of::<Value>())?;
            let rest = crate::value::Array::new(arguments.map(Operand::into_value).collect())?;
            stack.push(Operand::Owned(Value::Array(rest)));
        }
        while stack.len() < function.locals as usize {
            stack.push(Operand::UNDEFINED);
        }
        Ok(())
    }

    /// Runs a function that the host registered.
    #[cold]
    fn call_host<'a>(&mut self, closure: &Closure, arguments: Vec<Value>) -> Result<Operand<'a>, Thrown> {
        match closure.program.downcast_ref::<builtins::HostFunction>() {
            Some(function) => function.call(&arguments).map(Operand::Owned),
            None => Err(Thrown::type_error("this function belongs to another engine")),
        }
    }
}

/// The frame of a callback that takes its arguments as they come; `None` for anything else.
fn callback_frame(callback: &Value) -> Option<Frame<'_>> {
    let Value::Closure(closure) = callback else { return None };
    let code = closure.program.downcast_ref::<Code>()?;
    let function = &code.functions[closure.function as usize];
    let owner = Owner::Closure(&closure.program);
    (!function.has_rest).then_some(Frame {
        code,
        owner,
        function,
        variables: &[],
        captures: &closure.captures,
    })
}

/// Lays out the locals of a call that has these arguments and perhaps more parameters.
#[inline]
fn lay_out<'a, const N: usize>(function: &Function, arguments: [Operand<'a>; N], stack: &mut Stack<'a>) {
    stack.clear();
    stack.extend(arguments.into_iter().take(function.parameters as usize));
    while stack.len() < function.locals as usize {
        stack.push(Operand::UNDEFINED);
    }
}

fn id(code: &Code) -> CodeId {
    std::ptr::from_ref(code).addr()
}

/// Whether the value has at most `left` parts. Stops as soon as it has more.
fn count_output(value: &Value, left: &mut usize) -> bool {
    let parts = match value {
        Value::String(text) => 1 + text.byte_len() / BYTES_PER_UNIT,
        Value::Array(array) => 1 + array.len(),
        Value::Object(object) => 1 + object.len(),
        _ => return true,
    };
    match left.checked_sub(parts) {
        Some(rest) => *left = rest,
        None => return false,
    }
    // As deep as values may nest, 1,000 levels of a small frame.
    match value {
        Value::Array(array) => array.items().iter().all(|item| count_output(item, left)),
        Value::Object(object) => object.values().iter().all(|item| count_output(item, left)),
        _ => true,
    }
}

impl Meter for Machine<'_, '_> {
    #[inline]
    fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.budget.charge(units)
    }

    #[inline]
    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.budget.allocate(bytes)
    }
}

impl Invoke for Machine<'_, '_> {
    fn invoke(&mut self, function: &Value, this: &Value, arguments: &[Value]) -> Outcome {
        match function {
            Value::Closure(closure) => {
                self.call_closure(closure, arguments.iter().map(Operand::Borrowed)).map(Operand::into_value)
            }
            Value::Native(native) if !native.is_namespace => {
                self.in_call(|machine| builtins::call(native, this, arguments, machine))
            }
            other => Err(Thrown::type_error(format!("{} is not a function", other.type_of()))),
        }
    }

    fn closure_source(&self, closure: &Closure) -> Str {
        match closure.program.downcast_ref::<Code>() {
            Some(code) => Str::from(&code.source[code.functions[closure.function as usize].span.range()]),
            None => Str::from("function () { [native code] }"),
        }
    }

    fn has_inherited(&self, value: &Value, key: &Str) -> bool {
        builtins::inherited(value, key).is_some()
            || matches!(value, Value::Native(native) if builtins::static_member(native, key).is_some())
    }
}

impl Host for Machine<'_, '_> {
    fn random(&mut self) -> f64 {
        self.draws.random()
    }

    #[inline]
    fn invoke_item(&mut self, callback: &Value, item: &Value, index: usize, array: &Value) -> Outcome {
        let Value::Closure(closure) = callback else {
            let arguments = [item.clone(), Value::Number(index as f64), array.clone()];
            return self.invoke(callback, &Value::Undefined, &arguments);
        };
        let index = Operand::Owned(Value::Number(index as f64));
        let arguments = [Operand::Borrowed(item), index, Operand::Borrowed(array)];
        self.call_closure(closure, arguments.into_iter()).map(Operand::into_value)
    }

    fn invoke_items(
        &mut self,
        callback: &Value,
        items: &[Value],
        first: usize,
        array: &Value,
        take: &mut Take<'_>,
    ) -> Result<(), Thrown> {
        let Some(frame) = callback_frame(callback) else {
            return builtins::invoke_each(self, callback, items, first, array, take);
        };
        let trial = Trial::new(frame.code, frame.function, frame.variables, frame.captures);
        self.in_call(|machine| {
            let mut stack = Stack::new();
            for (at, item) in (first..).zip(items) {
                let locals = [Quick::of(item), Quick::number(at as f64), Quick::of(array)];
                let made = match machine.quick(trial.as_ref(), &locals)? {
                    Some(made) => made.into_value(),
                    None => {
                        lay_out(frame.function, locals.map(Quick::into_operand), &mut stack);
                        machine.run(&frame, &mut stack)?.into_value()
                    }
                };
                if !take(machine, at, made)? {
                    break;
                }
            }
            Ok(())
        })
    }

    fn collect(
        &mut self,
        collect: Collect,
        callback: &Value,
        items: &[Value],
        array: &Value,
        made: &mut Vec<Value>,
    ) -> usize {
        let Some(frame) = callback_frame(callback) else { return 0 };
        let trial = Trial::new(frame.code, frame.function, frame.variables, frame.captures);
        let Some(sweep) = trial.as_ref().and_then(Sweep::new) else { return 0 };
        // Where no call may be made, the general way says so.
        if self.budget.enter_call().is_err() {
            return 0;
        }
        self.budget.leave_call();
        let room = made.capacity() - made.len();
        match collect {
            Collect::Results => self.sweep(&sweep, &items[..items.len().min(room)], array, |_, result| {
                made.push(result.into_value());
                true
            }),
            Collect::Items => self.sweep(&sweep, items, array, |item, claim| {
                if claim.truthy() {
                    if made.len() == made.capacity() {
                        return false;
                    }
                    made.push(item.clone());
                }
                true
            }),
        }
    }

    fn invoke_fold(
        &mut self,
        callback: &Value,
        initial: Value,
        items: &[Value],
        first: usize,
        array: &Value,
    ) -> Outcome {
        let Some(frame) = callback_frame(callback) else {
            return builtins::fold_each(self, callback, initial, items, first, array);
        };
        let trial = Trial::new(frame.code, frame.function, frame.variables, frame.captures);
        self.in_call(|machine| {
            // For as long as the quick loop will do, what it gives is an item, the beginning, or nothing to be dropped.
            let mut sum = Quick::of(&initial);
            let done = match trial.as_ref().and_then(Sweep::new) {
                Some(sweep) => machine.sweep_fold(&sweep, &mut sum, items, first, array)?,
                None => 0,
            };
            let mut rest = items.iter().enumerate().skip(done);
            let (at, item) = loop {
                let Some((at, item)) = rest.next() else { return Ok(sum.into_value()) };
                let locals = [sum, Quick::of(item), Quick::number((first + at) as f64), Quick::of(array)];
                match machine.quick(trial.as_ref(), &locals)? {
                    Some(made) => sum = made,
                    None => break (at, item),
                }
            };
            let mut stack = Stack::new();
            let mut accumulator = sum.into_value();
            for (at, item) in std::iter::once((at, item)).chain(rest) {
                let index = Operand::number((first + at) as f64);
                let arguments =
                    [Operand::Owned(accumulator), Operand::Borrowed(item), index, Operand::Borrowed(array)];
                lay_out(frame.function, arguments, &mut stack);
                accumulator = machine.run(&frame, &mut stack)?.into_value();
            }
            Ok(accumulator)
        })
    }

    #[inline]
    fn invoke_reducer(
        &mut self,
        callback: &Value,
        accumulator: Value,
        item: &Value,
        index: usize,
        array: &Value,
    ) -> Outcome {
        let index = Value::Number(index as f64);
        let Value::Closure(closure) = callback else {
            return self.invoke(
                callback,
                &Value::Undefined,
                &[accumulator, item.clone(), index, array.clone()],
            );
        };
        let arguments = [
            Operand::Owned(accumulator),
            Operand::Borrowed(item),
            Operand::Owned(index),
            Operand::Borrowed(array),
        ];
        self.call_closure(closure, arguments.into_iter()).map(Operand::into_value)
    }
}
