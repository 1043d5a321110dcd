//! One evaluation: its budget, its draws, and what built-ins may ask of it.

use super::budget::Budget;
use super::operand::Operand;
use super::run::{Frame, Owner};
use super::{CodeId, EvalError, Limits, Scratch};
use crate::builtins::{self, Outcome};
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
    pub(super) fn call_closure<'a>(
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
    pub(super) fn in_call<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Thrown>,
    ) -> Result<T, Thrown> {
        self.budget.enter_call()?;
        let outcome = stacker::maybe_grow(96 << 10, 2 << 20, || act(self));
        self.budget.leave_call();
        outcome
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
