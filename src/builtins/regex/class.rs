//! Character classes: `[…]`, with set notation where the flag `v` is set (ECMA-262 section 22.2.1: CharacterClass).

use super::charset::CharSet;
use super::escape::Place;
use super::parse::{Fault, Parser};
use super::tree::Node;
use super::unicode::{fold, representative};
use std::collections::BTreeSet;

const UNTERMINATED: Fault = "Unterminated character class";
const OUT_OF_ORDER: Fault = "Range out of order in character class";
const INVALID_CLASS: Fault = "Invalid character class";
const INVALID_OPERATION: Fault = "Invalid set operation in character class";
const INVALID_CHARACTER: Fault = "Invalid character in character class";

/// A part of a class.
enum Atom {
    One(u32),
    Set(CharSet),
}

impl Atom {
    fn into_set(self) -> CharSet {
        match self {
            Self::One(character) => CharSet::of(character),
            Self::Set(set) => set,
        }
    }
}

/// Whether an operand may take part in `--` and `&&`: ranges may not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    Single,
    Range,
}

/// What a class of the flag `v` matches: characters, and strings of none or several. Case is folded into both.
#[derive(Default)]
struct Strings {
    set: CharSet,
    longer: BTreeSet<Vec<u32>>,
    /// Whether strings could be in it, as far as its syntax goes: then it must not be negated.
    may_hold_strings: bool,
}

impl Parser {
    /// A class, whose `[` has been read.
    pub(super) fn class(&mut self) -> Result<Node, Fault> {
        if self.flags.has_sets {
            return self.set_class().map(|class| self.class_node(class));
        }
        let is_negative = self.eat("^");
        let mut ranges = Vec::new();
        loop {
            if self.peek().is_none() {
                return Err(UNTERMINATED);
            }
            if self.eat("]") {
                break;
            }
            let first = self.class_atom()?;
            if !self.looks_at("-") || self.looks_at("-]") {
                ranges.extend_from_slice(first.into_set().ranges());
                continue;
            }
            self.at += 1;
            if self.peek().is_none() {
                return Err(UNTERMINATED);
            }
            match (first, self.class_atom()?) {
                (Atom::One(start), Atom::One(end)) if start > end => return Err(OUT_OF_ORDER),
                (Atom::One(start), Atom::One(end)) => ranges.push((start, end)),
                _ if self.is_strict() => return Err(INVALID_CLASS),
                // Annex B: `[\w-a]` is three parts.
                (first, last) => {
                    for part in [first, Atom::One(u32::from(b'-')), last] {
                        ranges.extend_from_slice(part.into_set().ranges());
                    }
                }
            }
        }
        let set = fold(CharSet::new(ranges), self.flags);
        Ok(Node::Set(if is_negative { set.complement() } else { set }))
    }

    fn class_atom(&mut self) -> Result<Atom, Fault> {
        let next = self.next().ok_or(UNTERMINATED)?;
        if next != u32::from(b'\\') { Ok(Atom::One(next)) } else { self.class_atom_escape() }
    }

    fn class_atom_escape(&mut self) -> Result<Atom, Fault> {
        if let Some(set) = self.class_escape(Place::Class)? {
            return Ok(Atom::Set(set));
        }
        if self.eat("b") {
            return Ok(Atom::One(0x08));
        }
        self.character_escape(Place::Class).map(Atom::One)
    }

    fn class_node(&self, class: Strings) -> Node {
        let mut longer: Vec<_> = class.longer.into_iter().collect();
        // The longest first; the empty string behind single characters.
        longer.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let has_empty = longer.pop_if(|text| text.is_empty()).is_some();
        let character = |character: u32| Node::Set(fold(CharSet::of(character), self.flags));
        let mut choices: Vec<Node> = longer
            .into_iter()
            .map(|text| Node::Sequence(text.into_iter().map(character).collect()))
            .collect();
        choices.push(Node::Set(class.set));
        if has_empty {
            choices.push(Node::Empty);
        }
        if choices.len() == 1 { choices.remove(0) } else { Node::Choice(choices) }
    }

    /// A class of the flag `v`, whose `[` has been read.
    fn set_class(&mut self) -> Result<Strings, Fault> {
        let is_negative = self.eat("^");
        let mut class = self.nested(Self::set_contents)?;
        if is_negative {
            if class.may_hold_strings {
                return Err("Negated character class may contain strings");
            }
            class.set = class.set.complement();
        }
        Ok(class)
    }

    fn set_contents(&mut self) -> Result<Strings, Fault> {
        if self.eat("]") {
            return Ok(Strings::default());
        }
        let (mut class, kind) = self.set_range()?;
        if kind == Operand::Single && (self.looks_at("&&") || self.looks_at("--")) {
            return self.set_operation(class);
        }
        loop {
            if self.eat("]") {
                return Ok(class);
            }
            if self.looks_at("&&") || self.looks_at("--") {
                return Err(INVALID_OPERATION);
            }
            let (operand, _) = self.set_range()?;
            class.set = class.set.union(&operand.set);
            class.longer.extend(operand.longer);
            class.may_hold_strings |= operand.may_hold_strings;
        }
    }

    /// The rest of `[a--b--c]` or `[a&&b&&c]`.
    fn set_operation(&mut self, mut class: Strings) -> Result<Strings, Fault> {
        let is_difference = self.looks_at("--");
        while !self.eat("]") {
            if !self.eat(if is_difference { "--" } else { "&&" }) {
                return Err(if self.peek().is_none() { UNTERMINATED } else { INVALID_OPERATION });
            }
            if self.looks_at("&") {
                return Err(INVALID_CHARACTER);
            }
            let operand = self.set_operand()?;
            if is_difference {
                class.set = class.set.difference(&operand.set);
                class.longer.retain(|text| !operand.longer.contains(text));
            } else {
                class.set = class.set.intersection(&operand.set);
                class.longer.retain(|text| operand.longer.contains(text));
                class.may_hold_strings &= operand.may_hold_strings;
            }
        }
        Ok(class)
    }

    /// An operand of a union, which may be a range.
    fn set_range(&mut self) -> Result<(Strings, Operand), Fault> {
        if self.looks_at("[") || self.looks_at("\\q{") {
            return Ok((self.set_operand()?, Operand::Single));
        }
        let first = self.set_character()?;
        if !self.looks_at("-") || self.looks_at("--") {
            let set = fold(first.into_set(), self.flags);
            return Ok((Strings { set, ..Strings::default() }, Operand::Single));
        }
        self.at += 1;
        let Atom::One(first) = first else { return Err(INVALID_CLASS) };
        if self.looks_at("[") || self.looks_at("\\q{") {
            return Err(INVALID_CLASS);
        }
        let Atom::One(last) = self.set_character()? else { return Err(INVALID_CLASS) };
        if first > last {
            return Err(OUT_OF_ORDER);
        }
        if self.looks_at("-") && !self.looks_at("--") {
            return Err(INVALID_CLASS);
        }
        let set = fold(CharSet::new(vec![(first, last)]), self.flags);
        Ok((Strings { set, ..Strings::default() }, Operand::Range))
    }

    fn set_operand(&mut self) -> Result<Strings, Fault> {
        if self.eat("[") {
            return self.set_class();
        }
        if self.eat("\\q{") {
            return self.quoted_strings();
        }
        let set = fold(self.set_character()?.into_set(), self.flags);
        Ok(Strings { set, ..Strings::default() })
    }

    /// A single character, or an escape that stands for many.
    fn set_character(&mut self) -> Result<Atom, Fault> {
        let next = self.next().ok_or(UNTERMINATED)?;
        let Some(c) = char::from_u32(next) else { return Ok(Atom::One(next)) };
        match c {
            '\\' => match self.peek().and_then(char::from_u32) {
                Some('&' | '!' | '#' | '%' | ',' | ':' | ';' | '<' | '=' | '>' | '@' | '`' | '~') => {
                    self.next().map(Atom::One).ok_or(UNTERMINATED)
                }
                _ => self.class_atom_escape(),
            },
            '(' | ')' | '[' | ']' | '{' | '}' | '/' | '-' | '|' => Err(INVALID_CHARACTER),
            '&' | '!' | '#' | '$' | '%' | '*' | '+' | ',' | '.' | ':' | ';' | '<' | '=' | '>' | '?' | '@'
            | '^' | '`' | '~'
                if self.peek() == Some(next) =>
            {
                Err(INVALID_OPERATION)
            }
            _ => Ok(Atom::One(next)),
        }
    }

    /// `\q{abc|d|}`, whose brace has been read.
    fn quoted_strings(&mut self) -> Result<Strings, Fault> {
        let mut class = Strings::default();
        let mut text = Vec::new();
        loop {
            if self.peek().is_none() {
                return Err(UNTERMINATED);
            }
            let is_last = self.eat("}");
            if !is_last && !self.eat("|") {
                match self.set_character()? {
                    Atom::One(character) => text.push(character),
                    Atom::Set(_) => return Err("Invalid escape"),
                }
                continue;
            }
            match text.as_slice() {
                [only] => class.set = class.set.union(&fold(CharSet::of(*only), self.flags)),
                _ if self.flags.ignores_case => {
                    class.longer.insert(text.iter().map(|c| representative(*c)).collect());
                }
                _ => {
                    class.longer.insert(std::mem::take(&mut text));
                }
            }
            text.clear();
            if is_last {
                class.may_hold_strings = !class.longer.is_empty();
                return Ok(class);
            }
        }
    }
}
