//! The end of a `${…}` in a text that is no expression.

use pretty_assertions::assert_eq;

use crate::syntax::hole_end;

/// The hole at the first `${`, or what is wrong with it.
fn hole(text: &str) -> Result<&str, &'static str> {
    let start = text.find("${").unwrap_or(0);
    hole_end(text, start).map(|end| &text[start..end]).map_err(|fault| fault.code)
}

#[test]
fn a_hole_ends_at_its_own_brace() {
    for (text, expected) in [
        ("x: ${a} b }", "${a}"),
        ("${ { a: { b } } } }", "${ { a: { b } } }"),
        ("${'}'}", "${'}'}"),
        ("${\"\\\"}\"} }", "${\"\\\"}\"}"),
        ("${`}${ '}' + `${1}` }}`} }", "${`}${ '}' + `${1}` }}`}"),
        ("${/[}/]}/.test(a)} }", "${/[}/]}/.test(a)}"),
        ("${a / b} / }", "${a / b}"),
        ("${a /* } */} }", "${a /* } */}"),
        ("${a // }\n} }", "${a // }\n}"),
        ("${a # }", "${a # }"),
        ("${}", "${}"),
        ("é${\nb\n}é", "${\nb\n}"),
    ] {
        assert_eq!(hole(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_only_declared_names_explain_is_let_through() {
    for text in [
        "${ring-0}",
        "${rollout-10pct.output}",
        "${08 + 1__0}",
        "${x-in / 2} and ${y / 2}",
        "${x-typeof / '}'.length}",
        "${a / }",
        "${'\\xZZ'}",
        "${@ “ ” ; = if }",
    ] {
        let end = text.find('}').filter(|_| !text.contains("'}'")).or(text.rfind('}')).unwrap_or(0);
        assert_eq!(hole(text), Ok(&text[..=end]), "{text}");
    }
}

#[test]
fn a_hole_that_does_not_end_says_what_swallowed_its_end() {
    for (text, expected) in [
        ("${", "unclosed-hole"),
        ("${ a", "unclosed-hole"),
        ("${ { }", "unclosed-hole"),
        ("${'a}\n'}", "unclosed-string"),
        ("${`a}", "unclosed-template"),
        ("${`${a}", "unclosed-template"),
        ("${a /* }", "unclosed-comment"),
    ] {
        assert_eq!(hole(text), Err(expected), "{text}");
    }
}
