//! `filter`, `map` and `reduce` in a row, item by item: no arrays in between, no closures, nothing cloned.
//!
//! It tries, as [quick code](super::quick) does, and gives up where a callback needs more than that, or where
//! anything would throw: the calls are then made one after the other, from the start. What it does costs to the unit
//! what they would have cost.

use super::machine::{Machine, Stack};
use super::quick::{Quick, Sweep, Trial};
use super::run::Frame;
use crate::bytecode::{Capture, CaptureSource, Code, End, Function, Pipeline, Step, StepKind, Term};
use crate::draw::Cursor;
use crate::value::{Array, Closure, MAX_DEPTH, Meter, Value};
use smallvec::SmallVec;

/// Arrow functions see variables as what they capture.
const NO_VARIABLES: &[Value] = &[];

/// A function that is called for each item.
struct Callback<'a> {
    trial: Trial<'a, &'a [Value], &'a Term>,
    sweep: Option<Sweep<'a>>,
}

impl<'a> Callback<'a> {
    fn new(code: &'a Code, function: &'a Function, captures: &'a [Value]) -> Option<Self> {
        let trial = Trial::new(code, function, NO_VARIABLES, captures)?;
        let sweep = Sweep::new(&trial);
        Some(Self { trial, sweep })
    }

    #[inline(always)]
    fn call<const N: usize>(&self, arguments: [Quick<'a>; N], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        match self.sweep.as_ref().and_then(|sweep| sweep.call(|at| arguments.get(at).copied())) {
            Some(made) => Some(made),
            None => self.enter(&arguments, draws),
        }
    }

    #[inline(never)]
    fn enter(&self, arguments: &[Quick<'a>], draws: &mut Cursor<'_>) -> Option<Quick<'a>> {
        self.trial.run(arguments, draws)
    }
}

/// A step on its way.
struct Stage<'a> {
    kind: StepKind,
    callback: Callback<'a>,
    /// The items that have come by.
    seen: usize,
}

impl Machine<'_, '_> {
    /// The value of the calls that `pipeline` stands for, if it can be had this way.
    #[inline(never)]
    pub(super) fn pipeline(
        &mut self,
        frame: &Frame<'_>,
        stack: &Stack<'_>,
        receiver: &Value,
        pipeline: &Pipeline,
    ) -> Option<Value> {
        let Value::Array(array) = receiver else { return None };
        if array.extra().is_some() {
            return None;
        }
        let before = self.budget.clone();
        let made = self.flow(frame, stack, array, pipeline);
        if made.is_none() {
            self.budget = before;
        }
        made
    }

    fn flow(
        &mut self,
        frame: &Frame<'_>,
        stack: &Stack<'_>,
        array: &Array,
        pipeline: &Pipeline,
    ) -> Option<Value> {
        let code = frame.code;
        let function = |step: &Step| &code.functions[step.function.get()];
        let reducer = match pipeline.end {
            End::Reduce(function, initial) => {
                Some((&code.functions[function.get()], &code.constants[initial.get()]))
            }
            End::Length => None,
        };
        let callbacks = || pipeline.steps.iter().map(function).chain(reducer.map(|(function, _)| function));
        let mut captures = SmallVec::<[Value; 4]>::new();
        for callback in callbacks() {
            capture(frame, stack, callback, &mut captures)?;
        }
        let mut rest = captures.as_slice();
        let mut own = |function: &Function| {
            let (own, others) = rest.split_at(function.captures.len());
            rest = others;
            own
        };
        let mut stages = SmallVec::<[Stage<'_>; 2]>::new();
        for step in &pipeline.steps {
            let callback = Callback::new(code, function(step), own(function(step)))?;
            stages.push(Stage { kind: step.kind, callback, seen: 0 });
        }
        let end = match reducer {
            Some((function, initial)) => Some((Callback::new(code, function, own(function))?, initial)),
            None => None,
        };

        // As if every item went all the way, until it is known how many did.
        let all = array.len() as u64;
        let bound =
            callbacks().map(|callback| callback.ops.len() as u64 + 1).sum::<u64>().checked_mul(all)?;
        self.budget.step(bound).ok()?;
        self.budget.enter_call().ok()?;
        let mut sum = end.as_ref().map_or(Quick::UNDEFINED, |(_, initial)| Quick::of(initial));
        let mut arrived = 0;
        'items: for item in array.items() {
            let mut value = Quick::of(item);
            for stage in &mut stages {
                let made = stage.callback.call([value, Quick::number(stage.seen as f64)], self.draws)?;
                stage.seen += 1;
                match stage.kind {
                    StepKind::Map => value = made,
                    StepKind::Filter if made.truthy() => {}
                    StepKind::Filter => continue 'items,
                }
            }
            if let Some((reducer, _)) = &end {
                sum = reducer.call([sum, value, Quick::number(arrived as f64)], self.draws)?;
            }
            arrived += 1;
        }
        self.budget.leave_call();
        self.budget.refund(bound);
        for (at, stage) in stages.iter().enumerate() {
            let given = stages.get(at + 1).map_or(arrived, |next| next.seen);
            self.settle(&code.functions[pipeline.steps[at].function.get()], stage.seen)?;
            self.settle_items(stage.kind, stage.seen, given)?;
        }
        match reducer {
            Some((function, _)) => {
                self.settle(function, arrived)?;
                Some(sum.into_value())
            }
            None => Some(Value::Number(arrived as f64)),
        }
    }

    /// Pays for a closure, and for calling it so many times.
    fn settle(&mut self, function: &Function, times: usize) -> Option<()> {
        self.budget.allocate(size_of::<Closure>() + function.captures.len() * size_of::<Value>()).ok()?;
        self.budget.step((times as u64) * (function.ops.len() as u64 + 1)).ok()
    }

    /// Pays for the array that a step would have made.
    fn settle_items(&mut self, kind: StepKind, seen: usize, given: usize) -> Option<()> {
        let mut room = match kind {
            StepKind::Map => seen,
            StepKind::Filter => seen.min(crate::builtins::FILTER_ROOM),
        };
        self.budget.allocate(room * size_of::<Value>()).ok()?;
        while room < given {
            let more = room.max(8);
            self.budget.allocate(more * size_of::<Value>()).ok()?;
            room += more;
        }
        Some(())
    }
}

/// What a closure of this function would capture; `None` where making one might throw.
fn capture(
    frame: &Frame<'_>,
    stack: &Stack<'_>,
    function: &Function,
    captures: &mut SmallVec<[Value; 4]>,
) -> Option<()> {
    for capture in &function.captures {
        let value = match *capture {
            Capture::Value(CaptureSource::Variable(slot)) => {
                frame.variables.get(slot.get()).cloned().unwrap_or_default()
            }
            Capture::Value(CaptureSource::Local(local)) => stack.get(local.get())?.get().clone(),
            Capture::Value(CaptureSource::Capture(capture)) => frame.captures.get(capture.get())?.clone(),
            Capture::Late(_) => return None,
        };
        if value.depth() + 1 >= MAX_DEPTH {
            return None;
        }
        captures.push(value);
    }
    Some(())
}
