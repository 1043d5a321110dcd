//! Changing references: all of them or none, each with the value that it is expected to have.

use super::{GitError, ObjectId, RefName, Repository};

/// What a reference must hold before it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: it does not exist.
    Missing,
    /// This very object.
    At(ObjectId),
}

/// Changes of references that happen together or not at all (`git update-ref --stdin`).
///
/// Each reference is locked and compared with its expected value before any is changed, so that of two writers with
/// the same expectation one wins and the other is told. Readers see each reference with its old value or its new one,
/// never without; between two references of one transaction they may see one changed and the other not yet.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    changes: Vec<Change>,
    message: Option<String>,
}

#[derive(Clone, Debug)]
enum Change {
    Set { name: RefName, new: ObjectId, old: Expected },
    Delete { name: RefName, old: ObjectId },
    Verify { name: RefName, old: Expected },
}

/// How a transaction ended. Nothing has changed unless it is `Done`, as far as git can promise.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Everything is changed.
    Done,
    /// A reference does not hold what was expected.
    Changed {
        /// Which one.
        name: RefName,
        /// What it holds instead, where git says so; it may have changed again.
        found: Option<ObjectId>,
    },
    /// Another process is writing: trying again is likely to help.
    Locked {
        /// What git said.
        stderr: String,
    },
    /// A name is in the way of another: `a/b` cannot be beside `a`.
    NameConflict {
        /// What git said.
        stderr: String,
    },
    /// The user's `reference-transaction` hook said no.
    HookRefused {
        /// What hook and git said.
        stderr: String,
    },
    /// Anything else: a full disk, a missing object, no permission.
    Failed {
        /// What git said.
        stderr: String,
    },
}

impl Transaction {
    /// No changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a reference. References are changed in the order in which they are given.
    #[must_use]
    pub fn set(mut self, name: RefName, new: ObjectId, old: Expected) -> Self {
        self.changes.push(Change::Set { name, new, old });
        self
    }

    /// Deletes a reference.
    #[must_use]
    pub fn delete(mut self, name: RefName, old: ObjectId) -> Self {
        self.changes.push(Change::Delete { name, old });
        self
    }

    /// Changes nothing, and fails where the reference is not as expected.
    #[must_use]
    pub fn verify(mut self, name: RefName, old: Expected) -> Self {
        self.changes.push(Change::Verify { name, old });
        self
    }

    /// What the reflog says, where there is one.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into().replace(['\n', '\0'], " "));
        self
    }

    /// Adds the changes of another one behind its own.
    pub fn append(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.message = other.message.or(self.message.take());
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Does it: one process of git.
    ///
    /// # Errors
    /// Only where git could not be run; what it refuses is an [`Outcome`].
    pub fn commit(&self, repository: &Repository) -> Result<Outcome, GitError> {
        if self.changes.is_empty() {
            return Ok(Outcome::Done);
        }
        let mut command = repository.command("update-ref");
        if let Some(message) = &self.message {
            command = command.arg("-m").arg(message);
        }
        let script = self.script(&ObjectId::zero(repository.object_format));
        let output = command.args(["--stdin", "-z"]).stdin(script).output();
        repository.writes().add();
        let output = output?;
        let is_done = output.stdout.split(|byte| *byte == b'\n').any(|line| line == b"commit: ok");
        if output.is_success() && is_done {
            return Ok(Outcome::Done);
        }
        Ok(self.refusal(output.stderr))
    }

    /// With `-z` values end with a NUL, and a line break in a name, which a [`RefName`] cannot hold, would not matter.
    fn script(&self, zero: &ObjectId) -> Vec<u8> {
        let value = |old: &Expected| match old {
            Expected::Missing => *zero,
            Expected::At(id) => *id,
        };
        let mut script = String::from("start\0");
        for change in &self.changes {
            script += &match change {
                Change::Set { name, new, old } => format!("update {name}\0{new}\0{}\0", value(old)),
                Change::Delete { name, old } => format!("delete {name}\0{old}\0"),
                Change::Verify { name, old } => format!("verify {name}\0{}\0", value(old)),
            };
        }
        script += "prepare\0commit\0";
        script.into_bytes()
    }

    /// git tells its reasons in words only; under `LC_ALL=C` they are these (2.38 to 2.47, files and reftable).
    fn refusal(&self, stderr: String) -> Outcome {
        let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
        if says(&["ref updates aborted by hook"]) {
            return Outcome::HookRefused { stderr };
        }
        if says(&[": File exists", "cannot lock references", "data is locked", "data concurrently modified"])
        {
            return Outcome::Locked { stderr };
        }
        if says(&["; cannot create '", "there is a non-empty directory", "cannot process '"]) {
            return Outcome::NameConflict { stderr };
        }
        let is_at = between(&stderr, "': is at ", " but expected ");
        let is_unexpected = says(&[
            "': reference already exists",
            "': unable to resolve reference",
            "': reference is missing",
        ]);
        if is_at.is_some() || is_unexpected {
            let name = between(&stderr, "cannot lock ref '", "'");
            let name = name.and_then(|name| self.names().find(|known| known.as_str() == name));
            if let Some(name) = name {
                return Outcome::Changed { name: name.clone(), found: is_at.and_then(ObjectId::parse) };
            }
        }
        Outcome::Failed { stderr }
    }

    fn names(&self) -> impl Iterator<Item = &RefName> {
        self.changes.iter().map(|change| match change {
            Change::Set { name, .. } | Change::Delete { name, .. } | Change::Verify { name, .. } => name,
        })
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}
