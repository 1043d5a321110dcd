//! Many runs: on all cores, as many at once as wait, counted in one tally.

use std::future::IntoFuture;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use segue::draw::Seed;
use segue::ensemble::{Ensemble, Run as Ended, RunBuilder, RunError, Tally, TraceLevel, Warning};
use segue::value::{Value, json};
use tokio::task::JoinSet;

use super::report::{Latency, Report};
use super::{Onlookers, Run, table};
use crate::exit::{Exit, Failure, Outcome};
use crate::input;
use crate::output::{Output, WARN};

/// How many runs of one thread may wait at a time.
const WAITING: usize = 256;
/// How many runs a thread takes, and counts, at a time.
const CHUNK: u64 = 64;
/// How often the progress bar moves.
const TICK: Duration = Duration::from_millis(100);

/// What all threads share.
struct Batch<'b> {
    ensemble: &'b Ensemble,
    arguments: &'b Run,
    onlookers: &'b Onlookers,
    inputs: Vec<Input>,
    runs: u64,
    /// The next run that nobody has taken.
    next: AtomicU64,
    done: AtomicU64,
    /// Set by Ctrl-C, and by a run that was refused.
    is_stopped: AtomicBool,
    counted: Mutex<Counted>,
    /// The first run that was refused, if any was.
    refused: Mutex<Option<(u64, RunError)>>,
}

/// What the runs came to.
struct Counted {
    tally: Tally,
    latency: Latency,
}

/// An input, and where it stands: `users.jsonl:3`, empty for the only one.
struct Input {
    place: String,
    value: Value,
}

/// A run of the batch that has ended, or was refused.
type Numbered = (u64, Result<Ended, RunError>);

pub(super) fn run(arguments: &Run, ensemble: &Ensemble, onlookers: &Onlookers, out: &mut Output) -> Outcome {
    let seed = arguments.options.seed();
    let inputs = inputs(arguments, out)?;
    let runs = arguments.runs.unwrap_or(inputs.len() as u64);
    let batch = Batch {
        ensemble,
        arguments,
        onlookers,
        inputs,
        runs,
        next: AtomicU64::new(0),
        done: AtomicU64::new(0),
        is_stopped: AtomicBool::new(false),
        counted: Mutex::new(Counted { tally: Tally::new(ensemble, seed), latency: Latency::new() }),
        refused: Mutex::new(None),
    };
    let is_interrupted = batch.run(seed, out)?;
    let Counted { tally, latency } = batch.counted.into_inner().unwrap_or_else(PoisonError::into_inner);
    let refused = batch.refused.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((k, error)) = refused {
        // Which input it was, where there are several.
        let place = batch.inputs.get((k % batch.inputs.len() as u64) as usize).map(|input| &*input.place);
        let place =
            place.filter(|place| !place.is_empty()).map(|place| format!("{place}: ")).unwrap_or_default();
        return Err(anyhow::anyhow!("{place}{error}").into());
    }
    if arguments.json {
        writeln!(out.results(), "{}", tally.to_json())?;
    } else {
        table::print(&tally, ensemble.name(), seed, out)?;
    }
    if let Some(file) = &arguments.html {
        Report { ensemble, tally: &tally, latency: &latency, seed, asked: runs }.write(file)?;
    }
    if let Some(message) = ensemble.cache_fault() {
        out.note(WARN, "warning", &Warning::Cache { message }.to_string())?;
    }
    if is_interrupted {
        out.note(WARN, "stopped", &format!("{} of {runs} runs were done", tally.runs()))?;
        return Ok(Exit::Interrupted);
    }
    Ok(if tally.failed() > 0 { Exit::Failed } else { Exit::Ok })
}

/// The inputs, and what is to be said of them.
fn inputs(arguments: &Run, out: &mut Output) -> Result<Vec<Input>, Failure> {
    let lines = match (&arguments.inputs, &arguments.options.input) {
        (Some(path), _) => input::lines(path)?,
        (None, Some(argument)) => {
            let text = input::text(argument)?;
            input::check_json("--input", argument, &text)?;
            vec![(String::new(), text)]
        }
        (None, None) => vec![(String::new(), "{}".to_owned())],
    };
    let mut values = Vec::with_capacity(lines.len());
    for (place, text) in lines {
        let value = Value::from_json(&text)
            .map_err(|error| anyhow::anyhow!("{place}: no JSON: {}", error.message))?;
        for unsafe_integer in json::unsafe_integers(&text) {
            let separator =
                if unsafe_integer.path.is_empty() || unsafe_integer.path.starts_with('[') { "" } else { "." };
            let path = format!("input{separator}{}", unsafe_integer.path);
            let warning = Warning::UnsafeInteger { path, literal: unsafe_integer.literal };
            let message = if place.is_empty() { warning.to_string() } else { format!("{place}: {warning}") };
            if arguments.options.strict {
                return Err(anyhow::anyhow!(message).into());
            }
            out.note(WARN, "warning", &message)?;
        }
        values.push(Input { place, value });
    }
    Ok(values)
}

impl Batch<'_> {
    /// Runs all of them; tells whether it was interrupted.
    fn run(&self, seed: Seed, out: &Output) -> Result<bool, Failure> {
        let failed = |error| Failure::Usage(anyhow::anyhow!("cannot make a runtime: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(self.runs as usize);
        std::thread::scope(|scope| {
            let (finished, mut all_finished) = tokio::sync::mpsc::channel::<()>(1);
            for _ in 0..threads {
                let finished = finished.clone();
                scope.spawn(move || {
                    self.work(seed);
                    drop(finished);
                });
            }
            drop(finished);
            let bar = self.progress_bar(out);
            let is_interrupted = runtime.block_on(async {
                let mut tick = tokio::time::interval(TICK);
                let mut is_interrupted = false;
                loop {
                    tokio::select! {
                        _ = all_finished.recv() => return is_interrupted,
                        _ = tokio::signal::ctrl_c(), if !is_interrupted => {
                            is_interrupted = true;
                            self.is_stopped.store(true, Ordering::Relaxed);
                        }
                        _ = tick.tick() => bar.set_position(self.done.load(Ordering::Relaxed)),
                    }
                }
            });
            if is_interrupted {
                // The terminal has written `^C` behind the bar, and the cursor is who knows where: the bar stays.
                bar.set_draw_target(ProgressDrawTarget::hidden());
                if out.is_watched() {
                    let _ = writeln!(std::io::stderr());
                }
            } else {
                bar.finish_and_clear();
            }
            Ok(is_interrupted && self.done.load(Ordering::Relaxed) < self.runs)
        })
    }

    fn progress_bar(&self, out: &Output) -> ProgressBar {
        if !out.is_watched() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(self.runs), ProgressDrawTarget::stderr());
        let template = "{bar:40} {human_pos} of {human_len} runs, {rate} a second, {eta} left";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.with_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{}", HumanCount(state.per_sec() as u64));
        }))
    }

    /// One thread's share.
    fn work(&self, seed: Seed) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let mut waiting: JoinSet<Numbered> = JoinSet::new();
            let mut ended: Vec<Numbered> = Vec::with_capacity(CHUNK as usize);
            while !self.is_stopped.load(Ordering::Relaxed) {
                let first = self.next.fetch_add(CHUNK, Ordering::Relaxed);
                if first >= self.runs {
                    break;
                }
                for k in first..(first + CHUNK).min(self.runs) {
                    if self.is_stopped.load(Ordering::Relaxed) {
                        break;
                    }
                    let mut running = self.builder(k, seed).into_future();
                    // Most runs wait for nothing, and are over at the first look.
                    match running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                        Poll::Ready(result) => ended.push((k, result)),
                        Poll::Pending => {
                            waiting.spawn(async move { (k, running.await) });
                            while waiting.len() >= WAITING {
                                ended.extend(self.next_ended(&mut waiting).await);
                            }
                        }
                    }
                }
                self.count(&mut ended);
            }
            while !waiting.is_empty() {
                match self.next_ended(&mut waiting).await {
                    Some(result) => ended.push(result),
                    None => break,
                }
                self.count(&mut ended);
            }
            self.count(&mut ended);
        });
    }

    /// The next of the waiting runs that ends; none once the batch is stopped, which drops those at work.
    async fn next_ended(&self, waiting: &mut JoinSet<Numbered>) -> Option<Numbered> {
        loop {
            match tokio::time::timeout(TICK, waiting.join_next()).await {
                Ok(Some(Ok(result))) => return Some(result),
                Ok(Some(Err(_))) => {}
                Ok(None) => return None,
                Err(_) if self.is_stopped.load(Ordering::Relaxed) => {
                    waiting.abort_all();
                    waiting.detach_all();
                    return None;
                }
                Err(_) => {}
            }
        }
    }

    fn builder(&self, k: u64, seed: Seed) -> RunBuilder {
        let input = &self.inputs[(k % self.inputs.len() as u64) as usize];
        let seed = segue::draw::run_seed(seed, k);
        let builder = self.ensemble.run(input.value.clone()).seed(seed).trace(TraceLevel::Off);
        let mut builder = self.onlookers.watch(builder);
        for (name, value) in &self.arguments.options.env {
            builder = builder.env(name.as_str(), value.as_str());
        }
        builder
    }

    fn count(&self, ended: &mut Vec<Numbered>) {
        if ended.is_empty() {
            return;
        }
        self.done.fetch_add(ended.len() as u64, Ordering::Relaxed);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        for (k, result) in ended.drain(..) {
            match result {
                Ok(run) => {
                    counted.tally.record(k, &run);
                    counted.latency.record(run.duration());
                }
                Err(error) => self.refuse(k, error),
            }
        }
    }

    /// Who takes runs takes them in order, so that whatever comes before a refused run is still made.
    fn refuse(&self, k: u64, error: RunError) {
        self.is_stopped.store(true, Ordering::Relaxed);
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.as_ref().is_none_or(|(first, _)| k < *first) {
            *refused = Some((k, error));
        }
    }
}
