//! Nothing: without the feature `http` an engine reaches no network.

use std::sync::Arc;

use crate::ensemble::operation::Operation;
use crate::ensemble::provider::Providers;

/// Takes the place of what would.
#[derive(Clone, Debug, Default)]
pub(super) struct Network(());

impl Network {
    /// None.
    pub(super) fn services(self, _: &mut Providers) -> Vec<(&'static str, Arc<dyn Operation>)> {
        Vec::new()
    }
}
