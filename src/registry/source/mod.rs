//! Components from git: what a tag names, as the file stood there.
//!
//! A snapshot is a view of all tags at one moment. The first one is read when it is asked for; a program that asks
//! again is a long-running one, and from then on its references are watched, so that a moved tag is served within
//! 50 ms and taking a snapshot costs nothing. git is asked on a thread of its own; contents are kept by object id,
//! within a bound.

mod cache;
mod resolve;
#[cfg(test)]
mod tests;
mod view;
mod watch;
mod worker;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::oneshot;

use self::cache::Cache;
use self::resolve::component_error;
use self::view::View;
use self::worker::{Request, Worker};
use super::git::{Git, Repository, Writes};
use crate::component::{
    Component, ComponentError, ComponentErrorKind, ComponentRef, ComponentSource, ResolveFuture, Snapshot,
    SnapshotFuture,
};

/// How many bytes of contents are kept.
const CACHE_BYTES: usize = 64 << 20;

/// A source that serves components from the tags of a git repository.
///
/// `prompts/extraction@production` is the component's file as it stood at the commit that the tag
/// `components/prompts/extraction/production` names. Nothing is fetched: an object that a shallow or partial clone
/// lacks is an error that says which command brings it.
///
/// ```no_run
/// use segue::Engine;
/// use segue::registry::GitSource;
///
/// let engine = Engine::builder().components(GitSource::open(".")?).build();
/// let canary = engine.load("canary.yaml")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GitSource {
    client: Arc<Client>,
}

/// What source and snapshots share with the thread.
struct Client {
    shared: Arc<Shared>,
    sender: Sender<Request>,
}

impl Drop for Client {
    fn drop(&mut self) {
        // The watcher holds another sender: the channel would never close by itself.
        let _ = self.sender.send(Request::Stop);
    }
}

struct Shared {
    cache: Cache,
    /// The newest view; none before the first, and after one could not be read.
    current: RwLock<Option<Arc<View>>>,
    /// How often references were changed by this program.
    writes: Writes,
    watched: AtomicU8,
    asked: AtomicU8,
}

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    No,
    ByEvents,
    ByPoll,
}

impl Shared {
    fn current(&self) -> Option<Arc<View>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, view: Option<Arc<View>>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = view;
    }

    fn watched(&self) -> Watched {
        match self.watched.load(Ordering::Acquire) {
            0 => Watched::No,
            1 => Watched::ByEvents,
            _ => Watched::ByPoll,
        }
    }

    fn set_watched(&self, watched: Watched) {
        let number = match watched {
            Watched::No => 0,
            Watched::ByEvents => 1,
            Watched::ByPoll => 2,
        };
        self.watched.store(number, Ordering::Release);
    }

    /// Whether a view was asked for before; it was from now on.
    fn was_asked(&self) -> bool {
        self.asked.swap(1, Ordering::AcqRel) == 1
    }
}

impl GitSource {
    /// The source of the repository that a folder is in. One process of git.
    ///
    /// # Errors
    /// `Io` where it is in none, or git cannot be run.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, ComponentError> {
        let repository = Repository::discover(directory).map_err(|error| component_error(error.into()))?;
        Self::of(&repository)
    }

    /// The source of a repository.
    ///
    /// # Errors
    /// `Io` where no thread can be started.
    pub fn of(repository: &Repository) -> Result<Self, ComponentError> {
        // A run reaches no network of its own accord.
        let git: Git = repository.git().clone().with_variable("GIT_NO_LAZY_FETCH", Some("1"));
        let repository = repository.clone().with_git(git);
        let shared = Arc::new(Shared {
            cache: Cache::new(CACHE_BYTES),
            current: RwLock::default(),
            writes: repository.writes().clone(),
            watched: AtomicU8::new(0),
            asked: AtomicU8::new(0),
        });
        let (sender, requests) = channel();
        let worker = Worker::new(repository, shared.clone(), requests, sender.clone());
        let thread = std::thread::Builder::new().name("segue-git".to_owned()).spawn(move || worker.run());
        thread.map_err(|error| {
            ComponentError::new(
                ComponentErrorKind::Io,
                format!("no thread can be started to ask git: {error}"),
            )
        })?;
        Ok(Self { client: Arc::new(Client { shared, sender }) })
    }

    /// What a reference names now, waiting for it on this thread. Where it was read before, and references are watched
    /// (from the second call on), it costs a microsecond.
    ///
    /// # Errors
    /// `InvalidReference`, `MissingComponent`, `MissingSlot`, `MissingFile`, `MissingObject`, `Broken`, `Io`.
    pub fn resolve_blocking(&self, reference: &str) -> Result<Arc<Component>, ComponentError> {
        let reference = ComponentRef::parse(reference)
            .map_err(|error| ComponentError::new(ComponentErrorKind::InvalidReference, error.message))?;
        let view = match self.client.view_now() {
            Some(view) => view,
            None => self.client.wait(Request::View)?,
        };
        match resolve::at_hand(&view, &self.client.shared.cache, &reference) {
            Some(resolved) => resolved,
            None => self.client.wait(|reply| Request::Resolve(view, reference, reply)),
        }
    }

    /// The next snapshot is taken after this moment. For who has moved a tag in the same program, not through a
    /// [`Registry`](super::Registry) of the same repository, and cannot wait for the watcher to see it.
    pub fn refresh(&self) {
        self.client.shared.writes.add();
    }
}

impl fmt::Debug for GitSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitSource").field("watched", &self.client.shared.watched()).finish_non_exhaustive()
    }
}

impl Client {
    /// The newest view, where it is kept new.
    fn view_now(&self) -> Option<Arc<View>> {
        match self.shared.watched() {
            Watched::No => None,
            // What this program itself has changed is never served as it was before.
            Watched::ByEvents | Watched::ByPoll => {
                self.shared.current().filter(|view| view.writes == self.shared.writes.count())
            }
        }
    }

    fn send(&self, request: Request) -> Result<(), ComponentError> {
        self.sender.send(request).map_err(|_| gone())
    }

    /// Asks the thread and waits for its answer on this one.
    fn wait<T: Send + 'static>(
        &self,
        request: impl FnOnce(worker::Reply<T>) -> Request,
    ) -> Result<T, ComponentError> {
        let (reply, answer) = sync_channel(1);
        self.send(request(Box::new(move |result| drop(reply.send(result)))))?;
        answer.recv().unwrap_or_else(|_| Err(gone()))
    }

    /// Asks the thread, and gives way to other tasks until it answers.
    async fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(worker::Reply<T>) -> Request,
    ) -> Result<T, ComponentError> {
        let (reply, answer) = oneshot::channel();
        self.send(request(Box::new(move |result| drop(reply.send(result)))))?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn gone() -> ComponentError {
    ComponentError::new(ComponentErrorKind::Io, "the thread that asks git has ended")
}

impl ComponentSource for GitSource {
    fn snapshot(&self) -> SnapshotFuture<'_> {
        Box::pin(async {
            let view = self.client.ask(Request::View).await?;
            Ok(Arc::new(GitSnapshot { view, client: self.client.clone() }) as Arc<dyn Snapshot>)
        })
    }

    fn snapshot_now(&self) -> Option<Result<Arc<dyn Snapshot>, ComponentError>> {
        let view = self.client.view_now()?;
        Some(Ok(Arc::new(GitSnapshot { view, client: self.client.clone() })))
    }
}

/// All tags at one moment.
struct GitSnapshot {
    view: Arc<View>,
    client: Arc<Client>,
}

impl Snapshot for GitSnapshot {
    fn resolve_now(&self, reference: &ComponentRef) -> Option<Result<Arc<Component>, ComponentError>> {
        resolve::at_hand(&self.view, &self.client.shared.cache, reference)
    }

    fn resolve<'a>(&'a self, reference: &'a ComponentRef) -> ResolveFuture<'a> {
        Box::pin(async {
            let view = self.view.clone();
            self.client.ask(|reply| Request::Resolve(view, reference.clone(), reply)).await
        })
    }
}
