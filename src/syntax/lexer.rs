//! Text to tokens: JavaScript's lexical grammar, as far as expressions need it (ECMA-262 section 12).
//!
//! `logos` finds where a token begins and what kind it is; what no regular expression can say is decided here and
//! in the files below, by what was before: whether `/` divides, whether `}` goes back to a template's text,
//! whether a declared name with hyphens begins. Faults are collected, and a token stands in for what is faulty.

mod escape;
mod literal;
mod number;
mod template;

use logos::{Filter, Lexer, Logos};

use super::character::{is_identifier_part, is_identifier_start, is_line_terminator, is_space, line_length};
use super::token::Token;
use super::{DeclaredNames, Diagnostic, Span};

pub(super) use escape::{cook, cook_identifier};
pub(super) use literal::{slash, string};
pub(super) use number::{is_number, number, value as number_value};
pub(crate) use template::hole_end;
pub(super) use template::{brace_close, brace_open, template, text_range};

/// What the lexer knows beyond the text at hand.
pub(super) struct Modes<'s> {
    names: &'s DeclaredNames,
    /// Where the lexed part begins in the text that spans count in.
    base: usize,
    /// The token before this one.
    previous: Option<Token>,
    /// Where the token before this one ends, in the lexed part.
    previous_end: usize,
    /// The open braces; true where a template's text goes on after the `}`.
    braces: Vec<bool>,
    /// What an unclosed `/` means.
    slash: Slash,
    faults: Vec<Diagnostic>,
}

/// What is made of a `/` where an operand should begin and no regular expression ends on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slash {
    /// A fault.
    Fault,
    /// A division: where declared names are not known, `x-in / 2` looks like the operator `in`.
    Divides,
}

/// So many faults are told; who wrote them mends some first.
const MAX_FAULTS: usize = 32;

impl<'s> Modes<'s> {
    fn new(names: &'s DeclaredNames, base: usize, slash: Slash) -> Self {
        Self { names, base, previous: None, previous_end: 0, braces: Vec::new(), slash, faults: Vec::new() }
    }

    /// Notes a token that was read.
    fn advance(&mut self, token: Token, end: usize) {
        self.previous = Some(token);
        self.previous_end = end;
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start, self.base + end)
    }

    #[cold]
    fn fault(&mut self, fault: Diagnostic) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }

    fn is_after_dot(&self) -> bool {
        matches!(self.previous, Some(Token::Dot | Token::OptionalDot))
    }
}

/// The tokens of a text with their spans, both indexed alike, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) kinds: Vec<Token>,
    pub(super) spans: Vec<Span>,
    /// Faults inside of tokens, in the order of the text.
    pub(super) faults: Vec<Diagnostic>,
    /// The first bracket that is not matched.
    pub(super) mismatch: Option<Mismatch>,
}

/// A bracket without its partner, or with a wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// The opening token, if there is one.
    pub(super) open: Option<usize>,
    /// The closing token, if there is one: the end of the text closes nothing.
    pub(super) close: Option<usize>,
}

/// Reads all tokens of `range`. Linear in its length.
pub(super) fn tokens(text: &str, range: std::ops::Range<usize>, names: &DeclaredNames) -> Tokens {
    let base = range.start;
    let source = &text[range];
    let mut lexer = Token::lexer_with_extras(source, Modes::new(names, base, Slash::Fault));
    let capacity = source.len() / 2 + 4;
    let mut tokens = Tokens {
        kinds: Vec::with_capacity(capacity),
        spans: Vec::with_capacity(capacity),
        ..Tokens::default()
    };
    let mut brackets = Brackets::default();
    while let Some(token) = lexer.next() {
        let mut token = token.unwrap_or(Token::Unknown);
        let span = lexer.span();
        if token == Token::Arrow {
            let gap = &source[lexer.extras.previous_end..span.start];
            if gap.contains(is_line_terminator) {
                token = Token::ArrowAfterBreak;
            } else {
                brackets.arrow(&mut tokens.kinds);
            }
        }
        brackets.note(token, tokens.kinds.len(), &tokens.kinds);
        tokens.kinds.push(token);
        tokens.spans.push(lexer.extras.span(span.start, span.end));
        lexer.extras.advance(token, span.end);
    }
    tokens.faults = std::mem::take(&mut lexer.extras.faults);
    tokens.mismatch = brackets.finish();
    tokens
}

/// Matches brackets while tokens come in.
#[derive(Default)]
struct Brackets {
    open: Vec<usize>,
    /// The `(` that the last token closed.
    just_closed: Option<usize>,
    mismatch: Option<Mismatch>,
}

impl Brackets {
    /// Marks what begins an arrow function, when its `=>` is about to be added.
    fn arrow(&self, kinds: &mut [Token]) {
        let is_closed = |open: &usize| kinds[*open] == Token::ParenOpen;
        match (kinds.last(), self.just_closed.filter(is_closed)) {
            (Some(Token::ParenClose), Some(open)) => kinds[open] = Token::ArrowOpen,
            (Some(Token::Name | Token::EscapedName), _) => {
                let last = kinds.len() - 1;
                kinds[last] = Token::Parameter;
            }
            _ => {}
        }
    }

    #[inline]
    fn note(&mut self, token: Token, index: usize, kinds: &[Token]) {
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen | Token::TemplateHead => {
                self.open.push(index);
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => self.close(token, index, kinds),
            Token::TemplateMiddle | Token::TemplateTail => {
                self.close(token, index, kinds);
                if token == Token::TemplateMiddle {
                    self.open.push(index);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, token: Token, index: usize, kinds: &[Token]) {
        let open = self.open.pop();
        let is_pair = open.is_some_and(|open| {
            matches!(
                (kinds[open], token),
                (Token::ParenOpen, Token::ParenClose)
                    | (Token::BracketOpen, Token::BracketClose)
                    | (Token::BraceOpen, Token::BraceClose)
                    | (
                        Token::TemplateHead | Token::TemplateMiddle,
                        Token::TemplateMiddle | Token::TemplateTail
                    )
            )
        });
        self.just_closed = open;
        if !is_pair && self.mismatch.is_none() {
            self.mismatch = Some(Mismatch { open, close: Some(index) });
        }
    }

    fn finish(self) -> Option<Mismatch> {
        let unclosed = self.open.last().map(|&open| Mismatch { open: Some(open), close: None });
        self.mismatch.or(unclosed)
    }
}

/// Goes on with a word whose first ASCII part was read: keywords, declared names, letters beyond ASCII, escapes.
pub(super) fn word<'s>(lexer: &mut Lexer<'s, Token>) -> Token {
    let start = lexer.span().start;
    if lexer.extras.is_after_dot() {
        return rest_of_word(lexer, start);
    }
    if let Some(declared) = declared(lexer, start) {
        return declared;
    }
    match lexer.remainder().as_bytes().first() {
        Some(&byte) if byte == b'\\' || !byte.is_ascii() => rest_of_word(lexer, start),
        // JavaScript has no use for the word after a bar, and the filter of that name is the one everybody needs.
        _ if lexer.slice() == "default" && lexer.extras.previous == Some(Token::Pipe) => Token::Name,
        _ => keyword(lexer.slice()),
    }
}

/// The longest declared name at `start`, if one that is no identifier stands there.
fn declared(lexer: &mut Lexer<'_, Token>, start: usize) -> Option<Token> {
    let names = lexer.extras.names;
    if !names.has_special() {
        return None;
    }
    let length = names.longest_at(&lexer.source()[start..])?;
    let end = start + length;
    lexer.bump(end - lexer.span().end);
    Some(Token::Declared)
}

/// A word that begins with an escape.
pub(super) fn escaped_word(lexer: &mut Lexer<'_, Token>) -> Token {
    let start = lexer.span().start;
    // `rest_of_word` wants to see the backslash itself.
    rest_of_word(lexer, start)
}

/// A character beyond ASCII: white space, the start of a word, or nothing that we know.
pub(super) fn beyond_ascii(lexer: &mut Lexer<'_, Token>) -> Filter<Token> {
    let start = lexer.span().start;
    match lexer.slice().chars().next() {
        Some(character) if is_space(character) => Filter::Skip,
        Some(character) if is_identifier_start(character) => {
            if !lexer.extras.is_after_dot()
                && let Some(declared) = declared(lexer, start)
            {
                return Filter::Emit(declared);
            }
            Filter::Emit(rest_of_word(lexer, start))
        }
        _ => Filter::Emit(Token::Unknown),
    }
}

/// `word = ( letter | escape ) { letter | digit | escape } ;`
///
/// Reads the word at `start` to its end, escapes resolved only to be checked.
fn rest_of_word(lexer: &mut Lexer<'_, Token>, start: usize) -> Token {
    let source = lexer.source();
    let mut has_escape = false;
    let mut at = start;
    while let Some(character) = source[at..].chars().next() {
        if character == '\\' {
            match escape::identifier_escape(&source[at..]) {
                Some((resolved, length)) if escape::fits_identifier(resolved, at == start) => {
                    has_escape = true;
                    at += length;
                    continue;
                }
                _ => {
                    let span = lexer.extras.span(at, at + 1);
                    lexer.extras.fault(
                        Diagnostic::error("bad-escape", "a name cannot hold this escape", span)
                            .label("`\\` begins no letter of a name here")
                            .help("outside of a string write the name without `\\`"),
                    );
                    at += 1;
                    continue;
                }
            }
        }
        if !is_identifier_part(character) {
            break;
        }
        at += character.len_utf8();
    }
    lexer.bump(at - lexer.span().end);
    let is_after_dot = lexer.extras.is_after_dot();
    let word = lexer.slice();
    if has_escape {
        return match keyword(&cook_identifier(word)) {
            _ if is_after_dot => Token::EscapedName,
            Token::Name => Token::EscapedName,
            _ => Token::EscapedReserved,
        };
    }
    if is_after_dot { Token::Name } else { keyword(word) }
}

/// `name = word - reserved | declared ;`
///
/// The kind of an unescaped word. Reserved are ECMA-262's words of strict mode (section 12.7.2), and `async`,
/// which only begins what the language does not have.
fn keyword(word: &str) -> Token {
    match word {
        "null" => Token::Null,
        "true" => Token::True,
        "false" => Token::False,
        "typeof" => Token::Typeof,
        "void" => Token::Void,
        "in" => Token::In,
        _ if is_reserved(word) => Token::Reserved,
        _ => Token::Name,
    }
}

/// Whether a text could be a variable's name: an identifier that is no word of the language.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.starts_with(is_identifier_start)
        && text.chars().all(is_identifier_part)
        && keyword(text) == Token::Name
}

/// Whether a word is reserved and has no meaning here.
fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "async"
            | "await"
            | "break"
            | "case"
            | "catch"
            | "class"
            | "const"
            | "continue"
            | "debugger"
            | "default"
            | "delete"
            | "do"
            | "else"
            | "enum"
            | "export"
            | "extends"
            | "finally"
            | "for"
            | "function"
            | "if"
            | "implements"
            | "import"
            | "instanceof"
            | "interface"
            | "let"
            | "new"
            | "package"
            | "private"
            | "protected"
            | "public"
            | "return"
            | "static"
            | "super"
            | "switch"
            | "this"
            | "throw"
            | "try"
            | "var"
            | "while"
            | "with"
            | "yield"
    )
}

/// `?` or `?.`, which is no optional chaining before a digit: `a?.5:1` (ECMA-262 section 12.8).
pub(super) fn question(lexer: &mut Lexer<'_, Token>) -> Token {
    match lexer.remainder().as_bytes() {
        [b'.', b'0'..=b'9', ..] => Token::Question,
        [b'.', ..] => {
            lexer.bump(1);
            Token::OptionalDot
        }
        _ => Token::Question,
    }
}

/// `<!--` comments out the rest of its line (ECMA-262 annex B.1.1).
pub(super) fn opening_comment(lexer: &mut Lexer<'_, Token>) -> Filter<Token> {
    lexer.bump(line_length(lexer.remainder()));
    Filter::Skip
}

/// `-->` at the start of a line comments it out (ECMA-262 annex B.1.1).
pub(super) fn closing_comment(lexer: &mut Lexer<'_, Token>) -> Filter<Token> {
    let gap = &lexer.source()[lexer.extras.previous_end..lexer.span().start];
    if !gap.contains(is_line_terminator) {
        return Filter::Emit(Token::Decrement);
    }
    lexer.bump(line_length(lexer.remainder()));
    Filter::Skip
}
