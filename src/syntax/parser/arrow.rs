//! Arrow functions and the patterns of their parameters.

use chumsky::prelude::*;

use super::literal::key;
use super::{Cursor, Parsed, Rule, bracketed, expect, expression, fault, nested, position, span_from, stuck};
use crate::syntax::ast::{Arrow, Expr, ExprKind, Name, Parameter, Pattern, PatternKind, PropertyKey};
use crate::syntax::token::Token;
use crate::syntax::{Diagnostic, Span};

/// `arrow = ( name | "(" parameters ")" ) "=>" expression ;`
pub(super) fn arrow<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        let first = position(input);
        let arrow = bracketed(input, |input| {
            let (params, rest) = match input.peek() {
                Some(Token::Parameter) => {
                    let pattern = input.parse(binding())?;
                    (vec![Parameter { pattern, default: None }], None)
                }
                _ => {
                    expect(input, Token::ArrowOpen)?;
                    parameters(input)?
                }
            };
            refuse_duplicates(input, &params, rest.as_ref())?;
            expect(input, Token::Arrow)?;
            // `=> {` would open a block of statements.
            if input.peek() == Some(Token::BraceOpen) {
                return stuck(input);
            }
            Ok(Arrow { params, rest, body: input.parse(expression())? })
        })?;
        let span = input.state().spans[first].to(arrow.body.span);
        Ok(Expr { kind: ExprKind::Arrow(Box::new(arrow)), span })
    })
}

/// `parameters = { parameter "," } [ parameter | "..." pattern ] ;`, up to and with the `)`.
fn parameters(input: &mut Cursor<'_, '_>) -> Parsed<(Vec<Parameter>, Option<Pattern>)> {
    let mut params = Vec::new();
    loop {
        match input.peek() {
            Some(Token::ParenClose) => {
                input.skip();
                return Ok((params, None));
            }
            Some(Token::Ellipsis) => {
                input.skip();
                let rest = input.parse(pattern())?;
                expect(input, Token::ParenClose)?;
                return Ok((params, Some(rest)));
            }
            _ => params.push(input.parse(parameter())?),
        }
        if input.peek() != Some(Token::ParenClose) {
            expect(input, Token::Comma)?;
        }
    }
}

/// `parameter = pattern [ "=" expression ] ;`
fn parameter<'t>() -> impl Rule<'t, Parameter> {
    custom(|input: &mut Cursor<'t, '_>| {
        let pattern = input.parse(pattern())?;
        let default = default(input)?;
        Ok(Parameter { pattern, default })
    })
}

fn default(input: &mut Cursor<'_, '_>) -> Parsed<Option<Expr>> {
    if input.peek() != Some(Token::Assign) {
        return Ok(None);
    }
    input.skip();
    Ok(Some(input.parse(expression())?))
}

/// `pattern = name | array_pattern | object_pattern ;`
fn pattern<'t>() -> impl Rule<'t, Pattern> {
    custom(|input: &mut Cursor<'t, '_>| {
        let first = position(input);
        let kind = match input.peek() {
            Some(Token::BracketOpen) => nested(input, |input| bracketed(input, array_pattern))?,
            Some(Token::BraceOpen) => nested(input, |input| bracketed(input, object_pattern))?,
            _ => return input.parse(binding()),
        };
        let state = input.state();
        state.tallest = state.tallest.max(state.height);
        let span = span_from(input, first);
        Ok(Pattern { kind, span })
    })
}

/// A name that is bound.
fn binding<'t>() -> impl Rule<'t, Pattern> {
    custom(|input: &mut Cursor<'t, '_>| {
        let (name, span) = binding_name(input)?;
        Ok(Pattern { kind: PatternKind::Name(name), span })
    })
}

fn binding_name(input: &mut Cursor<'_, '_>) -> Parsed<(Name, Span)> {
    if !input.peek().is_some_and(is_name) {
        return stuck(input);
    }
    let at = position(input);
    input.skip();
    bound_name(input, at)
}

fn is_name(token: Token) -> bool {
    matches!(token, Token::Name | Token::EscapedName | Token::Parameter)
}

/// The name that a token binds: not `eval`, not `arguments` (strict mode, ECMA-262 section 13.1.1).
fn bound_name(input: &mut Cursor<'_, '_>, at: usize) -> Parsed<(Name, Span)> {
    let state = input.state();
    let (name, span) = (state.name(at), state.spans[at]);
    if matches!(&*name, "eval" | "arguments") {
        let title = format!("a parameter cannot be called `{name}`");
        return fault(input, Diagnostic::error("reserved-word", title, span).help("choose another name"));
    }
    Ok((name, span))
}

/// `array_pattern = "[" { [ parameter ] "," } [ parameter | "..." pattern ] "]" ;`
fn array_pattern(input: &mut Cursor<'_, '_>) -> Parsed<PatternKind> {
    expect(input, Token::BracketOpen)?;
    let mut items = Vec::new();
    loop {
        match input.peek() {
            Some(Token::BracketClose) => {
                input.skip();
                return Ok(PatternKind::Array { items, rest: None });
            }
            Some(Token::Ellipsis) => {
                input.skip();
                let rest = Some(Box::new(input.parse(pattern())?));
                expect(input, Token::BracketClose)?;
                return Ok(PatternKind::Array { items, rest });
            }
            Some(Token::Comma) => {
                input.skip();
                items.push(None);
                continue;
            }
            _ => items.push(Some(input.parse(parameter())?)),
        }
        if input.peek() != Some(Token::BracketClose) {
            expect(input, Token::Comma)?;
        }
    }
}

/// `object_pattern = "{" { property_pattern "," } [ property_pattern | "..." name ] "}" ;`
fn object_pattern(input: &mut Cursor<'_, '_>) -> Parsed<PatternKind> {
    expect(input, Token::BraceOpen)?;
    let mut properties = Vec::new();
    loop {
        match input.peek() {
            Some(Token::BraceClose) => {
                input.skip();
                return Ok(PatternKind::Object { properties, rest: None });
            }
            Some(Token::Ellipsis) => {
                input.skip();
                let rest = Some(binding_name(input)?);
                expect(input, Token::BraceClose)?;
                return Ok(PatternKind::Object { properties, rest });
            }
            _ => properties.push(property_pattern(input)?),
        }
        if input.peek() != Some(Token::BraceClose) {
            expect(input, Token::Comma)?;
        }
    }
}

/// `property_pattern = name [ "=" expression ] | key ":" parameter ;`
fn property_pattern(input: &mut Cursor<'_, '_>) -> Parsed<(PropertyKey, Parameter)> {
    let first = position(input);
    let is_name = input.peek().is_some_and(is_name);
    let key = key(input)?;
    if input.peek() == Some(Token::Colon) {
        input.skip();
        return Ok((key, input.parse(parameter())?));
    }
    if !is_name {
        return stuck(input);
    }
    let (name, span) = bound_name(input, first)?;
    let pattern = Pattern { kind: PatternKind::Name(name), span };
    let default = default(input)?;
    Ok((key, Parameter { pattern, default }))
}

/// No two parameters may have one name (ECMA-262 section 15.3.1).
fn refuse_duplicates(input: &mut Cursor<'_, '_>, params: &[Parameter], rest: Option<&Pattern>) -> Parsed<()> {
    let mut names = Vec::new();
    for pattern in params.iter().map(|parameter| &parameter.pattern).chain(rest) {
        bound_names(pattern, &mut names);
    }
    names.sort_unstable_by(|(name, span), (other, other_span)| name.cmp(other).then(span.cmp(other_span)));
    let Some(pair) = names.windows(2).find(|pair| pair[0].0 == pair[1].0) else { return Ok(()) };
    let ((name, first), (_, second)) = (pair[0], pair[1]);
    let title = format!("two parameters are called `{name}`");
    let diagnostic = Diagnostic::error("duplicate-parameter", title, second)
        .also(first, "the first one")
        .help("rename one of them");
    fault(input, diagnostic)
}

/// All names that a pattern binds. Patterns nest no deeper than the parser lets them.
fn bound_names<'a>(pattern: &'a Pattern, names: &mut Vec<(&'a str, Span)>) {
    match &pattern.kind {
        PatternKind::Name(name) => names.push((name, pattern.span)),
        PatternKind::Array { items, rest } => {
            for item in items.iter().flatten() {
                bound_names(&item.pattern, names);
            }
            if let Some(rest) = rest {
                bound_names(rest, names);
            }
        }
        PatternKind::Object { properties, rest } => {
            for (_, parameter) in properties {
                bound_names(&parameter.pattern, names);
            }
            names.extend(rest.iter().map(|(name, span)| (&**name, *span)));
        }
    }
}
