//! A compiled pattern: what the matcher runs.

use super::charset::Matcher;
use super::flags::Flags;
use super::tree::{Assertion, Direction, Greed};
use crate::value::Shape;
use std::sync::Arc;

/// Where an instruction stands in [`Program::code`].
pub(super) type Addr = u32;

/// A register: capture groups come first, two each; then starts of iterations, counters, and marks of look-arounds.
pub(super) type Reg = u32;

/// An instruction. What does not match fails, which goes back to the latest choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inst {
    /// Take this character.
    Char(u32),
    /// Take a character of this set.
    Set(u32),
    /// As [`Char`](Self::Char), toward the start of the text.
    CharBefore(u32),
    /// As [`Set`](Self::Set), toward the start of the text.
    SetBefore(u32),
    /// Take several characters of a set: the quantifier of [`Program::runs`].
    Run(u32),
    /// Go on at `.first`, and if that fails at `.second`; `.point` is the place in the memory of failures.
    Split { first: Addr, second: Addr, point: u32 },
    /// Go on there.
    Jump(Addr),
    /// Note the place in a register.
    Save(Reg),
    /// Forget the registers from the first to before the second.
    Forget(Reg, Reg),
    /// Fail if the place is the one that the register holds: an optional iteration must not be empty.
    Progress(Reg),
    /// Begin counting.
    Zero(Reg),
    /// The head of a counted repetition of [`Program::counters`].
    Count(u32),
    /// The beginning of a counted iteration.
    CountUp(u32),
    /// Fail if an iteration past the required ones was empty.
    CountProgress(u32),
    /// Take what a group has matched.
    Group(u32, Direction),
    /// Fail unless it holds.
    Assert(Assertion),
    /// Match what follows up to [`LookEnd`](Self::LookEnd) from here, and then come back; where that cannot be, and
    /// `.is_negative`, go on at `.end`.
    Look { mark: Reg, is_negative: bool, end: Addr },
    /// The end of a look-around's body.
    LookEnd { mark: Reg, is_negative: bool },
    /// The end of the pattern.
    Match,
}

/// A quantified set: the most frequent loop, without an instruction for each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) set: u32,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) greed: Greed,
    pub(super) direction: Direction,
    pub(super) point: u32,
}

/// A repetition too long to be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counter {
    pub(super) count: Reg,
    /// Where the iteration began.
    pub(super) start: Reg,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) greed: Greed,
    pub(super) exit: Addr,
}

/// A place in the memory of failures. What happens after it depends on the place in the text, and on which of the
/// iterations around it are empty so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// The first of its rows: there is one more of them than `starts`.
    pub(super) row: u32,
    /// The registers in which the iterations around it began, from the outermost.
    pub(super) starts: Box<[Reg]>,
}

/// Failures may be remembered, because nothing that follows a place depends on how it was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Points {
    pub(super) points: Vec<Point>,
    pub(super) rows: u32,
}

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) flags: Flags,
    /// How many capture groups there are, the whole match included.
    pub(crate) groups: u32,
    /// The named ones.
    pub(crate) names: Vec<(String, u32)>,
    /// The keys of `groups` in a result, if any group is named.
    pub(crate) names_shape: Option<Arc<Shape>>,
    /// The keys that a result has besides its items.
    pub(crate) result_shape: Arc<Shape>,
    pub(super) code: Vec<Inst>,
    pub(super) sets: Vec<Matcher>,
    pub(super) runs: Vec<Run>,
    pub(super) counters: Vec<Counter>,
    pub(super) registers: u32,
    /// `None` where back-references, look-arounds or counters make what follows depend on the past.
    pub(super) memory: Option<Points>,
    /// What a match starts with, if it takes anything.
    pub(super) first: Option<Matcher>,
    /// Whether it matches only at the start of the text.
    pub(super) is_anchored: bool,
    /// It matches no text shorter than this.
    pub(super) min_len: usize,
}
