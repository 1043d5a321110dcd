//! What built-ins ask of the machine: draws, and calling a function for one item after the other.
//!
//! What the calls of one array have in common is done once, and a call that only looks and compares is not entered.

use super::machine::{Machine, Stack};
use super::operand::Operand;
use super::quick::{Quick, Sweep, Trial};
use super::run::{Frame, Owner};
use crate::builtins::{self, Collect, Host, Outcome, Take};
use crate::bytecode::{Code, Function, Term};
use crate::value::{Invoke, Thrown, Value};

impl Machine<'_, '_> {
    /// Tries quick code on a call with these arguments.
    #[inline(always)]
    fn quick<'a>(
        &mut self,
        trial: Option<&Trial<'a, &'a [Value], &'a Term>>,
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
            // For as long as quick code will do, what it gives is an item, the beginning, or nothing to be dropped.
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
