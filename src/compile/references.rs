//! Which variables an expression reads: what plans are made from.

use super::Scope;
use crate::syntax::{Span, ast::Expr};

/// One mention of a variable of the scope (or of a member of a group, which is the variable that it stands for).
/// Arrow parameters shadow variables and are not mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The variable's slot.
    pub slot: u32,
    /// Where it is named.
    pub span: Span,
    /// The constant member that is read from it, with its place: `output` of `a.output` and of `a['output']`.
    pub member: Option<(Box<str>, Span)>,
    /// Whether something takes care of the member (or variable) being absent: it is the left side of `??` or `||`,
    /// the operand of `typeof` or `!`, or followed by `?.`.
    pub is_guarded: bool,
}

/// All mentions, in the order of the text.
#[must_use]
pub fn references(expr: &Expr, scope: &Scope) -> Vec<Reference> {
    let _ = (expr, scope);
    Vec::new()
}
