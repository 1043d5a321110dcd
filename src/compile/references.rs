//! Which variables an expression reads: what plans are made from.

use super::Scope;
use super::names::constant_key;
use super::params;
use super::scope::Meaning;
use crate::syntax::ast::{Arrow, Chain, Element, Expr, ExprKind, Link, LinkKind, Property, PropertyKey};
use crate::syntax::{BinaryOp, Span, UnaryOp};

/// One mention of a variable of the scope (or of a member of a group, which is the variable that it stands for).
/// Arrow parameters shadow variables and are not mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The variable's slot.
    pub slot: u32,
    /// Where it is named.
    pub span: Span,
    /// The constant members that are read from it, one after the other, each with its place: `error` and `kind` of
    /// `a.error.kind` and of `a['error'].kind`. A method that is called is among them.
    pub members: Vec<(Box<str>, Span)>,
    /// Whether something takes care of the first member (or the variable) being absent: it is the left side of `??`
    /// or `||`, the operand of `typeof` or `!`, or followed by `?.`.
    pub is_guarded: bool,
}

/// All mentions, in the order of the text.
#[must_use]
pub fn references(expr: &Expr, scope: &Scope) -> Vec<Reference> {
    let mut walk = Walk { scope, params: Vec::new(), found: Vec::new() };
    walk.expr(expr, false);
    walk.found
}

struct Walk<'e> {
    scope: &'e Scope,
    params: Vec<&'e str>,
    found: Vec<Reference>,
}

impl<'e> Walk<'e> {
    fn expr(&mut self, expr: &'e Expr, is_guarded: bool) {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Regex(_) => {}
            ExprKind::Template(template) => template.holes.iter().for_each(|hole| self.expr(hole, false)),
            ExprKind::Name(name) => self.name(name, &[], expr.span, is_guarded),
            ExprKind::Array(items) => self.elements(items),
            ExprKind::Object(properties) => properties.iter().for_each(|property| self.property(property)),
            ExprKind::Paren(inner) => self.expr(inner, is_guarded),
            ExprKind::Unary(op, operand) => {
                self.expr(operand, is_guarded || matches!(op, UnaryOp::Typeof | UnaryOp::Not));
            }
            ExprKind::Binary(binary) => {
                let guards = |op: BinaryOp| matches!(op, BinaryOp::Or | BinaryOp::Coalesce);
                let mut next = binary.rest.iter().map(|tail| guards(tail.op));
                self.expr(&binary.first, next.next().unwrap_or(false));
                for tail in &binary.rest {
                    // The last operand of a chain is as guarded as the whole of it.
                    let is_left = next.next().unwrap_or(guards(tail.op) && is_guarded);
                    self.expr(&tail.operand, is_left);
                }
            }
            ExprKind::Conditional(conditional) => {
                self.expr(&conditional.test, false);
                self.expr(&conditional.consequent, is_guarded);
                self.expr(&conditional.alternate, is_guarded);
            }
            ExprKind::Chain(chain) => self.chain(chain, is_guarded),
            ExprKind::Arrow(arrow) => self.arrow(arrow),
        }
    }

    fn chain(&mut self, chain: &'e Chain, is_guarded: bool) {
        match &chain.base.kind {
            ExprKind::Name(name) => {
                let whole_is_guarded = is_guarded && chain.links.len() <= 1;
                self.name(name, &chain.links, chain.base.span, whole_is_guarded);
            }
            _ => self.expr(&chain.base, false),
        }
        for link in &chain.links {
            match &link.kind {
                LinkKind::Member(..) => {}
                LinkKind::Index(index) => self.expr(index, false),
                LinkKind::Call(arguments) => self.elements(arguments),
            }
        }
    }

    fn name(&mut self, name: &'e str, links: &'e [Link], span: Span, is_guarded: bool) {
        if self.params.contains(&name) {
            return;
        }
        let (slot, links, span) = match self.scope.meaning(name) {
            Some(Meaning::Slot(slot)) => (*slot, links, span),
            Some(Meaning::Group(group)) => {
                let Some((first, rest)) = links.split_first() else { return };
                let Some((key, place)) = constant_key(first) else { return };
                let Some(slot) = group.members.get(key) else { return };
                (*slot, rest, span.to(place))
            }
            Some(Meaning::Constant(_)) | None => return,
        };
        let keys = links.iter().map_while(constant_key);
        let members: Vec<(Box<str>, Span)> = keys.map(|(key, place)| (key.into(), place)).collect();
        let is_optional = links.iter().take(2).any(|link| link.optional);
        self.found.push(Reference { slot, span, members, is_guarded: is_guarded || is_optional });
    }

    fn elements(&mut self, elements: &'e [Element]) {
        for element in elements {
            match element {
                Element::Item(expr) | Element::Spread(expr) => self.expr(expr, false),
            }
        }
    }

    fn property(&mut self, property: &'e Property) {
        match property {
            Property::KeyValue(key, value) => {
                self.key(key);
                self.expr(value, false);
            }
            Property::Shorthand(name, span) => self.name(name, &[], *span, false),
            Property::Spread(expr) => self.expr(expr, false),
        }
    }

    fn key(&mut self, key: &'e PropertyKey) {
        if let PropertyKey::Computed(expr) = key {
            self.expr(expr, false);
        }
    }

    fn arrow(&mut self, arrow: &'e Arrow) {
        let height = self.params.len();
        self.params.extend(params::names(arrow));
        params::expressions(arrow).into_iter().for_each(|expr| self.expr(expr, false));
        self.expr(&arrow.body, false);
        self.params.truncate(height);
    }
}
