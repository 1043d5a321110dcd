//! Escape sequences in strings, templates and names (ECMA-262 sections 12.7.1 and 12.9.4, strict mode).
//!
//! The lexer checks them, the parser resolves them: both by [`escape`], so that they cannot disagree.

use crate::syntax::ast::Text;
use crate::syntax::character::{is_identifier_part, is_identifier_start};

/// What an escape sequence stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Character(char),
    /// Half a character: a surrogate.
    Unit(u16),
    /// A line continuation.
    Nothing,
}

/// What is wrong with an escape sequence, and how many bytes of it are to be underlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadEscape {
    /// `\01`, `\1`, `\8`.
    Octal,
    /// `\x` without two hexadecimal digits.
    Hex,
    /// `\u` without four, or without `{…}`.
    Unicode,
    /// `\u{110000}`
    OutOfRange,
}

/// `escape = "\" ( character | "0" | "x" hex hex | "u" hex hex hex hex | "u{" hex { hex } "}" | line_break ) ;`
///
/// Reads the escape that `text` begins with, and its length. The text is `\` and at least one character.
pub(super) fn escape(text: &str) -> Result<(Escape, usize), BadEscape> {
    let Some(character) = text[1..].chars().next() else { return Err(BadEscape::Unicode) };
    let simple = |resolved| Ok((Escape::Character(resolved), 2));
    match character {
        'n' => simple('\n'),
        't' => simple('\t'),
        'r' => simple('\r'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{C}'),
        'v' => simple('\u{B}'),
        '0' if !text[2..].starts_with(|next: char| next.is_ascii_digit()) => simple('\0'),
        '0'..='9' => Err(BadEscape::Octal),
        'x' => match text.get(2..4).and_then(hex) {
            Some(code) => Ok((unit(code), 4)),
            None => Err(BadEscape::Hex),
        },
        'u' => unicode(text),
        '\r' if text[2..].starts_with('\n') => Ok((Escape::Nothing, 3)),
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Ok((Escape::Nothing, 1 + character.len_utf8())),
        other => Ok((Escape::Character(other), 1 + other.len_utf8())),
    }
}

/// `\uXXXX` or `\u{X…}`, at the start of `text`.
fn unicode(text: &str) -> Result<(Escape, usize), BadEscape> {
    let Some(braced) = text[2..].strip_prefix('{') else {
        let code = text.get(2..6).and_then(hex).ok_or(BadEscape::Unicode)?;
        return Ok((unit(code), 6));
    };
    let digits = braced.bytes().take_while(u8::is_ascii_hexdigit).count();
    if digits == 0 || !braced[digits..].starts_with('}') {
        return Err(BadEscape::Unicode);
    }
    // Any number of leading zeros is allowed.
    let significant = braced[..digits].trim_start_matches('0');
    let code = if significant.is_empty() { Some(0) } else { hex(significant) };
    match code.filter(|&code| code <= 0x10_FFFF) {
        Some(code) => Ok((unit(code), digits + 4)),
        None => Err(BadEscape::OutOfRange),
    }
}

fn hex(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

fn unit(code: u32) -> Escape {
    match char::from_u32(code) {
        Some(character) => Escape::Character(character),
        None => Escape::Unit(u16::try_from(code).unwrap_or(0xFFFD)),
    }
}

/// The `\u` escape that a name's text begins with, and its length.
pub(super) fn identifier_escape(text: &str) -> Option<(char, usize)> {
    if !text.starts_with("\\u") {
        return None;
    }
    match escape(text) {
        Ok((Escape::Character(character), length)) => Some((character, length)),
        _ => None,
    }
}

/// Whether a character may begin a name, or go on with it.
pub(super) fn fits_identifier(character: char, is_first: bool) -> bool {
    if is_first { is_identifier_start(character) } else { is_identifier_part(character) }
}

/// A name's text with its escapes resolved.
pub(in crate::syntax) fn cook_identifier(raw: &str) -> Box<str> {
    let mut name = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        name.push_str(&rest[..at]);
        let Some((character, length)) = identifier_escape(&rest[at..]) else { break };
        name.push(character);
        rest = &rest[at + length..];
    }
    name.push_str(rest);
    name.into()
}

/// The value of a string's text between its quotes, or of a template's between its holes.
///
/// A template's line breaks are normalised to LF; a string holds none.
pub(in crate::syntax) fn cook(raw: &str) -> Text {
    if !raw.contains(['\\', '\r']) {
        return Text::Utf8(raw.into());
    }
    let mut cooked = Cooked::Utf8(String::with_capacity(raw.len()));
    let mut rest = raw;
    while let Some(at) = rest.find(['\\', '\r']) {
        cooked.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('\r') {
            cooked.push_str("\n");
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
            continue;
        }
        let Ok((escape, length)) = escape(rest) else { break };
        match escape {
            Escape::Character(character) => cooked.push_str(character.encode_utf8(&mut [0; 4])),
            Escape::Unit(unit) => cooked.push_unit(unit),
            Escape::Nothing => {}
        }
        rest = &rest[length..];
    }
    cooked.push_str(rest);
    cooked.finish()
}

/// A text that turns to units with its first surrogate.
enum Cooked {
    Utf8(String),
    Utf16(Vec<u16>),
}

impl Cooked {
    fn push_str(&mut self, text: &str) {
        match self {
            Self::Utf8(utf8) => utf8.push_str(text),
            Self::Utf16(units) => units.extend(text.encode_utf16()),
        }
    }

    fn push_unit(&mut self, unit: u16) {
        if let Self::Utf8(utf8) = self {
            *self = Self::Utf16(utf8.encode_utf16().collect());
        }
        if let Self::Utf16(units) = self {
            units.push(unit);
        }
    }

    fn finish(self) -> Text {
        match self {
            Self::Utf8(utf8) => Text::Utf8(utf8.into()),
            // `'\ud83d\ude00'` is two halves of one character.
            Self::Utf16(units) => match String::from_utf16(&units) {
                Ok(utf8) => Text::Utf8(utf8.into()),
                Err(_) => Text::Utf16(units.into()),
            },
        }
    }
}
