//! `--html FILE`: a batch as one page that stands alone. No script, nothing from elsewhere; light and dark; every
//! picture's facts are in a table or in its text too.

mod drawing;
mod latency;
mod page;

use std::path::Path;

use anyhow::Context;
use segue::draw::Seed;
use segue::ensemble::{Ensemble, Tally};

pub(super) use self::latency::Latency;

/// What the page tells.
pub(super) struct Report<'r> {
    pub(super) ensemble: &'r Ensemble,
    pub(super) tally: &'r Tally,
    pub(super) latency: &'r Latency,
    pub(super) seed: Seed,
    /// How many runs were asked for.
    pub(super) asked: u64,
}

impl Report<'_> {
    /// Writes the page: as a whole, or not at all.
    pub(super) fn write(&self, file: &Path) -> anyhow::Result<()> {
        let written = crate::file::write(file, &page::page(self));
        written.with_context(|| super::unwritten("--html", file))
    }
}
