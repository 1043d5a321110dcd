//! The tree as a whole: contents, places, budgets.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;

fn root(text: &str) -> Node {
    let document = read(text);
    let errors: Vec<_> = errors(&document.diagnostics);
    assert_eq!(errors, Vec::<String>::new(), "{text}");
    document.root.expect("a tree")
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<String> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.title)).collect()
}

fn fault(text: &str) -> String {
    errors(&read(text).diagnostics).join("; ")
}

/// The tree in one line, as JSON would have it; texts in quotes.
fn show(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => "null".into(),
        NodeKind::Bool(value) => value.to_string(),
        NodeKind::Number(value) => value.to_string(),
        NodeKind::Text(scalar) => format!("{:?}", scalar.text),
        NodeKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        NodeKind::Map(map) => {
            let entry = |entry: &Entry| format!("{}: {}", entry.key.value, show(&entry.value));
            format!("{{{}}}", map.entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn shown(text: &str) -> String {
    show(&root(text))
}

/// The scalar under `a`.
fn scalar(text: &str) -> Scalar {
    match root(text).kind {
        NodeKind::Map(map) => match map.get("a").map(|node| node.kind.clone()) {
            Some(NodeKind::Text(scalar)) => scalar,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Where `needle` of the scalar's text stands in the file.
fn place_of(text: &str, needle: &str) -> String {
    let scalar = scalar(text);
    let start = scalar.text.find(needle).unwrap_or_else(|| panic!("{needle:?} in {:?}", scalar.text));
    text[scalar.map.span(Span::new(start, start + needle.len())).range()].to_owned()
}

#[test]
fn expressions_need_no_quotes() {
    assert_eq!(shown("a: ${b ? 'x' : 'y'} # c\n"), r#"{a: "${b ? 'x' : 'y'}"}"#);
    assert_eq!(
        shown("{a: ${b}, c: [${d.e}, ${ {f: 1}.f }]}"),
        r#"{a: "${b}", c: ["${d.e}", "${ {f: 1}.f }"]}"#
    );
    assert_eq!(shown("a: x ${b: #} y\n  z ${\n c}\n"), "{a: \"x ${b: #} y z ${\\n c}\"}");
    assert_eq!(shown("a:\n  b: ${\n    c\n  }\nd: e"), "{a: {b: \"${\\n    c\\n  }\"}, d: \"e\"}");
    assert_eq!(shown("- ${a ? 1 : 2}\n- ${b}: c\n"), r#"["${a ? 1 : 2}", {${b}: "c"}]"#);
}

#[test]
fn quoted_and_block_scalars_keep_yamls_quoting() {
    assert_eq!(shown(r#"a: "${input.a + \"x\"}""#), r#"{a: "${input.a + \"x\"}"}"#);
    assert_eq!(shown("a: '${b ? ''x'' : ''y''}'"), r#"{a: "${b ? 'x' : 'y'}"}"#);
    assert_eq!(shown("a: |\n  ${b\n    ? 'x: #'\n    : c}\n"), "{a: \"${b\\n  ? 'x: #'\\n  : c}\\n\"}");
    assert_eq!(shown("a: >\n  x ${b}\n  y\n\n  z\n"), "{a: \"x ${b} y\\nz\\n\"}");
    assert_eq!(shown("a: >-\n  x $${b}\n"), "{a: \"x $${b}\"}");
}

#[test]
fn places_are_exact_through_folding_escapes_and_letters() {
    assert_eq!(place_of("a: ${b}", "b"), "b");
    assert_eq!(place_of("a: é ${bc}\n  x\n\n  y ${de: f} z", "de: f"), "de: f");
    assert_eq!(place_of("a: >\n  é x\n  y ${bc}\n", "bc"), "bc");
    assert_eq!(place_of("a: >\r\n  x\r\n  y ${bc}\r\n", "bc"), "bc");
    assert_eq!(place_of("a: |\n\n\n    x\n\n      y ${bc}\n", "bc"), "bc");
    assert_eq!(place_of("a: |2\n    x\n   y ${bc}\n", "bc"), "bc");
    assert_eq!(place_of("a: \"\\u00e9\\n\\\"é\\x41 ${bc}\"", "bc"), "bc");
    assert_eq!(place_of("a: \"x \\\n   y\n\n  \\ z \\ud83d\\ude00 ${bc}\"", "bc"), "bc");
    assert_eq!(place_of("a: 'it''s\n  so ${bc}'", "bc"), "bc");
    assert_eq!(place_of("\u{feff}a: ${bc}", "bc"), "bc");
    assert_eq!(place_of("%YAML 1.2\n---\na: ${bc}\n...\n", "bc"), "bc");
    assert_eq!(place_of("a: |\n  x\n  ${bc}\n", "x\n"), "x\n");
}

#[test]
fn a_node_ends_where_its_text_ends() {
    let text = "a:\n  b: c\n\n# x\nd:\n- e\n\n";
    let NodeKind::Map(map) = root(text).kind else { panic!() };
    assert_eq!(&text[map.entries[1].value.span.range()], "e");
}

#[test]
fn the_core_schema_decides_only_for_what_is_plain() {
    assert_eq!(
        shown("[no, yes, 1_000, 0x10, '1', !!str 2, ~, , True, !!int '3']".replace(", ,", ",").as_str()),
        r#"["no", "yes", "1_000", 16, "1", "2", null, true, 3]"#
    );
    assert_eq!(shown("{1: a, true: b, '': c}"), r#"{1: "a", true: "b", : "c"}"#);
    assert_eq!(fault("a: !x y"), "yaml-tag: the tag `!x` does not fit here");
    assert_eq!(fault("a: !!int y"), "yaml-tag: the tag `!!int` does not fit here");
}

#[test]
fn anchors_aliases_and_merge_keys_are_expanded() {
    assert_eq!(shown("a: &x {k: ${v}}\nb: *x"), r#"{a: {k: "${v}"}, b: {k: "${v}"}}"#);
    let merged = "x: &x {k: 1, l: 2}\ny: &y {l: 3, m: 4}\nz:\n  <<: [*x, *y]\n  k: 5\n";
    assert_eq!(shown(merged), "{x: {k: 1, l: 2}, y: {l: 3, m: 4}, z: {l: 2, m: 4, k: 5}}");
    assert_eq!(fault("a: {<<: 1}"), "yaml-merge: `<<` merges a map, or a list of maps");
    assert_eq!(fault("a: {<<: {}, <<: {}}"), "duplicate-key: the key `<<` stands here a second time");
}

#[test]
fn an_alias_bomb_is_refused_before_it_grows() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let alias = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(", ")));
    }
    assert_eq!(fault(&bomb), "alias-bomb: anchors and aliases repeat too much");
    let text = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), "*a, ".repeat(10_000));
    assert_eq!(fault(&text), "alias-bomb: anchors and aliases repeat too much");
    let mut tower = String::from("a0: &a0 [x]\n");
    for level in 1..200 {
        tower.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(fault(&tower), "yaml-too-deep: lists and maps nest more than 128 deep");
    assert_eq!(fault("a: &a [*a]"), "alias-cycle: this alias stands inside what it refers to");
}

#[test]
fn depth_and_size_are_bounded() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "${".repeat(100_000)] {
        let document = read(&text);
        assert!(!errors(&document.diagnostics).is_empty() || text.starts_with('$'));
    }
    assert_eq!(fault(&"[".repeat(100_000)), "yaml-too-deep: lists and maps nest more than 128 deep");
    assert!(read(&format!("{}{}", "[".repeat(128), "]".repeat(128))).root.is_some());
    assert_eq!(
        fault(&format!("[{}]", "a,".repeat(4_000_001))),
        "yaml-too-large: the file has more than 4000000 values"
    );
    assert_eq!(fault(&" ".repeat((32 << 20) + 1)), "yaml-too-large: the file is larger than 32 MiB");
}

#[test]
fn there_is_exactly_one_document() {
    assert_eq!(fault(""), "empty-file: the file is empty");
    assert_eq!(fault("# nothing\n"), "empty-file: the file is empty");
    assert_eq!(fault("a: b\n---\nc: d\n"), "several-documents: a second document begins here");
    assert_eq!(shown("---\na: ${b: c}\n...\n"), r#"{a: "${b: c}"}"#);
}

#[test]
fn duplicate_keys_are_told_with_both_places() {
    let document = read("a: 1\nb: 2\na: 3\n");
    assert_eq!(errors(&document.diagnostics), ["duplicate-key: the key `a` stands here a second time"]);
    let labels = document.diagnostics[0].labels.iter().map(|label| label.span).collect::<Vec<_>>();
    assert_eq!(labels, [Span::new(10, 11), Span::new(0, 1)]);
    let many: String = (0..1000).map(|index| format!("k{}: 1\n", index % 999)).collect();
    assert_eq!(fault(&many), "duplicate-key: the key `k0` stands here a second time");
}

#[test]
fn keys_hold_no_expressions() {
    let document = read("${a}: b\n'c$${d}': e\n");
    assert_eq!(show(document.root.as_ref().expect("a tree")), r#"{${a}: "b", c$${d}: "e"}"#);
    let codes: Vec<_> = document.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["expression-in-key"]);
    assert_eq!(fault("[a]: b"), "yaml-key: a key must be a text");
}

#[test]
fn a_hole_that_never_closes_is_the_fault_that_is_told() {
    assert_eq!(fault("a: {b: ${c, d: e}\nf: g\n"), "yaml-syntax: a `,` or `}` is missing before this");
    assert_eq!(fault("a: [${b, c]\nd: ${e}\n").split(':').next(), Some("unclosed-hole"));
    // Where YAML can go on, it is for the template's compiler to tell, as for any text.
    assert_eq!(shown("a: ${b\nc: ${d: e}\n"), r#"{a: "${b", c: "${d: e}"}"#);
}

#[test]
fn lines_that_other_tools_cannot_read_are_hinted_at_once_a_line() {
    let text = "a: ${b ? 'x' : 'y'} ${c ? 'x' : 'y'}\nd: ${e}\nf: '${g ? 1 : 2}'\nh: {i: ${j}, k: ${l}}\n";
    let places: Vec<_> = read(text).diagnostics.iter().map(|hint| &text[hint.span().range()]).collect();
    assert_eq!(places, ["${b ? 'x' : 'y'}", "${j}"]);
}

#[test]
fn bytes_that_are_no_utf8_are_told_with_their_place() {
    let (text, diagnostic) = decode(b"a: \xff\n").expect_err("a fault");
    assert_eq!(diagnostic.title, "the file is not UTF-8: byte 0xff cannot stand here");
    assert_eq!(&text[diagnostic.span().range()], "\u{fffd}");
    let (_, diagnostic) = decode(b"\xff\xfea\0").expect_err("a fault");
    assert_eq!(diagnostic.help.as_deref(), Some("it looks like UTF-16: save the file as UTF-8"));
}

/// A text that YAML's quoting has to do something about.
fn content() -> impl Strategy<Value = String> {
    "([a-z éß😀'\"\\\\$:#{}]|\n|\t|  ){0,30}"
}

/// Every letter of a scalar maps to itself in the file, where it stands there as it is.
fn letters_map_to_themselves(file: &str, scalar: &Scalar) {
    for (at, letter) in scalar.text.char_indices().filter(|(_, letter)| letter.is_alphabetic()) {
        let place = scalar.map.offset(u32::try_from(at).expect("small")) as usize;
        assert_eq!(file[place..].chars().next(), Some(letter), "{file:?} {scalar:?} at {at}");
    }
}

proptest! {
    #[test]
    fn single_quoted_texts_map_exactly(content in content()) {
        let file = format!("x: 1\na: '{}'\n", content.replace('\'', "''").replace('\n', "\n   "));
        if let Some(Node { kind: NodeKind::Map(map), .. }) = read(&file).root
            && let Some(Node { kind: NodeKind::Text(scalar), .. }) = map.get("a") {
            letters_map_to_themselves(&file, scalar);
        }
    }

    #[test]
    fn double_quoted_texts_map_exactly(content in content()) {
        let escaped = content.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\n   ").replace('#', "\\n");
        let file = format!("a: \"{escaped}\"\n");
        if let Some(Node { kind: NodeKind::Map(map), .. }) = read(&file).root
            && let Some(Node { kind: NodeKind::Text(scalar), .. }) = map.get("a") {
            letters_map_to_themselves(&file, scalar);
        }
    }

    #[test]
    fn blocks_map_exactly(content in content(), header in "[|>][-+]?", ends in "\n|\r\n") {
        let file = format!("a: {header}\n  {}\nb: 1\n", content.trim_start().replace('\n', "\n  ")).replace('\n', &ends);
        if let Some(Node { kind: NodeKind::Map(map), .. }) = read(&file).root
            && let Some(Node { kind: NodeKind::Text(scalar), .. }) = map.get("a") {
            letters_map_to_themselves(&file, scalar);
        }
    }

    #[test]
    fn plain_texts_map_exactly_and_keep_their_holes(content in "([a-zé ]|\n|\\$\\{[a-z: #'}\n]{0,8}\\}){0,20}") {
        let file = format!("a: x{}\nb: 1\n", content.replace('\n', "\n   "));
        if let Some(Node { kind: NodeKind::Map(map), .. }) = read(&file).root
            && let Some(Node { kind: NodeKind::Text(scalar), .. }) = map.get("a") {
            letters_map_to_themselves(&file, scalar);
            prop_assert!(!scalar.text.contains('_'));
        }
    }

    #[test]
    fn no_text_makes_the_reading_panic(text in "(\\PC|[-a: \t#\"'|>\\[\\]{},&*!?%$}\r\n\\\\]|\\$\\{|<<: \\*a|&a |\n  - |\n| : |---\n){0,80}") {
        let _ = crate::ensemble::schema::parse(&text);
    }
}
