//! Providers: who answers when an agent thinks.
//!
//! The operation `think` renders a prompt and hands it to the [`Provider`] that its configuration names; `echo`,
//! which answers with the prompt itself, is the default, so that everything runs without network or key.

mod echo;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use echo::Echo;

use super::operation::{Cancellation, Performing};
use crate::value::{Str, Value};

/// What a model is asked.
#[derive(Debug)]
#[non_exhaustive]
pub struct Prompt<'a> {
    /// The rendered prompt.
    pub text: Str,
    /// `config.model`.
    pub model: Option<Str>,
    /// The agent's whole configuration.
    pub config: Value,
    /// The agent's input.
    pub input: Value,
    /// The agent's name.
    pub agent: &'a str,
    /// The run's switch.
    pub cancellation: &'a Cancellation,
}

/// A model, or something that answers like one.
pub trait Provider: Send + Sync {
    /// Answers. The answer is a text, except where the provider knows better what its model said.
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a>;
}

/// The providers of an engine, by name.
#[derive(Clone)]
pub(crate) struct Providers {
    by_name: BTreeMap<Box<str>, Arc<dyn Provider>>,
}

/// The provider of an agent whose configuration names none.
pub(crate) const DEFAULT: &str = "echo";

impl Default for Providers {
    fn default() -> Self {
        let echo: Arc<dyn Provider> = Arc::new(Echo);
        Self { by_name: BTreeMap::from([(DEFAULT.into(), echo)]) }
    }
}

impl Providers {
    /// Adds a provider, or puts it in the place of the one of that name.
    pub(crate) fn insert(&mut self, name: &str, provider: Arc<dyn Provider>) {
        self.by_name.insert(name.into(), provider);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn Provider> {
        self.by_name.get(name).map(AsRef::as_ref)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(AsRef::as_ref)
    }
}
