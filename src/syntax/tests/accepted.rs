//! What is accepted, and how it reads: the printed form of the tree, parenthesised where grouping is in question.

use pretty_assertions::assert_eq;

use super::plain;
use crate::syntax::ast::{Binary, Expr, ExprKind};
use crate::syntax::{DeclaredNames, parse};

/// The tree with every group in brackets.
fn grouped(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Binary(Binary { first, rest }) => {
            let start = grouped(first);
            rest.iter()
                .fold(start, |left, tail| format!("<{left} {} {}>", tail.op.symbol(), grouped(&tail.operand)))
        }
        ExprKind::Unary(op, operand) => format!("<{} {}>", op.symbol(), grouped(operand)),
        ExprKind::Conditional(parts) => format!(
            "<{} ? {} : {}>",
            grouped(&parts.test),
            grouped(&parts.consequent),
            grouped(&parts.alternate)
        ),
        ExprKind::Paren(inner) => grouped(inner),
        ExprKind::Arrow(arrow) => format!("<=> {}>", grouped(&arrow.body)),
        _ => expr.to_string(),
    }
}

#[test]
fn operators_group_as_in_javascript() {
    for (source, expected) in [
        ("a - b - c", "<<a - b> - c>"),
        ("a ** b ** c", "<a ** <b ** c>>"),
        ("a ** -b", "<a ** <- b>>"),
        ("(-a) ** b", "<<- a> ** b>"),
        ("a + b * c ** d", "<a + <b * <c ** d>>>"),
        ("a * b + c * d", "<<a * b> + <c * d>>"),
        ("a < b == c > d", "<<a < b> == <c > d>>"),
        ("a | b ^ c & d", "<a | <b ^ <c & d>>>"),
        ("a || b && c", "<a || <b && c>>"),
        ("a ?? b ?? c", "<<a ?? b> ?? c>"),
        ("a ?? (b || c)", "<a ?? <b || c>>"),
        ("a << b + c", "<a << <b + c>>"),
        ("'k' in a && b", "<<'k' in a> && b>"),
        ("!a in b", "<<! a> in b>"),
        ("typeof a.b + void 0", "<<typeof a.b> + <void 0>>"),
        ("a ? b : c ? d : e", "<a ? b : <c ? d : e>>"),
        ("a ? b ? c : d : e", "<a ? <b ? c : d> : e>"),
        ("a => b => c || d", "<=> <=> <c || d>>>"),
        ("a ? x => 1 : y => 2", "<a ? <=> 1> : <=> 2>>"),
        ("a?.5:1", "<a ? 0.5 : 1>"),
        ("a / b / c", "<<a / b> / c>"),
        ("a\n/b/g", "<<a / b> / g>"),
        ("a <!-- b\n+ c", "<a + c>"),
        ("a\n--> c\n+ d", "<a + d>"),
        ("1 /* 2 */ + // 3\n 4", "<1 + 4>"),
        ("a\u{a0}+\u{feff}b\u{2028}+c", "<<a + b> + c>"),
    ] {
        assert_eq!(plain(source).as_ref().map(grouped), Ok(expected.to_owned()), "{source}");
    }
}

#[test]
fn words_are_reserved_only_where_javascript_reserves_them() {
    for source in [
        "of + get + set + undefined + NaN",
        "a.class.if?.new.in",
        "{ if: 1, class: 2, null: 3, async: 4, in: 5 }",
        "(({ if: x }) => x)",
        "(undefined => 1)",
        "eval + arguments",
        "a.v\\u0061r",
        "{ v\\u0061r: 1 }",
        "_$1",
        "a\u{200d}b",
        "{ __proto__: a, ['__proto__']: b, __proto__ }",
        "(({ __proto__: a, __proto__: b }) => 1)",
    ] {
        assert!(plain(source).is_ok(), "{source}: {:?}", plain(source));
    }
}

#[test]
fn declared_names_are_read_before_operators() {
    let names = DeclaredNames::new(["ring-0", "a-b", "a-b-c", "10pct", "new-user", "x-in", "größe-1"]);
    for (source, expected) in [
        ("ring-0.executed", "ring-0.executed"),
        ("ring - 0", "<ring - 0>"),
        ("ring-1", "<ring - 1>"),
        ("a-b-c-d", "<a-b-c - d>"),
        ("a-b-e", "<a-b - e>"),
        ("a-bc", "<a - bc>"),
        ("input.a-b", "<input.a - b>"),
        ("input?.a-b", "<input?.a - b>"),
        ("10pct + 1", "<10pct + 1>"),
        ("new-user.output", "new-user.output"),
        ("x-in / 2 / y", "<<x-in / 2> / y>"),
        ("größe-1-1", "<größe-1 - 1>"),
        ("{ ring-0 }", "{ ring-0 }"),
        ("`${ring-0}`", "`${ring-0}`"),
    ] {
        assert_eq!(parse(source, &names).as_ref().map(grouped), Ok(expected.to_owned()), "{source}");
    }
    assert!(parse("(ring-0 => 1)", &names).is_err());
}
