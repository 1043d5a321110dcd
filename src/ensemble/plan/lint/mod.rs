//! What compiles and is probably not meant. No alarm is better than a false one: what cannot be told is not told.

mod comparison;
mod method;
mod share;
mod split;

pub(super) use split::SplitGate;

use super::planner::Planner;
use super::walk::{for_each_child, is_random};
use super::{AgentIdx, Expression};
use crate::ensemble::schema::Draws;
use crate::ensemble::yaml::Scalar;
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::{Diagnostic, Severity, Span};
use crate::template::{Parsed, Part};
use crate::value::Value;

impl Planner<'_> {
    /// Looks at a gate's expression, and keeps what it draws for [`lint_splits`](Self::lint_splits).
    pub(super) fn lint_gate(&mut self, agent: AgentIdx, scalar: &Scalar, parsed: &Parsed, gate: &Expression) {
        let [Part::Hole(expr, _), ..] = parsed.parts.as_slice() else { return };
        let place = scalar.map.span(expr.span);
        if self.lint_uncalled(scalar, expr) {
            return;
        }
        if gate.stream.is_none() {
            self.lint_constant(parsed, expr, place, gate);
            return;
        }
        self.lint_comparisons(scalar, parsed);
        let draws = draws_of_one_evaluation(expr);
        if let [first, second, ..] = *draws {
            let title = "this condition draws twice: each `Math.random()` is another number";
            let diagnostic = Diagnostic::warning("two-draws", title, scalar.map.span(second));
            let diagnostic =
                diagnostic.label("the second draw").also(scalar.map.span(first), "the first one");
            self.report(
                diagnostic.help("use `draw`, which is the first number of the run as often as it is read"),
            );
        }
        if self.spec.draws == Draws::Shared {
            let share = if draws.len() > 1 { None } else { share::of(expr) };
            self.gates.push(SplitGate { agent, share, place });
        }
    }

    /// A condition that reads nothing is the same in every run; `fail(…)` is there on purpose.
    fn lint_constant(&mut self, parsed: &Parsed, expr: &Expr, place: Span, gate: &Expression) {
        if !parsed.references(&self.scope).is_empty() || mentions(expr, "fail") {
            return;
        }
        let title = "this condition is the same in every run";
        let hint =
            Diagnostic::new(Severity::Hint, "constant-condition", title, place).label("it reads nothing");
        self.report(match gate.template.constant().map(Value::truthy) {
            Some(is_open) => hint.help(format!("write `condition: {is_open}`")),
            None => hint,
        });
    }

    /// A sticky key is somebody's; one that reads nothing is nobody's.
    pub(super) fn lint_sticky(&mut self, scalar: &Scalar, parsed: &Parsed, key: &Expression) {
        if !parsed.references(&self.scope).is_empty() {
            return;
        }
        let help = "write an expression over the input, such as `${input.user_id}`";
        let diagnostic = if key.stream.is_some() {
            let title = "the sticky key is drawn anew in each run: nobody stays on a side";
            Diagnostic::warning("drawn-sticky", title, scalar.span)
        } else {
            Diagnostic::error("constant-sticky", "the sticky key is the same for everybody", scalar.span)
        };
        self.report(diagnostic.help(help));
    }
}

fn mentions(expr: &Expr, name: &str) -> bool {
    if let ExprKind::Name(found) = &expr.kind {
        return &**found == name;
    }
    let mut found = false;
    for_each_child(expr, &mut |child| found = found || mentions(child, name));
    found
}

/// The `Math.random()` that one evaluation may come to: of the branches of `?:` the one with more.
fn draws_of_one_evaluation(expr: &Expr) -> Vec<Span> {
    if is_random(expr) {
        return vec![expr.span];
    }
    match &expr.kind {
        ExprKind::Conditional(parts) => {
            let mut draws = draws_of_one_evaluation(&parts.test);
            let consequent = draws_of_one_evaluation(&parts.consequent);
            let alternate = draws_of_one_evaluation(&parts.alternate);
            draws.extend(if consequent.len() >= alternate.len() { consequent } else { alternate });
            draws
        }
        // A function that draws is meant to draw as often as it is called.
        ExprKind::Arrow(_) => Vec::new(),
        _ => {
            let mut draws = Vec::new();
            for_each_child(expr, &mut |child| draws.extend(draws_of_one_evaluation(child)));
            draws
        }
    }
}

#[cfg(test)]
mod tests;
