//! Ensembles from files and texts, and those that agents run.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::operation::{Call, FailureKind, OperationError};
use super::services::{Services, beside};
use super::{Ensemble, compile_with, yaml};
use crate::component::Component;
use crate::syntax::{Colour, Diagnostic, Severity};

/// An ensemble that cannot be loaded: all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadError {
    /// The file, or what the caller calls the text.
    pub name: String,
    /// The text that the diagnostics' places count in; what is no UTF-8 in it is replaced.
    pub text: String,
    /// Everything that is wrong or worth knowing, in the order of the file; at least one error, unless the file could
    /// not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the file could not be read.
    pub unreadable: Option<String>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.unreadable {
            return write!(f, "cannot read `{}`: {reason}", self.name);
        }
        for (at, diagnostic) in self.diagnostics.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            f.write_str(diagnostic.render(&self.name, &self.text, Colour::Never).trim_end())?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

/// What checking an ensemble's text gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Check {
    /// The text that the diagnostics' places count in; what is no UTF-8 in it is replaced.
    pub text: String,
    /// Everything that is wrong or worth knowing, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The ensemble, if nothing is wrong.
    pub ensemble: Option<Ensemble>,
}

/// Compiles the bytes of an ensemble file; `path` is where the files that it names are beside.
pub(crate) fn check(services: &Arc<Services>, bytes: &[u8], path: Option<&Path>) -> Check {
    let text = match yaml::decode(bytes) {
        Ok(text) => text,
        Err((text, diagnostic)) => {
            return Check { text: text.into(), diagnostics: vec![diagnostic], ensemble: None };
        }
    };
    let compiled = compile_with(text, &services.infos, &services.extensions);
    let diagnostics = compiled.diagnostics;
    let has_errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let plan = compiled.plan.filter(|_| !has_errors);
    let ensemble =
        plan.map(|plan| Ensemble::new(plan, services.clone(), path.map(Into::into), diagnostics.clone()));
    Check { text: text.to_owned(), diagnostics, ensemble }
}

/// Loads an ensemble from bytes.
///
/// # Errors
/// All that is wrong with it.
pub(crate) fn load(
    services: &Arc<Services>,
    name: &str,
    bytes: &[u8],
    path: Option<&Path>,
) -> Result<Ensemble, LoadError> {
    let Check { text, diagnostics, ensemble } = check(services, bytes, path);
    ensemble.ok_or_else(|| LoadError { name: name.to_owned(), text, diagnostics, unreadable: None })
}

/// Loads an ensemble from a file.
///
/// # Errors
/// All that is wrong with it, or that it cannot be read.
pub(crate) fn load_file(services: &Arc<Services>, path: &Path) -> Result<Ensemble, LoadError> {
    let name = path.display().to_string();
    match services.files.read(path) {
        Ok(bytes) => load(services, &name, &bytes, Some(path)),
        Err(error) => {
            let unreadable = Some(error.to_string());
            Err(LoadError { name, text: String::new(), diagnostics: Vec::new(), unreadable })
        }
    }
}

/// The ensembles that the agents of one ensemble run, read when they are first needed and kept as long as it is.
#[derive(Default)]
pub(super) struct Nested {
    files: Mutex<HashMap<Box<str>, Ensemble>>,
    /// By the address of the text, which the component beside it keeps from being used again.
    components: Mutex<HashMap<usize, (Arc<Component>, Ensemble)>>,
}

/// So many are kept; then all are forgotten and read again.
const KEPT: usize = 256;

/// The ensemble that a call of the operation `ensemble` means.
///
/// # Errors
/// That it names none, or what is wrong with the one that it names.
pub(super) fn target(call: &Call<'_>) -> Result<Ensemble, OperationError> {
    let parent = &call.context.ensemble().0;
    if let Some(file) = call.config_text("file")? {
        return from_file(call.context.ensemble(), &file.to_text()).map_err(unloaded);
    }
    let Some(component) = call.component() else {
        let message = "`ensemble` needs `config.file` or a `component: ensembles/NAME@SLOT`";
        return Err(OperationError::invalid(message));
    };
    let key = component.text.as_ptr() as usize;
    let known = lock(&parent.nested.components).get(&key).map(|(_, ensemble)| ensemble.clone());
    if let Some(ensemble) = known {
        return Ok(ensemble);
    }
    let path = Path::new(&*component.origin);
    let ensemble = load(&parent.services, &component.origin, component.text.as_bytes(), Some(path));
    let ensemble = ensemble.map_err(unloaded)?;
    let mut components = lock(&parent.nested.components);
    if components.len() >= KEPT {
        components.clear();
    }
    components.insert(key, (component.clone(), ensemble.clone()));
    Ok(ensemble)
}

/// The ensemble in a file that `parent` names, beside its own.
pub(super) fn from_file(parent: &Ensemble, file: &str) -> Result<Ensemble, LoadError> {
    let parent = &parent.0;
    let known = lock(&parent.nested.files).get(file).cloned();
    if let Some(ensemble) = known {
        return Ok(ensemble);
    }
    let ensemble = load_file(&parent.services, &beside(parent.path.as_deref(), file))?;
    let mut files = lock(&parent.nested.files);
    if files.len() >= KEPT {
        files.clear();
    }
    files.insert(file.into(), ensemble.clone());
    Ok(ensemble)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first fault is what fits into a message.
#[cold]
fn unloaded(error: LoadError) -> OperationError {
    let errors = error.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let count = errors.clone().count();
    let first = errors.map(|diagnostic| diagnostic.title.clone()).next();
    let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
    let reason = error.unreadable.or(first).unwrap_or_default();
    OperationError::new(FailureKind::Ensemble, format!("cannot load `{}`: {reason}{more}", error.name))
}
