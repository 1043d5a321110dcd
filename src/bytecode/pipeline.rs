//! Calls in a row, such as `items.filter(…).map(…).reduce(…, 0)`.

use super::{Addr, ConstIdx, FunctionIdx};

/// Calls of `filter` and `map`, then of `reduce` or a look at `length`, with arrow functions that only load, compare
/// and calculate: whether each call makes its array first, or each item goes through all of them, cannot be told apart.
#[derive(Debug)]
pub struct Pipeline {
    /// `filter` and `map`, as they come.
    pub steps: Box<[Step]>,
    /// What ends it.
    pub end: End,
    /// The instruction after the last one that it stands for.
    pub exit: Addr,
}

/// A call in the middle.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What is called.
    pub kind: StepKind,
    /// The arrow function.
    pub function: FunctionIdx,
}

/// A method that makes an array of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// `filter`
    Filter,
    /// `map`
    Map,
}

/// What makes one value of the last array.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// `.length`
    Length,
    /// `.reduce(function, constant)`
    Reduce(FunctionIdx, ConstIdx),
}
