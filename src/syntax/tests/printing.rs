//! Printing, and that parsing undoes it.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::plain;
use super::trees::without_spans;
use crate::syntax::{DeclaredNames, parse};

#[test]
fn the_canonical_form_has_one_way_to_write_a_thing() {
    for (source, expected) in [
        ("a+b*c", "a + b * c"),
        ("(a)", "(a)"),
        ("\"it's\"", "'it\\'s'"),
        ("'\\u0041\\x42\\n\\0'", "'AB\\n\\u0000'"),
        ("'\\ud83d'", "'\\ud83d'"),
        ("'\\ud83d\\ude00'", "'😀'"),
        ("0x1F+1e3+1e400", "31 + 1000 + 1e999"),
        ("1..x+1.5.x+1['x']+1?.x", "1..x + 1.5.x + 1['x'] + 1?.x"),
        ("- -x- +x", "- -x - +x"),
        ("typeof(x)", "typeof (x)"),
        ("!~x", "!~x"),
        ("a?.b?.[c]?.(d)", "a?.b?.[c]?.(d)"),
        ("`a${ b }\\`\\${}`", "`a${b}\\`\\${}`"),
        ("`\r\n`", "`\n`"),
        ("(a)=>a", "a => a"),
        (
            "(a=1,{b,c:d,e:e=2,...f},[,g,,],...h)=>({})",
            "(a = 1, { b, c: d, e = 2, ...f }, [, g, , ], ...h) => ({})",
        ),
        ("{'a':1,'b-c':2,0x10:3,[d]:4,e,...f,if:5,}", "{ a: 1, 'b-c': 2, '16': 3, [d]: 4, e, ...f, if: 5 }"),
        ("[a,...b,]", "[a, ...b]"),
        ("/a[/]b/gi.test(x)", "/a[/]b/gi.test(x)"),
        ("a?b:c?d:e", "a ? b : c ? d : e"),
        ("gr\\u00f6\\u{DF}e", "größe"),
    ] {
        let printed = plain(source).map(|expr| expr.to_string());
        assert_eq!(printed, Ok(expected.to_owned()), "{source}");
    }
}

#[test]
fn declared_names_print_as_they_are_declared() {
    let names = DeclaredNames::new(["ring-0"]);
    let printed = parse("ring-0.output - ring", &names).map(|expr| expr.to_string());
    assert_eq!(printed, Ok("ring-0.output - ring".to_owned()));
}

/// Sources of all shapes, correct ones as far as early errors allow.
fn sources() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-c]{1,2}",
        "[0-9]{1,3}(\\.[0-9]{0,2})?(e[0-9])?",
        prop::sample::select(vec![
            "null",
            "true",
            "undefined",
            "'x'",
            "\"'\\n\"",
            "'\\ud800'",
            "/a[/]b/g",
            "`t`",
            "`$`",
            "`\\${}`",
            "0xFF",
            ".5",
            "é",
            "'\u{2028}'",
            "[]",
            "{}",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 48, 4, |inner| {
        let infix = prop::sample::select(crate::syntax::BinaryOp::ALL);
        let prefix = prop::sample::select(crate::syntax::UnaryOp::ALL);
        prop_oneof![
            (inner.clone(), infix, inner.clone()).prop_map(|(a, op, b)| format!("{a} {} {b}", op.symbol())),
            (prefix, inner.clone()).prop_map(|(op, a)| format!("{} {a}", op.symbol())),
            inner.clone().prop_map(|a| format!("({a})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} ? {b} : {c}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]?.m")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("f({a}, ...{b})?.(1)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, ...{b}]")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("{{ k: {a}, 'x-y': {b}, [{a}]: 1, s, ...{b} }}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("`x${{{a}}}y${{{b}}}`")),
            inner.clone().prop_map(|a| format!("(x => {a})")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("(({{ p, q: [r, , s = {a}] = {b}, ...t }}, ...u) => ({a}))")),
        ]
    })
}

proptest! {
    #[test]
    fn parsing_undoes_printing(source in sources()) {
        // Early errors (`-x ** 2`, `a ?? b || c`) are made here too, and refused.
        if let Ok(tree) = plain(&source) {
            let printed = tree.to_string();
            let again = plain(&printed);
            prop_assert_eq!(again.map(without_spans), Ok(without_spans(tree)), "{}", printed);
        }
    }

    #[test]
    fn printing_twice_changes_nothing(source in sources()) {
        if let Ok(tree) = plain(&source) {
            let printed = tree.to_string();
            prop_assert_eq!(plain(&printed).map(|tree| tree.to_string()), Ok(printed));
        }
    }

    #[test]
    fn no_text_makes_parsing_fail_otherwise_than_by_a_diagnostic(
        text in "([a-z0-9 .,:;?!'\"`$(){}\\[\\]=<>|&+*/\\\\\n-]|\\$\\{|=>|\u{2028}|é|\u{a0}|“){0,40}"
    ) {
        if let Err(faults) = plain(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.span().range().end <= text.len(), "{:?}", fault);
                let rendered = fault.render("x", &text, crate::syntax::Colour::Never);
                prop_assert!(rendered.contains(&fault.title));
            }
        }
    }
}
