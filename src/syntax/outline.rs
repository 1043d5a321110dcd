//! The tree as an outline: one line a node, indented, with its own source. What snapshots and the REPL show.

use super::Span;
use super::ast::{
    Arrow, Binary, Chain, Element, Expr, ExprKind, LinkKind, Parameter, Pattern, PatternKind, Property,
    PropertyKey, Text,
};

/// One line of an outline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// How many nodes it lies in.
    pub depth: usize,
    /// What it is, its own value included: `number 1`, `binary`, `+`, `member output`.
    pub label: String,
    /// Its text.
    pub span: Span,
}

/// The tree's nodes, each before what is in it.
///
/// ```
/// use segue::syntax::{DeclaredNames, outline, parse};
/// let expr = parse("a.b", DeclaredNames::NONE).map_err(|_| "it parses")?;
/// let labels: Vec<String> = outline(&expr).into_iter().map(|row| row.label).collect();
/// assert_eq!(labels, ["chain", "name a", "member b"]);
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn outline(expr: &Expr) -> Vec<Row> {
    let mut outline = Outline { rows: Vec::new(), depth: 0 };
    outline.expr(expr);
    outline.rows
}

struct Outline {
    rows: Vec<Row>,
    depth: usize,
}

impl Outline {
    fn row(&mut self, label: impl Into<String>, span: Span) {
        self.rows.push(Row { depth: self.depth, label: label.into(), span });
    }

    fn node(&mut self, label: impl Into<String>, span: Span, inside: impl FnOnce(&mut Self)) {
        self.row(label, span);
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    fn expr(&mut self, expr: &Expr) {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => self.row("null", span),
            ExprKind::Bool(claim) => self.row(claim.to_string(), span),
            ExprKind::Number(number) => self.row(format!("number {number:?}"), span),
            ExprKind::String(text) => self.row(format!("string {}", shown(text)), span),
            ExprKind::Template(template) => self.node("template", span, |out| {
                let mut start = span.start;
                for (at, quasi) in template.quasis.iter().enumerate() {
                    let hole = template.holes.get(at);
                    let end = hole.map_or(span.end, |hole| hole.span.start);
                    out.row(format!("text {}", shown(quasi)), Span { start, end });
                    if let Some(hole) = hole {
                        out.expr(hole);
                        start = hole.span.end;
                    }
                }
            }),
            ExprKind::Regex(regex) => self.row(format!("regex /{}/{}", regex.pattern, regex.flags), span),
            ExprKind::Name(name) => self.row(format!("name {name}"), span),
            ExprKind::Array(items) => self.node("array", span, |out| out.elements(items)),
            ExprKind::Object(properties) => self.node("object", span, |out| {
                properties.iter().for_each(|property| out.property(property));
            }),
            ExprKind::Paren(inner) => self.node("paren", span, |out| out.expr(inner)),
            ExprKind::Unary(op, operand) => {
                self.node(format!("unary {}", op.symbol()), span, |out| out.expr(operand));
            }
            ExprKind::Binary(binary) => self.node("binary", span, |out| out.binary(binary)),
            ExprKind::Conditional(parts) => self.node("conditional", span, |out| {
                out.expr(&parts.test);
                out.expr(&parts.consequent);
                out.expr(&parts.alternate);
            }),
            ExprKind::Chain(chain) => self.node("chain", span, |out| out.chain(chain)),
            ExprKind::Arrow(arrow) => self.node("arrow", span, |out| out.arrow(arrow)),
        }
    }

    fn elements(&mut self, elements: &[Element]) {
        for element in elements {
            match element {
                Element::Item(value) => self.expr(value),
                Element::Spread(value) => self.node("spread", value.span, |out| out.expr(value)),
            }
        }
    }

    fn binary(&mut self, binary: &Binary) {
        self.expr(&binary.first);
        for tail in &binary.rest {
            self.row(tail.op.symbol(), tail.op_span);
            self.expr(&tail.operand);
        }
    }

    fn chain(&mut self, chain: &Chain) {
        self.expr(&chain.base);
        for link in &chain.links {
            let optional = if link.optional { "?." } else { "" };
            match &link.kind {
                LinkKind::Member(name, _) => self.row(format!("{optional}member {name}"), link.span),
                LinkKind::Index(key) => {
                    self.node(format!("{optional}index"), link.span, |out| out.expr(key));
                }
                LinkKind::Call(arguments) => {
                    self.node(format!("{optional}call"), link.span, |out| out.elements(arguments));
                }
            }
        }
    }

    fn property(&mut self, property: &Property) {
        match property {
            Property::KeyValue(PropertyKey::Static(text, place), value) => {
                self.node(format!("property {}", shown(text)), place.to(value.span), |out| out.expr(value));
            }
            Property::KeyValue(PropertyKey::Computed(key), value) => {
                self.node("computed property", key.span.to(value.span), |out| {
                    out.expr(key);
                    out.expr(value);
                });
            }
            Property::Shorthand(name, place) => self.row(format!("shorthand {name}"), *place),
            Property::Spread(value) => self.node("spread", value.span, |out| out.expr(value)),
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        arrow.params.iter().for_each(|parameter| self.parameter("parameter", parameter));
        if let Some(rest) = &arrow.rest {
            self.node("rest", rest.span, |out| out.pattern(rest));
        }
        self.expr(&arrow.body);
    }

    fn parameter(&mut self, label: &str, parameter: &Parameter) {
        let default = parameter.default.as_ref();
        let span = default.map_or(parameter.pattern.span, |value| parameter.pattern.span.to(value.span));
        self.node(label, span, |out| {
            out.pattern(&parameter.pattern);
            if let Some(value) = default {
                out.expr(value);
            }
        });
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Name(name) => self.row(format!("bind {name}"), pattern.span),
            PatternKind::Array { items, rest } => self.node("array pattern", pattern.span, |out| {
                let mut end = pattern.span.start;
                for item in items {
                    match item {
                        Some(item) => {
                            out.parameter("item", item);
                            end = item.default.as_ref().map_or(item.pattern.span, |value| value.span).end;
                        }
                        // Nothing stands there.
                        None => out.row("hole", Span { start: end, end }),
                    }
                }
                if let Some(rest) = rest {
                    out.node("rest", rest.span, |out| out.pattern(rest));
                }
            }),
            PatternKind::Object { properties, rest } => self.node("object pattern", pattern.span, |out| {
                for (key, parameter) in properties {
                    match key {
                        PropertyKey::Static(text, _) => {
                            out.parameter(&format!("property {}", shown(text)), parameter);
                        }
                        PropertyKey::Computed(key) => {
                            out.expr(key);
                            out.parameter("computed property", parameter);
                        }
                    }
                }
                if let Some((name, place)) = rest {
                    out.row(format!("rest {name}"), *place);
                }
            }),
        }
    }
}

fn shown(text: &Text) -> String {
    match text {
        Text::Utf8(text) => format!("{text:?}"),
        Text::Utf16(units) => {
            let units: Vec<String> = units.iter().map(|unit| format!("{unit:04x}")).collect();
            format!("units {}", units.join(" "))
        }
    }
}
