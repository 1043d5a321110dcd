//! Names of references, under git's own rules.

use std::fmt;
use std::sync::Arc;

use super::{GitError, GitErrorKind};

/// The full name of a reference, such as `refs/tags/components/prompts/extraction/production`.
///
/// It begins with `refs/` and keeps git's rules, so that git can take it for nothing else: no option, no revision
/// expression, no second line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefName(Arc<str>);

impl RefName {
    /// Reads a full name.
    ///
    /// # Errors
    /// `InvalidName`, with the rule that it breaks.
    pub fn parse(name: &str) -> Result<Self, GitError> {
        let fault = |why: String| GitError::new(GitErrorKind::InvalidName, why);
        if !name.starts_with("refs/") {
            return Err(fault(format!("{name:?} is no full reference name: it begins with `refs/`")));
        }
        check_ref_format(name).map_err(fault)?;
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows `refs/tags/`, if it is a tag.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.0.strip_prefix("refs/tags/")
    }
}

/// Whether git accepts `name` as (part of) a reference name, by the rules of `git check-ref-format`; else which it
/// breaks, as a sentence. What single parts of our own names may be is stricter, and said in the component room.
fn check_ref_format(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("a name is empty".to_owned());
    }
    if let Some(letter) = name.chars().find(|&letter| is_forbidden(letter)) {
        return Err(format!("{name:?} is no name for git: {letter:?} cannot stand in it"));
    }
    let broken = |rule: &str| Err(format!("{name:?} is no name for git: {rule}"));
    if name == "@" || name.contains("@{") {
        return broken("`@` alone and `@{` mean something else there");
    }
    if name.contains("..") {
        return broken("`..` cannot stand in it");
    }
    if name.ends_with('.') {
        return broken("it cannot end with a dot");
    }
    for part in name.split('/') {
        if part.is_empty() {
            return broken("a part of it is empty");
        }
        if part.starts_with('.') {
            return broken("no part of it can begin with a dot");
        }
        if part.ends_with(".lock") {
            return broken("git keeps the ending `.lock` to itself");
        }
    }
    Ok(())
}

fn is_forbidden(letter: char) -> bool {
    letter.is_ascii_control() || matches!(letter, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for RefName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for RefName {
    fn borrow(&self) -> &str {
        &self.0
    }
}
