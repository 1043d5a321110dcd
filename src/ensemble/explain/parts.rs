//! Takes an expression apart along its operators, and evaluates each part.

use super::{Part, PartValue};
use crate::compile::{self, Scope};
use crate::draw::Stream;
use crate::ensemble::run::Secrets;
use crate::ensemble::trace::cut;
use crate::syntax::ast::{Binary, Conditional, Expr, ExprKind, LinkKind};
use crate::syntax::{self, BinaryOp};
use crate::template::{Parsed, Template};
use crate::value::{Value, number};
use crate::vm::{EvalError, Vm};

/// As many parts are told of one expression: more would not be read, and each is an evaluation.
pub(super) const MOST: usize = 200;
/// How many draws are told of one part.
const DRAWS: usize = 8;

/// Evaluates the parts of one expression.
pub(super) struct Explainer<'e> {
    /// The template's text, to which all spans count.
    pub(super) text: &'e str,
    pub(super) scope: &'e Scope,
    pub(super) variables: &'e [Value],
    pub(super) secrets: &'e Secrets,
    pub(super) stream: Stream,
    pub(super) vm: &'e mut Vm,
    /// How many parts may still be told.
    pub(super) room: usize,
}

/// A part with what its neighbours need to know.
struct Evaluated {
    part: Part,
    /// What it gave; none if it threw.
    value: Option<Value>,
    /// The number of the next draw after it.
    next: u64,
}

impl Explainer<'_> {
    /// The whole of a template: its one expression, or its text with an expression a part.
    pub(super) fn template(&mut self, template: &Template, parsed: &Parsed) -> Part {
        let holes: Vec<&Expr> = parsed.holes().collect();
        if let [only] = holes.as_slice()
            && parsed.is_whole
        {
            return self.expr(only, 0).part;
        }
        let mut cursor = self.stream.cursor();
        let result = template.eval(self.vm, self.variables, &mut cursor);
        let draws = cursor.taken(DRAWS);
        let mut parts = Vec::new();
        let mut next = 0;
        for hole in holes {
            let evaluated = self.expr(hole, next);
            next = evaluated.next;
            parts.push(evaluated.part);
        }
        Part { text: line(self.text), value: self.shown(&result), draws, parts }
    }

    /// A part whose first draw is number `at`.
    fn expr(&mut self, expr: &Expr, at: u64) -> Evaluated {
        if let ExprKind::Paren(inner) = &expr.kind {
            return self.expr(inner, at);
        }
        let mut evaluated = self.evaluate(expr, at);
        evaluated.part.parts = match &expr.kind {
            ExprKind::Binary(binary) => self.binary(binary, at),
            ExprKind::Conditional(conditional) => self.conditional(conditional, at),
            ExprKind::Unary(_, operand) => {
                let mut parts = Vec::new();
                self.operand(operand, at, &mut parts);
                parts
            }
            _ => self.reads(expr),
        };
        evaluated
    }

    fn evaluate(&mut self, expr: &Expr, at: u64) -> Evaluated {
        self.room = self.room.saturating_sub(1);
        let text = line(&self.text[expr.span.range()]);
        let program = match compile::compile(expr, self.text, self.scope) {
            Ok(program) => program,
            // It compiled as part of the whole.
            Err(_) => {
                let part = Part { text, value: PartValue::Skipped, draws: Vec::new(), parts: Vec::new() };
                return Evaluated { part, value: None, next: at };
            }
        };
        let mut cursor = self.stream.cursor_at(at);
        let result = self.vm.run(&program, self.variables, &mut cursor);
        let next = cursor.position();
        let draws = cursor.taken(DRAWS);
        let part = Part { text, value: self.shown(&result), draws, parts: Vec::new() };
        Evaluated { part, value: result.ok(), next }
    }

    fn binary(&mut self, binary: &Binary, at: u64) -> Vec<Part> {
        let mut parts = Vec::new();
        let (mut next, mut value) = self.operand(&binary.first, at, &mut parts);
        let mut is_over = value.is_none();
        for tail in &binary.rest {
            let is_decided = |value: &Value| match tail.op {
                BinaryOp::And => !value.truthy(),
                BinaryOp::Or => value.truthy(),
                BinaryOp::Coalesce => !value.is_nullish(),
                _ => false,
            };
            is_over |= value.as_ref().is_none_or(is_decided);
            if is_over {
                self.skip(&tail.operand, &mut parts);
            } else {
                (next, value) = self.operand(&tail.operand, next, &mut parts);
            }
        }
        parts
    }

    fn conditional(&mut self, conditional: &Conditional, at: u64) -> Vec<Part> {
        let mut parts = Vec::new();
        let Conditional { test, consequent, alternate } = conditional;
        let (next, value) = self.operand(test, at, &mut parts);
        for (branch, is_taken_if) in [(consequent, true), (alternate, false)] {
            if value.as_ref().is_some_and(|value| value.truthy() == is_taken_if) {
                self.operand(branch, next, &mut parts);
            } else {
                self.skip(branch, &mut parts);
            }
        }
        parts
    }

    /// Tells an operand, unless it is a constant or there is no more room: the next draw after it, and its value.
    fn operand(&mut self, expr: &Expr, at: u64, parts: &mut Vec<Part>) -> (u64, Option<Value>) {
        let is_told = !is_constant(expr) && self.room > 0;
        let evaluated = if is_told { self.expr(expr, at) } else { self.evaluate(expr, at) };
        if is_told {
            parts.push(evaluated.part);
        }
        (evaluated.next, evaluated.value)
    }

    fn skip(&mut self, expr: &Expr, parts: &mut Vec<Part>) {
        if self.room > 0 && !is_constant(expr) {
            self.room -= 1;
            let text = line(&self.text[expr.span.range()]);
            parts.push(Part { text, value: PartValue::Skipped, draws: Vec::new(), parts: Vec::new() });
        }
    }

    /// What an expression that is not taken apart reads: `input.user.tags` of `input.user.tags.includes('x')`.
    fn reads(&mut self, expr: &Expr) -> Vec<Part> {
        if is_path(expr) {
            return Vec::new();
        }
        let mut parts: Vec<Part> = Vec::new();
        for reference in compile::references(expr, self.scope) {
            let mut ends: Vec<usize> = reference.members.iter().map(|(_, span)| span.range().end).collect();
            ends.insert(0, reference.span.range().end);
            // The last member may be a method, which is nothing to show: the value that has it is.
            while let Some(end) = ends.pop() {
                let is_index = self.text[end..].starts_with(']');
                let slice = &self.text[reference.span.range().start..end + usize::from(is_index)];
                let Ok(read) = syntax::parse(slice, self.scope.declared()) else { continue };
                let Ok(program) = compile::compile(&read, slice, self.scope) else { continue };
                let mut cursor = self.stream.cursor();
                let result = self.vm.run(&program, self.variables, &mut cursor);
                if result.as_ref().is_ok_and(Value::is_callable) {
                    continue;
                }
                let part = Part {
                    text: line(slice),
                    value: self.shown(&result),
                    draws: Vec::new(),
                    parts: Vec::new(),
                };
                if self.room > 0 && !parts.contains(&part) {
                    self.room -= 1;
                    parts.push(part);
                }
                break;
            }
        }
        parts
    }

    fn shown(&self, result: &Result<Value, EvalError>) -> PartValue {
        match result {
            Ok(Value::Undefined) => PartValue::Given("undefined".to_owned()),
            Ok(Value::Number(number)) if !number.is_finite() => {
                PartValue::Given(number::to_js_string(*number).to_text().into_owned())
            }
            Ok(value) if value.is_callable() => PartValue::Given("a function".to_owned()),
            Ok(value) => PartValue::Given(cut(&self.secrets.mask(&value.to_json_string())).into_owned()),
            Err(error) => PartValue::Thrown(cut(&self.secrets.mask(&error.to_string())).into_owned()),
        }
    }
}

/// Whether its value is plain from its text.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Regex(_) => true,
        ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => is_constant(inner),
        ExprKind::Name(name) => matches!(&**name, "undefined" | "NaN" | "Infinity"),
        _ => false,
    }
}

/// Whether it is a name with members, which its value says all of.
fn is_path(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Chain(chain) => {
            let is_plain = |kind: &LinkKind| match kind {
                LinkKind::Member(..) => true,
                LinkKind::Index(key) => is_constant(key),
                LinkKind::Call(_) => false,
            };
            matches!(chain.base.kind, ExprKind::Name(_))
                && chain.links.iter().all(|link| is_plain(&link.kind))
        }
        _ => is_constant(expr),
    }
}

/// White space and line breaks made single spaces.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
