//! Components in memory: for tests, and for programs that get them from somewhere of their own.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use super::{
    Component, ComponentError, ComponentErrorKind, ComponentRef, ComponentSource, ResolveFuture, Slot,
    Snapshot, SnapshotFuture, Version, front_matter, missing,
};

/// A set of components with their versions and slots.
///
/// ```
/// use segue::component::{Components, MemorySource};
/// let mut components = Components::new();
/// components.add("prompts/extraction@v1.0.0", "Extract the names from ${input.text}")?;
/// components.set("prompts/extraction@production", "v1.0.0")?;
/// let source = MemorySource::from(components);
/// # Ok::<(), segue::component::ComponentError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Components {
    kinds: HashMap<Box<str>, HashMap<Box<str>, Entry>>,
}

/// One component.
#[derive(Clone, Debug, Default)]
struct Entry {
    versions: BTreeMap<Version, Arc<Component>>,
    environments: BTreeMap<Box<str>, Version>,
}

impl Components {
    /// No components.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a version, `prompts/extraction@v1.0.0`, or replaces its text. Front matter is understood.
    ///
    /// # Errors
    /// `InvalidReference` where the reference is none or names no version, `Broken` for bad front matter.
    pub fn add(&mut self, reference: &str, text: &str) -> Result<(), ComponentError> {
        let reference = parse(reference)?;
        let Slot::Version(version) = &reference.slot else {
            let message = format!(
                "`{}` is an environment: text is added to a version, `{}@v1.0.0`",
                reference.slot,
                reference.path()
            );
            return Err(ComponentError::new(ComponentErrorKind::InvalidReference, message));
        };
        let shown: Arc<str> = reference.display_at(&reference.slot).into();
        let component = read(text, shown.clone(), shown)?;
        let kind = self.kinds.entry(reference.kind.clone()).or_default();
        let entry = kind.entry(reference.name.clone()).or_default();
        entry.versions.insert(version.clone(), Arc::new(component));
        Ok(())
    }

    /// Moves an environment, `prompts/extraction@production`, to a version that is there: `v1.0.0`.
    ///
    /// # Errors
    /// `InvalidReference` where either is not what it should be, `MissingComponent` and `MissingSlot`.
    pub fn set(&mut self, reference: &str, version: &str) -> Result<(), ComponentError> {
        let reference = parse(reference)?;
        let version = Version::parse(version).map_err(invalid)?;
        let Slot::Environment(environment) = &reference.slot else {
            let message = format!("`{}` is a version: it never moves", reference.slot);
            return Err(ComponentError::new(ComponentErrorKind::InvalidReference, message));
        };
        let Some(entry) = self.entry_mut(&reference) else {
            return Err(missing::component(&reference, self.paths()));
        };
        if !entry.versions.contains_key(&version) {
            let wanted = ComponentRef { slot: Slot::Version(version), ..reference };
            return Err(entry.missing_slot(&wanted));
        }
        entry.environments.insert(environment.clone(), version);
        Ok(())
    }

    /// Takes a slot away; a version goes with the environments that stand at it. What is not there stays so.
    ///
    /// # Errors
    /// `InvalidReference`.
    pub fn remove(&mut self, reference: &str) -> Result<(), ComponentError> {
        let reference = parse(reference)?;
        let Some(entry) = self.entry_mut(&reference) else { return Ok(()) };
        match &reference.slot {
            Slot::Environment(environment) => {
                entry.environments.remove(environment);
            }
            Slot::Version(version) => {
                entry.versions.remove(version);
                entry.environments.retain(|_, at| at != version);
            }
        }
        Ok(())
    }

    /// What a reference names.
    ///
    /// # Errors
    /// `MissingComponent` and `MissingSlot`, each with what there is instead.
    pub fn get(&self, reference: &ComponentRef) -> Result<Arc<Component>, ComponentError> {
        missing::check_prefix(reference)?;
        let entry = self.kinds.get(&reference.kind).and_then(|names| names.get(&reference.name));
        let entry = entry.ok_or_else(|| missing::component(reference, self.paths()))?;
        let version = match &reference.slot {
            Slot::Version(version) => Some(version),
            Slot::Environment(environment) => entry.environments.get(environment),
        };
        let component = version.and_then(|version| entry.versions.get(version));
        component.cloned().ok_or_else(|| entry.missing_slot(reference))
    }

    fn entry_mut(&mut self, reference: &ComponentRef) -> Option<&mut Entry> {
        self.kinds.get_mut(&reference.kind)?.get_mut(&reference.name)
    }

    fn paths(&self) -> impl Iterator<Item = String> {
        self.kinds.iter().flat_map(|(kind, names)| names.keys().map(move |name| format!("{kind}/{name}")))
    }
}

impl Entry {
    fn missing_slot(&self, reference: &ComponentRef) -> ComponentError {
        missing::slot(reference, self.environments.keys().map(AsRef::as_ref), self.versions.keys())
    }
}

impl Snapshot for Components {
    fn resolve_now(&self, reference: &ComponentRef) -> Option<Result<Arc<Component>, ComponentError>> {
        Some(self.get(reference))
    }

    fn resolve<'a>(&'a self, reference: &'a ComponentRef) -> ResolveFuture<'a> {
        Box::pin(std::future::ready(self.get(reference)))
    }
}

/// A source in memory. What it holds can be changed while runs go: each run keeps what it started with.
#[derive(Debug, Default)]
pub struct MemorySource {
    components: RwLock<Arc<Components>>,
}

impl MemorySource {
    /// An empty source.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the components, all at once: no run sees half of it, and after an error nothing has changed.
    /// O(components) while a run holds a snapshot.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn update<E>(&self, change: impl FnOnce(&mut Components) -> Result<(), E>) -> Result<(), E> {
        let mut components = self.components.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Components::clone(&components);
        change(&mut changed)?;
        *components = Arc::new(changed);
        Ok(())
    }

    /// [`Components::add`].
    ///
    /// # Errors
    /// As there.
    pub fn add(&self, reference: &str, text: &str) -> Result<(), ComponentError> {
        self.update(|components| components.add(reference, text))
    }

    /// [`Components::set`].
    ///
    /// # Errors
    /// As there.
    pub fn set(&self, reference: &str, version: &str) -> Result<(), ComponentError> {
        self.update(|components| components.set(reference, version))
    }
}

impl From<Components> for MemorySource {
    fn from(components: Components) -> Self {
        Self { components: RwLock::new(Arc::new(components)) }
    }
}

impl MemorySource {
    fn current(&self) -> Arc<dyn Snapshot> {
        self.components.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ComponentSource for MemorySource {
    fn snapshot(&self) -> SnapshotFuture<'_> {
        Box::pin(std::future::ready(Ok(self.current())))
    }

    fn snapshot_now(&self) -> Option<Result<Arc<dyn Snapshot>, ComponentError>> {
        Some(Ok(self.current()))
    }
}

fn parse(reference: &str) -> Result<ComponentRef, ComponentError> {
    let reference = ComponentRef::parse(reference).map_err(invalid)?;
    missing::check_prefix(&reference)?;
    Ok(reference)
}

fn invalid(error: super::RefError) -> ComponentError {
    ComponentError::new(ComponentErrorKind::InvalidReference, error.message)
}

/// The component that a file's text makes.
pub(crate) fn read(file: &str, reference: Arc<str>, origin: Arc<str>) -> Result<Component, ComponentError> {
    let body = front_matter::split(file).map_err(|fault| {
        let message = format!("{origin}:{}: {}", fault.line, fault.message);
        ComponentError::new(ComponentErrorKind::Broken, message)
    })?;
    let text_offset = u32::try_from(file.len() - body.text.len()).unwrap_or(u32::MAX);
    Ok(Component { text: body.text.into(), reference, origin, text_offset, is_template: body.is_template })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn components() -> Components {
        let mut components = Components::new();
        components.add("prompts/extraction@v1.0.0", "old").expect("a version");
        components.add("prompts/extraction@v1.1.0", "---\ntemplate: false\n---\nnew").expect("a version");
        components.set("prompts/extraction@production", "v1.0.0").expect("a slot");
        components
    }

    fn get(components: &Components, reference: &str) -> Result<(String, String), String> {
        let reference = ComponentRef::parse(reference).expect("a reference");
        let component = components.get(&reference).map_err(|error| error.to_string())?;
        Ok((component.reference.to_string(), component.text.to_string()))
    }

    #[test]
    fn slots_and_versions_resolve_to_versions() {
        let components = components();
        let old = Ok(("prompts/extraction@v1.0.0".to_owned(), "old".to_owned()));
        assert_eq!(get(&components, "prompts/extraction@production"), old);
        assert_eq!(get(&components, "prompts/extraction@v1.0.0"), old);
        assert_eq!(get(&components, "components/prompts/extraction@v1.0.0"), old);
        let new = components.get(&ComponentRef::parse("prompts/extraction@v1.1.0").expect("a reference"));
        let new = new.expect("a component");
        assert_eq!((&*new.text, new.is_template, new.text_offset), ("new", false, 24));
    }

    #[test]
    fn what_is_missing_is_said_with_what_is_there() {
        let components = components();
        for (reference, message) in [
            (
                "prompts/extractoin@v1.0.0",
                "there is no component `prompts/extractoin`: did you mean `prompts/extraction`?",
            ),
            (
                "configs/limits@v1.0.0",
                "there is no component `configs/limits`: there is `prompts/extraction`",
            ),
            (
                "prompts/extraction@prodution",
                "`prompts/extraction` has no slot `prodution`: it has `production`, `v1.0.0` and `v1.1.0`; \
                 did you mean `production`?",
            ),
            (
                "logic/prompts/extraction@v1.0.0",
                "there is no `logic/` here: only git has it; write `prompts/extraction`",
            ),
        ] {
            assert_eq!(get(&components, reference), Err(message.to_owned()));
        }
        assert_eq!(
            get(&Components::new(), "a/b@c"),
            Err("there is no component `a/b`: there is none at all".to_owned())
        );
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let mut components = components();
        let kind = |result: Result<(), ComponentError>| result.expect_err("an error").kind;
        assert_eq!(kind(components.add("prompts/a@production", "")), ComponentErrorKind::InvalidReference);
        assert_eq!(kind(components.add("prompts/a", "")), ComponentErrorKind::InvalidReference);
        assert_eq!(
            kind(components.set("prompts/extraction@v1.0.0", "v1.1.0")),
            ComponentErrorKind::InvalidReference
        );
        assert_eq!(kind(components.set("prompts/extraction@a", "1.1")), ComponentErrorKind::InvalidReference);
        assert_eq!(kind(components.set("prompts/extraction@a", "v9.0.0")), ComponentErrorKind::MissingSlot);
        assert_eq!(kind(components.set("prompts/b@a", "v1.0.0")), ComponentErrorKind::MissingComponent);
        assert_eq!(
            kind(components.add("prompts/a@v1.0.0", "---\ntemplate: 1\n---\n")),
            ComponentErrorKind::Broken
        );
    }

    #[test]
    fn removing_a_version_takes_its_slots_along() {
        let mut components = components();
        components.remove("prompts/extraction@v1.0.0").expect("a reference");
        assert_eq!(
            get(&components, "prompts/extraction@production"),
            Err("`prompts/extraction` has no slot `production`: it has `v1.1.0`".to_owned())
        );
    }

    #[tokio::test]
    async fn a_snapshot_keeps_what_it_started_with() {
        let source = MemorySource::from(components());
        let reference = ComponentRef::parse("prompts/extraction@production").expect("a reference");
        let before = source.snapshot().await.expect("a snapshot");
        source.set("prompts/extraction@production", "v1.1.0").expect("a move");
        let after = source.snapshot().await.expect("a snapshot");
        let text = |snapshot: &dyn Snapshot| {
            snapshot.resolve_now(&reference).map(|found| found.expect("there").text.clone())
        };
        assert_eq!(text(&*before).as_deref(), Some("old"));
        assert_eq!(text(&*after).as_deref(), Some("new"));
    }

    #[test]
    fn a_failed_update_changes_nothing() {
        let source = MemorySource::from(components());
        let result = source.update(|components| {
            components.set("prompts/extraction@production", "v1.1.0")?;
            components.set("prompts/extraction@production", "v7.0.0")
        });
        assert_eq!(result.map_err(|error| error.kind), Err(ComponentErrorKind::MissingSlot));
        let components = source.components.read().expect("a lock").clone();
        assert_eq!(
            get(&components, "prompts/extraction@production").map(|found| found.1),
            Ok("old".to_owned())
        );
    }
}
