//! Real repositories in temporary folders, for the tests of this room and of those above.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Git, ObjectId, RefName, Repository};

/// A repository that goes away with its value.
pub(crate) struct TestRepository {
    folder: tempfile::TempDir,
    path: PathBuf,
}

/// The `git` of tests: nobody's configuration but the repository's own.
pub(crate) fn git() -> Git {
    Git::default()
        .with_variable("GIT_CONFIG_GLOBAL", Some("/dev/null"))
        .with_variable("GIT_CONFIG_NOSYSTEM", Some("1"))
}

impl TestRepository {
    /// An empty repository with an identity.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// `git init` with options.
    pub(crate) fn with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().canonicalize().expect("a path").join("repository");
        let repository = Self { folder, path };
        std::fs::create_dir(&repository.path).expect("a folder");
        repository.run(&[&["init", "-q", "-b", "main"], options].concat());
        repository.run(&["config", "user.name", "Ada"]);
        repository.run(&["config", "user.email", "ada@example.com"]);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Beside the repository, for clones and work trees.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("a path").join(name)
    }

    pub(crate) fn open(&self) -> Repository {
        Repository::discover_with(git(), &self.path).expect("a repository")
    }

    /// Runs git there; its standard output, without its line end.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        run_in(&self.path, arguments)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Writes a file and commits it.
    pub(crate) fn commit(&self, path: &str, text: &str) -> ObjectId {
        self.write(path, text);
        self.run(&["add", "--", path]);
        self.run(&["commit", "-q", "-m", &format!("change {path}")]);
        self.head()
    }

    pub(crate) fn head(&self) -> ObjectId {
        ObjectId::parse(self.run(&["rev-parse", "HEAD"])).expect("an id")
    }

    /// An annotated tag on `revision`.
    pub(crate) fn annotate(&self, tag: &str, revision: &str) {
        self.run(&["tag", "-a", "-m", tag, tag, revision]);
    }
}

/// Runs git in a folder; its standard output, without its line end.
pub(crate) fn run_in(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .expect("git runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A name that is known to be one.
pub(crate) fn name(text: &str) -> RefName {
    RefName::parse(text).expect("a name")
}
