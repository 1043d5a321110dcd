//! Finding the most usual kind of repository without asking git, which saves a process, a quarter of what a move costs.
//!
//! A folder `.git` of one's own above or at the place where we stand, of the oldest and most stable layout: everything
//! else (worktrees, submodules, bare ones, extensions such as SHA-256 and reftable, `GIT_DIR` and its kin, somebody
//! else's folder) is git's to judge. `None` always means: ask git. Every command that follows is git's own, so that what
//! it would refuse it still refuses.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A repository whose references and objects are below its `.git`, and the place below its work tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nearby {
    pub(super) work_tree: PathBuf,
    pub(super) git_dir: PathBuf,
    pub(super) prefix: String,
}

/// Variables that make another repository of the one that is nearest, or change how it is read.
const VARIABLES: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_TEST_ASSUME_DIFFERENT_OWNER",
];

/// Whether a variable of this name keeps git's own judgement necessary.
pub(super) fn is_decisive(name: &OsStr) -> bool {
    VARIABLES.iter().any(|known| name == *known)
}

/// The repository around `directory`, if it is of the usual kind.
#[cfg(unix)]
pub(super) fn find(directory: &Path) -> Option<Nearby> {
    use std::os::unix::fs::MetadataExt;

    // Whose process this is; where it cannot be told, git has to.
    let owner = fs::metadata("/proc/self").ok()?.uid();
    let start = directory.canonicalize().ok()?;
    let device = fs::metadata(&start).ok()?.dev();
    for top in start.ancestors() {
        let here = fs::metadata(top).ok()?;
        let git_dir = top.join(".git");
        match fs::symlink_metadata(&git_dir) {
            Ok(found) => {
                let is_usual = found.is_dir()
                    && [&found, &here].iter().all(|data| data.uid() == owner && data.dev() == device)
                    && is_usual(&git_dir);
                let prefix = start.strip_prefix(top).ok()?.to_str()?;
                let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
                return is_usual.then(|| Nearby { work_tree: top.to_owned(), git_dir, prefix });
            }
            // A bare repository, or the inside of one.
            Err(_) if here.dev() != device || top.join("HEAD").exists() => return None,
            Err(_) => {}
        }
    }
    None
}

#[cfg(not(unix))]
pub(super) fn find(_: &Path) -> Option<Nearby> {
    None
}

fn is_usual(git_dir: &Path) -> bool {
    let is_folder = |name: &str| fs::metadata(git_dir.join(name)).is_ok_and(|found| found.is_dir());
    let head = fs::read_to_string(git_dir.join("HEAD")).unwrap_or_default();
    let is_head = head.starts_with("ref: refs/")
        || head.len() >= 40 && head.trim_end().bytes().all(|byte| byte.is_ascii_hexdigit());
    let config = fs::read_to_string(git_dir.join("config")).unwrap_or_default();
    is_head
        && is_folder("objects")
        && is_folder("refs")
        && !git_dir.join("commondir").exists()
        && is_usual_config(&config)
}

/// Whether the configuration says what `git init` writes of the layout, and nothing else.
fn is_usual_config(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    // These words may stand anywhere, in a branch's name too: better once too often than once too seldom.
    let is_plain = !["worktree", "extensions", "[include"].iter().any(|word| text.contains(word));
    let says = |name: &'static str| text.lines().map(str::trim).filter(move |line| line.contains(name));
    is_plain
        && says("repositoryformatversion").eq(["repositoryformatversion = 0"])
        && says("bare").all(|line| line == "bare = false")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::super::Repository;
    use super::super::testing::{TestRepository, git};
    use super::*;

    #[test]
    fn only_what_git_init_writes_is_usual() {
        let usual = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";
        assert!(is_usual_config(usual));
        assert!(is_usual_config(&format!("{usual}[remote \"origin\"]\n\turl = ../x.git\n")));
        for other in [
            "",
            "[core]\n\trepositoryformatversion = 1\n",
            "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
            "[core]\n\trepositoryformatversion = 0\n\tbare\n",
            "[core]\n\trepositoryformatversion = 0\n\tworkTree = /elsewhere\n",
            "[core]\n\trepositoryformatversion = 0\n[Extensions]\n\tobjectFormat = sha256\n",
            "[core]\n\trepositoryformatversion = 0\n[include]\n\tpath = more\n",
        ] {
            assert!(!is_usual_config(other), "{other}");
        }
    }

    #[test]
    fn what_is_found_is_what_git_finds() {
        let test = TestRepository::new();
        test.commit("a b/ü/f.md", "text");
        let tree = test.beside("tree");
        test.run(&["worktree", "add", "-q", tree.to_str().expect("text")]);
        let link = test.beside("link");
        std::os::unix::fs::symlink(test.path().join("a b"), &link).expect("a link");
        let mut found = 0;
        for place in
            [test.path().to_owned(), test.path().join("a b/ü"), tree, test.path().join(".git/refs"), link]
        {
            let asked = Repository::ask_git(git(), &place).expect("a repository");
            assert_eq!(Repository::discover_with(git(), &place).expect("a repository"), asked, "{place:?}");
            if let Some(nearby) = find(&place) {
                found += 1;
                assert_eq!(Some(nearby.work_tree), asked.work_tree);
            }
        }
        // Not a worktree, and not the inside of `.git`.
        assert_eq!(found, 3);
        test.run(&["config", "core.bare", "true"]);
        assert_eq!(find(test.path()), None);
    }
}
