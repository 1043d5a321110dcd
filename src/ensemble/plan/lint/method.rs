//! Methods: calls of what no value has, functions that are not called, `in` where `includes` is meant.
//!
//! What agents and requests hold is data, so that no method comes from there. Functions in objects that the
//! expression itself makes may have any name; where their names cannot be read, nothing is said.

use crate::builtins;
use crate::ensemble::plan::planner::Planner;
use crate::ensemble::plan::walk::{bare, constant_member, for_each_child};
use crate::ensemble::yaml::Scalar;
use crate::syntax::ast::{Binary, Chain, Expr, ExprKind, LinkKind, Property, PropertyKey, Text};
use crate::syntax::{BinaryOp, Diagnostic, UnaryOp, neighbour};
use crate::template::Parsed;
use crate::value::{Native, Str, Value};

impl Planner<'_> {
    /// Warns of methods that nothing has, where it is plain what is meant, and of functions taken for their results.
    pub(in crate::ensemble::plan) fn lint_methods(&mut self, scalar: &Scalar, parsed: &Parsed) {
        for expr in parsed.holes() {
            let own = Keys::of(expr);
            self.lint_calls(scalar, expr, &own);
        }
    }

    fn lint_calls(&mut self, scalar: &Scalar, expr: &Expr, own: &Keys<'_>) {
        match &expr.kind {
            ExprKind::Chain(chain) => self.lint_chain(scalar, chain, own),
            ExprKind::Binary(binary) if !binary.rest.iter().any(|tail| tail.op.is_logical()) => {
                self.lint_membership(scalar, binary);
                let operands = std::iter::once(&*binary.first);
                for operand in operands.chain(binary.rest.iter().map(|tail| &tail.operand)) {
                    self.lint_uncalled(scalar, operand);
                }
            }
            ExprKind::Conditional(parts) => {
                self.lint_uncalled(scalar, &parts.test);
            }
            ExprKind::Unary(op, operand) if *op != UnaryOp::Typeof => {
                self.lint_uncalled(scalar, operand);
            }
            _ => {}
        }
        for_each_child(expr, &mut |child| self.lint_calls(scalar, child, own));
    }

    fn lint_chain(&mut self, scalar: &Scalar, chain: &Chain, own: &Keys<'_>) {
        // What a global has is known to the compiler.
        let first = usize::from(global(&chain.base).is_some());
        for pair in chain.links[first.min(chain.links.len())..].windows(2) {
            let [link, call] = pair else { continue };
            let (LinkKind::Member(name, span), LinkKind::Call(_)) = (&link.kind, &call.kind) else {
                continue;
            };
            if &**name == "length" && !own.may_hold(name) {
                let title = "`length` is a number, and cannot be called";
                let warning =
                    Diagnostic::warning("unknown-method", title, scalar.map.span(link.span.to(call.span)));
                self.report(warning.help("write `.length` without parentheses"));
                continue;
            }
            if builtins::method_names().any(|known| known == &**name) || own.may_hold(name) {
                continue;
            }
            let title = format!("no value has a method `{name}`");
            let warning = Diagnostic::warning("unknown-method", title, scalar.map.span(*span));
            let warning = match (builtins::foreign_method(name), neighbour(name, builtins::method_names())) {
                (Some(mend), _) => warning.help(format!("write {mend}")),
                (None, Some(near)) => warning.did_you_mean(name, near),
                (None, None) => continue,
            };
            self.report(warning);
        }
    }

    /// `x in [1, 2]`, which asks for a position.
    fn lint_membership(&mut self, scalar: &Scalar, binary: &Binary) {
        let [tail] = &binary.rest[..] else { return };
        if tail.op == BinaryOp::In && matches!(bare(&tail.operand).kind, ExprKind::Array(_)) {
            let title = "`in` asks whether a list has a position, not whether it holds a value";
            let place = scalar.map.span(tail.op_span);
            let item = &scalar.text[binary.first.span.range()];
            let list = &scalar.text[tail.operand.span.range()];
            let warning = Diagnostic::warning("in-a-list", title, place);
            self.report(warning.help(format!("write `{list}.includes({item})`")));
        }
    }

    /// Warns where a function stands in place of its result, and says whether it did.
    pub(super) fn lint_uncalled(&mut self, scalar: &Scalar, operand: &Expr) -> bool {
        let operand = bare(operand);
        let Some((owner, name, native)) = uncalled(operand) else { return false };
        let title = format!("`{owner}.{name}` is a function, and is not called");
        let warning = Diagnostic::warning("function-not-called", title, scalar.map.span(operand.span));
        let arguments = if native.length == 0 { "" } else { "…" };
        self.report(warning.help(format!("write `{owner}.{name}({arguments})`")));
        true
    }
}

/// The function that an expression like `Math.random` is: its owner, its name, itself.
fn uncalled(expr: &Expr) -> Option<(&str, &str, &'static Native)> {
    let ExprKind::Chain(Chain { base, links }) = &expr.kind else { return None };
    let (ExprKind::Name(owner), [link]) = (&base.kind, &links[..]) else { return None };
    let name = constant_member(&link.kind)?;
    let Some(Value::Native(global)) = global(base) else { return None };
    match builtins::static_member(global, &Str::from(name)) {
        Some(Value::Native(native)) => Some((owner, name, native)),
        _ => None,
    }
}

/// The global that an expression names.
fn global(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Name(name) => builtins::global(name),
        _ => None,
    }
}

/// The keys of all objects that an expression makes.
struct Keys<'e> {
    names: Vec<&'e str>,
    /// Whether some of them are computed.
    are_some_hidden: bool,
}

impl<'e> Keys<'e> {
    fn of(expr: &'e Expr) -> Self {
        let mut keys = Self { names: Vec::new(), are_some_hidden: false };
        keys.collect(expr);
        keys
    }

    fn collect(&mut self, expr: &'e Expr) {
        if let ExprKind::Object(properties) = &expr.kind {
            for property in properties {
                match property {
                    Property::KeyValue(PropertyKey::Static(Text::Utf8(key), _), _) => self.names.push(key),
                    Property::Shorthand(name, _) => self.names.push(name),
                    Property::KeyValue(..) => self.are_some_hidden = true,
                    Property::Spread(_) => {}
                }
            }
        }
        for_each_child(expr, &mut |child| self.collect(child));
    }

    fn may_hold(&self, name: &str) -> bool {
        self.are_some_hidden || self.names.contains(&name)
    }
}
