//! Scalars: their text with the holes put back, the map from that text to the file, and the core schema.
//!
//! The parser gives a scalar's content and its place; where each byte of the content stood is found by walking the
//! source again, line by line for plain and block scalars, letter by letter for quoted ones. The parser's content
//! is the truth: where a walk does not meet it (none is known), the map falls back to the scalar's beginning.

use super::{NodeKind, Scalar, Style};
use crate::syntax::{SourceMap, Span};

/// What is known of a scalar before its text is made.
pub(super) struct Raw<'a> {
    /// The file.
    pub(super) original: &'a str,
    /// The file as the parser saw it.
    pub(super) masked: &'a str,
    /// What the parser made of it.
    pub(super) content: &'a str,
    /// How it was written.
    pub(super) style: Style,
    /// The bytes of it in the file.
    pub(super) span: Span,
    /// The column at which it begins.
    pub(super) column: usize,
}

impl Raw<'_> {
    /// The scalar with its text and map.
    pub(super) fn read(&self) -> Scalar {
        let source = &self.masked[self.span.range()];
        let (text, map) = match self.style {
            Style::Plain if !has_break(source) => {
                (self.original[self.span.range()].into(), SourceMap::shifted(self.span.start))
            }
            Style::Plain => {
                let pieces = self.pieces_by_line(plain_lines(source));
                (self.with_holes(&pieces), self.map(pieces))
            }
            Style::Literal | Style::Folded => {
                let pieces = self.pieces_by_line(block_lines(source, self.column));
                (self.content.into(), self.map(pieces))
            }
            Style::SingleQuoted | Style::DoubleQuoted => {
                (self.content.into(), self.map(self.quoted_pieces(source)))
            }
        };
        Scalar { text, style: self.style, map, span: self.span }
    }

    fn map(&self, pieces: Vec<(u32, u32)>) -> SourceMap {
        match pieces.as_slice() {
            [] => SourceMap::shifted(self.span.start),
            _ => SourceMap::new(pieces),
        }
    }

    /// Meets each line's text in the content, where folding has left line feeds or a space between them.
    fn pieces_by_line<'s>(&self, lines: impl Iterator<Item = (usize, &'s str)>) -> Vec<(u32, u32)> {
        let (content, mut at) = (self.content, 0);
        let mut pieces = Vec::new();
        for (offset, line) in lines.filter(|(_, line)| !line.is_empty()) {
            while content[at..].starts_with('\n') {
                at += 1;
            }
            if !content[at..].starts_with(line) && content[at..].starts_with(' ') {
                at += 1;
            }
            if !content[at..].starts_with(line) {
                return Vec::new();
            }
            pieces.push((small(at), self.span.start + small(offset)));
            at += line.len();
        }
        // A block's leading empty lines stand before its span; what maps to them is its beginning.
        if let Some(first) = pieces.first().filter(|first| first.0 > 0) {
            pieces.insert(0, (0, first.1.saturating_sub(first.0)));
        }
        pieces
    }

    /// The content of a plain scalar over several lines, the filler replaced by what it stands for.
    fn with_holes(&self, pieces: &[(u32, u32)]) -> Box<str> {
        let mut text = String::with_capacity(self.content.len());
        for (index, &(start, file)) in pieces.iter().enumerate() {
            text.push_str(&self.content[text.len()..start as usize]);
            let next = pieces.get(index + 1).map_or(self.content.len(), |piece| piece.0 as usize);
            let line = self.content[start as usize..next].trim_end_matches([' ', '\n']);
            text.push_str(&self.original[file as usize..file as usize + line.len()]);
        }
        text.push_str(&self.content[text.len()..]);
        text.into()
    }

    /// A piece for each run of a quoted scalar that stands in the file as it is.
    fn quoted_pieces(&self, source: &str) -> Vec<(u32, u32)> {
        let base = self.span.start;
        let end = source.len().saturating_sub(1);
        let is_verbatim = end == self.content.len() + 1;
        if is_verbatim && !has_break(source) {
            return vec![(0, base + 1)];
        }
        let mut walk =
            QuotedWalk { source, at: 1, end, out: 0, is_double: self.style == Style::DoubleQuoted };
        let mut pieces = vec![(0, base + 1)];
        let mut is_verbatim = true;
        while walk.at < end {
            if !is_verbatim {
                pieces.push((small(walk.out), base + small(walk.at)));
            }
            is_verbatim = walk.step();
        }
        if walk.out == self.content.len() { pieces } else { Vec::new() }
    }
}

/// Where a quoted scalar's source and its content stand.
struct QuotedWalk<'s> {
    source: &'s str,
    at: usize,
    end: usize,
    out: usize,
    is_double: bool,
}

impl QuotedWalk<'_> {
    /// Passes over one letter, escape or fold; whether it stands in the content as in the file.
    fn step(&mut self) -> bool {
        let rest = &self.source[self.at..self.end];
        let (taken, given) = match rest.as_bytes() {
            [b'\'', b'\'', ..] if !self.is_double => (2, 1),
            [b'\\', ..] if self.is_double => escape(rest),
            [b' ' | b'\t' | b'\r' | b'\n', ..] => {
                let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
                match line_breaks(&rest[..blank]) {
                    0 => (blank, blank),
                    1 => (blank, 1),
                    breaks => (blank, breaks - 1),
                }
            }
            _ => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                (length, length)
            }
        };
        self.at += taken;
        self.out += given;
        // Equal lengths of a fold are no verbatim run, but map alike.
        taken == given
    }
}

/// Bytes of the escape at the start of `rest`, and of what it stands for.
fn escape(rest: &str) -> (usize, usize) {
    let code = |from: usize, digits: usize| {
        rest.get(from..from + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0)
    };
    let length = |code: u32| char::from_u32(code).map_or(3, char::len_utf8);
    match rest.as_bytes().get(1) {
        Some(b'x') => (4, length(code(2, 2))),
        Some(b'u') if (0xD800..0xDC00).contains(&code(2, 4)) && rest.get(6..8) == Some("\\u") => (12, 4),
        Some(b'u') => (6, length(code(2, 4))),
        Some(b'U') => (10, length(code(2, 8))),
        Some(b'N' | b'_') => (2, 2),
        Some(b'L' | b'P') => (2, 3),
        Some(b'\r' | b'\n') => {
            // An escaped line break gives nothing but the line feeds of empty lines behind it.
            let blank = rest.len() - 1 - rest[1..].trim_start_matches([' ', '\t', '\r', '\n']).len();
            (1 + blank, line_breaks(&rest[1..=blank]) - 1)
        }
        _ => (2, 1),
    }
}

fn line_breaks(blank: &str) -> usize {
    let bytes = blank.as_bytes();
    let is_break =
        |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    (0..bytes.len()).filter(|&at| is_break(at)).count()
}

fn has_break(source: &str) -> bool {
    source.bytes().any(|byte| matches!(byte, b'\r' | b'\n'))
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// The lines of a text with their offsets; line feeds, carriage returns and both together end one.
fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    source.split_inclusive(['\n', '\r']).map(move |line| {
        let start = offset;
        offset += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// The lines of a plain scalar without the white space around them.
fn plain_lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    lines(source).map(|(offset, line)| {
        let trimmed = line.trim_start_matches([' ', '\t']);
        (offset + line.len() - trimmed.len(), trimmed.trim_end_matches([' ', '\t']))
    })
}

/// The lines of a block without its indentation; the first one has lost it already.
fn block_lines(source: &str, column: usize) -> impl Iterator<Item = (usize, &str)> {
    lines(source).map(move |(offset, line)| {
        let indent = if offset == 0 { 0 } else { column };
        let spaces = line.bytes().take(indent).take_while(|&byte| byte == b' ').count();
        (offset + spaces, &line[spaces..])
    })
}

/// What a plain scalar is by YAML 1.2's core schema; `None` if it is text.
pub(super) fn resolve(text: &str) -> Option<NodeKind> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(NodeKind::Null),
        "true" | "True" | "TRUE" => Some(NodeKind::Bool(true)),
        "false" | "False" | "FALSE" => Some(NodeKind::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => Some(NodeKind::Number(f64::NAN)),
        _ => number(text).map(NodeKind::Number),
    }
}

/// A number of the core schema: decimal, `0o17`, `0x1F`, `1.5e3`, `.inf`.
fn number(text: &str) -> Option<f64> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let (sign, magnitude) = match text.as_bytes()[0] {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if matches!(magnitude, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    let (mantissa, exponent) = match magnitude.find(['e', 'E']) {
        Some(at) => (&magnitude[..at], Some(&magnitude[at + 1..])),
        None => (magnitude, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_exponent = |part: &str| {
        let digits = part.strip_prefix(['+', '-']).unwrap_or(part);
        !digits.is_empty() && is_digits(digits)
    };
    let is_number = !(whole.is_empty() && fraction.is_empty())
        && is_digits(whole)
        && is_digits(fraction)
        && exponent.is_none_or(is_exponent);
    // The core schema's decimal forms are all among those that Rust reads, correctly rounded.
    if is_number { text.parse().ok() } else { None }
}

/// Digits of a power of two, rounded once at the end as long as they fit 128 bits.
fn radix(digits: &str, radix: u32) -> Option<f64> {
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| char::from(byte).is_digit(radix));
    if !is_plain {
        return None;
    }
    match u128::from_str_radix(digits, radix) {
        #[expect(clippy::cast_precision_loss, reason = "rounds to nearest, as reading a number does")]
        Ok(value) => Some(value as f64),
        Err(_) => Some(
            digits
                .chars()
                .filter_map(|digit| digit.to_digit(radix))
                .fold(0.0, |sum, digit| f64::from(radix).mul_add(sum, f64::from(digit))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn only_what_the_core_schema_names_is_not_text() {
        let number = |text: &str| match resolve(text) {
            Some(NodeKind::Number(number)) => Some(number),
            _ => None,
        };
        for (text, expected) in [
            ("12", 12.0),
            ("-1.5e3", -1500.0),
            ("0x1F", 31.0),
            ("0o17", 15.0),
            ("007", 7.0),
            (".5", 0.5),
            ("+1.", 1.0),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        assert_eq!(number("-.inf"), Some(f64::NEG_INFINITY));
        for text in [
            "no", "yes", "on", "1_000", "0b1", "1:30", "e5", ".", "1e", "1.2.3", "-", "+", "v1", "infinity",
            "0x", "0x+1",
        ] {
            assert!(resolve(text).is_none(), "{text}");
        }
    }
}
