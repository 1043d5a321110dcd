//! `segue push`: only what we moved, all of it or nothing, and never over somebody else's move.

use std::process::Stdio;

use pretty_assertions::assert_eq;

use super::support::{COMPONENT, FILE, Hub, Repo};

const PRODUCTION: &str = "refs/tags/components/prompts/extraction/production";
const STAGING: &str = "refs/tags/components/prompts/extraction/staging";
const LOG: &str = "refs/segue/log/components/prompts/extraction";

/// A hub where production is at v1.0.0 and staging at v1.1.0, Ada's clone and Bob's, which has fetched.
pub(crate) fn deployed() -> (Hub, Repo, Repo) {
    let (hub, ada) = Hub::new();
    ada.ok("tag set prompts/extraction production v1.0.0");
    ada.ok("tag set prompts/extraction staging v1.1.0");
    ada.ok("push --tags --force");
    let bob = hub.clone_as("bob");
    bob.ok("fetch");
    (hub, ada, bob)
}

fn version(repo: &Repo, version: &str) -> Option<String> {
    repo.slot(version)
}

/// The lines of a history, as `slot: from → to`, oldest first.
pub(crate) fn history(repo: &Repo) -> Vec<String> {
    let json = repo.ok("history prompts/extraction --json").json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let lines = json.as_array().expect("a list").iter().rev();
    lines
        .map(|line| format!("{}: {} → {}", text(&line["slot"]), text(&line["from"]), text(&line["to"])))
        .collect()
}

#[test]
fn the_commands_of_the_strategies_work_as_they_are_written() {
    let hub = Hub::empty();
    let ada = hub.clone_as("ada");
    ada.commit(FILE, "First.\n");
    ada.git("push --quiet origin main");
    ada.ok("tag create prompts/extraction v1.0.0");
    let called = ada.ok("push --tags");
    assert_eq!((&*called.stdout, &*called.stderr), ("origin ← v1.0.0: prompts/extraction\n", ""));
    ada.ok("tag set prompts/extraction production v1.0.0");
    assert_eq!(ada.ok("push --tags --force").stdout, "origin ← production: prompts/extraction → v1.0.0\n");
    ada.commit(FILE, "Second.\n");
    ada.ok("tag create prompts/extraction v1.1.0");
    ada.ok("push --tags");
    ada.ok("tag set prompts/extraction production v1.1.0");
    let called = ada.ok("push --tags --force");
    assert_eq!(called.stdout, "origin ← production: prompts/extraction v1.0.0 → v1.1.0\n");
    assert_eq!(hub.refs()[PRODUCTION], ada.git("rev-parse main"));
    // What goes is what we have, the log with it.
    let mut ours = ada.refs();
    ours.retain(|name, _| !name.starts_with("refs/segue/remotes/"));
    assert_eq!(hub.refs(), ours);
}

#[test]
fn a_stale_clone_that_deploys_staging_leaves_production_alone() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    let production = hub.refs()[PRODUCTION].clone();

    bob.ok("tag set prompts/extraction staging v1.0.0");
    let called = bob.ok("push --tags --force");
    assert_eq!(called.stdout, "origin ← staging: prompts/extraction v1.1.0 → v1.0.0\n");
    assert!(called.stderr.contains("production came from origin: v1.0.0 → v1.1.0, moved by Ada"), "{called}");
    assert_eq!(hub.refs()[PRODUCTION], production);
    assert_eq!(hub.refs()[STAGING], version(&bob, "v1.0.0").unwrap());
}

#[test]
fn a_move_of_the_same_slot_is_refused_and_the_message_says_who_moved_it_to_what() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    let before = hub.refs();

    bob.commit(FILE, "Third.\n");
    bob.ok("tag create prompts/extraction v1.2.0");
    bob.ok("tag set prompts/extraction production v1.2.0");
    bob.ok("tag set prompts/extraction staging v1.2.0");
    let called = bob.fails(1, "push --tags --force --json");
    let error = &called.json()["error"];
    assert_eq!(error["code"], "lease");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.starts_with(
            "production of prompts/extraction was moved on origin from v1.0.0 to v1.1.0 by Ada <ada@example.com> at "
        ),
        "{message}"
    );
    assert!(message.ends_with("; here it is v1.2.0; nothing was sent"), "{message}");
    assert!(error["help"].as_str().expect("a help").contains("segue fetch"), "{called}");
    // Not staging either, nor the version.
    assert_eq!(hub.refs(), before);
    // Having looked changes nothing by itself.
    bob.fails(1, "fetch");
    bob.fails(1, "push --tags --force");
    assert_eq!(hub.refs(), before);
    assert_eq!(bob.slot("production"), version(&bob, "v1.2.0"));
}

#[test]
fn who_looks_and_moves_again_is_let_through_until_somebody_moves_it_again() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    let first = bob.commit(FILE, "Third.\n");
    bob.ok("tag create prompts/extraction v1.2.0");
    bob.ok("tag set prompts/extraction production v1.2.0");
    bob.fails(1, "push --tags --force");
    bob.fails(1, "fetch");
    bob.ok("tag set prompts/extraction production v1.2.0 -m 'mine is newer'");
    // Ada is faster once more.
    ada.ok("tag set prompts/extraction production v1.0.0");
    ada.ok("push --tags --force");
    bob.fails(1, "push --tags --force");
    bob.fails(1, "fetch");
    bob.ok("tag set prompts/extraction production v1.2.0 -m 'still'");
    bob.ok("push --tags --force");
    assert_eq!(hub.refs()[PRODUCTION], first);
    let lines = history(&bob);
    assert_eq!(
        lines.iter().filter(|line| line.contains("production: v1.1.0 → v1.0.0")).count(),
        1,
        "{lines:?}"
    );
    ada.ok("fetch");
    assert_eq!(history(&ada), lines);
}

#[test]
fn clones_that_move_different_slots_do_not_get_in_each_others_way() {
    let (hub, ada, bob) = deployed();
    for (ada_version, bob_version) in [("v1.1.0", "v1.0.0"), ("v1.0.0", "v1.1.0"), ("v1.1.0", "v1.0.0")] {
        ada.ok(&format!("tag set prompts/extraction production {ada_version}"));
        bob.ok(&format!("tag set prompts/extraction staging {bob_version}"));
        bob.ok(&format!("tag set prompts/extraction canary {bob_version}"));
        ada.ok("push --tags --force");
        bob.ok("push --tags --force");
    }
    ada.ok("fetch");
    assert_eq!(ada.git(&format!("rev-parse {LOG}")), bob.git(&format!("rev-parse {LOG}")));
    assert_eq!(hub.refs()[LOG], bob.refs()[LOG]);
    let lines = history(&ada);
    assert_eq!(lines, history(&bob));
    assert_eq!(lines.len(), 2 + 3 * 3);
    for who in [&ada, &bob] {
        who.ok("verify");
        assert_eq!(who.ok("push --tags --force").stdout, "nothing to push: origin has it all\n");
    }
}

#[test]
fn a_version_on_the_remote_is_never_overwritten() {
    let (hub, ada, bob) = deployed();
    ada.commit(FILE, "Third, by Ada.\n");
    ada.ok("tag create prompts/extraction v1.2.0");
    ada.ok("push --tags");
    let before = hub.refs();
    bob.commit(FILE, "Third, by Bob.\n");
    bob.ok("tag create prompts/extraction v1.2.0");
    for line in ["push --tags", "push --tags --force"] {
        let called = bob.fails(1, line);
        assert!(called.stderr.contains("v1.2.0 of prompts/extraction is another one on origin"), "{called}");
        assert_eq!(hub.refs(), before);
    }
    let called = bob.fails(1, "fetch");
    assert!(called.stderr.contains("another number"), "{called}");
    // Not by keeping ours either.
    bob.fails(1, "fetch --ours");
    bob.fails(1, "push --tags --force");
    assert_eq!(hub.refs(), before);
    bob.ok("fetch --theirs");
    bob.ok("tag create prompts/extraction v1.2.1");
    bob.ok("push --tags");
    assert_eq!(bob.slot("v1.2.0"), ada.slot("v1.2.0"));
    bob.ok("verify");
}

#[test]
fn without_force_what_moved_stays_behind_with_its_history() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0 -m 'held back'");
    ada.ok("tag set prompts/extraction canary v1.1.0");
    ada.commit(FILE, "Third.\n");
    ada.ok("tag create prompts/extraction v1.2.0");
    let called = ada.ok("push --tags");
    assert_eq!(
        called.stdout,
        "origin ← v1.2.0: prompts/extraction\norigin ← canary: prompts/extraction → v1.1.0\n"
    );
    assert!(called.stderr.contains("\n  production: prompts/extraction v1.0.0 → v1.1.0\n"), "{called}");
    assert!(called.stderr.contains("segue push --tags --force"), "{called}");
    assert_eq!(hub.refs()[PRODUCTION], version(&ada, "v1.0.0").unwrap());
    bob.ok("fetch");
    assert_eq!(history(&bob).last().map(String::as_str), Some("canary: - → v1.1.0"));

    // Once more changes nothing, and it stays to be sent.
    let called = ada.ok("push --tags --json");
    assert_eq!(
        (called.json()["sent"].clone(), called.json()["logs"].clone()),
        (serde_json::json!([]), 0.into())
    );
    assert_eq!(called.json()["held_back"][0]["slot"], "production");
    ada.ok("push --tags --force");
    bob.ok("fetch");
    assert_eq!(history(&bob).last().map(String::as_str), Some("production: v1.0.0 → v1.1.0"));
    assert_eq!(history(&bob), history(&ada));
}

#[test]
fn nothing_to_push_is_no_error() {
    let (_hub, ada, bob) = deployed();
    for who in [&ada, &bob] {
        let before = who.refs();
        assert_eq!(who.ok("push").stdout, "nothing to push: origin has it all\n");
        who.ok("push --tags --force origin");
        assert_eq!(who.refs(), before);
    }
}

#[test]
fn a_deleted_environment_goes_with_force_and_only_if_nobody_moved_it() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag delete prompts/extraction staging");
    let called = ada.ok("push --tags");
    assert!(called.stderr.contains("staging: prompts/extraction v1.1.0 → deleted"), "{called}");
    assert!(hub.refs().contains_key(STAGING));
    bob.ok("tag set prompts/extraction staging v1.0.0");
    bob.ok("push --tags --force");
    ada.fails(1, "push --tags --force");
    assert!(hub.refs().contains_key(STAGING));
    ada.ok("fetch --theirs");
    assert_eq!(ada.slot("staging"), version(&ada, "v1.0.0"));

    ada.ok("tag delete prompts/extraction staging");
    ada.ok("push --tags --force");
    assert!(!hub.refs().contains_key(STAGING));
    bob.ok("fetch");
    assert_eq!(bob.slot("staging"), None);
    assert_eq!(bob.slot("production"), version(&bob, "v1.0.0"));
    // And it can be made again.
    bob.ok("tag set prompts/extraction staging v1.1.0");
    bob.ok("push --tags");
    assert!(hub.refs().contains_key(STAGING));
}

#[test]
fn tags_that_plain_git_deleted_here_are_not_deleted_there() {
    let (hub, ada, _bob) = deployed();
    let before = hub.refs();
    for tag in ada.git("tag --list").lines() {
        ada.git(&format!("tag --delete {tag}"));
    }
    ada.ok("push --tags --force");
    assert_eq!(hub.refs(), before);
    ada.ok("fetch");
    assert_eq!(ada.slot("production"), ada.slot("v1.0.0"));
    assert!(ada.slot("v1.1.0").is_some());
}

#[test]
fn a_hook_that_says_no_leaves_everything_as_it_was() {
    for hook in ["pre-receive", "update"] {
        let (hub, ada, _bob) = deployed();
        hub.hook(hook, "echo 'not on Fridays' >&2\nexit 1");
        ada.ok("tag set prompts/extraction production v1.1.0");
        let (before, ours) = (hub.refs(), ada.refs());
        let called = ada.fails(1, "push --tags --force --json");
        assert_eq!(called.json()["error"]["code"], "hook-refused", "{called}");
        assert!(called.stderr.contains("not on Fridays"), "{called}");
        assert_eq!((hub.refs(), ada.refs()), (before, ours));
        hub.hook(hook, "exit 0");
        ada.ok("push --tags --force");
        assert_eq!(hub.refs()[PRODUCTION], version(&ada, "v1.1.0").unwrap());
    }
}

#[test]
fn an_update_hook_that_refuses_one_slot_refuses_all() {
    let (hub, ada, _bob) = deployed();
    hub.hook("update", "case \"$1\" in */production) exit 1;; esac");
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("tag set prompts/extraction staging v1.0.0");
    let before = hub.refs();
    ada.fails(1, "push --tags --force");
    assert_eq!(hub.refs(), before);
}

#[test]
fn a_remote_that_cannot_take_all_or_none_is_told() {
    let (hub, ada, _bob) = deployed();
    hub.git("config receive.advertiseAtomic false");
    ada.ok("tag set prompts/extraction production v1.1.0");
    let before = hub.refs();
    let called = ada.fails(1, "push --tags --force");
    assert!(called.stderr.contains("all or none; nothing was sent"), "{called}");
    assert_eq!(hub.refs(), before);
}

#[test]
fn remotes_that_are_not_there_are_told() {
    let (_hub, ada, _bob) = deployed();
    let called = ada.fails(2, "push orign --json");
    assert_eq!(called.json()["error"]["code"], "unknown-remote");
    assert!(called.stderr.contains("did you mean `origin`?"), "{called}");
    let called = ada.fails(2, "push -- --upload-pack=touch");
    assert!(called.stderr.contains("there is no remote `--upload-pack=touch`"), "{called}");
    let alone = Repo::new();
    assert!(alone.fails(2, "push").stderr.contains("git remote add origin URL"));
    ada.git("remote set-url origin ../nowhere.git");
    ada.ok("tag set prompts/extraction production v1.1.0");
    let called = ada.fails(1, "push --force");
    assert!(called.stderr.contains("cannot reach `origin`; nothing was sent"), "{called}");
}

#[test]
fn two_remotes_are_kept_apart() {
    let (_hub, ada, _bob) = deployed();
    let mirror = Hub::empty();
    ada.git_words(&["remote", "add", "mirror", mirror.path().to_str().expect("a path")]);
    ada.ok("push --tags mirror");
    assert_eq!(mirror.refs()[PRODUCTION], version(&ada, "v1.0.0").unwrap());
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force mirror");
    let called = ada.ok("push --tags --force origin");
    assert_eq!(called.stdout, "origin ← production: prompts/extraction v1.0.0 → v1.1.0\n");
}

#[test]
fn environments_that_plain_git_moved_go_under_the_same_lease() {
    let (hub, ada, bob) = deployed();
    // As edgit does it: an annotated tag, of the version's tag object at that.
    ada.git("tag --force --annotate --message deployed components/prompts/extraction/production components/prompts/extraction/v1.1.0");
    ada.ok("push --tags --force");
    assert_eq!(hub.refs()[PRODUCTION], ada.refs()[PRODUCTION]);
    assert_eq!(history(&ada).last().map(String::as_str), Some("production: v1.0.0 → v1.1.0"));
    bob.ok("fetch");
    assert_eq!(bob.refs()[PRODUCTION], ada.refs()[PRODUCTION]);
    bob.ok("verify");
    bob.ok("tag set prompts/extraction production v1.0.0");
    bob.ok("push --tags --force");
    ada.git(
        "tag --force components/prompts/extraction/production components/prompts/extraction/v1.1.0^{commit}",
    );
    ada.fails(1, "push --tags --force");
    assert_eq!(hub.refs()[PRODUCTION], version(&bob, "v1.0.0").unwrap());
}

#[test]
fn what_plain_git_pushed_is_no_conflict_with_our_log() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.git(&format!("push --quiet --force origin {PRODUCTION}"));
    ada.ok("push --tags --force");
    ada.ok("tag set prompts/extraction production v1.0.0");
    ada.ok("push --tags --force");
    bob.ok("fetch");
    assert_eq!(hub.refs()[PRODUCTION], version(&bob, "v1.0.0").unwrap());
    assert_eq!(history(&bob), history(&ada));
    assert_eq!(history(&bob)[2..], ["production: v1.0.0 → v1.1.0", "production: v1.1.0 → v1.0.0"]);
}

#[cfg(unix)]
#[test]
fn a_push_that_is_killed_leaves_no_riddle() {
    for hook in ["pre-receive", "post-receive"] {
        let (hub, ada, bob) = deployed();
        let marker = hub.path().join("in-the-hook");
        let gate = hub.path().join("gate");
        std::fs::write(&gate, "").expect("a file");
        hub.hook(
            hook,
            "touch \"$GIT_DIR/in-the-hook\"\nwhile test -e \"$GIT_DIR/gate\"; do sleep 0.02; done",
        );
        ada.ok("tag set prompts/extraction production v1.1.0");
        let mut child = ada
            .command(&["push", "--tags", "--force"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        while !marker.exists() {
            std::thread::yield_now();
        }
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        std::fs::remove_file(&gate).expect("a file");
        hub.hook(hook, "exit 0");
        // The remote may still be at work on what git has sent.
        for attempt in 0.. {
            if ada.segue("push --tags --force").code == Some(0) {
                break;
            }
            assert!(attempt < 200, "{hook}");
        }
        assert_eq!(hub.refs()[PRODUCTION], version(&ada, "v1.1.0").unwrap(), "{hook}");
        bob.ok("fetch");
        assert_eq!(history(&bob), history(&ada), "{hook}");
        assert_eq!(history(&ada).len(), 3, "{hook}");
        ada.ok("tag set prompts/extraction production v1.0.0");
        ada.ok("push --tags --force");
    }
}

#[test]
fn a_fresh_clone_pushes_what_it_moved_and_nothing_else() {
    let (hub, ada, _) = deployed();
    let carol = hub.clone_as("carol");
    ada.ok("tag set prompts/extraction staging v1.0.0");
    ada.ok("push --tags --force");
    // Carol has git's tags, no log, and an old staging.
    carol.ok("tag set prompts/extraction production v1.1.0");
    carol.ok("push --tags --force");
    assert_eq!(hub.refs()[PRODUCTION], version(&carol, "v1.1.0").unwrap());
    assert_eq!(hub.refs()[STAGING], version(&carol, "v1.0.0").unwrap());
    assert_eq!(
        history(&carol),
        [
            "production: - → v1.0.0",
            "staging: - → v1.1.0",
            "staging: v1.1.0 → v1.0.0",
            "production: v1.0.0 → v1.1.0"
        ]
    );
    ada.ok("fetch");
    assert_eq!(history(&ada), history(&carol));
}

#[test]
fn a_fresh_clone_that_moves_what_was_moved_since_is_refused() {
    let (hub, ada, _) = deployed();
    let carol = hub.clone_as("carol");
    ada.commit(FILE, "Third.\n");
    ada.ok("tag create prompts/extraction v1.2.0");
    ada.ok("tag set prompts/extraction production v1.2.0");
    ada.ok("push --tags --force");
    carol.ok("tag set prompts/extraction production v1.1.0");
    let called = carol.fails(1, "push --tags --force");
    assert!(called.stderr.contains("by Ada"), "{called}");
    assert_eq!(hub.refs()[PRODUCTION], ada.slot("v1.2.0").unwrap());
    assert_eq!(carol.slot("production"), version(&carol, "v1.1.0"));
    assert_eq!(COMPONENT, "prompts/extraction");
}

#[test]
fn many_clones_that_push_at_once_lose_nothing() {
    let (hub, ada, _bob) = deployed();
    let clones: Vec<Repo> = (0..6).map(|n| hub.clone_as(&format!("clone{n}"))).collect();
    std::thread::scope(|scope| {
        for (n, clone) in clones.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..2 {
                    let to = ["v1.0.0", "v1.1.0"][round % 2];
                    clone.ok(&format!("tag set prompts/extraction ring-{n} {to}"));
                    clone.ok("push --tags --force");
                }
            });
        }
    });
    ada.ok("fetch");
    let lines = history(&ada);
    for n in 0..6 {
        let of_ring =
            lines.iter().filter(|line| line.starts_with(&format!("ring-{n}:"))).cloned().collect::<Vec<_>>();
        assert_eq!(of_ring, [format!("ring-{n}: - → v1.0.0"), format!("ring-{n}: v1.0.0 → v1.1.0")]);
    }
    ada.ok("verify");
}

#[test]
fn hundreds_of_versions_go_in_one_push_and_none_of_them_over_another() {
    let (hub, ada, bob) = deployed();
    let tag = |n: u32| format!("tag --annotate --message one components/prompts/extraction/v2.{n}.0");
    for n in 0..150 {
        ada.git(&tag(n));
    }
    ada.ok("tag set prompts/extraction production v2.1.0");
    ada.ok("push --tags --force");
    assert_eq!(hub.refs().len(), ada.git("tag --list").lines().count() + 1);
    assert_eq!(ada.git("for-each-ref refs/segue/outgoing"), "");
    // One of Bob's has a name that Ada's has: the others go.
    for n in 149..300 {
        bob.git(&tag(n));
    }
    let before = hub.refs();
    let called = bob.ok("push --tags --force");
    assert!(called.stderr.contains("note: 149 versions of others came from origin"), "{called}");
    assert!(called.stderr.contains("v2.149.0 of prompts/extraction is another one on origin"), "{called}");
    let after = hub.refs();
    assert_eq!(after.len(), before.len() + 150);
    assert!(before.iter().all(|(name, id)| after[name] == *id));
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_killed_push_left_is_gone_after_the_next() {
    let (_hub, ada, _) = deployed();
    let mut child = std::process::Command::new("true").spawn().expect("it starts");
    let gone = child.id();
    child.wait().expect("it ends");
    let living = std::process::id();
    for process in [gone, living] {
        ada.git(&format!("update-ref refs/segue/outgoing/{process}/tags/x HEAD"));
    }
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    let left = ada.git("for-each-ref --format='%(refname)' refs/segue/outgoing");
    assert_eq!(left, format!("refs/segue/outgoing/{living}/tags/x"));
}

#[test]
fn a_push_that_is_killed_before_it_merges_costs_nobody_an_entry() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0 -m adas");
    ada.ok("push --tags --force");
    bob.ok("tag set prompts/extraction staging v1.0.0 -m bobs");
    // What a push has brought from the remote by then.
    bob.git(
        "fetch --quiet --no-tags --no-write-fetch-head origin +refs/segue/log/*:refs/segue/remotes/origin/log/* +refs/tags/components/*:refs/segue/remotes/origin/tags/components/*",
    );
    bob.ok("push --tags --force");
    let newcomer = hub.clone_as("newcomer");
    newcomer.ok("fetch");
    let production = newcomer.ok("history prompts/extraction production").stdout;
    assert!(production.contains("adas"), "{production}");
    let staging = newcomer.ok("history prompts/extraction staging").stdout;
    assert!(staging.contains("bobs"), "{staging}");
}

#[test]
#[cfg(target_os = "linux")]
fn more_moved_slots_than_a_command_line_holds_are_refused_before_anything_is_sent() {
    let (hub, ada, _) = deployed();
    let point = |version: &str| {
        let id = ada.git(&format!("rev-parse components/prompts/extraction/{version}^{{commit}}"));
        let script: String = (0..600)
            .map(|n| format!("update refs/tags/components/prompts/extraction/ring-{n} {id}\n"))
            .collect();
        std::fs::write(ada.around().join("script"), script).expect("a file");
        let line = "git update-ref --stdin <../script";
        let mut shell = super::support::isolated("sh", ada.around());
        assert!(shell.args(["-c", line]).current_dir(ada.path()).status().expect("a shell").success());
    };
    point("v1.0.0");
    ada.ok("push --tags");
    point("v1.1.0");
    let before = hub.refs();
    // The system allows a quarter of the stack for a command line, and 128 KiB at least.
    let binary = assert_cmd::cargo::cargo_bin!("segue");
    let line = format!("ulimit -S -s 512; exec '{}' push --tags --force --json", binary.display());
    let mut shell = super::support::isolated("sh", ada.around());
    let output = shell.args(["-c", &line]).current_dir(ada.path()).output().expect("a shell");
    let called = super::support::Called::new(&["push"], &output);
    assert_eq!(called.code, Some(1), "{called}");
    let message = called.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    assert_eq!(message, "600 slots that moved are too many for one push from here; nothing was sent");
    assert_eq!(hub.refs(), before);
    ada.ok("push --tags --force");
    assert_ne!(hub.refs(), before);
}

#[test]
fn a_slot_that_went_away_and_came_back_in_the_meantime_is_no_licence() {
    let (hub, ada, bob) = deployed();
    bob.ok("tag set prompts/extraction production v1.1.0");
    // Ada tries it and takes it back: the value is the one that Bob moved away from, the reason is not.
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    ada.ok("rollback prompts/extraction production -m 'invents totals'");
    ada.ok("push --tags --force");
    let before = hub.refs();
    let called = bob.fails(1, "push --tags --force --json");
    assert_eq!(called.json()["error"]["code"], "lease", "{called}");
    assert_eq!(hub.refs(), before);
    assert!(called.stderr.contains("Ada"), "{called}");
    bob.fails(1, "fetch");
    bob.ok("tag set prompts/extraction production v1.1.0 -m 'mended'");
    bob.ok("push --tags --force");
    assert_eq!(hub.refs()[PRODUCTION], version(&bob, "v1.1.0").unwrap());
}

#[test]
fn who_set_a_slot_to_what_it_held_is_told_that_others_moved_it() {
    let (hub, ada, bob) = deployed();
    ada.ok("tag set prompts/extraction production v1.1.0");
    ada.ok("push --tags --force");
    // Bob says what production is to be, which is what it is here.
    bob.ok("tag set prompts/extraction production v1.0.0 -m 'stays'");
    let before = hub.refs();
    let called = bob.fails(1, "push --tags --force --json");
    assert_eq!(called.json()["error"]["code"], "lease");
    assert_eq!(hub.refs(), before);
    bob.fails(1, "fetch");
    assert!(history(&bob).contains(&"production: v1.0.0 → v1.0.0".to_owned()), "what was said is not lost");
    bob.ok("fetch --ours");
    bob.ok("push --tags --force");
    assert_eq!(hub.refs()[PRODUCTION], bob.slot("v1.0.0").expect("a version"));
    ada.ok("fetch");
    assert_eq!(history(&ada), history(&bob));
}
