//! What `JSON.parse` says of a text that is no JSON, in V8's words.

use crate::value::Thrown;

/// What was wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    Unexpected,
    AfterEnd,
    ExpectedKey,
    ExpectedKeyOrBrace,
    ExpectedColon,
    ExpectedCommaOrBrace,
    ExpectedCommaOrBracket,
    UnexpectedNumber,
    NoNumberAfterMinus,
    UnterminatedFraction,
    NoExponent,
    UnterminatedString,
    ControlCharacter,
    BadEscape,
    BadUnicodeEscape,
}

/// What people pass to `JSON.parse` by mistake; V8 leaves the token away.
const MISTAKEN: [&str; 4] = ["NaN", "Infinity", "undefined", "[object Object]"];

/// How many units of the text around the fault are shown.
const CONTEXT: usize = 10;

impl Failure {
    /// The error at byte `at` of `text`.
    pub(super) fn at(self, text: &str, at: usize) -> Thrown {
        let what = match self {
            Self::Unexpected => return unexpected(text, at),
            Self::AfterEnd => "Unexpected non-whitespace character after JSON",
            Self::ExpectedKey => "Expected double-quoted property name in JSON",
            Self::ExpectedKeyOrBrace => "Expected property name or '}' in JSON",
            Self::ExpectedColon => "Expected ':' after property name in JSON",
            Self::ExpectedCommaOrBrace => "Expected ',' or '}' after property value in JSON",
            Self::ExpectedCommaOrBracket => "Expected ',' or ']' after array element in JSON",
            Self::UnexpectedNumber => "Unexpected number in JSON",
            Self::NoNumberAfterMinus => "No number after minus sign in JSON",
            Self::UnterminatedFraction => "Unterminated fractional number in JSON",
            Self::NoExponent => "Exponent part is missing a number in JSON",
            Self::UnterminatedString => "Unterminated string in JSON",
            Self::ControlCharacter => "Bad control character in string literal in JSON",
            Self::BadEscape => "Bad escaped character in JSON",
            Self::BadUnicodeEscape => "Bad Unicode escape in JSON",
        };
        let units = text[..at].encode_utf16().count();
        Thrown::syntax(format!("{what} at position {units}"))
    }
}

fn unexpected(text: &str, at: usize) -> Thrown {
    let before = text[..at].encode_utf16().count();
    match text.as_bytes().get(at) {
        None => return Thrown::syntax("Unexpected end of JSON input"),
        Some(b'"') => return Thrown::syntax(format!("Unexpected string in JSON at position {before}")),
        Some(b'-' | b'0'..=b'9') => {
            return Thrown::syntax(format!("Unexpected number in JSON at position {before}"));
        }
        Some(_) if MISTAKEN.contains(&text) => {
            return Thrown::syntax(format!("\"{text}\" is not valid JSON"));
        }
        Some(_) => {}
    }
    // In units, as V8 cuts it: half a pair may be left over, and is shown as U+FFFD.
    let units: Vec<u16> = text.encode_utf16().collect();
    let is_long = units.len() > 2 * CONTEXT;
    let from = if is_long { before.saturating_sub(CONTEXT) } else { 0 };
    let to = if is_long { (before + CONTEXT).min(units.len()) } else { units.len() };
    let start = if is_long && before >= CONTEXT { "..." } else { "" };
    let end = if to < units.len() { "..." } else { "" };
    let token = String::from_utf16_lossy(&units[before..=before]);
    let shown = String::from_utf16_lossy(&units[from..to]);
    Thrown::syntax(format!("Unexpected token '{token}', {start}\"{shown}\"{end} is not valid JSON"))
}
