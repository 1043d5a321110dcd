//! The registry of one repository, as everything outside this room sees it.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::address::{Address, Query};
use super::error::{ErrorCode, RegistryError, Result};
use super::git::{Git, ObjectId, Repository};
use super::locate::{Located, locate, locate_any_prefix};
use super::log::{Held, Logged, read_chain};
use super::manifest::Manifest;
use super::source::GitSource;
use super::standing::{Scope, Standing};
use crate::component::{Component, ComponentError, Slot};

/// The components of one git repository, and where they are deployed.
///
/// It holds nothing that git holds: every question is asked of the repository as it is now.
#[derive(Clone, Debug)]
pub struct Registry {
    repository: Repository,
    manifest: OnceLock<Manifest>,
    source: Arc<OnceLock<GitSource>>,
    is_without_manifest: bool,
}

impl Registry {
    /// The registry of the repository that a folder is in. At most one process of git.
    ///
    /// # Errors
    /// `not-a-repository`, `no-git`.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(Git::default(), directory)
    }

    /// As [`open`](Self::open), with a `git` of one's own.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(git: Git, directory: impl AsRef<Path>) -> Result<Self> {
        Ok(Self {
            repository: Repository::discover_with(git, directory)?,
            manifest: OnceLock::new(),
            source: Arc::default(),
            is_without_manifest: false,
        })
    }

    /// The repository.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// What a reference names now, `prompts/extraction@production`: the component's text as it stood at that tag. What was
    /// read before is kept, and from the second call on references are watched: then it costs a microsecond, and a tag
    /// that was moved elsewhere is seen within 50 ms, one that this registry moved at once.
    ///
    /// # Errors
    /// `InvalidReference`, `MissingComponent`, `MissingSlot`, `MissingFile`, `MissingObject`, `Broken`, `Io`.
    pub fn resolve(&self, reference: &str) -> Result<Arc<Component>, ComponentError> {
        match self.source.get() {
            Some(source) => source.resolve_blocking(reference),
            None => {
                let source = GitSource::of(&self.repository)?;
                self.source.get_or_init(|| source).resolve_blocking(reference)
            }
        }
    }

    /// The manifest, as it was when it was first looked at; an empty one where there is none.
    ///
    /// # Errors
    /// `invalid-manifest`.
    pub fn manifest(&self) -> Result<&Manifest> {
        if let Some(manifest) = self.manifest.get() {
            return Ok(manifest);
        }
        let manifest = Manifest::of(&self.repository)?;
        Ok(self.manifest.get_or_init(|| manifest))
    }

    /// The same registry, which takes it that there is no manifest.
    pub(crate) fn without_manifest(&self) -> Self {
        Self { manifest: OnceLock::from(Manifest::default()), is_without_manifest: true, ..self.clone() }
    }

    /// Whether the manifest is left out of account, and nobody knows what it demands.
    pub(crate) fn is_without_manifest(&self) -> bool {
        self.is_without_manifest
    }

    /// How a component stands: all its slots and the last entry of its log. The name is as people type it.
    ///
    /// # Errors
    /// `unknown-component`, `ambiguous`, `invalid-name`.
    pub fn standing(&self, component: &str) -> Result<Standing> {
        Ok(self.standings(&[component], Scope::All)?.remove(0))
    }

    /// What a slot of a component holds now.
    ///
    /// # Errors
    /// As [`standing`](Self::standing), and `unknown-slot`.
    pub fn held(&self, component: &str, slot: &Slot) -> Result<Held> {
        let standing = self.standing(component)?;
        match standing.held(slot) {
            Some(held) => Ok(held),
            None => Err(self.unknown_slot(&standing.address, &slot.to_string())?),
        }
    }

    /// All entries of a component's log, newest first.
    ///
    /// # Errors
    /// `invalid-log`.
    pub fn chain(&self, standing: &Standing) -> Result<Vec<Logged>> {
        match &standing.log {
            Some(logged) => read_chain(&self.repository, &logged.id, None),
            None => Ok(Vec::new()),
        }
    }

    /// How components stand that somebody typed the names of, in their order. One process of git for names with their
    /// type, at a cost that does not grow with the tags of other components.
    pub(crate) fn standings(&self, names: &[&str], scope: Scope<'_>) -> Result<Vec<Standing>> {
        let typed = names.iter().map(|name| Query::parse(name)).collect::<Result<Vec<_>>>()?;
        let mut addresses: Vec<Address> = typed.iter().flat_map(Query::addresses).collect();
        addresses.sort();
        addresses.dedup();
        // A manifest may be long: it is read while git looks for both prefixes.
        let (manifest, found) = std::thread::scope(|scope_of_threads| {
            let manifest = scope_of_threads.spawn(|| self.manifest().map(drop));
            let found = Standing::read(&self.repository, &addresses, scope);
            (manifest.join(), found)
        });
        manifest.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let found = found?;
        let queries = typed.into_iter().map(|query| self.query(query)).collect::<Result<Vec<_>>>()?;
        let mut known = None;
        queries.iter().map(|query| self.one(query, &found, scope, &mut known)).collect()
    }

    /// What was typed, with the prefix that the manifest knows.
    fn query(&self, query: Query) -> Result<Query> {
        let Some((None, kind)) = query.kind().map(|kind| (query.prefix(), kind)) else { return Ok(query) };
        let manifest = self.manifest()?;
        match manifest.prefix(kind, query.name()) {
            Some(prefix) => Ok(Query::from(&Address::new(prefix, kind, query.name())?)),
            None => Ok(query),
        }
    }

    /// How a component stands that may have no tag yet: then its file in the commit says that it is one.
    pub(crate) fn standing_or_new(
        &self,
        typed: &str,
        commit: &ObjectId,
        scope: Scope<'_>,
    ) -> Result<Standing> {
        match self.standings(&[typed], scope) {
            Ok(mut standings) => Ok(standings.remove(0)),
            Err(error) if error.code == ErrorCode::UnknownComponent => {
                let query = self.query(Query::parse(typed)?)?;
                let manifest = self.manifest()?;
                query.check_declared(manifest.types.iter().map(|kind| &**kind))?;
                let Some(kind) = query.kind() else { return Err(error) };
                let objects = &mut self.repository.objects()?;
                let address = match query.prefix() {
                    Some(prefix) => {
                        let address = Address::new(prefix, kind, query.name())?;
                        locate(objects, commit, &address, manifest).map(|_| address)
                    }
                    None => locate_any_prefix(objects, commit, kind, query.name(), manifest)
                        .map(|(found, _)| found),
                };
                let address = address.map_err(|missing| with_nearest(missing, &error))?;
                self.standing_of(&address, scope)
            }
            Err(error) => Err(error),
        }
    }

    /// The file that is a component in a commit.
    ///
    /// # Errors
    /// `missing-file`, `ambiguous-file`, `missing-object`.
    pub fn locate(&self, address: &Address, commit: &ObjectId) -> Result<Located> {
        locate(&mut self.repository.objects()?, commit, address, self.manifest()?)
    }

    /// The one among those that were read which a query means; what was not read with the first question is asked for.
    fn one(
        &self,
        query: &Query,
        found: &[Standing],
        scope: Scope<'_>,
        known: &mut Option<Vec<Address>>,
    ) -> Result<Standing> {
        let there: Vec<&Standing> =
            found.iter().filter(|standing| query.matches(&standing.address) && standing.is_there()).collect();
        if let [one] = there.as_slice() {
            return Ok((*one).clone());
        }
        if query.kind().is_none() {
            // A bare name: of very many references only those are taken apart that may be meant.
            let part = format!("/{}", query.name());
            let mut named = self.components_where(|reference| reference.contains(&part))?;
            named.extend(self.declared()?);
            if named.iter().any(|address| query.matches(address)) {
                return self.standing_of(&query.choose(&named)?, scope);
            }
        }
        if known.is_none() {
            let mut all = self.components()?;
            all.extend(self.declared()?);
            *known = Some(all);
        }
        let all = known.as_deref().unwrap_or_default();
        let address = query.choose(all)?;
        match found.iter().find(|standing| standing.address == address) {
            Some(standing) => Ok(standing.clone()),
            None => self.standing_of(&address, scope),
        }
    }

    /// How a component stands whose full name is known. One process of git.
    pub(crate) fn standing_of(&self, address: &Address, scope: Scope<'_>) -> Result<Standing> {
        let mut standings = Standing::read(&self.repository, std::slice::from_ref(address), scope)?;
        standings
            .pop()
            .ok_or_else(|| RegistryError::new(ErrorCode::UnknownComponent, format!("no `{address}`")))
    }

    fn declared(&self) -> Result<impl Iterator<Item = Address> + '_> {
        Ok(self.manifest()?.components().iter().map(|declared| declared.address.clone()))
    }

    /// All components that have a tag or a log, by name. O(references of the repository), one process of git.
    ///
    /// # Errors
    /// What git may say.
    pub fn components(&self) -> Result<Vec<Address>> {
        self.components_where(|_| true)
    }

    fn components_where(&self, is_candidate: impl Fn(&str) -> bool) -> Result<Vec<Address>> {
        let mut found: Vec<Address> = Vec::new();
        let is_ours = |name: &str| {
            if is_candidate(name) {
                let component = Address::from_tag_ref(name).map(|(address, _)| address);
                let component = component.or_else(|| Address::from_log_ref(name));
                found.extend(component.filter(|address| found.last() != Some(address)));
            }
            false
        };
        self.repository.scan_refs(is_ours)?;
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// What a file that is missing is called most likely, in front of what else to do about it.
fn with_nearest(missing: RegistryError, unknown: &RegistryError) -> RegistryError {
    match (&unknown.help, &missing.help) {
        (Some(near), Some(help))
            if near.starts_with("did you mean") && help.starts_with("if it is another file") =>
        {
            let help = format!("{near} {help}");
            missing.with_help(help)
        }
        _ => missing,
    }
}
