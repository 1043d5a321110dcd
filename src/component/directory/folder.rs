//! One component's folder: its slots as they were when they were read, its texts as they are asked for.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::cannot_read;
use super::slots::{self, Environments};
use super::stamp::Stamp;
use crate::component::memory::read;
use crate::component::{Component, ComponentError, ComponentErrorKind, ComponentRef, Slot, Version, missing};

/// The largest file that is read.
const MAX_BYTES: u64 = 16 << 20;

const SLOTS: &str = "slots.yaml";

/// A component's folder. Its slots never change; texts are added as they are read.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Of `slots.yaml`; none where there is no such file.
    stamp: Option<Stamp>,
    environments: Result<Environments, ComponentError>,
    texts: RwLock<BTreeMap<Version, Text>>,
}

/// A version's text, or why there is none.
#[derive(Clone, Debug)]
struct Text {
    file: Option<(PathBuf, Stamp)>,
    component: Result<Arc<Component>, ComponentError>,
}

impl Folder {
    /// Reads the slots of a folder.
    pub(super) fn read(path: PathBuf) -> Self {
        let file = path.join(SLOTS);
        let (stamp, environments) = match Stamp::of(&file) {
            Ok(None) => (None, Ok(Environments::new())),
            Ok(stamp) => (stamp, read_slots(&file)),
            Err(error) => (None, Err(cannot_read(&file, &error))),
        };
        Self { path, stamp, environments, texts: RwLock::default() }
    }

    /// Whether everything that was read from it is sure to be as it was; an error is always worth another look.
    pub(super) fn is_current(&self) -> bool {
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        self.environments.is_ok()
            && self.slots_hold(Stamp::vouches_for)
            && texts.values().all(|text| match (&text.component, &text.file) {
                (Ok(_), Some((path, stamp))) => holds(path, Some(stamp), Stamp::vouches_for),
                _ => false,
            })
    }

    /// Whether `slots.yaml` is the one that was read.
    pub(super) fn has_same_slots(&self) -> bool {
        self.slots_hold(Stamp::is_same)
    }

    fn slots_hold(&self, same: fn(&Stamp, &Stamp) -> bool) -> bool {
        holds(&self.path.join(SLOTS), self.stamp.as_ref(), same)
    }

    /// What a reference to this component names.
    pub(super) fn resolve(&self, reference: &ComponentRef) -> Result<Arc<Component>, ComponentError> {
        match &reference.slot {
            Slot::Version(version) => self.text(reference, version),
            Slot::Environment(name) => {
                let environments = self.environments.as_ref().map_err(ComponentError::clone)?;
                let version = environments.get(name).ok_or_else(|| self.missing_slot(reference))?;
                self.text(reference, version)
            }
        }
    }

    fn text(&self, reference: &ComponentRef, version: &Version) -> Result<Arc<Component>, ComponentError> {
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get(version) {
            return text.component.clone();
        }
        drop(texts);
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have read it meanwhile; what a snapshot once gave stays.
        let text = texts.entry(version.clone()).or_insert_with(|| self.load(reference, version));
        text.component.clone()
    }

    fn load(&self, reference: &ComponentRef, version: &Version) -> Text {
        let nothing = |error| Text { file: None, component: Err(error) };
        let path = match self.file(version) {
            Ok(Some(path)) => path,
            Ok(None) => return nothing(self.missing_version(reference, version)),
            Err(error) => return nothing(error),
        };
        let stamp = match Stamp::of(&path) {
            Ok(Some(stamp)) => stamp,
            Ok(None) => return nothing(self.missing_version(reference, version)),
            Err(error) => return nothing(cannot_read(&path, &error)),
        };
        let shown: Arc<str> = reference.display_at(&Slot::Version(version.clone())).into();
        let origin: Arc<str> = path.display().to_string().into();
        let component = read_text(&path).and_then(|text| read(&text, shown, origin)).map(Arc::new);
        Text { file: Some((path, stamp)), component }
    }

    /// The one file of a version.
    fn file(&self, version: &Version) -> Result<Option<PathBuf>, ComponentError> {
        let wanted = version.to_string();
        let mut names = self.names()?;
        names.retain(|name| version_name(name, &wanted).is_some());
        match names.as_slice() {
            [] => Ok(None),
            [name] => Ok(Some(self.path.join(name))),
            several => {
                let names = missing::list(several.iter().map(String::as_str));
                let message = format!("`{}` has several files for {wanted}: {names}", self.path.display());
                Err(ComponentError::new(ComponentErrorKind::Broken, message))
            }
        }
    }

    /// The files' names, sorted.
    fn names(&self) -> Result<Vec<String>, ComponentError> {
        let failed = |error| cannot_read(&self.path, &error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.path).map_err(failed)? {
            // A name that is no text is no version either.
            names.extend(entry.map_err(failed)?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn versions(&self) -> Vec<Version> {
        let names = self.names().unwrap_or_default();
        let mut versions: Vec<Version> = names.iter().filter_map(|name| version_of(name)).collect();
        versions.sort_unstable();
        versions
    }

    fn missing_slot(&self, reference: &ComponentRef) -> ComponentError {
        let names = self.environments.iter().flat_map(BTreeMap::keys).map(AsRef::as_ref);
        missing::slot(reference, names, self.versions().iter())
    }

    fn missing_version(&self, reference: &ComponentRef, version: &Version) -> ComponentError {
        let Slot::Environment(name) = &reference.slot else { return self.missing_slot(reference) };
        let versions: Vec<String> = self.versions().iter().map(ToString::to_string).collect();
        let there = missing::list(versions.iter().map(String::as_str));
        let message = format!(
            "`{}` says that `{name}` is {version}, and there is no such version: there is {there}",
            self.path.join(SLOTS).display(),
        );
        ComponentError::new(ComponentErrorKind::MissingSlot, message)
    }
}

/// Whether a file is as it was stamped.
fn holds(path: &Path, stamp: Option<&Stamp>, same: fn(&Stamp, &Stamp) -> bool) -> bool {
    match (stamp, Stamp::of(path)) {
        (None, Ok(None)) => true,
        (Some(before), Ok(Some(now))) => same(before, &now),
        _ => false,
    }
}

/// The extension of a file that holds the version `wanted`; a word, so that `v1.0.0.md~` and `v1.0.0-rc.1` are none.
fn version_name<'n>(name: &'n str, wanted: &str) -> Option<&'n str> {
    let rest = name.strip_prefix(wanted)?;
    if rest.is_empty() {
        return Some("");
    }
    rest.strip_prefix('.').filter(|extension| is_extension(extension))
}

fn is_extension(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The version that a file holds by its name.
fn version_of(name: &str) -> Option<Version> {
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if is_extension(extension) => stem,
        _ => name,
    };
    Version::parse(stem).ok()
}

fn read_slots(path: &Path) -> Result<Environments, ComponentError> {
    let text = read_text(path)?;
    slots::parse(&text).map_err(|fault| {
        let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
        let message = format!("{}{line}: {}", path.display(), fault.message);
        ComponentError::new(ComponentErrorKind::Broken, message)
    })
}

fn read_text(path: &Path) -> Result<String, ComponentError> {
    let failed = |error| cannot_read(path, &error);
    let broken = |what: String| {
        ComponentError::new(ComponentErrorKind::Broken, format!("`{}` {what}", path.display()))
    };
    // Opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(broken("is no file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(broken(format!("is larger than {} MiB", MAX_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        broken(format!("is not UTF-8: byte {:#04x} at offset {at} cannot stand there", error.as_bytes()[at]))
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_file_holds_the_version_that_its_name_says() {
        for (name, version) in [
            ("v1.0.0.md", Some("v1.0.0")),
            ("v1.0.0", Some("v1.0.0")),
            ("v2.0.0-rc.1.txt", Some("v2.0.0-rc.1")),
            ("v2.0.0-rc.1", Some("v2.0.0-rc.1")),
            ("v1.0.0.md~", None),
            ("slots.yaml", None),
            ("1.0.0.md", None),
        ] {
            assert_eq!(version_of(name).map(|version| version.to_string()).as_deref(), version, "{name}");
        }
        assert_eq!(version_name("v1.0.0-rc.1.md", "v1.0.0"), None);
        assert_eq!(version_name("v1.0.0-rc.1", "v1.0.0-rc"), None);
        assert_eq!(version_name("v1.0.01.md", "v1.0.0"), None);
    }
}
