//! `?:`, infix and prefix operators. Binding powers come from the operator table.

use chumsky::prelude::*;

use super::postfix::postfix;
use super::{Cursor, Parsed, Rule, bracketed, expect, expression, fault, grow, nested, position};
use crate::syntax::ast::{Binary, BinaryTail, Conditional, Expr, ExprKind};
use crate::syntax::token::Token;
use crate::syntax::{Associativity, BinaryOp, Diagnostic, Span, UnaryOp};

/// `conditional = binary [ "?" expression ":" expression ] ;`
pub(super) fn conditional<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        let test = input.parse(binary())?;
        if input.peek() != Some(Token::Question) {
            return Ok(test);
        }
        let height = input.state().height;
        input.skip();
        let (consequent, alternate) = bracketed(input, |input| {
            let consequent = input.parse(expression())?;
            expect(input, Token::Colon)?;
            Ok((consequent, input.parse(expression())?))
        })?;
        let height = input.state().height.max(height + 1);
        grow(input, height)?;
        let span = test.span.to(alternate.span);
        let parts = Conditional { test, consequent, alternate };
        Ok(Expr { kind: ExprKind::Conditional(Box::new(parts)), span })
    })
}

/// `binary = unary { infix unary } ;`
fn binary<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| climb(input, 0))
}

/// Pratt's algorithm (1973): operands and the operators of at least the power `least` between them.
fn climb(input: &mut Cursor<'_, '_>, least: u16) -> Parsed<Expr> {
    let mut left = input.parse(unary())?;
    let mut height = input.state().height;
    // The power of the operators that `left` is a chain of, if it was made here.
    let mut chain = None;
    while let Some(op) = input.peek().and_then(Token::binary) {
        let power = op.power();
        if power < least {
            break;
        }
        let at = position(input);
        let op_span = input.state().spans[at];
        if op == BinaryOp::Exponent {
            refuse_unary_base(input, &left, op_span)?;
        }
        input.skip();
        let operand = match op.associativity() {
            Associativity::Left => climb(input, power + 1)?,
            Associativity::Right => nested(input, |input| climb(input, power))?,
        };
        if op == BinaryOp::Coalesce {
            refuse_mixed(input, &left, &operand, op_span)?;
        }
        let span = left.span.to(operand.span);
        let operand_height = input.state().height;
        let tail = BinaryTail { op, op_span, operand };
        left = match left.kind {
            ExprKind::Binary(mut binary) if chain == Some(power) => {
                height = height.max(operand_height + 1);
                binary.rest.push(tail);
                Expr { kind: ExprKind::Binary(binary), span }
            }
            kind => {
                height = height.max(operand_height) + 1;
                let first = Box::new(Expr { kind, span: left.span });
                Expr { kind: ExprKind::Binary(Binary { first, rest: vec![tail] }), span }
            }
        };
        chain = Some(power);
        grow(input, height)?;
    }
    input.state().height = height;
    Ok(left)
}

/// `-x ** 2` could mean two things, and is an early error (ECMA-262 section 13.6).
fn refuse_unary_base(input: &mut Cursor<'_, '_>, base: &Expr, op_span: Span) -> Parsed<()> {
    let ExprKind::Unary(op, operand) = &base.kind else { return Ok(()) };
    let text = input.state().text;
    let (symbol, written) = (prefix(*op), &text[base.span.range()]);
    let help = if written.len() > MAX_QUOTED {
        format!("write `({symbol}…) ** …` or `{symbol}(… ** …)`")
    } else {
        let operand = &text[operand.span.range()];
        format!("write `({written}) ** …` or `{symbol}({operand} ** …)`")
    };
    let diagnostic =
        Diagnostic::error("ambiguous-power", format!("`{}` and `**` need parentheses", op.symbol()), op_span)
            .label(
                "does it come before or after the sign?".replace("the sign", &format!("`{}`", op.symbol())),
            )
            .also(base.span, "")
            .help(help);
    fault(input, diagnostic)
}

/// The longest text that a message repeats.
const MAX_QUOTED: usize = 40;

fn prefix(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Typeof => "typeof ",
        UnaryOp::Void => "void ",
        UnaryOp::Not | UnaryOp::BitNot | UnaryOp::Plus | UnaryOp::Minus => op.symbol(),
    }
}

/// `a ?? b || c` is an early error without parentheses (ECMA-262 section 13.13).
fn refuse_mixed(input: &mut Cursor<'_, '_>, left: &Expr, right: &Expr, op_span: Span) -> Parsed<()> {
    for side in [left, right] {
        let ExprKind::Binary(binary) = &side.kind else { continue };
        let Some(tail) = binary.rest.first() else { continue };
        if matches!(tail.op, BinaryOp::Or | BinaryOp::And) {
            let symbol = tail.op.symbol();
            let text = input.state().text;
            let written = &text[side.span.range()];
            let written =
                if written.len() > MAX_QUOTED { format!("… {symbol} …") } else { written.to_owned() };
            let help = if side.span.start < op_span.start {
                format!("write `({written}) ?? …`, or put the parentheses around what belongs to `??`")
            } else {
                format!("write `… ?? ({written})`, or put the parentheses around what belongs to `??`")
            };
            let title = format!("`??` and `{symbol}` need parentheses");
            let diagnostic = Diagnostic::error("mixed-coalesce", title, op_span)
                .label(format!("which comes first, this or `{symbol}`?"))
                .also(tail.op_span, "")
                .help(help);
            return fault(input, diagnostic);
        }
    }
    Ok(())
}

/// `unary = prefix unary | postfix ;`
fn unary<'t>() -> impl Rule<'t, Expr> {
    custom(|input: &mut Cursor<'t, '_>| {
        let Some(op) = input.peek().and_then(Token::unary) else { return input.parse(postfix()) };
        let at = position(input);
        input.skip();
        let operand = nested(input, |input| input.parse(unary()))?;
        let height = input.state().height + 1;
        grow(input, height)?;
        let span = input.state().spans[at].to(operand.span);
        Ok(Expr { kind: ExprKind::Unary(op, Box::new(operand)), span })
    })
}
