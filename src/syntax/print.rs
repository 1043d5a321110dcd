//! Tree to canonical source: what [`parse`](super::parse) makes the same tree of, spans apart.
//!
//! Trees as the parser makes them are meant: parentheses are nodes, so none is added here. Names are written as
//! they read, strings in single quotes, numbers as JavaScript prints them.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{
    Arrow, Chain, Element, Expr, ExprKind, LinkKind, Parameter, Pattern, PatternKind, Property, PropertyKey,
    Template, Text,
};
use super::character::{is_identifier_part, is_identifier_start};
use super::{BinaryOp, UnaryOp};

impl Display for Expr {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Null => out.write_str("null"),
            ExprKind::Bool(value) => write!(out, "{value}"),
            ExprKind::Number(value) => number(out, *value),
            ExprKind::String(text) => string(out, text),
            ExprKind::Template(parts) => template(out, parts),
            ExprKind::Regex(regex) => write!(out, "/{}/{}", regex.pattern, regex.flags),
            ExprKind::Name(name) => out.write_str(name),
            ExprKind::Array(elements) => {
                out.write_char('[')?;
                list(out, elements)?;
                out.write_char(']')
            }
            ExprKind::Object(properties) if properties.is_empty() => out.write_str("{}"),
            ExprKind::Object(properties) => {
                out.write_str("{ ")?;
                list(out, properties)?;
                out.write_str(" }")
            }
            ExprKind::Paren(inner) => write!(out, "({inner})"),
            ExprKind::Unary(op, operand) => unary(out, *op, operand),
            ExprKind::Binary(binary) => {
                write!(out, "{}", binary.first)?;
                binary.rest.iter().try_for_each(|tail| write!(out, " {} {}", tail.op.symbol(), tail.operand))
            }
            ExprKind::Conditional(parts) => {
                write!(out, "{} ? {} : {}", parts.test, parts.consequent, parts.alternate)
            }
            ExprKind::Chain(parts) => chain(out, parts),
            ExprKind::Arrow(function) => arrow(out, function),
        }
    }
}

/// Things with commas between them.
fn list<T: Display>(out: &mut Formatter<'_>, items: impl IntoIterator<Item = T>) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        write!(out, "{item}")?;
    }
    Ok(())
}

fn number(out: &mut Formatter<'_>, value: f64) -> fmt::Result {
    // The only double that no digits stand for is what too large a literal becomes.
    if value.is_infinite() {
        out.write_str("1e999")
    } else {
        out.write_str(ryu_js::Buffer::new().format(value))
    }
}

fn unary(out: &mut Formatter<'_>, op: UnaryOp, operand: &Expr) -> fmt::Result {
    out.write_str(op.symbol())?;
    let needs_space = match op {
        UnaryOp::Typeof | UnaryOp::Void => true,
        // `- -x`, for `--` is a token of its own.
        UnaryOp::Plus | UnaryOp::Minus => matches!(&operand.kind, ExprKind::Unary(inner, _) if *inner == op),
        UnaryOp::Not | UnaryOp::BitNot => false,
    };
    if needs_space {
        out.write_char(' ')?;
    }
    write!(out, "{operand}")
}

fn chain(out: &mut Formatter<'_>, chain: &Chain) -> fmt::Result {
    let base = chain.base.to_string();
    out.write_str(&base)?;
    // `1.x` would be a malformed number, `1..x` is a member of one.
    let is_integer =
        matches!(chain.base.kind, ExprKind::Number(_)) && base.bytes().all(|byte| byte.is_ascii_digit());
    if is_integer
        && matches!(chain.links.first(), Some(link) if !link.optional && matches!(link.kind, LinkKind::Member(..)))
    {
        out.write_char('.')?;
    }
    for link in &chain.links {
        if link.optional {
            out.write_str("?.")?;
        }
        match &link.kind {
            LinkKind::Member(name, _) if link.optional => out.write_str(name)?,
            LinkKind::Member(name, _) => write!(out, ".{name}")?,
            LinkKind::Index(index) => write!(out, "[{index}]")?,
            LinkKind::Call(arguments) => {
                out.write_char('(')?;
                list(out, arguments)?;
                out.write_char(')')?;
            }
        }
    }
    Ok(())
}

fn arrow(out: &mut Formatter<'_>, arrow: &Arrow) -> fmt::Result {
    match (&*arrow.params, &arrow.rest) {
        ([Parameter { pattern: Pattern { kind: PatternKind::Name(name), .. }, default: None }], None) => {
            out.write_str(name)?;
        }
        (params, rest) => {
            out.write_char('(')?;
            list(out, params)?;
            if let Some(rest) = rest {
                write!(out, "{}...{rest}", if params.is_empty() { "" } else { ", " })?;
            }
            out.write_char(')')?;
        }
    }
    write!(out, " => {}", arrow.body)
}

impl Display for Element {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => write!(out, "{item}"),
            Self::Spread(spread) => write!(out, "...{spread}"),
        }
    }
}

impl Display for Property {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyValue(key, value) => write!(out, "{key}: {value}"),
            Self::Shorthand(name, _) => out.write_str(name),
            Self::Spread(spread) => write!(out, "...{spread}"),
        }
    }
}

impl Display for PropertyKey {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Static(Text::Utf8(name), _) if is_identifier(name) => out.write_str(name),
            Self::Static(text, _) => string(out, text),
            Self::Computed(key) => write!(out, "[{key}]"),
        }
    }
}

impl Display for Parameter {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.pattern)?;
        match &self.default {
            Some(default) => write!(out, " = {default}"),
            None => Ok(()),
        }
    }
}

impl Display for Pattern {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            PatternKind::Name(name) => out.write_str(name),
            PatternKind::Array { items, rest } => {
                out.write_char('[')?;
                // Each item with its comma: a hole is nothing but one.
                for (index, item) in items.iter().enumerate() {
                    if let Some(item) = item {
                        write!(out, "{item}")?;
                    }
                    if index + 1 < items.len() || item.is_none() || rest.is_some() {
                        out.write_str(", ")?;
                    }
                }
                if let Some(rest) = rest {
                    write!(out, "...{rest}")?;
                }
                out.write_char(']')
            }
            PatternKind::Object { properties, rest } => {
                out.write_char('{')?;
                for (index, (key, parameter)) in properties.iter().enumerate() {
                    out.write_str(if index > 0 { ", " } else { " " })?;
                    if !is_shorthand(key, parameter) {
                        write!(out, "{key}: ")?;
                    }
                    write!(out, "{parameter}")?;
                }
                if let Some((rest, _)) = rest {
                    write!(out, "{}...{rest}", if properties.is_empty() { " " } else { ", " })?;
                }
                out.write_str(" }")
            }
        }
    }
}

/// Whether a pattern's property is written `{ name }`.
fn is_shorthand(key: &PropertyKey, parameter: &Parameter) -> bool {
    match (key, &parameter.pattern.kind) {
        (PropertyKey::Static(Text::Utf8(key), _), PatternKind::Name(name)) => key == name,
        _ => false,
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(is_identifier_start) && name.chars().all(is_identifier_part)
}

fn template(out: &mut Formatter<'_>, template: &Template) -> fmt::Result {
    out.write_char('`')?;
    for (index, quasi) in template.quasis.iter().enumerate() {
        if let Some(hole) = index.checked_sub(1).and_then(|index| template.holes.get(index)) {
            write!(out, "${{{hole}}}")?;
        }
        escaped(out, quasi, Quote::Template)?;
    }
    out.write_char('`')
}

fn string(out: &mut Formatter<'_>, text: &Text) -> fmt::Result {
    out.write_char('\'')?;
    escaped(out, text, Quote::Single)?;
    out.write_char('\'')
}

/// What surrounds a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Single,
    Template,
}

fn escaped(out: &mut Formatter<'_>, text: &Text, quote: Quote) -> fmt::Result {
    match text {
        Text::Utf8(text) => escape_all(out, text.chars().map(Ok), quote),
        Text::Utf16(units) => {
            let characters = char::decode_utf16(units.iter().copied());
            escape_all(out, characters.map(|unit| unit.map_err(|lone| lone.unpaired_surrogate())), quote)
        }
    }
}

fn escape_all(
    out: &mut Formatter<'_>,
    characters: impl Iterator<Item = Result<char, u16>>,
    quote: Quote,
) -> fmt::Result {
    let mut characters = characters.peekable();
    while let Some(character) = characters.next() {
        match character {
            Err(unit) => write!(out, "\\u{unit:04x}")?,
            Ok('\\') => out.write_str("\\\\")?,
            Ok('\'') if quote == Quote::Single => out.write_str("\\'")?,
            Ok('`') if quote == Quote::Template => out.write_str("\\`")?,
            Ok('$') if quote == Quote::Template && characters.peek() == Some(&Ok('{')) => {
                out.write_str("\\$")?
            }
            Ok('\n') if quote == Quote::Template => out.write_char('\n')?,
            Ok('\n') => out.write_str("\\n")?,
            Ok('\r') => out.write_str("\\r")?,
            Ok('\t') => out.write_str("\\t")?,
            Ok(control)
                if control.is_control() || matches!(control, '\u{2028}' | '\u{2029}' | '\u{FEFF}') =>
            {
                write!(out, "\\u{:04x}", u32::from(control))?;
            }
            Ok(other) => out.write_char(other)?,
        }
    }
    Ok(())
}

impl Display for BinaryOp {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.symbol())
    }
}

impl Display for UnaryOp {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.symbol())
    }
}
