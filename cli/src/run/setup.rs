//! What a run needs before it starts: the ensemble, its components, its input.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use segue::Engine;
use segue::component::DirectorySource;
use segue::ensemble::http::HttpOptions;
use segue::ensemble::{Cache, Ensemble};
use segue::registry::git::{RefName, RefPattern, Repository};
use segue::registry::{GitSource, Prefix, RegistryError};
use segue::syntax::{Diagnostic, Severity};

use crate::exit::{Exit, Failure};
use crate::output::{FAINT, Output, WARN};

/// Where components come from, and where requests may go.
#[derive(Args, Debug, Default)]
pub(crate) struct Source {
    /// Components from a folder [default: from the tags of the file's git repository if it has any of components, else
    /// from the nearest `components/` beside the file or above it]
    #[arg(long, value_name = "DIR", conflicts_with = "repo")]
    components: Option<PathBuf>,

    /// Keep the answers of agents with `cache` in FILE, from one command to the next
    #[arg(long, value_name = "FILE")]
    cache: Option<PathBuf>,

    /// Let agents ask services at private, loopback and link-local addresses
    #[arg(long)]
    allow_private_addresses: bool,

    /// Components from the tags of the git repository that DIR is in
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
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
    if let Some(path) = &source.cache {
        match Cache::open(path) {
            Ok(cache) => engine = engine.cache(cache),
            // It could only have saved time.
            Err(error) => {
                out.note(WARN, "warning", &format!("--cache: {error}; answers are kept for now alone"))?
            }
        }
    }
    if let Some(repository) = repository(file, source)? {
        let place = repository.work_tree.as_ref().unwrap_or(&repository.git_dir);
        let text = format!("from the git tags of `{}`; --components DIR takes a folder's", place.display());
        out.note(FAINT, "components", &text)?;
        engine = engine.components(GitSource::of(&repository).map_err(|error| anyhow::anyhow!("{error}"))?);
    } else if let Some(directory) = components(file, source.components.as_deref())? {
        let source = DirectorySource::open(directory).map_err(|error| anyhow::anyhow!("{error}"))?;
        engine = engine.components(source);
    }
    match engine.build().load(file) {
        Ok(ensemble) => {
            let warnings =
                ensemble.diagnostics().iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
            let warnings: Vec<_> = warnings.collect();
            warn(file, &warnings, out)?;
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

/// Tells what is worth knowing of a file that runs all the same.
pub(crate) fn warn(file: &Path, warnings: &[&Diagnostic], out: &mut Output) -> std::io::Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    warnings.iter().try_for_each(|warning| out.diagnostic(warning, &file.display().to_string(), &text))
}

/// The repository whose tags are the components: the one that was asked for, or that of the file if it has such tags.
fn repository(file: &Path, source: &Source) -> Result<Option<Repository>, Failure> {
    if let Some(directory) = &source.repo {
        let repository = Repository::discover(directory).map_err(RegistryError::from)?;
        return Ok(Some(repository));
    }
    let folder = folder(file);
    if source.components.is_some() || !may_be_in_a_repository(folder) {
        return Ok(None);
    }
    // One that cannot be read has no components for us; whoever means it says `--repo`, and is told why.
    let Ok(repository) = Repository::discover(folder) else { return Ok(None) };
    let tags = Prefix::ALL.map(|prefix| RefName::parse(&format!("refs/tags/{prefix}")));
    let tags: Vec<RefPattern> = tags.iter().flatten().map(RefName::pattern).collect();
    Ok(repository.has_refs(&tags).unwrap_or_default().then_some(repository))
}

/// Whether it is worth to ask git: a look at some files costs a hundredth of a process.
fn may_be_in_a_repository(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let is_one = |folder: &Path| {
        folder.join(".git").exists() || folder.join("HEAD").is_file() && folder.join("objects").is_dir()
    };
    std::env::var_os("GIT_DIR").is_some() || folder.ancestors().any(is_one)
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The folder of the components: the one that was asked for, or the nearest one.
fn components(file: &Path, directory: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    if let Some(directory) = directory {
        if !directory.is_dir() {
            bail!("--components: `{}` is no directory", directory.display());
        }
        return Ok(Some(directory.to_owned()));
    }
    let folder = folder(file);
    // As it was typed, where that does: it is what messages show.
    let beside = file.with_file_name(COMPONENTS);
    if beside.is_dir() {
        return Ok(Some(beside));
    }
    let Ok(folder) = folder.canonicalize() else { return Ok(None) };
    let mut candidates = folder.ancestors().map(|folder| folder.join(COMPONENTS));
    Ok(candidates.find(|candidate| candidate.is_dir()))
}
