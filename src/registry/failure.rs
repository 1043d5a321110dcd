//! What git's failures mean for the registry.
//!
//! Git has no codes for its reasons. Under `LC_ALL=C` its words are these, and have been for years; what is not
//! recognised is told in git's own words.

use super::error::{ErrorCode, RegistryError};
use super::git::GitOutput;

/// The reasons that people can do something about: words of git, the cause, what to say instead of them, the mend.
const REASONS: &[(&[&str], ErrorCode, &str, &str)] = &[
    (
        &[
            "Please tell me who you are",
            "empty ident name",
            "unable to auto-detect email address",
            "no email was given",
            "no name was given",
        ],
        ErrorCode::NoIdentity,
        "git does not know who you are, and every move is recorded with a name",
        "git config user.name \"Your Name\" && git config user.email you@example.com",
    ),
    (
        &[
            "gpg failed to sign",
            "unable to sign",
            "failed to write commit object",
            "cannot run gpg",
            "Couldn't load public key",
            "signing failed",
        ],
        ErrorCode::SigningFailed,
        "the signature could not be made",
        "see `git config --get-regexp 'gpg|sign'`; git's own words are above",
    ),
    (
        &["ref updates aborted by hook", "hook declined"],
        ErrorCode::HookRefused,
        "a hook of this repository (`reference-transaction`) refused it",
        "the hook's own words are above; it is in `git rev-parse --git-path hooks`",
    ),
    (
        &["Another git process seems to be running", ".lock': File exists"],
        ErrorCode::Locked,
        "git's lock on a reference is held",
        "if no other git is running, one has died here: remove the `.lock` file that is named",
    ),
    (
        &["No space left on device", "Disk quota exceeded", "File too large"],
        ErrorCode::Io,
        "the disk is full",
        "make room and try again",
    ),
    (
        &[
            "bad object",
            "not a valid object",
            "unable to read",
            "could not get object info",
            "missing blob",
            "missing commit",
            "object file",
        ],
        ErrorCode::MissingObject,
        "an object is not in this repository",
        "in a shallow clone: `git fetch --unshallow`; in a clone without tags: `segue fetch`; else `git fsck` says more",
    ),
];

/// The error that an ended git stands for.
pub(crate) fn explain(command: &str, output: &GitOutput) -> RegistryError {
    let text = output.stderr.trim();
    if text.is_empty() && output.code.is_none() {
        return RegistryError::new(ErrorCode::GitFailed, format!("`git {command}` was killed"));
    }
    explain_text(command, text)
}

/// The error that git's own words stand for.
pub(crate) fn explain_text(command: &str, stderr: &str) -> RegistryError {
    let reason = stderr.trim();
    let says = |words: &[&str]| words.iter().any(|words| reason.contains(words));
    if let Some((_, code, meaning, help)) = REASONS.iter().find(|(words, ..)| says(words)) {
        return RegistryError::new(*code, format!("{meaning}{}", quoted(reason))).with_help(*help);
    }
    RegistryError::new(ErrorCode::GitFailed, format!("`git {command}` failed{}", quoted(reason)))
}

/// git's own words, indented below the message.
fn quoted(reason: &str) -> String {
    if reason.is_empty() {
        return String::new();
    }
    let lines: Vec<String> =
        reason.lines().take(20).map(|line| format!("\n  git: {}", line.trim_end())).collect();
    lines.concat()
}
