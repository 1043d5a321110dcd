//! Whether the tags are what the logs and the rules say: for CI.

use std::collections::HashMap;

use super::remote::Remote;
use super::view::{Sides, Value, View};
use crate::component::{Slot, Version};
use crate::registry::Registry;
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::git::{ObjectId, Repository};
use crate::registry::log::{Held, Logged, MoveKind, read_chain};
use crate::registry::manifest::{Manifest, Rule};
use crate::registry::rules;
use crate::registry::standing::Scope;

/// What a verification looked at and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many components were looked at.
    pub components: usize,
    /// How many versions.
    pub versions: usize,
    /// How many environments.
    pub environments: usize,
    /// What is wrong, by component.
    pub findings: Vec<Finding>,
    /// What is worth knowing, and no fault.
    pub notes: Vec<String>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The component.
    pub address: Address,
    /// The slot.
    pub slot: Slot,
    /// The kind, to match on.
    pub kind: FindingKind,
    /// One sentence.
    pub message: String,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// A version is not what its log says.
    VersionMoved,
    /// A version that the log knows of is gone.
    VersionMissing,
    /// A version is another one on the remote.
    VersionDiffers,
    /// An environment is at a commit that no version names.
    UnknownVersion,
    /// An environment that must be signed is not, or its signature is not good.
    Signature,
    /// Another rule of the manifest is not kept.
    Rule,
    /// What a tag comes to is not here, or is no commit.
    MissingObject,
}

impl FindingKind {
    /// The word, as `--json` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VersionMoved => "version-moved",
            Self::VersionMissing => "version-missing",
            Self::VersionDiffers => "version-differs",
            Self::UnknownVersion => "unknown-version",
            Self::Signature => "signature",
            Self::Rule => "rule",
            Self::MissingObject => "missing-object",
        }
    }
}

impl Registry {
    /// Checks that every version is where its log says, every environment at a known version, and that signatures and
    /// rules of the manifest are kept. Nothing is written, and the remote is not asked. A process of git for each
    /// component with a log, and one for each signature.
    ///
    /// # Errors
    /// `missing-tags` in a clone that has a remote and no tags of components: a check of nothing must not pass.
    pub fn verify(&self) -> Result<Verified> {
        let repository = self.repository();
        let remote = Remote::find(repository, None).ok().flatten();
        let view = View::read(repository, remote.as_ref())?;
        let manifest = Manifest::of(repository)?;
        if !view.has_tags()
            && let Some(remote) = &remote
        {
            return Err(missing_tags(remote.name()));
        }
        let mut verified = Verified { components: view.components.len(), ..Verified::default() };
        let mut without_log = 0;
        for (address, sides) in &view.components {
            without_log += usize::from(sides.log.is_none() && !sides.local.is_empty());
            verified.component(self, &manifest, address, sides)?;
        }
        if without_log > 0 {
            let whose = if without_log == 1 {
                "1 component has".into()
            } else {
                format!("{without_log} components have")
            };
            let help = if remote.is_some() && !view.is_tracked {
                ": `segue fetch` brings the logs that the remote has"
            } else {
                ", so that nobody can tell whether its versions moved"
            };
            verified.notes.push(format!("{whose} no log here{help}"));
        }
        Ok(verified)
    }
}

/// That a clone has no tags, and how they come.
pub(crate) fn missing_tags(remote: &str) -> RegistryError {
    RegistryError::new(ErrorCode::MissingTags, "this clone has no tags of components").with_help(format!(
        "`segue fetch {remote}` brings tags and logs (in CI: check out with them, or run that first)"
    ))
}

impl Verified {
    fn component(
        &mut self,
        registry: &Registry,
        manifest: &Manifest,
        address: &Address,
        sides: &Sides,
    ) -> Result<()> {
        let repository = registry.repository();
        let chain = match &sides.log {
            Some(log) => read_chain(repository, &log.id, None)?,
            None => Vec::new(),
        };
        let logged = logged_versions(&chain);
        let path = address.path();
        for slot in sides.slots() {
            match (&slot, sides.local.get(&slot)) {
                (Slot::Version(version), Some(value)) => {
                    self.versions += 1;
                    self.version(address, sides, &slot, version, *value, &logged);
                }
                (Slot::Environment(name), Some(value)) => {
                    self.environments += 1;
                    self.environment(repository, address, sides, &slot, *value)?;
                    if let Some(rule) = manifest.rules.iter().find(|rule| rule.environment == *name) {
                        self.rule(registry, address, sides, &slot, *value, rule, &chain)?;
                    }
                }
                (_, None) => {}
            }
        }
        for (version, held) in &logged {
            let slot = Slot::Version(version.clone());
            if let (Some(held), None) = (held, sides.local.get(&slot)) {
                let message =
                    format!("{version} of {path} is gone; its log has it at {}", held.commit.short());
                self.findings.push(finding(address, &slot, FindingKind::VersionMissing, message));
            }
        }
        Ok(())
    }

    fn version(
        &mut self,
        address: &Address,
        sides: &Sides,
        slot: &Slot,
        version: &Version,
        value: Value,
        logged: &HashMap<Version, Option<Held>>,
    ) {
        let path = address.path();
        if let Some(Some(held)) = logged.get(version)
            && held.object != value.object
        {
            let message = if held.commit == value.commit {
                format!("{version} of {path} is another tag than its log says, on the same commit")
            } else {
                format!(
                    "{version} of {path} was moved: it is at {}, and its log says {}",
                    value.commit.short(),
                    held.commit.short()
                )
            };
            self.findings.push(finding(address, slot, FindingKind::VersionMoved, message));
        } else if let Some(tracked) = sides.tracked.get(slot)
            && tracked.object != value.object
        {
            let message = format!(
                "{version} of {path} is at {} here, and at {} on the remote",
                value.commit.short(),
                tracked.commit.short()
            );
            self.findings.push(finding(address, slot, FindingKind::VersionDiffers, message));
        }
    }

    fn environment(
        &mut self,
        repository: &Repository,
        address: &Address,
        sides: &Sides,
        slot: &Slot,
        value: Value,
    ) -> Result<()> {
        let path = address.path();
        let state = sides.state();
        if sides.log.is_some() && state.holding(slot).map(|holding| holding.to.object) != Some(value.object) {
            self.notes.push(format!(
                "{slot} of {path} was moved by something else than segue: `segue history {path} {slot}`"
            ));
        }
        if sides
            .local
            .iter()
            .any(|(slot, other)| matches!(slot, Slot::Version(_)) && other.commit == value.commit)
        {
            return Ok(());
        }
        let kind = repository.objects()?.info(value.commit.as_str())?;
        let (kind, message) = if kind.is_none() {
            let message = format!(
                "{slot} of {path} is at {}, which is not here: `git fetch --unshallow`",
                value.commit.short()
            );
            (FindingKind::MissingObject, message)
        } else {
            let message = format!("{slot} of {path} is at {}, which no version names", value.commit.short());
            (FindingKind::UnknownVersion, message)
        };
        self.findings.push(finding(address, slot, kind, message));
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "all of it is one question")]
    fn rule(
        &mut self,
        registry: &Registry,
        address: &Address,
        sides: &Sides,
        slot: &Slot,
        value: Value,
        rule: &Rule,
        chain: &[Logged],
    ) -> Result<()> {
        let path = address.path();
        let quote = |field: &str| rule.quote(field).map(|quote| format!(" ({quote})")).unwrap_or_default();
        if rule.is_signed {
            let fault = if value.object == value.commit {
                Some("is not signed".to_owned())
            } else {
                signature_fault(registry.repository(), &value.object)?
            };
            if let Some(fault) = fault {
                let message = format!("{slot} of {path} {fault}{}", quote("signed"));
                self.findings.push(finding(address, slot, FindingKind::Signature, message));
            }
        }
        // What was overridden with a reason is no breach.
        let last = chain
            .iter()
            .flat_map(|logged| logged.entry.records.iter().rev())
            .find(|record| record.slot == *slot);
        if last.is_some_and(|record| record.overridden.is_some()) {
            return Ok(());
        }
        let standing = registry.standing_of(address, Scope::All)?;
        let held = sides.held(slot, value, &sides.state());
        if let Some(broken) = rules::broken(registry, &standing, rule, &held)? {
            self.findings.push(finding(
                address,
                slot,
                FindingKind::Rule,
                format!("{slot} of {path}: {broken}"),
            ));
        }
        Ok(())
    }
}

fn finding(address: &Address, slot: &Slot, kind: FindingKind, message: String) -> Finding {
    Finding { address: address.clone(), slot: slot.clone(), kind, message }
}

/// What the log says last of each version; `None` where it was deleted. `chain` has the newest first.
fn logged_versions(chain: &[Logged]) -> HashMap<Version, Option<Held>> {
    let mut versions = HashMap::new();
    for record in chain.iter().flat_map(|logged| logged.entry.records.iter().rev()) {
        if let Slot::Version(version) = &record.slot {
            let is_making = matches!(record.kind, MoveKind::Create | MoveKind::Delete | MoveKind::Set);
            if is_making && !versions.contains_key(version) {
                versions.insert(version.clone(), record.to.clone());
            }
        }
    }
    versions
}

/// Why a tag object's signature is not good; `None` where it is.
fn signature_fault(repository: &Repository, object: &ObjectId) -> Result<Option<String>> {
    let output = repository.command("verify-tag").arg(object.as_str()).output()?;
    if output.is_success() {
        return Ok(None);
    }
    let words = output.stderr.trim();
    if words.contains("no signature found") {
        return Ok(Some("is not signed".into()));
    }
    let first = words.lines().find(|line| !line.trim().is_empty()).unwrap_or("git verify-tag says no");
    Ok(Some(format!("has a signature that is not good: {}", first.trim_start_matches("error: "))))
}
