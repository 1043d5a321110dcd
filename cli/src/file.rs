//! Files that are written as a whole or not at all, however the writing ends.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Puts `text` in a file. One that is there keeps its rights, and a link stays one; a new one gets the rights that
/// any new file of the user has.
pub(crate) fn write(file: &Path, text: &str) -> io::Result<()> {
    let target = file.canonicalize().ok();
    let file = target.as_deref().unwrap_or(file);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = beside(folder)?;
    new.write_all(text.as_bytes())?;
    if target.is_some() {
        new.as_file().set_permissions(fs::metadata(file)?.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

/// A temporary file that others may read as the user's umask says.
#[cfg(unix)]
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    Builder::new().permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    Builder::new().tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_file_is_made_and_then_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("page.html");
        write(&file, "one").expect("it is written");
        write(&file, "two").expect("it is written again");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "two");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
        assert!(write(&folder.path().join("no/where"), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn rights_are_kept_and_links_stay_links() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        let beside = folder.path().join("beside");
        fs::write(&beside, "").expect("a file");
        write(&file, "one").expect("it is written");
        let mode = |file: &Path| fs::metadata(file).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&file), mode(&beside), "a new file is as readable as any");

        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("rights");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        write(&link, "two").expect("it is written");
        assert_eq!((fs::read_to_string(&file).expect("it is there").as_str(), mode(&file)), ("two", 0o640));
        assert!(link.is_symlink());
    }
}
