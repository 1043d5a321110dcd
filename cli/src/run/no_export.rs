//! Nothing: without the feature `otlp` no spans are sent.

use clap::Args;
use segue::ensemble::RunBuilder;

use crate::output::Output;

/// There are none.
#[derive(Args, Debug)]
pub(super) struct ExportOptions {}

/// Never anything.
#[derive(Default)]
pub(super) struct Export;

impl ExportOptions {
    pub(super) fn start(&self, _: &mut Output) -> anyhow::Result<Export> {
        Ok(Export)
    }
}

impl Export {
    pub(super) fn watch(&self, builder: RunBuilder) -> RunBuilder {
        builder
    }

    pub(super) fn finish(self, _: &mut Output) -> std::io::Result<()> {
        Ok(())
    }
}
