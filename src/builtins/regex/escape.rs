//! What follows a backslash (ECMA-262 section 22.2.1: AtomEscape, CharacterEscape; Annex B.1.2).

use super::charset::CharSet;
use super::parse::{Fault, INVALID_GROUP_NAME, Parser};
use super::tree::Node;
use super::unicode::{digits, fold, property, spaces, word_characters};

const INVALID_UNICODE: Fault = "Invalid Unicode escape";

/// The code point of a surrogate pair.
pub(super) fn pair(high: u32, low: u32) -> u32 {
    0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff)
}

/// Where an escape stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Atom,
    Class,
}

impl Parser {
    /// An escape outside of a class, whose backslash has been read.
    pub(super) fn atom_escape(&mut self) -> Result<Node, Fault> {
        if let Some(set) = self.class_escape(Place::Atom)? {
            return Ok(Node::Set(fold(set, self.flags)));
        }
        let start = self.at;
        match self.peek().and_then(char::from_u32) {
            Some('1'..='9') => {
                let number = self.decimal().unwrap_or(0);
                if number < self.all_groups {
                    return Ok(Node::Backreference(number));
                }
                if self.is_strict() {
                    return Err("Invalid escape");
                }
                self.at = start;
            }
            Some('k') if self.is_strict() || self.has_names => {
                self.at += 1;
                if !self.eat("<") {
                    return Err("Invalid named reference");
                }
                let name = self.group_name()?;
                let group = self.all_names.iter().find(|(known, _)| *known == name);
                return match group {
                    Some((_, number)) => Ok(Node::Backreference(*number)),
                    None => Err("Invalid named capture referenced"),
                };
            }
            _ => {}
        }
        let character = self.character_escape(Place::Atom)?;
        Ok(Node::Set(fold(CharSet::of(character), self.flags)))
    }

    /// `\d \D \s \S \w \W \p{…} \P{…}`, if one is next.
    pub(super) fn class_escape(&mut self, place: Place) -> Result<Option<CharSet>, Fault> {
        let Some(letter) = self.peek().and_then(char::from_u32) else { return Ok(None) };
        let set = match letter {
            'd' => digits(),
            'D' => digits().complement(),
            's' => spaces(),
            'S' => spaces().complement(),
            'w' => word_characters(self.flags),
            'W' => word_characters(self.flags).complement(),
            'p' | 'P' if self.is_strict() => {
                self.at += 1;
                let invalid = match place {
                    Place::Atom => "Invalid property name",
                    Place::Class => "Invalid property name in character class",
                };
                let set = self.property().ok_or(invalid)?;
                // With `v`, what is left out is left out in both cases.
                let set = if self.flags.has_sets { fold(set, self.flags) } else { set };
                return Ok(Some(if letter == 'P' { set.complement() } else { set }));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(set))
    }

    /// `{name}`, `{name=value}`
    fn property(&mut self) -> Option<CharSet> {
        if !self.eat("{") {
            return None;
        }
        let mut text = String::new();
        loop {
            match self.next().and_then(char::from_u32)? {
                '}' => break,
                c @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '=') => text.push(c),
                _ => return None,
            }
        }
        match text.split_once('=') {
            Some((name, value)) => property(name, Some(value)),
            None => property(&text, None),
        }
    }

    /// The character that an escape stands for.
    pub(super) fn character_escape(&mut self, place: Place) -> Result<u32, Fault> {
        let start = self.at;
        let next = self.next().ok_or("\\ at end of pattern")?;
        let Some(c) = char::from_u32(next) else { return Ok(next) };
        match c {
            't' => Ok(0x09),
            'n' => Ok(0x0a),
            'v' => Ok(0x0b),
            'f' => Ok(0x0c),
            'r' => Ok(0x0d),
            'c' => self.control(place),
            '0' if !matches!(self.peek(), Some(0x30..=0x39)) => Ok(0),
            '0'..='9' if self.is_strict() => Err(match (place, c) {
                (Place::Class, _) => "Invalid class escape",
                (Place::Atom, '0') => "Invalid decimal escape",
                (Place::Atom, _) => "Invalid escape",
            }),
            '0'..='7' => {
                self.at = start;
                Ok(self.octal())
            }
            'x' => match self.hex(2) {
                Some(code) => Ok(code),
                None if self.is_strict() => Err("Invalid escape"),
                None => Ok(next),
            },
            'u' => match self.unicode_escape(self.is_strict()) {
                Some(code) => Ok(code),
                None if self.is_strict() => Err(INVALID_UNICODE),
                None => Ok(next),
            },
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => {
                Ok(next)
            }
            '-' if place == Place::Class && self.is_strict() => Ok(next),
            _ if self.is_strict() => Err("Invalid escape"),
            'k' if self.has_names => Err("Invalid escape"),
            _ => Ok(next),
        }
    }

    /// `\cX`, whose `c` has been read. What is no control character is a backslash, and the `c` is read again.
    fn control(&mut self, place: Place) -> Result<u32, Fault> {
        let letter = self.peek().unwrap_or(0);
        let is_control = match char::from_u32(letter) {
            Some('a'..='z' | 'A'..='Z') => true,
            Some('0'..='9' | '_') => place == Place::Class && !self.is_strict(),
            _ => false,
        };
        if is_control {
            self.at += 1;
            return Ok(letter % 32);
        }
        if self.is_strict() {
            return Err(INVALID_UNICODE);
        }
        self.at -= 1;
        Ok(u32::from(b'\\'))
    }

    /// One to three octal digits, up to `377`.
    fn octal(&mut self) -> u32 {
        let mut code = 0;
        while let Some(digit) = self.peek().and_then(char::from_u32).and_then(|c| c.to_digit(8)) {
            if code * 8 + digit > 0o377 {
                break;
            }
            code = code * 8 + digit;
            self.at += 1;
            if code >= 0o40 {
                break;
            }
        }
        code
    }

    /// So many hexadecimal digits; nothing is taken if there are fewer.
    fn hex(&mut self, digits: usize) -> Option<u32> {
        let start = self.at;
        let mut code = 0;
        for _ in 0..digits {
            match self.next().and_then(char::from_u32).and_then(|c| c.to_digit(16)) {
                Some(digit) => code = code * 16 + digit,
                None => {
                    self.at = start;
                    return None;
                }
            }
        }
        Some(code)
    }

    /// What follows `\u`: four digits, with `allows_braces` a pair of such escapes or `{…}` too.
    fn unicode_escape(&mut self, allows_braces: bool) -> Option<u32> {
        if !allows_braces {
            return self.hex(4);
        }
        if self.eat("{") {
            let mut code: Option<u32> = None;
            while let Some(digit) = self.peek().and_then(char::from_u32).and_then(|c| c.to_digit(16)) {
                code = Some(code.unwrap_or(0) * 16 + digit).filter(|code| *code <= super::charset::MAX);
                code?;
                self.at += 1;
            }
            return code.filter(|_| self.eat("}"));
        }
        let high = self.hex(4)?;
        if matches!(high, 0xd800..=0xdbff) {
            let start = self.at;
            match self.eat("\\u").then(|| self.hex(4)).flatten() {
                Some(low @ 0xdc00..=0xdfff) => return Some(pair(high, low)),
                _ => self.at = start,
            }
        }
        Some(high)
    }

    /// An escape in the name of a group, whose backslash has been read: always as with `u`.
    pub(super) fn name_escape(&mut self) -> Result<u32, Fault> {
        if !self.eat("u") {
            return Err(INVALID_GROUP_NAME);
        }
        self.unicode_escape(true).ok_or(INVALID_UNICODE)
    }
}
