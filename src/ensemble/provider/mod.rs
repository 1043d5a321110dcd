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

use super::operation::{Call, Performing};
use super::outlook::Outlook;
use crate::value::Str;

/// What a model is asked.
#[non_exhaustive]
pub struct Prompt<'a> {
    /// The rendered prompt.
    pub text: Str,
    /// `config.model`.
    pub model: Option<Str>,
    /// The attempt in which it is asked: the agent's input and configuration, and the environment.
    pub call: Call<'a>,
}

impl<'a> Prompt<'a> {
    /// What tells the answer as it comes to whoever looks on.
    #[must_use]
    pub fn partial(&self) -> Partial<'a> {
        Partial { context: self.call.context, agent: self.call.agent(), held: String::new() }
    }
}

/// Shows neither the prompt nor its configuration: they may hold secrets.
impl std::fmt::Debug for Prompt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prompt")
            .field("agent", &self.call.agent())
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

    /// The variable of the environment that holds the agent's key, if it has no value and the file alone tells that
    /// nothing can be asked without.
    fn unset_key(&self, agent: &Outlook<'_>) -> Option<Box<str>> {
        let _ = agent;
        None
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
