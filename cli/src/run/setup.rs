//! What a run needs before it starts: the ensemble, its components, its input.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use segue::Engine;
use segue::component::DirectorySource;
use segue::ensemble::Ensemble;
use segue::ensemble::http::HttpOptions;
use segue::syntax::Severity;

use crate::exit::{Exit, Failure};
use crate::output::Output;

/// Where components come from, and where requests may go.
#[derive(Args, Debug, Default)]
pub(crate) struct Source {
    /// Where components come from [default: the nearest `components/` beside the file or above it]
    #[arg(long, value_name = "DIR")]
    components: Option<PathBuf>,

    /// Let agents ask services at private, loopback and link-local addresses
    #[arg(long)]
    allow_private_addresses: bool,
}

/// The folder that is looked for.
const COMPONENTS: &str = "components";

/// `NAME=VALUE`.
pub(crate) fn variable(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// The ensemble in `file`, with the components of `source`; what keeps it from running is told.
pub(crate) fn load(
    file: &Path,
    source: &Source,
    out: &mut Output,
) -> Result<Result<Ensemble, Exit>, Failure> {
    let network = HttpOptions::new().allow_private_addresses(source.allow_private_addresses);
    let mut engine = Engine::builder().http(network);
    if let Some(directory) = components(file, source.components.as_deref())? {
        let source = DirectorySource::open(directory).map_err(|error| anyhow::anyhow!("{error}"))?;
        engine = engine.components(source);
    }
    match engine.build().load(file) {
        Ok(ensemble) => {
            let warnings =
                ensemble.diagnostics().iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
            let warnings: Vec<_> = warnings.cloned().collect();
            if !warnings.is_empty() {
                let text = std::fs::read_to_string(file).unwrap_or_default();
                for warning in &warnings {
                    out.diagnostic(warning, &file.display().to_string(), &text)?;
                }
            }
            Ok(Ok(ensemble))
        }
        Err(error) => {
            if error.unreadable.is_some() {
                return Err(anyhow::anyhow!("{error}").into());
            }
            let is_shown = |severity| !matches!(severity, Severity::Hint);
            for diagnostic in error.diagnostics.iter().filter(|diagnostic| is_shown(diagnostic.severity)) {
                out.diagnostic(diagnostic, &error.name, &error.text)?;
            }
            Ok(Err(Exit::Invalid))
        }
    }
}

/// The folder of the components: the one that was asked for, or the nearest one.
fn components(file: &Path, directory: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    if let Some(directory) = directory {
        if !directory.is_dir() {
            bail!("--components: `{}` is no directory", directory.display());
        }
        return Ok(Some(directory.to_owned()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // As it was typed, where that does: it is what messages show.
    let beside = file.with_file_name(COMPONENTS);
    if beside.is_dir() {
        return Ok(Some(beside));
    }
    let Ok(folder) = folder.canonicalize() else { return Ok(None) };
    let mut candidates = folder.ancestors().map(|folder| folder.join(COMPONENTS));
    Ok(candidates.find(|candidate| candidate.is_dir()))
}
