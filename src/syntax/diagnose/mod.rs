//! What to say about a token that fits nowhere. Runs after a failure only.
//!
//! The parser says *where* it is stuck; the tokens around that place say what the writer most likely meant. Two
//! questions decide: could an operand end before the place, so that an operator was due, and which bracket is open
//! there. Each answer names the mistake in words, underlines it, and shows the mend.

mod brackets;
mod characters;
mod operand;
mod operator;
#[cfg(test)]
mod tests;
mod words;

use super::lexer::Tokens;
use super::parser::Failure;
use super::token::Token;
use super::{Diagnostic, Span};

/// The faults of a text whose tokens are faulty, or make no expression.
#[cold]
pub(super) fn diagnose(
    text: &str,
    range: std::ops::Range<usize>,
    tokens: &Tokens,
    failure: Failure,
) -> Vec<Diagnostic> {
    let stuck = match failure {
        Failure::Fault(fault) => return vec![*fault],
        Failure::Stuck(stuck) => stuck.0,
    };
    vec![Place::new(text, range, tokens, stuck).explain()]
}

/// The faults inside of tokens; a stray character before them is likely to have caused them.
#[cold]
pub(super) fn faulty_tokens(
    text: &str,
    range: std::ops::Range<usize>,
    mut tokens: Tokens,
) -> Vec<Diagnostic> {
    let mut faults = std::mem::take(&mut tokens.faults);
    let first = faults.first().map_or(0, |fault| fault.span().start);
    let stray = tokens.kinds.iter().position(|&kind| kind == Token::Unknown);
    if let Some(stray) = stray.filter(|&stray| tokens.spans[stray].start < first) {
        faults.insert(0, Place::new(text, range, &tokens, stray).explain());
    }
    faults
}

/// The longest text that a message repeats.
const MAX_QUOTED: usize = 40;

/// A place that the parser cannot get past, and what is around it.
struct Place<'t> {
    text: &'t str,
    range: std::ops::Range<usize>,
    tokens: &'t Tokens,
    /// The token that fits nowhere; one past the last at the end of the text.
    at: usize,
    /// The innermost bracket that is open here.
    open: Option<usize>,
    /// The last `?` in that bracket whose `:` has not come.
    question: Option<usize>,
}

impl<'t> Place<'t> {
    fn new(text: &'t str, range: std::ops::Range<usize>, tokens: &'t Tokens, at: usize) -> Self {
        let mut open: Vec<usize> = Vec::new();
        let mut questions: Vec<usize> = Vec::new();
        for (index, &kind) in tokens.kinds[..at].iter().enumerate() {
            if matches!(
                kind,
                Token::ParenClose
                    | Token::BracketClose
                    | Token::BraceClose
                    | Token::TemplateMiddle
                    | Token::TemplateTail
            ) {
                let opened = open.pop().unwrap_or(0);
                while questions.last().is_some_and(|&question| question > opened) {
                    questions.pop();
                }
            }
            match kind {
                Token::Question => questions.push(index),
                Token::Colon if questions.last() > open.last() => drop(questions.pop()),
                _ if kind.closer().is_some() => open.push(index),
                _ => {}
            }
        }
        let open = open.last().copied();
        let question = questions.last().copied().filter(|&question| Some(question) > open);
        Self { text, range, tokens, at, open, question }
    }

    fn explain(&self) -> Diagnostic {
        match self.token(0) {
            Some(Token::Unknown) => characters::stray(self),
            _ if self.is_operator_due() => operator::explain(self),
            _ => operand::explain(self),
        }
    }

    /// The token at a distance from the place.
    fn token(&self, distance: isize) -> Option<Token> {
        self.tokens.kinds.get(self.at.checked_add_signed(distance)?).copied()
    }

    /// The span of a token; at the end of the text an empty one there.
    fn span(&self, index: usize) -> Span {
        self.tokens.spans.get(index).copied().unwrap_or_else(|| {
            // Not after trailing white space: the caret belongs to what was written last.
            let end = self.tokens.spans.last().map_or(self.range.end, |last| last.end as usize);
            Span::new(end, end)
        })
    }

    /// The span of the token that fits nowhere.
    fn here(&self) -> Span {
        self.span(self.at)
    }

    /// The text of the token at a distance from the place; empty beyond the ends.
    fn word(&self, distance: isize) -> &'t str {
        let span = self.at.checked_add_signed(distance).and_then(|index| self.tokens.spans.get(index));
        span.map_or("", |span| &self.text[span.range()])
    }

    /// [`Self::word`], short enough for a message.
    fn quoted(&self, distance: isize) -> String {
        let word = self.word(distance);
        match word.char_indices().nth(MAX_QUOTED) {
            Some((cut, _)) => format!("{}…", &word[..cut]),
            None => word.to_owned(),
        }
    }

    /// The kind of the innermost open bracket.
    fn opener(&self) -> Option<Token> {
        self.open.map(|open| self.tokens.kinds[open])
    }

    /// Whether an operand ends right before the place.
    fn is_operator_due(&self) -> bool {
        self.token(-1).is_some_and(Token::ends_operand)
    }

    /// Whether nothing separates the token before from the one here.
    fn is_adjoining(&self) -> bool {
        self.at > 0 && self.span(self.at - 1).end == self.here().start
    }

    /// Whether the token at the place begins an operand.
    fn begins_operand(&self) -> bool {
        match self.token(0) {
            Some(
                Token::ParenOpen
                | Token::ArrowOpen
                | Token::BracketOpen
                | Token::BraceOpen
                | Token::Parameter,
            ) => true,
            Some(Token::TemplateWhole | Token::TemplateHead | Token::Not | Token::BitNot) => true,
            Some(Token::Typeof | Token::Void | Token::Ellipsis) => true,
            Some(Token::ParenClose | Token::BracketClose | Token::BraceClose | Token::TemplateTail) => false,
            Some(Token::Increment | Token::Decrement) | None => false,
            Some(token) => token.ends_operand(),
        }
    }

    fn error(&self, code: &'static str, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, title, self.here())
    }
}
