//! The tokens of an expression: one byte each, their text is looked up by span.
//!
//! What the language refuses (`=`, `++`, `;`, `class`, a stray character) has tokens too, so that a message can
//! name it. A few kinds are decided by more than their own text: [`Token::ArrowOpen`] and [`Token::Parameter`]
//! tell the parser that an arrow function begins here, before it has seen the `=>`.

use logos::Logos;

use super::lexer::{self, Modes};
use super::{BinaryOp, UnaryOp};

/// A kind of token.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(extras = Modes<'s>, skip r"[ \t\n\r\x0B\x0C]+")]
pub(super) enum Token {
    /// An identifier; any word after `.` or `?.`.
    #[regex(r"[A-Za-z_$][A-Za-z0-9_$]*", lexer::word)]
    #[token("\\", lexer::escaped_word)]
    #[regex(r"[^\x00-\x7F]", lexer::beyond_ascii)]
    Name,
    /// An identifier written with `\u` escapes.
    EscapedName,
    /// A declared name that is no identifier: `ring-0`.
    Declared,
    /// A name that `=>` follows: an arrow function's only parameter.
    Parameter,
    /// A word that JavaScript reserves and that has no place here.
    Reserved,
    /// A reserved word written with escapes: only good as a property's name.
    EscapedReserved,
    Null,
    True,
    False,
    Typeof,
    Void,
    In,

    #[regex(r"[0-9]", lexer::number)]
    #[regex(r"\.[0-9]", lexer::number)]
    Number,
    /// `1n`
    BigInt,
    #[regex("['\"]", lexer::string)]
    String,
    /// Decided by the token before: after an operand `/` divides.
    Regex,
    /// A template literal without holes.
    #[token("`", lexer::template)]
    TemplateWhole,
    /// `` `text${ ``
    TemplateHead,
    /// `}text${`
    TemplateMiddle,
    /// `` }text` ``
    TemplateTail,

    #[token("(")]
    ParenOpen,
    /// A `(` that opens the parameters of an arrow function.
    ArrowOpen,
    #[token(")")]
    ParenClose,
    #[token("[")]
    BracketOpen,
    #[token("]")]
    BracketClose,
    #[token("{", lexer::brace_open)]
    BraceOpen,
    #[token("}", lexer::brace_close)]
    BraceClose,
    #[token(".")]
    Dot,
    /// `?.`, found by `?`.
    OptionalDot,
    #[token("...")]
    Ellipsis,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token("?", lexer::question)]
    Question,
    #[token("=>")]
    Arrow,
    /// A `=>` at the start of a line, which JavaScript refuses.
    ArrowAfterBreak,

    #[token("!")]
    Not,
    #[token("~")]
    BitNot,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/", lexer::slash)]
    Slash,
    #[token("%")]
    Percent,
    #[token("**")]
    StarStar,
    #[token("<<")]
    ShiftLeft,
    #[token(">>")]
    ShiftRight,
    #[token(">>>")]
    ShiftRightUnsigned,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,
    #[token("==")]
    Equal,
    #[token("!=")]
    NotEqual,
    #[token("===")]
    StrictEqual,
    #[token("!==")]
    StrictNotEqual,
    #[token("&")]
    Ampersand,
    #[token("|")]
    Pipe,
    #[token("^")]
    Caret,
    #[token("&&")]
    And,
    #[token("||")]
    Or,
    #[token("??")]
    Coalesce,

    /// `=`: a default of a parameter, else refused.
    #[token("=")]
    Assign,
    #[token("+=")]
    #[token("-=")]
    #[token("*=")]
    #[token("%=")]
    #[token("**=")]
    #[token("<<=")]
    #[token(">>=")]
    #[token(">>>=")]
    #[token("&=")]
    #[token("|=")]
    #[token("^=")]
    #[token("&&=")]
    #[token("||=")]
    #[token("??=")]
    CompoundAssign,
    #[token("++")]
    Increment,
    #[token("--")]
    #[token("-->", lexer::closing_comment)]
    #[token("<!--", lexer::opening_comment)]
    Decrement,
    #[token(";")]
    Semicolon,
    /// A character that begins no token.
    #[regex(r"[\x00-\x08\x0E-\x1F#@\x7F]")]
    Unknown,
}

impl Token {
    /// The infix operator that it is.
    #[inline]
    pub(super) fn binary(self) -> Option<BinaryOp> {
        Some(match self {
            Self::Coalesce => BinaryOp::Coalesce,
            Self::Or => BinaryOp::Or,
            Self::And => BinaryOp::And,
            Self::Pipe => BinaryOp::BitOr,
            Self::Caret => BinaryOp::BitXor,
            Self::Ampersand => BinaryOp::BitAnd,
            Self::Equal => BinaryOp::Equal,
            Self::NotEqual => BinaryOp::NotEqual,
            Self::StrictEqual => BinaryOp::StrictEqual,
            Self::StrictNotEqual => BinaryOp::StrictNotEqual,
            Self::Less => BinaryOp::Less,
            Self::LessEqual => BinaryOp::LessEqual,
            Self::Greater => BinaryOp::Greater,
            Self::GreaterEqual => BinaryOp::GreaterEqual,
            Self::In => BinaryOp::In,
            Self::ShiftLeft => BinaryOp::ShiftLeft,
            Self::ShiftRight => BinaryOp::ShiftRight,
            Self::ShiftRightUnsigned => BinaryOp::ShiftRightUnsigned,
            Self::Plus => BinaryOp::Add,
            Self::Minus => BinaryOp::Subtract,
            Self::Star => BinaryOp::Multiply,
            Self::Slash => BinaryOp::Divide,
            Self::Percent => BinaryOp::Remainder,
            Self::StarStar => BinaryOp::Exponent,
            _ => return None,
        })
    }

    /// The prefix operator that it is.
    #[inline]
    pub(super) fn unary(self) -> Option<UnaryOp> {
        Some(match self {
            Self::Not => UnaryOp::Not,
            Self::BitNot => UnaryOp::BitNot,
            Self::Plus => UnaryOp::Plus,
            Self::Minus => UnaryOp::Minus,
            Self::Typeof => UnaryOp::Typeof,
            Self::Void => UnaryOp::Void,
            _ => return None,
        })
    }

    /// Whether it is a word: what may stand after a `.` or before a property's `:`.
    pub(super) fn is_word(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::EscapedName
                | Self::Parameter
                | Self::Reserved
                | Self::EscapedReserved
                | Self::Null
                | Self::True
                | Self::False
                | Self::Typeof
                | Self::Void
                | Self::In
        )
    }

    /// Whether an operand ends with it, so that an operator must follow and `/` divides.
    pub(super) fn ends_operand(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::EscapedName
                | Self::Declared
                | Self::Reserved
                | Self::EscapedReserved
                | Self::Null
                | Self::True
                | Self::False
                | Self::Number
                | Self::BigInt
                | Self::String
                | Self::Regex
                | Self::TemplateWhole
                | Self::TemplateTail
                | Self::ParenClose
                | Self::BracketClose
                | Self::BraceClose
                | Self::Increment
                | Self::Decrement
        )
    }

    /// Whether it closes what another token opened.
    pub(super) fn closes(self) -> bool {
        matches!(
            self,
            Self::ParenClose
                | Self::BracketClose
                | Self::BraceClose
                | Self::TemplateMiddle
                | Self::TemplateTail
        )
    }

    /// The bracket that closes this one.
    pub(super) fn closer(self) -> Option<&'static str> {
        match self {
            Self::ParenOpen | Self::ArrowOpen => Some(")"),
            Self::BracketOpen => Some("]"),
            Self::BraceOpen | Self::TemplateHead | Self::TemplateMiddle => Some("}"),
            _ => None,
        }
    }
}
