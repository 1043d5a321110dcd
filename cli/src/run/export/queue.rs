//! Spans that have ended, waiting to be sent.
//!
//! A thread of its own sends them, some hundreds at a time. No span is lost for want of room: who ends one waits. Once a
//! collector has taken none, nobody waits any more, and what is left is counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry::trace::Status;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter as _, SpanProcessor};

/// How many are sent at a time.
const BATCH: usize = 512;
/// How many wait.
const WAITING: usize = 4 * BATCH;
/// How long the first waits for others.
const PATIENCE: Duration = Duration::from_millis(500);

/// Clones are the same queue.
#[derive(Clone, Debug)]
pub(super) struct Queue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Until the thread has begun: what it sends with.
    exporter: Mutex<Option<SpanExporter>>,
    runtime: Mutex<Option<tokio::runtime::Runtime>>,
    sender: Mutex<Option<SyncSender<SpanData>>>,
    worker: Mutex<Option<JoinHandle<()>>>,
    told: Told,
}

/// What there is to tell at the end.
#[derive(Clone, Debug)]
struct Told {
    /// What went wrong first.
    fault: Arc<OnceLock<String>>,
    lost: Arc<AtomicU64>,
}

impl Queue {
    /// `fault` may be told by whoever the exporter sends with, too.
    pub(super) fn new(exporter: SpanExporter, fault: Arc<OnceLock<String>>) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self(Arc::new(Inner {
            exporter: Mutex::new(Some(exporter)),
            runtime: Mutex::new(Some(runtime)),
            sender: Mutex::default(),
            worker: Mutex::default(),
            told: Told { fault, lost: Arc::default() },
        })))
    }

    /// Why not all was sent, once it is [shut down](SpanProcessor::shutdown).
    pub(super) fn fault(&self) -> Option<String> {
        let fault = self.0.told.fault.get()?;
        let lost = self.0.told.lost.load(Ordering::Relaxed);
        let spans = crate::check::plural(usize::try_from(lost).unwrap_or(usize::MAX), "span");
        Some(format!("{spans} could not be sent: {fault}"))
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, mut span: SpanData) {
        let error = span.attributes.iter().find(|attribute| attribute.key.as_str() == "error");
        if let Some(error) = error.map(|error| error.value.to_string()) {
            span.status = Status::error(error);
        }
        let sender = lock(&self.0.sender).clone();
        if let Some(sender) = sender
            && sender.send(span).is_ok()
        {
            return;
        }
        self.0.told.lost.fetch_add(1, Ordering::Relaxed);
    }

    fn set_resource(&mut self, resource: &Resource) {
        // Called once, before any span: now all is there that the thread needs.
        let (Some(mut exporter), Some(runtime)) =
            (lock(&self.0.exporter).take(), lock(&self.0.runtime).take())
        else {
            return;
        };
        exporter.set_resource(resource);
        let (sender, receiver) = sync_channel(WAITING);
        let told = self.0.told.clone();
        let work = move || runtime.block_on(send(exporter, &receiver, &told));
        match std::thread::Builder::new().name("segue-export".to_owned()).spawn(work) {
            Ok(worker) => {
                *lock(&self.0.sender) = Some(sender);
                *lock(&self.0.worker) = Some(worker);
            }
            Err(error) => {
                self.0.told.fault.get_or_init(|| error.to_string());
            }
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// Sends what waits.
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        *lock(&self.0.sender) = None;
        let worker = lock(&self.0.worker).take();
        if let Some(worker) = worker {
            let _ = worker.join();
        }
        Ok(())
    }
}

/// Sends what comes, until nobody sends any more. The exporter has a time-out of its own.
async fn send(exporter: SpanExporter, receiver: &Receiver<SpanData>, told: &Told) {
    while let Ok(first) = receiver.recv() {
        let batch = gathered(first, receiver);
        let count = batch.len() as u64;
        if told.fault.get().is_none() {
            let Err(error) = exporter.export(batch).await else { continue };
            told.fault.get_or_init(|| error.to_string());
        }
        told.lost.fetch_add(count, Ordering::Relaxed);
    }
}

/// The first, and what comes within a moment.
fn gathered(first: SpanData, receiver: &Receiver<SpanData>) -> Vec<SpanData> {
    let until = Instant::now() + PATIENCE;
    let mut batch = vec![first];
    while batch.len() < BATCH {
        match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(span) => batch.push(span),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    batch
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
