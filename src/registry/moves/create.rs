//! Making versions.

use super::commit::{Planned, TagChange, make};
use super::version::{Bump, bumped};
use crate::component::{Slot, Version};
use crate::registry::Registry;
use crate::registry::address::{Address, parse_slot};
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::failure::explain;
use crate::registry::git::ObjectId;
use crate::registry::log::{Held, MoveKind, Record};
use crate::registry::standing::{Scope, Standing};

/// How a version is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Create {
    /// The revision that it is made of; `HEAD` if none.
    pub at: Option<Box<str>>,
    /// What the tag says.
    pub message: Option<Box<str>>,
    /// Whether it is signed.
    pub signature: Signature,
}

/// Whether a tag is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// As git is configured (`tag.gpgSign`).
    #[default]
    Configured,
    /// It is.
    Required,
}

/// A version that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// The component.
    pub address: Address,
    /// The version.
    pub version: Version,
    /// What its tag holds.
    pub held: Held,
    /// What deserves a look.
    pub warnings: Vec<Box<str>>,
}

impl Registry {
    /// Makes a version: an annotated tag, which never moves.
    ///
    /// # Errors
    /// `exists`, `unknown-revision`, `missing-file`; `no-identity`, `signing-failed`.
    pub fn create(&self, component: &str, version: &str, how: &Create) -> Result<Created> {
        let version = match parse_slot(version)? {
            Slot::Version(version) => version,
            Slot::Environment(name) => {
                return Err(RegistryError::new(ErrorCode::InvalidName, format!("`{name}` is no version"))
                    .with_help(format!(
                        "write it as `v1.2.0`; an environment is set: `segue tag set {component} {name} VERSION`"
                    )));
            }
        };
        let commit = self.commit_of(how)?;
        let standing = self.standing_or_new(component, &commit, Scope::All)?;
        self.make_version(&standing, version, &commit, how)
    }

    /// Makes the version that comes next.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn bump(&self, component: &str, bump: Bump, how: &Create) -> Result<Created> {
        let commit = self.commit_of(how)?;
        let standing = self.standing_or_new(component, &commit, Scope::All)?;
        let version = bumped(standing.versions().last().copied(), bump)?;
        self.make_version(&standing, version, &commit, how)
    }

    fn commit_of(&self, how: &Create) -> Result<ObjectId> {
        let revision = how.at.as_deref().unwrap_or("HEAD");
        self.repository().resolve_revision(revision)?.ok_or_else(|| no_revision(revision))
    }

    fn make_version(
        &self,
        standing: &Standing,
        version: Version,
        commit: &ObjectId,
        how: &Create,
    ) -> Result<Created> {
        let address = standing.address.clone();
        let slot = Slot::Version(version.clone());
        if let Some(tag) = standing.tags.get(&slot) {
            return Err(exists(&address, &version, standing, &tag.commit));
        }
        let located = self.locate(&address, commit)?;
        let mut warnings = Vec::new();
        if let Some(newest) = standing.versions().last()
            && **newest > version
        {
            warnings.push(format!("{version} is not newer than {newest}, the newest version").into());
        }
        if self.differs_from_work_tree(commit, &located.path)? {
            warnings.push(
                format!(
                    "`{}` in the work tree differs from {}, of which {version} is made",
                    located.path,
                    commit.short()
                )
                .into(),
            );
        }
        self.make_tag(&address, &slot, commit, how)?;
        let standing = self.standing_of(&address, Scope::Slots(std::slice::from_ref(&slot)))?;
        let Some(held) = standing.held(&slot) else {
            return Err(RegistryError::new(
                ErrorCode::Race,
                format!("{version} was deleted in the meantime"),
            ));
        };
        let mut record = Record::new(slot, MoveKind::Create, None, Some(held.clone()));
        record.message.clone_from(&how.message);
        let planned = [Planned { tag: TagChange::IsMade, ..Planned::new(&address, record) }];
        if let Err(error) = make(self.repository(), &planned, vec![standing]) {
            // The version is there, and says itself who made it; its line in the log is a convenience.
            warnings.push(format!("the log does not know of it: {error}").into());
        }
        Ok(Created { address, version, held, warnings })
    }

    /// Whether a file in the work tree is another than in the commit, or gone. One process of git.
    fn differs_from_work_tree(&self, commit: &ObjectId, path: &str) -> Result<bool> {
        if self.repository().work_tree.is_none() {
            return Ok(false);
        }
        let command = self.repository().command("diff").args(["--quiet", "--no-ext-diff", "--no-textconv"]);
        let output = command.args([commit.as_str(), "--", &format!(":(top,literal){path}")]).output()?;
        Ok(output.code == Some(1))
    }

    /// git makes the tag, as it makes every other of the user: with their name, their signature, their hooks.
    fn make_tag(&self, address: &Address, slot: &Slot, commit: &ObjectId, how: &Create) -> Result<()> {
        let message =
            how.message.as_deref().map_or_else(|| format!("{} {slot}", address.path()), str::to_owned);
        let sign = match how.signature {
            Signature::Configured => "--annotate",
            Signature::Required => "--sign",
        };
        let command = self.repository().command("tag").args([sign, "--cleanup=whitespace", "--file=-", "--"]);
        let output = command.arg(address.tag_name(slot)).arg(commit.as_str()).stdin(message).output()?;
        if output.is_success() {
            return Ok(());
        }
        if output.stderr.contains("already exists") {
            let message = format!("{slot} of {} was made by somebody else in the meantime", address.path());
            return Err(RegistryError::new(ErrorCode::Exists, message));
        }
        Err(explain("tag", &output))
    }
}

fn exists(address: &Address, version: &Version, standing: &Standing, commit: &ObjectId) -> RegistryError {
    let path = address.path();
    let message = format!("{version} of {path} exists, at {}, and versions do not change", commit.short());
    let error = RegistryError::new(ErrorCode::Exists, message);
    match bumped(standing.versions().last().copied(), Bump::Patch) {
        Ok(next) => error.with_help(format!("the next is {next}: `segue tag bump {path} patch`")),
        Err(_) => error,
    }
}

fn no_revision(revision: &str) -> RegistryError {
    let shown = revision.escape_debug();
    let error = RegistryError::new(ErrorCode::UnknownRevision, format!("there is no revision `{shown}`"));
    if revision == "HEAD" {
        return error.with_help("there is no commit yet: `git commit` makes the first");
    }
    error.with_help("a branch, a tag or a commit of this repository; `git log --oneline` shows the last ones")
}
