//! The thread that asks git, so that no other one has to wait for it.
//!
//! It reads references when it is told that they changed, and publishes a view when they hold still. A transaction of
//! several tags takes all its locks before it changes the first one: a view is not published while a directory that it
//! was read from is locked, or has other files afterwards than before.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::RecommendedWatcher;

use super::resolve::{self, component_error};
use super::view::View;
use super::watch::{self, Stamps, Touched};
use super::{Shared, Watched};
use crate::component::{Component, ComponentError, ComponentRef};
use crate::registry::address::Address;
use crate::registry::error::Result;
use crate::registry::git::{ObjectReader, Repository};

/// How long a change is given to be followed by another one of the same transaction.
const SETTLE: Duration = Duration::from_millis(1);
/// How long references that do not hold still keep a view back: writers that never rest must not do so for ever.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for a lock to go.
const PAUSE: Duration = Duration::from_micros(500);
/// How often files are looked at beside the events, which may be lost.
const POLL_BESIDE_EVENTS: Duration = Duration::from_secs(1);
/// How often files are looked at where there are no events.
const POLL_ALONE: Duration = Duration::from_millis(20);
/// With more components touched at once, reading everything is cheaper.
const MANY: usize = 64;

/// Where an answer goes.
pub(super) type Reply<T> = Box<dyn FnOnce(Result<T, ComponentError>) + Send>;

/// What the thread is asked.
pub(super) enum Request {
    /// A view of now; and from then on, to keep it new.
    View(Reply<Arc<View>>),
    /// What a reference names in a view.
    Resolve(Arc<View>, ComponentRef, Reply<Arc<Component>>),
    /// References may have changed.
    Touched(Vec<Touched>),
    /// Nobody asks any more.
    Stop,
}

pub(super) struct Worker {
    repository: Repository,
    shared: Arc<Shared>,
    requests: Receiver<Request>,
    /// For the watcher; kept until there is one.
    sender: Sender<Request>,
    objects: Option<ObjectReader>,
    watcher: Option<RecommendedWatcher>,
    stamps: Option<Stamps>,
    polled: Instant,
    dirty: Dirty,
}

/// What was touched since the last view.
#[derive(Default)]
struct Dirty {
    components: BTreeSet<Address>,
    is_all: bool,
    /// When, at first and at last; `None` where nothing was.
    between: Option<(Instant, Instant)>,
}

impl Dirty {
    fn add(&mut self, touched: impl IntoIterator<Item = Touched>) {
        let now = Instant::now();
        for touched in touched {
            match touched {
                Touched::Component(address) => drop(self.components.insert(address)),
                Touched::All => self.is_all = true,
                Touched::Files => {}
            }
            self.between = Some((self.between.map_or(now, |(first, _)| first), now));
        }
    }

    /// How long to wait until what was touched may be read; `None` where nothing was.
    fn wait(&self, now: Instant) -> Option<Duration> {
        let (first, last) = self.between?;
        // A busy stream of events must not put off reading for longer than it takes to read.
        let longest = (SETTLE * 8).saturating_sub(now - first);
        Some(SETTLE.saturating_sub(now - last).min(longest))
    }
}

impl Worker {
    pub(super) fn new(
        repository: Repository,
        shared: Arc<Shared>,
        requests: Receiver<Request>,
        sender: Sender<Request>,
    ) -> Self {
        Self {
            repository,
            shared,
            requests,
            sender,
            objects: None,
            watcher: None,
            stamps: None,
            polled: Instant::now(),
            dirty: Dirty::default(),
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let request = match self.timeout() {
                Some(timeout) => match self.requests.recv_timeout(timeout) {
                    Ok(request) => Some(request),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                None => match self.requests.recv() {
                    Ok(request) => Some(request),
                    Err(_) => return,
                },
            };
            match request {
                Some(Request::View(reply)) => reply(self.view().map_err(component_error)),
                Some(Request::Resolve(view, reference, reply)) => reply(self.resolve(&view, &reference)),
                Some(Request::Touched(touched)) => self.dirty.add(touched),
                Some(Request::Stop) => return,
                None => {}
            }
            self.poll();
            self.refresh();
        }
    }

    /// How long to wait for a request; without end where nothing is kept new.
    fn timeout(&self) -> Option<Duration> {
        let poll = self.poll_period().map(|period| period.saturating_sub(self.polled.elapsed()));
        let settle = self.dirty.wait(Instant::now());
        match (poll, settle) {
            (Some(poll), Some(settle)) => Some(poll.min(settle)),
            (poll, settle) => poll.or(settle),
        }
    }

    fn poll_period(&self) -> Option<Duration> {
        match self.shared.watched() {
            Watched::No => None,
            Watched::ByEvents => Some(POLL_BESIDE_EVENTS),
            Watched::ByPoll => Some(POLL_ALONE),
        }
    }

    /// Looks at the files, if it is time.
    fn poll(&mut self) {
        let is_due = self.poll_period().is_some_and(|period| self.polled.elapsed() >= period);
        if !is_due || self.dirty.between.is_some() {
            return;
        }
        let now = Stamps::take(&self.repository);
        self.polled = Instant::now();
        match &self.stamps {
            Some(before) => self.dirty.add(now.touched_since(before)),
            None => self.dirty.add([Touched::All]),
        }
    }

    /// Reads what was touched and publishes it, once it holds still.
    fn refresh(&mut self) {
        if self.dirty.wait(Instant::now()).is_none_or(|wait| !wait.is_zero()) {
            return;
        }
        let mut dirty = std::mem::take(&mut self.dirty);
        let first = dirty.between.map_or_else(Instant::now, |(first, _)| first);
        match self.try_to_read(&mut dirty, first.elapsed() >= PATIENCE) {
            Ok(Some(view)) => self.shared.publish(Some(view)),
            // Again, after what else is asked: the view before this one is whole.
            Ok(None) => {
                dirty.between = Some((first, Instant::now()));
                self.dirty = dirty;
            }
            // Who asks next gets the error, by asking again.
            Err(_) => self.shared.publish(None),
        }
    }

    /// The references that were touched, and what else the files say has changed; `None` if they changed while they were
    /// read and the caller is patient.
    fn try_to_read(&mut self, dirty: &mut Dirty, is_last: bool) -> Result<Option<Arc<View>>> {
        let current = self.shared.current();
        let stamps = Stamps::take(&self.repository);
        match &self.stamps {
            Some(before) => dirty.add(stamps.touched_since(before)),
            None => dirty.is_all = true,
        }
        let tags = self.repository.common_dir.join("refs/tags");
        let of_components = dirty.components.iter().map(|address| tags.join(address.to_string()));
        let directories: BTreeSet<PathBuf> = of_components.chain(stamps.fresh().cloned()).collect();
        let print = watch::print(&directories);
        if print.is_none() && !is_last {
            return Ok(None);
        }
        let view = match &current {
            Some(view) if !dirty.is_all && dirty.components.len() <= MANY => {
                let addresses: Vec<Address> = dirty.components.iter().cloned().collect();
                Arc::new(view.reread(&self.repository, &addresses)?)
            }
            _ => Arc::new(View::read(&self.repository)?),
        };
        let is_still = print.is_some()
            && print == watch::print(&directories)
            && stamps.is_same(&Stamps::take(&self.repository));
        if !is_still && !is_last {
            return Ok(None);
        }
        self.stamps = Some(stamps);
        self.polled = Instant::now();
        Ok(Some(view))
    }

    /// References as they are now, however long it takes them to hold still.
    fn read(&mut self) -> Result<Arc<View>> {
        let start = Instant::now();
        let mut dirty = std::mem::take(&mut self.dirty);
        loop {
            if let Some(view) = self.try_to_read(&mut dirty, start.elapsed() >= PATIENCE)? {
                return Ok(view);
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// A view of now. The first one is all that a single run needs; who asks again will go on asking.
    fn view(&mut self) -> Result<Arc<View>> {
        let is_first = !self.shared.was_asked();
        if !is_first && self.shared.watched() == Watched::No {
            let sender = self.sender.clone();
            // Watching begins before references are read: what changes in between is read again.
            self.watcher =
                watch::start(&self.repository, move |touched| drop(sender.send(Request::Touched(touched))))
                    .ok();
            self.shared.set_watched(if self.watcher.is_some() { Watched::ByEvents } else { Watched::ByPoll });
        }
        let view = self.read()?;
        self.shared.publish(Some(view.clone()));
        Ok(view)
    }

    fn resolve(&mut self, view: &View, reference: &ComponentRef) -> Result<Arc<Component>, ComponentError> {
        let was_open = self.objects.is_some();
        let resolved = self.try_to_resolve(view, reference);
        // Somebody may have ended the reader since it was last asked; a new one deserves one attempt.
        if was_open && resolved.is_err() && self.objects.is_none() {
            return self.try_to_resolve(view, reference);
        }
        resolved
    }

    fn try_to_resolve(
        &mut self,
        view: &View,
        reference: &ComponentRef,
    ) -> Result<Arc<Component>, ComponentError> {
        let mut objects = match self.objects.take() {
            Some(objects) => objects,
            None => self.repository.objects().map_err(|error| component_error(error.into()))?,
        };
        let resolved = resolve::read(&mut objects, view, &self.shared.cache, reference);
        self.objects = Some(objects).filter(ObjectReader::is_open);
        resolved
    }
}
