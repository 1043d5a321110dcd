//! What stands in the parameters of an arrow function: the names that it binds, and the expressions in it.

use crate::syntax::ast::{Arrow, Expr, Parameter, Pattern, PatternKind, PropertyKey};

/// The names that the parameters bind, in the order of the text.
pub(super) fn names(arrow: &Arrow) -> Vec<&str> {
    let mut inside = Inside::default();
    inside.arrow(arrow);
    inside.names
}

/// The defaults and computed keys among the parameters, in the order of the text. All of the names are in scope there.
pub(super) fn expressions(arrow: &Arrow) -> Vec<&Expr> {
    let mut inside = Inside::default();
    inside.arrow(arrow);
    inside.expressions
}

#[derive(Default)]
struct Inside<'a> {
    names: Vec<&'a str>,
    expressions: Vec<&'a Expr>,
}

impl<'a> Inside<'a> {
    fn arrow(&mut self, arrow: &'a Arrow) {
        arrow.params.iter().for_each(|parameter| self.parameter(parameter));
        if let Some(rest) = &arrow.rest {
            self.pattern(rest);
        }
    }

    fn parameter(&mut self, parameter: &'a Parameter) {
        self.pattern(&parameter.pattern);
        self.expressions.extend(&parameter.default);
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        match &pattern.kind {
            PatternKind::Name(name) => self.names.push(name),
            PatternKind::Array { items, rest } => {
                items.iter().flatten().for_each(|item| self.parameter(item));
                if let Some(rest) = rest {
                    self.pattern(rest);
                }
            }
            PatternKind::Object { properties, rest } => {
                for (key, parameter) in properties {
                    if let PropertyKey::Computed(expr) = key {
                        self.expressions.push(expr);
                    }
                    self.parameter(parameter);
                }
                self.names.extend(rest.iter().map(|(name, _)| &**name));
            }
        }
    }
}
