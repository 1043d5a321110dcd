//! Walking trees: spans taken out, so that two trees can be compared, or collected, so that they can be checked.

use crate::syntax::Span;
use crate::syntax::ast::*;

/// The tree with all spans empty.
pub(super) fn without_spans(mut expr: Expr) -> Expr {
    visit(&mut expr, &mut |_, span| *span = Span::default());
    expr
}

/// Calls back with each span and that of the node around it.
pub(super) fn visit(expr: &mut Expr, see: &mut impl FnMut(Span, &mut Span)) {
    let whole = expr.span;
    visit_in(expr, whole, see);
}

fn visit_in(expr: &mut Expr, around: Span, see: &mut impl FnMut(Span, &mut Span)) {
    let own = expr.span;
    see(around, &mut expr.span);
    match &mut expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
        ExprKind::Regex(_) | ExprKind::Name(_) => {}
        ExprKind::Template(template) => template.holes.iter_mut().for_each(|hole| visit_in(hole, own, see)),
        ExprKind::Array(elements) => elements.iter_mut().for_each(|element| visit_element(element, own, see)),
        ExprKind::Object(properties) => {
            for property in properties {
                match property {
                    Property::KeyValue(key, value) => {
                        visit_key(key, own, see);
                        visit_in(value, own, see);
                    }
                    Property::Shorthand(_, span) => see(own, span),
                    Property::Spread(spread) => visit_in(spread, own, see),
                }
            }
        }
        ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => visit_in(inner, own, see),
        ExprKind::Binary(binary) => {
            visit_in(&mut binary.first, own, see);
            for tail in &mut binary.rest {
                see(own, &mut tail.op_span);
                visit_in(&mut tail.operand, own, see);
            }
        }
        ExprKind::Conditional(parts) => {
            for part in [&mut parts.test, &mut parts.consequent, &mut parts.alternate] {
                visit_in(part, own, see);
            }
        }
        ExprKind::Chain(chain) => {
            visit_in(&mut chain.base, own, see);
            for link in &mut chain.links {
                let around = link.span;
                see(own, &mut link.span);
                match &mut link.kind {
                    LinkKind::Member(_, span) => see(around, span),
                    LinkKind::Index(index) => visit_in(index, around, see),
                    LinkKind::Call(arguments) => {
                        arguments.iter_mut().for_each(|element| visit_element(element, around, see));
                    }
                }
            }
        }
        ExprKind::Arrow(arrow) => {
            arrow.params.iter_mut().for_each(|parameter| visit_parameter(parameter, own, see));
            arrow.rest.iter_mut().for_each(|rest| visit_pattern(rest, own, see));
            visit_in(&mut arrow.body, own, see);
        }
    }
}

fn visit_element(element: &mut Element, around: Span, see: &mut impl FnMut(Span, &mut Span)) {
    match element {
        Element::Item(expr) | Element::Spread(expr) => visit_in(expr, around, see),
    }
}

fn visit_key(key: &mut PropertyKey, around: Span, see: &mut impl FnMut(Span, &mut Span)) {
    match key {
        PropertyKey::Static(_, span) => see(around, span),
        PropertyKey::Computed(expr) => visit_in(expr, around, see),
    }
}

fn visit_parameter(parameter: &mut Parameter, around: Span, see: &mut impl FnMut(Span, &mut Span)) {
    visit_pattern(&mut parameter.pattern, around, see);
    parameter.default.iter_mut().for_each(|default| visit_in(default, around, see));
}

fn visit_pattern(pattern: &mut Pattern, around: Span, see: &mut impl FnMut(Span, &mut Span)) {
    let own = pattern.span;
    see(around, &mut pattern.span);
    match &mut pattern.kind {
        PatternKind::Name(_) => {}
        PatternKind::Array { items, rest } => {
            items.iter_mut().flatten().for_each(|item| visit_parameter(item, own, see));
            rest.iter_mut().for_each(|rest| visit_pattern(rest, own, see));
        }
        PatternKind::Object { properties, rest } => {
            for (key, parameter) in properties {
                visit_key(key, own, see);
                visit_parameter(parameter, own, see);
            }
            rest.iter_mut().for_each(|(_, span)| see(own, span));
        }
    }
}
