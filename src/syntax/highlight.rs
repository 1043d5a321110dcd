//! What a text looks like to who types it: the tokens by class, and whether more has to come.

use super::token::Token;
use super::{DeclaredNames, Span, lexer};

/// What a token is to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// A name, or a member after a `.`.
    Name,
    /// A word of the language: `true`, `typeof`, and what JavaScript reserves.
    Keyword,
    /// A number.
    Number,
    /// A string, or the text of a template literal with its delimiters.
    String,
    /// A regular expression.
    Regex,
    /// A bracket, a comma, a dot, a colon.
    Punctuation,
    /// An operator, `=>` included.
    Operator,
    /// What the language does not have: `=`, `++`, `;`, a stray character.
    Refused,
}

/// The tokens of a text, however faulty it is. Linear in its length.
///
/// ```
/// use segue::syntax::{Class, DeclaredNames, classes};
/// let text = "age > 17";
/// let words: Vec<_> =
///     classes(text, DeclaredNames::NONE).into_iter().map(|(class, span)| (class, &text[span.range()])).collect();
/// assert_eq!(words, [(Class::Name, "age"), (Class::Operator, ">"), (Class::Number, "17")]);
/// ```
#[must_use]
pub fn classes(text: &str, names: &DeclaredNames) -> Vec<(Class, Span)> {
    let tokens = lexer::tokens(text, 0..text.len(), names);
    tokens.kinds.iter().map(|kind| kind.class()).zip(tokens.spans).collect()
}

/// Whether the text ends inside a bracket, a template literal, a comment, or a string that a backslash carries to the
/// next line: whatever it is, more has to come. Linear in its length.
///
/// ```
/// use segue::syntax::{DeclaredNames, is_open};
/// assert!(is_open("[1, 2", DeclaredNames::NONE));
/// assert!(!is_open("1 +", DeclaredNames::NONE));
/// assert!(!is_open("(1]", DeclaredNames::NONE));
/// ```
#[must_use]
pub fn is_open(text: &str, names: &DeclaredNames) -> bool {
    let tokens = lexer::tokens(text, 0..text.len(), names);
    let goes_on = |code: &str| match code {
        "unclosed-template" | "unclosed-comment" => true,
        // A string ends with its line, unless the line ends with a backslash.
        "unclosed-string" => text.trim_end_matches(['\r', '\n']).ends_with('\\'),
        _ => false,
    };
    match tokens.faults.first() {
        Some(fault) => goes_on(fault.code),
        None => tokens.mismatch.is_some_and(|mismatch| mismatch.open.is_some() && mismatch.close.is_none()),
    }
}

impl Token {
    fn class(self) -> Class {
        match self {
            Self::Name | Self::EscapedName | Self::Declared | Self::Parameter => Class::Name,
            Self::Reserved | Self::EscapedReserved => Class::Keyword,
            Self::Null | Self::True | Self::False | Self::Typeof | Self::Void | Self::In => Class::Keyword,
            Self::Number | Self::BigInt => Class::Number,
            Self::String => Class::String,
            Self::TemplateWhole | Self::TemplateHead | Self::TemplateMiddle | Self::TemplateTail => {
                Class::String
            }
            Self::Regex => Class::Regex,
            Self::ParenOpen | Self::ArrowOpen | Self::ParenClose => Class::Punctuation,
            Self::BracketOpen | Self::BracketClose | Self::BraceOpen | Self::BraceClose => Class::Punctuation,
            Self::Dot | Self::OptionalDot | Self::Ellipsis | Self::Comma | Self::Colon => Class::Punctuation,
            Self::Assign | Self::CompoundAssign | Self::Increment | Self::Decrement => Class::Refused,
            Self::Semicolon | Self::Unknown | Self::ArrowAfterBreak => Class::Refused,
            Self::Question | Self::Arrow | Self::Not | Self::BitNot => Class::Operator,
            Self::Plus | Self::Minus | Self::Star | Self::Slash | Self::Percent | Self::StarStar => {
                Class::Operator
            }
            Self::ShiftLeft | Self::ShiftRight | Self::ShiftRightUnsigned => Class::Operator,
            Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual => Class::Operator,
            Self::Equal | Self::NotEqual | Self::StrictEqual | Self::StrictNotEqual => Class::Operator,
            Self::Ampersand | Self::Pipe | Self::Caret | Self::And | Self::Or | Self::Coalesce => {
                Class::Operator
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn tokens_have_their_classes_in_faulty_texts_too() {
        let names = DeclaredNames::new(["ring-0"]);
        let text = "ring-0.x ?? `a${/b/i}` = 'c";
        let found: Vec<_> =
            classes(text, &names).into_iter().map(|(class, span)| (class, &text[span.range()])).collect();
        let expected = [
            (Class::Name, "ring-0"),
            (Class::Punctuation, "."),
            (Class::Name, "x"),
            (Class::Operator, "??"),
            (Class::String, "`a${"),
            (Class::Regex, "/b/i"),
            (Class::String, "}`"),
            (Class::Refused, "="),
            (Class::String, "'c"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_open_is_told_from_what_is_wrong() {
        for open in [
            "(", "[1,", "{ a: (1)", "f(x => {", "`a", "`a${", "`a${b}", "1 + /* c", "'a\\", "(1 + (2",
            "[1 +\n",
        ] {
            assert!(is_open(open, DeclaredNames::NONE), "{open}");
        }
        for closed in ["", "1", "1 +", "(1]", ")", "'a", "'(", "['a", "/(/", "`(`", "a ? b"] {
            assert!(!is_open(closed, DeclaredNames::NONE), "{closed}");
        }
    }
}
