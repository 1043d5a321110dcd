//! Text to numbers.

use crate::value::Str;

/// Whether JavaScript trims it: WhiteSpace or LineTerminator (ECMA-262 sections 12.2 and 12.3).
#[must_use]
pub(crate) fn is_white_space(c: char) -> bool {
    match c {
        '\t'..='\r' | ' ' => true,
        '\0'..='\u{7f}' => false,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' => true,
        '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}' => true,
        _ => false,
    }
}

/// What `Number(text)` gives (ECMA-262 section 7.1.4.1.1, StringToNumber): white space around it is ignored,
/// nothing at all is 0, `0x`, `0o` and `0b` are understood, separators are not; what is no number is NaN.
/// O(text).
#[must_use]
pub fn parse_number_literal(text: &str) -> f64 {
    let text = text.trim_matches(is_white_space);
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return 0.0;
    }
    if let [b'0', kind, digits @ ..] = bytes {
        let radix = match kind {
            b'x' | b'X' => Some(16),
            b'o' | b'O' => Some(8),
            b'b' | b'B' => Some(2),
            _ => None,
        };
        if let Some(radix) = radix {
            let all = !digits.is_empty() && digits.iter().all(|digit| (*digit as char).is_digit(radix));
            return if all { binary_digits(digits, radix) } else { f64::NAN };
        }
    }
    match decimal_prefix(bytes) {
        Some((number, used)) if used == bytes.len() => number,
        _ => f64::NAN,
    }
}

/// What `parseFloat(text)` gives: the number that the text begins with, after white space. O(text).
#[must_use]
pub fn parse_float_prefix(text: &str) -> f64 {
    let text = text.trim_start_matches(is_white_space);
    decimal_prefix(text.as_bytes()).map_or(f64::NAN, |(number, _)| number)
}

/// The longest StrDecimalLiteral at the start, and how many bytes it took.
fn decimal_prefix(bytes: &[u8]) -> Option<(f64, usize)> {
    let signed = matches!(bytes.first(), Some(b'+' | b'-')) as usize;
    if bytes[signed..].starts_with(b"Infinity") {
        let number = if bytes[0] == b'-' { f64::NEG_INFINITY } else { f64::INFINITY };
        return Some((number, signed + 8));
    }
    let digits_at = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits_at(signed);
    let mut end = signed + whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits_at(end + 1);
        if whole + fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-')) as usize;
        match digits_at(end + 1 + sign) {
            0 => {}
            digits => end += 1 + sign + digits,
        }
    }
    let text = str::from_utf8(&bytes[..end]).expect("a numeric literal is ASCII");
    Some((text.parse().expect("a decimal literal is what the standard library reads"), end))
}

/// What `parseInt(text, radix)` gives. `radix` is ToInt32 of the argument: 0 stands for 10, or 16 after `0x`;
/// any other outside 2 to 36 gives NaN. O(text).
#[must_use]
pub fn parse_int(text: &Str, radix: i32) -> f64 {
    // A lone surrogate ends the number as any other stranger does.
    let text = text.to_text();
    let mut digits = text.trim_start_matches(is_white_space).as_bytes();
    let is_negative = digits.first() == Some(&b'-');
    if let [b'+' | b'-', rest @ ..] = digits {
        digits = rest;
    }
    let mut radix = match radix {
        0 | 16 => {
            let prefixed = matches!(digits, [b'0', b'x' | b'X', ..]);
            if prefixed {
                digits = &digits[2..];
            }
            if prefixed || radix == 16 { 16 } else { 10 }
        }
        2..=36 => radix as u32,
        _ => return f64::NAN,
    };
    let count = digits.iter().take_while(|digit| (**digit as char).is_digit(radix)).count();
    if count == 0 {
        return f64::NAN;
    }
    digits = &digits[..count];
    radix = radix.clamp(2, 36);
    let magnitude = match radix {
        10 => str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(f64::NAN),
        2 | 4 | 8 | 16 | 32 => binary_digits(digits, radix),
        _ => radix_digits(digits, radix),
    };
    if is_negative { -magnitude } else { magnitude }
}

/// The number of digits in a radix that is a power of two, rounded to even. Any number of digits is read.
pub(in crate::value) fn binary_digits(digits: &[u8], radix: u32) -> f64 {
    let bits = radix.trailing_zeros();
    let (mut mantissa, mut dropped, mut exponent) = (0_u64, false, 0_u32);
    for digit in digits {
        let digit = (*digit as char).to_digit(radix).unwrap_or(0);
        if mantissa >> (64 - bits) == 0 {
            mantissa = mantissa << bits | u64::from(digit);
        } else {
            exponent = exponent.saturating_add(bits);
            dropped |= digit != 0;
        }
    }
    // More than 53 + 2 bits stand before it, so that the last one only says "and something more".
    let mantissa = mantissa | u64::from(dropped);
    if exponent == 0 {
        return mantissa as f64;
    }
    mantissa as f64 * 2.0_f64.powi(exponent.min(2_000) as i32)
}

/// As V8 reads a radix in which the standard allows an approximation: parts of 32 bits, added up in doubles
/// (`NumberParseIntHelper` in `src/numbers/conversions.cc`).
fn radix_digits(digits: &[u8], radix: u32) -> f64 {
    let mut number = 0.0;
    // Leading zeros belong to no part: the bounds of the parts decide how it is rounded.
    let mut digits = digits.iter().skip_while(|digit| **digit == b'0').peekable();
    while digits.peek().is_some() {
        let (mut part, mut multiplier) = (0_u32, 1_u32);
        while let Some(digit) = digits.peek() {
            let next = multiplier * radix;
            if next > u32::MAX / 36 {
                break;
            }
            part = part * radix + (**digit as char).to_digit(radix).unwrap_or(0);
            multiplier = next;
            digits.next();
        }
        number = number * f64::from(multiplier) + f64::from(part);
    }
    number
}
