//! `component`: a fixed reference, read at once, or an expression that gives one.

use super::ComponentPlan;
use super::field::text_without_holes;
use super::planner::Planner;
use super::walk::bare;
use crate::component::{ComponentRef, RefError};
use crate::draw::StreamKind;
use crate::ensemble::schema::AgentSpec;
use crate::ensemble::yaml::Scalar;
use crate::syntax::ast::{Expr, ExprKind, Text};
use crate::syntax::{BinaryOp, Diagnostic, Severity, Span};
use crate::template::{Parsed, Part};

impl Planner<'_> {
    /// The outer `None` stands for a fault.
    pub(super) fn component(&mut self, spec: &AgentSpec) -> Option<Option<ComponentPlan>> {
        let Some(scalar) = &spec.component else { return Some(None) };
        if !scalar.text.contains("${") {
            return self.fixed(&scalar.text, scalar).map(Some);
        }
        let parsed = self.parsed(scalar)?;
        if let Some(text) = text_without_holes(&parsed) {
            return self.fixed(text, scalar).map(Some);
        }
        let length = self.path.len();
        self.path.push_str(".component");
        let (layer, label) = self.stream_parts(spec);
        let expression = self.expression(scalar, &parsed, StreamKind::Component, layer, label);
        self.path.truncate(length);
        self.lint_component(scalar, &parsed);
        Some(Some(ComponentPlan::Expression(expression?)))
    }

    fn fixed(&mut self, text: &str, scalar: &Scalar) -> Option<ComponentPlan> {
        match ComponentRef::parse(text) {
            Ok(reference) => Some(ComponentPlan::Fixed(reference)),
            Err(RefError { message, at }) => {
                // `$${` is shorter once it is read; no reference has one.
                let is_verbatim = text.len() == scalar.text.len();
                let span =
                    if is_verbatim && !at.is_empty() { scalar.map.span(at.into()) } else { scalar.span };
                self.report(invalid(Severity::Error, &message, span));
                None
            }
        }
    }

    /// Warns of literals that the expression can give and that are no references.
    fn lint_component(&mut self, scalar: &Scalar, parsed: &Parsed) {
        self.lint_comparisons(scalar, parsed);
        let [Part::Hole(expr, _), ..] = parsed.parts.as_slice() else { return };
        if parsed.is_whole {
            self.lint_result(scalar, expr);
        }
    }

    /// Looks at each literal that may be the whole expression's value. Recursion is bounded by the parser's cap.
    fn lint_result(&mut self, scalar: &Scalar, expr: &Expr) {
        match &bare(expr).kind {
            ExprKind::Conditional(parts) => {
                self.lint_result(scalar, &parts.consequent);
                self.lint_result(scalar, &parts.alternate);
            }
            ExprKind::Binary(binary) => {
                let is_choice = |op: BinaryOp| matches!(op, BinaryOp::Or | BinaryOp::Coalesce);
                if binary.rest.iter().all(|tail| is_choice(tail.op)) {
                    // An empty text in front of `||` only means the next operand.
                    if !matches!(&bare(&binary.first).kind, ExprKind::String(_)) {
                        self.lint_result(scalar, &binary.first);
                    }
                    binary.rest.iter().for_each(|tail| self.lint_result(scalar, &tail.operand));
                } else if let [tail] = &binary.rest[..]
                    && tail.op == BinaryOp::And
                {
                    self.lint_result(scalar, &tail.operand);
                }
            }
            ExprKind::String(Text::Utf8(text)) => self.lint_literal(scalar, text, bare(expr).span),
            _ => {}
        }
    }

    fn lint_literal(&mut self, scalar: &Scalar, text: &str, literal: Span) {
        let Err(RefError { message, at }) = ComponentRef::parse(text) else { return };
        let source = &scalar.text[literal.range()];
        let is_verbatim = source.get(1..source.len().saturating_sub(1)) == Some(text);
        let span = if is_verbatim && !at.is_empty() {
            let start = literal.range().start + 1;
            Span::new(start + at.start, start + at.end)
        } else {
            literal
        };
        self.report(invalid(Severity::Warning, &message, scalar.map.span(span)));
    }
}

/// The reference's own words; what stands behind the colon is the mend.
fn invalid(severity: Severity, message: &str, span: Span) -> Diagnostic {
    let new = |title| Diagnostic::new(severity, "invalid-component", title, span);
    match message.split_once(": ") {
        Some((title, mend)) => new(title).help(mend),
        None => new(message),
    }
}
