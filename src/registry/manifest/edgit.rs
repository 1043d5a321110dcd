//! `.edgit/components.json`: what another tool knew of a repository.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::read::{check_path, prefix_of};
use crate::registry::address::{Address, TYPES};
use crate::registry::error::{ErrorCode, RegistryError, Result};

/// What could be taken over, and what could not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EdgitImport {
    /// Components and their files, by name.
    pub components: Vec<(Address, Box<str>)>,
    /// A sentence for each entry that was left out.
    pub left_out: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    components: BTreeMap<String, Component>,
}

#[derive(Deserialize)]
struct Component {
    path: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Reads the text of a `components.json`.
///
/// # Errors
/// `invalid-manifest` where it is not of the shape `{"components": {NAME: {"path", "type"}}}`.
pub fn read_edgit(text: &str) -> Result<EdgitImport> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        let message = format!(".edgit/components.json: {error}");
        RegistryError::new(ErrorCode::InvalidManifest, message).with_help("move it away to begin without it")
    })?;
    let mut import = EdgitImport::default();
    for (name, Component { path, kind }) in file.components {
        match component(&name, &path, kind.as_deref()) {
            Ok(address) => import.components.push((address, path.trim_start_matches("./").into())),
            Err(why) => import.left_out.push(format!("`{}`: {why}", name.escape_debug())),
        }
    }
    import.components.sort();
    Ok(import)
}

fn component(name: &str, path: &str, kind: Option<&str>) -> Result<Address, String> {
    check_path(path)?;
    // `prompts/extraction` was a name there too.
    let (folder, name) = name.rsplit_once('/').map_or((None, name), |(folder, name)| (Some(folder), name));
    let kind = kind.or(folder).ok_or("it has no type")?;
    let kind = plural(kind.rsplit('/').next().unwrap_or(kind));
    Address::new(prefix_of(path), &kind, name).map_err(|error| error.message.into())
}

/// `prompt` → `prompts`, `query` → `queries`.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    let candidates = [kind.clone(), format!("{kind}s"), format!("{}ies", kind.trim_end_matches('y'))];
    candidates.into_iter().find(|plural| TYPES.contains(&plural.as_str())).unwrap_or(kind)
}
