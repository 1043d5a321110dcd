//! Answers in a file: an embedded store whose transactions are whole or not there, whatever happens to the process.
//!
//! Reading is a look into the file; writing is left to a thread, which puts what has gathered into one transaction.
//! The store itself ([`redb`]) is known here alone.

use std::fs::{File, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use redb::{Database, DatabaseError, ReadableTable, StorageError, TableDefinition};

use super::{CacheError, CacheErrorKind, Kept, Key, now};
use crate::value::Value;

/// By key: when it was put, when its time ends (milliseconds since 1970, eight bytes each, the lowest first), the
/// answer as JSON.
const ANSWERS: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("answers");
/// When an answer's time ends, its key, and how many bytes it has: in the order in which they give way.
const ENDS: TableDefinition<'_, (u64, &[u8; 32]), u64> = TableDefinition::new("ends");
/// `format`: the version of all this.
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("segue");

const FORMAT: u64 = 1;
/// How many bytes of answers a file holds.
const BYTES: u64 = 256 << 20;
/// How many answers wait to be written; more are kept in memory alone.
const WAITING: usize = 1_024;
/// How much of the file the store may keep in memory.
const PAGES: usize = 8 << 20;

pub(super) struct Store {
    database: Arc<Database>,
    fault: Arc<OnceLock<String>>,
    /// What the thread waits for; it ends when this does.
    sender: Option<SyncSender<Order>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

enum Order {
    Put(Put),
    /// Answered when all that came before is written.
    Flush(SyncSender<()>),
}

struct Put {
    key: Key,
    expires: u64,
    record: Vec<u8>,
}

impl Store {
    pub(super) fn open(path: &Path) -> Result<Self, CacheError> {
        let shown = path.display();
        let told = |kind, cause: String| CacheError { kind, message: format!("`{shown}` {cause}") };
        let file =
            open(path).map_err(|error| told(CacheErrorKind::Io, format!("cannot be opened: {error}")))?;
        // A damaged file may lead the store anywhere, a failed assertion too.
        let opened = catch_unwind(AssertUnwindSafe(|| prepare(file)));
        let (database, bytes) = match opened {
            Ok(opened) => opened.map_err(|(kind, cause)| told(kind, cause))?,
            Err(_) => {
                let cause = "is damaged, or no store of answers: take it away, and it is made anew";
                return Err(told(CacheErrorKind::Broken, cause.to_owned()));
            }
        };
        let database = Arc::new(database);
        let fault = Arc::new(OnceLock::new());
        let (sender, receiver) = sync_channel(WAITING);
        let writer =
            Writer { database: database.clone(), fault: fault.clone(), bytes, shown: shown.to_string() };
        let thread = std::thread::Builder::new().name("segue-cache".to_owned());
        let thread = thread
            .spawn(move || writer.work(&receiver))
            .map_err(|error| told(CacheErrorKind::Io, format!("cannot be written: {error}")))?;
        Ok(Self { database, fault, sender: Some(sender), writer: Mutex::new(Some(thread)) })
    }

    pub(super) fn get(&self, key: &Key) -> Option<Kept> {
        if self.fault.get().is_some() {
            return None;
        }
        match catch_unwind(AssertUnwindSafe(|| read(&self.database, key))) {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => {
                self.fault.get_or_init(|| format!("the stored answers cannot be read: {error}"));
                None
            }
            Err(_) => {
                self.fault.get_or_init(|| "the stored answers are damaged".to_owned());
                None
            }
        }
    }

    pub(super) fn put(&self, key: Key, kept: &Kept, json: String) {
        let mut record = Vec::with_capacity(16 + json.len());
        record.extend(kept.stored.to_le_bytes());
        record.extend(kept.expires.to_le_bytes());
        record.extend(json.into_bytes());
        if let Some(sender) = &self.sender {
            // One that finds no room is in memory all the same.
            let _ = sender.try_send(Order::Put(Put { key, expires: kept.expires, record }));
        }
    }

    pub(super) fn flush(&self) {
        let (done, is_done) = sync_channel(1);
        if let Some(sender) = &self.sender
            && sender.send(Order::Flush(done)).is_ok()
        {
            let _ = is_done.recv();
        }
    }

    pub(super) fn fault(&self) -> Option<String> {
        self.fault.get().cloned()
    }
}

impl Drop for Store {
    /// What waits is written first.
    fn drop(&mut self) {
        self.sender = None;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }
}

/// What the store says; its own errors take more room than what they come instead of.
struct Unread(Box<redb::Error>);

impl<E: Into<redb::Error>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The file, made if it is not there, for its owner alone: answers are data.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The store with its tables, of this version, and how many bytes of answers are in it.
fn prepare(file: File) -> Result<(Database, u64), (CacheErrorKind, String)> {
    let database =
        Database::builder().set_cache_size(PAGES).create_file(file).map_err(|error| unopened(&error))?;
    let broken = |error: Unread| (CacheErrorKind::Broken, format!("cannot be read: {error}"));
    let format = format_of(&database).map_err(broken)?;
    if format > FORMAT {
        let cause = format!(
            "was made by a newer version of segue (format {format}, this one knows {FORMAT}): use that one, or another file"
        );
        return Err((CacheErrorKind::Newer, cause));
    }
    let bytes = bytes_in(&database).map_err(broken)?;
    Ok((database, bytes))
}

fn unopened(error: &DatabaseError) -> (CacheErrorKind, String) {
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            (CacheErrorKind::InUse, "is in use by another process".to_owned())
        }
        DatabaseError::UpgradeRequired(_) => {
            let cause = "was made by another version of segue: use that one, or another file";
            (CacheErrorKind::Newer, cause.to_owned())
        }
        DatabaseError::Storage(StorageError::Io(cause))
            if cause.kind() != std::io::ErrorKind::InvalidData =>
        {
            (CacheErrorKind::Io, format!("cannot be opened: {cause}"))
        }
        other => {
            let cause =
                format!("is damaged, or no store of answers ({other}): take it away, and it is made anew");
            (CacheErrorKind::Broken, cause)
        }
    }
}

/// The format that the file says, which is written into a new one.
fn format_of(database: &Database) -> Result<u64, Unread> {
    let transaction = database.begin_write()?;
    let format = {
        let mut about = transaction.open_table(ABOUT)?;
        let known = about.get("format")?.map(|format| format.value());
        match known {
            Some(format) => format,
            None => {
                about.insert("format", FORMAT)?;
                FORMAT
            }
        }
    };
    if format > FORMAT {
        transaction.abort()?;
        return Ok(format);
    }
    transaction.open_table(ANSWERS)?;
    transaction.open_table(ENDS)?;
    transaction.commit()?;
    Ok(format)
}

fn bytes_in(database: &Database) -> Result<u64, Unread> {
    let transaction = database.begin_read()?;
    let mut bytes: u64 = 0;
    for entry in transaction.open_table(ENDS)?.iter()? {
        bytes = bytes.saturating_add(entry?.1.value());
    }
    Ok(bytes)
}

fn read(database: &Database, key: &Key) -> Result<Option<Kept>, Unread> {
    let transaction = database.begin_read()?;
    let answers = transaction.open_table(ANSWERS)?;
    let Some(record) = answers.get(&key.0)? else { return Ok(None) };
    Ok(decoded(record.value()))
}

/// An answer as it was; nothing if it is not as this version writes it.
fn decoded(record: &[u8]) -> Option<Kept> {
    let (stored, rest) = record.split_first_chunk()?;
    let (expires, json) = rest.split_first_chunk()?;
    let value = Value::from_json(std::str::from_utf8(json).ok()?).ok()?;
    Some(Kept {
        value,
        stored: u64::from_le_bytes(*stored),
        expires: u64::from_le_bytes(*expires),
        bytes: json.len() as u64,
    })
}

/// The thread that writes.
struct Writer {
    database: Arc<Database>,
    fault: Arc<OnceLock<String>>,
    /// How many bytes of answers are in the file.
    bytes: u64,
    shown: String,
}

impl Writer {
    fn work(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let mut puts = Vec::new();
            let mut flushed = Vec::new();
            for order in std::iter::once(first).chain(orders.try_iter().take(WAITING)) {
                match order {
                    Order::Put(put) => puts.push(put),
                    Order::Flush(done) => flushed.push(done),
                }
            }
            if self.fault.get().is_none() && !puts.is_empty() {
                let written = catch_unwind(AssertUnwindSafe(|| self.write(&puts)));
                let cause = match written {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error.to_string()),
                    Err(_) => Some("it is damaged".to_owned()),
                };
                if let Some(cause) = cause {
                    let shown = &self.shown;
                    self.fault.get_or_init(|| format!("`{shown}` cannot keep answers any more: {cause}"));
                }
            }
            for done in flushed {
                let _ = done.send(());
            }
        }
    }

    fn write(&mut self, puts: &[Put]) -> Result<(), Unread> {
        let transaction = self.database.begin_write()?;
        let mut bytes = self.bytes;
        {
            let mut answers = transaction.open_table(ANSWERS)?;
            let mut ends = transaction.open_table(ENDS)?;
            for put in puts {
                let length = put.record.len() as u64;
                if let Some(old) = answers.insert(&put.key.0, put.record.as_slice())? {
                    let expires = decoded_end(old.value());
                    bytes = bytes.saturating_sub(old.value().len() as u64);
                    ends.remove((expires, &put.key.0))?;
                }
                ends.insert((put.expires, &put.key.0), length)?;
                bytes += length;
            }
            let now = now();
            loop {
                let first = ends.first()?.map(|(end, length)| {
                    let (expires, key) = end.value();
                    (expires, *key, length.value())
                });
                let Some((expires, key, length)) = first else { break };
                if expires > now && bytes <= BYTES {
                    break;
                }
                ends.remove((expires, &key))?;
                answers.remove(&key)?;
                bytes = bytes.saturating_sub(length);
            }
        }
        transaction.commit()?;
        self.bytes = bytes;
        Ok(())
    }
}

fn decoded_end(record: &[u8]) -> u64 {
    let end = record.get(8..16).and_then(|bytes| bytes.try_into().ok());
    end.map_or(0, u64::from_le_bytes)
}

/// Makes a file look as if another version had made it.
#[cfg(test)]
pub(super) fn set_format(path: &Path, format: u64) {
    let database = Database::open(path).expect("it opens");
    let transaction = database.begin_write().expect("it can be written");
    transaction.open_table(ABOUT).expect("it is there").insert("format", format).expect("it is written");
    transaction.commit().expect("it is kept");
}
