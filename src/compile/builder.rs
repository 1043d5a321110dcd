//! Collects the tables and functions of a program while code is made for it.

use super::{pipelines, quick};
use crate::builtins::Methods;
use crate::bytecode::{
    Addr, CallIdx, CallSite, Callee, Capture, CaptureIdx, CaptureSource, Code, ConstIdx, Function,
    FunctionIdx, Join, JoinIdx, Key, KeyIdx, LocalIdx, Op, Path, PathIdx, Program, ShapeIdx,
};
use crate::syntax::Span;
use crate::value::{Native, Shape, Str, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The tables of the program in the making.
#[derive(Default)]
pub(super) struct Tables {
    functions: Vec<Option<Function>>,
    constants: Vec<Value>,
    numbers: HashMap<u64, ConstIdx>,
    texts: HashMap<Str, ConstIdx>,
    paths: Vec<Path>,
    keys: Vec<Key>,
    calls: Vec<CallSite>,
    shapes: Vec<Arc<Shape>>,
    joins: Vec<Join>,
    may_draw: bool,
}

impl Tables {
    /// The entry of a constant; equal numbers and strings share one.
    pub(super) fn constant(&mut self, value: Value) -> ConstIdx {
        let next = ConstIdx::after(self.constants.len());
        let known = match &value {
            Value::Number(number) => *self.numbers.entry(number.to_bits()).or_insert(next),
            Value::String(text) => *self.texts.entry(text.clone()).or_insert(next),
            Value::Native(native) => {
                // `Math` as a value may be asked for `random` by a computed name.
                self.may_draw |= native.is_namespace || native.name == "Math.random";
                next
            }
            _ => next,
        };
        if known == next {
            self.constants.push(value);
        }
        known
    }

    pub(super) fn constant_at(&self, index: ConstIdx) -> &Value {
        &self.constants[index.get()]
    }

    pub(super) fn key(&mut self, name: Str, span: Span) -> KeyIdx {
        self.keys.push(Key::new(name, span));
        KeyIdx::after(self.keys.len() - 1)
    }

    pub(super) fn path(&mut self, root: CaptureSource, keys: Vec<Key>) -> PathIdx {
        self.paths.push(Path { root, keys: keys.into() });
        PathIdx::after(self.paths.len() - 1)
    }

    pub(super) fn call(&mut self, callee: Callee, span: Span) -> CallIdx {
        self.calls.push(CallSite { callee, span });
        CallIdx::after(self.calls.len() - 1)
    }

    pub(super) fn shape(&mut self, shape: Arc<Shape>) -> ShapeIdx {
        self.shapes.push(shape);
        ShapeIdx::after(self.shapes.len() - 1)
    }

    pub(super) fn join(&mut self, holes: Vec<Option<Span>>) -> JoinIdx {
        self.joins.push(Join { holes: holes.into() });
        JoinIdx::after(self.joins.len() - 1)
    }

    /// Keeps a place for a function whose code is still to come: the expression itself is the first.
    pub(super) fn reserve_function(&mut self) -> FunctionIdx {
        self.functions.push(None);
        FunctionIdx::after(self.functions.len() - 1)
    }

    pub(super) fn set_function(&mut self, index: FunctionIdx, function: Function) {
        self.functions[index.get()] = Some(function);
    }

    pub(super) fn note_draw(&mut self) {
        self.may_draw = true;
    }

    pub(super) fn into_program(self, source: &str) -> Program {
        let functions =
            self.functions.into_iter().map(|function| function.expect("every reserved one is set"));
        let mut functions: Box<[Function]> = functions.collect();
        let pipelines = pipelines::find(&mut functions, &self.calls, &self.keys);
        Program::new(Code {
            functions,
            pipelines: pipelines.into(),
            constants: self.constants.into(),
            paths: self.paths.into(),
            keys: self.keys.into(),
            calls: self.calls.into(),
            shapes: self.shapes.into(),
            joins: self.joins.into(),
            source: source.into(),
            may_draw: self.may_draw,
        })
    }

    pub(super) fn method(&mut self, name: Str, span: Span) -> CallIdx {
        let methods = name.as_str().map(Methods::named).unwrap_or_default();
        self.call(Callee::Method(Key::new(name, span), methods), span)
    }

    pub(super) fn native(&mut self, native: &'static Native, span: Span) -> CallIdx {
        self.call(Callee::Native(native), span)
    }
}

/// One function in the making: its code, and what it captures.
#[derive(Default)]
pub(super) struct FunctionBuilder {
    ops: Vec<Op>,
    spans: Vec<Span>,
    stack: usize,
    max_stack: usize,
    locals: u32,
    captures: Vec<Capture>,
}

impl FunctionBuilder {
    /// Appends an instruction, and gives its address.
    pub(super) fn emit(&mut self, op: Op, span: Span) -> Addr {
        let (pops, pushes) = op.stack_effect();
        debug_assert!(pops <= self.stack, "{op:?} pops what is not there");
        self.stack = self.stack - pops + pushes;
        self.max_stack = self.max_stack.max(self.stack);
        self.ops.push(op);
        self.spans.push(span);
        Addr::after(self.ops.len() - 1)
    }

    /// The address of the next instruction.
    pub(super) fn here(&self) -> Addr {
        Addr::after(self.ops.len())
    }

    /// Lets a jump that was emitted with any target lead here.
    pub(super) fn land(&mut self, jump: Addr) {
        let here = self.here();
        match &mut self.ops[jump.get()] {
            Op::Jump(to)
            | Op::JumpIfFalse(to)
            | Op::JumpIfTrue(to)
            | Op::JumpIfPresent(to)
            | Op::JumpIfDefined(to)
            | Op::JumpIfNullish(to) => *to = here,
            other => unreachable!("{other:?} is no jump"),
        }
    }

    /// How many values wait on the stack: after a jump that leaves some behind it is set back.
    pub(super) fn height(&self) -> usize {
        self.stack
    }

    pub(super) fn set_height(&mut self, height: usize) {
        self.stack = height;
    }

    pub(super) fn new_local(&mut self) -> LocalIdx {
        self.locals += 1;
        LocalIdx(self.locals - 1)
    }

    pub(super) fn capture(&mut self, capture: Capture) -> CaptureIdx {
        let known = self.captures.iter().position(|known| *known == capture);
        CaptureIdx::after(known.unwrap_or_else(|| {
            self.captures.push(capture);
            self.captures.len() - 1
        }))
    }

    /// Takes the last instruction back, if it is one that only loads.
    pub(super) fn take_last(&mut self) -> Option<(Op, Span)> {
        Some((self.ops.pop()?, self.spans.pop()?))
    }

    pub(super) fn last(&self) -> Option<Op> {
        self.ops.last().copied()
    }

    pub(super) fn finish(mut self, end: Span, shape: FunctionShape, tables: &Tables) -> Function {
        self.emit(Op::Return, end);
        let has_parameters_alone = self.locals == shape.parameters && !shape.has_rest;
        let quick = if has_parameters_alone {
            quick::code(&self.ops, &tables.constants, &tables.paths)
        } else {
            None
        };
        thread_jumps(&mut self.ops);
        Function {
            quick,
            ops: self.ops.into(),
            spans: self.spans.into(),
            parameters: shape.parameters,
            has_rest: shape.has_rest,
            locals: self.locals,
            max_stack: u32::try_from(self.max_stack).expect("nesting bounds the stack") + self.locals,
            captures: self.captures.into(),
            name: shape.name,
            length: shape.length,
            span: shape.span,
        }
    }
}

/// What a function says of itself besides its code.
pub(super) struct FunctionShape {
    pub(super) parameters: u32,
    pub(super) has_rest: bool,
    pub(super) name: Str,
    pub(super) length: u32,
    pub(super) span: Span,
}

/// A jump to a jump of the same kind, or to an unconditional one, goes where that one goes; a jump to the end ends.
fn thread_jumps(ops: &mut [Op]) {
    for at in (0..ops.len()).rev() {
        if let Op::Jump(to) = ops[at]
            && ops[to.get()] == Op::Return
        {
            ops[at] = Op::Return;
        }
        let follow = |to: Addr| match (ops[at], ops[to.get()]) {
            (_, Op::Jump(next)) => Some(next),
            (Op::JumpIfFalse(_), Op::JumpIfFalse(next)) => Some(next),
            (Op::JumpIfTrue(_), Op::JumpIfTrue(next)) => Some(next),
            (Op::JumpIfNullish(_), Op::JumpIfNullish(next)) => Some(next),
            _ => None,
        };
        let target = match ops[at] {
            Op::Jump(to)
            | Op::JumpIfFalse(to)
            | Op::JumpIfTrue(to)
            | Op::JumpIfPresent(to)
            | Op::JumpIfDefined(to)
            | Op::JumpIfNullish(to) => follow(to),
            _ => None,
        };
        let Some(next) = target else { continue };
        match &mut ops[at] {
            Op::Jump(to)
            | Op::JumpIfFalse(to)
            | Op::JumpIfTrue(to)
            | Op::JumpIfPresent(to)
            | Op::JumpIfDefined(to)
            | Op::JumpIfNullish(to) => *to = next,
            other => unreachable!("{other:?} is no jump"),
        }
    }
}
