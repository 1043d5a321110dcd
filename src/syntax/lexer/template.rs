//! Template literals: text with holes, nested to any depth; and the end of a `${…}` in some other text.

use logos::{Lexer, Logos};

use super::literal::checked_escape;
use super::{Modes, Slash};
use crate::syntax::character::is_identifier_part;
use crate::syntax::token::Token;
use crate::syntax::{DeclaredNames, Diagnostic, Span};

/// `whole = backtick { character | escape } backtick ;`
/// `head = backtick { character | escape } "${" ;`
///
/// Reads a template's text after its opening backtick.
pub(in crate::syntax) fn template(lexer: &mut Lexer<'_, Token>) -> Token {
    text(lexer, Token::TemplateWhole, Token::TemplateHead)
}

/// A `{`, of an object or of what the language does not have.
pub(in crate::syntax) fn brace_open(lexer: &mut Lexer<'_, Token>) {
    lexer.extras.braces.push(false);
}

/// `middle = "}" { character | escape } "${" ;`
/// `tail = "}" { character | escape } backtick ;`
///
/// A `}`: it may end a hole, and then the template's text goes on.
pub(in crate::syntax) fn brace_close(lexer: &mut Lexer<'_, Token>) -> Token {
    match lexer.extras.braces.pop() {
        Some(true) => text(lexer, Token::TemplateTail, Token::TemplateMiddle),
        _ => Token::BraceClose,
    }
}

/// Reads on to the closing backtick or the next `${`.
fn text(lexer: &mut Lexer<'_, Token>, end: Token, hole: Token) -> Token {
    let start = lexer.span().start;
    let offset = lexer.span().end;
    let rest = lexer.remainder();
    let bytes = rest.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b'`') => {
                lexer.bump(at + 1);
                return end;
            }
            Some(b'$') if bytes.get(at + 1) == Some(&b'{') => {
                lexer.bump(at + 2);
                lexer.extras.braces.push(true);
                return hole;
            }
            Some(b'\\') if at + 1 < bytes.len() => at += checked_escape(&mut lexer.extras, rest, at, offset),
            Some(_) => at += 1,
            None => {
                lexer.bump(at);
                let span = lexer.extras.span(start, start + 1);
                let help = match lexer.extras.braces.contains(&true) {
                    true => "add a backtick (`) where it ends, or `}` where the `${` before it ends",
                    false => "add a backtick (`) where it ends",
                };
                lexer.extras.fault(
                    Diagnostic::error("unclosed-template", "this template literal is never closed", span)
                        .label("its text goes on from here to the end")
                        .help(help),
                );
                return end;
            }
        }
    }
}

/// The span of the text inside of a template's token.
pub(in crate::syntax) fn text_range(token: Token, span: Span) -> std::ops::Range<usize> {
    let closing = if matches!(token, Token::TemplateHead | Token::TemplateMiddle) { 2 } else { 1 };
    let range = span.range();
    range.start + 1..range.end - closing
}

/// One past the `}` that closes the `${` at `start` of `text`. Linear in the distance.
///
/// Strings, templates, regular expressions and comments are read as the expression's lexer reads them; anything
/// else is let through, for the names declared are not known here: `${ring-0}`, `${rollout-10pct / 2}`.
///
/// # Errors
/// A hole that is not closed, with the string, template or comment that swallowed its end, if one did.
pub(crate) fn hole_end(text: &str, start: usize) -> Result<usize, Diagnostic> {
    let open = Span::new(start, (start + 2).min(text.len()));
    let base = open.end as usize;
    let modes = Modes::new(DeclaredNames::NONE, base, Slash::Divides);
    let mut lexer = Token::lexer_with_extras(&text[base..], modes);
    loop {
        let is_outermost = lexer.extras.braces.is_empty();
        let Some(token) = lexer.next() else { break };
        let span = lexer.span();
        let mut token = token.unwrap_or(Token::Unknown);
        if token == Token::BraceClose && is_outermost {
            return Ok(base + span.end);
        }
        if let Some(unclosed) = lexer.extras.faults.iter().find(|fault| fault.code.starts_with("unclosed")) {
            return Err(unclosed.clone());
        }
        lexer.extras.faults.clear();
        // `x-in` may be a declared name, and then `/` divides.
        if matches!(token, Token::In | Token::Typeof | Token::Void)
            && is_hyphenated(&text[..base + span.start])
        {
            token = Token::Name;
        }
        lexer.extras.advance(token, span.end);
    }
    if let Some(unclosed) = lexer.extras.faults.into_iter().find(|fault| fault.code.starts_with("unclosed")) {
        return Err(unclosed);
    }
    Err(Diagnostic::error("unclosed-hole", "this `${` is never closed", open)
        .help("add `}` where the expression ends; for the text `${` itself write `$${`"))
}

/// Whether a word after `before` goes on with a hyphen what may be a name.
fn is_hyphenated(before: &str) -> bool {
    before.strip_suffix('-').is_some_and(|name| name.ends_with(is_identifier_part))
}
