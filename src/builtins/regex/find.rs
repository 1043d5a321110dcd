//! Finds matches: tries one start after the other, and remembers failures once that pays.

use super::input::{ByCodePoints, ByUnits, Input, Subject};
use super::matcher::{Attempt, Entry, NONE};
use super::program::{Point, Program};
use crate::value::{BYTES_PER_UNIT, Meter, Thrown};

/// How many steps of the matcher cost one unit of fuel.
const STEPS_PER_UNIT: u32 = 4;

/// So many steps are made for each byte that the memory of failures takes before there is one.
const PATIENCE: usize = 4;

/// So much memory of failures is worth it, in bytes.
const MAX_MEMORY: usize = 16 << 20;

/// A search for one regular expression in one text. Its allocations serve all matches.
#[derive(Debug)]
pub(crate) struct Finder<'p> {
    program: &'p Program,
    subject: &'p Subject<'p>,
    state: State,
}

/// What the matcher changes.
#[derive(Debug)]
pub(super) struct State {
    pub(super) registers: Vec<u32>,
    pub(super) stack: Vec<Entry>,
    /// Steps that are paid for.
    pub(super) paid: u32,
    next_payment: u32,
    /// Steps since the search began.
    spent: usize,
    /// The least steps before failures are remembered.
    patience: usize,
    pub(super) memory: Option<Memory>,
}

/// Places at which the matcher has been before in this search, and from where nothing can match.
#[derive(Debug)]
pub(super) struct Memory {
    bits: Vec<u64>,
    places: usize,
}

impl Memory {
    /// Notes that `point` is tried at `at`; `false` if it has been before.
    pub(super) fn is_new(&mut self, point: &Point, registers: &[u32], at: u32) -> bool {
        // A place's iterations have begun one inside the other: those that are not empty are the outer ones.
        let begun = point.starts.iter().filter(|start| registers[**start as usize] < at).count();
        let bit = (point.row as usize + begun) * self.places + at as usize;
        let word = &mut self.bits[bit / 64];
        let is_new = *word >> (bit % 64) & 1 == 0;
        *word |= 1 << (bit % 64);
        is_new
    }
}

impl State {
    /// Pays for the next steps: few first, for most matches are short.
    #[cold]
    pub(super) fn pay(&mut self, meter: &mut dyn Meter) -> Result<(), Thrown> {
        meter.charge((self.next_payment / STEPS_PER_UNIT) as usize)?;
        self.paid = self.next_payment;
        self.spent += self.next_payment as usize;
        self.next_payment = (self.next_payment * 2).min(4096);
        Ok(())
    }

    /// Begins to remember, once so many steps have been made that it costs little beside them. Sound at any time: a place is noted when
    /// it is tried, and one that is come to again has failed before, as the rows of [`Point`] make all cycles take
    /// something.
    pub(super) fn remember(
        &mut self,
        program: &Program,
        length: u32,
        meter: &mut dyn Meter,
    ) -> Result<(), Thrown> {
        let Some(points) = program.memory.as_ref().filter(|_| self.memory.is_none()) else { return Ok(()) };
        let places = length as usize + 1;
        let Some(bits) = places.checked_mul(points.rows as usize) else { return Ok(()) };
        let bytes = bits / 8 + 64;
        if bytes <= MAX_MEMORY && self.spent >= self.patience.saturating_mul(bytes) {
            meter.allocate(bytes)?;
            self.memory = Some(Memory { bits: vec![0; bits / 64 + 1], places });
        }
        Ok(())
    }
}

impl<'p> Finder<'p> {
    /// A search for `program` in `subject`.
    pub(crate) fn new(program: &'p Program, subject: &'p Subject<'p>) -> Self {
        let state = State {
            registers: vec![NONE; program.registers as usize],
            stack: Vec::new(),
            paid: 0,
            next_payment: 32,
            spent: 0,
            patience: PATIENCE,
            memory: None,
        };
        Self { program, subject, state }
    }

    /// Remembers failures from the first step on.
    #[cfg(test)]
    pub(super) fn impatient(mut self) -> Self {
        self.state.patience = 0;
        self
    }

    /// Finds the first match that starts at `from` or later; with the flag `y` at `from` only. See
    /// [`group`](Self::group) for what it is.
    ///
    /// # Errors
    /// `LimitError` once its steps have used up the fuel, or its choices the memory.
    pub(crate) fn find(&mut self, from: usize, meter: &mut dyn Meter) -> Result<bool, Thrown> {
        let is_sticky = self.program.flags.is_sticky;
        self.search(from, is_sticky, meter)
    }

    /// As [`find`](Self::find), whatever the flag `y` says.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(crate) fn find_anywhere(&mut self, from: usize, meter: &mut dyn Meter) -> Result<bool, Thrown> {
        self.search(from, false, meter)
    }

    /// As [`find`](Self::find), at `at` and nowhere else.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(crate) fn find_at(&mut self, at: usize, meter: &mut dyn Meter) -> Result<bool, Thrown> {
        self.search(at, true, meter)
    }

    fn search(&mut self, from: usize, is_sticky: bool, meter: &mut dyn Meter) -> Result<bool, Thrown> {
        meter.charge(self.state.registers.len() * 4 / BYTES_PER_UNIT)?;
        self.state.registers.fill(NONE);
        self.state.stack.clear();
        // What the last search has passed successfully is remembered too.
        self.state.memory = None;
        self.state.spent = 0;
        self.state.remember(self.program, self.subject.len() as u32, meter)?;
        let (program, state, from) = (self.program, &mut self.state, from as u32);
        match self.subject.as_input() {
            Ok(input) => Attempt { program, input, state, meter }.search(from, is_sticky),
            Err(units) if program.flags.by_code_point() => {
                Attempt { program, input: ByCodePoints(units), state, meter }.search(from, is_sticky)
            }
            Err(units) => Attempt { program, input: ByUnits(units), state, meter }.search(from, is_sticky),
        }
    }

    /// Where group `number` has matched in the last match; 0 is all of it.
    pub(crate) fn group(&self, number: u32) -> Option<(usize, usize)> {
        let at = number as usize * 2;
        match self.state.registers.get(at..at + 2) {
            Some(&[start, end]) if start != NONE && end != NONE => Some((start as usize, end as usize)),
            _ => None,
        }
    }

    /// The whole of the last match.
    pub(crate) fn span(&self) -> (usize, usize) {
        self.group(0).unwrap_or_default()
    }

    /// The place at which to go on searching after the last match: behind it, and past a character if it was empty.
    pub(crate) fn next_start(&self) -> usize {
        let (start, end) = self.span();
        if start < end { end } else { self.advance(end) }
    }

    /// The place after the character at `at` (ECMA-262 section 22.2.7.3, AdvanceStringIndex).
    pub(crate) fn advance(&self, at: usize) -> usize {
        at + 1 + usize::from(self.program.flags.by_code_point() && self.subject.has_pair_at(at))
    }
}

impl<I: Input> Attempt<'_, I> {
    fn search(&mut self, from: u32, is_sticky: bool) -> Result<bool, Thrown> {
        let length = self.input.len();
        let mut at = from;
        loop {
            if !is_sticky && let Some(first) = &self.program.first {
                while let Some((character, next)) = self.input.next(at)
                    && !first.contains(character)
                {
                    self.step()?;
                    at = next;
                }
            }
            if at > length || ((length - at) as usize) < self.program.min_len {
                return Ok(false);
            }
            if self.program.is_anchored && at > 0 {
                return Ok(false);
            }
            if self.try_at(at)? {
                return Ok(true);
            }
            if is_sticky {
                return Ok(false);
            }
            at = self.input.next(at).map_or(length + 1, |(_, next)| next);
        }
    }
}
