//! Turns a pattern into instructions.
//!
//! Bounded repetitions are written out as long as they are short, so that the matcher can remember at which places
//! it has failed: only the place in the code and in the text matter then.

use super::charset::{CharSet, Matcher};
use super::flags::Flags;
use super::parse::{Fault, TOO_LARGE};
use super::program::{Addr, Counter, Inst, Point, Points, Program, Reg, Run};
use super::tree::{Assertion, Direction, Greed, Look, MAX_WRITTEN_OUT, Node, Pattern, Repeat};
use crate::value::{Shape, Str};

/// The longest code; V8 gives up on patterns of such a size too (`RegExpError::kTooLarge`).
const MAX_CODE: usize = 1 << 20;

/// Repetitions are written out up to so many instructions, all of them together.
const MAX_ALL_WRITTEN_OUT: usize = 20_000;

/// Failures are remembered where at most so many optional iterations that may be empty lie inside each other.
const MAX_STARTS: usize = 8;

/// Compiles a pattern that has been read.
pub(super) fn compile(pattern: Pattern, flags: Flags) -> Result<Program, Fault> {
    let mut compiler = Compiler {
        code: Vec::new(),
        sets: Vec::new(),
        runs: Vec::new(),
        counters: Vec::new(),
        registers: pattern.groups * 2,
        starts: Vec::new(),
        points: Points::default(),
        can_remember: true,
        written_out: 0,
        direction: Direction::Forward,
    };
    compiler.node(&pattern.root)?;
    compiler.emit(Inst::Match)?;
    let (first, can_be_empty) = first_of(&pattern.root);
    let keys = |keys: &[&str]| Shape::from_ordered(keys.iter().map(|key| Str::from(*key)).collect());
    let result_keys = ["index", "input", "groups", "indices"];
    let result_keys = if flags.has_indices { &result_keys[..] } else { &result_keys[..3] };
    let names: Vec<&str> = pattern.names.iter().map(|(name, _)| name.as_str()).collect();
    Ok(Program {
        flags,
        groups: pattern.groups,
        names_shape: if names.is_empty() { None } else { keys(&names) },
        result_shape: keys(result_keys).expect("the keys of results are ordered and distinct"),
        code: compiler.code,
        sets: compiler.sets,
        runs: compiler.runs,
        counters: compiler.counters,
        registers: compiler.registers,
        memory: compiler.can_remember.then_some(compiler.points),
        first: (!can_be_empty).then(|| Matcher::from(&first)),
        is_anchored: is_anchored(&pattern.root),
        min_len: pattern.root.min_len(),
        names: pattern.names,
    })
}

struct Compiler {
    code: Vec<Inst>,
    sets: Vec<Matcher>,
    runs: Vec<Run>,
    counters: Vec<Counter>,
    registers: u32,
    /// The start registers of the iterations around, from the outermost.
    starts: Vec<Reg>,
    points: Points,
    can_remember: bool,
    written_out: usize,
    direction: Direction,
}

impl Compiler {
    fn here(&self) -> Addr {
        self.code.len() as Addr
    }

    fn emit(&mut self, inst: Inst) -> Result<usize, Fault> {
        if self.code.len() == MAX_CODE {
            return Err(TOO_LARGE);
        }
        self.code.push(inst);
        Ok(self.code.len() - 1)
    }

    fn register(&mut self) -> Reg {
        self.registers += 1;
        self.registers - 1
    }

    /// A place at which failures are remembered.
    fn point(&mut self) -> u32 {
        if self.starts.len() > MAX_STARTS {
            self.can_remember = false;
        }
        if !self.can_remember {
            return 0;
        }
        let row = self.points.rows;
        self.points.rows += self.starts.len() as u32 + 1;
        self.points.points.push(Point { row, starts: self.starts.as_slice().into() });
        self.points.points.len() as u32 - 1
    }

    fn set(&mut self, set: &CharSet) -> u32 {
        let matcher = Matcher::from(set);
        // Written-out repetitions come with the same set again and again.
        let recent = self.sets.len().saturating_sub(8);
        match self.sets[recent..].iter().position(|known| *known == matcher) {
            Some(at) => (recent + at) as u32,
            None => {
                self.sets.push(matcher);
                self.sets.len() as u32 - 1
            }
        }
    }

    fn node(&mut self, node: &Node) -> Result<(), Fault> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.node_here(node))
    }

    fn node_here(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::Empty => Ok(()),
            Node::Set(set) => self.character(set),
            Node::Sequence(parts) => match self.direction {
                Direction::Forward => parts.iter().try_for_each(|part| self.node(part)),
                Direction::Backward => parts.iter().rev().try_for_each(|part| self.node(part)),
            },
            Node::Choice(choices) => self.choice(choices),
            Node::Capture(group, body) => self.capture(*group, body),
            Node::Repeat(repeat) => self.repeat(repeat),
            Node::Backreference(group) => {
                self.can_remember = false;
                self.emit(Inst::Group(*group, self.direction)).map(drop)
            }
            Node::Assertion(assertion) => self.emit(Inst::Assert(*assertion)).map(drop),
            Node::Look(look) => self.look(look),
        }
    }

    fn character(&mut self, set: &CharSet) -> Result<(), Fault> {
        let inst = match (set.only(), self.direction) {
            (Some(only), Direction::Forward) => Inst::Char(only),
            (Some(only), Direction::Backward) => Inst::CharBefore(only),
            (None, Direction::Forward) => Inst::Set(self.set(set)),
            (None, Direction::Backward) => Inst::SetBefore(self.set(set)),
        };
        self.emit(inst).map(drop)
    }

    fn choice(&mut self, choices: &[Node]) -> Result<(), Fault> {
        let mut ends = Vec::new();
        for (at, choice) in choices.iter().enumerate() {
            if at + 1 == choices.len() {
                self.node(choice)?;
                break;
            }
            let split = self.split()?;
            self.node(choice)?;
            ends.push(self.emit(Inst::Jump(0))?);
            self.set_split(split, Greed::Greedy);
        }
        for end in ends {
            self.code[end] = Inst::Jump(self.here());
        }
        Ok(())
    }

    /// A split whose one way leads to what follows; [`set_split`](Self::set_split) says where the other does.
    fn split(&mut self) -> Result<usize, Fault> {
        let point = self.point();
        let next = self.here() + 1;
        self.emit(Inst::Split { first: next, second: next, point })
    }

    /// The other way of a split leads here: it is the second one of a greedy split.
    fn set_split(&mut self, split: usize, greed: Greed) {
        let (next, here) = (split as Addr + 1, self.here());
        let Inst::Split { point, .. } = self.code[split] else { return };
        let (first, second) = match greed {
            Greed::Greedy => (next, here),
            Greed::Lazy => (here, next),
        };
        self.code[split] = Inst::Split { first, second, point };
    }

    fn capture(&mut self, group: u32, body: &Node) -> Result<(), Fault> {
        let (enter, leave) = match self.direction {
            Direction::Forward => (group * 2, group * 2 + 1),
            Direction::Backward => (group * 2 + 1, group * 2),
        };
        self.emit(Inst::Save(enter))?;
        self.node(body)?;
        self.emit(Inst::Save(leave)).map(drop)
    }

    fn look(&mut self, look: &Look) -> Result<(), Fault> {
        self.can_remember = false;
        let mark = self.register();
        let outer = std::mem::replace(&mut self.direction, look.direction);
        let start = self.emit(Inst::Look { mark, is_negative: look.is_negative, end: 0 })?;
        self.node(&look.body)?;
        self.emit(Inst::LookEnd { mark, is_negative: look.is_negative })?;
        self.code[start] = Inst::Look { mark, is_negative: look.is_negative, end: self.here() };
        self.direction = outer;
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat) -> Result<(), Fault> {
        if repeat.max == Some(0) {
            return Ok(());
        }
        if let Node::Set(set) = &repeat.body {
            return self.run(set, repeat);
        }
        let length = repeat.written_out();
        if repeat.copies() > 1 {
            if length > MAX_WRITTEN_OUT || self.written_out + length > MAX_ALL_WRITTEN_OUT {
                return self.count(repeat);
            }
            self.written_out += length;
        }
        self.write_out(repeat)
    }

    fn run(&mut self, set: &CharSet, repeat: &Repeat) -> Result<(), Fault> {
        let run = Run {
            set: self.set(set),
            min: repeat.min,
            max: repeat.max.unwrap_or(u32::MAX),
            greed: repeat.greed,
            direction: self.direction,
            point: self.point(),
        };
        self.runs.push(run);
        self.emit(Inst::Run(self.runs.len() as u32 - 1)).map(drop)
    }

    /// One iteration; `start` is the register to note its start in, if it must not be empty.
    fn iteration(&mut self, repeat: &Repeat, start: Option<Reg>) -> Result<(), Fault> {
        if let Some(start) = start {
            self.emit(Inst::Save(start))?;
            self.starts.push(start);
        }
        if repeat.groups.0 < repeat.groups.1 {
            self.emit(Inst::Forget(repeat.groups.0 * 2, repeat.groups.1 * 2))?;
        }
        self.node(&repeat.body)?;
        if let Some(start) = start {
            self.emit(Inst::Progress(start))?;
            self.starts.pop();
        }
        Ok(())
    }

    /// The required iterations one after the other, then a loop or the optional ones.
    fn write_out(&mut self, repeat: &Repeat) -> Result<(), Fault> {
        let loops_last = repeat.max.is_none() && repeat.min > 0 && repeat.body_len > 0;
        for _ in u32::from(loops_last)..repeat.min {
            self.iteration(repeat, None)?;
        }
        if loops_last {
            let head = self.here();
            self.iteration(repeat, None)?;
            let point = self.point();
            let exit = self.here() + 1;
            let (first, second) = match repeat.greed {
                Greed::Greedy => (head, exit),
                Greed::Lazy => (exit, head),
            };
            return self.emit(Inst::Split { first, second, point }).map(drop);
        }
        let start = (repeat.body_len == 0).then(|| self.register());
        let Some(max) = repeat.max else {
            let head = self.split()?;
            self.iteration(repeat, start)?;
            self.emit(Inst::Jump(head as Addr))?;
            self.set_split(head, repeat.greed);
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in repeat.min..max {
            splits.push(self.split()?);
            self.iteration(repeat, start)?;
        }
        splits.into_iter().for_each(|split| self.set_split(split, repeat.greed));
        Ok(())
    }

    fn count(&mut self, repeat: &Repeat) -> Result<(), Fault> {
        self.can_remember = false;
        let counter = self.counters.len();
        let (count, start) = (self.register(), self.register());
        self.counters.push(Counter {
            count,
            start,
            min: repeat.min,
            max: repeat.max.unwrap_or(u32::MAX),
            greed: repeat.greed,
            exit: 0,
        });
        self.emit(Inst::Zero(count))?;
        let head = self.emit(Inst::Count(counter as u32))?;
        self.emit(Inst::CountUp(counter as u32))?;
        self.iteration(repeat, None)?;
        self.emit(Inst::CountProgress(counter as u32))?;
        self.emit(Inst::Jump(head as Addr))?;
        self.counters[counter].exit = self.here();
        Ok(())
    }
}

/// What a match of this can start with, and whether it can take nothing.
fn first_of(node: &Node) -> (CharSet, bool) {
    match node {
        Node::Empty | Node::Assertion(_) | Node::Look(_) => (CharSet::default(), true),
        // It may repeat anything.
        Node::Backreference(_) => (CharSet::default().complement(), true),
        Node::Set(set) => (set.clone(), false),
        Node::Sequence(parts) => {
            let mut first = CharSet::default();
            for part in parts {
                let (set, can_be_empty) = first_of(part);
                first = first.union(&set);
                if !can_be_empty {
                    return (first, false);
                }
            }
            (first, true)
        }
        Node::Choice(choices) => {
            let all: Vec<_> = choices.iter().map(first_of).collect();
            let ranges = all.iter().flat_map(|(set, _)| set.ranges().to_vec()).collect();
            (CharSet::new(ranges), all.iter().any(|(_, can_be_empty)| *can_be_empty))
        }
        Node::Capture(_, body) => first_of(body),
        Node::Repeat(repeat) if repeat.max == Some(0) => (CharSet::default(), true),
        Node::Repeat(repeat) => {
            let (set, can_be_empty) = first_of(&repeat.body);
            (set, can_be_empty || repeat.min == 0)
        }
    }
}

/// Whether it matches at the start of the text only.
fn is_anchored(node: &Node) -> bool {
    match node {
        Node::Assertion(assertion) => *assertion == Assertion::Start,
        Node::Sequence(parts) => parts.first().is_some_and(is_anchored),
        Node::Choice(choices) => choices.iter().all(is_anchored),
        Node::Capture(_, body) => is_anchored(body),
        Node::Repeat(repeat) => repeat.min > 0 && is_anchored(&repeat.body),
        Node::Empty | Node::Set(_) | Node::Backreference(_) | Node::Look(_) => false,
    }
}
