//! Comparisons of a draw that come out the same for every draw: a percentage taken for a share, mostly.

use super::share::{Threshold, threshold};
use crate::ensemble::plan::planner::Planner;
use crate::ensemble::plan::walk::{bare, for_each_child, is_name, is_random};
use crate::ensemble::yaml::Scalar;
use crate::syntax::ast::{Binary, Expr, ExprKind};
use crate::syntax::{BinaryOp, Diagnostic};
use crate::template::Parsed;

impl Planner<'_> {
    /// Warns of each comparison of a draw that cannot come out both ways. Thresholds of exactly 0 and 1 are the two
    /// ends of a rollout, and silent.
    pub(in crate::ensemble::plan) fn lint_comparisons(&mut self, scalar: &Scalar, parsed: &Parsed) {
        for expr in parsed.holes() {
            self.lint_comparison(scalar, expr);
        }
    }

    fn lint_comparison(&mut self, scalar: &Scalar, expr: &Expr) {
        if let ExprKind::Arrow(_) = &expr.kind {
            // Its parameters may be called `draw`.
            return;
        }
        if let ExprKind::Binary(binary) = &expr.kind
            && let Some((code, title, help)) = chained(binary).or_else(|| always(binary))
        {
            let place = scalar.map.span(expr.span);
            self.report(Diagnostic::warning(code, title, place).help(help));
            return;
        }
        for_each_child(expr, &mut |child| self.lint_comparison(scalar, child));
    }
}

/// Code, title and help.
type Words = (&'static str, &'static str, &'static str);

/// `0.5 <= draw < 0.8`, which JavaScript reads as `(0.5 <= draw) < 0.8`.
fn chained(binary: &Binary) -> Option<Words> {
    let [first, second] = &binary.rest[..] else { return None };
    threshold(&binary.first, first.op, &first.operand)?;
    let is_relation = matches!(
        second.op,
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual
    );
    let title = "the second comparison compares `true` or `false`, not the draw";
    is_relation.then_some(("chained-comparison", title, "join two comparisons: `draw >= 0.5 && draw < 0.8`"))
}

/// A comparison that always comes out the same.
fn always(binary: &Binary) -> Option<Words> {
    let [tail] = &binary.rest[..] else { return None };
    let Threshold { is_upper, at } = threshold(&binary.first, tail.op, &tail.operand)?;
    if (0.0..=1.0).contains(&at) {
        return None;
    }
    let is_true = is_upper == (at > 1.0);
    let title =
        if is_true { "this comparison holds for every draw" } else { "this comparison holds for no draw" };
    let is_plain = |expr: &Expr| is_random(bare(expr)) || is_name(bare(expr), "draw");
    let is_percentage = at > 1.0 && at <= 100.0 && (is_plain(&binary.first) || is_plain(&tail.operand));
    let help = if is_percentage {
        "a draw is a number from 0 to 1: for a percentage, compare `draw * 100`"
    } else {
        "a draw is a number from 0 to 1, and never 1 itself"
    };
    Some(("constant-draw", title, help))
}
