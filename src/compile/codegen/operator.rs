//! Operators, conditionals and filters.

use super::Codegen;
use super::chain::has_spread;
use crate::bytecode::{Addr, Callee, Op, Source};
use crate::compile::fold;
use crate::compile::names::{self, Filter};
use crate::syntax::ast::{Binary, BinaryTail, Conditional, Element, Expr, ExprKind};
use crate::syntax::{BinaryOp, Span, UnaryOp};
use crate::value::{Native, Value};

impl Codegen<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr, span: Span) {
        if let (UnaryOp::Typeof, Some(name)) = (op, undeclared_operand(operand)) {
            // Only a name that is nowhere declared may be asked for its type without throwing.
            if matches!(self.resolve(name), super::Resolved::Undeclared) {
                return self.constant(Value::from("undefined"), span);
            }
        }
        let start = self.here();
        self.expression(operand);
        let folded = self.constant_since(start).and_then(|value| fold::unary(op, &value));
        if let Some(value) = folded {
            self.builder().take_last();
            return self.constant(value, span);
        }
        let op = match op {
            UnaryOp::Not => Op::Not,
            UnaryOp::BitNot => Op::BitNot,
            UnaryOp::Plus => Op::Plus,
            UnaryOp::Minus => Op::Minus,
            UnaryOp::Typeof => Op::Typeof,
            UnaryOp::Void => return self.constant(Value::Undefined, span),
        };
        self.emit(op, span);
    }

    pub(super) fn binary(&mut self, binary: &Binary, span: Span) {
        let start = self.here();
        self.expression(&binary.first);
        match binary.rest.first().map(|tail| tail.op) {
            Some(BinaryOp::Or) => self.logical(start, binary, Op::JumpIfTrue, Value::truthy),
            Some(BinaryOp::And) => self.logical(start, binary, Op::JumpIfFalse, |value| !value.truthy()),
            Some(BinaryOp::Coalesce) => {
                self.logical(start, binary, Op::JumpIfPresent, |value| !value.is_nullish());
            }
            _ => {
                for tail in &binary.rest {
                    let whole = Span { start: span.start, end: tail.operand.span.end };
                    self.tail(start, tail, whole);
                }
            }
        }
    }

    /// `||`, `&&` and `??`: the rest is skipped as soon as one operand decides.
    fn logical(&mut self, start: Addr, binary: &Binary, jump: fn(Addr) -> Op, decides: fn(&Value) -> bool) {
        let mut exits = Vec::new();
        let mut start = start;
        for tail in &binary.rest {
            if let Some(value) = self.constant_since(start) {
                if decides(&value) {
                    break;
                }
                self.builder().take_last();
            } else {
                exits.push(self.jump(jump, tail.op_span));
            }
            start = self.here();
            self.expression(&tail.operand);
        }
        self.land_all(&exits);
    }

    /// An operator and its right operand; the left one is in the accumulator, made by the code from `start` on.
    fn tail(&mut self, start: Addr, tail: &BinaryTail, span: Span) {
        if let Some((filter, arguments)) =
            names::filter(tail.op, &tail.operand, self.scope, |name| self.is_parameter(name))
        {
            return match filter {
                Filter::BuiltIn(native) => self.filter(native, arguments, tail.operand.span),
                Filter::Host(function) => self.host_filter(function, arguments, tail.operand.span),
            };
        }
        let left = self.constant_since(start);
        let push = self.emit(Op::Push, tail.operand.span);
        self.expression(&tail.operand);
        let right = self.right_operand(push);
        if let (Some(left), Source::Const(index)) = (&left, right) {
            let right = self.tables.constant_at(index).clone();
            if let Some(value) = fold::binary(tail.op, left, &right) {
                self.builder().take_last();
                return self.constant(value, span);
            }
        }
        self.emit(binary_op(tail.op, right), span);
    }

    /// Where the value made by the code after `push` is best taken from: a single load need not wait on the stack.
    fn right_operand(&mut self, push: Addr) -> Source {
        let builder = self.builder();
        if builder.here().0 != push.0 + 2 {
            return Source::Stack;
        }
        let source = match builder.last() {
            Some(Op::Const(index)) => Source::Const(index),
            Some(Op::Path(index)) => Source::Path(index),
            Some(Op::Local(index)) => Source::Local(index),
            _ => return Source::Stack,
        };
        builder.take_last();
        builder.take_last();
        builder.set_height(builder.height() - 1);
        source
    }

    pub(super) fn index(&mut self, key: &Expr, span: Span) {
        let push = self.emit(Op::Push, span);
        self.expression(key);
        let source = self.right_operand(push);
        self.emit(Op::Index(source), span);
    }

    /// `value | name(arguments)`: the value is the first argument.
    fn filter(&mut self, native: &'static Native, arguments: &[Element], span: Span) {
        if has_spread(arguments) {
            self.emit(Op::ListBegin, span);
            self.emit(Op::ListPush, span);
            self.list_elements(arguments);
            let call = self.tables.native(native, span);
            self.emit(Op::CallNativeSpread(call), span);
            return;
        }
        self.emit(Op::Push, span);
        let count = self.push_arguments(arguments) + 1;
        let call = self.tables.native(native, span);
        self.emit(Op::CallNative(call, count), span);
    }

    /// As [`filter`](Self::filter), for a filter of the host's: a function that is called with the value first.
    fn host_filter(&mut self, function: &Value, arguments: &[Element], span: Span) {
        let value = self.store_temporary(span);
        self.constant(function.clone(), span);
        self.emit(Op::Push, span);
        let call = self.tables.call(Callee::Value, span);
        self.emit(Op::Local(value), span);
        if has_spread(arguments) {
            self.emit(Op::ListBegin, span);
            self.emit(Op::ListPush, span);
            self.list_elements(arguments);
            self.emit(Op::CallSpread(call), span);
            return;
        }
        self.emit(Op::Push, span);
        let count = self.push_arguments(arguments) + 1;
        self.emit(Op::Call(call, count), span);
    }

    pub(super) fn conditional(&mut self, conditional: &Conditional) {
        let start = self.here();
        self.expression(&conditional.test);
        if let Some(test) = self.take_constant(start) {
            let chosen = if test.truthy() { &conditional.consequent } else { &conditional.alternate };
            return self.expression(chosen);
        }
        let otherwise = self.jump(Op::JumpIfFalse, conditional.test.span);
        self.expression(&conditional.consequent);
        let end = self.jump(Op::Jump, conditional.consequent.span);
        self.builder().land(otherwise);
        self.expression(&conditional.alternate);
        self.builder().land(end);
    }
}

/// The name that is all of the operand, in parentheses or not.
fn undeclared_operand(operand: &Expr) -> Option<&str> {
    match &operand.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Paren(inner) => undeclared_operand(inner),
        _ => None,
    }
}

fn binary_op(op: BinaryOp, right: Source) -> Op {
    match op {
        BinaryOp::Coalesce | BinaryOp::Or | BinaryOp::And => unreachable!("logical operators are jumps"),
        BinaryOp::BitOr => Op::BitOr(right),
        BinaryOp::BitXor => Op::BitXor(right),
        BinaryOp::BitAnd => Op::BitAnd(right),
        BinaryOp::Equal => Op::Equal(right),
        BinaryOp::NotEqual => Op::NotEqual(right),
        BinaryOp::StrictEqual => Op::StrictEqual(right),
        BinaryOp::StrictNotEqual => Op::StrictNotEqual(right),
        BinaryOp::Less => Op::Less(right),
        BinaryOp::LessEqual => Op::LessEqual(right),
        BinaryOp::Greater => Op::Greater(right),
        BinaryOp::GreaterEqual => Op::GreaterEqual(right),
        BinaryOp::In => Op::In(right),
        BinaryOp::ShiftLeft => Op::ShiftLeft(right),
        BinaryOp::ShiftRight => Op::ShiftRight(right),
        BinaryOp::ShiftRightUnsigned => Op::ShiftRightUnsigned(right),
        BinaryOp::Add => Op::Add(right),
        BinaryOp::Subtract => Op::Subtract(right),
        BinaryOp::Multiply => Op::Multiply(right),
        BinaryOp::Divide => Op::Divide(right),
        BinaryOp::Remainder => Op::Remainder(right),
        BinaryOp::Exponent => Op::Exponent(right),
    }
}
