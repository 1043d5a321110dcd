//! Which draws an expression lets through: the part of [0, 1) for which it is true.

use super::super::walk::{bare, is_name, is_random};
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::{BinaryOp, UnaryOp};

/// Thresholds that differ by less are one: `* 100 < 30` and `< 0.3` mean the same.
pub(super) const EPSILON: f64 = 1e-9;

/// A part of [0, 1): intervals in order that do not touch. Whether an end belongs to it is not asked: one draw has
/// next to no weight.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Share(Vec<(f64, f64)>);

impl Share {
    fn of(is_all: bool) -> Self {
        Self::between(0.0, if is_all { 1.0 } else { 0.0 })
    }

    fn between(low: f64, high: f64) -> Self {
        let (low, high) = (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0));
        Self(if high - low > EPSILON { vec![(low, high)] } else { Vec::new() })
    }

    fn complement(&self) -> Self {
        let mut rest = Vec::with_capacity(self.0.len() + 1);
        let mut at = 0.0;
        for &(low, high) in self.0.iter().chain([&(1.0, 1.0)]) {
            rest.extend(Self::between(at, low).0);
            at = high;
        }
        Self(rest)
    }

    fn intersection(&self, other: &Self) -> Self {
        let pairs = self.0.iter().flat_map(|&a| other.0.iter().map(move |&b| (a, b)));
        let mut parts: Vec<(f64, f64)> =
            pairs.flat_map(|(a, b)| Self::between(a.0.max(b.0), a.1.min(b.1)).0).collect();
        parts.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(parts)
    }

    fn union(&self, other: &Self) -> Self {
        self.complement().intersection(&other.complement()).complement()
    }

    /// The one interval that it is, if it is one and not everything.
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        match self.0.as_slice() {
            &[(low, high)] if high - low < 1.0 - EPSILON => Some((low, high)),
            _ => None,
        }
    }

    /// Whether it is nothing or everything: the first or the last day of a rollout.
    pub(super) fn is_trivial(&self) -> bool {
        match self.0.as_slice() {
            [] => true,
            &[(low, high)] => high - low >= 1.0 - EPSILON,
            _ => false,
        }
    }
}

/// For a comparison of the draw with a constant: whether `draw` is to be less, and than what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Threshold {
    pub(super) is_upper: bool,
    pub(super) at: f64,
}

/// The part of [0, 1) for which the expression is true, if it depends on one draw alone and compares it with
/// constants. Recursion is bounded by the parser's cap.
pub(super) fn of(expr: &Expr) -> Option<Share> {
    match &bare(expr).kind {
        ExprKind::Bool(is_all) => Some(Share::of(*is_all)),
        ExprKind::Unary(UnaryOp::Not, operand) => Some(of(operand)?.complement()),
        ExprKind::Binary(binary) => match &binary.rest[..] {
            rest if rest.iter().all(|tail| tail.op == BinaryOp::And) => {
                let mut operands = rest.iter().map(|tail| of(&tail.operand));
                operands.try_fold(of(&binary.first)?, |share, next| Some(share.intersection(&next?)))
            }
            rest if rest.iter().all(|tail| tail.op == BinaryOp::Or) => {
                let mut operands = rest.iter().map(|tail| of(&tail.operand));
                operands.try_fold(of(&binary.first)?, |share, next| Some(share.union(&next?)))
            }
            [tail] => {
                let Threshold { is_upper, at } = threshold(&binary.first, tail.op, &tail.operand)?;
                Some(if is_upper { Share::between(0.0, at) } else { Share::between(at, 1.0) })
            }
            _ => None,
        },
        _ => None,
    }
}

/// What a comparison asks of the draw, if it compares one with a constant.
pub(super) fn threshold(left: &Expr, op: BinaryOp, right: &Expr) -> Option<Threshold> {
    let is_less = match op {
        BinaryOp::Less | BinaryOp::LessEqual => true,
        BinaryOp::Greater | BinaryOp::GreaterEqual => false,
        _ => return None,
    };
    let (left, right) = (line(left)?, line(right)?);
    let slope = left.slope - right.slope;
    let at = (right.offset - left.offset) / slope;
    (slope != 0.0 && at.is_finite()).then_some(Threshold { is_upper: is_less == (slope > 0.0), at })
}

/// `slope * draw + offset`.
struct Line {
    slope: f64,
    offset: f64,
}

fn line(expr: &Expr) -> Option<Line> {
    let expr = bare(expr);
    if is_random(expr) || is_name(expr, "draw") {
        return Some(Line { slope: 1.0, offset: 0.0 });
    }
    match &expr.kind {
        ExprKind::Number(number) => Some(Line { slope: 0.0, offset: *number }),
        ExprKind::Unary(UnaryOp::Minus, operand) => {
            line(operand).map(|line| Line { slope: -line.slope, offset: -line.offset })
        }
        ExprKind::Binary(binary) => {
            let mut tails = binary.rest.iter();
            tails.try_fold(line(&binary.first)?, |left, tail| left.combined(tail.op, &line(&tail.operand)?))
        }
        _ => None,
    }
}

impl Line {
    fn combined(&self, op: BinaryOp, right: &Self) -> Option<Self> {
        let scaled = |line: &Self, by: f64| Self { slope: line.slope * by, offset: line.offset * by };
        match op {
            BinaryOp::Add => {
                Some(Self { slope: self.slope + right.slope, offset: self.offset + right.offset })
            }
            BinaryOp::Subtract => {
                Some(Self { slope: self.slope - right.slope, offset: self.offset - right.offset })
            }
            BinaryOp::Multiply if right.slope == 0.0 => Some(scaled(self, right.offset)),
            BinaryOp::Multiply if self.slope == 0.0 => Some(scaled(right, self.offset)),
            BinaryOp::Divide if right.slope == 0.0 && right.offset != 0.0 => {
                Some(Self { slope: self.slope / right.offset, offset: self.offset / right.offset })
            }
            _ => None,
        }
    }
}
