//! Repositories to try things in, isolated from whoever runs the tests: no configuration of theirs, no identity, no
//! language. A [`Hub`] is a bare remote; [`Repo`] is a work tree, alone or a clone of one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

/// The prompt that every repository here begins with.
pub(crate) const COMPONENT: &str = "prompts/extraction";
/// Where it lies.
pub(crate) const FILE: &str = "prompts/extraction.md";

/// A bare repository that clones share.
pub(crate) struct Hub {
    folder: Arc<TempDir>,
}

/// A repository with a work tree; commits are Ada's unless it was cloned by somebody else.
#[derive(Clone)]
pub(crate) struct Repo {
    path: PathBuf,
    // Deleted with the last of those who work in it.
    folder: Arc<TempDir>,
}

/// How a call of the binary ended.
pub(crate) struct Called {
    line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command that sees nothing of the machine's git configuration, nor of a repository that the tests run in.
pub(crate) fn isolated(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    for name in
        ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "EMAIL", "XDG_CONFIG_HOME", "LC_ALL", "LANG"]
    {
        command.env_remove(name);
    }
    command
        .env("HOME", home)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// Splits a line as a shell does, single quotes included.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    for letter in line.chars() {
        match letter {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' if !is_quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

impl Hub {
    /// An empty remote.
    pub(crate) fn empty() -> Self {
        let folder = Arc::new(TempDir::new().expect("a folder"));
        let status = isolated("git", folder.path())
            .args(["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"])
            .current_dir(folder.path())
            .status();
        assert!(status.expect("git starts").success());
        Self { folder }
    }

    /// A remote whose `main` holds [`COMPONENT`] in two versions, both tagged by segue and pushed: `v1.0.0`, `v1.1.0`;
    /// and the clone of Ada's that did it.
    pub(crate) fn new() -> (Self, Repo) {
        let hub = Self::empty();
        let ada = hub.clone_as("ada");
        for (version, text) in [("v1.0.0", "First.\n"), ("v1.1.0", "Second.\n")] {
            ada.commit(FILE, text);
            ada.ok(&format!("tag create {COMPONENT} {version}"));
        }
        ada.git("push --quiet origin main");
        ada.ok("push --tags");
        (hub, ada)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("remote.git")
    }

    /// A fresh `git clone` of somebody's: nothing but what git itself brings along.
    pub(crate) fn clone_as(&self, who: &str) -> Repo {
        let path = self.folder.path().join(who);
        let mut command = isolated("git", self.folder.path());
        command.args(["clone", "--quiet", "remote.git", who]).current_dir(self.folder.path());
        let output = command.output().expect("git starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let repo = Repo { path, folder: Arc::clone(&self.folder) };
        repo.introduce(who);
        repo
    }

    /// Runs git in the remote itself; it must end well. Its output, without the last line end.
    pub(crate) fn git(&self, line: &str) -> String {
        let repo = Repo { path: self.path(), folder: Arc::clone(&self.folder) };
        repo.git(line)
    }

    /// What the remote has under `refs/tags/` and `refs/segue/`: names and object ids.
    pub(crate) fn refs(&self) -> BTreeMap<String, String> {
        Repo { path: self.path(), folder: Arc::clone(&self.folder) }.refs()
    }

    /// Installs a hook of the remote's, such as `pre-receive`.
    pub(crate) fn hook(&self, name: &str, script: &str) {
        write_hook(&self.path().join("hooks").join(name), script);
    }
}

impl Repo {
    /// An empty repository that belongs to no remote.
    pub(crate) fn empty() -> Self {
        let folder = Arc::new(TempDir::new().expect("a folder"));
        let path = folder.path().join("work");
        fs::create_dir(&path).expect("a folder");
        let repo = Self { path, folder };
        repo.git("init --quiet --initial-branch=main");
        repo.introduce("ada");
        repo
    }

    /// A repository with [`COMPONENT`] in two versions, `v1.0.0` and `v1.1.0`, and no remote.
    pub(crate) fn new() -> Self {
        let repo = Self::empty();
        for (version, text) in [("v1.0.0", "First.\n"), ("v1.1.0", "Second.\n")] {
            repo.commit(FILE, text);
            repo.ok(&format!("tag create {COMPONENT} {version}"));
        }
        repo
    }

    fn introduce(&self, who: &str) {
        let name = who[..1].to_uppercase() + &who[1..];
        self.git(&format!("config user.name {name}"));
        self.git(&format!("config user.email {who}@example.com"));
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder around it, which holds the remote and the other clones: a place for scratch files.
    pub(crate) fn around(&self) -> &Path {
        self.folder.path()
    }

    /// The same repository, seen from one of its folders.
    pub(crate) fn at(&self, folder: &str) -> Self {
        Self { path: self.path.join(folder), folder: Arc::clone(&self.folder) }
    }

    /// Writes a file in the work tree.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Writes a file and commits it. The commit's id.
    pub(crate) fn commit(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        self.write(name, text);
        self.git_words(&["add", "--", name]);
        self.git_words(&["commit", "--quiet", "-m", &format!("write {name}")]);
        self.git("rev-parse HEAD")
    }

    /// Runs git; it must end well. Its output, without the last line end.
    pub(crate) fn git(&self, line: &str) -> String {
        self.git_words(&words(line).iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub(crate) fn git_words(&self, words: &[&str]) -> String {
        let output = self.try_git(words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {}\n{errors}", words.join(" "));
        String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
    }

    /// Runs git, however it ends.
    pub(crate) fn try_git(&self, words: &[&str]) -> Output {
        let mut command = isolated("git", self.around());
        command.args(words).current_dir(&self.path).output().expect("git starts")
    }

    /// A call of the binary that has not started yet, for whoever needs pipes, signals or variables.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = isolated(assert_cmd::cargo::cargo_bin!("segue"), self.around());
        command.args(words).current_dir(&self.path);
        command
    }

    /// Calls `segue …` with a line as it is typed; single quotes hold words together.
    pub(crate) fn segue(&self, line: &str) -> Called {
        self.segue_words(&words(line).iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub(crate) fn segue_words(&self, words: &[&str]) -> Called {
        Called::new(words, &self.command(words).output().expect("it starts"))
    }

    /// Calls `segue …`, which must end well.
    pub(crate) fn ok(&self, line: &str) -> Called {
        let called = self.segue(line);
        assert_eq!(called.code, Some(0), "{called}");
        called
    }

    /// Calls `segue …`, which must end with this exit code.
    pub(crate) fn fails(&self, code: i32, line: &str) -> Called {
        let called = self.segue(line);
        assert_eq!(called.code, Some(code), "{called}");
        called
    }

    /// All refs under `refs/tags/` and `refs/segue/`: names and object ids.
    pub(crate) fn refs(&self) -> BTreeMap<String, String> {
        let listed = self.git("for-each-ref --format='%(refname) %(objectname)' refs/tags refs/segue");
        let pairs = listed.lines().filter_map(|line| line.split_once(' '));
        pairs.map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
    }

    /// The commit that a slot of [`COMPONENT`] stands for, if there is one.
    pub(crate) fn slot(&self, slot: &str) -> Option<String> {
        let name = format!("refs/tags/components/{COMPONENT}/{slot}^{{commit}}");
        let output = self.try_git(&["rev-parse", "--verify", "--quiet", &name]);
        output.status.success().then(|| String::from_utf8(output.stdout).expect("text").trim().to_owned())
    }

    /// Installs a hook, such as `reference-transaction`.
    pub(crate) fn hook(&self, name: &str, script: &str) {
        write_hook(&self.path.join(".git/hooks").join(name), script);
    }
}

/// Writes a script that git may run.
fn write_hook(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, format!("#!/bin/sh\n{script}\n")).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a script can be run");
    }
}

impl Called {
    pub(crate) fn new(words: &[&str], output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Self {
            line: words.join(" "),
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

/// The call and all that came of it.
impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or("a signal".to_owned(), |code| code.to_string());
        write!(f, "$ segue {}\nexit {code}\n", self.line)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "── {name}\n{text}")?;
            }
        }
        Ok(())
    }
}
