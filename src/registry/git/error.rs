//! Why git could not be asked, or gave no answer.

use std::path::Path;

use crate::registry::{ErrorCode, RegistryError};

/// A failure of git, or of reaching it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct GitError {
    /// The cause, to match on.
    pub kind: GitErrorKind,
    /// What went wrong: one sentence, or git's own words.
    pub message: Box<str>,
    /// How to mend it, where that is known.
    pub help: Option<Box<str>>,
}

/// The causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GitErrorKind {
    /// There is no `git` to run.
    NotInstalled,
    /// The directory is in no repository.
    NotARepository,
    /// The `git` that is there is too old to be asked this.
    TooOld,
    /// The text is no name that git accepts.
    InvalidName,
    /// Committer or author are not configured.
    NoIdentity,
    /// An object that is needed is not in the repository.
    MissingObject,
    /// Something is larger than what is read.
    TooLarge,
    /// git said no, for a reason that its words tell.
    Failed,
    /// Reading from git or writing to it failed.
    Io,
}

impl GitError {
    /// An error of the given kind.
    pub fn new(kind: GitErrorKind, message: impl Into<Box<str>>) -> Self {
        Self { kind, message: message.into(), help: None }
    }

    /// The same error with its mend.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Box<str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// `git` could not be started in `directory`.
    pub(super) fn not_started(program: &Path, directory: &Path, error: &std::io::Error) -> Self {
        // A directory that is gone and a program that is missing are the same error of the system.
        if error.kind() == std::io::ErrorKind::NotFound && directory.is_dir() {
            let message = format!("there is no `{}` to run", program.display());
            return Self::new(GitErrorKind::NotInstalled, message)
                .with_help("install git 2.38 or newer, and see that it is in PATH");
        }
        let message = format!("cannot run git in `{}`: {error}", directory.display());
        let is_too_long = error.kind() == std::io::ErrorKind::ArgumentListTooLong;
        Self::new(if is_too_long { GitErrorKind::TooLarge } else { GitErrorKind::Io }, message)
    }

    pub(super) fn io(what: &str, error: &std::io::Error) -> Self {
        Self::new(GitErrorKind::Io, format!("cannot {what} git: {error}"))
    }

    /// What git printed is not what was asked for.
    pub(super) fn unexpected(command: &str, output: &[u8]) -> Self {
        let shown: String = String::from_utf8_lossy(output).chars().take(200).collect();
        let message = format!("`git {command}` printed what cannot be read: {shown:?}");
        Self::new(GitErrorKind::Failed, message)
    }

    /// git ended with `stderr` as its reason.
    pub(super) fn failed(command: &str, code: Option<i32>, stderr: &str) -> Self {
        let reason = stderr.trim();
        // git has no codes for its reasons; under LC_ALL=C its words are these, and have been for years.
        let says = |words: &[&str]| words.iter().any(|words| reason.contains(words));
        if says(&["not a git repository", "must be run in a work tree"]) {
            return Self::new(GitErrorKind::NotARepository, reason.trim_start_matches("fatal: "));
        }
        if says(&["detected dubious ownership"]) {
            let error = "git does not trust this repository: it belongs to another user";
            let help = reason.lines().find_map(|line| line.trim().strip_prefix("git config"));
            let help = help.map_or_else(|| reason.to_owned(), |rest| format!("git config{rest}"));
            return Self::new(GitErrorKind::NotARepository, error).with_help(help);
        }
        if says(&["Please tell me who you are", "empty ident name", "unable to auto-detect email address"]) {
            return Self::new(GitErrorKind::NoIdentity, "git does not know who you are")
                .with_help("git config user.name \"Your Name\" && git config user.email you@example.com");
        }
        if says(&["missing object", "bad ref"]) {
            return Self::new(GitErrorKind::MissingObject, format!("`git {command}`: {reason}"))
                .with_help("in a shallow clone: `git fetch --unshallow --tags`; else `git fsck` says more");
        }
        if says(&["unknown option", "is not a git command"]) {
            let message = format!("this git does not know `git {command}`: {}", first_line(reason));
            return Self::new(GitErrorKind::TooOld, message).with_help("install git 2.38 or newer");
        }
        if reason.is_empty() {
            let ending = code.map_or("was killed".to_owned(), |code| format!("ended with code {code}"));
            return Self::new(GitErrorKind::Failed, format!("`git {command}` {ending}"));
        }
        Self::new(GitErrorKind::Failed, format!("`git {command}`: {reason}"))
    }
}

impl From<GitError> for RegistryError {
    fn from(error: GitError) -> Self {
        let code = match error.kind {
            GitErrorKind::NotInstalled | GitErrorKind::TooOld => ErrorCode::NoGit,
            GitErrorKind::NotARepository => ErrorCode::NotARepository,
            GitErrorKind::InvalidName => ErrorCode::InvalidName,
            GitErrorKind::NoIdentity => ErrorCode::NoIdentity,
            GitErrorKind::MissingObject => ErrorCode::MissingObject,
            GitErrorKind::TooLarge | GitErrorKind::Failed => ErrorCode::GitFailed,
            GitErrorKind::Io => ErrorCode::Io,
        };
        let mapped = Self::new(code, error.message);
        match error.help {
            Some(help) => mapped.with_help(help),
            None => mapped,
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
