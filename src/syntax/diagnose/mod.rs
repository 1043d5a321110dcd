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
    if let Some(at) = tokens.spans.iter().position(|span| span.start == first)
        && let Some(fault) = Place::new(text, range.clone(), &tokens, at).thousands()
    {
        faults[0] = fault;
    }
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
            if kind.closes() {
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

    /// The place behind the brackets that close here as they should; `None` if none does.
    fn past_closers(&self) -> Option<Self> {
        let mut open: Vec<usize> = Vec::new();
        for (index, &kind) in self.tokens.kinds[..self.at].iter().enumerate() {
            if kind.closes() {
                open.pop();
            }
            if kind.closer().is_some() {
                open.push(index);
            }
        }
        let mut at = self.at;
        while let (Some(&opener), Some(span)) = (open.last(), self.tokens.spans.get(at))
            && self.tokens.kinds[opener].closer() == Some(&self.text[span.range()])
        {
            open.pop();
            at += 1;
        }
        (at > self.at).then(|| Self::new(self.text, self.range.clone(), self.tokens, at))
    }

    fn explain(&self) -> Diagnostic {
        match self.token(0) {
            Some(Token::Unknown) => characters::stray(self),
            _ if self.is_operator_due() => operator::explain(self),
            _ => operand::explain(self),
        }
    }

    /// `1,000`: what follows the comma looks like a number with a zero in front.
    fn thousands(&self) -> Option<Diagnostic> {
        let is_number = self.token(-1) == Some(Token::Comma) && self.token(-2) == Some(Token::Number);
        let is_group = self.word(0).len() == 3 && self.word(0).bytes().all(|digit| digit.is_ascii_digit());
        let comma = self.span(self.at.checked_sub(1)?);
        let before = self.span(self.at.checked_sub(2)?);
        if !is_number || !is_group || before.end != comma.start || !self.is_adjoining() {
            return None;
        }
        let (before, after) = (self.quoted(-2), self.quoted(0));
        let fault = Diagnostic::error("comma", "a number has no commas", comma);
        Some(fault.help(format!("write `{before}{after}`, or `{before}_{after}` to group the digits")))
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

    /// Whether nothing separates the token here from the one after it.
    fn adjoins_next(&self) -> bool {
        self.here().end == self.span(self.at + 1).start
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
