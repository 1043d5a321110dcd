//! Template literals.

use chumsky::prelude::*;

use super::{Cursor, Rule, bracketed, expression, position, stuck};
use crate::syntax::ast::Template;
use crate::syntax::lexer::{cook, text_range};
use crate::syntax::token::Token;

/// `template = whole | head expression { middle expression } tail ;`
pub(super) fn template<'t>() -> impl Rule<'t, Template> {
    custom(|input: &mut Cursor<'t, '_>| {
        bracketed(input, |input| {
            let (mut quasis, mut holes) = (Vec::new(), Vec::new());
            loop {
                let at = position(input);
                let token = match input.peek() {
                    Some(token @ (Token::TemplateWhole | Token::TemplateHead)) if quasis.is_empty() => token,
                    Some(token @ (Token::TemplateMiddle | Token::TemplateTail)) if !quasis.is_empty() => {
                        token
                    }
                    _ => return stuck(input),
                };
                input.skip();
                let state = input.state();
                quasis.push(cook(&state.text[text_range(token, state.spans[at])]));
                if matches!(token, Token::TemplateWhole | Token::TemplateTail) {
                    return Ok(Template { quasis, holes });
                }
                holes.push(input.parse(expression())?);
            }
        })
    })
}
