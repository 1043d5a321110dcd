//! What stands where an operand was due: a value, a name, an opening bracket.

use super::{Place, brackets, operator, words};
use crate::syntax::Diagnostic;
use crate::syntax::token::Token;

pub(super) fn explain(place: &Place<'_>) -> Diagnostic {
    if let Some(fault) = after(place) {
        return fault;
    }
    let found = place.quoted(0);
    match place.token(0) {
        Some(Token::Reserved | Token::EscapedReserved) => words::in_operand_place(place),
        Some(Token::Parameter | Token::ArrowOpen) => place
            .error("arrow-parentheses", "a function needs parentheses here")
            .label("this begins a function, which `=>` would take apart from what is before it")
            .help("write `(x => …)`"),
        Some(Token::Ellipsis) => place
            .error("spread", "`...` has no meaning here")
            .help("it spreads a value in a list, an object or a call: `[...a]`, `{ ...a }`, `f(...a)`"),
        Some(Token::Increment | Token::Decrement) => {
            let sign = if found.starts_with('+') { "+" } else { "-" };
            place
                .error(
                    "assignment",
                    format!("`{sign}{sign}` changes a variable, and values never change here"),
                )
                .help(format!("write `{sign} 1` for the next number, or `{sign}({sign}x)` for two signs"))
        }
        Some(Token::BigInt) => place
            .error("bigint", format!("there are no big integers: `{found}`"))
            .help(format!("write `{}`", found.trim_end_matches('n'))),
        Some(Token::Arrow) if place.token(-1) == Some(Token::Parameter) => place
            .error("arrow-parameters", "only parameters may stand before `=>`")
            .help("write `x => …` or `(x, y) => …`; to compare write `>=`"),
        Some(Token::Arrow) => place
            .error("arrow-parameters", "parameters are missing before `=>`")
            .help("write `x => …` or `() => …`"),
        Some(Token::Semicolon) if place.at == 0 => {
            place.error("semicolon", "there are no statements, only one expression").help("remove the `;`")
        }
        _ => missing(place),
    }
}

/// Mistakes that the token before tells.
fn after(place: &Place<'_>) -> Option<Diagnostic> {
    let found = place.quoted(0);
    Some(match (place.token(-1)?, place.token(0)) {
        (Token::Arrow, Some(Token::BraceOpen)) => place
            .error("arrow-block", "a function's body is one expression, not a block")
            .label("`{` after `=>` opens a block of statements")
            .help("write `x => value`; for an object `x => ({ a: 1 })`"),
        (Token::Dot | Token::OptionalDot, found_token) => after_dot(place, found_token),
        (Token::Less, Some(Token::Greater)) if place.is_adjoining() => {
            let span = place.span(place.at - 1).to(place.here());
            Diagnostic::error("unknown-operator", "`<>` is no operator", span).help("write `!==`")
        }
        (Token::Minus, Some(Token::Greater)) if place.is_adjoining() => {
            let span = place.span(place.at - 1).to(place.here());
            Diagnostic::error("unknown-operator", "`->` is no operator", span)
                .help("write `=>` for a function, `.` for a member")
        }
        (Token::Pipe, Some(Token::Greater)) if place.is_adjoining() => {
            let span = place.span(place.at - 1).to(place.here());
            Diagnostic::error("unknown-operator", "`|>` is no operator", span)
                .help("write `|` for a filter: `value | uppercase`")
        }
        (before, Some(token))
            if place.is_adjoining()
                && before.binary().is_some()
                && (token.binary().is_some() || token == Token::Assign) =>
        {
            let span = place.span(place.at - 1).to(place.here());
            let written = format!("{}{found}", place.quoted(-1));
            Diagnostic::error("unknown-operator", format!("`{written}` is no operator"), span)
                .help(meant(&written))
        }
        (Token::ParenOpen, Some(Token::ParenClose)) => place
            .error("missing-operand", "there is nothing in these parentheses")
            .help("write a value between them; a function without parameters is `() => …`"),
        (Token::Comma | Token::BracketOpen, Some(Token::Comma))
            if place.opener() == Some(Token::BracketOpen) =>
        {
            place
                .error("array-hole", "an element is missing before this `,`")
                .help("write `undefined` for an element without a value")
        }
        (Token::TemplateHead | Token::TemplateMiddle, Some(Token::TemplateMiddle | Token::TemplateTail)) => {
            place
                .error("missing-operand", "there is nothing in this `${}`")
                .help("write a value between the braces; for the text itself write `\\${`")
        }
        (Token::BraceOpen | Token::Comma, Some(_)) if place.opener() == Some(Token::BraceOpen) => {
            return in_object(place);
        }
        _ => return None,
    })
}

/// The operator that a run of signs was meant to be.
fn meant(written: &str) -> String {
    let meant = match written {
        "==<" | "=<" => "<=",
        "==>" => ">=",
        "=!" | "=!=" | "!===" | "!====" => "!==",
        "====" | "===" => "===",
        "&&&" => "&&",
        "|||" => "||",
        _ => return "write one operator, or a value between the two".to_owned(),
    };
    format!("write `{meant}`")
}

fn after_dot(place: &Place<'_>, found: Option<Token>) -> Diagnostic {
    let fault = place.error("missing-name", "a name is missing after the `.`");
    match found {
        Some(Token::BracketOpen) => fault.help("write `a[0]`, or `a?.[0]` where `a` may be missing"),
        Some(Token::ParenOpen) => fault.help("write `f(x)`, or `f?.(x)` where `f` may be missing"),
        Some(Token::TemplateWhole | Token::TemplateHead) => place
            .error("tagged-template", "a template literal cannot follow a value")
            .help("write `f(`…`)` to pass the text"),
        Some(Token::String) => fault.help(format!("write `[{}]` without the dot", place.quoted(0))),
        _ => fault.help("write the name of a member: `input.text`; an index is written `a[0]`"),
    }
}

/// A property was due.
fn in_object(place: &Place<'_>) -> Option<Diagnostic> {
    let found = place.quoted(0);
    Some(match place.token(0)? {
        Token::Comma => {
            place.error("object-key", "a property is missing before this `,`").help("remove the `,`")
        }
        Token::BraceOpen => place
            .error("object-key", "a property needs a name before its value")
            .help("write `{ name: { … } }`; a template's double braces are written `${…}` here"),
        Token::Star => {
            place.error("method", "an object cannot have methods here").help("write `{ name: value }`")
        }
        Token::ParenClose | Token::BracketClose => return None,
        _ => place
            .error("object-key", format!("`{found}` is no name for a property"))
            .help("write `{ name: value }`, `{ 'a text': value }` or `{ [expression]: value }`"),
    })
}

fn missing(place: &Place<'_>) -> Diagnostic {
    let Some(found) = place.token(0) else { return at_end(place) };
    if let Some(fault) = brackets::explain(place) {
        return fault;
    }
    let text = place.quoted(0);
    if place.opener() == Some(Token::ArrowOpen) {
        return not_a_parameter(place);
    }
    let title = match place.token(-1) {
        None => format!("a value is missing before `{text}`"),
        Some(Token::Name) if place.word(-1) == "$" => return operator::nested_hole(place),
        Some(_) => format!("a value is missing between `{}` and `{text}`", place.quoted(-1)),
    };
    if let Some(help) = percent(place).or_else(|| apart(place)) {
        return place.error("missing-operand", title).help(help);
    }
    let help = match found {
        Token::Assign | Token::CompoundAssign => "to compare write `===`",
        Token::Colon if place.token(-1) == Some(Token::Question) => {
            "write `a ? b : c`, or `a ?? c` where `a` may be missing"
        }
        Token::Colon | Token::Question => "write `condition ? value : other value`",
        Token::ParenClose | Token::BracketClose | Token::BraceClose => {
            "write a value there, or remove what is before it"
        }
        Token::Less => "text, as HTML, stands in quotes",
        Token::Dot | Token::OptionalDot => "write what the member belongs to: `input.text`",
        _ => "write a value there, or remove one of the two",
    };
    place.error("missing-operand", title).help(help)
}

/// `10%`: a share, in the sign that takes the remainder here.
fn percent(place: &Place<'_>) -> Option<String> {
    if (place.token(-2), place.token(-1)) != (Some(Token::Number), Some(Token::Percent)) {
        return None;
    }
    let number: f64 = place.word(-2).parse().ok()?;
    Some(format!("write the share as `{}`; `%` gives the remainder of a division: `n % 10`", number / 100.0))
}

/// `& &` and `| |`.
fn apart(place: &Place<'_>) -> Option<String> {
    match (place.token(-1)?, place.token(0)?) {
        (Token::Ampersand, Token::Ampersand) => Some("write `&&` without the space".to_owned()),
        (Token::Pipe, Token::Pipe) => Some("write `||` without the space".to_owned()),
        _ => None,
    }
}

pub(super) fn not_a_parameter(place: &Place<'_>) -> Diagnostic {
    place
        .error("arrow-parameters", format!("`{}` cannot be a parameter", place.quoted(0)))
        .help("parameters are names, or patterns of names: `(a, { b, c }, [d], ...rest) => …`")
}

fn at_end(place: &Place<'_>) -> Diagnostic {
    let fault = match place.token(-1) {
        None => {
            return place
                .error("empty", "there is no expression")
                .help("write one, such as `input.text` or `true`");
        }
        Some(Token::Arrow) => place
            .error("missing-operand", "the function has no body")
            .help("write its value after `=>`: `x => x + 1`"),
        Some(
            Token::ParenOpen | Token::ArrowOpen | Token::BracketOpen | Token::BraceOpen | Token::TemplateHead,
        ) => {
            return brackets::explain(place)
                .unwrap_or_else(|| place.error("unexpected-end", "the expression ends too early"));
        }
        Some(_) => place
            .error("missing-operand", format!("a value is missing after `{}`", place.quoted(-1)))
            .label("the expression ends here")
            .help(
                percent(place)
                    .unwrap_or_else(|| format!("write a value, or remove the `{}`", place.quoted(-1))),
            ),
    };
    match place.open {
        Some(open) => fault.also(place.span(open), "this is still open too"),
        None => fault,
    }
}
