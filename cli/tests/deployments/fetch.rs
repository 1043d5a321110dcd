//! `segue fetch`: what others moved comes in, what we moved stays; conflicts are shown, and settled both ways.

use pretty_assertions::assert_eq;

use super::push::{deployed, history};
use super::support::{FILE, Hub};

#[test]
fn moved_tags_come_without_a_word_about_clobbering() {
    let (_hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("tag set prompts/extraction canary v1.1.0");
    ada.ok("push --tags --force");
    let called = bob.ok("fetch");
    let lines: Vec<&str> = called.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{called}");
    assert!(
        lines[0].starts_with("origin → canary: prompts/extraction → v1.1.0 (Ada <ada@example.com> at "),
        "{called}"
    );
    assert!(
        lines[1].starts_with("origin → production: prompts/extraction v1.0.0 → v1.1.0 (Ada "),
        "{called}"
    );
    assert_eq!(called.stderr, "");
    assert_eq!(bob.slot("production"), bob.slot("v1.1.0"));
    assert_eq!(bob.ok("fetch").stdout, "nothing new on origin\n");
    let json = bob.ok("fetch --json").json();
    assert_eq!(
        json,
        serde_json::json!({"remote": "origin", "taken": [], "settled": [], "conflicts": [], "unpushed": 0})
    );
}

#[test]
fn an_unpushed_move_is_never_lost() {
    let (hub, ada, bob) = deployed();
    bob.ok("tag set prompts/extraction production v1.1.0 -m mine");
    bob.ok("tag delete prompts/extraction staging");
    bob.ok("tag set prompts/extraction canary v1.0.0");
    let called = bob.ok("fetch");
    assert!(called.stderr.contains("3 slots are still to be pushed"), "{called}");
    // Others move something else, and the log.
    ada.ok("tag set prompts/extraction ring-0 v1.1.0");
    ada.ok("push --tags --force");
    bob.ok("fetch");
    assert_eq!(bob.slot("production"), bob.slot("v1.1.0"));
    assert_eq!(bob.slot("canary"), bob.slot("v1.0.0"));
    assert_eq!(bob.slot("staging"), None);
    assert_eq!(bob.slot("ring-0"), bob.slot("v1.1.0"));
    bob.ok("push --tags --force");
    ada.ok("fetch");
    assert_eq!(history(&ada), history(&bob));
    assert_eq!(hub.refs().get("refs/tags/components/prompts/extraction/staging"), None);
}

/// Ada moved production to v1.1.0 and pushed; Bob moved it to v1.2.0, and canary, and did not.
fn in_conflict() -> (Hub, super::support::Repo, super::support::Repo) {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0 -m 'by ada'");
    ada.ok("tag set prompts/extraction staging v1.0.0");
    ada.ok("push --tags --force");
    bob.commit(FILE, "Third.\n");
    bob.ok("tag create prompts/extraction v1.2.0");
    bob.ok("tag set prompts/extraction production v1.2.0 -m 'by bob'");
    bob.ok("tag set prompts/extraction canary v1.2.0");
    (hub, ada, bob)
}

#[test]
fn a_conflict_is_shown_as_often_as_one_looks_and_changes_nothing() {
    let (_hub, ada, bob) = in_conflict();
    for _ in 0..3 {
        let called = bob.fails(1, "fetch");
        let shown = called.stdout.lines().last().unwrap_or_default();
        assert!(
            shown.starts_with(
                "conflict: production of prompts/extraction: here v1.2.0, on origin v1.1.0 (Ada <ada@example.com> at "
            ),
            "{called}"
        );
        assert!(called.stderr.contains("--theirs") && called.stderr.contains("--ours"), "{called}");
        assert_eq!(bob.slot("production"), bob.slot("v1.2.0"));
        // What is in no conflict came.
        assert_eq!(bob.slot("staging"), ada.slot("v1.0.0"));
    }
    let json = bob.fails(1, "fetch --json").json();
    assert_eq!(json["error"]["code"], "conflict");
    assert_eq!(json["conflicts"][0]["ours"], "v1.2.0");
    assert_eq!(json["conflicts"][0]["theirs"], "v1.1.0");
    assert_eq!(json["conflicts"][0]["base"], "v1.0.0");
}

#[test]
fn a_conflict_is_settled_by_theirs() {
    let (_hub, ada, bob) = in_conflict();
    let called = bob.ok("fetch --theirs");
    assert!(
        called.stdout.contains("production: prompts/extraction took theirs: here v1.2.0, on origin v1.1.0"),
        "{called}"
    );
    assert_eq!(bob.slot("production"), ada.slot("v1.1.0"));
    // The rest of ours is kept, and goes.
    assert_eq!(bob.ok("push --tags --force").stdout.lines().count(), 2);
    ada.ok("fetch");
    assert_eq!(ada.slot("canary"), bob.slot("v1.2.0"));
    let lines = history(&ada);
    assert_eq!(lines, history(&bob));
    assert!(!lines.contains(&"production: v1.0.0 → v1.2.0".to_owned()), "{lines:?}");
    bob.ok("tag set prompts/extraction production v1.2.0");
    bob.ok("push --tags --force");
}

#[test]
fn a_conflict_is_settled_by_ours() {
    for looks_first in [false, true] {
        let (hub, ada, bob) = in_conflict();
        if looks_first {
            bob.fails(1, "fetch");
        }
        let called = bob.ok("fetch --ours");
        assert!(called.stdout.contains("production: prompts/extraction kept ours: here v1.2.0"), "{called}");
        bob.ok("fetch");
        bob.ok("push --tags --force");
        assert_eq!(
            hub.refs()["refs/tags/components/prompts/extraction/production"],
            bob.slot("v1.2.0").unwrap()
        );
        ada.ok("fetch");
        let lines = history(&ada);
        // The move that was overwritten is in the history, and ours is a move away from it.
        assert!(lines.contains(&"production: v1.0.0 → v1.1.0".to_owned()), "{lines:?}");
        assert!(lines.contains(&"production: v1.1.0 → v1.2.0".to_owned()), "{lines:?}");
        ada.ok("rollback prompts/extraction production");
        assert_eq!(ada.slot("production"), ada.slot("v1.1.0"));
    }
}

#[test]
fn both_deployed_the_same_and_nobody_has_to_settle_it() {
    let (_hub, ada, bob) = deployed();
    for who in [&ada, &bob] {
        who.ok("tag set prompts/extraction production v1.1.0");
    }
    ada.ok("push --tags --force");
    bob.ok("fetch");
    bob.ok("push --tags --force");
    bob.ok("tag set prompts/extraction production v1.0.0");
    bob.ok("push --tags --force");
    ada.ok("fetch");
    assert_eq!(history(&ada), history(&bob));
    assert_eq!(ada.slot("production"), ada.slot("v1.0.0"));
}

#[test]
fn what_plain_git_moved_here_is_a_move_of_ours() {
    let (_hub, ada, bob) = deployed();
    bob.git(
        "tag --force components/prompts/extraction/production components/prompts/extraction/v1.1.0^{commit}",
    );
    ada.commit(FILE, "Third.\n");
    ada.ok("tag create prompts/extraction v1.2.0");
    ada.ok("tag set prompts/extraction production v1.2.0");
    ada.ok("push --tags --force");
    for _ in 0..2 {
        bob.fails(1, "fetch");
        assert_eq!(bob.slot("production"), bob.slot("v1.1.0"));
        bob.fails(1, "push --tags --force");
    }
    bob.ok("fetch --theirs");
    assert_eq!(bob.slot("production"), ada.slot("v1.2.0"));
    assert_eq!(history(&bob), history(&ada));
}

#[test]
fn what_plain_git_pushed_there_is_taken() {
    let (hub, ada, bob) = deployed();
    let first = hub.git("rev-parse refs/tags/components/prompts/extraction/v1.1.0^{commit}");
    hub.git(&format!("update-ref refs/tags/components/prompts/extraction/production {first}"));
    bob.ok("fetch");
    assert_eq!(bob.slot("production"), Some(first));
    // It is no move of Bob's: the next one goes away from it.
    assert_eq!(bob.ok("push --tags --force").stdout, "nothing to push: origin has it all\n");
    bob.ok("tag set prompts/extraction production v1.0.0");
    bob.ok("push --tags --force");
    ada.ok("fetch");
    // What was found is in the history, and Bob's move away from it.
    let json = ada.ok("history prompts/extraction production --json").json();
    assert_eq!((&json[0]["kind"], &json[1]["kind"]), (&"set".into(), &"outside".into()));
    assert_eq!((&json[0]["from"], &json[1]["from"]), (&json[1]["to"], &"v1.0.0".into()));
}

#[test]
fn a_fresh_clone_is_brought_up_to_date() {
    let (hub, ada, _bob) = deployed();
    let carol = hub.clone_as("carol");
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("tag delete prompts/extraction staging");
    ada.ok("push --tags --force");
    carol.ok("fetch");
    assert_eq!(carol.slot("production"), carol.slot("v1.1.0"));
    assert_eq!(history(&carol), history(&ada));
    // A clone without any tags gets them all.
    let path = hub.path();
    ada.git_words(&["clone", "--quiet", "--no-tags", path.to_str().expect("a path"), "../dave"]);
    let dave = ada.at("../dave");
    assert!(dave.fails(1, "verify").stderr.contains("segue fetch origin"));
    dave.ok("fetch");
    dave.ok("verify");
    assert_eq!(dave.slot("production"), carol.slot("v1.1.0"));
}

#[test]
fn a_tag_of_a_fresh_clone_that_nobody_recorded_is_not_overwritten() {
    let (hub, ada, _bob) = deployed();
    let carol = hub.clone_as("carol");
    let mine = carol.commit(FILE, "Mine.\n");
    carol.git("tag --force components/prompts/extraction/production HEAD");
    for _ in 0..2 {
        carol.fails(1, "fetch");
        assert_eq!(carol.slot("production"), Some(mine.clone()));
        carol.fails(1, "push --force");
    }
    assert_eq!(hub.refs()["refs/tags/components/prompts/extraction/production"], ada.slot("v1.0.0").unwrap());
    carol.ok("fetch --theirs");
    assert_eq!(carol.slot("production"), ada.slot("v1.0.0"));
}

#[test]
fn a_remote_that_knows_no_logs_works_too() {
    let hub = Hub::empty();
    let ada = hub.clone_as("ada");
    ada.commit(FILE, "First.\n");
    ada.git("tag --annotate --message one components/prompts/extraction/v1.0.0");
    ada.git("tag components/prompts/extraction/production");
    ada.commit(FILE, "Second.\n");
    ada.git("tag --annotate --message two components/prompts/extraction/v1.1.0");
    ada.git("push --quiet --tags origin main");
    let bob = hub.clone_as("bob");
    bob.ok("fetch");
    ada.git(
        "tag --force components/prompts/extraction/production components/prompts/extraction/v1.1.0^{commit}",
    );
    ada.git("push --quiet --force --tags");
    bob.ok("fetch");
    assert_eq!(bob.slot("production"), bob.slot("v1.1.0"));
    bob.ok("tag set prompts/extraction production v1.0.0");
    assert_eq!(
        bob.ok("push --tags --force").stdout,
        "origin ← production: prompts/extraction v1.1.0 → v1.0.0\n"
    );
    ada.ok("fetch");
    assert_eq!(ada.slot("production"), ada.slot("v1.0.0"));
}

#[test]
fn a_user_whose_git_fetches_tags_is_in_no_conflict() {
    let (_hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    bob.git("fetch --quiet --tags --force");
    bob.ok("fetch");
    assert_eq!(bob.ok("push --tags --force").stdout, "nothing to push: origin has it all\n");
    bob.ok("tag set prompts/extraction production v1.0.0");
    bob.ok("push --tags --force");
    ada.ok("fetch");
    assert_eq!(history(&ada), history(&bob));
    assert_eq!(history(&ada)[2..], ["production: v1.0.0 → v1.1.0", "production: v1.1.0 → v1.0.0"]);
}

#[test]
fn shallow_clones_worktrees_and_reftable_do_it_too() {
    let (hub, ada, _bob) = deployed();
    let url = format!("file://{}", hub.path().display());
    ada.git_words(&["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    ada.git_words(&["clone", "--quiet", "--ref-format=reftable", &url, "../tables"]);
    ada.git("worktree add --quiet ../second");
    ada.ok("tag set prompts/extraction production v1.1.0");
    for name in ["../shallow", "../tables", "../second"] {
        let repo = ada.at(name);
        repo.git("config user.name Eve");
        repo.git("config user.email eve@example.com");
        repo.ok("fetch");
        repo.ok(&format!("tag set prompts/extraction {} v1.1.0", name.trim_start_matches("../")));
        repo.ok("push --tags --force");
        repo.ok("verify");
    }
    let names: Vec<String> = hub.refs().into_keys().collect();
    for slot in ["production", "shallow", "tables", "second"] {
        assert!(names.contains(&format!("refs/tags/components/prompts/extraction/{slot}")), "{names:?}");
    }
}
