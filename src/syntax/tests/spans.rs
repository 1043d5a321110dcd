//! Every node lies inside of the node around it, and its text reads as what it is.

use pretty_assertions::assert_eq;

use super::plain;
use super::trees::visit;
use crate::syntax::ast::ExprKind;
use crate::syntax::{DeclaredNames, parse_at};

#[test]
fn children_lie_inside_their_parents() {
    for source in [
        " a + b * c ? -d : e.f?.[g](h, ...i) ",
        "({ a, 'b': 1, [c]: `x${d}y`, ...e })",
        "(a = 1, { b, c: [d, , ...e] = f, ...g }, ...h) => (a, b => c)(1)"
            .replace("(a, b => c)", "(b => c)")
            .as_str(),
        "/x/g.test('é') in [1, ...x]",
    ] {
        let mut tree = plain(source).expect("it is an expression");
        let mut count = 0;
        visit(&mut tree, &mut |around, span| {
            count += 1;
            assert!(around.start <= span.start && span.end <= around.end, "{source}: {span:?} in {around:?}");
            assert!(source.get(span.range()).is_some_and(|text| !text.is_empty() && text.trim() == text));
        });
        assert!(count > 5);
    }
}

#[test]
fn spans_count_in_the_whole_text() {
    let text = "é: ${ a.b } tail";
    let tree = parse_at(text, 6..11, DeclaredNames::NONE).expect("it is an expression");
    assert_eq!(&text[tree.span.range()], "a.b");
    let ExprKind::Chain(chain) = tree.kind else { panic!("a.b is a chain") };
    assert_eq!(&text[chain.links[0].span.range()], ".b");
    let faults = parse_at(text, 6..9, DeclaredNames::NONE).expect_err("it ends in a dot");
    assert_eq!(faults[0].span().range(), 9..9);
}
