//! Finding the repository that a directory is in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Git, GitCommand, GitError, GitErrorKind, ObjectFormat, ObjectId, nearby};

/// A repository, and where in it we stand.
///
/// It is found by git itself, so that `GIT_DIR`, worktrees, bare repositories and subdirectories mean what they mean
/// to every other command of git.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repository {
    git: Git,
    writes: Writes,
    directory: PathBuf,
    /// What belongs to this work tree: `HEAD`, the index.
    pub git_dir: PathBuf,
    /// What all work trees share: references, objects.
    pub common_dir: PathBuf,
    /// The top of the work tree that we stand in; `None` in a bare repository, or inside of `.git`.
    pub work_tree: Option<PathBuf>,
    /// Where we stand below it: empty, or a path that ends with `/`.
    pub prefix: Box<str>,
    /// Whether it has no work tree at all.
    pub is_bare: bool,
    /// How objects are named.
    pub object_format: ObjectFormat,
    /// How references are kept.
    pub ref_format: RefFormat,
}

/// How often this program has changed references through a repository and its clones; what was read before is out of
/// date then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writes(Arc<AtomicU64>);

impl Writes {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// It says nothing about which repository it is.
impl PartialEq for Writes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Writes {}

/// How a repository keeps its references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefFormat {
    /// One file each, and `packed-refs`.
    Files,
    /// Tables, below `reftable/`.
    Reftable,
}

/// What is asked of `git rev-parse`, in the order of [`Answers`]. The last one is unknown before git 2.45, which then
/// prints it as it is.
const QUESTIONS: [&str; 7] = [
    "--git-dir",
    "--git-common-dir",
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--show-object-format",
    "--show-prefix",
    "--show-ref-format",
];

impl Repository {
    /// The repository that `directory` is in, or that `GIT_DIR` names. At most one process of git: a repository of the
    /// most usual layout is found without.
    ///
    /// # Errors
    /// `NotInstalled`, `NotARepository`, and what else git may say.
    pub fn discover(directory: impl AsRef<Path>) -> Result<Self, GitError> {
        Self::discover_with(Git::default(), directory)
    }

    /// As [`discover`](Self::discover), with a `git` of one's own.
    ///
    /// # Errors
    /// As there.
    pub fn discover_with(git: Git, directory: impl AsRef<Path>) -> Result<Self, GitError> {
        match Self::nearby(&git, directory.as_ref()) {
            Some(nearby) => Ok(nearby),
            None => Self::ask_git(git, directory.as_ref()),
        }
    }

    /// As [`discover_with`](Self::discover_with), by git itself in any case.
    pub(super) fn ask_git(git: Git, directory: &Path) -> Result<Self, GitError> {
        Ok(Self::ask(git, directory, None)?.0)
    }

    fn nearby(git: &Git, directory: &Path) -> Option<Self> {
        if git.sets(nearby::is_decisive) {
            return None;
        }
        let directory = std::path::absolute(directory).ok()?;
        let found = nearby::find(&directory)?;
        Some(Self {
            common_dir: found.git_dir.clone(),
            git_dir: found.git_dir,
            work_tree: Some(found.work_tree),
            prefix: found.prefix.into(),
            is_bare: false,
            object_format: ObjectFormat::Sha1,
            ref_format: RefFormat::Files,
            writes: Writes::default(),
            git: git.clone(),
            directory,
        })
    }

    /// As [`discover_with`](Self::discover_with), and which commit `revision` is, in the same process; `None` where it
    /// is none.
    ///
    /// # Errors
    /// As there.
    pub fn discover_resolving(
        git: Git,
        directory: impl AsRef<Path>,
        revision: &str,
    ) -> Result<(Self, Option<ObjectId>), GitError> {
        Self::ask(git, directory.as_ref(), Some(revision))
    }

    fn ask(git: Git, directory: &Path, revision: Option<&str>) -> Result<(Self, Option<ObjectId>), GitError> {
        let directory = std::path::absolute(directory).map_err(|error| {
            GitError::new(GitErrorKind::Io, format!("cannot find `{}`: {error}", directory.display()))
        })?;
        if !directory.is_dir() {
            let message = format!("`{}` is no directory", directory.display());
            return Err(GitError::new(GitErrorKind::NotARepository, message));
        }
        let mut command = git.command(&directory, "rev-parse").arg("--path-format=absolute").args(QUESTIONS);
        if let Some(revision) = revision {
            command = command.arg("--end-of-options").arg(as_commit(revision));
        }
        let output = command.output()?;
        let lines: Vec<&[u8]> = output.stdout.split(|byte| *byte == b'\n').collect();
        // A revision that is none is complained about after everything else was answered.
        let answers = match (revision, lines.as_slice()) {
            (None, [answers @ .., b""]) if output.is_success() => answers,
            (Some(_), [_, ..]) if lines.len() > QUESTIONS.len() => &lines[..QUESTIONS.len()],
            _ if !output.is_success() => return Err(not_found(&directory, output.code, &output.stderr)),
            _ => return Err(GitError::unexpected("rev-parse", &output.stdout)),
        };
        let repository = Self::from_answers(git, directory, answers, &output.stdout)?;
        let commit = match lines.get(QUESTIONS.len()..) {
            // Some versions of git print `--end-of-options` too.
            Some([b"--end-of-options", line, ..] | [line, ..]) if output.is_success() => {
                ObjectId::parse(line)
            }
            _ => None,
        };
        Ok((repository, commit))
    }

    fn from_answers(git: Git, directory: PathBuf, answers: &[&[u8]], all: &[u8]) -> Result<Self, GitError> {
        let &[git_dir, common_dir, is_bare, is_inside, object_format, prefix, ref_format] = answers else {
            if answers.len() > QUESTIONS.len() {
                let message = format!("the path of `{}` holds a line break", directory.display());
                return Err(GitError::new(GitErrorKind::NotARepository, message));
            }
            return Err(GitError::unexpected("rev-parse", all));
        };
        let prefix = std::str::from_utf8(prefix).map_err(|_| GitError::unexpected("rev-parse", all))?;
        let work_tree = if is_inside == b"true" { Some(top(&directory, prefix)?) } else { None };
        Ok(Self {
            git_dir: path(git_dir),
            common_dir: path(common_dir),
            work_tree,
            prefix: prefix.into(),
            is_bare: is_bare == b"true",
            object_format: if object_format == b"sha256" { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 },
            ref_format: if ref_format == b"reftable" { RefFormat::Reftable } else { RefFormat::Files },
            writes: Writes::default(),
            git,
            directory,
        })
    }

    /// `git SUBCOMMAND …`, where we stand.
    #[must_use]
    pub fn command(&self, subcommand: &str) -> GitCommand {
        self.git.command(&self.directory, subcommand)
    }

    /// The same repository, asked through another `git`.
    #[must_use]
    pub fn with_git(mut self, git: Git) -> Self {
        self.git = git;
        self
    }

    /// Where we stand.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn writes(&self) -> &Writes {
        &self.writes
    }

    /// The `git` that is run.
    #[must_use]
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Whether history ends early: a clone of `--depth`.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.common_dir.join("shallow").is_file()
    }

    /// The commit that a revision names, as git understands revisions; `None` where it is none. One process of git.
    ///
    /// # Errors
    /// Where git cannot be run.
    pub fn resolve_revision(&self, revision: &str) -> Result<Option<ObjectId>, GitError> {
        let command = self.command("rev-parse").args(["--verify", "--quiet", "--end-of-options"]);
        let output = command.arg(as_commit(revision)).output()?;
        let line = output.stdout.split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(if output.is_success() { ObjectId::parse(line) } else { None })
    }
}

fn as_commit(revision: &str) -> String {
    // An argument cannot hold a NUL; git would refuse it as well.
    format!("{}^{{commit}}", revision.replace('\0', "?"))
}

fn not_found(directory: &Path, code: Option<i32>, stderr: &str) -> GitError {
    let error = GitError::failed("rev-parse", code, stderr);
    if error.kind == GitErrorKind::NotARepository && error.help.is_none() {
        let message = format!("`{}` is in no git repository", directory.display());
        return GitError::new(GitErrorKind::NotARepository, message).with_help("git init");
    }
    error
}

/// The top of the work tree, of which `directory` is the part `prefix`.
fn top(directory: &Path, prefix: &str) -> Result<PathBuf, GitError> {
    let mut top = directory.canonicalize().map_err(|error| GitError::io("find the work tree of", &error))?;
    for _ in prefix.split_terminator('/') {
        top.pop();
    }
    Ok(top)
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
