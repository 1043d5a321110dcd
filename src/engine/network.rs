//! What an engine reaches over the network.

use std::sync::Arc;

use super::EngineBuilder;
use crate::ensemble::http::{Http, HttpOptions};
use crate::ensemble::operation::{HttpOperation, Operation};
use crate::ensemble::provider::{Anthropic, OpenAi, Providers};

/// How it does.
#[derive(Clone, Debug, Default)]
pub(super) struct Network(HttpOptions);

impl Network {
    /// The operations that need it. The providers that do join the others.
    pub(super) fn services(self, providers: &mut Providers) -> Vec<(&'static str, Arc<dyn Operation>)> {
        let http = Http::new(self.0);
        providers.insert_default("openai", Arc::new(OpenAi::new(http.clone())));
        providers.insert_default("anthropic", Arc::new(Anthropic::new(http.clone())));
        vec![("http", Arc::new(HttpOperation::new(http)))]
    }
}

impl EngineBuilder {
    /// What ensembles may do over the network; see [`HttpOptions`] for what they may unless said otherwise.
    pub fn http(mut self, options: HttpOptions) -> Self {
        self.ensembles.network = Network(options);
        self
    }
}
