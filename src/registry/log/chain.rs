//! Reading a log from git, and writing the next entry of it.
//!
//! An entry is written as a commit that nothing refers to yet; it takes its place when the log's reference moves, in
//! the same transaction as the tags. A process that dies in between leaves a commit that git collects some day.

use super::entry::{Entry, Logged};
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::failure::explain;
use crate::registry::git::{ObjectId, Repository};
use crate::registry::time::Timestamp;

/// Commit, time and author of an entry, then its message: a line each, and an empty one behind each message.
const FORMAT: &str = "--format=%H%n%at%n%an <%ae>%n%B";

/// Who an entry is by, where that is not the person who runs the command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Author {
    /// The name.
    pub name: Box<str>,
    /// The mail address.
    pub mail: Box<str>,
    /// The time.
    pub at: Timestamp,
}

impl Author {
    /// The author of an entry that was read, to write it again behind another one.
    #[must_use]
    pub fn of(logged: &Logged) -> Self {
        let (name, mail) = logged.who.rsplit_once(" <").unwrap_or((&logged.who, ""));
        Self { name: name.into(), mail: mail.trim_end_matches('>').into(), at: logged.at }
    }
}

/// All entries of the log that ends with `tip`, newest first; those that `until` has are left out. One process of
/// git, at a cost that grows with the number of entries.
///
/// # Errors
/// `invalid-log` where a commit is no entry, and what git may say.
pub fn read_chain<'u>(
    repository: &Repository,
    tip: &ObjectId,
    until: impl IntoIterator<Item = &'u ObjectId>,
) -> Result<Vec<Logged>> {
    let command = repository
        .command("log")
        .args(["--first-parent", "--no-show-signature", "--no-color", "--encoding=UTF-8", "-z", FORMAT])
        .arg(tip.as_str())
        .args(until.into_iter().map(|id| format!("^{id}")))
        .arg("--");
    let output = command.output()?;
    if !output.is_success() {
        return Err(explain("log", &output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_terminator('\0').map(read_one).collect()
}

fn read_one(text: &str) -> Result<Logged> {
    let mut parts = text.splitn(4, '\n');
    let (Some(id), Some(at), Some(who), Some(message)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(RegistryError::new(ErrorCode::GitFailed, "`git log` printed what cannot be read"));
    };
    let id = ObjectId::parse(id)
        .ok_or_else(|| RegistryError::new(ErrorCode::GitFailed, "`git log` printed no object name"))?;
    let at = Timestamp::from_seconds(at.parse().unwrap_or_default());
    Ok(Logged::new(id, at, who, Entry::from_message(message)?))
}

/// Writes an entry behind `before`, and gives its commit; nothing refers to that yet. One process of git.
///
/// The author is who runs the command, by git's own rules, unless another is given.
///
/// # Errors
/// `no-identity` where git does not know who commits, `missing-object` where a commit that a slot holds is not here.
pub fn write_entry(
    repository: &Repository,
    address: &Address,
    before: Option<&ObjectId>,
    entry: &Entry,
    author: Option<&Author>,
) -> Result<ObjectId> {
    let held = |record: &crate::registry::Record| [record.to.clone(), record.from.clone()];
    let commits: Vec<ObjectId> =
        entry.records.iter().rev().flat_map(held).flatten().map(|held| held.commit).collect();
    let Some(newest) = commits.first() else {
        return Err(RegistryError::new(ErrorCode::InvalidLog, "an entry of the log changes nothing"));
    };
    // `git log` and `git show` of an entry show what was deployed with it.
    let mut arguments = vec![format!("{newest}^{{tree}}")];
    if let Some(before) = before {
        // The first entry has no parents, so that following first parents ends there and never leaves the log.
        let mut parents = vec![*before];
        for commit in commits {
            if !parents.contains(&commit) {
                parents.push(commit);
            }
        }
        arguments.extend(parents.iter().flat_map(|parent| ["-p".to_owned(), parent.to_string()]));
    }
    // Whatever encoding the user's commits have, ours are read by machines.
    let mut command =
        repository.command("-c").args(["i18n.commitEncoding=UTF-8", "commit-tree"]).args(arguments);
    if let Some(author) = author {
        command = command
            .variable("GIT_AUTHOR_NAME", &*author.name)
            .variable("GIT_AUTHOR_EMAIL", &*author.mail)
            .variable("GIT_AUTHOR_DATE", format!("@{} +0000", author.at.seconds()));
    }
    let output = command.stdin(entry.to_message(address)).output()?;
    if !output.is_success() {
        return Err(explain("commit-tree", &output));
    }
    ObjectId::parse(output.stdout.trim_ascii())
        .ok_or_else(|| RegistryError::new(ErrorCode::GitFailed, "`git commit-tree` printed no object name"))
}
