//! Environments whose tag is a signed object, because a rule demands it.
//!
//! `git tag --sign` makes such an object and moves a reference to it, and would do so before the log has its entry. So
//! it is let loose in a git directory of its own for a moment, which shares the objects and the configuration of the
//! real one; the object then moves with the log like any other value.

use std::fs;
use std::path::{Path, PathBuf};

use crate::component::Slot;
use crate::registry::address::Address;
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::failure::explain;
use crate::registry::git::{ObjectFormat, ObjectId, Repository};

/// Makes a signed tag object for a slot that is to hold a commit; nothing refers to it yet.
pub(super) fn tag_object(
    repository: &Repository,
    address: &Address,
    slot: &Slot,
    commit: &ObjectId,
    message: &str,
) -> Result<ObjectId> {
    let scratch = Scratch::new(repository)?;
    let name = address.tag_name(slot);
    let command = repository
        .command("-c")
        .args(["core.hooksPath=/dev/null", "tag", "--sign", "--cleanup=whitespace", "--file=-", "--"])
        .args([&name, commit.as_str()])
        .variable("GIT_DIR", &scratch.directory)
        .variable("GIT_OBJECT_DIRECTORY", repository.common_dir.join("objects"));
    let output = command.stdin(message).output()?;
    if !output.is_success() {
        return Err(explain("tag --sign", &output));
    }
    let path = scratch.directory.join("refs/tags").join(&name);
    let text = fs::read_to_string(&path).map_err(|error| io(&path, &error))?;
    ObjectId::parse(text.trim())
        .ok_or_else(|| RegistryError::new(ErrorCode::GitFailed, "`git tag --sign` made no tag"))
}

/// A git directory that goes away again. It lies inside the real one, so that configuration which is included by
/// directory (`includeIf "gitdir:…"`) holds there too.
struct Scratch {
    directory: PathBuf,
}

impl Scratch {
    fn new(repository: &Repository) -> Result<Self> {
        let directory = repository.git_dir.join(format!("segue-sign-{}", std::process::id()));
        // What a process of the same number left behind when it was killed.
        let _ = fs::remove_dir_all(&directory);
        let scratch = Self { directory };
        let make = |path: &Path| fs::create_dir_all(path).map_err(|error| io(path, &error));
        make(&scratch.directory.join("refs"))?;
        let format = match repository.object_format {
            ObjectFormat::Sha1 => "",
            ObjectFormat::Sha256 => "[extensions]\n\tobjectFormat = sha256\n",
        };
        let included: String =
            [repository.common_dir.join("config"), repository.git_dir.join("config.worktree")]
                .iter()
                .map(|path| format!("[include]\n\tpath = {}\n", quoted(path)))
                .collect();
        scratch.write("config", &format!("[core]\n\trepositoryFormatVersion = 1\n{format}{included}"))?;
        scratch.write("HEAD", "ref: refs/heads/none\n")?;
        Ok(scratch)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.directory.join(name);
        fs::write(&path, text).map_err(|error| io(&path, &error))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It is in nobody's way if it stays.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// A path as git's configuration has it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

fn io(path: &Path, error: &std::io::Error) -> RegistryError {
    RegistryError::new(ErrorCode::Io, format!("cannot use `{}`: {error}", path.display()))
}
