//! Members, indexes and calls, each with `?.`.

use chumsky::prelude::*;

use super::literal::{list, primary};
use super::{Cursor, Parsed, Rule, bracketed, expect, expression, grow, position, span_from, stuck};
use crate::syntax::ast::{Chain, Element, Expr, ExprKind, Link, LinkKind};
use crate::syntax::token::Token;

/// `postfix = primary { "." word | "?." word | [ "?." ] index | [ "?." ] arguments } ;`
pub(super) fn postfix<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        let base = input.parse(primary())?;
        let mut height = input.state().height;
        let mut links = Vec::new();
        while let Some(link) = link(input)? {
            height = height.max(input.state().height);
            links.push(link);
        }
        let Some(last) = links.last() else {
            input.state().height = height;
            return Ok(base);
        };
        let span = base.span.to(last.span);
        grow(input, height + 1)?;
        Ok(Expr { kind: ExprKind::Chain(Chain { base: Box::new(base), links }), span })
    })
}

/// The next link, if one follows.
fn link(input: &mut Cursor<'_, '_>) -> Parsed<Option<Link>> {
    let first = position(input);
    let (optional, kind) = match input.peek() {
        Some(Token::Dot) => {
            input.skip();
            (false, member(input)?)
        }
        Some(Token::OptionalDot) => {
            input.skip();
            let kind = match input.peek() {
                Some(Token::BracketOpen) => LinkKind::Index(input.parse(index())?),
                Some(Token::ParenOpen) => LinkKind::Call(input.parse(arguments())?),
                _ => member(input)?,
            };
            (true, kind)
        }
        Some(Token::BracketOpen) => (false, LinkKind::Index(input.parse(index())?)),
        Some(Token::ParenOpen) => (false, LinkKind::Call(input.parse(arguments())?)),
        _ => return Ok(None),
    };
    let span = span_from(input, first);
    Ok(Some(Link { kind, optional, span }))
}

/// A property's name: any word, reserved ones included.
fn member(input: &mut Cursor<'_, '_>) -> Parsed<LinkKind> {
    let at = position(input);
    if !input.peek().is_some_and(Token::is_word) {
        return stuck(input);
    }
    input.skip();
    let state = input.state();
    state.height = 0;
    Ok(LinkKind::Member(state.name(at), state.spans[at]))
}

/// `index = "[" expression "]" ;`
fn index<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        bracketed(input, |input| {
            expect(input, Token::BracketOpen)?;
            let index = input.parse(expression())?;
            expect(input, Token::BracketClose)?;
            Ok(index)
        })
    })
}

/// `arguments = "(" [ element { "," element } [ "," ] ] ")" ;`
fn arguments<'t>() -> impl Rule<'t, Vec<Element>> {
    custom(|input: &mut Cursor<'t, '_>| {
        bracketed(input, |input| input.parse(list(Token::ParenOpen, element(), Token::ParenClose)))
    })
}

/// `element = [ "..." ] expression ;`
pub(super) fn element<'t>() -> impl Rule<'t, Element> {
    custom(|input: &mut Cursor<'t, '_>| {
        if input.peek() != Some(Token::Ellipsis) {
            return Ok(Element::Item(input.parse(expression())?));
        }
        input.skip();
        Ok(Element::Spread(input.parse(expression())?))
    })
}
