//! Tokens to tree, with `chumsky`: a rule is a function that gives a parser, a family of rules is a file.
//!
//! Every decision is made by the next token (an arrow function's first token says so itself, see
//! [`Token::ArrowOpen`]); nothing is tried and taken back, so parsing is linear and the first token that fits
//! nowhere is *the* fault. The error type is therefore one index; what it means is worked out in `diagnose`,
//! after a failure only. Rules refer to each other through closures without state: a parser takes no time to build.

mod arrow;
mod literal;
mod operator;
mod postfix;
mod template;

use chumsky::error::{Error, LabelError};
use chumsky::extra::{Full, SimpleState};
use chumsky::input::InputRef;
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

use super::ast::{Expr, Name};
use super::lexer::{Tokens, cook_identifier};
use super::token::Token;
use super::{Diagnostic, MAX_NESTING, Span};
use arrow::arrow;
use operator::conditional;

/// How high a tree may grow. Operators of falling precedence (`a * b + c < d`) make it higher without nesting in
/// the text, which is bounded here for the sake of everything that recurses over it.
const MAX_HEIGHT: usize = 2 * MAX_NESTING;

/// What is left of the stack when a new piece is taken, and the size of the piece. A level of nesting takes less
/// than a third of the former, unoptimised.
const STACK_RED_ZONE: usize = 128 * 1024;
const STACK_PIECE: usize = 1024 * 1024;

/// Parsers read kinds of tokens; a span is a range of their indexes.
type Input<'t> = &'t [Token];
type Extra<'t> = Full<Stuck, SimpleState<Source<'t>>, ()>;
type Cursor<'t, 'p> = InputRef<'t, 'p, Input<'t>, Extra<'t>>;
type Parsed<O> = Result<O, Stuck>;

/// What a rule's function gives.
trait Rule<'t, O>: Parser<'t, Input<'t>, O, Extra<'t>> {}
impl<'t, O, P: Parser<'t, Input<'t>, O, Extra<'t>>> Rule<'t, O> for P {}

/// The index of the token that fits nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stuck(pub(super) usize);

impl<'t> Error<'t, Input<'t>> for Stuck {
    fn merge(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

impl<'t, L> LabelError<'t, Input<'t>, L> for Stuck {
    #[inline]
    fn expected_found<E: IntoIterator<Item = L>>(
        _expected: E,
        _found: Option<MaybeRef<'t, Token>>,
        span: SimpleSpan<usize>,
    ) -> Self {
        Self(span.start)
    }
}

/// What rules share besides the tokens.
struct Source<'t> {
    text: &'t str,
    spans: &'t [Span],
    /// How many levels of nesting are open.
    depth: usize,
    /// The height of the tree that was built last.
    height: usize,
    /// The height of the highest expression in the brackets at hand.
    tallest: usize,
    /// A fault of a rule's own, which the place alone does not explain.
    fault: Option<Box<Diagnostic>>,
}

impl<'t> Source<'t> {
    /// The text of a token.
    fn text(&self, index: usize) -> &'t str {
        &self.text[self.spans[index].range()]
    }

    /// The span of the tokens from one to another, both included.
    fn span(&self, first: usize, last: usize) -> Span {
        self.spans[first].to(self.spans[last])
    }

    /// The identifier that a token is, its escapes resolved.
    fn name(&self, index: usize) -> Name {
        let text = self.text(index);
        if text.contains('\\') { cook_identifier(text) } else { text.into() }
    }
}

/// Why there is no tree.
pub(super) enum Failure {
    /// A token fits nowhere, or the text ends too early: then the index is one past the last.
    Stuck(Stuck),
    /// A rule found a fault.
    Fault(Box<Diagnostic>),
}

/// Parses all tokens as one expression.
pub(super) fn parse(text: &str, tokens: &Tokens) -> Result<Expr, Failure> {
    let source = Source { text, spans: &tokens.spans, depth: 0, height: 0, tallest: 0, fault: None };
    let mut state = SimpleState(source);
    let whole = expression().then_ignore(end());
    let result = whole.parse_with_state(&tokens.kinds, &mut state).into_result();
    result.map_err(|stuck| match state.0.fault {
        Some(fault) => Failure::Fault(fault),
        None => Failure::Stuck(stuck.first().copied().unwrap_or(Stuck(tokens.kinds.len()))),
    })
}

/// `expression = arrow | conditional ;`
fn expression<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        let parsed = nested(input, |input| match input.peek() {
            Some(Token::ArrowOpen | Token::Parameter) => input.parse(arrow()),
            _ => input.parse(conditional()),
        })?;
        let state = input.state();
        state.tallest = state.tallest.max(state.height);
        Ok(parsed)
    })
}

/// The index of the next token.
#[inline]
fn position(input: &Cursor<'_, '_>) -> usize {
    *input.cursor().inner()
}

/// The span from a token to the last one taken.
#[inline]
fn span_from(input: &mut Cursor<'_, '_>, first: usize) -> Span {
    let last = position(input) - 1;
    input.state().span(first, last)
}

/// The next token fits nowhere.
#[inline]
fn stuck<O>(input: &Cursor<'_, '_>) -> Parsed<O> {
    Err(Stuck(position(input)))
}

/// A rule's own fault.
#[cold]
fn fault<O>(input: &mut Cursor<'_, '_>, diagnostic: Diagnostic) -> Parsed<O> {
    let at = position(input);
    input.state().fault.get_or_insert_with(|| Box::new(diagnostic));
    Err(Stuck(at))
}

/// Takes the next token, which must be this one; gives its index.
#[inline]
fn expect(input: &mut Cursor<'_, '_>, token: Token) -> Parsed<usize> {
    let at = position(input);
    if input.peek() == Some(token) {
        input.skip();
        return Ok(at);
    }
    Err(Stuck(at))
}

/// Parses one level deeper, with stack enough.
#[inline]
fn nested<'t, 'p, O>(
    input: &mut Cursor<'t, 'p>,
    parse: impl FnOnce(&mut Cursor<'t, 'p>) -> Parsed<O>,
) -> Parsed<O> {
    let depth = input.state().depth;
    if depth >= MAX_NESTING {
        return too_deep(input);
    }
    input.state().depth = depth + 1;
    let parsed = stacker::maybe_grow(STACK_RED_ZONE, STACK_PIECE, || parse(input));
    input.state().depth = depth;
    parsed
}

/// Parses what stands in brackets, and notes how high the node around it is.
#[inline]
fn bracketed<'t, 'p, O>(
    input: &mut Cursor<'t, 'p>,
    parse: impl FnOnce(&mut Cursor<'t, 'p>) -> Parsed<O>,
) -> Parsed<O> {
    let outer = std::mem::take(&mut input.state().tallest);
    let parsed = parse(input);
    let inner = std::mem::replace(&mut input.state().tallest, outer);
    let parsed = parsed?;
    grow(input, inner + 1)?;
    Ok(parsed)
}

/// Notes the height of the node that is about to be made.
#[inline]
fn grow(input: &mut Cursor<'_, '_>, height: usize) -> Parsed<()> {
    input.state().height = height;
    if height > MAX_HEIGHT { too_deep(input) } else { Ok(()) }
}

#[cold]
fn too_deep<O>(input: &mut Cursor<'_, '_>) -> Parsed<O> {
    let at = position(input);
    let state = input.state();
    let span = state.spans.get(at).or(state.spans.last()).copied().unwrap_or_default();
    let title = format!("this expression is nested more than {MAX_NESTING} levels deep");
    fault(input, Diagnostic::error("too-deep", title, span).help("take it apart into several expressions"))
}
