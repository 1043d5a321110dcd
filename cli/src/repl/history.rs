//! The file of the lines of other sessions. Expressions may hold data: only its owner can read it.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// How many lines are kept.
pub(super) const KEPT: usize = 1_000;

/// The file, made if it is not there.
pub(super) fn file() -> io::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy().map_err(io::Error::other)?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_dir()).join("segue");
    let path = folder.join("history");
    make_private(&folder, &path)?;
    Ok(path)
}

fn make_private(folder: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // Of a file that was there already, too.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_file_is_private_even_if_it_was_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a/segue");
        let path = inner.join("history");
        let mode = || fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
        make_private(&inner, &path).expect("it is made");
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
        make_private(&inner, &path).expect("it is there");
        assert_eq!(mode(), 0o600);
    }
}
