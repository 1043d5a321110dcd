//! Strings, regular expressions and comments: what is read to its own end.

use logos::{Filter, Lexer};

use super::escape::{BadEscape, Escape, escape};
use super::{Modes, Slash};
use crate::syntax::character::{is_identifier_part, is_line_terminator, line_length};
use crate::syntax::token::Token;
use crate::syntax::{Diagnostic, Span};

/// `string = "'" { character | escape } "'" | '"' { character | escape } '"' ;`
///
/// Reads a string whose opening quote was read. U+2028 and U+2029 may stand in it, other line breaks may not.
pub(in crate::syntax) fn string(lexer: &mut Lexer<'_, Token>) -> Token {
    let start = lexer.span().start;
    let quote = lexer.source().as_bytes()[start];
    let rest = lexer.remainder();
    let bytes = rest.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(&byte) if byte == quote => {
                lexer.bump(at + 1);
                return Token::String;
            }
            Some(b'\\') if at + 1 < bytes.len() => {
                at += checked_escape(&mut lexer.extras, rest, at, start + 1)
            }
            None | Some(b'\n' | b'\r' | b'\\') => {
                lexer.bump(at);
                let span = lexer.extras.span(start, start + 1 + at);
                let follows_word =
                    lexer.extras.previous == Some(Token::Name) && lexer.extras.previous_end == start;
                let fault = unclosed_string(span, quote as char);
                lexer.extras.fault(match follows_word {
                    true => fault.help(format!("for a quote inside of a string write \\{}", quote as char)),
                    false => fault,
                });
                return Token::String;
            }
            Some(_) => at += 1,
        }
    }
}

fn unclosed_string(span: Span, quote: char) -> Diagnostic {
    Diagnostic::error("unclosed-string", "this string is never closed", span)
        .label(format!("no {quote} before the end of the line"))
        .help(format!("add {quote} where the string ends; inside of it write \\{quote} for the quote itself"))
}

/// The length of the escape at `at` of `text`, which stands at `offset` of the lexed part.
pub(super) fn checked_escape(modes: &mut Modes<'_>, text: &str, at: usize, offset: usize) -> usize {
    match escape(&text[at..]) {
        Ok((Escape::Character(_) | Escape::Unit(_) | Escape::Nothing, length)) => length,
        Err(bad) => {
            let span = modes.span(offset + at, offset + at + 2);
            modes.fault(bad_escape(bad, span));
            2
        }
    }
}

#[cold]
fn bad_escape(bad: BadEscape, span: Span) -> Diagnostic {
    let (title, help) = match bad {
        BadEscape::Octal => (
            "a digit cannot be escaped",
            "write `\\x01` for a character by its code, `\\\\1` for a backslash",
        ),
        BadEscape::Hex => {
            ("`\\x` wants two hexadecimal digits", "write `\\x41`, or `\\\\x` for a backslash and an x")
        }
        BadEscape::Unicode => (
            "`\\u` wants four hexadecimal digits, or some in braces",
            "write `\\u00e9` or `\\u{1F600}`, or `\\\\u` for a backslash and a u",
        ),
        BadEscape::OutOfRange => {
            ("there is no character with this code", "the highest code is `\\u{10FFFF}`")
        }
    };
    Diagnostic::error("bad-escape", title, span).help(help)
}

/// Decides what a `/` begins: a comment, a regular expression, or a division.
pub(in crate::syntax) fn slash(lexer: &mut Lexer<'_, Token>) -> Filter<Token> {
    let start = lexer.span().start;
    let rest = lexer.remainder();
    match rest.as_bytes().first() {
        Some(b'/') => {
            lexer.bump(line_length(rest));
            return Filter::Skip;
        }
        Some(b'*') => {
            let length = rest[1..].find("*/").map(|end| end + 3);
            lexer.bump(length.unwrap_or(rest.len()));
            if length.is_none() {
                let span = lexer.extras.span(start, start + 2);
                lexer.extras.fault(
                    Diagnostic::error("unclosed-comment", "this comment is never closed", span)
                        .help("add `*/` where it ends"),
                );
            }
            return Filter::Skip;
        }
        _ => {}
    }
    if lexer.extras.previous.is_some_and(Token::ends_operand) {
        if rest.starts_with('=') {
            lexer.bump(1);
            return Filter::Emit(Token::CompoundAssign);
        }
        return Filter::Emit(Token::Slash);
    }
    Filter::Emit(regex(lexer, start))
}

/// `regex = "/" { character | "\" character | class } "/" { flag } ;`
///
/// Reads a regular expression whose first `/` was read. Its pattern is not looked into.
fn regex(lexer: &mut Lexer<'_, Token>, start: usize) -> Token {
    let rest = lexer.remainder();
    let Some(pattern) = pattern_length(rest) else {
        if lexer.extras.slash == Slash::Divides {
            return Token::Slash;
        }
        let length = line_length(rest);
        lexer.bump(length);
        let span = lexer.extras.span(start, start + 1);
        let is_first = lexer.extras.previous.is_none();
        let help = if is_first {
            "to divide, write what is divided before the `/`"
        } else {
            "add `/` where it ends"
        };
        lexer.extras.fault(
            Diagnostic::error("unclosed-regex", "this regular expression is never closed", span)
                .label("where a value is expected `/` begins a regular expression")
                .help(help),
        );
        return Token::Regex;
    };
    let flags = &rest[pattern + 1..];
    let length = flags.find(|next: char| !(is_identifier_part(next) || next == '\\')).unwrap_or(flags.len());
    if let Some(bad) = bad_flag(&flags[..length]) {
        let flags_start = start + 1 + pattern + 1;
        let span = lexer.extras.span(flags_start, flags_start + length);
        lexer.extras.fault(
            Diagnostic::error("regex-flags", format!("invalid flags of a regular expression: {bad}"), span)
                .help("the flags are d, g, i, m, s, u, v and y, each at most once"),
        );
    }
    lexer.bump(pattern + 1 + length);
    Token::Regex
}

/// The length of the pattern that ends with an unescaped `/` outside of a class, on the same line.
fn pattern_length(text: &str) -> Option<usize> {
    let mut is_in_class = false;
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        if is_line_terminator(character) {
            return None;
        }
        if std::mem::take(&mut is_escaped) {
            continue;
        }
        match character {
            '\\' => is_escaped = true,
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '/' if !is_in_class => return Some(at),
            _ => {}
        }
    }
    None
}

/// What is wrong with a regular expression's flags (ECMA-262 section 22.2.3.4).
fn bad_flag(flags: &str) -> Option<String> {
    for (at, flag) in flags.char_indices() {
        if !"dgimsuvy".contains(flag) {
            return Some(format!("there is no `{flag}`"));
        }
        if flags[..at].contains(flag) {
            return Some(format!("`{flag}` stands twice"));
        }
    }
    (flags.contains('u') && flags.contains('v')).then(|| "`u` and `v` exclude each other".to_owned())
}
