//! Components as files: their content at a slot, the commits that touched them, and those that nobody listed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Registry;
use super::address::{Address, Query, TYPES};
use super::error::{ErrorCode, RegistryError, Result};
use super::git::{ObjectId, ObjectReader};
use super::locate::{Located, discover, locate, missing};
use super::standing::Scope;
use super::time::Timestamp;
use crate::component::{Slot, Version};

/// The largest content that is read into memory.
const MAX_BYTES: u64 = 1 << 30;

/// A component's file in one commit, and how the commit was named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileAt {
    /// The component.
    pub address: Address,
    /// The commit.
    pub commit: ObjectId,
    /// The version that the slot holds, where one is known.
    pub version: Option<Version>,
    /// Path and content.
    pub located: Located,
}

impl FileAt {
    /// `COMMIT:path`, as git names it.
    #[must_use]
    pub fn revision(&self) -> String {
        format!("{}:{}", self.commit, self.located.path)
    }
}

/// A commit that touched a component.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Touch {
    /// The commit.
    pub commit: ObjectId,
    /// When it was written.
    pub at: Timestamp,
    /// By whom: `Name <mail>`.
    pub who: Box<str>,
    /// The first line of its message.
    pub subject: Box<str>,
    /// The slots that hold what it made of the component.
    pub slots: Vec<Slot>,
}

impl Registry {
    /// The file of `COMPONENT@SLOT`; where there is no such slot, of the component in the revision of that name.
    ///
    /// # Errors
    /// Unknown names, `missing-file`, `ambiguous-file`, `missing-object`.
    pub fn file_at(&self, reference: &str) -> Result<FileAt> {
        let Some((component, slot)) = reference.split_once('@').filter(|(_, slot)| !slot.is_empty()) else {
            let shown = reference.trim_end_matches('@').escape_debug().to_string();
            return Err(RegistryError::new(ErrorCode::Usage, format!("`{shown}` names no slot"))
                .with_help(format!("write `{shown}@production`, or a version: `{shown}@v1.0.0`")));
        };
        let standing = self.standing(component);
        let parsed = Slot::parse(slot);
        if let (Ok(standing), Ok(slot)) = (&standing, &parsed)
            && let Some(held) = standing.held(slot)
        {
            let located = self.locate(&standing.address, &held.commit)?;
            return Ok(FileAt {
                address: standing.address.clone(),
                commit: held.commit,
                version: held.version,
                located,
            });
        }
        let is_version = matches!(parsed, Ok(Slot::Version(_)));
        let commit = if is_version { None } else { self.repository().resolve_revision(slot)? };
        let Some(commit) = commit else {
            return match standing {
                Ok(standing) => Err(self.unknown_slot(&standing.address, slot)?),
                Err(error) => Err(error),
            };
        };
        let standing = self.standing_or_new(component, &commit, Scope::All)?;
        let located = self.locate(&standing.address, &commit)?;
        Ok(FileAt {
            version: standing.version_at(&commit).cloned(),
            address: standing.address,
            commit,
            located,
        })
    }

    /// The content of a file, byte for byte. What a partial clone lacks is fetched, if git can.
    ///
    /// # Errors
    /// `missing-object`; `git-failed` where it is larger than 1 GiB.
    pub fn content(&self, file: &FileAt) -> Result<Vec<u8>> {
        let object = self.repository().objects()?.contents(file.located.blob.as_str(), MAX_BYTES)?;
        Ok(object.ok_or_else(|| missing(&file.located.blob, &file.located.path))?.data)
    }

    /// The commits that touched a component, newest first: those of the current branch, and those that its slots hold.
    ///
    /// O(history) for git, and a few reads for each commit and each slot.
    ///
    /// # Errors
    /// Unknown names, `missing-file` where it is in no commit.
    pub fn touches(&self, component: &str) -> Result<Vec<Touch>> {
        let head = self.repository().resolve_revision("HEAD")?;
        let standing = match head {
            Some(head) => self.standing_or_new(component, &head, Scope::All)?,
            None => self.standing(component)?,
        };
        let manifest = self.manifest()?;
        let mut objects = self.repository().objects()?;
        let mut blobs: BTreeMap<ObjectId, Located> = BTreeMap::new();
        let mut failed = None;
        for commit in standing.tags.values().map(|tag| tag.commit).chain(head) {
            if blobs.contains_key(&commit) {
                continue;
            }
            match locate(&mut objects, &commit, &standing.address, manifest) {
                Ok(located) => drop(blobs.insert(commit, located)),
                Err(error) => failed = Some(error),
            }
        }
        if let (true, Some(error)) = (blobs.is_empty(), failed) {
            return Err(error);
        }
        let paths: BTreeSet<&str> = blobs.values().map(|located| &*located.path).collect();
        let mut touches = self.commits(blobs.keys(), &paths)?;
        let mut slots: Vec<(&Slot, ObjectId)> =
            standing.tags.iter().map(|(slot, tag)| (slot, tag.commit)).collect();
        slots.sort_by_key(|(slot, _)| match slot {
            Slot::Environment(name) => (0, manifest.rank(name), name.to_string(), None),
            Slot::Version(version) => (1, 0, String::new(), Some(version)),
        });
        let holders = holders(&mut objects, &touches, &blobs, &paths)?;
        for (slot, commit) in slots {
            if let Some(touch) = holders.get(&commit).and_then(|at| touches.get_mut(*at)) {
                touch.slots.push(slot.clone());
            }
        }
        Ok(touches)
    }

    /// The commits from which the tips come that changed one of the paths, newest first.
    fn commits<'i>(
        &self,
        tips: impl Iterator<Item = &'i ObjectId>,
        paths: &BTreeSet<&str>,
    ) -> Result<Vec<Touch>> {
        let tips: String = tips.map(|id| format!("{id}\n")).collect();
        let command = self.repository().command("log").args([
            "--stdin",
            "-z",
            "--no-color",
            "--no-show-signature",
            "--encoding=UTF-8",
            "--date-order",
            "--format=%H%n%at%n%an <%ae>%n%s",
            "--",
        ]);
        let command = command.args(paths.iter().map(|path| format!(":(top,literal){path}")));
        let output = command.stdin(tips).run()?;
        let text = String::from_utf8_lossy(&output);
        let touch = |text: &str| {
            let mut lines = text.splitn(4, '\n');
            Some(Touch {
                commit: ObjectId::parse(lines.next()?.trim())?,
                at: Timestamp::from_seconds(lines.next()?.parse().ok()?),
                who: lines.next()?.into(),
                subject: lines.next()?.into(),
                slots: Vec::new(),
            })
        };
        Ok(text.split('\0').filter_map(touch).collect())
    }

    /// The components that the work tree's files show by their names; in a bare repository those of `HEAD`.
    ///
    /// # Errors
    /// `invalid-manifest`, and what git may say.
    pub fn discover(&self) -> Result<Vec<(Address, Box<str>)>> {
        let repository = self.repository();
        let command = if repository.work_tree.is_some() {
            let command = repository.command("ls-files");
            command.args(["-z", "--full-name", "--cached", "--others", "--exclude-standard", "--", ":/"])
        } else {
            repository.command("ls-tree").args(["-r", "-z", "--name-only", "--full-tree", "HEAD"])
        };
        let output = command.run()?;
        let paths: BTreeSet<&str> =
            output.split(|byte| *byte == 0).filter_map(|path| std::str::from_utf8(path).ok()).collect();
        let manifest = self.manifest()?;
        let kinds: Vec<&str> =
            TYPES.iter().copied().chain(manifest.types.iter().map(AsRef::as_ref)).collect();
        Ok(discover(paths, &kinds))
    }

    /// The full name of a component that somebody typed and that may have neither tag nor line in the manifest yet;
    /// `path` is its file.
    ///
    /// # Errors
    /// `invalid-name`, `unknown-component` for a type that nobody declared.
    pub fn name_of_file(&self, typed: &str, path: &str) -> Result<Address> {
        let query = Query::parse(typed)?;
        let manifest = self.manifest()?;
        query.check_declared(manifest.types.iter().map(AsRef::as_ref))?;
        let Some(kind) = query.kind() else {
            return Err(RegistryError::new(ErrorCode::InvalidName, format!("`{typed}` has no type"))
                .with_help(format!("write `prompts/{typed}`; types are {}", TYPES.join(", "))));
        };
        let prefix = query.prefix().unwrap_or_else(|| super::manifest::prefix_of(path));
        Address::new(prefix, kind, query.name())
    }
}

/// At which touch each commit's content came to be: the commit itself if it touched the component, else the newest touch
/// with the same content.
fn holders(
    objects: &mut ObjectReader,
    touches: &[Touch],
    blobs: &BTreeMap<ObjectId, Located>,
    paths: &BTreeSet<&str>,
) -> Result<HashMap<ObjectId, usize>> {
    let mut by_blob: HashMap<ObjectId, Vec<usize>> = HashMap::new();
    for path in paths {
        let names: Vec<String> = touches.iter().map(|touch| format!("{}:{path}", touch.commit)).collect();
        for (at, info) in objects.infos(names.iter().map(String::as_str))?.into_iter().enumerate() {
            if let Some(info) = info {
                by_blob.entry(info.id).or_default().push(at);
            }
        }
    }
    let mut found = HashMap::new();
    for (commit, located) in blobs {
        let own = touches.iter().position(|touch| touch.commit == *commit);
        let same = by_blob.get(&located.blob);
        if let Some(at) = own.or_else(|| same.and_then(|touches| touches.iter().min().copied())) {
            found.insert(*commit, at);
        }
    }
    Ok(found)
}
