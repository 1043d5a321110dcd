//! The registry: each figure beside what plain git takes for the same, in one run.
//!
//! `cargo bench --features git --bench registry`. Repositories are made by `git fast-import`, packed as after a clone.

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use segue::component::{ComponentRef, ComponentSource};
use segue::registry::{Depth, GitSource, Registry};

/// Components and tags of each: 100,000 tags in all.
const COMPONENTS: usize = 10_000;
const VERSIONS: usize = 8;
const SLOTS: [&str; 2] = ["production", "staging"];

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").current_dir(directory).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A repository with `components` components, of which each has versions and two environments.
fn repository(components: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    git(path, &["init", "-q", "-b", "main"]);
    let who = "Ada <ada@example.com> 1700000000 +0000";
    let mut script = String::new();
    for version in 0..VERSIONS {
        let from = if version == 0 { String::new() } else { format!("from :{version}\n") };
        let text = format!("version {version}");
        script += &format!(
            "commit refs/heads/main\nmark :{}\ncommitter {who}\ndata 1\nc\n{from}M 100644 inline prompts/c0.md\ndata {}\n{text}\n",
            version + 1,
            text.len()
        );
    }
    for component in 0..components {
        for version in 0..VERSIONS {
            let (tag, mark) = (format!("components/prompts/c{component}/v1.{version}.0"), version + 1);
            script += &format!("tag {tag}\nfrom :{mark}\ntagger {who}\ndata 1\nm\n");
        }
        for (at, slot) in SLOTS.iter().enumerate() {
            script +=
                &format!("reset refs/tags/components/prompts/c{component}/{slot}\nfrom :{}\n\n", at + 1);
        }
    }
    let mut import = Command::new("git")
        .current_dir(path)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    import.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("git reads");
    assert!(import.wait().expect("git ends").success());
    git(path, &["pack-refs", "--all"]);
    folder
}

/// Moves `production` of the first component by plain git, and gives the moment when that had happened.
fn set(directory: &Path, version: usize) -> Instant {
    let to = format!("refs/tags/components/prompts/c0/v1.{version}.0^{{commit}}");
    git(directory, &["update-ref", "refs/tags/components/prompts/c0/production", &to]);
    Instant::now()
}

/// All of it with one large repository: to pack 100,000 references takes minutes on a slow disk.
fn registry(c: &mut Criterion) {
    let (large, small) = (repository(COMPONENTS), repository(1));
    list(c, large.path());
    resolve(c, large.path());
    freshness(c, &[(1, small.path()), (COMPONENTS, large.path())]);
}

fn list(c: &mut Criterion, path: &Path) {
    let registry = Registry::open(path).expect("a registry");
    let mut group = c.benchmark_group("list 100,000 tags");
    group.sample_size(10);
    group.bench_function("baseline: git for-each-ref, peeled", |b| {
        b.iter(|| git(path, &["for-each-ref", "--format=%(refname) %(*objectname)"]));
    });
    group.bench_function("segue", |b| b.iter(|| registry.list(None, Depth::Quick).expect("a list")));
    group.finish();

    let mut group = c.benchmark_group("list one component of 10,000");
    group.bench_function("baseline: git for-each-ref, one prefix", |b| {
        b.iter(|| git(path, &["for-each-ref", "refs/tags/components/prompts/c0/"]));
    });
    group.bench_function("segue", |b| {
        b.iter(|| registry.list(Some("prompts/c0"), Depth::Quick).expect("a list"))
    });
    group.finish();
}

fn resolve(c: &mut Criterion, path: &Path) {
    let registry = Registry::open(path).expect("a registry");
    // The first call reads, the second one begins to watch.
    for _ in 0..2 {
        registry.resolve("prompts/c0@production").expect("a component");
    }
    let mut group = c.benchmark_group("resolve one reference");
    group.bench_function("baseline: git cat-file, a process", |b| {
        b.iter(|| {
            git(path, &["cat-file", "blob", "refs/tags/components/prompts/c0/production:prompts/c0.md"])
        });
    });
    group.bench_function("segue, warm registry", |b| {
        b.iter(|| registry.resolve(black_box("prompts/c0@production")).expect("a component"));
    });
    let source = GitSource::open(path).expect("a source");
    let reference = ComponentRef::parse("prompts/c0@production").expect("a reference");
    for _ in 0..2 {
        source.resolve_blocking("prompts/c0@production").expect("a component");
    }
    group.bench_function("segue, one run's snapshot and one reference", |b| {
        b.iter(|| {
            let snapshot = source.snapshot_now().expect("at hand").expect("a snapshot");
            snapshot.resolve_now(black_box(&reference)).expect("at hand").expect("a component")
        });
    });
    group.finish();
}

/// From the end of `git update-ref` to the first answer with the new text; the issue allows 50 ms.
fn freshness(c: &mut Criterion, repositories: &[(usize, &Path)]) {
    let mut group = c.benchmark_group("a moved tag is served");
    group.sample_size(20);
    for &(components, path) in repositories {
        let registry = Registry::open(path).expect("a registry");
        let text = || registry.resolve("prompts/c0@production").expect("a component").text.to_string();
        let _ = (text(), text());
        let mut round = 0;
        group.bench_function(format!("with {} tags", components * (VERSIONS + SLOTS.len())), |b| {
            b.iter_custom(|rounds| {
                let mut total = Duration::ZERO;
                for _ in 0..rounds {
                    round += 1;
                    let version = round % VERSIONS;
                    let moved = set(path, version);
                    let expected = format!("version {version}");
                    while text() != expected {
                        std::thread::yield_now();
                    }
                    total += moved.elapsed();
                }
                total
            });
        });
    }
    group.finish();
}

criterion_group!(benches, registry);
criterion_main!(benches);
