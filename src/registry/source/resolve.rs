//! From a reference to a component's text.

use std::sync::Arc;

use super::cache::{Cache, Key};
use super::view::{Chosen, Tag, Tags, View};
use crate::component::{
    Component, ComponentError, ComponentErrorKind, ComponentRef, Slot, Version, missing, read_component,
};
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::git::ObjectReader;
use crate::registry::locate::{locate, missing as missing_object};
use crate::registry::log::Entry;

/// The largest component that is read.
const MAX_BYTES: u64 = 16 << 20;
/// The longest entry of a log that is read.
const MAX_ENTRY: u64 = 4 << 20;

/// The tag that a reference names.
pub(super) fn find<'v>(
    view: &'v View,
    reference: &ComponentRef,
) -> Result<(&'v Tags, &'v Tag), ComponentError> {
    let tags = match view.choose(reference) {
        Chosen::One(tags) => tags,
        Chosen::Both => {
            let path = reference.path();
            let message = format!(
                "`{path}` is both `components/{path}` and `logic/{path}`: write the one that is meant, or say it in \
                 segue.yaml"
            );
            return Err(ComponentError::new(ComponentErrorKind::InvalidReference, message));
        }
        Chosen::None if view.is_empty() => {
            let message = format!(
                "there is no component `{}`: this clone has no component's tags; `git fetch --tags` brings them",
                reference.path()
            );
            return Err(ComponentError::new(ComponentErrorKind::MissingComponent, message));
        }
        Chosen::None => return Err(missing::component(reference, view.paths())),
    };
    match tags.tag(&reference.slot) {
        Some(tag) => Ok((tags, tag)),
        None => {
            let environments = tags.environments.keys().map(AsRef::as_ref);
            let error = missing::slot(reference, environments, tags.versions.keys());
            let message = format!("{}; `segue fetch` brings tags that only the remote has", error.message);
            Err(ComponentError::new(error.kind, message))
        }
    }
}

/// The component, where it was read before.
pub(super) fn at_hand(
    view: &View,
    cache: &Cache,
    reference: &ComponentRef,
) -> Option<Result<Arc<Component>, ComponentError>> {
    match find(view, reference) {
        Ok((_, tag)) => cache.get(tag.found.get()?).map(Ok),
        Err(error) => Some(Err(error)),
    }
}

/// The component, read from git where it has to be.
pub(super) fn read(
    objects: &mut ObjectReader,
    view: &View,
    cache: &Cache,
    reference: &ComponentRef,
) -> Result<Arc<Component>, ComponentError> {
    let (tags, tag) = find(view, reference)?;
    if let Some(component) = tag.found.get().and_then(|key| cache.get(key)) {
        return Ok(component);
    }
    let shown = match label(objects, tags, tag, &reference.slot) {
        Some(version) => reference.display_at(&Slot::Version(version)),
        None => format!("{}@{}", reference.path(), tag.commit.short()),
    };
    let broken = |error: RegistryError| broken(reference, &shown, error);
    let located = locate(objects, &tag.commit, &tags.address, &view.manifest).map_err(broken)?;
    let key = Key { blob: located.blob, shown: shown.as_str().into() };
    let component = match cache.get(&key) {
        Some(component) => component,
        None => {
            let object =
                objects.contents(located.blob.as_str(), MAX_BYTES).map_err(|error| broken(error.into()))?;
            let object = object.ok_or_else(|| broken(missing_object(&located.blob, &located.path)))?;
            let text = String::from_utf8(object.data).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                let byte = error.as_bytes()[at];
                let message = format!(
                    "`{}` of {shown} is not UTF-8: byte {byte:#04x} at offset {at} cannot stand there",
                    located.path
                );
                ComponentError::new(ComponentErrorKind::Broken, message)
            })?;
            // What `git show` takes.
            let origin = format!("{}:{}", tag.commit.short(), located.path);
            let component = Arc::new(read_component(&text, key.shown.clone(), origin.into())?);
            cache.insert(key.clone(), component.clone());
            component
        }
    };
    let _ = tag.found.set(key);
    Ok(component)
}

/// As which version a slot is shown: the one that its last move named if it still points there, else the highest at its
/// commit. A log that cannot be read names none: what is deployed is served all the same.
fn label(objects: &mut ObjectReader, tags: &Tags, tag: &Tag, slot: &Slot) -> Option<Version> {
    if let Slot::Version(version) = slot {
        return Some(version.clone());
    }
    let logged = tags.log.and_then(|id| {
        let commit = objects.contents(id.as_str(), MAX_ENTRY).ok()??;
        let text = String::from_utf8(commit.data).ok()?;
        let (_, message) = text.split_once("\n\n")?;
        let entry = Entry::from_message(message).ok()?;
        let holding = entry.state.holding(slot)?;
        (holding.to.object == tag.object).then(|| holding.to.version.clone())?
    });
    logged.or_else(|| tags.version_at(&tag.commit).cloned())
}

fn broken(reference: &ComponentRef, shown: &str, error: RegistryError) -> ComponentError {
    let kind = match error.code {
        ErrorCode::MissingFile | ErrorCode::AmbiguousFile => ComponentErrorKind::MissingFile,
        ErrorCode::MissingObject => ComponentErrorKind::MissingObject,
        ErrorCode::Io | ErrorCode::NoGit => ComponentErrorKind::Io,
        _ => ComponentErrorKind::Broken,
    };
    let whose = if reference.to_string() == shown {
        format!("`{reference}`")
    } else {
        format!("`{reference}` ({shown})")
    };
    let help = error.help.map(|help| format!("\n{help}")).unwrap_or_default();
    ComponentError::new(kind, format!("{whose}: {}{help}", error.message))
}

/// The same error as sources have it.
pub(super) fn component_error(error: RegistryError) -> ComponentError {
    let help = error.help.map(|help| format!("; {help}")).unwrap_or_default();
    ComponentError::new(ComponentErrorKind::Io, format!("{}{help}", error.message))
}
