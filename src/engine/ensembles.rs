//! What an engine needs for ensembles: its configuration, and loading them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::network::Network;
use super::{Engine, EngineBuilder};
use crate::builtins::Extensions;
use crate::component::ComponentSource;
use crate::ensemble::operation::{self, Operation};
use crate::ensemble::provider::{Provider, Providers};
use crate::ensemble::services::{Disk, Environment, Services, Texts};
use crate::ensemble::{Cache, Check, Ensemble, Files, Fixed, LoadError};
use crate::vm::Pool;

/// How many ensembles may lie inside each other, unless said otherwise.
const MAX_DEPTH: usize = 16;

impl Engine {
    /// Reads, plans and compiles an ensemble file. Files that it names are beside it.
    ///
    /// # Errors
    /// All that is wrong with it, or that it cannot be read.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Ensemble, LoadError> {
        crate::ensemble::load_file(&self.services, path.as_ref())
    }

    /// Plans and compiles the text of an ensemble; `name` is what messages call it. Files that it names are relative
    /// to the current directory.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load_str(&self, name: &str, text: &str) -> Result<Ensemble, LoadError> {
        crate::ensemble::load(&self.services, name, text.as_bytes(), None)
    }

    /// Everything that is to be said about the bytes of an ensemble file, with the ensemble if nothing is wrong; `path`
    /// is where the files that it names are beside.
    #[must_use]
    pub fn check(&self, bytes: &[u8], path: Option<&Path>) -> Check {
        crate::ensemble::check(&self.services, bytes, path)
    }

    /// The text of an ensemble file with everything mended that needs no thought: names with one near neighbour, and
    /// plain scalars with expressions that other YAML readers would misread, which are quoted. Comments, order and line
    /// ends stay; where there is nothing to mend, so does the text.
    ///
    /// ```
    /// let text = "ensemble: e\nagents:\n  - {name: a, operaton: transform, config: {value: 1}}\n";
    /// let fixed = segue::Engine::new().fix(text, None);
    /// assert_eq!(fixed.text, text.replace("operaton", "operation"));
    /// ```
    #[must_use]
    pub fn fix(&self, text: &str, path: Option<&Path>) -> Fixed {
        crate::ensemble::fix(text, |text| self.check(text.as_bytes(), path).diagnostics)
    }
}

/// What a builder gathers for ensembles.
pub(super) struct Parts {
    operations: Vec<(Box<str>, Arc<dyn Operation>)>,
    providers: Providers,
    source: Option<Arc<dyn ComponentSource>>,
    environment: Environment,
    files: Arc<dyn Files>,
    max_depth: usize,
    pub(super) network: Network,
    cache: Option<Cache>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            operations: Vec::new(),
            providers: Providers::default(),
            source: None,
            environment: Arc::new(|name| std::env::var(name).ok()),
            files: Arc::new(Disk),
            max_depth: MAX_DEPTH,
            network: Network::default(),
            cache: None,
        }
    }
}

impl Parts {
    /// What the engine lends to its ensembles.
    pub(super) fn services(self, vms: Arc<Pool>, extensions: Arc<Extensions>) -> Services {
        let Self { operations, mut providers, source, environment, files, max_depth, network, cache } = self;
        let reaching = network.services(&mut providers);
        let mut by_name: HashMap<Box<str>, Arc<dyn Operation>> = operation::built_in(Arc::new(providers))
            .into_iter()
            .chain(reaching)
            .map(|(name, operation)| (name.into(), operation))
            .collect();
        by_name.extend(operations);
        let infos = by_name.iter().map(|(name, operation)| operation.info(name)).collect();
        Services {
            operations: by_name,
            infos,
            texts: Texts::new(&extensions),
            extensions,
            source,
            environment,
            files,
            max_depth,
            vms,
            cache: cache.unwrap_or_default(),
        }
    }
}

/// What only ensembles need.
impl EngineBuilder {
    /// An operation of the host's, or one in the place of a built-in.
    pub fn operation(mut self, name: impl Into<Box<str>>, operation: impl Operation + 'static) -> Self {
        self.ensembles.operations.push((name.into(), Arc::new(operation)));
        self
    }

    /// A provider for `think`; the one called `echo` is the default of agents that name none.
    pub fn provider(mut self, name: &str, provider: impl Provider + 'static) -> Self {
        self.ensembles.providers.insert(name, Arc::new(provider));
        self
    }

    /// Where components come from.
    pub fn components(self, source: impl ComponentSource + 'static) -> Self {
        self.shared_components(Arc::new(source))
    }

    /// As [`components`](Self::components), with a source that others use too.
    pub fn shared_components(mut self, source: Arc<dyn ComponentSource>) -> Self {
        self.ensembles.source = Some(source);
        self
    }

    /// Where the process variables that ensembles list under `env` come from, in the place of the process.
    pub fn environment(
        mut self,
        environment: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.ensembles.environment = Arc::new(environment);
        self
    }

    /// Where files come from, in the place of the disk.
    pub fn files(mut self, files: impl Files + 'static) -> Self {
        self.ensembles.files = Arc::new(files);
        self
    }

    /// What keeps the answers of agents with `cache`; a [`Cache`] of the engine's own, in memory, unless said otherwise.
    pub fn cache(mut self, cache: Cache) -> Self {
        self.ensembles.cache = Some(cache);
        self
    }

    /// How many ensembles may lie inside each other; 16, unless said otherwise.
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.ensembles.max_depth = max_depth;
        self
    }
}
