//! A pattern, read: what the parser gives to the compiler. Classes are sets already, case is folded into them.

use super::charset::CharSet;

/// A part of a pattern (ECMA-262 section 22.2.1). Groups nest at most [`MAX_NESTING`] deep.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Matches nothing, everywhere.
    Empty,
    /// One character out of a set.
    Set(CharSet),
    /// One after the other.
    Sequence(Vec<Node>),
    /// The first that leads to a match.
    Choice(Vec<Node>),
    /// `(…)`
    Capture(u32, Box<Node>),
    /// `x*` and kin.
    Repeat(Box<Repeat>),
    /// `\1`, `\k<name>`
    Backreference(u32),
    /// `^ $ \b \B`
    Assertion(Assertion),
    /// `(?=…)` and kin.
    Look(Box<Look>),
}

/// How deeply groups and classes may nest in each other.
pub(super) const MAX_NESTING: usize = 1_000;

/// A repetition is written out up to so many instructions.
pub(super) const MAX_WRITTEN_OUT: usize = 1_000;

/// A quantified part.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repeat {
    pub(super) body: Node,
    pub(super) min: u32,
    /// `None` for no bound.
    pub(super) max: Option<u32>,
    pub(super) greed: Greed,
    /// The capture groups inside, which each iteration forgets: from the first, up to before the second.
    pub(super) groups: (u32, u32),
    /// The body's [`Node::min_len`].
    pub(super) body_len: usize,
    /// The body's [`Node::size`].
    pub(super) body_size: usize,
}

impl Repeat {
    /// How many copies of the body it takes to write it out.
    pub(super) fn copies(&self) -> usize {
        match self.max {
            Some(max) => max as usize,
            // Where an iteration takes something, the last required one is the loop.
            None => (self.min as usize + usize::from(self.body_len == 0)).max(1),
        }
    }

    /// How long the code is that writes it out.
    pub(super) fn written_out(&self) -> usize {
        (self.body_size + 4).saturating_mul(self.copies())
    }
}

/// Whether a quantifier takes as much as it can first, or as little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
}

/// A condition on a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    Start,
    End,
    LineStart,
    LineEnd,
    WordBorder,
    NoWordBorder,
}

/// A look-around.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) body: Node,
    pub(super) direction: Direction,
    /// Whether the body must not match.
    pub(super) is_negative: bool,
}

/// Which way a part is matched: everything inside a look-behind is matched backward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// A whole pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pub(super) root: Node,
    /// How many capture groups it has, the whole match as number 0 included.
    pub(super) groups: u32,
    /// The named ones, as they come.
    pub(super) names: Vec<(String, u32)>,
}

impl Node {
    /// The shortest text that it can match, in units; a lower bound.
    pub(super) fn min_len(&self) -> usize {
        match self {
            Self::Empty | Self::Backreference(_) | Self::Assertion(_) | Self::Look(_) => 0,
            Self::Set(_) => 1,
            Self::Sequence(parts) => {
                parts.iter().fold(0, |sum, part| usize::saturating_add(sum, part.min_len()))
            }
            Self::Choice(parts) => parts.iter().map(Self::min_len).min().unwrap_or(0),
            Self::Capture(_, body) => body.min_len(),
            Self::Repeat(repeat) => repeat.body_len.saturating_mul(repeat.min as usize),
        }
    }

    /// About how many instructions it takes; an upper bound.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Set(_) | Self::Backreference(_) | Self::Assertion(_) => 1,
            Self::Sequence(parts) => parts.iter().map(Self::size).fold(0, usize::saturating_add),
            Self::Choice(parts) => {
                parts.iter().fold(0, |sum, part| usize::saturating_add(sum, part.size() + 2))
            }
            Self::Capture(_, body) => body.size() + 2,
            Self::Look(look) => look.body.size() + 2,
            Self::Repeat(repeat) if matches!(repeat.body, Self::Set(_)) => 1,
            Self::Repeat(repeat) if repeat.written_out() <= MAX_WRITTEN_OUT => repeat.written_out(),
            Self::Repeat(repeat) => repeat.body_size + 5,
        }
    }
}
