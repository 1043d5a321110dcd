use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::*;
use crate::component::{ComponentErrorKind, ComponentRef};

const EXTRACTION: &str = "prompts/extraction";

fn directory() -> TempDir {
    let directory = TempDir::new().expect("a directory");
    write(&directory, "prompts/extraction/v1.0.0.md", "old");
    write(&directory, "prompts/extraction/v1.1.0.txt", "---\ntemplate: false\n---\nnew");
    write(&directory, "prompts/extraction/slots.yaml", "production: v1.0.0\ncanary: v1.1.0\nlost: v3.0.0\n");
    write(&directory, "configs/limits/v2.0.0-rc.1.json", "{}");
    directory
}

fn write(directory: &TempDir, name: &str, text: &str) {
    let path = directory.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// Replaces `slots.yaml` as a deployment does.
fn deploy(directory: &Path, component: &str, slots: &str) {
    let folder = directory.join(component);
    let new = folder.join("slots.yaml.new");
    fs::write(&new, slots).expect("a file");
    fs::rename(new, folder.join("slots.yaml")).expect("a rename");
}

fn source(directory: &TempDir) -> DirectorySource {
    DirectorySource::open(directory.path()).expect("a directory")
}

fn snapshot(source: &DirectorySource) -> Arc<dyn Snapshot> {
    source.snapshot().now_or_never().expect("at once").expect("a snapshot")
}

/// The version and the text, or the kind of the error and its message without the directory's own path.
fn get(snapshot: &dyn Snapshot, reference: &str) -> Result<(String, String), (ComponentErrorKind, String)> {
    let reference = ComponentRef::parse(reference).expect("a reference");
    match snapshot.resolve_now(&reference).expect("at hand") {
        Ok(component) => Ok((component.reference.to_string(), component.text.to_string())),
        Err(error) => Err((error.kind, error.message.to_string())),
    }
}

fn text(snapshot: &dyn Snapshot, reference: &str) -> String {
    get(snapshot, reference).expect("a component").1
}

fn fault(directory: &TempDir, reference: &str) -> (ComponentErrorKind, String) {
    let (kind, message) = get(&*snapshot(&source(directory)), reference).expect_err("an error");
    (kind, message.replace(&directory.path().display().to_string(), "components"))
}

#[test]
fn slots_and_versions_resolve_to_versions() {
    let directory = directory();
    let snapshot = snapshot(&source(&directory));
    let old = Ok(("prompts/extraction@v1.0.0".to_owned(), "old".to_owned()));
    assert_eq!(get(&*snapshot, "prompts/extraction@production"), old);
    assert_eq!(get(&*snapshot, "components/prompts/extraction@v1.0.0"), old);
    let new = Ok(("prompts/extraction@v1.1.0".to_owned(), "new".to_owned()));
    assert_eq!(get(&*snapshot, "prompts/extraction@canary"), new);
    assert_eq!(text(&*snapshot, "configs/limits@v2.0.0-rc.1"), "{}");
}

#[test]
fn what_is_missing_is_said_with_what_is_there() {
    let directory = directory();
    let missing = |message: &str| (ComponentErrorKind::MissingSlot, message.to_owned());
    assert_eq!(
        fault(&directory, "prompts/extractoin@canary"),
        (
            ComponentErrorKind::MissingComponent,
            "there is no component `prompts/extractoin`: did you mean `prompts/extraction`?".to_owned()
        )
    );
    assert_eq!(
        fault(&directory, "prompts/extraction@v1.2.0"),
        missing(
            "`prompts/extraction` has no slot `v1.2.0`: it has `canary`, `lost`, `production`, `v1.0.0` and \
             `v1.1.0`; did you mean `v1.0.0`?"
        )
    );
    assert_eq!(
        fault(&directory, "configs/limits@production"),
        missing("`configs/limits` has no slot `production`: it has `v2.0.0-rc.1`")
    );
    assert_eq!(
        fault(&directory, "prompts/extraction@lost"),
        missing(
            "`components/prompts/extraction/slots.yaml` says that `lost` is v3.0.0, and there is no such version: \
             there is `v1.0.0` and `v1.1.0`"
        )
    );
}

#[test]
fn what_is_broken_says_where() {
    let directory = directory();
    write(&directory, "prompts/extraction/v1.2.0.md", "x");
    write(&directory, "prompts/extraction/v1.2.0.txt", "x");
    fs::write(directory.path().join("prompts/extraction/v1.3.0.md"), b"ab\xff").expect("a file");
    write(&directory, "prompts/extraction/v1.4.0.md", "---\ntemplate: perhaps\n---\n");
    write(&directory, "prompts/bad/slots.yaml", "a: v1.0.0\nb: latest\n");
    fs::create_dir(directory.path().join("prompts/extraction/v1.5.0.md")).expect("a folder");
    for (reference, message) in [
        (
            "prompts/extraction@v1.2.0",
            "`components/prompts/extraction` has several files for v1.2.0: `v1.2.0.md` and `v1.2.0.txt`",
        ),
        (
            "prompts/extraction@v1.3.0",
            "`components/prompts/extraction/v1.3.0.md` is not UTF-8: byte 0xff at offset 2 cannot stand there",
        ),
        (
            "prompts/extraction@v1.4.0",
            "components/prompts/extraction/v1.4.0.md:2: `template` is `true` or `false`",
        ),
        ("prompts/extraction@v1.5.0", "`components/prompts/extraction/v1.5.0.md` is no file"),
        ("prompts/bad@a", "components/prompts/bad/slots.yaml:2: `latest` is not a version: write `v1.2.0`"),
    ] {
        assert_eq!(fault(&directory, reference), (ComponentErrorKind::Broken, message.to_owned()));
    }
}

#[test]
fn a_directory_that_is_not_there_is_an_io_error() {
    let directory = directory();
    let error = DirectorySource::open(directory.path().join("nowhere")).expect_err("an error");
    assert_eq!(error.kind, ComponentErrorKind::Io);
    let source = source(&directory);
    drop(directory);
    let error = source.snapshot().now_or_never().expect("at once").err().expect("an error");
    assert_eq!(error.kind, ComponentErrorKind::Io);
}

#[test]
fn a_snapshot_keeps_its_slots_and_the_next_one_sees_the_move() {
    let directory = directory();
    let source = source(&directory);
    let before = snapshot(&source);
    deploy(directory.path(), EXTRACTION, "production: v1.1.0\n");
    let after = snapshot(&source);
    assert_eq!(text(&*before, "prompts/extraction@production"), "old");
    assert_eq!(text(&*after, "prompts/extraction@production"), "new");
}

#[test]
fn what_a_snapshot_once_gave_stays_and_the_next_one_sees_the_edit() {
    let directory = directory();
    let source = source(&directory);
    let before = snapshot(&source);
    assert_eq!(text(&*before, "prompts/extraction@v1.0.0"), "old");
    write(&directory, "prompts/extraction/v1.0.0.md", "odd");
    assert_eq!(text(&*before, "prompts/extraction@v1.0.0"), "old");
    assert_eq!(text(&*snapshot(&source), "prompts/extraction@v1.0.0"), "odd");
}

#[test]
fn what_is_mended_or_added_is_seen() {
    let directory = directory();
    let source = source(&directory);
    assert!(get(&*snapshot(&source), "prompts/extraction@v7.0.0").is_err());
    assert!(get(&*snapshot(&source), "queries/all@v1.0.0").is_err());
    write(&directory, "prompts/extraction/v7.0.0.md", "seven");
    write(&directory, "queries/all/v1.0.0.sql", "select");
    assert_eq!(text(&*snapshot(&source), "prompts/extraction@v7.0.0"), "seven");
    assert_eq!(text(&*snapshot(&source), "queries/all@v1.0.0"), "select");
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let directory = directory();
    let source = source(&directory);
    let reference = ComponentRef::parse("prompts/extraction@production").expect("a reference");
    let get = || snapshot(&source).resolve_now(&reference).expect("at hand").expect("a component");
    // Files so young that a change might go unnoticed are read again, until they have aged.
    let old = std::time::SystemTime::now() - Duration::from_secs(60);
    for name in ["", "prompts", "configs", "prompts/extraction/slots.yaml", "prompts/extraction/v1.0.0.md"] {
        let file = fs::File::open(directory.path().join(name)).expect("a file");
        file.set_modified(old).expect("a time");
    }
    let first = get();
    let current = |source: &DirectorySource| {
        source.state.lock().expect("a lock").as_ref().expect("a state").tree.clone()
    };
    let tree = current(&source);
    let again = Tree::read(directory.path(), Some(&tree)).expect("a tree");
    assert!(Arc::ptr_eq(&tree, &again));
    assert!(Arc::ptr_eq(&first, &get()));
}

#[test]
fn no_snapshot_mixes_two_deployments() {
    let directory = directory();
    let path = directory.path().to_owned();
    let source = source(&directory);
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..200 {
                let version = if round % 2 == 0 { "v1.0.0" } else { "v1.1.0" };
                deploy(&path, EXTRACTION, &format!("blue: {version}\ngreen: {version}\n"));
            }
            is_done.store(true, Ordering::Relaxed);
        });
        while !is_done.load(Ordering::Relaxed) {
            let snapshot = snapshot(&source);
            if let Ok(blue) = get(&*snapshot, "prompts/extraction@blue") {
                assert_eq!(Ok(blue), get(&*snapshot, "prompts/extraction@green"));
            }
        }
    });
}

#[test]
fn looking_at_the_files_is_left_out_between_snapshots_back_to_back() {
    let (now, cost) = (Instant::now(), Some(Duration::from_micros(1)));
    let directory = directory();
    let tree = Tree::read(directory.path(), None).expect("a tree");
    let current = Current { tree, taken: now, checked: now, cost };
    assert!(!current.is_due(now + Duration::from_micros(5)));
    assert!(current.is_due(now + DirectorySource::IDLE));
    let busy = Current { taken: now + DirectorySource::MAX_AGE, ..current };
    assert!(busy.is_due(now + DirectorySource::MAX_AGE));
    let slow = Current { cost: Some(Duration::from_millis(10)), ..busy };
    assert!(!slow.is_due(now + DirectorySource::MAX_AGE + DirectorySource::IDLE));
}
