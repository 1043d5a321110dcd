//! The matcher: backtracking with its choices on the heap, every step paid for.

use super::find::State;
use super::input::Input;
use super::program::{Inst, Program, Reg, Run};
use super::tree::{Assertion, Direction, Greed};
use super::unicode::{are_equal, is_line_break};
use crate::value::{Meter, Thrown};

/// A register that holds no place.
pub(super) const NONE: u32 = u32::MAX;

/// What to do when something does not match, the latest first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// Give a register its old value, and go on failing.
    Undo(Reg, u32),
    /// Go on there.
    Choice { pc: u32, at: u32 },
    /// Give back one character of a greedy run, down to `bound`.
    GiveBack { pc: u32, bound: u32, at: u32 },
    /// Take one character more for a lazy run, at most `left` times.
    TakeMore { pc: u32, at: u32, left: u32 },
    /// A look-around's body has failed; it began at `at`.
    Look { is_negative: bool, end: u32, at: u32 },
}

const _: () = assert!(size_of::<Entry>() == 16);

/// Choices up to so many cost no memory; most matches need fewer.
const FREE_ENTRIES: usize = 64;

/// A pattern being matched.
pub(super) struct Attempt<'a, I> {
    pub(super) program: &'a Program,
    pub(super) input: I,
    pub(super) state: &'a mut State,
    pub(super) meter: &'a mut dyn Meter,
}

/// Where the matcher is: in the code, and in the text. `None`: it has failed.
type Step = Option<(u32, u32)>;

impl<I: Input> Attempt<'_, I> {
    /// Counts a step.
    #[inline]
    pub(super) fn step(&mut self) -> Result<(), Thrown> {
        if self.state.paid == 0 {
            self.state.pay(self.meter)?;
            self.state.remember(self.program, self.input.len(), self.meter)?;
        }
        self.state.paid -= 1;
        Ok(())
    }

    /// Matches at `start` and nowhere else. If it fails, all registers are as before.
    pub(super) fn try_at(&mut self, start: u32) -> Result<bool, Thrown> {
        let (mut pc, mut at) = (0, start);
        loop {
            self.step()?;
            let step = match self.program.code[pc as usize] {
                Inst::Match => {
                    self.state.registers[0] = start;
                    self.state.registers[1] = at;
                    return Ok(true);
                }
                Inst::Char(only) => match self.input.next(at) {
                    Some((character, next)) if character == only => Some((pc + 1, next)),
                    _ => None,
                },
                Inst::Set(set) => match self.input.next(at) {
                    Some((character, next)) if self.program.sets[set as usize].contains(character) => {
                        Some((pc + 1, next))
                    }
                    _ => None,
                },
                Inst::CharBefore(only) => match self.input.previous(at) {
                    Some((character, before)) if character == only => Some((pc + 1, before)),
                    _ => None,
                },
                Inst::SetBefore(set) => match self.input.previous(at) {
                    Some((character, before)) if self.program.sets[set as usize].contains(character) => {
                        Some((pc + 1, before))
                    }
                    _ => None,
                },
                Inst::Run(run) => self.run(self.program.runs[run as usize], pc, at)?,
                Inst::Split { first, second, point } => {
                    if self.is_new(point, at) {
                        self.push(Entry::Choice { pc: second, at })?;
                        Some((first, at))
                    } else {
                        None
                    }
                }
                Inst::Jump(target) => Some((target, at)),
                Inst::Save(register) => {
                    self.set(register, at)?;
                    Some((pc + 1, at))
                }
                Inst::Forget(from, to) => {
                    self.forget(from, to)?;
                    Some((pc + 1, at))
                }
                Inst::Progress(start) => (self.state.registers[start as usize] != at).then_some((pc + 1, at)),
                Inst::Zero(count) => {
                    self.set(count, 0)?;
                    Some((pc + 1, at))
                }
                Inst::Count(counter) => self.count(counter, pc, at)?,
                Inst::CountUp(counter) => {
                    let counter = self.program.counters[counter as usize];
                    let count = self.state.registers[counter.count as usize];
                    self.set(counter.count, count.saturating_add(1))?;
                    self.set(counter.start, at)?;
                    Some((pc + 1, at))
                }
                Inst::CountProgress(counter) => self.is_counted(counter, at).then_some((pc + 1, at)),
                Inst::Group(group, direction) => self.group(group, direction, at)?.map(|next| (pc + 1, next)),
                Inst::Assert(assertion) => self.holds(assertion, at).then_some((pc + 1, at)),
                Inst::Look { mark, is_negative, end } => {
                    self.state.registers[mark as usize] = self.state.stack.len() as u32;
                    self.push(Entry::Look { is_negative, end, at })?;
                    Some((pc + 1, at))
                }
                Inst::LookEnd { mark, is_negative } => {
                    self.end_look(mark, is_negative).map(|place| (pc + 1, place))
                }
            };
            (pc, at) = match step {
                Some(place) => place,
                None => match self.go_back()? {
                    Some(place) => place,
                    None => return Ok(false),
                },
            };
        }
    }

    /// Takes up the latest choice.
    fn go_back(&mut self) -> Result<Step, Thrown> {
        while let Some(entry) = self.state.stack.pop() {
            self.step()?;
            match entry {
                Entry::Undo(register, old) => self.state.registers[register as usize] = old,
                Entry::Choice { pc, at } => return Ok(Some((pc, at))),
                Entry::GiveBack { pc, bound, at } => {
                    let Some(run) = self.run_at(pc) else { continue };
                    let fewer = match run.direction {
                        Direction::Forward => self.input.previous(at),
                        Direction::Backward => self.input.next(at),
                    };
                    let Some((_, at)) = fewer else { continue };
                    if at != bound {
                        self.push(Entry::GiveBack { pc, bound, at })?;
                    }
                    return Ok(Some((pc + 1, at)));
                }
                Entry::TakeMore { pc, at, left } => {
                    let Some(run) = self.run_at(pc) else { continue };
                    let Some(at) = self.take(run, at) else { continue };
                    if run.max == u32::MAX && !self.is_new(run.point, at) {
                        continue;
                    }
                    if left > 1 {
                        self.push(Entry::TakeMore { pc, at, left: left - 1 })?;
                    }
                    return Ok(Some((pc + 1, at)));
                }
                Entry::Look { is_negative: true, end, at } => return Ok(Some((end, at))),
                Entry::Look { is_negative: false, .. } => {}
            }
        }
        Ok(None)
    }

    fn run_at(&self, pc: u32) -> Option<Run> {
        match self.program.code[pc as usize] {
            Inst::Run(run) => Some(self.program.runs[run as usize]),
            _ => None,
        }
    }

    /// Takes one character of a run.
    #[inline]
    fn take(&self, run: Run, at: u32) -> Option<u32> {
        let (character, next) = match run.direction {
            Direction::Forward => self.input.next(at)?,
            Direction::Backward => self.input.previous(at)?,
        };
        self.program.sets[run.set as usize].contains(character).then_some(next)
    }

    /// A quantified set.
    fn run(&mut self, run: Run, pc: u32, start: u32) -> Result<Step, Thrown> {
        // An unbounded run is, once it has taken what it must, the same wherever it began.
        let is_unbounded = run.max == u32::MAX;
        if !is_unbounded && !self.is_new(run.point, start) {
            return Ok(None);
        }
        let mut at = start;
        for _ in 0..run.min {
            self.step()?;
            let Some(next) = self.take(run, at) else { return Ok(None) };
            at = next;
        }
        if is_unbounded && !self.is_new(run.point, at) {
            return Ok(None);
        }
        let left = if is_unbounded { u32::MAX } else { run.max - run.min };
        if run.greed == Greed::Lazy {
            if left > 0 {
                self.push(Entry::TakeMore { pc, at, left })?;
            }
            return Ok(Some((pc + 1, at)));
        }
        let bound = at;
        for _ in 0..left {
            let Some(next) = self.take(run, at) else { break };
            self.step()?;
            if is_unbounded && self.state.memory.is_some() && !self.is_new(run.point, next) {
                break;
            }
            at = next;
        }
        if at != bound {
            self.push(Entry::GiveBack { pc, bound, at })?;
        }
        Ok(Some((pc + 1, at)))
    }

    /// The head of a counted repetition: the next instruction begins an iteration.
    fn count(&mut self, counter: u32, pc: u32, at: u32) -> Result<Step, Thrown> {
        let counter = self.program.counters[counter as usize];
        let count = self.state.registers[counter.count as usize];
        if count < counter.min {
            return Ok(Some((pc + 1, at)));
        }
        if count >= counter.max {
            return Ok(Some((counter.exit, at)));
        }
        let (first, second) = match counter.greed {
            Greed::Greedy => (pc + 1, counter.exit),
            Greed::Lazy => (counter.exit, pc + 1),
        };
        self.push(Entry::Choice { pc: second, at })?;
        Ok(Some((first, at)))
    }

    /// Whether a counted iteration that ends at `at` was required, or took something.
    fn is_counted(&self, counter: u32, at: u32) -> bool {
        let counter = self.program.counters[counter as usize];
        let registers = &self.state.registers;
        registers[counter.count as usize] <= counter.min || registers[counter.start as usize] != at
    }

    /// Takes what a group has matched, nothing if it has not; gives the place behind.
    fn group(&mut self, group: u32, direction: Direction, at: u32) -> Result<Option<u32>, Thrown> {
        let register = group as usize * 2;
        let (start, end) = (self.state.registers[register], self.state.registers[register + 1]);
        if start == NONE || end == NONE {
            return Ok(Some(at));
        }
        let (mut from, to) = if direction == Direction::Forward { (start, end) } else { (end, start) };
        let mut at = at;
        let flags = self.program.flags;
        while from != to {
            self.step()?;
            let (wanted, found) = match direction {
                Direction::Forward => (self.input.next(from), self.input.next(at)),
                Direction::Backward => (self.input.previous(from), self.input.previous(at)),
            };
            let (Some((wanted, next_from)), Some((found, next))) = (wanted, found) else { return Ok(None) };
            if wanted != found {
                if !flags.ignores_case {
                    return Ok(None);
                }
                for _ in 0..16 {
                    self.step()?; // Folding is not for nothing.
                }
                if !are_equal(wanted, found, flags) {
                    return Ok(None);
                }
            }
            (from, at) = (next_from, next);
        }
        Ok(Some(at))
    }

    fn holds(&self, assertion: Assertion, at: u32) -> bool {
        let before = || self.input.previous(at).map(|(character, _)| character);
        let after = || self.input.next(at).map(|(character, _)| character);
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == self.input.len(),
            Assertion::LineStart => before().is_none_or(is_line_break),
            Assertion::LineEnd => after().is_none_or(is_line_break),
            Assertion::WordBorder => self.is_word(before()) != self.is_word(after()),
            Assertion::NoWordBorder => self.is_word(before()) == self.is_word(after()),
        }
    }

    fn is_word(&self, character: Option<u32>) -> bool {
        let flags = self.program.flags;
        match character.and_then(char::from_u32) {
            Some('a'..='z' | 'A'..='Z' | '0'..='9' | '_') => true,
            // They fold to `s` and `k`.
            Some('\u{17f}' | '\u{212a}') => flags.ignores_case && flags.by_code_point(),
            _ => false,
        }
    }

    /// A look-around's body has matched. Gives the place to go on from, `None` if it should not have.
    fn end_look(&mut self, mark: Reg, is_negative: bool) -> Option<u32> {
        let mark = self.state.registers[mark as usize] as usize;
        let Some(Entry::Look { at, .. }) = self.state.stack.get(mark).copied() else { return None };
        if is_negative {
            while self.state.stack.len() > mark {
                if let Some(Entry::Undo(register, old)) = self.state.stack.pop() {
                    self.state.registers[register as usize] = old;
                }
            }
            return None;
        }
        // Its choices are settled; what its groups matched is forgotten when the choice before it is taken up.
        let mut kept = mark;
        for read in mark..self.state.stack.len() {
            if let entry @ Entry::Undo(..) = self.state.stack[read] {
                self.state.stack[kept] = entry;
                kept += 1;
            }
        }
        self.state.stack.truncate(kept);
        Some(at)
    }

    /// Whether a point has not failed at `at` before.
    #[inline]
    fn is_new(&mut self, point: u32, at: u32) -> bool {
        let State { memory: Some(memory), registers, .. } = &mut *self.state else { return true };
        let Some(points) = &self.program.memory else { return true };
        memory.is_new(&points.points[point as usize], registers, at)
    }

    fn set(&mut self, register: Reg, value: u32) -> Result<(), Thrown> {
        let old = std::mem::replace(&mut self.state.registers[register as usize], value);
        self.push(Entry::Undo(register, old))
    }

    fn forget(&mut self, from: Reg, to: Reg) -> Result<(), Thrown> {
        for register in from..to {
            self.step()?;
            if self.state.registers[register as usize] != NONE {
                self.set(register, NONE)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, entry: Entry) -> Result<(), Thrown> {
        if self.state.stack.len() == self.state.stack.capacity() {
            self.grow()?;
        }
        self.state.stack.push(entry);
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Thrown> {
        let room = self.state.stack.capacity().max(8);
        if room >= FREE_ENTRIES {
            self.meter.allocate(room * size_of::<Entry>())?;
        }
        self.state.stack.reserve_exact(room);
        Ok(())
    }
}
