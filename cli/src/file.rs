//! Files that are written as a whole or not at all, however the writing ends.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Puts `text` in a file. One that is there keeps its rights, and a link stays one; a new one gets the rights that
/// any new file of the user has. What is no file, such as a pipe, is written to.
///
/// Errors name no path: the caller's words do, as the user gave it.
pub(crate) fn write(file: &Path, text: &str) -> io::Result<()> {
    match Place::of(file)? {
        Place::Stream => fs::OpenOptions::new().write(true).open(file)?.write_all(text.as_bytes()),
        Place::File { path, folder, permissions } => {
            let mut new = beside(&folder).map_err(nameless)?;
            new.write_all(text.as_bytes()).map_err(nameless)?;
            if let Some(permissions) = permissions {
                new.as_file().set_permissions(permissions)?;
            }
            new.as_file().sync_all()?;
            new.persist(path).map_err(|error| error.error)?;
            Ok(())
        }
    }
}

/// Fails where [`write()`] would, before there is anything to write, and leaves nothing behind.
pub(crate) fn check(file: &Path) -> io::Result<()> {
    match Place::of(file)? {
        // To open a pipe is to wait for its reader.
        Place::Stream => Ok(()),
        Place::File { folder, .. } => beside(&folder).map_err(nameless)?.close().map_err(nameless),
    }
}

/// Where a text is to go.
enum Place {
    /// What was written before is no file to be replaced: a pipe, a terminal, `/dev/null`.
    Stream,
    File {
        path: PathBuf,
        folder: PathBuf,
        /// Those of the file that is there.
        permissions: Option<fs::Permissions>,
    },
}

impl Place {
    fn of(file: &Path) -> io::Result<Self> {
        let permissions = match fs::metadata(file) {
            Ok(metadata) if metadata.is_dir() => return Err(io::Error::other("it is a folder")),
            Ok(metadata) if !metadata.is_file() => return Ok(Self::Stream),
            Ok(metadata) => Some(metadata.permissions()),
            Err(_) => None,
        };
        let path = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        if path.file_name().is_none() {
            return Err(io::Error::other("it is no name of a file"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        if !folder.is_dir() {
            let message = format!("there is no folder `{}`", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        Ok(Self::File { path, folder, permissions })
    }
}

/// The error without the name of the temporary file, which means nothing to anybody.
fn nameless(error: io::Error) -> io::Error {
    error.kind().into()
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
    }

    #[test]
    fn what_cannot_be_written_is_told_before_and_without_the_temporary_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "kept").expect("a file");
        for (name, told) in [
            ("no/where", format!("there is no folder `{}`", path("no").display())),
            ("file/below", format!("there is no folder `{}`", path("file").display())),
            ("", "it is a folder".to_owned()),
        ] {
            for result in [check(&path(name)), write(&path(name), "x")] {
                assert_eq!(result.expect_err("nowhere to write").to_string(), told, "{name}");
            }
        }
        for name in ["file", "new"] {
            check(&path(name)).expect("it can be written");
        }
        assert_eq!(fs::read_to_string(path("file")).expect("it is there"), "kept");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left behind");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_written_to_and_not_replaced() {
        let null = Path::new("/dev/null");
        check(null).expect("it can be written");
        write(null, "x").expect("it is written");
        assert!(!fs::metadata(null).expect("it is there").is_file());
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
