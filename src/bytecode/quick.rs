//! Quick code: a function once more, as a tree, for what the machine tries first.
//!
//! Most gates and many callbacks are made of loads, comparisons, arithmetic and choices alone. What costs there is going
//! from one instruction to the next; a tree of operators whose operands are mostly leaves has few steps, and its values
//! stay in registers. The instructions stay what counts: what a call costs, where errors are, and what runs where this
//! gives up. Trees are shallow, so that evaluating one may recurse; made by the compiler (`compile::quick`).

use super::{CaptureIdx, ConstIdx, LocalIdx, Path, SlotIdx};

/// How many operators of quick code lie inside each other at most.
pub const QUICK_DEPTH: usize = 16;

/// What the machine may try before it runs a function's instructions.
#[derive(Debug)]
pub struct QuickCode {
    /// What the function gives.
    pub body: QuickBody,
    /// What a call costs: its instructions.
    pub cost: u64,
}

/// What a function with quick code gives.
#[derive(Debug)]
pub enum QuickBody {
    /// This value.
    Value(Term),
    /// These, joined to a text. What a hole of a template literal must be, a text or a number, the machine looks at when
    /// it joins them.
    Text(Box<[Term]>),
}

/// A value to be read or made.
#[derive(Debug)]
pub enum Term {
    /// A constant that is a number.
    Number(f64),
    /// Any other constant.
    Const(ConstIdx),
    /// A variable of the scope.
    Variable(SlotIdx),
    /// A local.
    Local(LocalIdx),
    /// A captured value.
    Capture(CaptureIdx),
    /// The value at a path.
    Path(Path),
    /// The value at a path whose last key is `length`, which strings and arrays have.
    Length(Path),
    /// The stream's next draw.
    Random,
    /// The stream's first draw.
    Draw,
    /// What an operator makes of all of its operands.
    Operation(Box<Operation>),
    /// What an operator makes that looks at one operand before it reads another.
    Choice(Box<Operation>),
}

/// An operator with its operands.
#[derive(Debug)]
pub struct Operation {
    /// The operator.
    pub operator: Operator,
    /// The left operand, or the only one, or the test of a choice.
    pub left: Term,
    /// The right operand, or what is chosen if the test is truthy.
    pub right: Term,
    /// What is chosen if the test is falsy.
    pub otherwise: Term,
}

/// What is done with operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `!left`
    Not,
    /// `-left`
    Minus,
    /// `left && right`
    And,
    /// `left || right`
    Or,
    /// `left ?? right`
    Coalesce,
    /// `left ? right : otherwise`
    Choose,
    /// `left == right`
    Equal,
    /// `left != right`
    NotEqual,
    /// `left === right`
    StrictEqual,
    /// `left !== right`
    StrictNotEqual,
    /// `left < right`
    Less,
    /// `left <= right`
    LessEqual,
    /// `left > right`
    Greater,
    /// `left >= right`
    GreaterEqual,
    /// `left + right`
    Add,
    /// `left - right`
    Subtract,
    /// `left * right`
    Multiply,
    /// `left / right`
    Divide,
    /// `left % right`
    Remainder,
    /// `left ** right`
    Exponent,
}

impl Operator {
    /// Whether it looks at one operand before it reads another.
    #[must_use]
    pub fn chooses(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Coalesce | Self::Choose)
    }
}

impl QuickCode {
    /// The value that it gives as it is, without joining anything.
    #[must_use]
    #[inline(always)]
    pub fn value(&self) -> Option<&Term> {
        match &self.body {
            QuickBody::Value(term) => Some(term),
            QuickBody::Text(_) => None,
        }
    }

    /// What it joins to a text.
    #[must_use]
    #[inline(always)]
    pub fn parts(&self) -> Option<&[Term]> {
        match &self.body {
            QuickBody::Value(_) => None,
            QuickBody::Text(parts) => Some(parts),
        }
    }
}
