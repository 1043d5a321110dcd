//! Comparisons of a draw that come out the same for every draw: a percentage taken for a share, mostly.

use super::share::{Threshold, threshold};
use crate::ensemble::plan::planner::Planner;
use crate::ensemble::plan::walk::{bare, for_each_child, is_name, is_random};
use crate::ensemble::yaml::Scalar;
use crate::syntax::Diagnostic;
use crate::syntax::ast::{Binary, Expr, ExprKind};
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
            && let Some(diagnostic) = always(binary)
        {
            let place = scalar.map.span(expr.span);
            self.report(Diagnostic::warning("constant-draw", diagnostic.0, place).help(diagnostic.1));
            return;
        }
        for_each_child(expr, &mut |child| self.lint_comparison(scalar, child));
    }
}

/// Title and help, if the comparison always comes out the same.
fn always(binary: &Binary) -> Option<(&'static str, &'static str)> {
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
    Some((title, help))
}
