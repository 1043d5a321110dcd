use pretty_assertions::assert_eq;

use super::*;

const WHOLE: &str = "\
# ours
components: # listed
  prompts/extraction: prompts/extraction.md   # the main one
  # the report
  queries/report: {path: sql/report.sql, prefix: logic}
  scripts/clean: src/logic/clean.js
types: [models]
environments: [dev, staging, production]
rules:
  production:
    requires: [staging]
    only: versions
    branches: main
    signed: true
  staging: {requires: dev, override: true}
";

fn address(text: &str) -> Address {
    Address::from_full(text).expect("an address")
}

fn fault(text: &str) -> String {
    let error = Manifest::parse(text, FILE).expect_err("a fault");
    assert_eq!(error.code, ErrorCode::InvalidManifest);
    format!("{}; {}", error.message, error.help.unwrap_or_default())
}

#[test]
fn a_manifest_is_read() {
    let manifest = Manifest::parse(WHOLE, FILE).expect("a manifest");
    let listed: Vec<String> = manifest
        .components()
        .iter()
        .map(|known| format!("{} {} {}", known.line, known.address, known.path))
        .collect();
    assert_eq!(
        listed,
        [
            "3 components/prompts/extraction prompts/extraction.md",
            "5 logic/queries/report sql/report.sql",
            "6 logic/scripts/clean src/logic/clean.js",
        ]
    );
    let rule = manifest.rule("production").expect("a rule");
    assert_eq!(
        (&*rule.requires[0], rule.only_versions, &*rule.branches[0], rule.is_signed, rule.may_override),
        ("staging", true, "main", true, false)
    );
    assert_eq!(rule.quote("only").expect("a line").to_string(), "segue.yaml:12: only: versions");
    let line = "segue.yaml:15: staging: {requires: dev, override: true}";
    assert_eq!(
        manifest.rule("staging").and_then(|rule| rule.quote("requires")).expect("a line").to_string(),
        line
    );
    assert_eq!((manifest.rank("production"), manifest.rank("canary")), (2, 3));
    assert_eq!(manifest.prefix("queries", "report"), Some(Prefix::Logic));
}

#[test]
fn an_empty_manifest_says_nothing() {
    for text in ["", "# nothing\n", "components:\nrules: {}\n", "---\n"] {
        let manifest = Manifest::parse(text, FILE).expect("a manifest");
        assert_eq!(manifest, Manifest { origin: Some(FILE.into()), ..Manifest::default() });
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, message) in [
        ("component: {}", "segue.yaml:1: `component` means nothing here; did you mean `components`?"),
        (
            "rules:\n  production: {requirs: [x]}",
            "segue.yaml:2: `requirs` means nothing here; did you mean `requires`?",
        ),
        ("rules: {p: {only: tags}}", "segue.yaml:1: `only: tags` means nothing; write `only: versions`"),
        ("rules: {p: {signed: yes}}", "segue.yaml:1: `signed` is `true` or `false`; "),
        ("rules: {p: {requires: p}}", "segue.yaml:1: `p` cannot require itself; "),
        ("components:\n  a/b: ../x", "segue.yaml:2: `../x` may hold no empty part, no `.` and no `..`; "),
        (
            "components:\n  a/b: /etc/passwd",
            "segue.yaml:2: `/etc/passwd` is not a path from the top of the repository, with `/` between folders; ",
        ),
        ("components:\n  b: x.md", "segue.yaml:2: `b` is no component: write `type/name`; "),
        ("components:\n  a/b: {prefix: logic}", "segue.yaml:2: `a/b` has no path; write `{path: …}`"),
        (
            "components: {a/b: x, components/a/b: y}",
            "segue.yaml:1: `components/a/b` stands here a second time; ",
        ),
        ("environments: [a, v1.0.0]", "segue.yaml:1: `v1.0.0` is a version, and not an environment; "),
        ("environments: [a, a]", "segue.yaml:1: `a` stands here a second time; "),
        (
            "environments: [--force]",
            "segue.yaml:1: `--force` is not a name: it begins with a letter or digit, and has no `..`; ",
        ),
        ("a: 1\na: 2", "segue.yaml:2: `a` stands here a second time; "),
        ("- a", "segue.yaml:1: a manifest is a map; "),
        ("x: &a 1", "segue.yaml:1: anchors, aliases and tags have no meaning here; "),
    ] {
        assert_eq!(fault(text), message, "{text:?}");
    }
    assert!(fault("a: [").starts_with("segue.yaml:1: this is no YAML"));
    assert!(fault(&"[".repeat(1000)).starts_with("segue.yaml:1: this is no YAML"));
}

#[test]
fn a_component_is_added_and_nothing_else_changes() {
    let new = address("components/prompts/new");
    let line = "  prompts/new: prompts/new.md\n";
    for (text, expected) in [
        ("", format!("components:\n{line}")),
        ("types: [x]", format!("types: [x]\n\ncomponents:\n{line}")),
        ("components: {}\n# end\n", format!("components:\n{line}# end\n")),
        ("components:\n\ntypes: []\n", format!("components:\n{line}\ntypes: []\n")),
        ("components: # none\ntypes: []\n", format!("components: # none\n{line}types: []\n")),
        ("components: {a/b: c}", "components: {a/b: c, prompts/new: prompts/new.md}".into()),
        (
            "components:\n    a/b: c # see\n\n# types\ntypes: []\n",
            "components:\n    a/b: c # see\n    prompts/new: prompts/new.md\n\n# types\ntypes: []\n".into(),
        ),
        (
            "components:\n  a/b:\n    path: c\n    # why\n\ntypes: []",
            "components:\n  a/b:\n    path: c\n  prompts/new: prompts/new.md\n    # why\n\ntypes: []".into(),
        ),
        ("components:\n  a/b: c", "components:\n  a/b: c\n  prompts/new: prompts/new.md\n".into()),
    ] {
        assert_eq!(add(text, &new, "prompts/new.md"), Ok(expected.clone()), "{text:?}");
        let error = add(&expected, &new, "other").expect_err("it is there");
        assert_eq!(error.code, ErrorCode::Exists);
    }
    let whole = add(WHOLE, &new, "prompts/new.md").expect("it is added");
    assert_eq!(whole.replace(line, ""), WHOLE);
    let odd =
        add("", &address("logic/prompts/ä b".trim_end_matches(" b")), "a: b#{.md").expect("it is added");
    assert_eq!(odd, "components:\n  \"prompts/ä\": {path: \"a: b#{.md\", prefix: logic}\n");
}

#[test]
fn a_component_is_removed_and_nothing_else_changes() {
    for (text, expected) in [
        (
            "components:\n  # one\n  prompts/a: x # here\n  # two\n  prompts/b: y\n",
            "components:\n  # one\n  # two\n  prompts/b: y\n",
        ),
        (
            "components:\n  prompts/b: y\n  prompts/a:\n    path: x\n# end\n",
            "components:\n  prompts/b: y\n# end\n",
        ),
        ("components: # all\n  prompts/a: x\ntypes: [m]\n", "components: {} # all\ntypes: [m]\n"),
        ("components: {prompts/a: x, prompts/b: y}", "components: {prompts/b: y}"),
        ("components: {prompts/b: y, prompts/a: x}", "components: {prompts/b: y}"),
        ("components: {prompts/a: x}", "components: {}"),
    ] {
        assert_eq!(remove(text, &address("components/prompts/a")), Ok(expected.to_owned()), "{text:?}");
    }
    let error = remove(WHOLE, &address("components/prompts/none")).expect_err("it is not there");
    assert_eq!(error.code, ErrorCode::UnknownComponent);
}

#[test]
fn a_first_manifest_is_one() {
    let components = [
        (address("components/prompts/a"), "prompts/a.md".into()),
        (address("logic/scripts/b"), "b.js".into()),
    ];
    let text = first(&components, &["models"], &["dev", "production", "on", "größe"]);
    let manifest = Manifest::parse(&text, FILE).expect("a manifest");
    let read: Vec<_> =
        manifest.components().iter().map(|known| (known.address.clone(), known.path.clone())).collect();
    assert_eq!(read, components);
    assert_eq!(manifest.environments, ["dev", "production", "on", "größe"].map(Box::<str>::from));
    assert_eq!(manifest.types, [Box::<str>::from("models")]);
    assert!(Manifest::parse(&first(&[], &[], &["dev"]), FILE).is_ok());
}

#[test]
fn what_edgit_knew_is_taken_over() {
    let import = read_edgit(
        r#"{"version": "3.0.0", "components": {
            "extraction": {"path": "prompts/extraction.md", "type": "prompt"},
            "report": {"path": "./logic/report.sql", "type": "query"},
            "agents/helper": {"path": "agents/helper.ts"},
            "evil": {"path": "../../etc/passwd", "type": "prompt"},
            "a b": {"path": "a.md", "type": "prompt"}}}"#,
    )
    .expect("an import");
    let taken: Vec<String> =
        import.components.iter().map(|(address, path)| format!("{address} {path}")).collect();
    assert_eq!(
        taken,
        [
            "components/agents/helper agents/helper.ts",
            "components/prompts/extraction prompts/extraction.md",
            "logic/queries/report logic/report.sql",
        ]
    );
    assert_eq!(import.left_out.len(), 2);
    assert_eq!(read_edgit("[1]").map_err(|error| error.code), Err(ErrorCode::InvalidManifest));
}

#[test]
fn plain_lines_mean_what_they_mean_to_yaml() {
    let rules = "types: [models]\nrules:\n  production: {only: versions}\n";
    for (text, is_plain) in [
        ("components:\n  prompts/a: prompts/a.md\n  logic/tools/b: src/logic/b.rs\n", true),
        ("# why\n\ncomponents:\n  prompts/a: a.md\n\n# more\nrules:\n  production: {only: versions}\n", true),
        ("components:\n  prompts/a: a.md\nenvironments: [dev]\nrules: {x: {override: true}}\n", true),
        ("components:\n  tools/b: b.md\n  prompts/b: tools/b\n  logic/prompts/b: x.md\n  a/tools: b\n", true),
        ("components:\n  tools/b: b.md\n  prompts/b: tools/b\n  components/tools/b: x.md\n", true),
        ("components:\n  prompts/a: a.md\n  models/b: 12\n  queries/c: true\n", true),
        // Faults come out the same, with their lines.
        ("components:\n  prompts/a: a.md\n  prompts/a: b.md\n", true),
        ("components:\n  prompts/a: a.md\n  components/prompts/a: b.md\n", true),
        ("components:\n  prompts: a.md\n", true),
        ("components:\n  prompts/a: ../a.md\n", false),
        ("components:\n  prompts/a: a/../b.md\n", true),
        ("components:\n  prompts/a: a.md\nrulez: {}\n", true),
        ("components:\n  prompts/a: a.md\nrules:\n  production: {only: no}\n", true),
        ("components:\n  prompts/a: a.md\nrules: [\n", true),
        ("components:\n  prompts/a: a.md\ncomponents:\n  prompts/b: a.md\n", true),
        // Everything else goes the long way.
        ("components:\n  prompts/a: a.md\n    more.md\n", false),
        ("components:\n  prompts/a: a.md\n\n    more.md\n", false),
        ("components:\n  prompts/a: a.md\n   prompts/b: b.md\n", false),
        ("components:\n  prompts/a: a.md\n  # of b\n  prompts/b: b.md\n", false),
        ("components:\n  prompts/a: {path: a.md, prefix: logic}\n", false),
        ("components:\n  prompts/a: 'a.md'\n", false),
        ("components:\n  prompts/a: a.md # this one\n", false),
        ("components:\n  prompts/a: null\n", false),
        ("components:\r\n  prompts/a: a.md\r\n", false),
        ("components:\n  prompts/a: a.md\n- b\n", false),
        ("components: {}\n", false),
        ("components:\n", false),
        (rules, false),
        ("types: 'a\ncomponents:\n  prompts/a: a.md\n'\n", false),
    ] {
        let plain = super::plain::components(text);
        assert_eq!(plain.is_some(), is_plain, "{text}");
        let told = |fault: super::node::Fault| (read::line(text, fault.at), fault.message, fault.help);
        let fast = read::manifest_with(text, FILE, plain).map_err(told);
        let slow = read::manifest_with(text, FILE, None).map_err(told);
        if text.contains("components:\n  prompts/b") || text.contains("prompts/a: b.md") {
            // Which of two faults is told first may differ; that there is one may not.
            assert_eq!(fast.is_err(), slow.is_err(), "{text}");
        } else {
            assert_same_answers(&fast, &slow, text);
            assert_eq!(fast, slow, "{text}");
        }
    }
}

/// Whether one component is found the same way in plain lines and in a list; to be asked before all are.
fn assert_same_answers<E>(plain: &Result<Manifest, E>, listed: &Result<Manifest, E>, text: &str) {
    let (Ok(plain), Ok(listed)) = (plain, listed) else { return };
    for (kind, name) in
        [("prompts", "a"), ("prompts", "b"), ("tools", "b"), ("s", "b"), ("models", "b"), ("a", "tools")]
    {
        assert_eq!(plain.prefix(kind, name), listed.prefix(kind, name), "{kind}/{name} of {text}");
        for prefix in Prefix::ALL {
            let address = Address::new(prefix, kind, name).expect("a name");
            assert_eq!(plain.declared(&address), listed.declared(&address), "{address} of {text}");
        }
    }
}
