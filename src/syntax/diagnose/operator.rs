//! What stands where an operator, a comma or a closing bracket was due.

use super::{Place, brackets, operand, words};
use crate::syntax::Diagnostic;
use crate::syntax::token::Token;

pub(super) fn explain(place: &Place<'_>) -> Diagnostic {
    if let Some(fault) = brackets::explain(place).or_else(|| in_object(place)) {
        return fault;
    }
    // The bracket closes as it should: what is wrong comes after it.
    if let Some(place) = place.past_closers() {
        return place.explain();
    }
    let found = place.quoted(0);
    if place.opener() == Some(Token::ArrowOpen) && place.token(0) != Some(Token::Unknown) {
        return operand::not_a_parameter(place);
    }
    match place.token(0) {
        Some(Token::Assign) => assignment(place),
        Some(Token::CompoundAssign) => {
            let operator = found.trim_end_matches('=');
            place
                .error("assignment", format!("`{found}` assigns, and values never change here"))
                .help(format!("for the new value alone write `{operator}`"))
        }
        Some(Token::Increment | Token::Decrement) => {
            let sign = if found.starts_with('+') { "+" } else { "-" };
            place
                .error(
                    "assignment",
                    format!("`{sign}{sign}` changes a variable, and values never change here"),
                )
                .help(format!("write `{sign} 1` for the next number"))
        }
        Some(Token::Semicolon) => place
            .error("semicolon", "there are no statements, only one expression")
            .help("remove the `;`, and what follows it"),
        Some(Token::Comma) => comma(place),
        Some(Token::Colon) => colon(place),
        Some(Token::Arrow | Token::ArrowAfterBreak | Token::ArrowOpen) => arrow(place),
        Some(Token::TemplateWhole | Token::TemplateHead) => place
            .error("tagged-template", "a template literal cannot follow a value")
            .label("this would call the value before it with the template's parts")
            .help("write `f(`…`)` to pass the text, or `+` to join texts"),
        Some(Token::BraceOpen) if place.word(-1) == "$" && place.is_adjoining() => nested_hole(place),
        Some(Token::BraceOpen) => place
            .error("missing-operator", "`{` cannot follow a value")
            .help("there are no blocks; an object stands alone: `{ a: 1 }`"),
        Some(token) if token.is_word() => {
            words::in_operator_place(place).unwrap_or_else(|| missing_operator(place))
        }
        _ => missing_operator(place),
    }
}

fn assignment(place: &Place<'_>) -> Diagnostic {
    if place.token(1) == Some(Token::BitNot) && place.adjoins_next() {
        return place
            .error("unknown-operator", "`=~` is no operator")
            .help("write `/pattern/.test(text)`, or `/pattern/i.test(text)` for any case");
    }
    if let Some(Token::Less | Token::Greater) = place.token(1) {
        let sign = place.word(1);
        return place
            .error("unknown-operator", format!("`={sign}` is no operator"))
            .help(format!("write `{sign}=`"));
    }
    place
        .error("assignment", "`=` assigns, and values never change here")
        .label("`===` compares")
        .help("write `===` to compare")
}

fn comma(place: &Place<'_>) -> Diagnostic {
    if let Some(question) = place.question {
        return brackets::missing_colon(place, question);
    }
    if (place.token(-1), place.token(1)) == (Some(Token::Number), Some(Token::Number))
        && place.is_adjoining()
        && place.adjoins_next()
    {
        let (before, after) = (place.quoted(-1), place.quoted(1));
        let grouped =
            if after.len() == 3 { format!(", `{before}_{after}` for thousands") } else { String::new() };
        let fraction = before.replace('.', "");
        let help =
            format!("write `{fraction}.{after}` for a fraction{grouped}, `[{before}, {after}]` for a list");
        return place.error("comma", "a number has no commas").help(help);
    }
    place
        .error("comma", "a comma cannot join two expressions")
        .help("for a list write `[a, b]`, for an object `{ a, b }`; for parameters `(a, b) => …`")
}

fn colon(place: &Place<'_>) -> Diagnostic {
    if place.token(1) == Some(Token::Assign) && place.adjoins_next() {
        return place
            .error("assignment", "`:=` assigns, and values never change here")
            .help("write `===` to compare");
    }
    let fault = place.error("stray-colon", "this `:` belongs to no `?` and no object");
    if place.at == 1 && place.token(-1).is_some_and(|token| token.is_word() || token == Token::String) {
        return fault.help(format!("for an object write `{{ {}: … }}`", place.quoted(-1)));
    }
    match place.opener() {
        Some(Token::BracketOpen) => fault.help("for a part of a text or list write `.slice(from, to)`"),
        _ => fault.help("write `condition ? value : other value`, or `{ key: value }`"),
    }
}

fn arrow(place: &Place<'_>) -> Diagnostic {
    match place.token(0) {
        Some(Token::ArrowAfterBreak) => place
            .error("arrow-break", "`=>` cannot stand at the start of a line")
            .help("put it at the end of the line before"),
        Some(Token::ArrowOpen) => place
            .error("arrow-parameters", "a function cannot begin right after a value")
            .help("to pass a function write `f(x => …)`; to compare write `>=`"),
        _ => place
            .error("arrow-parameters", "only parameters may stand before `=>`")
            .help("write `x => …` or `(x, y) => …`; to compare write `>=`"),
    }
}

pub(super) fn nested_hole(place: &Place<'_>) -> Diagnostic {
    let span = place.span(place.at - 1).to(place.here());
    Diagnostic::error("nested-hole", "`${` stands inside of an expression already", span)
        .help("remove `${` and its `}`; only inside of a template literal (`…${x}…`) is it needed again")
}

/// Mistakes that only objects have.
fn in_object(place: &Place<'_>) -> Option<Diagnostic> {
    if place.opener() != Some(Token::BraceOpen) {
        return None;
    }
    let is_at_key = matches!(place.token(-2), Some(Token::BraceOpen | Token::Comma));
    let key = place.quoted(-1);
    match place.token(0) {
        Some(Token::Assign) if is_at_key => Some(
            place
                .error("object-assign", "`=` gives no value to a property")
                .help(format!("write `{{ {key}: … }}`")),
        ),
        Some(Token::ParenOpen) if is_at_key => Some(
            place
                .error("method", "an object cannot have methods here")
                .help(format!("write a property whose value is a function: `{{ {key}: (x) => … }}`")),
        ),
        Some(Token::Colon) if is_at_key && place.token(-1) == Some(Token::Declared) => Some(
            place
                .error("object-key", format!("`{key}` is no name for a property"))
                .help(format!("write `'{key}': …`")),
        ),
        Some(Token::Minus) if is_at_key => Some(
            place
                .error("object-key", "a property's name with a hyphen needs quotes")
                .help(format!("write `'{key}-{}': …`", place.quoted(1))),
        ),
        Some(token)
            if is_at_key && matches!(&*key, "get" | "set" | "async" | "static") && token.is_word() =>
        {
            Some(
                place
                    .error("method", "an object cannot have getters or methods here")
                    .help("write `{ name: value }`"),
            )
        }
        Some(token)
            if is_at_key && token.binary().is_none() && !matches!(token, Token::Dot | Token::OptionalDot) =>
        {
            Some(
                place
                    .error("object-key", format!("`:` and a value are missing after `{key}`"))
                    .help(format!("write `{{ {key}: … }}`")),
            )
        }
        Some(_) if is_at_key => Some(
            place
                .error("object-key", "a property needs a name before its value")
                .help("write `{ name: value }`, or `{ ...value }` to take all of its properties over"),
        ),
        Some(Token::Semicolon) => Some(
            place.error("semicolon", "properties are separated by commas").help("write `,` instead of `;`"),
        ),
        _ => None,
    }
}

fn missing_operator(place: &Place<'_>) -> Diagnostic {
    let found = place.quoted(0);
    let before = place.quoted(-1);
    if matches!(&*before, "not" | "NOT") && place.begins_operand() {
        return Diagnostic::error("word-operator", "`not` is no operator", place.span(place.at - 1))
            .help("write `!`");
    }
    if place.token(0) == Some(Token::BitNot) && place.word(1).starts_with('=') && place.adjoins_next() {
        return place.error("unknown-operator", "`~=` is no operator").help("write `!==`");
    }
    if place.token(0) == Some(Token::Not) && matches!(place.word(1), "=" | "==" | "===") {
        let span = place.here().to(place.span(place.at + 1));
        return Diagnostic::error("unknown-operator", "`!` stands apart from its `=`", span)
            .help("write `!==`");
    }
    if before == "lambda" {
        return Diagnostic::error(
            "arrow-parameters",
            "functions are written with `=>`",
            place.span(place.at - 1),
        )
        .help(format!("write `{found} => …`"));
    }
    if found.starts_with('.') && place.is_adjoining() {
        return place
            .error("missing-operator", format!("`{before}{found}` is no member"))
            .help(format!("write `{before}[{}]`", &found[1..]));
    }
    if !place.begins_operand() {
        return place.error("unexpected", format!("`{found}` is not expected here"));
    }
    let is_text = |token| matches!(token, Some(Token::String | Token::TemplateWhole | Token::TemplateTail));
    let help = match place.opener() {
        Some(Token::BracketOpen | Token::BraceOpen) => "between two elements write `,`",
        Some(Token::ParenOpen) => "write an operator, or `,` between two arguments",
        _ if is_text(place.token(0)) || is_text(place.token(-1)) => {
            "to join texts write `+`, or one text: `…${x}…`"
        }
        _ => "write an operator between them, such as `&&`, `+` or `===`",
    };
    place
        .error("missing-operator", format!("an operator is missing between `{before}` and `{found}`"))
        .label("a second value begins here")
        .help(help)
}
