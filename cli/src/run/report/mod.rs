//! `--html FILE`: a batch as one page that stands alone. No script, nothing from elsewhere; light and dark; every
//! picture's facts are in a table or in its text too.

mod drawing;
mod latency;
mod page;

use std::io::Write;
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
        let failed = || format!("--html: cannot write `{}`", file.display());
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut page = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
        page.write_all(page::page(self).as_bytes()).with_context(failed)?;
        readable(page.as_file()).with_context(failed)?;
        page.persist(file).with_context(failed)?;
        Ok(())
    }
}

/// Temporary files are for their owner alone; a page is for whoever may read the folder.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
