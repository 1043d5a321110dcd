//! Against real repositories, with the real `git` moving tags.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use super::*;
use crate::registry::git::testing::{TestRepository, git, run_in};
use crate::registry::{Registry, Set};

const FILE: &str = "prompts/extraction.md";

/// `prompts/extraction` in two versions, of which `production` holds the first.
fn repository(options: &[&str]) -> TestRepository {
    let test = TestRepository::with(options);
    for (version, text) in [("v1.0.0", "old"), ("v1.1.0", "new")] {
        test.commit(FILE, text);
        test.annotate(&tag(version), "HEAD");
    }
    set(&test, "production", "v1.0.0");
    test
}

fn tag(slot: &str) -> String {
    format!("components/prompts/extraction/{slot}")
}

/// Moves a slot by plain git.
fn set(test: &TestRepository, slot: &str, to: &str) {
    let commit = format!("refs/tags/{}^{{commit}}", tag(to));
    test.run(&["update-ref", &format!("refs/tags/{}", tag(slot)), &commit]);
}

fn source(test: &TestRepository) -> GitSource {
    GitSource::of(&test.open()).expect("a source")
}

fn reference(text: &str) -> ComponentRef {
    ComponentRef::parse(text).expect("a reference")
}

fn shown(source: &GitSource, text: &str) -> (String, String) {
    let component = source.resolve_blocking(text).expect("a component");
    (component.text.to_string(), component.reference.to_string())
}

fn fault(source: &GitSource, text: &str) -> (ComponentErrorKind, String) {
    let error = source.resolve_blocking(text).expect_err("an error");
    (error.kind, error.message.into())
}

fn pair(text: &str, reference: &str) -> (String, String) {
    (text.to_owned(), reference.to_owned())
}

/// Waits until a source that is watched serves `text`, without asking for anything but what is at hand.
fn wait_for(source: &GitSource, slot: &str, text: Option<&str>) {
    let end = Instant::now() + Duration::from_secs(10);
    let slot = format!("prompts/extraction@{slot}");
    loop {
        let found = source.resolve_blocking(&slot).ok().map(|component| component.text.to_string());
        if found.as_deref() == text {
            return;
        }
        assert!(Instant::now() < end, "{slot} is {found:?} and not {text:?}");
        std::thread::yield_now();
    }
}

#[test]
fn a_tag_serves_the_file_as_it_stood_there() {
    for options in [&[][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let test = repository(options);
        test.commit(FILE, "not tagged");
        let source = source(&test);
        assert_eq!(shown(&source, "prompts/extraction@v1.1.0"), pair("new", "prompts/extraction@v1.1.0"));
        assert_eq!(shown(&source, "prompts/extraction@production"), pair("old", "prompts/extraction@v1.0.0"));
        let with_prefix = shown(&source, "components/prompts/extraction@production");
        assert_eq!(with_prefix, pair("old", "prompts/extraction@v1.0.0"));
        test.run(&["pack-refs", "--all"]);
        let source = GitSource::of(&test.open()).expect("a source");
        assert_eq!(shown(&source, "prompts/extraction@production").0, "old");
    }
}

#[test]
fn a_slot_is_shown_as_the_version_that_its_last_move_named() {
    let test = repository(&[]);
    // The same commit under two versions more.
    test.annotate(&tag("v1.1.1"), &format!("{}^{{commit}}", tag("v1.1.0")));
    let registry = Registry::open_with(git(), test.path()).expect("a registry");
    registry.set("staging", &[("prompts/extraction", "v1.1.0")], &Set::default()).expect("it is set");
    set(&test, "canary", "v1.1.0");
    let untagged = test.commit(FILE, "newest");
    test.run(&["tag", &tag("dev"), "HEAD"]);
    let source = source(&test);
    assert_eq!(shown(&source, "prompts/extraction@staging"), pair("new", "prompts/extraction@v1.1.0"));
    assert_eq!(shown(&source, "prompts/extraction@canary"), pair("new", "prompts/extraction@v1.1.1"));
    let at = format!("prompts/extraction@{}", untagged.short());
    assert_eq!(shown(&source, "prompts/extraction@dev"), pair("newest", &at));
    // Moved behind the log's back: what the log says is not true any more.
    set(&test, "staging", "v1.0.0");
    let source = GitSource::of(&test.open()).expect("a source");
    assert_eq!(shown(&source, "prompts/extraction@staging"), pair("old", "prompts/extraction@v1.0.0"));
}

#[test]
fn what_is_not_there_says_what_is_and_what_mends_it() {
    let test = repository(&[]);
    test.commit("queries/late.sql", "select");
    test.run(&["tag", "components/queries/late/early", &format!("{}^{{commit}}", tag("v1.0.0"))]);
    std::fs::write(test.path().join("prompts/bad.md"), b"ab\xff").expect("a file");
    test.run(&["add", "."]);
    test.run(&["commit", "-qm", "bad"]);
    test.run(&["tag", "components/prompts/bad/x", "HEAD"]);
    test.run(&["tag", "logic/prompts/extraction/production", "HEAD"]);
    test.run(&["tag", "components/configs/both/x", "HEAD"]);
    let source = source(&test);
    let of = |text: &str| fault(&source, text);
    assert_eq!(
        of("prompts/extractoin@x"),
        (
            ComponentErrorKind::MissingComponent,
            "there is no component `prompts/extractoin`: did you mean `prompts/extraction`?".into()
        )
    );
    assert_eq!(
        of("components/prompts/extraction@prodution"),
        (
            ComponentErrorKind::MissingSlot,
            "`prompts/extraction` has no slot `prodution`: it has `production`, `v1.0.0` and `v1.1.0`; did you mean \
             `production`?; `segue fetch` brings tags that only the remote has"
                .into()
        )
    );
    let (kind, message) = of("queries/late@early");
    assert_eq!(kind, ComponentErrorKind::MissingFile);
    assert!(message.starts_with("`queries/late@early` (queries/late@"), "{message}");
    assert!(
        message.contains("looked for\n  queries/late.*") && message.contains("segue components add"),
        "{message}"
    );
    let (kind, message) = of("prompts/bad@x");
    assert_eq!(kind, ComponentErrorKind::Broken);
    assert!(message.contains("`prompts/bad.md` of prompts/bad@"), "{message}");
    assert_eq!(of("prompts/extraction@production").0, ComponentErrorKind::InvalidReference);
    assert_eq!(of("--upload-pack=x").0, ComponentErrorKind::InvalidReference);
    assert_eq!(of("prompts/../../x@production").0, ComponentErrorKind::InvalidReference);
    assert_eq!(of("prompts/__proto__@production").0, ComponentErrorKind::MissingComponent);
}

#[test]
fn the_manifest_chooses_between_two_prefixes_and_says_where_a_file_is() {
    let test = repository(&[]);
    test.commit("odd/place.txt", "logic");
    test.run(&["tag", "logic/prompts/extraction/production", "HEAD"]);
    test.write("segue.yaml", "components: {prompts/extraction: {path: odd/place.txt, prefix: logic}}\n");
    assert_eq!(shown(&source(&test), "prompts/extraction@production").0, "logic");
}

#[test]
fn a_clone_without_tags_is_told_so() {
    let test = repository(&[]);
    let clone = test.beside("clone");
    test.run(&["clone", "-q", "--no-tags", ".", clone.to_str().expect("text")]);
    let source =
        GitSource::of(&Repository::discover_with(git(), &clone).expect("a repository")).expect("a source");
    let (kind, message) = fault(&source, "prompts/extraction@production");
    assert_eq!(kind, ComponentErrorKind::MissingComponent);
    assert!(message.contains("`git fetch --tags`"), "{message}");
}

#[test]
fn work_trees_and_bare_repositories_serve_the_same() {
    let test = repository(&[]);
    let (tree, bare) = (test.beside("tree"), test.beside("bare.git"));
    test.run(&["worktree", "add", "-q", tree.to_str().expect("text")]);
    test.run(&["clone", "-q", "--bare", ".", bare.to_str().expect("text")]);
    std::fs::create_dir(tree.join("below")).expect("a folder");
    for place in [tree.join("below"), bare] {
        let repository = Repository::discover_with(git(), &place).expect("a repository");
        let source = GitSource::of(&repository).expect("a source");
        assert_eq!(shown(&source, "prompts/extraction@production").0, "old", "{}", place.display());
        assert_eq!(shown(&source, "prompts/extraction@production").0, "old");
        // A work tree's references are those of its repository.
        if !repository.is_bare {
            set(&test, "production", "v1.1.0");
            wait_for(&source, "production", Some("new"));
            set(&test, "production", "v1.0.0");
            wait_for(&source, "production", Some("old"));
        }
    }
}

#[test]
fn an_object_that_a_clone_lacks_is_an_error_of_its_own() {
    let test = repository(&[]);
    test.commit(FILE, "newest");
    test.run(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", test.path().display());
    let clone = |name: &str, options: &[&str]| {
        let path = test.beside(name);
        let text = path.to_str().expect("text");
        run_in(test.path(), &[&["clone", "-q"], options, &[&*url, text]].concat());
        Repository::discover_with(git(), &path).expect("a repository")
    };
    let partial = GitSource::of(&clone("partial", &["--filter=blob:none"])).expect("a source");
    let (kind, message) = fault(&partial, "prompts/extraction@production");
    assert_eq!(kind, ComponentErrorKind::MissingObject);
    assert!(message.contains("is not in this repository") && message.contains("git fetch"), "{message}");

    let shallow = clone("shallow", &["--depth=1"]);
    // Tags whose commits are beyond the border are not there; one may still be named by hand.
    let source = GitSource::of(&shallow).expect("a source");
    assert_eq!(fault(&source, "prompts/extraction@production").0, ComponentErrorKind::MissingComponent);
    let lost = test.run(&["rev-parse", "HEAD~1"]);
    let path = test.beside("shallow/.git/refs/tags/components/prompts/extraction");
    std::fs::create_dir_all(&path).expect("a folder");
    std::fs::write(path.join("production"), format!("{lost}\n")).expect("a reference");
    let source = GitSource::of(&shallow).expect("a source");
    let (kind, message) = fault(&source, "prompts/extraction@production");
    assert_eq!(kind, ComponentErrorKind::MissingObject, "{message}");
    assert!(message.contains("git fetch --unshallow"), "{message}");
}

#[tokio::test]
async fn a_snapshot_stays_and_the_next_one_sees_the_move() {
    let test = repository(&[]);
    let source = source(&test);
    assert!(source.snapshot_now().is_none());
    let production = reference("prompts/extraction@production");
    let before = source.snapshot().await.expect("a snapshot");
    assert!(before.resolve_now(&production).is_none());
    set(&test, "production", "v1.1.0");
    // What was not read before the move is read as it was before the move.
    assert_eq!(&*before.resolve(&production).await.expect("a component").text, "old");
    let after = source.snapshot().await.expect("a snapshot");
    assert_eq!(&*after.resolve(&production).await.expect("a component").text, "new");
    assert_eq!(&*before.resolve_now(&production).expect("at hand").expect("a component").text, "old");
    let at_hand = source.snapshot_now().expect("at hand").expect("a snapshot");
    assert_eq!(&*at_hand.resolve_now(&production).expect("at hand").expect("a component").text, "new");
    // Snapshots outlive their source.
    drop(source);
    assert_eq!(
        &*before.resolve(&reference("prompts/extraction@v1.1.0")).await.expect("a component").text,
        "new"
    );
}

#[test]
fn whatever_changes_tags_is_seen_by_a_program_that_runs_on() {
    for options in [&[][..], &["--ref-format=reftable"]] {
        let test = repository(options);
        let source = source(&test);
        wait_for(&source, "production", Some("old"));
        wait_for(&source, "production", Some("old"));
        assert_eq!(source.client.shared.watched(), Watched::ByEvents);
        for (to, text) in [("v1.1.0", "new"), ("v1.0.0", "old"), ("v1.1.0", "new")] {
            set(&test, "production", to);
            wait_for(&source, "production", Some(text));
        }
        test.run(&["pack-refs", "--all", "--prune"]);
        set(&test, "production", "v1.0.0");
        wait_for(&source, "production", Some("old"));
        set(&test, "canary", "v1.1.0");
        wait_for(&source, "canary", Some("new"));
        test.run(&["tag", "-d", &tag("canary")]);
        wait_for(&source, "canary", None);
        test.commit("prompts/second.md", "second");
        test.run(&["tag", "components/prompts/second/dev", "HEAD"]);
        let end = Instant::now() + Duration::from_secs(10);
        while source.resolve_blocking("prompts/second@dev").is_err() {
            assert!(Instant::now() < end);
        }
    }
}

#[test]
fn without_file_events_the_files_are_looked_at() {
    let test = repository(&[]);
    let source = source(&test);
    wait_for(&source, "production", Some("old"));
    // As if no watcher could be started.
    source.client.shared.set_watched(Watched::ByPoll);
    source.refresh();
    wait_for(&source, "production", Some("old"));
    for (to, text) in [("v1.1.0", "new"), ("v1.0.0", "old")] {
        set(&test, "production", to);
        wait_for(&source, "production", Some(text));
    }
    test.run(&["pack-refs", "--all"]);
    set(&test, "production", "v1.1.0");
    wait_for(&source, "production", Some("new"));
}

#[test]
fn no_snapshot_mixes_two_deployments() {
    let test = repository(&[]);
    for slot in ["blue", "green"] {
        set(&test, slot, "v1.0.0");
    }
    let source = source(&test);
    let is_done = AtomicBool::new(false);
    let last_is_new = AtomicBool::new(false);
    let (old, new) = (test.run(&["rev-parse", "HEAD~1"]), test.run(&["rev-parse", "HEAD"]));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..60 {
                let is_new = round % 2 == 0;
                let to = if is_new { &new } else { &old };
                let script: String =
                    ["blue", "green"].map(|slot| format!("update refs/tags/{} {to}\n", tag(slot))).concat();
                let path = test.path().join("script");
                std::fs::write(&path, script).expect("a file");
                let mut command = std::process::Command::new("git");
                let stdin = std::fs::File::open(&path).expect("a file");
                let status =
                    command.current_dir(test.path()).args(["update-ref", "--stdin"]).stdin(stdin).status();
                assert!(status.expect("git runs").success());
                // Now and then a pause, in which the last deployment has to be seen.
                let end = Instant::now() + Duration::from_secs(10);
                while round % 3 == 2 && last_is_new.load(Ordering::Relaxed) != is_new && Instant::now() < end
                {
                    std::thread::yield_now();
                }
                assert!(Instant::now() < end, "round {round} is not seen");
            }
            is_done.store(true, Ordering::Relaxed);
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (blue, green) = (reference("prompts/extraction@blue"), reference("prompts/extraction@green"));
        runtime.block_on(async {
            while !is_done.load(Ordering::Relaxed) {
                let snapshot = match source.snapshot_now() {
                    Some(snapshot) => snapshot,
                    None => source.snapshot().await,
                };
                let snapshot = snapshot.expect("a snapshot");
                let blue = snapshot.resolve(&blue).await.expect("a component");
                let green = snapshot.resolve(&green).await.expect("a component");
                assert_eq!(blue.text, green.text);
                last_is_new.store(&*blue.text == "new", Ordering::Relaxed);
            }
        });
    });
}

#[test]
fn a_reader_that_somebody_ended_is_replaced() {
    let test = repository(&[]);
    let source = source(&test);
    assert_eq!(shown(&source, "prompts/extraction@production").0, "old");
    let listed = std::process::Command::new("ps").args(["-eo", "pid,ppid,args"]).output().expect("ps runs");
    let own = std::process::id().to_string();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let readers = listed.lines().filter(|line| line.contains("cat-file --batch-command"));
    let readers = readers.filter_map(|line| {
        let mut words = line.split_whitespace();
        let (pid, parent) = (words.next()?, words.next()?);
        // Other tests of this process have readers too: only those that stand in this repository are meant.
        let place = std::fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
        (parent == own && place == test.path()).then(|| pid.to_owned())
    });
    let ours: Vec<String> = readers.collect();
    assert!(!ours.is_empty());
    for pid in ours {
        std::process::Command::new("kill").args(["-9", &pid]).status().expect("kill runs");
    }
    assert_eq!(shown(&source, "prompts/extraction@v1.1.0").0, "new");
}

#[test]
fn a_registry_sees_its_own_moves_at_once() {
    let test = repository(&[]);
    let registry = Registry::open_with(git(), test.path()).expect("a registry");
    let text = || registry.resolve("prompts/extraction@production").expect("a component").text.to_string();
    for round in 0..20 {
        let (version, expected) = if round % 2 == 0 { ("v1.1.0", "new") } else { ("v1.0.0", "old") };
        registry.set("production", &[("prompts/extraction", version)], &Set::default()).expect("it is set");
        assert_eq!(text(), expected);
        assert_eq!(text(), expected);
    }
}
