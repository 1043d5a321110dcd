//! `segue init`: a first `segue.yaml`.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use clap::Args;
use segue::component::Slot;
use segue::registry::manifest::{self, EdgitImport, Manifest};
use segue::registry::{Address, Depth, ErrorCode, Registry, RegistryError, TYPES};
use serde_json::json;

use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{Output, STRONG, WARN};

/// Writes a first `segue.yaml`: components, environments, room for rules
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue init
  segue components discover

Components of an `.edgit/components.json` are taken over. Nothing needs a manifest: components are found by their names,
and environments by their tags. One that is there is left as it is.")]
pub(crate) struct Init {
    /// Print {\"path\", \"written\", \"components\", \"environments\", \"left_out\"}
    #[arg(long)]
    json: bool,
}

/// Which environments there usually are, in the order in which versions go through them.
const USUAL: [&str; 3] = ["dev", "staging", "production"];

impl Init {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let Some(path) = Manifest::path_in(registry.repository()) else {
            let error =
                RegistryError::new(ErrorCode::Usage, "a bare repository has no place for a `segue.yaml`")
                    .with_help("write it in a clone with a work tree, commit and push it");
            return Err(error.into());
        };
        if path.exists() {
            // One that cannot be read is worth an error; one that can is left alone.
            let manifest = registry.manifest()?;
            let (components, environments) = (manifest.components().len(), &manifest.environments);
            if self.json {
                let line = json!({"path": path, "written": false, "components": components, "environments": environments, "left_out": []});
                writeln!(out.results(), "{line}")?;
            } else {
                writeln!(out.results(), "{} is there already: nothing to do", path.display())?;
            }
            return Ok(Exit::Ok);
        }
        let import = edgit(&registry)?;
        let environments = environments(&registry)?;
        let types: BTreeSet<&str> = import
            .components
            .iter()
            .map(|(address, _)| address.kind())
            .filter(|kind| !TYPES.contains(kind))
            .collect();
        let types: Vec<&str> = types.into_iter().collect();
        let names: Vec<&str> = environments.iter().map(String::as_str).collect();
        let text = manifest::first(&import.components, &types, &names);
        // What was written has to be read again.
        Manifest::parse(&text, manifest::FILE)?;
        create(&path, &text)?;
        for why in &import.left_out {
            out.note(WARN, "left out of .edgit/components.json", why)?;
        }
        let count = import.components.len();
        if self.json {
            let line = json!({"path": path, "written": true, "components": count, "environments": environments, "left_out": import.left_out});
            writeln!(out.results(), "{line}")?;
            return Ok(Exit::Ok);
        }
        writeln!(out.results(), "wrote {}", path.display())?;
        if count > 0 {
            writeln!(
                out.results(),
                "took {} over from .edgit/components.json",
                crate::check::plural(count, "component")
            )?;
        }
        let found = registry.discover()?;
        let example = import.components.first().or(found.first()).map(|(address, _)| address.path());
        if found.len() > count {
            out.note(STRONG, "hint", "components that are found by their names: segue components list")?;
        }
        let example = example.unwrap_or_else(|| "prompts/extraction".to_owned());
        out.note(STRONG, "hint", &format!("next: commit it, then `segue tag create {example} v1.0.0`"))?;
        Ok(Exit::Ok)
    }
}

/// What another tool knew.
fn edgit(registry: &Registry) -> Result<EdgitImport, Failure> {
    let Some(top) = &registry.repository().work_tree else { return Ok(EdgitImport::default()) };
    match fs::read_to_string(top.join(".edgit/components.json")) {
        Ok(text) => Ok(manifest::read_edgit(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(EdgitImport::default()),
        Err(error) => Err(io(format!("cannot read `.edgit/components.json`: {error}"))),
    }
}

/// The usual environments, and those that have tags already; production comes last.
fn environments(registry: &Registry) -> Result<Vec<String>, Failure> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for component in registry.list(None, Depth::Quick)? {
        for slot in component.slots {
            if let Slot::Environment(name) = slot.slot {
                known.insert(name.into());
            }
        }
    }
    if known.is_empty() {
        return Ok(USUAL.map(str::to_owned).into());
    }
    let mut ordered: Vec<String> = known.into_iter().collect();
    let rank = |name: &String| match USUAL.iter().position(|usual| usual == name) {
        Some(2) => 9,
        Some(at) => at,
        None => 5,
    };
    ordered.sort_by_key(rank);
    Ok(ordered)
}

/// Writes a file that is not there yet, as a whole.
fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| io(format!("cannot write `{}`: {error}", path.display())))?;
    if let Err(error) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        // Half a manifest is worse than none.
        let _ = fs::remove_file(path);
        return Err(io(format!("cannot write `{}`: {error}", path.display())));
    }
    Ok(())
}

/// Puts another text in the manifest's place: the old one or the new one is there, never half of it.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    if !path.exists() {
        return create(path, text);
    }
    crate::file::write(path, text).map_err(|error| io(format!("cannot write `{}`: {error}", path.display())))
}

fn io(message: String) -> Failure {
    RegistryError::new(ErrorCode::Io, message).into()
}

/// The components that are found by their names and not listed.
pub(crate) fn unlisted(registry: &Registry) -> Result<Vec<(Address, Box<str>)>, Failure> {
    let manifest = registry.manifest()?;
    let listed = manifest.components().iter();
    let (names, paths): (HashSet<_>, HashSet<&str>) =
        listed.map(|declared| ((declared.address.kind(), declared.address.name()), &*declared.path)).unzip();
    let mut found = registry.discover()?;
    found.retain(|(address, path)| {
        !names.contains(&(address.kind(), address.name())) && !paths.contains(&**path)
    });
    Ok(found)
}
