//! The contract between compiler and VM: instructions, programs, disassembly.
//!
//! A program is made of functions (the expression itself is the first, each arrow function another one) and of
//! tables that their instructions index. It borrows nothing, and nothing in it changes but the hints at which keys
//! were found last, so that threads may share it.
#![deny(clippy::disallowed_methods)]

mod disassemble;
mod op;
mod pipeline;
mod quick;
mod reads;
#[cfg(test)]
mod tests;

pub use op::{
    Addr, CallIdx, CaptureIdx, ConstIdx, FunctionIdx, JoinIdx, KeyIdx, LocalIdx, Op, PathIdx, PipelineIdx,
    ShapeIdx, SlotIdx, Source,
};
pub use pipeline::{End, Pipeline, Step, StepKind};
pub use quick::{Operation, Operator, QUICK_DEPTH, QuickBody, QuickCode, Term};

use crate::builtins::Methods;
use crate::syntax::Span;
use crate::value::{Native, Object, Shape, Slot, Str, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

// Code is read instruction by instruction.
const _: () = assert!(size_of::<Op>() <= 12);

/// A compiled expression. Cheap to clone, shared between threads; borrows nothing from its source.
#[derive(Clone, Debug)]
pub struct Program {
    code: Arc<Code>,
}

impl Program {
    /// The program of this code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code: Arc::new(code) }
    }

    /// Its code.
    #[must_use]
    #[inline]
    pub fn code(&self) -> &Arc<Code> {
        &self.code
    }

    /// The text that it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.code.source
    }

    /// The value, if the program does nothing but give a constant.
    #[must_use]
    pub fn constant(&self) -> Option<&Value> {
        match *self.code.main().ops {
            [Op::Const(index), Op::Return] => Some(&self.code.constants[index.get()]),
            _ => None,
        }
    }

    /// Whether evaluating it may draw. A function that came out of another program may draw all the same.
    #[must_use]
    pub fn may_draw(&self) -> bool {
        self.code.may_draw
    }

    /// The code, one instruction a line, with operands resolved and the source beside it.
    #[must_use]
    pub fn disassemble(&self) -> String {
        disassemble::disassemble(&self.code)
    }
}

/// Functions, and the tables that their instructions index.
#[derive(Debug)]
pub struct Code {
    /// The functions; the first one is the expression itself.
    pub functions: Box<[Function]>,
    /// Primitives, built-ins, and values that the host gave.
    pub constants: Box<[Value]>,
    /// Constant paths from a variable.
    pub paths: Box<[Path]>,
    /// Property names.
    pub keys: Box<[Key]>,
    /// Calls.
    pub calls: Box<[CallSite]>,
    /// The keys of object literals.
    pub shapes: Box<[Arc<Shape>]>,
    /// Texts with holes.
    pub joins: Box<[Join]>,
    /// Calls in a row that need no arrays in between.
    pub pipelines: Box<[Pipeline]>,
    /// The text that all spans count in.
    pub source: Box<str>,
    /// Whether any instruction may draw.
    pub may_draw: bool,
}

impl Code {
    /// The expression itself.
    #[must_use]
    #[inline]
    pub fn main(&self) -> &Function {
        &self.functions[0]
    }
}

/// The code of the expression, or of an arrow function.
#[derive(Debug)]
pub struct Function {
    /// The instructions; the last one is a `Return` or `Throw`.
    pub ops: Box<[Op]>,
    /// The place of each instruction.
    pub spans: Box<[Span]>,
    /// How many arguments become locals, from 0 on.
    pub parameters: u32,
    /// Whether the arguments after these are collected in the local that follows.
    pub has_rest: bool,
    /// All locals, parameters included.
    pub locals: u32,
    /// The highest the stack gets, locals included.
    pub max_stack: u32,
    /// The same as a tree, which the machine tries first, if it only loads, compares, calculates and chooses, and perhaps
    /// joins a text in the end.
    pub quick: Option<QuickCode>,
    /// Where the captured values come from.
    pub captures: Box<[Capture]>,
    /// JavaScript's `.name`.
    pub name: Str,
    /// JavaScript's `.length`.
    pub length: u32,
    /// The function's text.
    pub span: Span,
}

/// What a closure captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// A value, copied when the closure is made.
    Value(CaptureSource),
    /// A parameter that has no value yet: the cell in this local, which is made where there is none so far.
    Late(LocalIdx),
}

/// Where a closure finds a value that it captures, in the function that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureSource {
    /// A variable of the scope; only in the expression itself.
    Variable(SlotIdx),
    /// A local.
    Local(LocalIdx),
    /// A value captured in turn.
    Capture(CaptureIdx),
}

/// A path of constant keys from a variable: `input.user.id`.
#[derive(Clone, Debug)]
pub struct Path {
    /// What it starts from.
    pub root: CaptureSource,
    /// At least one.
    pub keys: Arc<[Key]>,
}

/// A property name, with the slot where it was found last.
#[derive(Debug)]
pub struct Key {
    /// The name.
    pub name: Str,
    /// What the name is read from, and the name: for errors.
    pub span: Span,
    /// Whether a plain object inherits something of that name, so that its absence does not mean `undefined`.
    pub is_inherited: bool,
    /// Whether it is `length`, which strings and arrays have.
    pub is_length: bool,
    /// A guess, checked each time: any value is safe, and threads need not agree.
    hint: AtomicU32,
}

impl Key {
    /// The key `name`, read at `span`.
    #[must_use]
    pub fn new(name: Str, span: Span) -> Self {
        let is_inherited = name.as_str().is_some_and(|name| Methods::named(name).object.is_some());
        let is_length = name == "length";
        Self { name, span, is_inherited, is_length, hint: AtomicU32::new(0) }
    }

    /// The value of this key in `object`. O(1) where the last object had the key in the same place.
    #[must_use]
    #[inline(always)]
    pub fn find<'o>(&self, object: &'o Object) -> Option<&'o Value> {
        let hint = self.hint.load(Ordering::Relaxed);
        if object.keys().get(hint as usize).is_some_and(|key| *key == self.name) {
            return object.at(Slot(hint));
        }
        self.search(object)
    }

    /// As [`find`](Self::find), but `None` also where the key is not in the same place, or its name takes more than a
    /// look: for who then asks again. Calls nothing.
    #[must_use]
    #[inline(always)]
    pub fn find_again<'o>(&self, object: &'o Object) -> Option<&'o Value> {
        let hint = self.hint.load(Ordering::Relaxed);
        let key = object.keys().get(hint as usize)?;
        if key.is_short_same(&self.name) == Some(true) { object.at_hand(Slot(hint)) } else { None }
    }

    #[inline(never)]
    fn search<'o>(&self, object: &'o Object) -> Option<&'o Value> {
        let slot = object.shape().slot(&self.name)?;
        self.hint.store(slot.0, Ordering::Relaxed);
        object.at(slot)
    }
}

/// A call in the text.
#[derive(Debug)]
pub struct CallSite {
    /// What is called.
    pub callee: Callee,
    /// The text of what is called, for errors.
    pub span: Span,
}

/// What a call calls.
#[derive(Debug)]
pub enum Callee {
    /// A function that is computed.
    Value,
    /// A method by its name.
    Method(Key, Methods),
    /// A method whose name is computed.
    Indexed,
    /// A built-in that nothing can shadow.
    Native(&'static Native),
}

/// The parts of a text with holes.
#[derive(Debug)]
pub struct Join {
    /// The place of each hole, nothing for the texts between them.
    pub holes: Box<[Option<Span>]>,
}
