use pretty_assertions::assert_eq;
use serde_json::json;

use super::support::{Project, keys};

#[test]
fn the_examples_are_clean() {
    let project = Project::new();
    let files = ["ab-test", "blue-green", "canary", "progressive", "ring", "staged-canary"]
        .map(|name| format!("{name}.yaml"));
    let mut arguments = vec!["check", "--json"];
    arguments.extend(files.iter().map(String::as_str));
    let called = project.call(&arguments);
    assert_eq!(called.code, Some(0), "{called}");
    let severities: Vec<_> =
        called.json().as_array().expect("an array").iter().map(|entry| entry["severity"].clone()).collect();
    assert!(severities.iter().all(|severity| severity == "hint"), "{called}");
}

const BROKEN: &str = "ensemble: broken

agents:
  - name: analyzer-stable
    operation: think
    component: prompts/extraction@production
    condition: ${Math.random() < 0.9 && grün.executed}
  - name: analyzer-canary
    operation: think
    conditoin: ${analyzer-stabel.executed}
    component: prompts/extraction@canary
  - name: analyzer-stable
    operation: think
";

#[test]
fn all_faults_are_told_in_one_go_with_their_places() {
    let project = Project::empty();
    project.write("broken.yaml", BROKEN);
    project.write("a/empty.yaml", "");
    insta::assert_snapshot!(
        "check_broken",
        project.call(&["check", "broken.yaml", "a/empty.yaml", "missing.yaml"])
    );
}

#[test]
fn json_has_places_in_characters() {
    let project = Project::empty();
    project.write("broken.yaml", BROKEN);
    let called = project.call(&["check", "--json", "broken.yaml"]);
    assert_eq!(called.code, Some(2));
    let entries = called.json();
    let first = &entries[0];
    assert_eq!(
        keys(first),
        ["file", "line", "column", "end_line", "end_column", "severity", "code", "message", "help"]
    );
    assert_eq!(
        [&first["file"], &first["line"], &first["column"], &first["end_line"], &first["end_column"]],
        [&json!("broken.yaml"), &json!(7), &json!(41), &json!(7), &json!(45)]
    );
    assert_eq!(first["severity"], "error");
}

#[test]
fn a_clean_file_gives_an_empty_array() {
    let project = Project::new();
    let called = project.call(&["check", "--json", "canary.yaml"]);
    assert_eq!((called.code, called.json()), (Some(0), json!([])));
}

#[test]
fn what_is_no_text_is_told() {
    let project = Project::empty();
    project.write("bytes.yaml", b"ensemble: caf\xe9\n");
    insta::assert_snapshot!("check_not_utf8", project.call(&["check", "bytes.yaml"]));
    let called = project.call(&["check", "--json", "bytes.yaml", "missing.yaml"]);
    let codes: Vec<_> =
        called.json().as_array().expect("an array").iter().map(|entry| entry["code"].clone()).collect();
    assert_eq!((called.code, codes), (Some(2), vec![json!("not-utf8"), json!("unreadable")]));
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    let project = Project::empty();
    project.write("bomb.yaml", text);
    assert_eq!(project.call(&["check", "bomb.yaml"]).code, Some(2));
}

#[test]
fn what_needs_no_thought_is_mended_in_the_file() {
    let project = Project::empty();
    let broken = "# mine\nensemble: e\nagents:\n  - name: a\n    operaton: transform\n    config: {value: ${[1, 2]}}\n    input: {a: ${{b: 1}}, c: ${{d: 2}}}\noutput: ${a.ouput}\n";
    let path = project.write("e.yaml", broken);
    insta::assert_snapshot!("check_fix", project.call(&["check", "--fix", "e.yaml"]));
    let mended = broken
        .replace("operaton", "operation")
        .replace("a.ouput", "a.output")
        .replace("${[1, 2]}", "'${[1, 2]}'")
        .replace("a: ${{b: 1}}, c: ${{d: 2}}", "a: '${{b: 1}}', c: '${{d: 2}}'");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), mended);
    assert_eq!(project.call(&["check", "--fix", "e.yaml"]).stderr, "", "once is enough");
    assert_eq!(project.call(&["check", "--fix", "none.yaml"]).code, Some(2));
}
