//! What is looked at and not changed: `tag list`, `show`, `diff`, `log`; and the manifest: `init`, `components`.

use std::fs;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::support::{COMPONENT, FILE, Hub, Repo};

/// `production` at `v1.0.0` by segue, `staging` at `v1.1.0` by plain git.
fn deployed() -> Repo {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    let newer = repo.slot("v1.1.0").expect("a version");
    repo.git(&format!("tag components/{COMPONENT}/staging {newer}"));
    repo
}

#[test]
fn a_list_says_what_every_slot_holds_environments_first() {
    let repo = deployed();
    repo.write("segue.yaml", "environments: [production, staging]\n");
    let told = repo.ok("tag list").stdout;
    let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
    let (first, second) = (repo.slot("v1.0.0").expect("a version"), repo.slot("v1.1.0").expect("a version"));
    assert_eq!(
        lines,
        [
            vec![COMPONENT],
            vec!["production", "v1.0.0"],
            vec!["staging", "v1.1.0"],
            vec!["v1.0.0", &first[..12]],
            vec!["v1.1.0", &second[..12]],
        ]
    );
    let listed = repo.ok("tag list --json").json();
    let production = &listed[0];
    assert_eq!(production["who"], "Ada <ada@example.com>");
    assert!(production["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    assert_eq!(
        listed[1],
        json!({"component": COMPONENT, "slot": "staging", "kind": "environment", "version": "v1.1.0",
               "commit": second, "at": null, "who": null})
    );
    assert_eq!((&listed[2]["kind"], &listed[2]["who"]), (&json!("version"), &Value::Null));
    let long = repo.ok("tag list --json --long").json();
    assert_eq!(long[2]["who"], "Ada <ada@example.com>");
    // One component's tags are few: who made them costs nothing.
    assert_eq!(repo.ok("tag list extraction --json").json(), long);
}

#[test]
fn versions_are_listed_in_the_order_of_semantic_versions() {
    let repo = Repo::empty();
    repo.commit(FILE, "x");
    for version in ["v1.10.0", "v1.9.0", "v2.0.0-rc.1", "v2.0.0", "v2.0.0-beta"] {
        repo.git(&format!("tag components/{COMPONENT}/{version}"));
    }
    repo.git("tag unrelated");
    repo.git("tag components/prompts/extraction/v01.2.3");
    let listed = repo.ok("tag list --json").json();
    let slots: Vec<&str> =
        listed.as_array().expect("a list").iter().map(|slot| slot["slot"].as_str().expect("text")).collect();
    assert_eq!(slots, ["v1.9.0", "v1.10.0", "v2.0.0-beta", "v2.0.0-rc.1", "v2.0.0"]);
}

#[test]
fn a_clone_without_tags_is_told_what_to_fetch() {
    let repo = Repo::empty();
    repo.commit(FILE, "x");
    let called = repo.ok("tag list");
    assert_eq!(called.stdout, "");
    assert!(called.stderr.contains("`segue fetch`"), "{called}");
    assert_eq!(repo.ok("tag list --json").json(), json!([]));
    let called = repo.fails(2, "tag list prompts/nothing");
    assert!(called.stderr.contains("there is no component `prompts/nothing`"), "{called}");
}

#[test]
fn a_component_is_shown_byte_for_byte_from_anywhere() {
    let repo = Repo::empty();
    let bytes = b"\xff\x00line\r\nno end";
    repo.commit(FILE, bytes);
    repo.ok(&format!("tag create {COMPONENT} v1.0.0"));
    repo.commit(FILE, "later\n");
    fs::create_dir(repo.path().join("below")).expect("a folder");
    let mut command = repo.at("below").command(&["show", "extraction@v1.0.0"]);
    assert_eq!(command.output().expect("it starts").stdout, bytes);
    assert_eq!(repo.ok(&format!("show {COMPONENT}@HEAD")).stdout, "later\n");
    for (code, reference, words) in [
        (2, "prompts/extraction", "write `prompts/extraction@production`"),
        (2, "prompts/extraction@", "names no slot"),
        (2, "prompts/extraction@v9.0.0", "prompts/extraction has no `v9.0.0`"),
        (2, "prompts/extractoin@v1.0.0", "did you mean `prompts/extraction`?"),
        (2, "--upload-pack=touch@v1.0.0", "error: "),
        (2, "prompts/../extraction@v1.0.0", "error: "),
        (2, "prompts/extraction@--all", "error: "),
        (2, "prompts/__proto__@production", "there is no component `prompts/__proto__`"),
    ] {
        let called = repo.segue_words(&["show", "--", reference]);
        assert_eq!(called.code, Some(code), "{called}");
        assert!(called.stderr.contains(words) && called.stdout.is_empty(), "{called}");
    }
}

#[test]
fn a_file_that_was_not_there_yet_is_an_error_that_shows_where_was_looked() {
    let repo = Repo::new();
    let before = repo.git("rev-list --max-parents=0 HEAD");
    repo.commit("queries/late.sql", "select 1");
    repo.ok("tag create queries/late v1.0.0");
    repo.git(&format!("tag components/queries/late/early {before}"));
    let called = repo.fails(1, "show queries/late@early --json");
    assert_eq!(called.json()["error"]["code"], "missing-file", "{called}");
    assert!(called.stderr.contains("queries/late.*"), "{called}");
}

#[test]
fn a_diff_is_that_of_git() {
    let repo = deployed();
    let called = repo.ok(&format!("diff {COMPONENT}@production @staging"));
    let (old, new) = (repo.slot("production").expect("a slot"), repo.slot("staging").expect("a slot"));
    assert_eq!(called.stdout.trim_end(), repo.git(&format!("diff {old}:{FILE} {new}:{FILE}")));
    assert!(called.stdout.contains("-First.\n+Second."), "{called}");
    let called = repo.ok(&format!("diff {COMPONENT}@production {COMPONENT}@v1.0.0"));
    assert_eq!((called.stdout.as_str(), called.stderr.as_str()), ("", "note: both are the same\n"));
}

#[test]
fn a_log_tells_the_commits_and_the_slots_that_stand_in_them() {
    let repo = deployed();
    repo.commit("README.md", "unrelated");
    repo.ok(&format!("tag set {COMPONENT} dev HEAD"));
    let log = repo.ok(&format!("log {COMPONENT} --json")).json();
    let told: Vec<(&str, Vec<&str>)> = log
        .as_array()
        .expect("a list")
        .iter()
        .map(|touch| {
            let slots =
                touch["slots"].as_array().expect("a list").iter().map(|slot| slot.as_str().expect("text"));
            (touch["commit"].as_str().expect("text"), slots.collect())
        })
        .collect();
    let (first, second) = (repo.slot("v1.0.0").expect("a slot"), repo.slot("v1.1.0").expect("a slot"));
    assert_eq!(told, [(&*second, vec!["dev", "staging", "v1.1.0"]), (&*first, vec!["production", "v1.0.0"])]);
    let text = repo.ok("log extraction").stdout;
    assert!(text.starts_with(&format!("{} (dev, staging, v1.1.0) write {FILE}", &second[..12])), "{text}");
}

#[test]
fn a_shallow_clone_lists_what_it_has_and_says_how_to_get_the_rest() {
    let (hub, ada) = Hub::new();
    ada.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    ada.ok("push --tags --force");
    let url = format!("file://{}", hub.path().display());
    ada.git_words(&["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let shallow = ada.at("../shallow");
    let listed = shallow.ok("tag list --json").json();
    assert!(listed.as_array().expect("a list").len() <= 1, "{listed}");
    let called = shallow.fails(2, &format!("show {COMPONENT}@production"));
    assert!(called.stderr.contains("fetch") || called.stderr.contains("has no `production`"), "{called}");
}

#[test]
fn init_writes_a_manifest_once_and_takes_over_what_edgit_knew() {
    let repo = deployed();
    repo.write(
        ".edgit/components.json",
        r#"{"version": "3.0.0", "components": {"extraction": {"path": "prompts/extraction.md", "type": "prompt"},
            "evil": {"path": "../x", "type": "prompt"}}}"#,
    );
    fs::create_dir(repo.path().join("below")).expect("a folder");
    let called = repo.at("below").ok("init");
    assert!(called.stderr.contains("left out of .edgit/components.json: `evil`"), "{called}");
    let text = fs::read_to_string(repo.path().join("segue.yaml")).expect("a manifest");
    assert!(text.contains("components:\n  prompts/extraction: prompts/extraction.md\n"), "{text}");
    assert!(text.contains("environments: [staging, production]\n"), "{text}");
    repo.write("segue.yaml", format!("{text}# mine\n"));
    let called = repo.ok("init");
    assert!(called.stdout.contains("is there already: nothing to do"), "{called}");
    assert_eq!(
        fs::read_to_string(repo.path().join("segue.yaml")).expect("a manifest"),
        format!("{text}# mine\n")
    );
    let called = repo.ok("init --json").json();
    assert_eq!((&called["written"], &called["components"]), (&json!(false), &json!(1)));
    repo.write("segue.yaml", "componets: {}\n");
    let called = repo.fails(2, "init --json").json();
    assert_eq!(called["error"]["help"], "did you mean `components`?");
}

#[test]
fn components_are_added_and_removed_line_by_line() {
    let repo = deployed();
    let before = "# ours\ncomponents: # all of them\n  prompts/extraction: prompts/extraction.md # main\n\n# order\nenvironments: [dev]\n";
    repo.write("segue.yaml", before);
    repo.write("sql/report.sql", "select 1");
    repo.write("prompts/second.md", "x");
    repo.at("sql").ok("components add queries/report report.sql");
    let text = || fs::read_to_string(repo.path().join("segue.yaml")).expect("a manifest");
    assert_eq!(text(), before.replace("# main\n", "# main\n  queries/report: sql/report.sql\n"));
    let listed = repo.ok("components list --json").json();
    assert_eq!(
        listed,
        json!([
            {"component": COMPONENT, "prefix": "components", "path": FILE, "listed": true, "tagged": true},
            {"component": "prompts/second", "prefix": "components", "path": "prompts/second.md", "listed": false, "tagged": false},
            {"component": "queries/report", "prefix": "components", "path": "sql/report.sql", "listed": true, "tagged": false},
        ])
    );
    assert_eq!(repo.ok("components discover").stdout, "prompts/second: prompts/second.md\n");
    assert_eq!(
        repo.fails(1, "components add queries/report sql/report.sql --json").json()["error"]["code"],
        "exists"
    );
    assert_eq!(
        repo.fails(1, "components add queries/other nothing.sql --json").json()["error"]["code"],
        "missing-file"
    );
    assert_eq!(
        repo.fails(2, "components add querys/x sql/report.sql --json").json()["error"]["help"],
        "did you mean `queries/x`?"
    );
    repo.fails(2, "components add prompts/passwd ../../../etc/passwd");
    repo.ok("components remove report");
    assert_eq!(text(), before);
    assert_eq!(repo.fails(2, "components remove report --json").json()["error"]["code"], "unknown-component");
    repo.ok("components discover --add");
    assert_eq!(text(), before.replace("# main\n", "# main\n  prompts/second: prompts/second.md\n"));
}

#[test]
fn names_of_every_script_work_and_names_that_harm_do_not() {
    let repo = Repo::empty();
    repo.commit("prompts/größe.md", "ä");
    repo.ok("tag create prompts/größe v1.0.0");
    repo.ok("tag set prompts/größe übung v1.0.0");
    assert_eq!(repo.ok("show größe@übung").stdout, "ä");
    assert!(repo.ok("tag list").stdout.contains("übung"));
    assert!(repo.ok("log größe").stdout.contains("übung"));
    let long = "x".repeat(300);
    for name in ["--upload-pack=x", "../x", "a\nb", &long, "prompts/a b", "prompts/.x"] {
        let called = repo.segue_words(&["tag", "list", "--", name]);
        assert_eq!(called.code, Some(2), "{called}");
        let called = repo.segue_words(&["log", "--json", "--", name]);
        assert_eq!(called.code, Some(2), "{called}");
    }
}

/// An ensemble that shows which text and version served.
const ENSEMBLE: &str = "\
ensemble: canary
agents:
  - name: stable
    operation: think
    component: prompts/extraction@production
output: {version: '${stable.component}'}
";

#[test]
fn a_run_takes_components_from_the_tags_of_its_repository_and_says_so() {
    let repo = deployed();
    repo.write("flows/canary.yaml", ENSEMBLE);
    let elsewhere = tempfile::TempDir::new().expect("a folder");
    let file = repo.path().join("flows/canary.yaml");
    let file = file.to_str().expect("text");
    let run = |words: &[&str]| {
        let mut command = repo.command(&[&["run", file, "--seed", "7"], words].concat());
        let output = command.current_dir(elsewhere.path()).output().expect("it starts");
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (stdout, stderr) = run(&[]);
    assert!(stdout.contains("prompts/extraction@v1.0.0"), "{stdout}{stderr}");
    assert!(stderr.starts_with("components: from the git tags of `"), "{stderr}");
    assert_eq!(stderr.matches("git tags").count(), 1);
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    assert!(run(&["--runs", "3", "--json"]).0.contains("prompts/extraction@v1.1.0"));

    // A folder's, where it is asked for.
    repo.write("other/prompts/extraction/v3.0.0.md", "third");
    repo.write("other/prompts/extraction/slots.yaml", "production: v3.0.0\n");
    let (stdout, stderr) = run(&["--components", repo.path().join("other").to_str().expect("text")]);
    assert!(stdout.contains("prompts/extraction@v3.0.0") && !stderr.contains("git tags"), "{stdout}{stderr}");

    // Another repository's, where that is asked for.
    let other = Repo::new();
    other.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    let (stdout, _) = run(&["--repo", other.path().to_str().expect("text")]);
    assert!(stdout.contains("prompts/extraction@v1.0.0"), "{stdout}");
    let (stdout, stderr) = run(&["--repo", elsewhere.path().to_str().expect("text")]);
    assert!(stdout.is_empty() && stderr.contains("is in no git repository"), "{stderr}");
}

#[test]
fn a_slot_that_is_gone_fails_the_agent_that_needs_it_and_says_what_is_there() {
    let repo = deployed();
    repo.write("canary.yaml", ENSEMBLE);
    repo.ok(&format!("tag delete {COMPONENT} production"));
    let called = repo.fails(1, "run canary.yaml --seed 7");
    assert!(called.stderr.contains("`prompts/extraction` has no slot `production`"), "{called}");
}

#[test]
fn without_component_tags_a_run_takes_the_folder() {
    let repo = Repo::empty();
    repo.commit("canary.yaml", ENSEMBLE);
    repo.write("components/prompts/extraction/v3.0.0.md", "third");
    repo.write("components/prompts/extraction/slots.yaml", "production: v3.0.0\n");
    let called = repo.ok("run canary.yaml --seed 7");
    assert!(
        called.stdout.contains("prompts/extraction@v3.0.0") && !called.stderr.contains("git"),
        "{called}"
    );
}
