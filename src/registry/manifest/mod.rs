//! `segue.yaml`: which components a repository has, how they are deployed, and what is forbidden.
//!
//! ```yaml
//! components:
//!   prompts/extraction: prompts/extraction.md
//!   queries/report: {path: sql/report.sql, prefix: logic}
//! types: [models]
//! environments: [dev, staging, canary, production]
//! rules:
//!   production: {requires: [staging], only: versions, branches: [main], signed: true, override: true}
//! ```
//!
//! Every part may be left away, and the file too: then components are found by their names, and nothing is forbidden.

mod components;
mod edgit;
mod edit;
mod node;
mod plain;
mod read;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::address::{Address, Prefix};
use super::error::{ErrorCode, RegistryError, Result};
use super::git::Repository;

use components::Components;
pub use edgit::{EdgitImport, read_edgit};
pub use edit::{add, first, remove};
pub(crate) use read::prefix_of;

/// The name of the file.
pub const FILE: &str = "segue.yaml";
/// The largest manifest that is read.
const MAX_BYTES: u64 = 4 << 20;

/// What a manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    components: Components,
    /// The types that it declares beside those that need no declaration.
    pub types: Vec<Box<str>>,
    /// The environments, in their order.
    pub environments: Vec<Box<str>>,
    /// The rules, in their order.
    pub rules: Vec<Rule>,
    /// What messages call it; `None` where there is no manifest.
    pub origin: Option<Box<str>>,
}

/// A component that the manifest lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declared {
    /// Its name.
    pub address: Address,
    /// Its file, from the top of the repository, with `/`.
    pub path: Box<str>,
    /// The manifest's line, counted from 1.
    pub line: usize,
}

/// What may be deployed to an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The environment.
    pub environment: Box<str>,
    /// Environments that hold the same, before.
    pub requires: Vec<Box<str>>,
    /// Whether versions alone are let in, and no other revision.
    pub only_versions: bool,
    /// Branches of which one has the commit.
    pub branches: Vec<Box<str>>,
    /// Whether the tag is a signed object.
    pub is_signed: bool,
    /// Whether a reason given in words overrides it.
    pub may_override: bool,
    /// Where the fields stand, for quoting.
    lines: Vec<(Box<str>, Quote)>,
}

/// A line of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quote {
    /// What the file is called.
    pub origin: Box<str>,
    /// Counted from 1.
    pub line: usize,
    /// The line itself, without white space around it.
    pub text: Box<str>,
}

impl std::fmt::Display for Quote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.origin, self.line, self.text)
    }
}

impl Manifest {
    /// Reads the text of a manifest; `origin` is what messages call it.
    ///
    /// # Errors
    /// `invalid-manifest`, with the line and what to write.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        read::parse(text, origin)
    }

    /// The manifest of a repository: `segue.yaml` at the top of the work tree; in a bare one that of `HEAD`. An empty
    /// one where there is none.
    ///
    /// # Errors
    /// `invalid-manifest`, `io`.
    pub fn of(repository: &Repository) -> Result<Self> {
        match Self::text_of(repository)? {
            Some((text, origin)) => Self::parse(&text, &origin),
            None => Ok(Self::default()),
        }
    }

    /// The text of a repository's manifest and what to call it.
    fn text_of(repository: &Repository) -> Result<Option<(String, String)>> {
        if let Some(path) = Self::path_in(repository) {
            let origin = FILE.to_owned();
            return match std::fs::read(&path) {
                Ok(bytes) => Ok(Some((utf8(bytes, &origin)?, origin))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(io(format!("cannot read `{}`: {error}", path.display()))),
            };
        }
        let origin = format!("HEAD:{FILE}");
        let object = repository.objects()?.contents(&origin, MAX_BYTES)?;
        object.map(|object| Ok((utf8(object.data, &origin)?, origin))).transpose()
    }

    /// Where the manifest of a work tree is, or would be; `None` in a bare repository.
    #[must_use]
    pub fn path_in(repository: &Repository) -> Option<PathBuf> {
        repository.work_tree.as_ref().map(|top| top.join(FILE))
    }

    /// The components that it lists, in its order.
    #[must_use]
    pub fn components(&self) -> &[Declared] {
        self.components.all()
    }

    /// What it says of a component.
    #[must_use]
    pub fn declared(&self, address: &Address) -> Option<Declared> {
        let (prefix, kind, name) = address.names();
        self.components.find(Some(prefix), kind, name)
    }

    /// The prefix that it gives to `kind/name`.
    #[must_use]
    pub fn prefix(&self, kind: &str, name: &str) -> Option<Prefix> {
        self.components.find(None, kind, name).map(|declared| declared.address.prefix())
    }

    /// The rule of an environment.
    #[must_use]
    pub fn rule(&self, environment: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| &*rule.environment == environment)
    }

    /// Where an environment stands in the order; those that the manifest does not name come last.
    #[must_use]
    pub fn rank(&self, environment: &str) -> usize {
        let place = self.environments.iter().position(|known| &**known == environment);
        place.unwrap_or(self.environments.len())
    }
}

impl Rule {
    /// The manifest's line that says so; `field` is `requires`, `only`, `branches`, `signed` or `override`.
    #[must_use]
    pub fn quote(&self, field: &str) -> Option<&Quote> {
        self.lines.iter().find(|(name, _)| &**name == field).map(|(_, quote)| quote)
    }
}

fn utf8(bytes: Vec<u8>, origin: &str) -> Result<String> {
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("`{origin}` is larger than {} MiB", MAX_BYTES >> 20);
        return Err(RegistryError::new(ErrorCode::InvalidManifest, message));
    }
    String::from_utf8(bytes)
        .map_err(|_| RegistryError::new(ErrorCode::InvalidManifest, format!("`{origin}` is not UTF-8")))
}

fn io(message: String) -> RegistryError {
    RegistryError::new(ErrorCode::Io, message)
}
