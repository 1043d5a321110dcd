//! Makes quick code out of instructions: the tree that they came from, where it is one of operators that the machine
//! tries first.
//!
//! It reads them before jumps are threaded, when each jump still has the shape that an operator gave it: `||` skips its
//! right operand, a choice skips one of two branches.

use crate::bytecode::{
    Addr, ConstIdx, Op, Operation, Operator, Path, PathIdx, QUICK_DEPTH, QuickBody, QuickCode, Source, Term,
};
use crate::value::Value;

/// The quick code of these instructions; `None` where one is none of its operators, or they nest too deep. O(instructions).
pub(super) fn code(ops: &[Op], constants: &[Value], paths: &[Path]) -> Option<QuickCode> {
    let cost = ops.len() as u64;
    let (before, parts) = match ops {
        [before @ .., Op::Concat(parts) | Op::Join(_, parts), Op::Return] => (before, Some(*parts as usize)),
        [before @ .., Op::Return] => (before, None),
        _ => return None,
    };
    let mut reader = Reader { ops: before, constants, paths, at: 0, is_text: parts.is_some() };
    let (made, waiting) = reader.region(before.len(), 0)?;
    let body = match parts {
        None => QuickBody::Value(made.filter(|_| waiting.is_empty())?.0),
        Some(parts) => {
            let terms: Box<[Term]> = waiting.into_iter().map(|(term, _)| term).collect();
            QuickBody::Text(Some(terms).filter(|terms| terms.len() == parts)?)
        }
    };
    Some(QuickCode { body, cost })
}

/// A term and its depth.
type Made = (Term, usize);

struct Reader<'o> {
    ops: &'o [Op],
    constants: &'o [Value],
    paths: &'o [Path],
    at: usize,
    /// Whether parts of a text are made: they wait until the end.
    is_text: bool,
}

impl Reader<'_> {
    /// What the instructions before `end` leave in the accumulator, and what then waits on the stack.
    fn region(&mut self, end: usize, depth: usize) -> Option<(Option<Made>, Vec<Made>)> {
        if depth > QUICK_DEPTH {
            return None;
        }
        let mut waiting: Vec<Made> = Vec::new();
        let mut acc: Option<Made> = None;
        while self.at < end {
            let op = self.ops[self.at];
            self.at += 1;
            acc = match op {
                Op::Push => {
                    waiting.push(acc.take()?);
                    None
                }
                // Of a hole: texts and numbers are joined as they stand, and anything else is given up on there.
                Op::ToKey if self.is_text => acc,
                Op::Not => Some(unary(Operator::Not, acc?)?),
                Op::Minus => Some(unary(Operator::Minus, acc?)?),
                Op::JumpIfTrue(to) => Some(self.skipped(Operator::Or, acc?, to, end, depth)?),
                Op::JumpIfPresent(to) => Some(self.skipped(Operator::Coalesce, acc?, to, end, depth)?),
                Op::JumpIfFalse(to) => match self.ops.get(to.get().wrapping_sub(1)) {
                    Some(Op::Jump(exit)) => Some(self.choice(acc?, to, *exit, end, depth)?),
                    _ => Some(self.skipped(Operator::And, acc?, to, end, depth)?),
                },
                op => match self.leaf(op) {
                    Some(leaf) => Some((leaf, 0)),
                    None => {
                        let (operator, source) = binary(op)?;
                        let (left, right) = match source {
                            Source::Stack => (waiting.pop()?, acc?),
                            Source::Const(index) => (acc?, (self.constant(index), 0)),
                            Source::Path(index) => (acc?, (self.path(index), 0)),
                            Source::Local(local) => (acc?, (Term::Local(local), 0)),
                        };
                        Some(operation(operator, left, right, None)?)
                    }
                },
            };
        }
        (self.at == end).then_some((acc, waiting))
    }

    /// The only value that the instructions before `to` leave.
    fn operand(&mut self, to: usize, end: usize, depth: usize) -> Option<Made> {
        if to > end {
            return None;
        }
        let (made, waiting) = self.region(to, depth + 1)?;
        made.filter(|_| waiting.is_empty())
    }

    /// An operator whose right operand, up to `to`, may be skipped.
    fn skipped(
        &mut self,
        operator: Operator,
        left: Made,
        to: Addr,
        end: usize,
        depth: usize,
    ) -> Option<Made> {
        let right = self.operand(to.get(), end, depth)?;
        operation(operator, left, right, None)
    }

    /// A choice: what is before the jump that lies before `otherwise`, and what is between there and `exit`.
    fn choice(&mut self, test: Made, otherwise: Addr, exit: Addr, end: usize, depth: usize) -> Option<Made> {
        let then = self.operand(otherwise.get() - 1, end, depth)?;
        self.at += 1;
        let otherwise = self.operand(exit.get(), end, depth)?;
        operation(Operator::Choose, test, then, Some(otherwise))
    }

    fn leaf(&self, op: Op) -> Option<Term> {
        Some(match op {
            Op::Const(index) => self.constant(index),
            Op::Variable(slot) => Term::Variable(slot),
            Op::Local(local) => Term::Local(local),
            Op::Capture(capture) => Term::Capture(capture),
            Op::Path(index) => self.path(index),
            Op::Random => Term::Random,
            Op::Draw => Term::Draw,
            _ => return None,
        })
    }

    fn path(&self, index: PathIdx) -> Term {
        let path = self.paths[index.get()].clone();
        let is_length = path.keys.last().is_some_and(|key| key.is_length);
        if is_length { Term::Length(path) } else { Term::Path(path) }
    }

    fn constant(&self, index: ConstIdx) -> Term {
        match self.constants.get(index.get()) {
            Some(Value::Number(number)) => Term::Number(*number),
            _ => Term::Const(index),
        }
    }
}

/// A stand-in for operands that an operator does not have.
const NONE: Made = (Term::Number(0.0), 0);

fn unary(operator: Operator, operand: Made) -> Option<Made> {
    operation(operator, operand, NONE, None)
}

fn operation(operator: Operator, left: Made, right: Made, otherwise: Option<Made>) -> Option<Made> {
    let otherwise = otherwise.unwrap_or(NONE);
    let depth = 1 + left.1.max(right.1).max(otherwise.1);
    if depth > QUICK_DEPTH {
        return None;
    }
    let operation = Box::new(Operation { operator, left: left.0, right: right.0, otherwise: otherwise.0 });
    let term = if operator.chooses() { Term::Choice(operation) } else { Term::Operation(operation) };
    Some((term, depth))
}

fn binary(op: Op) -> Option<(Operator, Source)> {
    Some(match op {
        Op::Equal(right) => (Operator::Equal, right),
        Op::NotEqual(right) => (Operator::NotEqual, right),
        Op::StrictEqual(right) => (Operator::StrictEqual, right),
        Op::StrictNotEqual(right) => (Operator::StrictNotEqual, right),
        Op::Less(right) => (Operator::Less, right),
        Op::LessEqual(right) => (Operator::LessEqual, right),
        Op::Greater(right) => (Operator::Greater, right),
        Op::GreaterEqual(right) => (Operator::GreaterEqual, right),
        Op::Add(right) => (Operator::Add, right),
        Op::Subtract(right) => (Operator::Subtract, right),
        Op::Multiply(right) => (Operator::Multiply, right),
        Op::Divide(right) => (Operator::Divide, right),
        Op::Remainder(right) => (Operator::Remainder, right),
        Op::Exponent(right) => (Operator::Exponent, right),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
