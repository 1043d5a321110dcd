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
    let Some(token) = text[at..].chars().next() else {
        return Thrown::syntax("Unexpected end of JSON input");
    };
    if MISTAKEN.contains(&text) {
        return Thrown::syntax(format!("\"{text}\" is not valid JSON"));
    }
    let (before, after) = text.split_at(at);
    // Up to ten units on each side are shown of a text that has more than twenty.
    let is_long = text.encode_utf16().take(2 * CONTEXT + 1).count() > 2 * CONTEXT;
    let head = before.chars().rev().take(CONTEXT).map(char::len_utf8).sum::<usize>();
    let tail = after.chars().take(CONTEXT).map(char::len_utf8).sum::<usize>();
    let shown = if is_long { &text[at - head..at + tail] } else { text };
    let start = if is_long && head < before.len() { "..." } else { "" };
    let end = if is_long && tail < after.len() { "..." } else { "" };
    Thrown::syntax(format!("Unexpected token '{token}', {start}\"{shown}\"{end} is not valid JSON"))
}
