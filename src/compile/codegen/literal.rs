//! Arrays, objects, template literals, regular expressions.

use super::{Codegen, str_of};
use crate::bytecode::Op;
use crate::syntax::Span;
use crate::syntax::ast::{Element, Expr, ExprKind, Property, PropertyKey, RegexLiteral, Template};
use crate::value::{Regex, Shape, Str, Value};
use std::collections::{HashMap, HashSet};

/// So many items at most wait on the stack; longer literals are made item by item.
const ON_STACK: usize = 32;

impl Codegen<'_> {
    pub(super) fn array(&mut self, items: &[Element], span: Span) {
        let is_short = items.len() <= ON_STACK && items.iter().all(|item| matches!(item, Element::Item(_)));
        if is_short {
            let count = self.push_arguments(items);
            self.emit(Op::Array(count), span);
            return;
        }
        self.emit(Op::ListBegin, span);
        self.list_elements(items);
        self.emit(Op::ListEnd, span);
    }

    pub(super) fn object(&mut self, properties: &[Property], span: Span) {
        if let Some(shape) = literal_shape(properties) {
            for property in properties {
                self.property_value(property);
                self.emit(Op::Push, span);
            }
            let shape = self.tables.shape(shape);
            let count = u32::try_from(properties.len()).expect("it is at most ON_STACK");
            self.emit(Op::Object(shape, count), span);
            return;
        }
        self.emit(Op::ObjectBegin, span);
        let overridden = overridden(properties);
        for (at, property) in properties.iter().enumerate() {
            match property {
                Property::KeyValue(PropertyKey::Computed(key), value) => {
                    self.expression(key);
                    self.emit(Op::ToKey, key.span);
                    self.emit(Op::Push, key.span);
                    self.expression(value);
                    if is_arrow(value) {
                        self.emit(Op::NameFunction, value.span);
                    }
                    self.emit(Op::ObjectSetComputed, value.span);
                }
                Property::Spread(expr) => {
                    self.expression(expr);
                    self.emit(Op::ObjectSpread, expr.span);
                }
                Property::KeyValue(PropertyKey::Static(..), _) | Property::Shorthand(..) => {
                    let (key, place) = static_key(property).expect("the others were matched before");
                    self.property_value(property);
                    if !overridden.contains(&at) {
                        let key = self.tables.key(key, place);
                        self.emit(Op::ObjectSet(key), place);
                    }
                }
            }
        }
        self.emit(Op::ObjectEnd, span);
    }

    fn property_value(&mut self, property: &Property) {
        match property {
            Property::KeyValue(PropertyKey::Static(text, _), value) => {
                self.named_expression(value, str_of(text))
            }
            Property::KeyValue(PropertyKey::Computed(_), value) | Property::Spread(value) => {
                self.expression(value)
            }
            Property::Shorthand(name, span) => self.name(name, *span),
        }
    }

    pub(super) fn template(&mut self, template: &Template, span: Span) {
        if let ([only], []) = (template.quasis.as_slice(), template.holes.as_slice()) {
            return self.constant(Value::String(str_of(only)), span);
        }
        let mut parts = 0;
        let last = template.holes.len().saturating_sub(1);
        for (at, quasi) in template.quasis.iter().enumerate() {
            let text = str_of(quasi);
            if !text.is_empty() {
                self.constant(Value::String(text), span);
                self.emit(Op::Push, span);
                parts += 1;
            }
            let Some(hole) = template.holes.get(at) else { continue };
            self.expression(hole);
            if at < last {
                // Each hole becomes a string before the next one is looked at: its error comes first.
                self.emit(Op::ToKey, hole.span);
            }
            self.emit(Op::Push, hole.span);
            parts += 1;
        }
        self.emit(Op::Concat(parts), span);
    }

    pub(super) fn regex(&mut self, regex: &RegexLiteral, span: Span) {
        let index = self.tables.constant(Value::Regex(Regex::new(&regex.pattern, &regex.flags)));
        // Each evaluation makes an object of its own.
        self.emit(Op::Regex(index), span);
    }
}

/// The properties whose value is made and never stored, as in V8: in a literal that begins with a spread, up to the
/// next spread or computed key, those whose key comes again. The key then stands where it comes last.
///
/// ECMA-262 would keep the key's first place; V8 looks ahead there (`ObjectLiteral::CalculateEmitStore`).
fn overridden(properties: &[Property]) -> HashSet<usize> {
    let [Property::Spread(_), rest @ ..] = properties else { return HashSet::new() };
    let early = rest.iter().take_while(|property| static_key(property).is_some()).count();
    let mut last = HashMap::new();
    for (at, property) in properties.iter().enumerate() {
        if let Some((key, _)) = static_key(property) {
            last.insert(key, at);
        }
    }
    let is_last = |at: &usize| static_key(&properties[*at]).is_some_and(|(key, _)| last[&key] == *at);
    (1..=early).filter(|at| !is_last(at)).collect()
}

/// Whether it is an arrow function, in parentheses or not: such a one takes the name of its place.
fn is_arrow(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Arrow(_) => true,
        ExprKind::Paren(inner) => is_arrow(inner),
        _ => false,
    }
}

/// The shape of a literal whose keys are all known, distinct and in order.
fn literal_shape(properties: &[Property]) -> Option<std::sync::Arc<Shape>> {
    if properties.len() > ON_STACK {
        return None;
    }
    let keys: Option<Vec<Str>> =
        properties.iter().map(|property| static_key(property).map(|(key, _)| key)).collect();
    Shape::from_ordered(keys?)
}

fn static_key(property: &Property) -> Option<(Str, Span)> {
    match property {
        Property::KeyValue(PropertyKey::Static(text, span), _) => Some((str_of(text), *span)),
        Property::Shorthand(name, span) => Some((Str::from(&**name), *span)),
        Property::KeyValue(PropertyKey::Computed(_), _) | Property::Spread(_) => None,
    }
}
