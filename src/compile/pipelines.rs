//! Finds calls of `filter`, `map` and `reduce` in a row, whose callbacks have no effects, in code that is made.
//!
//! The instruction that would push the first receiver becomes a [`Op::Pipeline`], and does just that where the machine
//! cannot do all the calls at once: nothing else changes, and nothing moves.

use crate::bytecode::{
    Addr, CallSite, Callee, Capture, End, Function, FunctionIdx, Key, Op, Pipeline, PipelineIdx, Step,
    StepKind,
};

/// The pipelines of all functions. O(instructions).
pub(super) fn find(functions: &mut [Function], calls: &[CallSite], keys: &[Key]) -> Vec<Pipeline> {
    let mut pipelines = Vec::new();
    for index in 0..functions.len() {
        if functions[index].quick.is_some() {
            continue;
        }
        let mut at = 0;
        while at < functions[index].ops.len() {
            match (Finder { functions, calls, keys }).pipeline(&functions[index].ops, at) {
                Some(pipeline) => {
                    let exit = pipeline.exit.get();
                    functions[index].ops[at] = Op::Pipeline(PipelineIdx::after(pipelines.len()));
                    pipelines.push(pipeline);
                    at = exit;
                }
                None => at += 1,
            }
        }
    }
    pipelines
}

struct Finder<'c> {
    functions: &'c [Function],
    calls: &'c [CallSite],
    keys: &'c [Key],
}

impl Finder<'_> {
    /// The pipeline that begins with the instruction at `at`, if one does.
    fn pipeline(&self, ops: &[Op], mut at: usize) -> Option<Pipeline> {
        let mut steps = Vec::new();
        loop {
            match ops.get(at..)? {
                [Op::Push, Op::Closure(function), Op::Push, Op::CallMethod(call, 1), ..] => {
                    let kind = match self.method(&self.calls[call.get()])? {
                        "filter" => StepKind::Filter,
                        "map" => StepKind::Map,
                        _ => return None,
                    };
                    steps.push(Step { kind, function: self.callback(*function, 2)? });
                    at += 4;
                }
                [
                    Op::Push,
                    Op::Closure(function),
                    Op::Push,
                    Op::Const(initial),
                    Op::Push,
                    Op::CallMethod(call, 2),
                    ..,
                ] => {
                    if self.method(&self.calls[call.get()])? != "reduce" {
                        return None;
                    }
                    let end = End::Reduce(self.callback(*function, 3)?, *initial);
                    return Some(Pipeline { steps: steps.into(), end, exit: Addr::after(at + 6) });
                }
                [Op::Member(key), ..] if !steps.is_empty() && self.keys[key.get()].is_length => {
                    return Some(Pipeline {
                        steps: steps.into(),
                        end: End::Length,
                        exit: Addr::after(at + 1),
                    });
                }
                _ => return None,
            }
        }
    }

    fn method<'c>(&'c self, call: &'c CallSite) -> Option<&'c str> {
        match &call.callee {
            Callee::Method(key, _) => key.name.as_str(),
            Callee::Value | Callee::Indexed | Callee::Native(_) => None,
        }
    }

    /// The function, if all that it does is give a value for at most so many parameters.
    fn callback(&self, index: FunctionIdx, parameters: u32) -> Option<FunctionIdx> {
        let function = &self.functions[index.get()];
        let draws = |op: &Op| matches!(op, Op::Random | Op::Draw);
        let is_fit = function.quick.as_ref().is_some_and(|quick| quick.value().is_some())
            && !function.has_rest
            && function.parameters <= parameters
            && function.locals == function.parameters
            && function.captures.iter().all(|capture| matches!(capture, Capture::Value(_)))
            && !function.ops.iter().any(draws);
        is_fit.then_some(index)
    }
}
