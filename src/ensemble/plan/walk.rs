//! Looking into syntax trees for what lints ask.

use crate::syntax::ast::{
    Arrow, Element, Expr, ExprKind, LinkKind, Parameter, Pattern, PatternKind, Property, PropertyKey, Text,
};

/// Calls `visit` with each expression directly inside `expr`, in the order of the text.
pub(super) fn for_each_child<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Regex(_)
        | ExprKind::Name(_) => {}
        ExprKind::Template(template) => template.holes.iter().for_each(visit),
        ExprKind::Array(elements) => elements.iter().map(element).for_each(visit),
        ExprKind::Object(properties) => properties.iter().for_each(|property| match property {
            Property::KeyValue(key, value) => {
                computed(key).into_iter().for_each(&mut *visit);
                visit(value);
            }
            Property::Shorthand(..) => {}
            Property::Spread(value) => visit(value),
        }),
        ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => visit(inner),
        ExprKind::Binary(binary) => {
            visit(&binary.first);
            binary.rest.iter().map(|tail| &tail.operand).for_each(visit);
        }
        ExprKind::Conditional(parts) => {
            [&parts.test, &parts.consequent, &parts.alternate].into_iter().for_each(visit);
        }
        ExprKind::Chain(chain) => {
            visit(&chain.base);
            for link in &chain.links {
                match &link.kind {
                    LinkKind::Member(..) => {}
                    LinkKind::Index(index) => visit(index),
                    LinkKind::Call(arguments) => arguments.iter().map(element).for_each(&mut *visit),
                }
            }
        }
        ExprKind::Arrow(arrow) => arrow_children(arrow, visit),
    }
}

fn element(element: &Element) -> &Expr {
    match element {
        Element::Item(expr) | Element::Spread(expr) => expr,
    }
}

fn computed(key: &PropertyKey) -> Option<&Expr> {
    match key {
        PropertyKey::Static(..) => None,
        PropertyKey::Computed(expr) => Some(expr),
    }
}

fn arrow_children<'e>(arrow: &'e Arrow, visit: &mut dyn FnMut(&'e Expr)) {
    arrow.params.iter().for_each(|parameter| parameter_children(parameter, visit));
    if let Some(rest) = &arrow.rest {
        pattern_children(rest, visit);
    }
    visit(&arrow.body);
}

fn parameter_children<'e>(parameter: &'e Parameter, visit: &mut dyn FnMut(&'e Expr)) {
    pattern_children(&parameter.pattern, visit);
    parameter.default.iter().for_each(visit);
}

fn pattern_children<'e>(pattern: &'e Pattern, visit: &mut dyn FnMut(&'e Expr)) {
    match &pattern.kind {
        PatternKind::Name(_) => {}
        PatternKind::Array { items, rest } => {
            items.iter().flatten().for_each(|item| parameter_children(item, visit));
            if let Some(rest) = rest {
                pattern_children(rest, visit);
            }
        }
        PatternKind::Object { properties, .. } => {
            for (key, parameter) in properties {
                computed(key).into_iter().for_each(&mut *visit);
                parameter_children(parameter, visit);
            }
        }
    }
}

pub(super) fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(found) if &**found == name)
}

/// The member that a link reads, if it is written there: `.name` or `['name']`.
pub(super) fn constant_member(link: &LinkKind) -> Option<&str> {
    match link {
        LinkKind::Member(name, _) => Some(name),
        LinkKind::Index(Expr { kind: ExprKind::String(Text::Utf8(text)), .. }) => Some(text),
        LinkKind::Index(_) | LinkKind::Call(_) => None,
    }
}

/// Whether it is `Math.random()`.
pub(super) fn is_random(expr: &Expr) -> bool {
    let ExprKind::Chain(chain) = &expr.kind else { return false };
    is_name(&chain.base, "Math")
        && matches!(&chain.links[..], [member, call]
            if constant_member(&member.kind) == Some("random")
                && matches!(&call.kind, LinkKind::Call(arguments) if arguments.is_empty()))
}

/// The expression without parentheses around it.
pub(super) fn bare(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}
