//! Which file of a commit is a component.
//!
//! The manifest says it, or the component's name does: `prompts/extraction.*`, else
//! `prompts/extraction/{extraction,index,prompt}.*`, the same below `components/` and `logic/`. A component is one
//! file: none and several are errors that show where was looked. Trees are walked entry by entry, so that a file that
//! did not exist is told from one whose object is not in this clone.

use super::address::{Address, Prefix};
use super::error::{ErrorCode, RegistryError, Result};
use super::git::{ObjectId, ObjectKind, ObjectReader};
use super::manifest::{self, Manifest};
use crate::component::Version;

/// The largest directory that is read.
const MAX_TREE: u64 = 64 << 20;
/// The largest manifest of an earlier commit that is read.
const MAX_MANIFEST: u64 = 4 << 20;
/// What a component's file may be called in a folder of its own, beside the component's name.
const STEMS: [&str; 2] = ["index", "prompt"];

/// A component's file in one commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Located {
    /// Its path from the top of the repository.
    pub path: Box<str>,
    /// Its content.
    pub blob: ObjectId,
}

/// The file of a component in a commit.
///
/// The manifest as it is now comes first, then that of the commit itself, where a file may have lain elsewhere, then
/// the convention.
///
/// # Errors
/// `missing-file` and `ambiguous-file`, showing where was looked; `missing-object` in a clone that lacks the commit or
/// one of its directories.
pub fn locate(
    objects: &mut ObjectReader,
    commit: &ObjectId,
    address: &Address,
    manifest: &Manifest,
) -> Result<Located> {
    let root = root(objects, commit)?;
    let mut looked = Vec::new();
    if let Some(found) = declared(objects, &root, address, manifest, &mut looked)? {
        return Ok(found);
    }
    if let Some(entry) = root.get(manifest::FILE).filter(|entry| entry.is_file())
        && let Some(object) = objects.contents(entry.id.as_str(), MAX_MANIFEST)?
        && let Ok(text) = String::from_utf8(object.data)
        // One that was broken then says nothing.
        && let Ok(earlier) = Manifest::parse(&text, manifest::FILE)
        && let Some(found) = declared(objects, &root, address, &earlier, &mut looked)?
    {
        return Ok(found);
    }
    for folders in folders(address.prefix()) {
        if let Some(found) = conventional(objects, &root, folders, address, &mut looked)? {
            return Ok(found);
        }
    }
    Err(not_there(objects, &root, commit, address, &looked))
}

/// The component `kind/name` of a commit, whose prefix nobody said: the manifest's, else that of where its file lies.
///
/// # Errors
/// As [`locate`].
pub fn locate_any_prefix(
    objects: &mut ObjectReader,
    commit: &ObjectId,
    kind: &str,
    name: &str,
    manifest: &Manifest,
) -> Result<(Address, Located)> {
    let prefix = manifest.prefix(kind, name).unwrap_or(Prefix::Components);
    let address = Address::new(prefix, kind, name)?;
    let located = locate(objects, commit, &address, manifest)?;
    if manifest.declared(&address).is_some() {
        return Ok((address, located));
    }
    let address = Address::new(manifest::prefix_of(&located.path), kind, name)?;
    Ok((address, located))
}

/// The components that the paths of a repository's files show by convention, each with its path; a file of which
/// another has the same name is left out, for nobody can say which is meant.
#[must_use]
pub fn discover<'p>(paths: impl IntoIterator<Item = &'p str>, kinds: &[&str]) -> Vec<(Address, Box<str>)> {
    let mut found: std::collections::BTreeMap<Address, Vec<&str>> = std::collections::BTreeMap::new();
    for path in paths {
        let rest =
            ["components/", "logic/"].iter().find_map(|folder| path.strip_prefix(folder)).unwrap_or(path);
        let parts: Vec<&str> = rest.split('/').collect();
        let (kind, name, is_own_folder) = match *parts.as_slice() {
            [kind, file] => (kind, stem(file), false),
            [kind, name, file] if stem(file) == name || STEMS.contains(&stem(file)) => (kind, name, true),
            _ => continue,
        };
        let Ok(address) = Address::new(manifest::prefix_of(path), kind, name) else { continue };
        let has_extension = path.rsplit('/').next().is_some_and(|file| file.len() > stem(file).len() + 1);
        if !kinds.contains(&kind) || !has_extension || (is_own_folder && is_backup(path)) || is_backup(path) {
            continue;
        }
        found.entry(address).or_default().push(path);
    }
    let one = |(address, paths): (Address, Vec<&str>)| match paths.as_slice() {
        [path] => Some((address, (*path).into())),
        _ => None,
    };
    found.into_iter().filter_map(one).collect()
}

fn stem(file: &str) -> &str {
    file.split_once('.').map_or(file, |(stem, _)| stem)
}

fn is_backup(file: &str) -> bool {
    file.ends_with('~') || [".bak", ".orig", ".swp", ".tmp"].iter().any(|ending| file.ends_with(ending))
}

/// Where a component of this prefix lies by convention; the second group only if there is nothing in the first.
fn folders(prefix: Prefix) -> [&'static [&'static str]; 2] {
    match prefix {
        Prefix::Components => [&["", "components/"], &["logic/"]],
        Prefix::Logic => [&["logic/"], &["", "components/"]],
    }
}

fn declared(
    objects: &mut ObjectReader,
    root: &Tree,
    address: &Address,
    manifest: &Manifest,
    looked: &mut Vec<String>,
) -> Result<Option<Located>> {
    let Some(declared) = manifest.declared(address) else { return Ok(None) };
    let shown = declared.path.to_string();
    if looked.contains(&shown) {
        return Ok(None);
    }
    looked.push(shown);
    let (folder, file) = declared.path.rsplit_once('/').unwrap_or(("", &declared.path));
    let Some(tree) = subtree(objects, root, folder)? else { return Ok(None) };
    let entry = tree.get(file).filter(|entry| entry.is_file());
    Ok(entry.map(|entry| Located { path: declared.path.clone(), blob: entry.id }))
}

fn conventional(
    objects: &mut ObjectReader,
    root: &Tree,
    folders: &[&str],
    address: &Address,
    looked: &mut Vec<String>,
) -> Result<Option<Located>> {
    let (kind, name) = (address.kind(), address.name());
    let stems: Vec<&str> = std::iter::once(name).chain(STEMS).collect();
    let places = [(String::new(), vec![name]), (format!("/{name}"), stems)];
    for (below, stems) in places {
        let mut found = Vec::new();
        for folder in folders {
            let folder = format!("{folder}{kind}{below}");
            let pattern = match stems.as_slice() {
                [stem] => format!("{folder}/{stem}.*"),
                stems => format!("{folder}/{{{}}}.*", stems.join(",")),
            };
            looked.push(pattern);
            let Some(tree) = subtree(objects, root, &folder)? else { continue };
            found.extend(
                tree.files_named(&stems)
                    .into_iter()
                    .map(|entry| Located { path: format!("{folder}/{}", entry.name).into(), blob: entry.id }),
            );
        }
        match found.len() {
            0 => {}
            1 => return Ok(found.pop()),
            _ => return Err(several(address, &found)),
        }
    }
    Ok(None)
}

fn several(address: &Address, found: &[Located]) -> RegistryError {
    let listed: Vec<String> = found.iter().map(|found| format!("\n  {}", found.path)).collect();
    let path = address.path();
    let message = format!("`{path}` could be any of several files{}", listed.concat());
    RegistryError::new(ErrorCode::AmbiguousFile, message)
        .with_help(format!("say which: `segue components add {path} {}`", found[0].path))
}

fn not_there(
    objects: &mut ObjectReader,
    root: &Tree,
    commit: &ObjectId,
    address: &Address,
    looked: &[String],
) -> RegistryError {
    let path = address.path();
    // A folder of `v1.0.0.md` files is how the directory source keeps versions: the likeliest misunderstanding.
    for folder in ["", "components/", "logic/"] {
        let folder = format!("{folder}{path}");
        let Ok(Some(tree)) = subtree(objects, root, &folder) else { continue };
        let is_version = |entry: &&TreeEntry| {
            let name = entry.name.as_str();
            Version::parse(name.rsplit_once('.').map_or(name, |(stem, _)| stem)).is_ok()
        };
        if let Some(version) = tree.entries.iter().find(is_version) {
            let message = format!(
                "`{folder}/{}` is a version as a file: that is how a folder of components keeps them",
                version.name
            );
            return RegistryError::new(ErrorCode::MissingFile, message).with_help(format!(
                "in git a component is one file, such as `{path}.md`, and its versions are tags; \
                 to run with the folder as it is: `segue run --components DIR`"
            ));
        }
    }
    let listed: Vec<String> = looked.iter().map(|place| format!("\n  {place}")).collect();
    let message = format!("`{path}` has no file in {}; looked for{}", commit.short(), listed.concat());
    RegistryError::new(ErrorCode::MissingFile, message)
        .with_help(format!("if it is another file: `segue components add {path} FILE`"))
}

/// A directory of a commit.
struct Tree {
    entries: Vec<TreeEntry>,
}

struct TreeEntry {
    name: String,
    mode: u32,
    id: ObjectId,
}

impl TreeEntry {
    /// A file, executable or not; no link, no submodule.
    fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }

    fn is_tree(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }
}

impl Tree {
    fn read(objects: &mut ObjectReader, id: &ObjectId) -> Result<Self> {
        let object =
            objects.contents(id.as_str(), MAX_TREE)?.filter(|object| object.info.kind == ObjectKind::Tree);
        let object = object.ok_or_else(|| missing(id, "a directory"))?;
        Self::parse(&object.data, id.as_str().len() / 2).ok_or_else(|| missing(id, "a readable directory"))
    }

    /// `MODE SP NAME NUL ID`, the id in bytes. Names that are not UTF-8 are left out: no component has such a path.
    fn parse(mut data: &[u8], id_length: usize) -> Option<Self> {
        let mut entries = Vec::new();
        while !data.is_empty() {
            let space = data.iter().position(|byte| *byte == b' ')?;
            let end = space + data[space..].iter().position(|byte| *byte == 0)?;
            let mode = u32::from_str_radix(std::str::from_utf8(&data[..space]).ok()?, 8).ok()?;
            let name = std::str::from_utf8(&data[space + 1..end]).ok().map(str::to_owned);
            let id = data.get(end + 1..end + 1 + id_length)?;
            data = &data[end + 1 + id_length..];
            if let Some(name) = name {
                entries.push(TreeEntry { name, mode, id: ObjectId::from_bytes(id)? });
            }
        }
        Some(Self { entries })
    }

    fn get(&self, name: &str) -> Option<&TreeEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The files `STEM.EXTENSION`; those with more dots only where there is none with one: `a.test.md` is not `a.md`.
    fn files_named(&self, stems: &[&str]) -> Vec<&TreeEntry> {
        let mut plain = Vec::new();
        let mut dotted = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.is_file() && !is_backup(&entry.name)) {
            let extension = stems
                .iter()
                .find_map(|stem| entry.name.strip_prefix(stem)?.strip_prefix('.'))
                .unwrap_or_default();
            match extension {
                "" => {}
                extension if extension.contains('.') => dotted.push(entry),
                _ => plain.push(entry),
            }
        }
        if plain.is_empty() { dotted } else { plain }
    }
}

/// The top directory of a commit.
fn root(objects: &mut ObjectReader, commit: &ObjectId) -> Result<Tree> {
    let info = objects.info(&format!("{commit}^{{tree}}"))?;
    match info {
        Some(info) => Tree::read(objects, &info.id),
        None => Err(missing(commit, "a commit")),
    }
}

/// The directory at a path below another; `None` where there is none.
fn subtree(objects: &mut ObjectReader, root: &Tree, path: &str) -> Result<Option<Tree>> {
    let mut tree: Option<Tree> = None;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let Some(entry) = tree.as_ref().unwrap_or(root).get(part).filter(|entry| entry.is_tree()) else {
            return Ok(None);
        };
        tree = Some(Tree::read(objects, &entry.id)?);
    }
    match tree {
        Some(tree) => Ok(Some(tree)),
        None => Ok(Some(Tree { entries: root.entries.iter().map(TreeEntry::copy).collect() })),
    }
}

impl TreeEntry {
    fn copy(&self) -> Self {
        Self { name: self.name.clone(), mode: self.mode, id: self.id }
    }
}

/// That an object is not in this clone, and what brings it.
pub(crate) fn missing(id: &ObjectId, what: &str) -> RegistryError {
    RegistryError::new(ErrorCode::MissingObject, format!("{} is not in this repository: {what} is missing", id.short()))
        .with_help(format!(
            "in a shallow clone: `git fetch --unshallow --tags`; in a partial one: `git fetch origin {id}`; else see `git fsck`"
        ))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::registry::git::testing::TestRepository;

    fn address(text: &str) -> Address {
        Address::from_full(text).expect("an address")
    }

    fn find(test: &TestRepository, text: &str, manifest: &str) -> Result<String> {
        let manifest = Manifest::parse(manifest, manifest::FILE).expect("a manifest");
        let mut objects = test.open().objects().expect("a reader");
        locate(&mut objects, &test.head(), &address(text), &manifest).map(|located| located.path.to_string())
    }

    #[test]
    fn a_component_is_found_by_its_name() {
        let test = TestRepository::new();
        for path in [
            "prompts/extraction.md",
            "prompts/extraction.test.md",
            "prompts/extraction.md~",
            "prompts/extraction-b.md",
            "components/prompts/own/own.txt",
            "components/prompts/own/notes.txt",
            "agents/helper/index.ts",
            "logic/scripts/clean.js",
            "queries/both.sql",
            "components/queries/both.sql",
            "queries/two.sql",
            "queries/two.yaml",
            "templates/page.html.j2",
            "prompts/ä.md",
        ] {
            test.commit(path, "x");
        }
        for (text, path) in [
            ("components/prompts/extraction", "prompts/extraction.md"),
            ("components/prompts/own", "components/prompts/own/own.txt"),
            ("components/agents/helper", "agents/helper/index.ts"),
            ("logic/scripts/clean", "logic/scripts/clean.js"),
            ("components/scripts/clean", "logic/scripts/clean.js"),
            ("logic/agents/helper", "agents/helper/index.ts"),
            ("components/templates/page", "templates/page.html.j2"),
            ("components/prompts/ä", "prompts/ä.md"),
        ] {
            assert_eq!(find(&test, text, "").as_deref(), Ok(path), "{text}");
        }
        for (text, message) in [
            (
                "components/queries/both",
                "`queries/both` could be any of several files\n  queries/both.sql\n  components/queries/both.sql",
            ),
            (
                "components/queries/two",
                "`queries/two` could be any of several files\n  queries/two.sql\n  queries/two.yaml",
            ),
        ] {
            let error = find(&test, text, "").expect_err("several");
            assert_eq!((error.code, &*error.message), (ErrorCode::AmbiguousFile, message));
        }
        let error = find(&test, "components/prompts/none", "").expect_err("none");
        assert_eq!(error.code, ErrorCode::MissingFile);
        let places: Vec<&str> = error.message.lines().skip(1).map(str::trim).collect();
        assert_eq!(
            places,
            [
                "prompts/none.*",
                "components/prompts/none.*",
                "prompts/none/{none,index,prompt}.*",
                "components/prompts/none/{none,index,prompt}.*",
                "logic/prompts/none.*",
                "logic/prompts/none/{none,index,prompt}.*",
            ]
        );
        let manifest = Manifest::default();
        let mut objects = test.open().objects().expect("a reader");
        let found =
            locate_any_prefix(&mut objects, &test.head(), "scripts", "clean", &manifest).expect("a file");
        assert_eq!(found.0, address("logic/scripts/clean"));
    }

    #[test]
    fn the_manifest_beats_the_name_and_the_commits_own_manifest_knows_where_it_was() {
        let test = TestRepository::with(&["--object-format=sha256"]);
        test.write("segue.yaml", "components: {queries/report: old/r.sql}\n");
        test.run(&["add", "."]);
        let old = test.commit("old/r.sql", "old");
        test.run(&["rm", "-q", "old/r.sql"]);
        test.commit("new/r.sql", "new");
        let now = "components: {queries/report: new/r.sql}";
        assert_eq!(find(&test, "components/queries/report", now).as_deref(), Ok("new/r.sql"));
        let manifest = Manifest::parse(now, manifest::FILE).expect("a manifest");
        let mut objects = test.open().objects().expect("a reader");
        let found =
            locate(&mut objects, &old, &address("components/queries/report"), &manifest).expect("a file");
        assert_eq!(&*found.path, "old/r.sql");
        assert_eq!(found.blob.as_str(), test.run(&["rev-parse", &format!("{old}:old/r.sql")]));
    }

    #[test]
    fn a_folder_of_versions_is_recognised_and_links_are_no_files() {
        let test = TestRepository::new();
        test.commit("components/prompts/extraction/v1.0.0.md", "x");
        let error = find(&test, "components/prompts/extraction", "").expect_err("a folder");
        assert_eq!(error.code, ErrorCode::MissingFile);
        assert!(
            error.message.starts_with("`components/prompts/extraction/v1.0.0.md` is a version as a file")
        );
        #[cfg(unix)]
        {
            std::fs::create_dir_all(test.path().join("prompts")).expect("a folder");
            std::os::unix::fs::symlink("/etc/passwd", test.path().join("prompts/link.md")).expect("a link");
            test.run(&["add", "."]);
            test.run(&["commit", "-qm", "link"]);
            assert_eq!(
                find(&test, "components/prompts/link", "").map_err(|error| error.code),
                Err(ErrorCode::MissingFile)
            );
            let declared =
                find(&test, "components/prompts/link", "components: {prompts/link: prompts/link.md}");
            assert_eq!(declared.map_err(|error| error.code), Err(ErrorCode::MissingFile));
        }
    }

    #[test]
    fn components_are_discovered_by_their_files() {
        let paths = [
            "prompts/a.md",
            "prompts/b/index.md",
            "prompts/b/notes.md",
            "logic/scripts/c.js",
            "README.md",
            "prompts/two.md",
            "prompts/two.txt",
            "prompts/d.md~",
            "src/prompts/x.md",
            "other/e.md",
            "prompts/plain",
            "components/configs/f.yaml",
        ];
        let found: Vec<String> = discover(paths, &["prompts", "scripts", "configs"])
            .iter()
            .map(|(address, path)| format!("{address} {path}"))
            .collect();
        assert_eq!(
            found,
            [
                "components/configs/f components/configs/f.yaml",
                "components/prompts/a prompts/a.md",
                "components/prompts/b prompts/b/index.md",
                "logic/scripts/c logic/scripts/c.js",
            ]
        );
    }
}
