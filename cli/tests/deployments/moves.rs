//! Moves one at a time: what they change, what they record, and what they refuse.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::support::{COMPONENT, FILE, Hub, Repo};

/// `kind from → to` of the history of a slot, newest first.
fn history(repo: &Repo, slot: &str) -> Vec<String> {
    let list = repo.ok(&format!("history {COMPONENT} {slot} --json")).json();
    let word = |line: &Value, name: &str| line[name].as_str().unwrap_or("∅").to_owned();
    let show = |line: &Value| format!("{} {} → {}", word(line, "kind"), word(line, "from"), word(line, "to"));
    list.as_array().expect("a list").iter().map(show).collect()
}

fn code(called: &super::support::Called) -> String {
    called.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_set_moves_a_lightweight_tag_and_says_so() {
    let repo = Repo::new();
    let called = repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    assert_eq!(called.stdout, "production: prompts/extraction → v1.0.0\n");
    let called = repo.ok(&format!("tag set {COMPONENT} production v1.1.0 -m 'größer\n\nund besser'"));
    assert_eq!(called.stdout, "production: prompts/extraction v1.0.0 → v1.1.0\n");
    let called = repo.ok("tag set extraction production v1.1.0");
    assert_eq!(called.stdout, "production: prompts/extraction v1.1.0 (as before)\n");
    assert_eq!(repo.git("cat-file -t components/prompts/extraction/production"), "commit");
    assert_eq!(repo.git("cat-file -t components/prompts/extraction/v1.1.0"), "tag");
    assert_eq!(
        history(&repo, "production"),
        ["set v1.1.0 → v1.1.0", "set v1.0.0 → v1.1.0", "set ∅ → v1.0.0"]
    );
    let list = repo.ok(&format!("history {COMPONENT} --json")).json();
    let line = list[1].as_object().expect("an object");
    let names: Vec<&str> = line.keys().map(String::as_str).collect();
    let expected = ["at", "who", "slot", "kind", "from", "to", "commit", "message", "override"];
    assert_eq!(names, expected);
    assert_eq!(
        (line["who"].clone(), line["message"].clone(), line["commit"].clone()),
        (json!("Ada <ada@example.com>"), json!("größer\n\nund besser"), json!(repo.slot("v1.1.0")))
    );
    assert_eq!(repo.git("fsck --full --strict"), "");
}

#[test]
fn a_version_is_made_once_and_of_what_is_committed() {
    let repo = Repo::new();
    let called = repo.fails(1, &format!("tag create {COMPONENT} v1.1.0 --json"));
    assert_eq!(code(&called), "exists");
    repo.write(FILE, "not committed\n");
    let called = repo.ok(&format!("tag create {COMPONENT} v0.9.0 --at HEAD"));
    assert!(called.stderr.contains("v0.9.0 is not newer than v1.1.0"), "{called}");
    assert!(called.stderr.contains("`prompts/extraction.md` in the work tree differs"), "{called}");
    let called = repo.fails(2, &format!("tag create {COMPONENT} v01.2.3"));
    assert!(called.stderr.contains("`v01.2.3` is not a version"), "{called}");
    let called = repo.fails(1, "tag create prompts/nothing v1.0.0");
    assert!(called.stderr.contains("prompts/nothing.*"), "{called}");
    let called = repo.fails(1, "tag create prompts/extractoin v1.0.0");
    assert!(called.stderr.contains("did you mean `prompts/extraction`?"), "{called}");
    let called = repo.fails(2, &format!("tag create {COMPONENT} v3.0.0 --at nowhere --json"));
    assert_eq!(code(&called), "unknown-revision");
    repo.commit("README.md", "x");
    repo.git("checkout -q --orphan empty");
    repo.git("rm -rfq --cached .");
    repo.commit("other.md", "x");
    let called = repo.fails(1, &format!("tag create {COMPONENT} v3.0.0 --json"));
    assert_eq!(code(&called), "missing-file");
    assert_eq!(repo.slot("v3.0.0"), None);
}

#[test]
fn bumps_count_up_from_the_newest() {
    let repo = Repo::new();
    for (part, version) in [
        ("patch", "v1.1.1"),
        ("prerelease", "v1.1.2-rc.1"),
        ("prerelease", "v1.1.2-rc.2"),
        ("major", "v2.0.0"),
    ] {
        let made = repo.ok(&format!("tag bump {COMPONENT} {part} --json")).json();
        assert_eq!(made["version"], version);
    }
    repo.fails(2, &format!("tag bump {COMPONENT} huge"));
}

#[test]
fn a_deployment_moves_all_or_none() {
    let repo = Repo::new();
    repo.commit("configs/limits.yaml", "a: 1\n");
    repo.ok("tag create configs/limits v2.0.1");
    repo.ok(&format!("deploy production {COMPONENT}=v1.1.0 limits=v2.0.1 -m together"));
    let before = repo.refs();
    repo.fails(2, &format!("deploy production {COMPONENT}=v1.0.0 configs/limits=v9.0.0"));
    repo.fails(2, &format!("deploy production {COMPONENT}=v1.0.0 extraction=v1.1.0"));
    repo.fails(2, "deploy production limits");
    assert_eq!(repo.refs(), before);
    assert_eq!(history(&repo, "production"), ["set ∅ → v1.1.0"]);
}

#[test]
fn a_revision_may_be_deployed_where_its_file_is() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} dev HEAD~1"));
    assert_eq!(repo.slot("dev"), repo.slot("v1.0.0"));
    let head = repo.commit(FILE, "Third.\n");
    repo.ok(&format!("tag set {COMPONENT} dev main"));
    assert_eq!(history(&repo, "dev")[0], format!("set v1.0.0 → {head}"));
    repo.ok(&format!("tag set {COMPONENT} qa dev"));
    assert_eq!(repo.slot("qa").as_deref(), Some(&*head));
    // A component without any tag is known by its file.
    repo.commit("logic/scripts/clean.js", "x");
    repo.ok("tag set scripts/clean dev HEAD");
    assert!(repo.refs().contains_key("refs/tags/logic/scripts/clean/dev"));
    for line in
        ["tag set prompts/extractoin dev HEAD", "tag set prompts/extraction dev v7.0.0", "tag set x dev HEAD"]
    {
        repo.fails(2, line);
    }
    let called = repo.fails(2, "tag set promts/extraction dev v1.0.0");
    assert!(called.stderr.contains("did you mean `prompts/extraction`?"), "{called}");
    let called = repo.fails(2, &format!("tag set {COMPONENT} dev satging"));
    assert!(called.stderr.contains("`satging` is no version or environment"), "{called}");
}

#[test]
fn a_bare_name_that_could_be_two_components_lists_both() {
    let repo = Repo::new();
    repo.commit("configs/extraction.yaml", "a: 1\n");
    repo.ok("tag create configs/extraction v1.0.0");
    let called = repo.fails(2, "tag set extraction production v1.0.0 --json");
    assert_eq!(code(&called), "ambiguous");
    for name in ["components/configs/extraction", "components/prompts/extraction"] {
        assert!(called.stderr.contains(name), "{called}");
    }
}

#[test]
fn rollbacks_go_further_back_and_are_undone() {
    let repo = Repo::new();
    repo.ok(&format!("tag bump {COMPONENT} minor"));
    for version in ["v1.0.0", "v1.1.0", "v1.1.0", "v1.2.0"] {
        repo.ok(&format!("tag set {COMPONENT} production {version}"));
    }
    let roll = |options: &str| {
        let moved = repo.ok(&format!("rollback {COMPONENT} production --json {options}")).json();
        moved[0]["to"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!([roll(""), roll("")], ["v1.1.0", "v1.0.0"]);
    repo.fails(1, &format!("rollback {COMPONENT} production"));
    assert_eq!([roll("--undo"), roll("--undo")], ["v1.1.0", "v1.2.0"]);
    let called = repo.fails(1, &format!("rollback {COMPONENT} production --undo --json"));
    assert_eq!(code(&called), "nothing-to-undo");
    assert_eq!(roll("--to v1.0.0"), "v1.0.0");
    let called = repo.fails(1, &format!("rollback {COMPONENT} production --to v9.0.0"));
    assert!(called.stderr.contains("production of prompts/extraction never held v9.0.0"), "{called}");
    let called = repo.ok(&format!("rollback {COMPONENT} production --to v1.0.0"));
    assert!(called.stderr.contains("holds v1.0.0 already"), "{called}");
}

#[test]
fn what_is_marked_bad_is_refused_with_the_reason_given() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} staging v1.1.0"));
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    repo.ok(&format!("rollback {COMPONENT} production --mark-bad -m 'invents totals'"));
    for line in ["tag set prompts/extraction canary v1.1.0", "promote prompts/extraction staging canary"] {
        let called = repo.fails(1, &format!("{line} --json"));
        assert_eq!(code(&called), "marked-bad");
        assert!(called.stderr.contains("invents totals"), "{called}");
    }
    let shown = repo.ok(&format!("tag show {COMPONENT} v1.1.0 --json")).json();
    assert_eq!(shown["bad"], "invents totals");
    repo.ok(&format!("rollback {COMPONENT} production --undo"));
    repo.ok(&format!("tag set {COMPONENT} canary v1.1.0"));
}

#[test]
fn deleting_asks_for_versions_and_a_rollback_brings_an_environment_back() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} canary v1.1.0"));
    repo.ok(&format!("tag delete {COMPONENT} canary"));
    assert_eq!(repo.slot("canary"), None);
    assert_eq!(history(&repo, "canary"), ["delete v1.1.0 → ∅", "set ∅ → v1.1.0"]);
    repo.fails(2, &format!("tag delete {COMPONENT} canary"));
    repo.ok(&format!("rollback {COMPONENT} canary"));
    assert_eq!(repo.slot("canary"), repo.slot("v1.1.0"));
    let called = repo.fails(1, &format!("tag delete {COMPONENT} v1.0.0 --json"));
    assert_eq!(code(&called), "needs-confirmation");
    repo.ok(&format!("tag delete {COMPONENT} v1.0.0 --yes-delete-version"));
    assert_eq!(repo.slot("v1.0.0"), None);
    let list = repo.ok(&format!("history {COMPONENT} --versions --json")).json();
    let made = list.as_array().expect("a list").iter().filter(|line| line["kind"] == "create").count();
    assert_eq!(made, 2);
}

#[test]
fn what_plain_git_moved_shows_as_such_and_is_recorded_with_the_next_move() {
    let repo = Repo::new();
    let tag = "components/prompts/extraction/production";
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    // Lightweight, annotated, a tag of a tag, deleted.
    repo.git(&format!("tag -f {tag} HEAD"));
    assert_eq!(history(&repo, "production"), ["outside v1.0.0 → v1.1.0", "set ∅ → v1.0.0"]);
    let before = repo.refs();
    repo.ok(&format!("history {COMPONENT}"));
    assert_eq!(repo.refs(), before, "looking writes nothing");
    let called = repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    assert!(called.stderr.contains("something else than segue had changed production"), "{called}");
    repo.git(&format!("tag -f -a -m 'by hand' {tag} components/prompts/extraction/v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    repo.git(&format!("tag -d {tag}"));
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    assert_eq!(
        history(&repo, "production"),
        [
            "set ∅ → v1.0.0",
            "outside v1.1.0 → ∅",
            "set v1.0.0 → v1.1.0",
            "outside v1.1.0 → v1.0.0",
            "set v1.1.0 → v1.1.0",
            "outside v1.0.0 → v1.1.0",
            "set ∅ → v1.0.0"
        ]
    );
    // A rollback knows of them too.
    repo.git(&format!("tag -f {tag} HEAD"));
    repo.ok(&format!("rollback {COMPONENT} production"));
    assert_eq!(repo.slot("production"), repo.slot("v1.0.0"));
}

#[test]
fn rules_are_quoted_and_overridden_only_where_they_allow_it() {
    let repo = Repo::new();
    let manifest = "environments: [staging, production, sealed]\nrules:\n  production:\n    requires: [staging]\n    \
                    only: versions\n    branches: [main]\n    override: true\n  sealed: {only: versions}\n";
    repo.write("segue.yaml", manifest);
    let called = repo.fails(1, &format!("tag set {COMPONENT} production v1.1.0 --json"));
    assert_eq!(code(&called), "rule");
    assert!(
        called.stderr.contains("it was never in staging\n  segue.yaml:4: requires: [staging]"),
        "{called}"
    );
    repo.ok(&format!("tag set {COMPONENT} staging v1.1.0"));
    repo.ok(&format!("tag set {COMPONENT} staging v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    repo.ok(&format!("promote {COMPONENT} staging production"));
    repo.git("checkout -q -b side");
    repo.commit(FILE, "Third.\n");
    repo.ok(&format!("tag bump {COMPONENT} minor"));
    repo.ok(&format!("tag set {COMPONENT} staging v1.2.0"));
    let called = repo.fails(1, &format!("promote {COMPONENT} staging production"));
    assert!(called.stderr.contains("segue.yaml:6: branches: [main]"), "{called}");
    let called = repo.fails(1, &format!("promote {COMPONENT} staging production --override ''"));
    assert!(called.stderr.contains("`--override` needs a reason"), "{called}");
    repo.ok(&format!("promote {COMPONENT} staging production --override 'the shop is down'"));
    let list = repo.ok(&format!("history {COMPONENT} production --json")).json();
    assert_eq!(list[0]["override"], "the shop is down");
    repo.commit(FILE, "Fourth.\n");
    let called = repo.fails(1, &format!("tag set {COMPONENT} sealed HEAD --override please"));
    assert!(called.stderr.contains("the rule allows no `--override`"), "{called}");
    // Going back is never forbidden.
    repo.ok(&format!("rollback {COMPONENT} production"));
}

#[test]
fn names_from_hostile_people_do_nothing() {
    let repo = Repo::new();
    let before = repo.refs();
    let long = "x".repeat(300);
    let names = [
        "--upload-pack=touch pwned",
        "../x",
        "prompts/../x",
        "prompts/a\nb",
        "prompts/a b",
        "a/b/c/d",
        "prompts/.x",
        "prompts/x.lock",
        "",
        "prompts/",
        "prompts/a..b",
        "prompts/a~1",
        "prompts/\u{202e}x",
        &long,
    ];
    for name in names {
        for words in [
            vec!["tag", "set", "--json", "--", name, "production", "v1.0.0"],
            vec!["tag", "set", "--json", "--", COMPONENT, name, "v1.0.0"],
            vec!["tag", "set", "--json", "--", COMPONENT, "production", name],
            vec!["tag", "create", "--json", "--", name, "v1.0.0"],
            vec!["history", "--json", "--", name],
            vec!["rollback", "--json", "--", COMPONENT, name],
        ] {
            let called = repo.segue_words(&words);
            assert_eq!(called.code, Some(2), "{called}");
            assert!(called.json()["error"]["code"].is_string(), "{called}");
        }
    }
    assert_eq!(repo.refs(), before);
    assert!(!repo.path().join("pwned").exists());
    // Odd, and harmless.
    repo.commit("prompts/__proto__.md", "x");
    repo.ok("tag create prompts/__proto__ v1.0.0");
    repo.ok("tag set prompts/__proto__ größe v1.0.0");
    repo.ok("rollback prompts/__proto__ größe --to v1.0.0");
}

#[test]
fn a_move_is_sent_with_it_or_stays_here_and_says_so() {
    let (hub, ada) = Hub::new();
    let tag = "refs/tags/components/prompts/extraction/production";
    let bob = hub.clone_as("bob");
    ada.ok(&format!("tag set {COMPONENT} production v1.0.0 --push"));
    assert_eq!(hub.refs().get(tag).cloned(), ada.slot("production"));
    bob.ok("fetch");
    bob.ok(&format!("tag set {COMPONENT} production v1.1.0 --push"));
    let called = ada.fails(1, &format!("rollback {COMPONENT} production --push"));
    assert!(called.stderr.contains("there is nothing to roll production"), "{called}");
    ada.commit(FILE, "Third.\n");
    ada.ok(&format!("tag bump {COMPONENT} minor"));
    let called = ada.fails(1, &format!("tag set {COMPONENT} production v1.2.0 --push --json"));
    assert_eq!(code(&called), "lease");
    assert!(called.stderr.contains("it is moved in this repository, and was not sent"), "{called}");
    assert_eq!(hub.refs().get(tag).cloned(), bob.slot("production"));
    let moved = bob.ok(&format!("rollback {COMPONENT} production --push --json")).json();
    assert_eq!((&moved[0]["to"], &moved[0]["pushed"]), (&json!("v1.0.0"), &json!("origin")));
    assert_eq!(hub.refs().get(tag).cloned(), bob.slot("v1.0.0"));
}

#[test]
fn a_clone_without_the_log_says_what_brings_it() {
    let (hub, ada) = Hub::new();
    ada.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    ada.ok(&format!("tag set {COMPONENT} production v1.1.0 --push"));
    let bob = hub.clone_as("bob");
    let called = bob.ok(&format!("history {COMPONENT}"));
    assert!(called.stderr.contains("`segue fetch` brings it"), "{called}");
    let called = bob.fails(1, &format!("rollback {COMPONENT} production"));
    assert!(called.stderr.contains("`segue fetch` brings it"), "{called}");
    bob.ok("fetch");
    bob.ok(&format!("rollback {COMPONENT} production"));
    assert_eq!(bob.slot("production"), bob.slot("v1.0.0"));
}

#[test]
fn versions_that_plain_git_made_are_told_with_what_their_tags_say() {
    let repo = Repo::new();
    repo.git("tag -a -m 'by hand' components/prompts/extraction/v0.1.0 HEAD~1");
    repo.ok(&format!("tag set {COMPONENT} production v0.1.0"));
    let list = repo.ok(&format!("history {COMPONENT} --versions --json")).json();
    let slots: Vec<&str> =
        list.as_array().expect("a list").iter().filter_map(|line| line["slot"].as_str()).collect();
    assert_eq!(slots, ["production", "v1.1.0", "v1.0.0", "v0.1.0"]);
    assert_eq!((&list[3]["kind"], &list[3]["who"]), (&json!("outside"), &json!("Ada <ada@example.com>")));
    let shown = repo.ok(&format!("tag show {COMPONENT} v0.1.0 --json")).json();
    assert_eq!((&shown["message"], &shown["kind"]), (&json!("by hand"), &json!("version")));
}

#[test]
fn what_others_wrote_moves_no_cursor() {
    let repo = Repo::new();
    repo.git_words(&["config", "user.name", "E\u{1b}[31mvil"]);
    for version in ["v1.0.0", "v1.1.0"] {
        repo.ok(&format!("tag set {COMPONENT} production {version}"));
    }
    repo.segue_words(&["rollback", COMPONENT, "production", "--mark-bad", "-m", "wipe\u{1b}[2J"]);
    let texts = [
        repo.ok(&format!("history {COMPONENT}")).stdout,
        repo.ok(&format!("tag show {COMPONENT} production")).stdout,
        repo.ok(&format!("tag show {COMPONENT} v1.1.0")).stdout,
        repo.fails(1, &format!("tag set {COMPONENT} production v1.1.0")).stderr,
    ];
    for text in texts {
        assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}"), "{text}");
    }
    let list = repo.ok(&format!("history {COMPONENT} --json")).json();
    assert_eq!(list[0]["message"], "wipe\u{1b}[2J");
}

#[test]
fn a_rollback_needs_no_manifest_that_can_be_read() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    repo.write("segue.yaml", "rules: [\n");
    let called = repo.fails(2, &format!("tag set {COMPONENT} production v1.1.0 --json"));
    assert_eq!(called.json()["error"]["code"], "invalid-manifest");
    let called = repo.ok(&format!("rollback {COMPONENT} production"));
    assert_eq!(called.stdout, "production: prompts/extraction v1.1.0 → v1.0.0\n");
    assert!(called.stderr.starts_with("warning: segue.yaml:"), "{called}");
    assert_eq!(repo.slot("production"), repo.slot("v1.0.0"));
    repo.ok(&format!("rollback {COMPONENT} production --undo"));
    repo.ok(&format!("rollback {COMPONENT} production --to v1.0.0"));
    assert_eq!(repo.slot("production"), repo.slot("v1.0.0"));
}

#[test]
fn misspelt_environments_are_told() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    for name in ["prod", "prodction"] {
        let called = repo.fails(2, &format!("rollback {COMPONENT} {name} --json"));
        assert_eq!(code(&called), "unknown-slot");
        assert!(called.stderr.contains("did you mean `production`?"), "{called}");
    }
    // New environments need no leave; a likely misspelling of a declared one is told all the same.
    let called = repo.ok(&format!("tag set {COMPONENT} prodction v1.0.0"));
    assert_eq!(called.stderr, "", "nothing declares any");
    repo.write("segue.yaml", "environments: [staging, production, ring-0]\n");
    for (name, meant) in [("prod", "production"), ("stagign", "staging")] {
        let called = repo.ok(&format!("tag set {COMPONENT} {name} v1.0.0"));
        let told = format!("if you meant {meant}: segue tag delete {COMPONENT} {name}");
        assert!(called.stderr.contains(&told), "{called}");
        let called = repo.ok(&format!("tag set {COMPONENT} {name} v1.1.0"));
        assert_eq!(called.stderr, "", "it is no news the second time");
    }
    let called = repo.ok(&format!("promote {COMPONENT} production ring-1"));
    assert_eq!(called.stderr, "", "a ring beside a ring is meant");
}

#[test]
fn a_deployment_the_wrong_way_round_is_told_the_right_one() {
    let repo = Repo::new();
    let called = repo.fails(2, &format!("deploy {COMPONENT}=v1.0.0 production"));
    assert!(called.stderr.contains(&format!("segue deploy production {COMPONENT}=v1.0.0")), "{called}");
}

#[test]
fn columns_are_aligned_whatever_letters_take_two() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} 本番 v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} prod v1.0.0"));
    let listed = repo.ok(&format!("tag list {COMPONENT}")).stdout;
    assert!(listed.contains("  prod    v1.0.0") && listed.contains("  本番    v1.0.0"), "{listed}");
    let told = repo.ok(&format!("history {COMPONENT}")).stdout;
    assert!(told.contains("  prod  set") && told.contains("  本番  set"), "{told}");
}
