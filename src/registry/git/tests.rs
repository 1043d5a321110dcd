//! Against real repositories.

use std::path::Path;

use pretty_assertions::assert_eq;

use super::testing::{TestRepository, git, name, run_in};
use super::*;

fn id(text: &str) -> ObjectId {
    ObjectId::parse(text).expect("an id")
}

#[test]
fn a_repository_is_found_from_any_of_its_places() {
    let test = TestRepository::new();
    let head = test.commit("a/b/f.md", "text");
    let found = Repository::discover_with(git(), test.path().join("a/b")).expect("a repository");
    assert_eq!(found.work_tree.as_deref(), Some(test.path()));
    assert_eq!(&*found.prefix, "a/b/");
    assert_eq!((found.is_bare, found.object_format), (false, ObjectFormat::Sha1));
    assert_eq!(found.git_dir, test.path().join(".git"));

    let tree = test.beside("tree");
    test.run(&["worktree", "add", "-q", tree.to_str().expect("text")]);
    let found = Repository::discover_with(git(), &tree).expect("a repository");
    assert_eq!(found.common_dir, test.path().join(".git"));
    assert_eq!(found.work_tree.as_deref(), Some(&*tree));
    assert!(found.git_dir.ends_with(".git/worktrees/tree"));

    let bare = test.beside("bare.git");
    test.run(&["clone", "-q", "--bare", ".", bare.to_str().expect("text")]);
    let found = Repository::discover_with(git(), &bare).expect("a repository");
    assert!(found.is_bare);
    assert_eq!(found.work_tree, None);
    assert_eq!(found.resolve_revision("HEAD"), Ok(Some(head)));

    let elsewhere = git().with_variable("GIT_DIR", bare.to_str());
    let found = Repository::discover_with(elsewhere, test.path()).expect("a repository");
    assert_eq!(found.common_dir, bare);
    let inside = Repository::discover_with(git(), test.path().join(".git")).expect("a repository");
    assert_eq!(inside.work_tree, None);
}

#[test]
fn hash_and_reference_formats_are_known() {
    let test = TestRepository::with(&["--object-format=sha256", "--ref-format=reftable"]);
    let head = test.commit("f", "text");
    let found = test.open();
    assert_eq!((found.object_format, found.ref_format), (ObjectFormat::Sha256, RefFormat::Reftable));
    assert_eq!(head.as_str().len(), 64);
    assert_eq!(found.resolve_revision("main"), Ok(Some(head)));
}

#[test]
fn without_repository_or_git_the_error_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    // Not even if the temporary folder itself lies in a repository.
    let outside =
        git().with_variable("GIT_CEILING_DIRECTORIES", folder.path().parent().and_then(Path::to_str));
    let error = Repository::discover_with(outside, folder.path()).expect_err("an error");
    assert_eq!(error.kind, GitErrorKind::NotARepository);
    assert_eq!(&*error.message, format!("`{}` is in no git repository", folder.path().display()));
    let error = Repository::discover_with(Git::at("/nowhere/git"), folder.path()).expect_err("an error");
    assert_eq!(error.kind, GitErrorKind::NotInstalled);
    let error = Repository::discover_with(git(), folder.path().join("gone")).expect_err("an error");
    assert_eq!(error.kind, GitErrorKind::NotARepository);
}

#[test]
fn a_revision_is_resolved_while_discovering() {
    let test = TestRepository::new();
    let head = test.commit("f", "text");
    test.annotate("v1", "HEAD");
    for (revision, commit) in [
        ("HEAD", Some(head)),
        ("v1", Some(head)),
        ("nowhere", None),
        ("--all", None),
        ("--upload-pack=touch /tmp/x", None),
        ("HEAD\nHEAD", None),
        ("HEAD:f", None),
        ("", None),
    ] {
        let (found, resolved) =
            Repository::discover_resolving(git(), test.path(), revision).expect("a repository");
        assert_eq!(resolved, commit, "{revision:?}");
        assert_eq!(found, test.open());
        assert_eq!(found.resolve_revision(revision), Ok(commit), "{revision:?}");
    }
}

#[test]
fn references_come_with_what_they_come_to() {
    for options in [&[][..], &["--ref-format=reftable"]] {
        let test = TestRepository::with(options);
        let head = test.commit("f", "text");
        test.annotate("components/prompts/a/v1.0.0", "HEAD");
        test.run(&["tag", "components/prompts/a/production"]);
        test.run(&["tag", "components/prompts/ab/production"]);
        test.run(&[
            "tag",
            "-a",
            "-m",
            "nested",
            "components/prompts/a/nested",
            "components/prompts/a/v1.0.0",
        ]);
        let patterns =
            [name("refs/tags/components/prompts/a").pattern(), name("refs/segue/log/none").pattern()];
        let check = |repository: &Repository| {
            let listed = repository.list_refs(&patterns, Details::Ids).expect("a list");
            let names: Vec<&str> = listed.iter().map(|entry| entry.name.as_str()).collect();
            let expected = ["nested", "production", "v1.0.0"]
                .map(|slot| format!("refs/tags/components/prompts/a/{slot}"));
            assert_eq!(names, expected);
            assert!(listed.iter().all(|entry| entry.target == head));
            assert!(listed[1].object == head && listed[2].object != head);
            let scanned = repository.scan_refs(|name| patterns.iter().any(|pattern| pattern.matches(name)));
            assert_eq!(scanned, Ok(listed));
        };
        check(&test.open());
        test.run(&["pack-refs", "--all"]);
        check(&test.open());
    }
}

#[test]
fn details_hold_who_when_and_any_message() {
    let test = TestRepository::new();
    test.commit("f", "text");
    test.run(&["tag", "-a", "-m", "one\n\ntwo\nrefs/tags/x", "v1", "HEAD"]);
    test.run(&["tag", "light", "HEAD"]);
    let tags = [name("refs/tags").pattern()];
    let listed = test.open().list_refs(&tags, Details::Objects).expect("a list");
    let details: Vec<&RefDetails> = listed.iter().flat_map(|entry| entry.details.as_deref()).collect();
    let kinds: Vec<_> = details.iter().map(|details| (details.kind, details.target_kind)).collect();
    assert_eq!(kinds, [(ObjectKind::Commit, ObjectKind::Commit), (ObjectKind::Tag, ObjectKind::Commit)]);
    assert_eq!(&*details[0].message, "change f\n");
    assert_eq!(&*details[1].message, "one\n\ntwo\nrefs/tags/x\n");
    assert!(details.iter().all(|details| &*details.who == "Ada <ada@example.com>" && details.at.is_some()));
}

#[test]
fn an_empty_repository_has_no_references() {
    let test = TestRepository::new();
    assert_eq!(test.open().scan_refs(|_| true), Ok(Vec::new()));
    assert_eq!(test.open().list_refs(&[name("refs/tags").pattern()], Details::Ids), Ok(Vec::new()));
}

#[test]
fn objects_are_read_byte_for_byte() {
    let test = TestRepository::new();
    let text = "first\n\nlast without end \u{fe0f}\0 missing";
    let head = test.commit("a/ö b.md", text);
    let repository = test.open();
    let mut objects = repository.objects().expect("a reader");
    for round in 0..3 {
        let object = objects.contents(&format!("{head}:a/ö b.md"), 1000).expect("git runs").expect("a file");
        assert_eq!(object.data, text.as_bytes(), "{round}");
        assert_eq!((object.info.kind, object.info.size), (ObjectKind::Blob, text.len() as u64));
        assert_eq!(objects.contents(&format!("{head}:a/no such missing"), 1000), Ok(None));
        assert_eq!(objects.info("refs/heads/main").expect("git runs").map(|info| info.id), Some(head));
    }
    let error = objects.contents(&format!("{head}:a/ö b.md"), 5).expect_err("too large");
    assert_eq!(error.kind, GitErrorKind::TooLarge);
    assert_eq!(objects.info("HEAD\nHEAD").expect_err("refused").kind, GitErrorKind::InvalidName);
    let names: Vec<String> =
        (0..500).map(|n| if n % 2 == 0 { "HEAD".to_owned() } else { format!("no{n}") }).collect();
    let infos = objects.infos(names.iter().map(String::as_str)).expect("git runs");
    assert_eq!(
        infos.iter().map(Option::is_some).collect::<Vec<_>>(),
        (0..500).map(|n| n % 2 == 0).collect::<Vec<_>>()
    );
}

#[test]
fn a_reader_sees_what_was_committed_after_it_started() {
    let test = TestRepository::new();
    test.commit("f", "one");
    let repository = test.open();
    let mut objects = repository.objects().expect("a reader");
    assert!(objects.info("HEAD").expect("git runs").is_some());
    let second = test.commit("f", "two");
    assert_eq!(objects.info("HEAD").expect("git runs").map(|info| info.id), Some(second));
    test.run(&["gc", "-q", "--prune=now"]);
    assert_eq!(
        objects.contents("HEAD:f", 10).expect("git runs").map(|object| object.data),
        Some(b"two".to_vec())
    );
}

#[test]
fn a_transaction_changes_all_or_nothing_and_says_why_not() {
    for options in [&[][..], &["--ref-format=reftable"], &["--object-format=sha256"]] {
        let test = TestRepository::with(options);
        let (first, second) = (test.commit("f", "one"), test.commit("f", "two"));
        let repository = test.open();
        let (tag, log) = (name("refs/tags/components/a/b/production"), name("refs/segue/log/components/a/b"));
        let value = |of: &RefName| {
            let listed = repository.list_refs(&[of.pattern()], Details::Ids).expect("a list");
            listed.first().map(|entry| entry.object)
        };
        let create = Transaction::new().set(log.clone(), first, Expected::Missing).set(
            tag.clone(),
            first,
            Expected::Missing,
        );
        assert_eq!(create.commit(&repository), Ok(Outcome::Done));
        let changed = |found| Ok(Outcome::Changed { name: tag.clone(), found });
        // Each is refused for its second change; the first must not happen either.
        let log_first = || Transaction::new().set(log.clone(), second, Expected::At(first));
        let stale = log_first().set(tag.clone(), first, Expected::At(second));
        assert_eq!(stale.commit(&repository), changed(Some(first)));
        let exists = log_first().set(tag.clone(), second, Expected::Missing);
        assert_eq!(exists.commit(&repository), changed(None));
        let stale = log_first().verify(tag.clone(), Expected::At(second));
        assert_eq!(stale.commit(&repository), changed(Some(first)));
        let gone = name("refs/tags/components/a/b/gone");
        let missing = log_first().set(gone.clone(), second, Expected::At(first));
        assert_eq!(missing.commit(&repository), Ok(Outcome::Changed { name: gone, found: None }));
        let below = log_first().set(name("refs/tags/components/a/b/production/x"), second, Expected::Missing);
        assert!(matches!(below.commit(&repository), Ok(Outcome::NameConflict { .. })));
        let nothing = id(&"1".repeat(first.as_str().len()));
        let no_object = log_first().set(tag.clone(), nothing, Expected::At(first));
        assert!(matches!(no_object.commit(&repository), Ok(Outcome::Failed { .. })));
        assert_eq!((value(&log), value(&tag)), (Some(first), Some(first)));

        let delete = log_first().delete(tag.clone(), first);
        assert_eq!(delete.commit(&repository), Ok(Outcome::Done));
        assert_eq!((value(&log), value(&tag)), (Some(second), None));
    }
}

#[test]
fn locks_and_hooks_are_told_apart_from_changes() {
    let test = TestRepository::new();
    let head = test.commit("f", "one");
    let repository = test.open();
    let create = Transaction::new().set(name("refs/tags/a/b"), head, Expected::Missing);
    test.write(".git/refs/tags/a/b.lock", "");
    assert!(matches!(create.commit(&repository), Ok(Outcome::Locked { .. })));
    std::fs::remove_file(test.path().join(".git/refs/tags/a/b.lock")).expect("a file");
    test.write(".git/hooks/reference-transaction", "#!/bin/sh\necho not on Fridays >&2\nexit 1\n");
    run_in(test.path(), &["config", "core.hooksPath", ".git/hooks"]);
    let hook = test.path().join(".git/hooks/reference-transaction");
    set_executable(&hook);
    match create.commit(&repository) {
        Ok(Outcome::HookRefused { stderr }) => assert!(stderr.contains("not on Fridays")),
        other => panic!("{other:?}"),
    }
}

#[cfg(unix)]
fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

#[test]
fn names_keep_the_rules_of_git() {
    let long = "x".repeat(300);
    for part in [
        "a",
        "a.b",
        "a-b",
        "-a",
        "@a",
        "a@",
        "ä",
        "__proto__",
        &long,
        "",
        "a b",
        "a..b",
        ".a",
        "a.",
        "a.lock",
        "a//b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[",
        "a\\b",
        "a@{0}",
        "@",
        "a\n",
        "a\x7f",
        "../a",
        "a/../b",
        "/a",
        "a/",
        "{",
        "]",
    ] {
        let full = format!("refs/tags/{part}");
        let git_says = std::process::Command::new("git").args(["check-ref-format", &full]).status();
        let is_name = RefName::parse(&full).is_ok();
        assert_eq!(is_name, git_says.expect("git runs").success(), "{full:?}");
    }
    assert!(RefName::parse("--upload-pack=x").is_err());
    assert!(RefName::parse("HEAD").is_err());
}

#[test]
fn a_reference_without_its_object_takes_no_other_away() {
    let test = TestRepository::new();
    let head = test.commit("f", "text");
    test.annotate("a/good", "HEAD");
    test.write(".git/refs/tags/a/lost", &format!("{}\n", "1".repeat(40)));
    let repository = test.open();
    let patterns = [name("refs/tags/a").pattern()];
    for listed in [
        repository.scan_refs(|name| name.starts_with("refs/tags/a/")),
        repository.list_refs(&patterns, Details::Ids),
    ] {
        let targets: Vec<ObjectId> = listed.expect("a list").iter().map(|entry| entry.target).collect();
        assert_eq!(targets, [head, id(&"1".repeat(40))]);
    }
    let error = repository.list_refs(&patterns, Details::Objects).expect_err("an object is missing");
    assert_eq!(error.kind, GitErrorKind::MissingObject);
}
