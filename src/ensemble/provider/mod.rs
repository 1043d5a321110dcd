//! Providers: who answers when an agent thinks.
//!
//! The operation `think` renders a prompt and hands it to the [`Provider`] that its configuration names; `echo`,
//! which answers with the prompt itself, is the default, so that everything runs without network or key. Those that
//! ask over the network need the feature `http`.

#[cfg(feature = "http")]
mod anthropic;
mod echo;
#[cfg(feature = "http")]
mod openai;
mod partial;
#[cfg(feature = "http")]
mod service;

use std::collections::BTreeMap;
use std::sync::Arc;

#[cfg(feature = "http")]
pub(crate) use anthropic::Anthropic;
pub use echo::Echo;
#[cfg(feature = "http")]
pub(crate) use openai::OpenAi;
pub use partial::Partial;

use super::operation::{Cancellation, Performing};
use super::run::{Context, Secrets};
use crate::value::{Str, Value};

/// What a model is asked.
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
    pub(in crate::ensemble) context: &'a Context,
}

impl Prompt<'_> {
    /// A field of the configuration; `None` where it is absent, `undefined` or `null`.
    #[must_use]
    pub fn config_field(&self, name: &str) -> Option<&Value> {
        match &self.config {
            Value::Object(config) => config.get_str(name).filter(|value| !value.is_nullish()),
            _ => None,
        }
    }

    /// A variable of the environment: what the caller of the run passed, else what the engine's process has.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        self.context.variable(name)
    }

    /// As [`variable`](Self::variable), for one that must not be seen: from now on its value is replaced by `‹NAME›`
    /// in everything that is shown of the run.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<String> {
        self.context.secret(name)
    }

    /// What hides the run's secrets in texts that are about to be shown.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        self.context.secrets()
    }
}

impl<'a> Prompt<'a> {
    /// What tells the answer as it comes to whoever looks on.
    #[must_use]
    pub fn partial(&self) -> Partial<'a> {
        Partial { context: self.context, agent: self.agent, held: String::new() }
    }
}

/// Shows neither the prompt nor its configuration: they may hold secrets.
impl std::fmt::Debug for Prompt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt")
            .field("agent", &self.agent)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// A model, or something that answers like one.
pub trait Provider: Send + Sync {
    /// Answers. The answer is a text, except where the provider knows better what its model said.
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a>;

    /// As [`complete`](Self::complete), where somebody looks on: the answer is told as it comes, by
    /// [`Prompt::partial`]. A provider that cannot answers as ever.
    fn stream<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        self.complete(prompt)
    }
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

    /// Adds a provider, unless the host has put one of that name.
    #[cfg(feature = "http")]
    pub(crate) fn insert_default(&mut self, name: &str, provider: Arc<dyn Provider>) {
        self.by_name.entry(name.into()).or_insert(provider);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn Provider> {
        self.by_name.get(name).map(AsRef::as_ref)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(AsRef::as_ref)
    }
}
