//! Reads a pattern (ECMA-262 section 22.2.1, and Annex B.1.2 where neither `u` nor `v` is set).
//!
//! Without these flags a pattern is read, and later matched, by UTF-16 units. Escapes are in [`escape`](super::escape),
//! classes in [`class`](super::class); case is folded into every set here, so that matching never folds.

use super::charset::{CharSet, MAX};
use super::flags::Flags;
use super::tree::{Assertion, Direction, Greed, Look, MAX_NESTING, Node, Pattern, Repeat};
use super::unicode::{fold, line_breaks};

/// What is wrong with a pattern, in V8's words.
pub(super) type Fault = &'static str;

pub(super) const TOO_LARGE: Fault = "Regular expression too large";
pub(super) const INVALID_GROUP_NAME: Fault = "Invalid capture group name";

/// Reads a pattern: code points if the flags say so, else units. O(pattern), and what its classes hold.
pub(super) fn parse(source: Vec<u32>, flags: Flags) -> Result<Pattern, Fault> {
    let mut parser = Parser::new(source, flags);
    parser.look_ahead_for_groups();
    let root = parser.disjunction()?;
    if parser.peek().is_some() {
        return Err("Unmatched ')'");
    }
    Ok(Pattern { root, groups: parser.groups, names: parser.names })
}

/// A reader with its place in the pattern.
pub(super) struct Parser {
    source: Vec<u32>,
    pub(super) at: usize,
    pub(super) flags: Flags,
    depth: usize,
    /// Capture groups opened so far, and the whole match.
    groups: u32,
    /// As many as there will be.
    pub(super) all_groups: u32,
    /// The groups that have been named so far.
    names: Vec<(String, u32)>,
    /// All groups that will be named, for `\k` in front of them.
    pub(super) all_names: Vec<(String, u32)>,
    /// Whether there are named groups at all: `\k` is a letter without them (Annex B).
    pub(super) has_names: bool,
}

impl Parser {
    fn new(source: Vec<u32>, flags: Flags) -> Self {
        Self {
            source,
            at: 0,
            flags,
            depth: 0,
            groups: 1,
            all_groups: 1,
            names: Vec::new(),
            all_names: Vec::new(),
            has_names: false,
        }
    }

    pub(super) fn is_strict(&self) -> bool {
        self.flags.by_code_point()
    }

    pub(super) fn peek(&self) -> Option<u32> {
        self.source.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<u32> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    pub(super) fn looks_at(&self, text: &str) -> bool {
        text.bytes().enumerate().all(|(at, byte)| self.source.get(self.at + at) == Some(&u32::from(byte)))
    }

    /// Takes `text`, which is ASCII, if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is_next = self.looks_at(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Reads something that may nest.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MAX_NESTING {
            return Err(TOO_LARGE);
        }
        self.depth += 1;
        let result = stacker::maybe_grow(64 * 1024, 1024 * 1024, || read(self));
        self.depth -= 1;
        result
    }

    /// Counts and names the groups: `\2` and `\k<name>` may stand in front of what they refer to.
    fn look_ahead_for_groups(&mut self) {
        let mut class_depth = 0_usize;
        while let Some(next) = self.next() {
            match char::from_u32(next) {
                Some('\\') => self.at += 1,
                Some('[') if class_depth == 0 || self.flags.has_sets => class_depth += 1,
                Some(']') => class_depth = class_depth.saturating_sub(1),
                Some('(') if class_depth == 0 => {
                    let is_named = self.looks_at("?<") && !self.looks_at("?<=") && !self.looks_at("?<!");
                    if !is_named {
                        self.all_groups += u32::from(!self.looks_at("?"));
                        continue;
                    }
                    self.has_names = true;
                    let start = self.at;
                    self.at += 2;
                    if let Ok(name) = self.group_name() {
                        self.all_names.push((name, self.all_groups));
                    }
                    self.at = start;
                    self.all_groups += 1;
                }
                _ => {}
            }
        }
        self.at = 0;
    }

    fn disjunction(&mut self) -> Result<Node, Fault> {
        self.nested(|parser| {
            let mut choices = vec![parser.alternative()?];
            while parser.eat("|") {
                choices.push(parser.alternative()?);
            }
            Ok(if choices.len() == 1 { choices.remove(0) } else { Node::Choice(choices) })
        })
    }

    fn alternative(&mut self) -> Result<Node, Fault> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek() {
            if next == u32::from(b'|') || next == u32::from(b')') {
                break;
            }
            parts.push(self.term()?);
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.remove(0),
            _ => Node::Sequence(parts),
        })
    }

    fn term(&mut self) -> Result<Node, Fault> {
        let groups_before = self.groups;
        let start = self.at;
        let Some(next) = self.next() else { return Ok(Node::Empty) };
        let atom = match char::from_u32(next) {
            Some('^') if self.flags.is_multiline => return Ok(Node::Assertion(Assertion::LineStart)),
            Some('^') => return Ok(Node::Assertion(Assertion::Start)),
            Some('$') if self.flags.is_multiline => return Ok(Node::Assertion(Assertion::LineEnd)),
            Some('$') => return Ok(Node::Assertion(Assertion::End)),
            Some('\\') if self.eat("b") => return Ok(Node::Assertion(Assertion::WordBorder)),
            Some('\\') if self.eat("B") => return Ok(Node::Assertion(Assertion::NoWordBorder)),
            Some('\\') => self.atom_escape()?,
            Some('(') => {
                let is_behind = self.looks_at("?<=") || self.looks_at("?<!");
                let is_look = is_behind || self.looks_at("?=") || self.looks_at("?!");
                let group = self.group()?;
                // Only Annex B lets a look-ahead be repeated, and nobody a look-behind.
                if is_behind || (is_look && self.is_strict()) {
                    return match self.quantifier()? {
                        Some(_) => Err("Invalid quantifier"),
                        None => Ok(group),
                    };
                }
                group
            }
            Some('.') if self.flags.is_dot_all => Node::Set(CharSet::new(vec![(0, MAX)])),
            Some('.') => Node::Set(line_breaks().complement()),
            Some('[') => self.class()?,
            Some('*' | '+' | '?') => return Err("Nothing to repeat"),
            Some('{') => {
                self.at = start;
                return match self.quantifier()? {
                    Some(_) => Err("Nothing to repeat"),
                    None if self.is_strict() => Err("Lone quantifier brackets"),
                    None => {
                        self.at = start + 1;
                        self.quantified(Node::Set(CharSet::of(next)), groups_before)
                    }
                };
            }
            Some('}' | ']') if self.is_strict() => return Err("Lone quantifier brackets"),
            _ => Node::Set(fold(CharSet::of(next), self.flags)),
        };
        self.quantified(atom, groups_before)
    }

    fn quantified(&mut self, body: Node, groups_before: u32) -> Result<Node, Fault> {
        let Some((min, max)) = self.quantifier()? else {
            // `a{` is text, but not to `u`.
            return if self.is_strict() && self.looks_at("{") {
                Err("Incomplete quantifier")
            } else {
                Ok(body)
            };
        };
        let greed = if self.eat("?") { Greed::Lazy } else { Greed::Greedy };
        let groups = (groups_before, self.groups);
        let (body_len, body_size) = (body.min_len(), body.size());
        Ok(Node::Repeat(Box::new(Repeat { body, min, max, greed, groups, body_len, body_size })))
    }

    /// The bounds of a quantifier, if one is next.
    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>, Fault> {
        if self.eat("*") {
            return Ok(Some((0, None)));
        }
        if self.eat("+") {
            return Ok(Some((1, None)));
        }
        if self.eat("?") {
            return Ok(Some((0, Some(1))));
        }
        let start = self.at;
        let bounds = self.braces();
        match bounds {
            None => self.at = start,
            Some((min, Some(max))) if max < min => return Err("numbers out of order in {} quantifier"),
            Some(_) => {}
        }
        Ok(bounds)
    }

    /// `{2}`, `{2,}`, `{2,3}`
    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        if !self.eat("{") {
            return None;
        }
        let min = self.decimal()?;
        let max = match (self.eat(","), self.peek()) {
            (true, Some(0x7d)) => None,
            (true, _) => Some(self.decimal()?),
            (false, _) => Some(min),
        };
        // A number past all bounds is none.
        self.eat("}").then_some((min, max.filter(|max| *max < u32::MAX)))
    }

    /// A decimal number; past 2³² − 1 it is that.
    pub(super) fn decimal(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(char::from_u32).and_then(|c| c.to_digit(10)) {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        number
    }

    /// A group, whose parenthesis has been read.
    fn group(&mut self) -> Result<Node, Fault> {
        let node = if self.eat("?:") {
            self.disjunction()?
        } else if self.eat("?=") {
            self.look(Direction::Forward, false)?
        } else if self.eat("?!") {
            self.look(Direction::Forward, true)?
        } else if self.eat("?<=") {
            self.look(Direction::Backward, false)?
        } else if self.eat("?<!") {
            self.look(Direction::Backward, true)?
        } else {
            let number = self.groups;
            self.groups += 1;
            if self.eat("?<") {
                let name = self.group_name()?;
                if self.names.iter().any(|(known, _)| *known == name) {
                    return Err("Duplicate capture group name");
                }
                self.names.push((name, number));
            } else if self.looks_at("?") {
                return Err("Invalid group");
            }
            // What V8 in node 20 takes: `new RegExp("()".repeat(32768))` is an error.
            if number > 32_767 {
                return Err("Too many captures");
            }
            Node::Capture(number, Box::new(self.disjunction()?))
        };
        if self.eat(")") { Ok(node) } else { Err("Unterminated group") }
    }

    fn look(&mut self, direction: Direction, is_negative: bool) -> Result<Node, Fault> {
        let body = self.disjunction()?;
        Ok(Node::Look(Box::new(Look { body, direction, is_negative })))
    }

    /// The name of a group, up to and with its `>`.
    pub(super) fn group_name(&mut self) -> Result<String, Fault> {
        let mut name = String::new();
        loop {
            let next = self.next().ok_or(INVALID_GROUP_NAME)?;
            let character = match char::from_u32(next) {
                Some('>') if !name.is_empty() => return Ok(name),
                Some('\\') => self.name_escape()?,
                Some(c) => u32::from(c),
                // By units a character may be a pair.
                None => match self.peek() {
                    Some(low @ 0xdc00..=0xdfff) if next < 0xdc00 => {
                        self.at += 1;
                        super::escape::pair(next, low)
                    }
                    _ => return Err(INVALID_GROUP_NAME),
                },
            };
            let is_allowed = if name.is_empty() {
                super::unicode::is_id_start(character)
            } else {
                super::unicode::is_id_continue(character)
            };
            match char::from_u32(character).filter(|_| is_allowed) {
                Some(c) => name.push(c),
                None => return Err(INVALID_GROUP_NAME),
            }
        }
    }
}
