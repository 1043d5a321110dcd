//! Reading objects through one long-lived `git cat-file`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::thread::JoinHandle;

use super::command::collect;
use super::{GitError, GitErrorKind, ObjectId, Repository};

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A file's content.
    Blob,
    /// A directory.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    pub(super) fn parse(word: &[u8]) -> Result<Self, GitError> {
        match word {
            b"blob" => Ok(Self::Blob),
            b"tree" => Ok(Self::Tree),
            b"commit" => Ok(Self::Commit),
            b"tag" => Ok(Self::Tag),
            _ => Err(GitError::unexpected("cat-file", word)),
        }
    }
}

/// An object without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: ObjectKind,
    /// The bytes of its content.
    pub size: u64,
}

/// An object with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Object {
    /// What it is.
    pub info: ObjectInfo,
    /// Its content, as git stores it.
    pub data: Vec<u8>,
}

/// A `git cat-file --batch-command` that is kept open: a read costs some 30 µs, a process of git some 3 ms.
///
/// It sees objects and references as they are when it is asked. Objects are named as git names them: an id, a
/// reference, `COMMIT:path`, `NAME^{commit}`; parts that a user typed are checked by the caller ([`RefName`] does),
/// except for line breaks, which are refused here.
///
/// [`RefName`]: super::RefName
#[derive(Debug)]
pub struct ObjectReader {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<String>>,
}

impl Repository {
    /// Starts a reader of objects.
    ///
    /// # Errors
    /// Where git cannot be run.
    pub fn objects(&self) -> Result<ObjectReader, GitError> {
        let mut child = self.command("cat-file").arg("--batch-command").converse()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::new(GitErrorKind::Io, "git has no pipes"));
        };
        let stderr = child.stderr.take().map(|stderr| std::thread::spawn(move || collect(stderr)));
        Ok(ObjectReader { child, stdin: Some(stdin), stdout: BufReader::new(stdout), stderr })
    }
}

impl ObjectReader {
    /// Whether git is still there to be asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stdin.is_some()
    }

    /// What `name` is; `None` where there is no such object.
    ///
    /// # Errors
    /// Where git ended, or the name holds a line break. A reader that has failed fails ever after: start another.
    pub fn info(&mut self, name: &str) -> Result<Option<ObjectInfo>, GitError> {
        self.ask("info", name)
    }

    /// What several names are, asked at once: a round trip for all of them.
    ///
    /// # Errors
    /// As [`info`](Self::info).
    pub fn infos<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Vec<Option<ObjectInfo>>, GitError> {
        // As many as fit into the pipes of both directions, so that neither side waits for the other.
        const AT_ONCE: usize = 4096;
        let mut infos = Vec::new();
        let (mut questions, mut count) = (String::new(), 0);
        for name in names {
            check(name)?;
            if questions.len() + name.len() > AT_ONCE && count > 0 {
                self.exchange(&questions, count, &mut infos)?;
                (questions, count) = (String::new(), 0);
            }
            questions.extend(["info ", name, "\n"]);
            count += 1;
        }
        self.exchange(&questions, count, &mut infos)?;
        Ok(infos)
    }

    /// `name` with its content; `None` where there is no such object.
    ///
    /// # Errors
    /// As [`info`](Self::info); `TooLarge` where it has more than `limit` bytes.
    pub fn contents(&mut self, name: &str, limit: u64) -> Result<Option<Object>, GitError> {
        let Some(info) = self.info(name)? else { return Ok(None) };
        if info.size > limit {
            let message = format!("`{name}` has {} bytes, more than the {limit} that are read", info.size);
            return Err(GitError::new(GitErrorKind::TooLarge, message));
        }
        // By its id: what a reference names may have changed since.
        let Some(info) = self.ask("contents", info.id.as_str())? else { return Ok(None) };
        let size = usize::try_from(info.size).map_err(|_| GitError::unexpected("cat-file", b""))?;
        let mut data = vec![0; size + 1];
        if let Err(error) = self.stdout.read_exact(&mut data) {
            return Err(self.ended(&error));
        }
        data.pop();
        Ok(Some(Object { info, data }))
    }

    fn ask(&mut self, command: &str, name: &str) -> Result<Option<ObjectInfo>, GitError> {
        check(name)?;
        self.send(&format!("{command} {name}\n"))?;
        self.answer()
    }

    fn exchange(
        &mut self,
        questions: &str,
        count: usize,
        infos: &mut Vec<Option<ObjectInfo>>,
    ) -> Result<(), GitError> {
        self.send(questions)?;
        for _ in 0..count {
            infos.push(self.answer()?);
        }
        Ok(())
    }

    fn send(&mut self, text: &str) -> Result<(), GitError> {
        let sent = match &mut self.stdin {
            Some(stdin) => stdin.write_all(text.as_bytes()),
            None => Err(std::io::ErrorKind::BrokenPipe.into()),
        };
        sent.map_err(|error| self.ended(&error))
    }

    /// `OID SP type SP size`, or `NAME SP missing` (also `ambiguous`, for abbreviations).
    fn answer(&mut self) -> Result<Option<ObjectInfo>, GitError> {
        let mut line = Vec::new();
        match self.stdout.read_until(b'\n', &mut line) {
            Ok(read) if read > 0 => {}
            Ok(_) => return Err(self.ended(&std::io::ErrorKind::UnexpectedEof.into())),
            Err(error) => return Err(self.ended(&error)),
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        if line.ends_with(b" missing") || line.ends_with(b" ambiguous") {
            return Ok(None);
        }
        let unexpected = || GitError::unexpected("cat-file", line);
        let mut words = line.split(|byte| *byte == b' ');
        let (Some(id), Some(kind), Some(size), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(unexpected());
        };
        let size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok());
        Ok(Some(ObjectInfo {
            id: ObjectId::parse(id).ok_or_else(unexpected)?,
            kind: ObjectKind::parse(kind)?,
            size: size.ok_or_else(unexpected)?,
        }))
    }

    /// git went away; what it said before is the reason.
    fn ended(&mut self, error: &std::io::Error) -> GitError {
        drop(self.stdin.take());
        let code = self.child.wait().ok().and_then(|status| status.code());
        let stderr = self.stderr.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        if stderr.trim().is_empty() {
            return GitError::io("read objects from", error);
        }
        let mut failed = GitError::failed("cat-file", code, &stderr);
        // A partial clone that cannot fetch what it lacks.
        if failed.kind == GitErrorKind::Failed && stderr.contains("promisor remote") {
            failed.kind = GitErrorKind::MissingObject;
        }
        failed
    }
}

impl Drop for ObjectReader {
    fn drop(&mut self) {
        // It ends when its input does; waiting leaves no zombie behind.
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

fn check(name: &str) -> Result<(), GitError> {
    if name.is_empty() || name.contains(['\n', '\0', '\r']) {
        return Err(GitError::new(GitErrorKind::InvalidName, format!("{name:?} names no object")));
    }
    Ok(())
}
