//! Why the registry refused, or could not do its work.
//!
//! One opaque kind of error for the whole room: a code to match on, a sentence for people, and the mend. The code
//! knows whether it is a refusal (nothing was wrong with the question) or a question that makes no sense here; the
//! command's exit code is made from that and from nothing else.

use std::fmt;

/// What went wrong in the registry, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct RegistryError {
    /// The cause, to match on.
    pub code: ErrorCode,
    /// What is wrong: lower case, no full stop. It may have several lines where candidates are listed.
    pub message: Box<str>,
    /// What to do, where something can be done.
    pub help: Option<Box<str>>,
}

impl RegistryError {
    /// An error of the given cause.
    pub fn new(code: ErrorCode, message: impl Into<Box<str>>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// The same error with its mend.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Box<str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the question was understood and refused (exit code 1), rather than wrong in itself (2).
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.code.is_refusal()
    }
}

/// What functions of this room return.
pub type Result<T, E = RegistryError> = std::result::Result<T, E>;

/// The codes are declared once: the variant, its text, and whether it refuses.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal $kind:ident,)+) => {
        /// The causes. Their texts ([`as_str`](Self::as_str)) are part of the `--json` output and do not change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ErrorCode {
            /// Every cause.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The cause in kebab case, as `--json` has it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            fn kind(self) -> Kind {
                match self {
                    $(Self::$name => Kind::$kind,)+
                }
            }
        }
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Understood and refused, or failed on the way.
    Refused,
    /// Not a question that has an answer here.
    Usage,
}

codes! {
    /// No component has this name.
    UnknownComponent "unknown-component" Usage,
    /// The component has no such version or environment.
    UnknownSlot "unknown-slot" Usage,
    /// No commit has this name.
    UnknownRevision "unknown-revision" Usage,
    /// The remote is not configured.
    UnknownRemote "unknown-remote" Usage,
    /// More than one component has this name.
    Ambiguous "ambiguous" Usage,
    /// Not a name that a component, a slot or a reference of git may have.
    InvalidName "invalid-name" Usage,
    /// What was asked for contradicts itself.
    Usage "usage" Usage,
    /// Not inside a git repository.
    NotARepository "not-a-repository" Usage,
    /// There is no git to run, or one that is too old.
    NoGit "no-git" Usage,
    /// `segue.yaml` cannot be read.
    InvalidManifest "invalid-manifest" Usage,
    /// There is one already, and it does not change.
    Exists "exists" Refused,
    /// The component's file is not there.
    MissingFile "missing-file" Refused,
    /// More than one file could be the component.
    AmbiguousFile "ambiguous-file" Refused,
    /// An object that git does not have here: a shallow or partial clone, or a damaged repository.
    MissingObject "missing-object" Refused,
    /// A rule of the manifest forbids it.
    Rule "rule" Refused,
    /// Somebody else moved the same slot at the same time.
    Race "race" Refused,
    /// Somebody else moved the slot on the remote.
    Lease "lease" Refused,
    /// The remote has something else than we have, and one of both has to give way.
    Conflict "conflict" Refused,
    /// A clone that has a remote, and none of its tags of components.
    MissingTags "missing-tags" Refused,
    /// The version was marked bad.
    MarkedBad "marked-bad" Refused,
    /// A deletion that needs a word more.
    NeedsConfirmation "needs-confirmation" Refused,
    /// There is nothing to go back to.
    NothingToRollBack "nothing-to-roll-back" Refused,
    /// There is no rollback to undo.
    NothingToUndo "nothing-to-undo" Refused,
    /// Git does not know who commits.
    NoIdentity "no-identity" Refused,
    /// The signature could not be made.
    SigningFailed "signing-failed" Refused,
    /// A hook said no.
    HookRefused "hook-refused" Refused,
    /// Somebody holds git's lock.
    Locked "locked" Refused,
    /// The log was written by a newer segue, or is damaged.
    InvalidLog "invalid-log" Refused,
    /// Verification found something.
    VerifyFailed "verify-failed" Refused,
    /// Git failed in another way; the message has its words.
    GitFailed "git-failed" Refused,
    /// A file could not be read or written.
    Io "io" Refused,
}

impl ErrorCode {
    /// Whether the question was understood and refused (exit code 1), rather than wrong in itself (2).
    #[must_use]
    pub fn is_refusal(self) -> bool {
        self.kind() == Kind::Refused
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn every_code_has_a_text_of_its_own_in_kebab_case() {
        let texts: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
        for text in texts {
            assert!(text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{text}");
        }
    }

    #[test]
    fn unknown_names_are_usage_and_races_are_refusals() {
        assert!(!ErrorCode::UnknownComponent.is_refusal());
        assert!(!ErrorCode::UnknownSlot.is_refusal());
        assert!(ErrorCode::Race.is_refusal());
        assert!(ErrorCode::Exists.is_refusal());
    }
}
