//! Moves where something goes wrong, or many happen at once: nothing is lost, nothing is half done, nobody is told
//! that something happened which did not.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::support::{COMPONENT, Called, FILE, Repo};

const TAG: &str = "refs/tags/components/prompts/extraction/production";

/// Puts a `git` before the real one: `script` sees the real one as `$GIT`, and a count of calls in `$N`.
fn wrap(repo: &Repo, script: &str) -> String {
    let folder = repo.around().join("bin");
    fs::create_dir_all(&folder).expect("a folder");
    let real = String::from_utf8(
        std::process::Command::new("sh").args(["-c", "command -v git"]).output().expect("a shell").stdout,
    )
    .expect("text");
    let path = folder.join("git");
    let count = repo.around().join("count");
    fs::write(&count, "").expect("a file");
    let count = count.display();
    let text =
        format!("#!/bin/sh\nGIT={}\necho \"$*\" >>'{count}'\nN=$(wc -l <'{count}')\n{script}\n", real.trim());
    fs::write(&path, text).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a script can be run");
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default())
}

fn calls(repo: &Repo) -> Vec<String> {
    let text = fs::read_to_string(repo.around().join("count")).expect("a file");
    text.lines().map(str::to_owned).collect()
}

fn spawn(repo: &Repo, line: &str) -> Child {
    let words = super::support::words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = repo.command(&words);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn finish(line: &str, child: Child) -> Called {
    Called::new(&[line], &child.wait_with_output().expect("it ends"))
}

fn lines(repo: &Repo, slot: &str) -> Vec<Value> {
    repo.ok(&format!("history {COMPONENT} {slot} --json")).json().as_array().expect("a list").clone()
}

#[test]
fn a_set_takes_four_processes_of_git_at_any_number_of_tags() {
    let repo = Repo::new();
    for n in 0..60 {
        repo.git(&format!("tag -a -m x components/prompts/extraction/v2.{n}.0"));
    }
    let path = wrap(&repo, "exec \"$GIT\" \"$@\"");
    for line in
        ["tag set prompts/extraction production v2.7.0", "tag set prompts/extraction production v2.8.0"]
    {
        fs::write(repo.around().join("count"), "").expect("a file");
        let words = super::support::words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = repo.command(&words).env("PATH", &path).output().expect("it runs");
        assert!(output.status.success(), "{}", Called::new(&words, &output));
        let calls = calls(&repo);
        // One less where a usual repository can be told from others without asking git.
        assert!(calls.len() <= if cfg!(target_os = "linux") { 3 } else { 4 }, "{calls:#?}");
    }
}

#[test]
fn of_many_movers_of_one_slot_each_is_in_the_history_or_refused() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0_u32;
            while !is_over.load(Ordering::Relaxed) {
                let found = repo.try_git(&["rev-parse", "--verify", "--quiet", TAG]);
                assert!(found.status.success(), "the slot is gone while it moves");
                looks += 1;
            }
            looks
        });
        let line = |n: usize| format!("tag set {COMPONENT} production v1.{}.0 -m m{n} --json", n % 2);
        let children: Vec<(String, Child)> = (0..100).map(|n| (line(n), spawn(&repo, &line(n)))).collect();
        let mut acknowledged = Vec::new();
        for (n, (line, child)) in children.into_iter().enumerate() {
            let called = finish(&line, child);
            match called.code {
                Some(0) => acknowledged.push(format!("m{n}")),
                Some(1) => assert_eq!(called.json()["error"]["code"], "race", "{called}"),
                _ => panic!("{called}"),
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(reader.join().expect("the slot was always there") > 0);
        let mut recorded: Vec<String> = lines(&repo, "production")
            .iter()
            .filter_map(|line| line["message"].as_str().map(str::to_owned))
            .collect();
        recorded.sort();
        acknowledged.sort();
        assert!(!acknowledged.is_empty());
        assert_eq!(recorded, acknowledged);
    });
    // What each found is what the one before it left, and the last one stands.
    let history = lines(&repo, "production");
    for pair in history.windows(2) {
        assert_eq!(pair[0]["from"], pair[1]["to"]);
    }
    assert_eq!(history[0]["commit"].as_str().map(str::to_owned), repo.slot("production"));
    assert!(history.iter().all(|line| line["kind"] == "set"));
}

#[test]
fn movers_of_different_slots_are_never_refused() {
    let repo = Repo::new();
    let line = |n: usize| format!("tag set {COMPONENT} ring-{n} v1.{}.0", n % 2);
    let children: Vec<(String, Child)> = (0..40).map(|n| (line(n), spawn(&repo, &line(n)))).collect();
    for (line, child) in children {
        let called = finish(&line, child);
        assert_eq!(called.code, Some(0), "{called}");
    }
    let mut by_slot: HashMap<String, usize> = HashMap::new();
    for line in repo.ok(&format!("history {COMPONENT} --json")).json().as_array().expect("a list") {
        assert_eq!(line["kind"], "set");
        *by_slot.entry(line["slot"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    assert_eq!(by_slot.len(), 40);
    assert!(by_slot.values().all(|count| *count == 1));
}

/// The last two of the processes of a move, before which somebody else may come.
const LAST_STEPS: [&str; 2] = ["commit-tree", "update-ref"];

/// Runs `line` with somebody else calling segue before the first git of it that does this step.
fn interrupted(repo: &Repo, line: &str, step: &str, other: &str) -> Called {
    let (path, plain) = (std::env::var("PATH").unwrap_or_default(), assert_cmd::cargo::cargo_bin!("segue"));
    let theirs = format!("GIT_AUTHOR_NAME=Bob PATH='{path}' '{}' {other} >/dev/null", plain.display());
    let once = repo.around().join("once");
    let when = format!("case \"$*\" in *{step}*) mkdir '{}' 2>/dev/null && {theirs};; esac", once.display());
    let path = wrap(repo, &format!("{when}\nexec \"$GIT\" \"$@\""));
    let words = super::support::words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Called::new(&words, &repo.command(&words).env("PATH", &path).output().expect("it starts"))
}

#[test]
fn who_comes_second_at_a_slot_is_told_who_was_first() {
    for (theirs, what) in [
        ("tag set prompts/extraction production v1.1.0", "moved to v1.1.0"),
        ("tag delete prompts/extraction production", "deleted"),
    ] {
        for step in LAST_STEPS {
            let repo = Repo::new();
            repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
            let called =
                interrupted(&repo, &format!("tag set {COMPONENT} production v1.1.0 --json"), step, theirs);
            assert_eq!(called.code, Some(1), "{called}");
            let error = &called.json()["error"];
            assert_eq!(error["code"], "race");
            let message = format!(
                "production of prompts/extraction was {what} by Bob <ada@example.com> in the meantime; nothing was changed"
            );
            assert_eq!(error["message"], *message);
            assert_eq!(lines(&repo, "production").len(), 2);
        }
    }
}

#[test]
fn who_comes_second_at_a_log_goes_behind_the_first() {
    for step in LAST_STEPS {
        let repo = Repo::new();
        repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
        let line = format!("tag set {COMPONENT} production v1.1.0");
        let called = interrupted(&repo, &line, step, "tag set prompts/extraction canary v1.1.0");
        assert_eq!(called.code, Some(0), "{called}");
        let slots: Vec<String> = repo
            .ok(&format!("history {COMPONENT} --json"))
            .json()
            .as_array()
            .expect("a list")
            .iter()
            .map(|line| line["slot"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(slots, ["production", "canary", "production"]);
    }
}

#[test]
fn a_process_that_is_killed_at_any_step_leaves_nothing_half_moved() {
    for nth in 1..=4 {
        // Before the nth git, after it, and git itself in the middle of it with its parent.
        for script in [
            format!("[ $N = {nth} ] && kill -9 $PPID && exit 1\nexec \"$GIT\" \"$@\""),
            format!("[ $N = {nth} ] || exec \"$GIT\" \"$@\"\n\"$GIT\" \"$@\"\nkill -9 $PPID"),
            format!("[ $N = {nth} ] || exec \"$GIT\" \"$@\"\n\"$GIT\" \"$@\" >/dev/null\nexit 7"),
        ] {
            let repo = Repo::new();
            repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
            let path = wrap(&repo, &script);
            let words = ["tag", "set", COMPONENT, "production", "v1.1.0"];
            let output = repo.command(&words).env("PATH", &path).output().expect("it starts");
            let is_moved = repo.slot("production") == repo.slot("v1.1.0");
            assert!(is_moved || repo.slot("production") == repo.slot("v1.0.0"), "{script}");
            let recorded: Vec<String> = lines(&repo, "production")
                .iter()
                .filter_map(|line| line["to"].as_str().map(str::to_owned))
                .collect();
            let expected: &[&str] = if is_moved { &["v1.1.0", "v1.0.0"] } else { &["v1.0.0"] };
            assert_eq!(recorded, expected, "{script}");
            if output.status.success() {
                assert!(is_moved, "{script}");
            }
            // The next command goes on from what it finds.
            repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
            assert_eq!(repo.slot("production"), repo.slot("v1.1.0"));
            assert_eq!(repo.git("fsck --no-dangling"), "");
        }
    }
}

#[test]
fn a_log_that_is_ahead_of_its_tag_shows_and_heals() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    let before = repo.git(&format!("rev-parse {TAG}"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    // As if git had died between the two references.
    repo.git(&format!("update-ref {TAG} {before}"));
    let history = lines(&repo, "production");
    assert_eq!((&history[0]["kind"], &history[0]["to"]), (&Value::from("outside"), &Value::from("v1.0.0")));
    assert_eq!(history[0]["message"], "the move before this one ended before its tag was moved");
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    assert_eq!(lines(&repo, "production").len(), 4);
}

#[test]
fn a_failure_of_git_changes_nothing_and_is_told_with_its_mend() {
    let no_identity = |repo: &Repo| {
        repo.git("config --unset user.name");
        repo.git("config --unset user.email");
        repo.git("config user.useConfigOnly true");
    };
    let hook = |repo: &Repo| repo.hook("reference-transaction", "echo 'ask Bob' >&2; exit 1");
    let lock =
        |repo: &Repo| fs::write(repo.path().join(".git").join(format!("{TAG}.lock")), "").expect("a file");
    type Spoil<'s> = &'s dyn Fn(&Repo);
    let cases: [(&str, Spoil<'_>, &str); 3] = [
        ("no-identity", &no_identity, "git config user.name"),
        ("hook-refused", &hook, "ask Bob"),
        ("locked", &lock, "production.lock"),
    ];
    for (expected, spoil, help) in cases {
        let repo = Repo::new();
        repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
        let before = repo.refs();
        spoil(&repo);
        let called = repo.fails(1, &format!("tag set {COMPONENT} production v1.1.0 --json"));
        assert_eq!(called.json()["error"]["code"], expected, "{called}");
        assert!(called.stderr.contains(help), "{called}");
        assert_eq!(repo.refs(), before);
    }
}

#[test]
fn a_signature_that_fails_leaves_no_version_and_moves_no_slot() {
    let repo = Repo::new();
    repo.git("config gpg.program /bin/false");
    let before = repo.refs();
    let called = repo.fails(1, &format!("tag create {COMPONENT} v1.2.0 --sign --json"));
    assert_eq!(called.json()["error"]["code"], "signing-failed", "{called}");
    repo.write("segue.yaml", "rules:\n  production: {signed: true}\n");
    let called = repo.fails(1, &format!("tag set {COMPONENT} production v1.1.0 --json"));
    assert_eq!(called.json()["error"]["code"], "signing-failed", "{called}");
    assert_eq!(repo.refs(), before);
}

#[test]
fn a_rule_that_demands_a_signature_makes_a_signed_tag_of_the_commit() {
    let repo = Repo::new();
    let key = repo.around().join("key");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .output();
    if !made.is_ok_and(|output| output.status.success()) {
        eprintln!("there is no ssh-keygen here: nothing was signed");
        return;
    }
    repo.git("config gpg.format ssh");
    repo.git_words(&["config", "user.signingKey", &key.display().to_string()]);
    repo.write("segue.yaml", "rules:\n  production: {signed: true}\n");
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0 -m first"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    let text = repo.git(&format!("cat-file tag {TAG}"));
    assert!(text.contains("type commit\ntag components/prompts/extraction/production\n"), "{text}");
    assert!(text.contains("-----BEGIN SSH SIGNATURE-----"), "{text}");
    repo.ok(&format!("rollback {COMPONENT} production"));
    assert_eq!(repo.git(&format!("cat-file -t {TAG}")), "tag");
    assert_eq!(repo.slot("production"), repo.slot("v1.0.0"));
    assert_eq!(lines(&repo, "production").len(), 3, "a tag object of our own is nothing from outside");
    assert!(
        fs::read_dir(repo.path().join(".git"))
            .expect("it lists")
            .flatten()
            .all(|entry| { !entry.file_name().to_string_lossy().starts_with("segue-sign") })
    );
}

#[test]
fn a_full_disk_moves_nothing() {
    let repo = Repo::new();
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    let before = repo.refs();
    // No file may grow at all: what a quota or a full disk looks like to git.
    let binary = assert_cmd::cargo::cargo_bin!("segue");
    let line = format!("ulimit -f 0; exec '{}' tag set {COMPONENT} production v1.1.0", binary.display());
    let mut command = super::support::isolated("sh", repo.around());
    let output = command.args(["-c", &line]).current_dir(repo.path()).output().expect("a shell");
    assert_ne!(output.status.code(), Some(0));
    assert_eq!(repo.refs(), before);
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
}

#[test]
fn every_kind_of_repository_will_do() {
    for options in ["", "--object-format=sha256", "--ref-format=reftable"] {
        let repo = Repo::empty();
        fs::remove_dir_all(repo.path().join(".git")).expect("it can be made anew");
        let words: Vec<&str> =
            ["init", "-q", "-b", "main"].into_iter().chain(options.split_whitespace()).collect();
        if !repo.try_git(&words).status.success() {
            eprintln!("this git knows no `{options}`");
            continue;
        }
        repo.git("config user.name Ada");
        repo.git("config user.email ada@example.com");
        repo.commit(FILE, "First.\n");
        repo.ok(&format!("tag create {COMPONENT} v1.0.0"));
        repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
        repo.commit(FILE, "Second.\n");
        repo.at("prompts").ok(&format!("tag create {COMPONENT} v1.1.0"));
        repo.git("pack-refs --all");
        repo.at("prompts").ok("tag set extraction production v1.1.0");
        repo.git("worktree add -q ../other");
        let other = repo.at("../other");
        other.ok(&format!("rollback {COMPONENT} production"));
        assert_eq!(repo.slot("production"), repo.slot("v1.0.0"));
        repo.git("pack-refs --all");
        repo.git("gc -q --prune=now");
        repo.ok(&format!("rollback {COMPONENT} production --undo"));
        assert_eq!(lines(&repo, "production").len(), 4);
        assert_eq!(repo.git("fsck --no-dangling --full"), "");
    }
}

#[test]
fn what_a_slot_held_outlives_its_branch_and_a_collection_of_garbage() {
    let repo = Repo::new();
    repo.git("checkout -q -b side");
    let lost = repo.commit(FILE, "Lost.\n");
    repo.ok(&format!("tag set {COMPONENT} production v1.0.0"));
    repo.ok(&format!("tag set {COMPONENT} production HEAD"));
    repo.ok(&format!("tag set {COMPONENT} production v1.1.0"));
    repo.git("checkout -q main");
    repo.git("branch -q -D side");
    repo.git("reflog expire --expire=now --all");
    repo.git("gc -q --prune=now");
    repo.ok(&format!("rollback {COMPONENT} production"));
    assert_eq!(repo.slot("production").as_deref(), Some(&*lost));
}
