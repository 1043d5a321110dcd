//! What an expression is made of in the end: names, literals, arrays, objects, parentheses.

use chumsky::prelude::*;

use super::postfix::element;
use super::template::template;
use super::{Cursor, Parsed, Rule, bracketed, expect, expression, fault, position, span_from, stuck};
use crate::syntax::Diagnostic;
use crate::syntax::ast::{Element, Expr, ExprKind, Property, PropertyKey, RegexLiteral, Text};
use crate::syntax::lexer::{cook, number_value};
use crate::syntax::token::Token;

/// `primary = name | "null" | "true" | "false" | number | string | regex | template | array | object
///          | "(" expression ")" ;`
pub(super) fn primary<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        let first = position(input);
        input.state().height = 0;
        let kind = match input.peek() {
            Some(Token::Name | Token::EscapedName | Token::Declared) => {
                input.skip();
                ExprKind::Name(input.state().name(first))
            }
            Some(Token::Number) => {
                input.skip();
                ExprKind::Number(number_value(input.state().text(first)))
            }
            Some(Token::String) => {
                input.skip();
                ExprKind::String(string_value(input, first))
            }
            Some(Token::Null) => {
                input.skip();
                ExprKind::Null
            }
            Some(token @ (Token::True | Token::False)) => {
                input.skip();
                ExprKind::Bool(token == Token::True)
            }
            Some(Token::Regex) => {
                input.skip();
                ExprKind::Regex(regex(input.state().text(first)))
            }
            Some(Token::TemplateWhole | Token::TemplateHead) => ExprKind::Template(input.parse(template())?),
            Some(Token::BracketOpen) => ExprKind::Array(input.parse(array())?),
            Some(Token::BraceOpen) => ExprKind::Object(input.parse(object())?),
            Some(Token::ParenOpen) => {
                let inner = bracketed(input, |input| {
                    input.skip();
                    let inner = input.parse(expression())?;
                    expect(input, Token::ParenClose)?;
                    Ok(inner)
                })?;
                ExprKind::Paren(Box::new(inner))
            }
            _ => return stuck(input),
        };
        let span = span_from(input, first);
        Ok(Expr { kind, span })
    })
}

/// Items between brackets, with commas between them and perhaps one after the last.
pub(super) fn list<'t, O>(open: Token, item: impl Rule<'t, O>, close: Token) -> impl Rule<'t, Vec<O>> {
    item.separated_by(just(Token::Comma)).allow_trailing().collect().delimited_by(just(open), just(close))
}

/// The value of a string's token.
fn string_value(input: &mut Cursor<'_, '_>, at: usize) -> Text {
    let text = input.state().text(at);
    cook(&text[1..text.len() - 1])
}

fn regex(text: &str) -> RegexLiteral {
    // Flags hold no slash.
    let close = text.rfind('/').unwrap_or(text.len());
    let (pattern, flags) = text.split_at(close);
    RegexLiteral { pattern: pattern[1..].into(), flags: flags.trim_start_matches('/').into() }
}

/// `array = "[" [ element { "," element } [ "," ] ] "]" ;`
fn array<'t>() -> impl Rule<'t, Vec<Element>> {
    custom(|input: &mut Cursor<'t, '_>| {
        bracketed(input, |input| input.parse(list(Token::BracketOpen, element(), Token::BracketClose)))
    })
}

/// `object = "{" [ property { "," property } [ "," ] ] "}" ;`
fn object<'t>() -> impl Rule<'t, Vec<Property>> {
    custom(|input: &mut Cursor<'t, '_>| {
        let properties: Vec<Property> =
            bracketed(input, |input| input.parse(list(Token::BraceOpen, property(), Token::BraceClose)))?;
        refuse_two_prototypes(input, &properties)?;
        Ok(properties)
    })
}

/// `{ __proto__: a, __proto__: b }` is an early error (ECMA-262 section 13.2.5.1).
fn refuse_two_prototypes(input: &mut Cursor<'_, '_>, properties: &[Property]) -> Parsed<()> {
    let mut prototypes = properties.iter().filter_map(|property| match property {
        Property::KeyValue(PropertyKey::Static(Text::Utf8(key), span), _) if &**key == "__proto__" => {
            Some(*span)
        }
        _ => None,
    });
    let (Some(first), Some(second)) = (prototypes.next(), prototypes.next()) else { return Ok(()) };
    let diagnostic = Diagnostic::error("duplicate-proto", "an object has one `__proto__` only", second)
        .also(first, "the first one")
        .help("remove one of them");
    fault(input, diagnostic)
}

/// `property = "..." expression | name | key ":" expression ;`
fn property<'t>() -> impl Rule<'t, Property> {
    custom(|input: &mut Cursor<'t, '_>| {
        let first = position(input);
        let Some(token) = input.peek() else { return stuck(input) };
        if token == Token::Ellipsis {
            input.skip();
            return Ok(Property::Spread(input.parse(expression())?));
        }
        let key = key(input)?;
        if input.peek() == Some(Token::Colon) && token != Token::Declared {
            input.skip();
            return Ok(Property::KeyValue(key, input.parse(expression())?));
        }
        if matches!(token, Token::Name | Token::EscapedName | Token::Declared) {
            let state = input.state();
            return Ok(Property::Shorthand(state.name(first), state.spans[first]));
        }
        stuck(input)
    })
}

/// `key = word | string | number | "[" expression "]" ;`
pub(super) fn key(input: &mut Cursor<'_, '_>) -> Parsed<PropertyKey> {
    let at = position(input);
    let text = match input.peek() {
        Some(Token::BracketOpen) => {
            input.skip();
            let key = input.parse(expression())?;
            expect(input, Token::BracketClose)?;
            return Ok(PropertyKey::Computed(key));
        }
        Some(Token::String) => string_value(input, at),
        Some(Token::Number) => {
            let value = number_value(input.state().text(at));
            Text::Utf8(ryu_js::Buffer::new().format(value).into())
        }
        Some(token) if token.is_word() || token == Token::Declared => Text::Utf8(input.state().name(at)),
        _ => return stuck(input),
    };
    input.skip();
    Ok(PropertyKey::Static(text, input.state().spans[at]))
}
