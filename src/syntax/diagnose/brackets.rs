//! Brackets that are not closed, or closed by another; a `?` without its `:`.

use super::Place;
use crate::syntax::Diagnostic;
use crate::syntax::token::Token;

/// What is wrong where a bracket closes or the text ends, if it is about brackets at all.
pub(super) fn explain(place: &Place<'_>) -> Option<Diagnostic> {
    let closes = match place.token(0) {
        None => None,
        Some(Token::TemplateMiddle | Token::TemplateTail) => Some("}"),
        Some(Token::ParenClose | Token::BracketClose | Token::BraceClose) => Some(place.word(0)),
        Some(_) => return None,
    };
    if let Some(question) = place.question.filter(|_| place.is_operator_due()) {
        return Some(missing_colon(place, question));
    }
    let Some(open) = place.open else {
        let closes = closes?;
        let title = format!("there is nothing that this `{closes}` closes");
        return Some(
            place.error("unmatched-bracket", title).help(format!("remove the `{closes}`, or open it before")),
        );
    };
    let wanted = place.tokens.kinds[open].closer().unwrap_or("}");
    if closes == Some(wanted) {
        return None;
    }
    let opener = place.tokens.spans[open];
    let opener_text = match place.tokens.kinds[open] {
        Token::TemplateHead | Token::TemplateMiddle => "${",
        _ => &place.text[opener.range()],
    };
    let title = format!("this `{opener_text}` is never closed");
    // A template's token ends with its `${`.
    let span =
        crate::syntax::Span { start: opener.end - u32::try_from(opener_text.len()).unwrap_or(1), ..opener };
    let fault = Diagnostic::error("unclosed-bracket", title, span);
    Some(match closes {
        Some(closes) => fault
            .also(place.here(), format!("`{closes}` cannot close it"))
            .help(format!("add `{wanted}` before this `{closes}`")),
        None => fault.help(format!("add `{wanted}` where it ends")),
    })
}

/// `a ? b` without `: c`.
pub(super) fn missing_colon(place: &Place<'_>, question: usize) -> Diagnostic {
    Diagnostic::error("missing-colon", "this `?` has no `:`", place.span(question))
        .also(place.here(), "expected `:` and the other value")
        .help("write `condition ? value : other value`; for a missing value `value ?? other value`")
}
