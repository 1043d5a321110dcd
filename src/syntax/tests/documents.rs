//! The documents say what the code does: the grammar is the rules beside the parser's functions, the table of
//! precedence is the operator table.

use pretty_assertions::assert_eq;

use crate::syntax::lexer::tokens;
use crate::syntax::{Associativity, BinaryOp, DeclaredNames, UnaryOp};

/// The files that carry rules, in the order of the document.
const SOURCES: &[&str] = &[
    include_str!("../parser/mod.rs"),
    include_str!("../parser/arrow.rs"),
    include_str!("../parser/operator.rs"),
    include_str!("../parser/postfix.rs"),
    include_str!("../parser/literal.rs"),
    include_str!("../parser/template.rs"),
    include_str!("../lexer.rs"),
    include_str!("../lexer/number.rs"),
    include_str!("../lexer/literal.rs"),
    include_str!("../lexer/template.rs"),
    include_str!("../lexer/escape.rs"),
];

/// The rules in a source's doc comments: from `` `name = `` to `` ;` ``, on one line or several.
fn rules(source: &str) -> Vec<String> {
    let mut rules = Vec::new();
    let mut open: Option<String> = None;
    for line in source.lines().map(str::trim) {
        let Some(comment) = line.strip_prefix("/// ") else {
            open = None;
            continue;
        };
        let text = match &open {
            Some(begun) => format!("{begun} {}", comment.trim()),
            None => match comment.strip_prefix('`') {
                Some(rule) if is_rule(rule) => rule.to_owned(),
                _ => continue,
            },
        };
        match text.split_once(" ;`") {
            Some((rule, _)) => {
                rules.push(format!("{rule} ;"));
                open = None;
            }
            None => open = Some(text),
        }
    }
    rules
}

fn is_rule(text: &str) -> bool {
    text.split_once(" = ")
        .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

fn one_of(symbols: impl Iterator<Item = &'static str>) -> String {
    symbols.map(|symbol| format!("\"{symbol}\"")).collect::<Vec<_>>().join(" | ")
}

#[test]
fn the_grammar_is_what_the_functions_say() {
    let document = include_str!("../../../grammar/segue.ebnf");
    let without_comments: String = document
        .split("(*")
        .enumerate()
        .map(|(index, part)| match index {
            0 => part,
            _ => part.split_once("*)").map_or("", |(_, rest)| rest),
        })
        .collect();
    let written: Vec<String> = without_comments
        .split_inclusive(" ;\n")
        .map(|rule| rule.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|rule| !rule.is_empty())
        .collect();
    let mut expected: Vec<String> = SOURCES.iter().flat_map(|source| rules(source)).collect();
    expected.push(format!("infix = {} ;", one_of(BinaryOp::ALL.iter().map(|op| op.symbol()))));
    expected.push(format!("prefix = {} ;", one_of(UnaryOp::ALL.iter().map(|op| op.symbol()))));
    assert!(expected.len() > 25, "{expected:#?}");
    assert_eq!(written, expected);
}

#[test]
fn the_table_of_precedence_is_the_operator_table() {
    let mut expected = String::from("| tightest first | operators | groups |\n|---|---|---|\n");
    expected += "| member, index, call | `a.b` `a[b]` `a(b)` `a?.b` `a?.[b]` `a?.(b)` | left to right |\n";
    let prefixes: Vec<String> = UnaryOp::ALL.iter().map(|op| format!("`{}`", op.symbol())).collect();
    expected += &format!("| prefix | {} | right to left |\n", prefixes.join(" "));
    let mut powers: Vec<u16> = BinaryOp::ALL.iter().map(|op| op.power()).collect();
    powers.sort_unstable();
    powers.dedup();
    for power in powers.into_iter().rev() {
        let row: Vec<BinaryOp> = BinaryOp::ALL.iter().copied().filter(|op| op.power() == power).collect();
        // A bar would end the cell.
        let symbols: Vec<String> =
            row.iter().map(|op| format!("`{}`", op.symbol().replace('|', "\\|"))).collect();
        let groups = match row[0].associativity() {
            Associativity::Left => "left to right",
            Associativity::Right => "right to left",
        };
        expected += &format!("| {power} | {} | {groups} |\n", symbols.join(" "));
    }
    expected += "| conditional | `a ? b : c` | right to left |\n";
    expected += "| function | `x => a` | right to left |\n";
    let document = include_str!("../../../grammar/precedence.md");
    let table: String =
        document.lines().filter(|line| line.starts_with('|')).map(|line| format!("{line}\n")).collect();
    assert_eq!(table, expected);
}

#[test]
fn every_operator_of_the_table_is_a_token() {
    for &op in BinaryOp::ALL {
        let text = format!("a {} b", op.symbol());
        let kinds = tokens(&text, 0..text.len(), DeclaredNames::NONE).kinds;
        assert_eq!((kinds.len(), kinds[1].binary()), (3, Some(op)));
    }
    for &op in UnaryOp::ALL {
        let text = format!("{} a", op.symbol());
        let kinds = tokens(&text, 0..text.len(), DeclaredNames::NONE).kinds;
        assert_eq!((kinds.len(), kinds[0].unary()), (2, Some(op)));
    }
}
