//! The syntax tree. Every node carries the span of its text; nothing here is evaluated or resolved.
//!
//! The tree stays shallow where source is long but flat: `1 + 1 + …` is one [`Binary`] with a list of
//! operands, `a.b().c` one [`Chain`] with a list of links. Only nesting makes depth, and the parser caps
//! that ([`MAX_NESTING`](super::MAX_NESTING)), so that walking, printing and dropping may recurse.
//!
//! Parentheses are kept as nodes: they decide early errors (`(-x) ** 2`, `(a ?? b) || c`), end an optional
//! chain's short circuit, and let printing give back what was written.

use super::{BinaryOp, Span, UnaryOp};

/// An identifier, as it reads once its escapes are resolved.
pub type Name = Box<str>;

/// The value of a string literal or of the text in a template.
///
/// JavaScript's strings are UTF-16: `'\u{1F600}'` is text, but `'\ud83d'` alone is half a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// Everything that UTF-8 can hold.
    Utf8(Box<str>),
    /// The units of a text that holds at least one lone surrogate.
    Utf16(Box<[u16]>),
}

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its text, parentheses of a [`ExprKind::Paren`] included.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `1`, `0x1F`, `1_000.5e3`
    Number(f64),
    /// `'text'`, cooked. A template literal without holes is a [`ExprKind::Template`].
    String(Text),
    /// `` `Hello ${name}` ``
    Template(Template),
    /// `/ab+c/i`
    Regex(RegexLiteral),
    /// A name: variable, global, declared agent. `undefined`, `NaN` and `Infinity` are names too.
    Name(Name),
    /// `[1, ...xs]`
    Array(Vec<Element>),
    /// `{ a: 1, b, [c]: 2, ...d }`
    Object(Vec<Property>),
    /// `(…)`
    Paren(Box<Expr>),
    /// `-x`
    Unary(UnaryOp, Box<Expr>),
    /// A chain of operators of one precedence.
    Binary(Binary),
    /// `test ? consequent : alternate`
    Conditional(Box<Conditional>),
    /// `base.name?.[index](argument)`
    Chain(Chain),
    /// `(a, b = 1) => a + b`
    Arrow(Box<Arrow>),
}

/// `first op operand op operand …`, all of one precedence level, applied from the left.
///
/// A right-associative operator (`**`) always has exactly one tail. `a < b >= c` is one node with two tails.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The leftmost operand.
    pub first: Box<Expr>,
    /// At least one.
    pub rest: Vec<BinaryTail>,
}

/// An operator with its right operand.
#[derive(Clone, Debug, PartialEq)]
pub struct BinaryTail {
    /// The operator.
    pub op: BinaryOp,
    /// Where the operator itself stands.
    pub op_span: Span,
    /// Its right operand.
    pub operand: Expr,
}

/// `test ? consequent : alternate`
#[derive(Clone, Debug, PartialEq)]
pub struct Conditional {
    /// What is asked.
    pub test: Expr,
    /// The value if it is truthy.
    pub consequent: Expr,
    /// The value if not.
    pub alternate: Expr,
}

/// A base and what is done to it. A `?.` short-circuits the rest of its own chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// What the chain starts from.
    pub base: Box<Expr>,
    /// At least one.
    pub links: Vec<Link>,
}

/// One step of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What it does.
    pub kind: LinkKind,
    /// Whether `?.` stands before it.
    pub optional: bool,
    /// From the link's first character (`.`, `?.`, `[`, `(`) to its last.
    pub span: Span,
}

/// The kinds of link.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkKind {
    /// `.name`; the span is the name's own.
    Member(Name, Span),
    /// `[expression]`
    Index(Expr),
    /// `(arguments)`
    Call(Vec<Element>),
}

/// An array element or call argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// `x`
    Item(Expr),
    /// `...x`
    Spread(Expr),
}

/// A property of an object literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// `key: value`
    KeyValue(PropertyKey, Expr),
    /// `name`, short for `name: name`
    Shorthand(Name, Span),
    /// `...x`
    Spread(Expr),
}

/// The key of a property or of a destructuring pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyKey {
    /// `name`, `'text'`, `0x10` (its canonical text, `16`).
    Static(Text, Span),
    /// `[expression]`
    Computed(Expr),
}

/// A template literal: `quasis.len() == holes.len() + 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// The cooked text between the holes.
    pub quasis: Vec<Text>,
    /// The expressions.
    pub holes: Vec<Expr>,
}

/// A regular expression literal, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexLiteral {
    /// Between the slashes.
    pub pattern: Name,
    /// After them.
    pub flags: Name,
}

/// An arrow function with an expression body.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The parameters, the rest parameter apart.
    pub params: Vec<Parameter>,
    /// `...rest`
    pub rest: Option<Pattern>,
    /// The body.
    pub body: Expr,
}

/// A pattern with an optional default: a parameter, or a part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// What is bound.
    pub pattern: Pattern,
    /// `= default`, used where the argument is `undefined`.
    pub default: Option<Expr>,
}

/// What a parameter binds.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The kind of pattern.
    pub kind: PatternKind,
    /// Its text.
    pub span: Span,
}

/// The kinds of pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// `name`
    Name(Name),
    /// `[a, , b = 1, ...rest]`
    Array {
        /// `None` for a hole.
        items: Vec<Option<Parameter>>,
        /// `...rest`
        rest: Option<Box<Pattern>>,
    },
    /// `{ a, b: c = 1, [k]: d, ...rest }`
    Object {
        /// The keys and what they bind.
        properties: Vec<(PropertyKey, Parameter)>,
        /// `...rest`, always a name.
        rest: Option<(Name, Span)>,
    },
}
