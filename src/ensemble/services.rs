//! What an engine lends to its ensembles: operations, components, files, machines.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::cache::Cache;
use super::operation::{FailureKind, Operation, OperationError};
use super::plan::OperationInfo;
use crate::builtins::Extensions;
use crate::compile::{Scope, Undeclared};
use crate::component::{Component, ComponentSource};
use crate::syntax::{Diagnostic, Span};
use crate::template::Template;
use crate::value::{Str, Value};
use crate::vm::Pool;

/// Reads the files that ensembles name.
pub trait Files: Send + Sync {
    /// The bytes of a file.
    ///
    /// # Errors
    /// As reading a file does.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;
}

/// The process's own files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }
}

/// Gives the value of a process variable.
pub(crate) type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What the ensembles of one engine share.
pub(crate) struct Services {
    pub(crate) operations: HashMap<Box<str>, Arc<dyn Operation>>,
    pub(crate) infos: Vec<OperationInfo>,
    /// What the host adds to expressions.
    pub(crate) extensions: Arc<Extensions>,
    pub(crate) source: Option<Arc<dyn ComponentSource>>,
    pub(crate) environment: Environment,
    pub(crate) files: Arc<dyn Files>,
    /// How many ensembles may lie inside each other.
    pub(crate) max_depth: usize,
    pub(crate) vms: Arc<Pool>,
    pub(crate) cache: Cache,
    pub(crate) texts: Texts,
}

/// A component's text, compiled.
#[derive(Clone)]
pub(crate) enum Text {
    /// `${…}` in it is filled in.
    Template(Arc<Template>),
    /// It is sent as it is.
    Verbatim(Str),
}

impl Text {
    pub(crate) fn template(&self) -> Option<&Template> {
        match self {
            Self::Template(template) => Some(template),
            Self::Verbatim(_) => None,
        }
    }

    pub(crate) fn verbatim(&self) -> Str {
        match self {
            Self::Template(_) => Str::EMPTY,
            Self::Verbatim(text) => text.clone(),
        }
    }
}

/// The compiled texts of components: a hundred thousand runs parse a prompt once.
pub(crate) struct Texts {
    scope: Scope,
    /// By the address of the text, which the component beside it keeps from being used again.
    compiled: Mutex<HashMap<usize, (Arc<Component>, Text)>>,
}

/// As many texts are kept; then all are forgotten, which costs a few compilations and no bookkeeping.
const TEXTS_KEPT: usize = 512;

impl Texts {
    pub(crate) fn new(extensions: &Arc<Extensions>) -> Self {
        let mut scope = Scope::new(Undeclared::Refuse);
        scope.extend(extensions);
        scope.variable("input", 0);
        scope.variable("config", 1);
        scope.finish();
        Self { scope, compiled: Mutex::default() }
    }

    pub(crate) fn get(&self, component: &Arc<Component>) -> Result<Text, OperationError> {
        let key = component.text.as_ptr() as usize;
        let kept = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((owner, text)) = kept
            && owner.is_template == component.is_template
            && owner.text.len() == component.text.len()
        {
            return Ok(text);
        }
        let text = self.compile(component)?;
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= TEXTS_KEPT {
            compiled.clear();
        }
        compiled.insert(key, (component.clone(), text.clone()));
        Ok(text)
    }

    fn compile(&self, component: &Component) -> Result<Text, OperationError> {
        if !component.is_template {
            return Ok(Text::Verbatim(Str::from(&*component.text)));
        }
        match Template::compile(&component.text, &self.scope) {
            Ok(template) => match template.constant() {
                Some(Value::String(text)) => Ok(Text::Verbatim(text.clone())),
                _ => Ok(Text::Template(Arc::new(template))),
            },
            Err(faults) => {
                let faults: Vec<String> = faults.iter().map(|fault| said(component, fault)).collect();
                let kind = FailureKind::Component(crate::component::ComponentErrorKind::Broken);
                Err(OperationError::new(kind, faults.join("; ")))
            }
        }
    }
}

/// A fault of a component's text in one line.
fn said(component: &Component, fault: &Diagnostic) -> String {
    let help = fault.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
    format!("{}: {}{help}", place(component, fault.span()), fault.title)
}

/// Where a place of a component's text stands: `prompts/a/v1.0.0.md:3:14`. Lines count from the end of the front
/// matter where there is any, and the message says so: the text does not know how many came before.
pub(crate) fn place(component: &Component, span: Span) -> String {
    let before = component.text.get(..span.start as usize).unwrap_or(&component.text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |start| start.chars().count()) + 1;
    let after = if component.text_offset > 0 { " after the front matter" } else { "" };
    format!("{}:{line}:{column}{after}", component.origin)
}

/// `name` beside the file at `base`.
pub(crate) fn beside(base: Option<&Path>, name: &str) -> PathBuf {
    match base.and_then(Path::parent) {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    }
}
