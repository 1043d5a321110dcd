//! Numeric literals (ECMA-262 section 12.9.3, strict mode).

use logos::Lexer;

use super::Modes;
use crate::syntax::Diagnostic;
use crate::syntax::character::is_identifier_start;
use crate::syntax::token::Token;

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BadNumber {
    LeadingZero,
    Separator,
    NoDigits,
    Glued,
}

/// `number = ( digits [ "." [ digits ] ] | "." digits ) [ exponent ] | "0x" hex_digits | "0o" octal_digits
///         | "0b" binary_digits ;`
///
/// Reads a number whose first character (or `.` and digit) was read.
pub(in crate::syntax) fn number(lexer: &mut Lexer<'_, Token>) -> Token {
    let span = lexer.span();
    // `.5` is no start of a declared name; `10pct` is.
    if lexer.slice().len() == 1
        && !lexer.extras.is_after_dot()
        && let Some(declared) = super::declared(lexer, span.start)
    {
        return declared;
    }
    let text = &lexer.source()[span.start..];
    let (end, kind, fault) = scan(text);
    lexer.bump(span.start + end - span.end);
    if let Some(bad) = fault {
        report(&mut lexer.extras, bad, &text[..end], span.start);
    }
    kind
}

/// Whether the whole text is a number (or a big integer).
pub(in crate::syntax) fn is_number(text: &str) -> bool {
    let (end, _, fault) = scan(text);
    end == text.len() && fault.is_none()
}

/// Where the number that `text` begins with ends, and what it is. A fault takes in the whole word.
fn scan(text: &str) -> (usize, Token, Option<BadNumber>) {
    let bytes = text.as_bytes();
    let mut digits = Digits { bytes, at: 0, fault: None };
    let mut kind = Token::Number;
    match bytes {
        [b'0', b'x' | b'X', ..] => digits.radix(u8::is_ascii_hexdigit),
        [b'0', b'o' | b'O', ..] => digits.radix(|byte| matches!(byte, b'0'..=b'7')),
        [b'0', b'b' | b'B', ..] => digits.radix(|byte| matches!(byte, b'0' | b'1')),
        [b'0', b'0'..=b'9' | b'_', ..] => {
            digits.run(u8::is_ascii_digit);
            digits.fault = Some(BadNumber::LeadingZero);
        }
        _ => {
            if bytes.first() != Some(&b'.') {
                digits.run(u8::is_ascii_digit);
            }
            let is_integer = bytes.get(digits.at) != Some(&b'.');
            if !is_integer {
                digits.at += 1;
                digits.run(u8::is_ascii_digit);
            }
            let has_exponent = matches!(bytes.get(digits.at), Some(b'e' | b'E'));
            if has_exponent {
                digits.exponent();
            }
            if !is_integer || has_exponent {
                return glue(text, digits, kind);
            }
        }
    }
    if bytes.get(digits.at) == Some(&b'n') {
        digits.at += 1;
        kind = Token::BigInt;
    }
    glue(text, digits, kind)
}

/// A digit or letter right after a number is a fault, which takes the rest of the word with it.
fn glue(text: &str, digits: Digits<'_>, kind: Token) -> (usize, Token, Option<BadNumber>) {
    let Digits { mut at, mut fault, .. } = digits;
    let is_glued = |next: char| next.is_ascii_digit() || next == '\\' || is_identifier_start(next);
    let rest = &text[at..];
    if rest.starts_with(is_glued) {
        fault = fault.or(Some(BadNumber::Glued));
        at += rest.find(|next: char| !is_glued(next)).unwrap_or(rest.len());
    }
    (at, kind, fault)
}

struct Digits<'t> {
    bytes: &'t [u8],
    at: usize,
    fault: Option<BadNumber>,
}

impl Digits<'_> {
    /// Skips digits with single separators between them; says how many bytes.
    fn run(&mut self, is_digit: impl Fn(&u8) -> bool) -> usize {
        let start = self.at;
        let mut was_digit = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'_' {
                if !was_digit {
                    self.fault = self.fault.or(Some(BadNumber::Separator));
                }
                was_digit = false;
            } else if is_digit(&byte) {
                was_digit = true;
            } else {
                break;
            }
            self.at += 1;
        }
        if self.at > start && !was_digit {
            self.fault = self.fault.or(Some(BadNumber::Separator));
        }
        self.at - start
    }

    fn radix(&mut self, is_digit: impl Fn(&u8) -> bool) {
        self.at = 2;
        if self.run(is_digit) == 0 {
            self.fault = Some(BadNumber::NoDigits);
        }
    }

    fn exponent(&mut self) {
        self.at += 1;
        if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
            self.at += 1;
        }
        if self.run(u8::is_ascii_digit) == 0 {
            self.fault = self.fault.or(Some(BadNumber::NoDigits));
        }
    }
}

#[cold]
fn report(modes: &mut Modes<'_>, bad: BadNumber, text: &str, start: usize) {
    let span = modes.span(start, start + text.len());
    let fault = |title: &str| Diagnostic::error("bad-number", title, span);
    let fault = match bad {
        BadNumber::LeadingZero => {
            let digits = text.trim_start_matches(['0', '_']);
            let digits = if digits.is_empty() { "0" } else { digits };
            fault("a number cannot begin with 0 and another digit")
                .label("JavaScript once read this in base 8")
                .help(format!("write `{digits}`, or `0o{digits}` for base 8"))
        }
        BadNumber::Separator => fault("`_` may only stand between two digits of a number")
            .help(format!("write `{}`", text.replace('_', ""))),
        BadNumber::NoDigits => {
            fault("digits are missing in this number").help("write `0x1F`, `0o17`, `0b11` or `1e5`")
        }
        BadNumber::Glued => fault("a number runs into a name")
            .label("a space or an operator is missing")
            .help("for a name that begins with a digit write `input['10pct']`"),
    };
    modes.fault(fault);
}

/// The value of a number's text, which the lexer has accepted. Rounds once, to the nearest double.
pub(in crate::syntax) fn value(text: &str) -> f64 {
    let bytes = text.as_bytes();
    // Few numbers have more than some digits, and these need no rounding.
    if bytes.len() < 10 && bytes.iter().all(u8::is_ascii_digit) {
        let value = bytes.iter().fold(0_u32, |value, digit| value * 10 + u32::from(digit - b'0'));
        return f64::from(value);
    }
    let shift = match bytes {
        [b'0', b'x' | b'X', ..] => 4,
        [b'0', b'o' | b'O', ..] => 3,
        [b'0', b'b' | b'B', ..] => 1,
        _ if text.contains('_') => return text.replace('_', "").parse().unwrap_or(f64::NAN),
        _ => return text.parse().unwrap_or(f64::NAN),
    };
    power_of_two(&text[2..], shift)
}

/// Reads digits of base `1 << shift`: the first 64 bits, what follows as a power of two and one sticky bit, which
/// makes the one rounding right.
#[expect(clippy::cast_precision_loss, reason = "this is the rounding")]
fn power_of_two(digits: &str, shift: u32) -> f64 {
    let (mut bits, mut exponent, mut sticky) = (0_u64, 0_i32, 0_u64);
    for digit in digits.chars().filter_map(|digit| digit.to_digit(16)) {
        if bits.leading_zeros() >= shift {
            bits = bits << shift | u64::from(digit);
        } else {
            exponent = exponent.saturating_add(shift.cast_signed());
            sticky |= u64::from(digit != 0);
        }
    }
    (bits | sticky) as f64 * 2_f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn values_are_those_of_v8() {
        for (text, expected) in [
            ("0", 0.0),
            ("123456789", 123_456_789.0),
            ("9007199254740993", 9_007_199_254_740_992.0),
            ("1_000.5e3", 1_000_500.0),
            (".5", 0.5),
            ("1.", 1.0),
            ("5e-324", 5e-324),
            ("1e400", f64::INFINITY),
            ("0x1F", 31.0),
            ("0O17", 15.0),
            ("0b1_1", 3.0),
            ("0x20000000000001", 9_007_199_254_740_992.0),
            ("0x20000000000003", 9_007_199_254_740_996.0),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        // The last digit decides between two neighbours although it is far below them.
        assert_eq!(value("0x20000000000001000000000000000001"), 2_f64.powi(125) + 2_f64.powi(73));
        assert_eq!(value("0x20000000000001000000000000000000"), 2_f64.powi(125));
        assert_eq!(value(&format!("0x{}", "f".repeat(300))), f64::INFINITY);
    }

    #[test]
    fn the_grammar_is_that_of_strict_mode() {
        for good in
            ["0", "1.", ".5", "1e5", "1E-5", "1_0", "0xF_f", "0b1", "0o7", "1.5e+1_0", "1n", "0n", "0.0"]
        {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "08", "00", "0_9", "1__0", "1_", "1_.5", "1._5", "1e_1", "1_e1", "1e", "1e+", "0x", "0x_1",
            "0x1_", "0b2", "0B", "0b1a", "1.e", "3in", "3a", "1.5n", "1e5n", "00o0", "0o8", "1\\u0061",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
