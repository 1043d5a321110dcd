//! Makes code of a tree whose names are known to be good.
//!
//! Every expression leaves its value in the accumulator. What has to wait is pushed, unless it is a constant, a path
//! or a local: those are operands of the instruction that wants them. A file per family, as in the parser.

mod arrow;
mod chain;
mod literal;
mod operator;

use super::builder::{FunctionBuilder, FunctionShape, Tables};
use super::scope::Meaning;
use super::{JoinPart, Scope};
use crate::builtins;
use crate::bytecode::{
    Addr, Capture, CaptureIdx, CaptureSource, FunctionIdx, LocalIdx, Op, Program, SlotIdx,
};
use crate::syntax::ast::{Expr, ExprKind, Name, Text};
use crate::syntax::{Span, nearest};
use crate::value::{Str, Value};

/// The state of making one program.
pub(super) struct Codegen<'c> {
    text: &'c str,
    scope: &'c Scope,
    tables: Tables,
    /// The functions being made, innermost last; the first is the expression itself.
    frames: Vec<Frame>,
}

/// A function being made.
struct Frame {
    function: FunctionIdx,
    builder: FunctionBuilder,
    /// What its parameters bind.
    bindings: Vec<Binding>,
}

struct Binding {
    name: Name,
    local: LocalIdx,
    /// Whether code so far has given it its value: a default may not read a later parameter.
    is_ready: bool,
    /// The local of the cell that functions capture which are made before it is ready, if there are any.
    cell: Option<LocalIdx>,
}

/// What a name stands for where it is read.
enum Resolved {
    /// Something that holds a value.
    Stored(CaptureSource),
    /// A value known now.
    Value(Value),
    /// The stream's first draw.
    Draw,
    /// The captured cell of a parameter that had no value yet when the function was made.
    Late(CaptureIdx),
    /// A parameter that has no value yet.
    NotReady,
    /// Nothing: reading it throws.
    Undeclared,
}

impl<'c> Codegen<'c> {
    pub(super) fn new(text: &'c str, scope: &'c Scope) -> Self {
        let mut codegen = Self { text, scope, tables: Tables::default(), frames: Vec::new() };
        codegen.enter();
        codegen
    }

    /// The program, once the expression has been made.
    pub(super) fn finish(mut self) -> Program {
        let span = Span::new(0, self.text.len());
        self.leave(FunctionShape { parameters: 0, has_rest: false, name: Str::EMPTY, length: 0, span }, span);
        self.tables.into_program(self.text)
    }

    /// Text with holes, joined.
    pub(super) fn join(&mut self, parts: &[JoinPart<'_>]) {
        let mut holes = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                JoinPart::Text(text) => {
                    self.constant(Value::from(*text), Span::default());
                    holes.push(None);
                    self.emit(Op::Push, Span::default());
                }
                JoinPart::Hole(expr, span) => {
                    self.expression(expr);
                    holes.push(Some(*span));
                    self.emit(Op::Push, *span);
                }
            }
        }
        let count = u32::try_from(holes.len()).expect("a text of at most 4 GiB has fewer parts");
        let join = self.tables.join(holes);
        self.emit(Op::Join(join, count), Span::new(0, self.text.len()));
    }

    /// Leaves the value of `expr` in the accumulator.
    pub(super) fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null => self.constant(Value::Null, expr.span),
            ExprKind::Bool(claim) => self.constant(Value::Bool(*claim), expr.span),
            ExprKind::Number(number) => self.constant(Value::Number(*number), expr.span),
            ExprKind::String(text) => self.constant(Value::String(str_of(text)), expr.span),
            ExprKind::Template(template) => self.template(template, expr.span),
            ExprKind::Regex(regex) => self.regex(regex, expr.span),
            ExprKind::Name(name) => self.name(name, expr.span),
            ExprKind::Array(items) => self.array(items, expr.span),
            ExprKind::Object(properties) => self.object(properties, expr.span),
            ExprKind::Paren(inner) => self.expression(inner),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, expr.span),
            ExprKind::Binary(binary) => self.binary(binary, expr.span),
            ExprKind::Conditional(conditional) => self.conditional(conditional),
            ExprKind::Chain(chain) => self.chain(chain, expr.span),
            ExprKind::Arrow(arrow) => self.arrow(arrow, Str::EMPTY, expr.span),
        }
    }

    /// As [`expression`](Self::expression), for a place that gives its name to a function.
    fn named_expression(&mut self, expr: &Expr, name: Str) {
        match &expr.kind {
            ExprKind::Arrow(arrow) => self.arrow(arrow, name, expr.span),
            ExprKind::Paren(inner) => self.named_expression(inner, name),
            _ => self.expression(expr),
        }
    }

    fn name(&mut self, name: &str, span: Span) {
        match self.resolve(name) {
            Resolved::Stored(source) => self.load(source, span),
            Resolved::Value(value) => self.constant(value, span),
            Resolved::Draw => {
                self.tables.note_draw();
                self.emit(Op::Draw, span);
            }
            Resolved::Late(capture) => {
                self.emit(Op::Capture(capture), span);
                let message = self.tables.constant(Value::from(not_ready(name)));
                self.emit(Op::Late(message), span);
            }
            Resolved::NotReady => self.throw(&not_ready(name), span),
            Resolved::Undeclared => {
                let mut message = format!("{name} is not defined");
                if let Some(hint) = self.hint(name) {
                    message.push_str(&format!(" ({hint})"));
                }
                self.throw(&message, span);
            }
        }
    }

    /// What was meant by a name that nothing declares.
    fn hint(&self, name: &str) -> Option<String> {
        if let Some(mend) = builtins::foreign_name(name) {
            return Some(format!("write {mend}"));
        }
        let bound = self.frames.iter().flat_map(|frame| &frame.bindings).map(|binding| &*binding.name);
        let known = bound.chain(self.scope.names());
        let known = known.chain(builtins::global_names().map(|global| -> &str { global }));
        nearest(name, known).map(|near| format!("did you mean `{near}`?"))
    }

    fn load(&mut self, source: CaptureSource, span: Span) {
        let op = match source {
            CaptureSource::Variable(slot) => Op::Variable(slot),
            CaptureSource::Local(local) => Op::Local(local),
            CaptureSource::Capture(capture) => Op::Capture(capture),
        };
        self.emit(op, span);
    }

    fn throw(&mut self, message: &str, span: Span) {
        let message = self.tables.constant(Value::from(message));
        self.emit(Op::Throw(message), span);
    }

    fn resolve(&mut self, name: &str) -> Resolved {
        if let Some(resolved) = self.find(name, self.frames.len() - 1) {
            return resolved;
        }
        match self.scope.meaning(name) {
            Some(Meaning::Constant(value)) => return Resolved::Value(value.clone()),
            Some(Meaning::Slot(_) | Meaning::Group(_)) | None => {}
        }
        if self.scope.is_draw(name) {
            return Resolved::Draw;
        }
        match builtins::global(name) {
            Some(value) => Resolved::Value(value),
            None => Resolved::Undeclared,
        }
    }

    /// Finds a parameter or variable as the function at `depth` sees it, capturing it on the way.
    fn find(&mut self, name: &str, depth: usize) -> Option<Resolved> {
        let bound = self.frames[depth].bindings.iter().rev().find(|binding| *binding.name == *name);
        if let Some(binding) = bound {
            let source = CaptureSource::Local(binding.local);
            return Some(if binding.is_ready { Resolved::Stored(source) } else { Resolved::NotReady });
        }
        let Some(outer) = depth.checked_sub(1) else {
            return match self.scope.meaning(name) {
                Some(Meaning::Slot(slot)) => Some(Resolved::Stored(CaptureSource::Variable(SlotIdx(*slot)))),
                _ => None,
            };
        };
        let found = self.find(name, outer)?;
        let late = match &found {
            Resolved::NotReady => Some(Capture::Late(self.cell(name, outer))),
            Resolved::Late(cell) => Some(Capture::Value(CaptureSource::Capture(*cell))),
            _ => None,
        };
        let builder = &mut self.frames[depth].builder;
        Some(match (found, late) {
            (_, Some(cell)) => Resolved::Late(builder.capture(cell)),
            (Resolved::Stored(source), None) => {
                Resolved::Stored(CaptureSource::Capture(builder.capture(Capture::Value(source))))
            }
            (other, None) => other,
        })
    }

    /// The local of the cell for a parameter of the function at `depth` that is not ready.
    fn cell(&mut self, name: &str, depth: usize) -> LocalIdx {
        let Frame { bindings, builder, .. } = &mut self.frames[depth];
        let binding = bindings.iter_mut().rev().find(|binding| *binding.name == *name);
        let binding = binding.expect("it was found there");
        *binding.cell.get_or_insert_with(|| builder.new_local())
    }

    /// The variable in `slot`, as the innermost function sees it.
    fn find_slot(&mut self, slot: u32) -> CaptureSource {
        let mut source = CaptureSource::Variable(SlotIdx(slot));
        for frame in &mut self.frames[1..] {
            source = CaptureSource::Capture(frame.builder.capture(Capture::Value(source)));
        }
        source
    }

    /// Whether a name is a parameter's: then no filter has it.
    fn is_parameter(&self, name: &str) -> bool {
        self.frames.iter().any(|frame| frame.bindings.iter().any(|binding| *binding.name == *name))
    }

    fn builder(&mut self) -> &mut FunctionBuilder {
        &mut self.frames.last_mut().expect("the expression's own frame stays until the end").builder
    }

    fn emit(&mut self, op: Op, span: Span) -> Addr {
        self.builder().emit(op, span)
    }

    fn here(&mut self) -> Addr {
        self.builder().here()
    }

    fn constant(&mut self, value: Value, span: Span) {
        let index = self.tables.constant(value);
        self.emit(Op::Const(index), span);
    }

    /// Emits a jump whose target is still to come.
    fn jump(&mut self, op: fn(Addr) -> Op, span: Span) -> Addr {
        self.emit(op(Addr(0)), span)
    }

    fn land_all(&mut self, jumps: &[Addr]) {
        for jump in jumps {
            self.builder().land(*jump);
        }
    }

    /// The constant that the code from `start` on is, if it is nothing else.
    fn constant_since(&mut self, start: Addr) -> Option<Value> {
        let builder = self.builder();
        if builder.here().0 != start.0 + 1 {
            return None;
        }
        match builder.last() {
            Some(Op::Const(index)) => Some(self.tables.constant_at(index).clone()),
            _ => None,
        }
    }

    /// Takes the constant that [`constant_since`](Self::constant_since) found back out of the code.
    fn take_constant(&mut self, start: Addr) -> Option<Value> {
        let value = self.constant_since(start)?;
        self.builder().take_last();
        Some(value)
    }

    fn enter(&mut self) {
        let function = self.tables.reserve_function();
        self.frames.push(Frame { function, builder: FunctionBuilder::default(), bindings: Vec::new() });
    }

    fn leave(&mut self, shape: FunctionShape, end: Span) -> FunctionIdx {
        let frame = self.frames.pop().expect("every frame that is left was entered");
        let function = frame.builder.finish(end, shape, &self.tables);
        self.tables.set_function(frame.function, function);
        frame.function
    }
}

fn not_ready(name: &str) -> String {
    format!("Cannot access '{name}' before initialization")
}

/// The value of a text in the tree.
fn str_of(text: &Text) -> Str {
    match text {
        Text::Utf8(text) => Str::from(&**text),
        Text::Utf16(units) => Str::from_units(units),
    }
}
