//! What happened in a run, and when: events for whoever looks on, and the trace that is kept of them.
//!
//! An [`Observer`] sees a run while it goes; [`Trace`] is what one of them has written down. Texts are masked and cut
//! before anybody sees them. Where nobody looks on, no event is made.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::gate::Decision;
use super::run::{AgentState, AgentStatus, Failure, Secrets};
use crate::draw::Seed;
use crate::value::Value;

/// The longest value, in characters, that a trace keeps.
const LONGEST: usize = 400;

/// Something that happens in a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'e> {
    /// The agents whose nested ensembles the run is in, outermost first; empty for the run itself.
    pub path: &'e [Arc<str>],
    /// The ensemble.
    pub ensemble: &'e str,
    /// When, from the run's start.
    pub at: Duration,
    /// What.
    pub kind: EventKind<'e>,
}

/// The kinds of events.
#[derive(Debug)]
#[non_exhaustive]
pub enum EventKind<'e> {
    /// The run begins.
    Started {
        /// Its seed.
        seed: Seed,
        /// Where its gates' draws come from.
        keyed: Keyed,
    },
    /// A gate was decided; ensembles without expressions in their gates decide as well.
    Gate {
        /// The agent.
        agent: &'e str,
        /// How.
        decision: &'e Decision,
    },
    /// An agent begins an attempt.
    Attempt {
        /// The agent.
        agent: &'e str,
        /// Which, counted from 1.
        attempt: u32,
        /// The component that serves it.
        component: Option<&'e str>,
    },
    /// An answer of before is used, and no attempt begins.
    Cached {
        /// The agent.
        agent: &'e str,
        /// How old it is.
        age: Duration,
        /// The component that would have served.
        component: Option<&'e str>,
    },
    /// A piece of an answer that is on its way, for observers that [want it](Observer::wants_text). What an attempt
    /// told is void when it fails: the next one begins anew.
    Text {
        /// The agent.
        agent: &'e str,
        /// What came since the last piece of this attempt.
        text: &'e str,
    },
    /// An attempt failed, and another will be made.
    Retry {
        /// The agent.
        agent: &'e str,
        /// The attempt that failed.
        attempt: u32,
        /// Why.
        failure: &'e Failure,
        /// When the next begins, from now.
        wait: Duration,
    },
    /// An agent is done, skipped, failed or cancelled.
    Settled {
        /// The agent.
        agent: &'e str,
        /// What became of it; its output is not masked.
        state: &'e AgentState,
        /// What hides the run's secrets in it.
        secrets: &'e Secrets,
    },
    /// The run has ended.
    Ended {
        /// Why it failed.
        failure: Option<&'e Failure>,
    },
}

/// Where a run's gates draw from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keyed {
    /// The ensemble is not sticky: from the seed.
    Seed,
    /// From the sticky key.
    Key,
    /// The ensemble is sticky and the key is missing: from the seed, the same user may change sides.
    Missing,
}

/// Sees a run while it goes. Called on the run's own task: it must not wait.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn observe(&self, event: &Event<'_>);

    /// Whether it wants to see answers on their way: providers that can are then asked to stream.
    fn wants_text(&self) -> bool {
        false
    }
}

/// What happened in a run, in order. Values are cut at a length, secrets replaced.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    entries: Vec<Entry>,
}

/// One line of a trace.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// When, from the run's start.
    pub at: Duration,
    /// The agents whose nested ensembles it happened in, outermost first.
    pub path: Arc<[Arc<str>]>,
    /// The agent; absent where it is the run's own.
    pub agent: Option<Arc<str>>,
    /// What.
    pub step: Step,
}

/// What an [`Entry`] says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// The run began.
    Started {
        /// The ensemble.
        ensemble: Arc<str>,
        /// The seed.
        seed: Seed,
        /// Where the gates' draws come from.
        keyed: Keyed,
    },
    /// The gate's decision.
    Gate(Decision),
    /// An attempt began.
    Attempt {
        /// Which, counted from 1.
        attempt: u32,
        /// The component that serves it.
        component: Option<Arc<str>>,
    },
    /// An answer of before was used.
    Cached {
        /// How old it was.
        age: Duration,
        /// The component that would have served.
        component: Option<Arc<str>>,
    },
    /// An attempt failed and another was to follow.
    Retry {
        /// The attempt that failed.
        attempt: u32,
        /// Why.
        failure: Failure,
        /// When the next was to begin.
        wait: Duration,
    },
    /// What became of the agent.
    Settled {
        /// How far it got.
        status: AgentStatus,
        /// Its output as JSON, cut; absent where it has none.
        output: Option<Arc<str>>,
        /// Why it failed.
        error: Option<Arc<Failure>>,
        /// How many attempts were begun.
        attempts: u32,
        /// How long they took.
        duration: Option<Duration>,
    },
    /// The run ended.
    Ended {
        /// Why it failed.
        error: Option<Failure>,
    },
}

impl Trace {
    /// The lines, in the order of time.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether nothing was written down: the run was not traced.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How the gate of an agent of the outermost ensemble decided.
    #[must_use]
    pub fn decision(&self, agent: &str) -> Option<&Decision> {
        let of_agent = |entry: &&Entry| {
            entry.path.is_empty() && entry.agent.as_deref().is_some_and(|name| name == agent)
        };
        self.entries.iter().filter(of_agent).find_map(|entry| match &entry.step {
            Step::Gate(decision) => Some(decision),
            _ => None,
        })
    }

    /// Writes an event down.
    pub(super) fn record(&mut self, event: &Event<'_>) {
        let path = match self.entries.last() {
            Some(last) if *last.path == *event.path => last.path.clone(),
            _ => event.path.into(),
        };
        let (agent, step) = match &event.kind {
            EventKind::Started { seed, keyed } => {
                (None, Step::Started { ensemble: event.ensemble.into(), seed: *seed, keyed: *keyed })
            }
            EventKind::Gate { agent, decision } => (Some(*agent), Step::Gate((*decision).clone())),
            EventKind::Attempt { agent, attempt, component } => {
                (Some(*agent), Step::Attempt { attempt: *attempt, component: component.map(Into::into) })
            }
            // The whole answer is told when the agent settles.
            EventKind::Text { .. } => return,
            EventKind::Cached { agent, age, component } => {
                (Some(*agent), Step::Cached { age: *age, component: component.map(Into::into) })
            }
            EventKind::Retry { agent, attempt, failure, wait } => {
                let failure = (*failure).clone();
                (Some(*agent), Step::Retry { attempt: *attempt, failure, wait: *wait })
            }
            EventKind::Settled { agent, state, secrets } => {
                let output = match &state.output {
                    Value::Undefined => None,
                    output => Some(shown(output, secrets)),
                };
                let (status, error) = (state.status, state.error.clone());
                let (attempts, duration) = (state.attempts, state.duration);
                (Some(*agent), Step::Settled { status, output, error, attempts, duration })
            }
            EventKind::Ended { failure } => (None, Step::Ended { error: failure.cloned() }),
        };
        let agent = agent.map(|agent| self.name(agent));
        self.entries.push(Entry { at: event.at, path, agent, step });
    }

    /// An agent's name. Its events mostly come one after the other, and then share it.
    fn name(&self, agent: &str) -> Arc<str> {
        let last = self.entries.last().and_then(|entry| entry.agent.as_ref());
        last.filter(|last| ***last == *agent).cloned().unwrap_or_else(|| agent.into())
    }
}

/// A value as a trace shows it.
fn shown(value: &Value, secrets: &Secrets) -> Arc<str> {
    // Masked before it is cut: half a secret is a secret too.
    let text = value.to_json_string();
    cut(&secrets.mask(&text)).into()
}

/// A text as a trace keeps it.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    // No text has more characters than bytes.
    let end = if text.len() <= LONGEST { None } else { text.char_indices().nth(LONGEST) };
    match end {
        None => text.into(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()).into(),
    }
}

/// A line an event, nested ensembles indented.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, entry) in self.entries.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{entry}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9.3} ms  {:indent$}", self.at.as_secs_f64() * 1e3, "", indent = self.path.len() * 2)?;
        if let Some(agent) = &self.agent {
            write!(f, "{agent}: ")?;
        }
        write!(f, "{}", self.step)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started { ensemble, seed, keyed } => {
                write!(f, "{ensemble} begins, seed {seed}")?;
                f.write_str(match keyed {
                    Keyed::Seed => "",
                    Keyed::Key => ", gates drawn by the sticky key",
                    Keyed::Missing => ", the sticky key is missing: gates drawn by the seed",
                })
            }
            Self::Gate(decision) => {
                f.write_str(if decision.taken { "gate open" } else { "gate closed" })?;
                for (at, draw) in decision.draws.iter().enumerate() {
                    write!(f, "{} {draw}", if at == 0 { ", drew" } else { "," })?;
                }
                decision.note.map_or(Ok(()), |note| write!(f, " ({note})"))
            }
            Self::Attempt { attempt, component } => {
                write!(f, "attempt {attempt}")?;
                component.as_ref().map_or(Ok(()), |component| write!(f, " with {component}"))
            }
            Self::Cached { age, component } => {
                write!(f, "from the cache, {:.3} s old", age.as_secs_f64())?;
                component.as_ref().map_or(Ok(()), |component| write!(f, ", for {component}"))
            }
            Self::Retry { attempt, failure, wait } => {
                write!(f, "attempt {attempt} failed, again in {} ms: {failure}", wait.as_millis())
            }
            Self::Settled { status, output, error, .. } => {
                f.write_str(match status {
                    AgentStatus::SkippedByGate => "skipped by its gate",
                    AgentStatus::SkippedByRequires => "skipped: what it requires gave no output",
                    AgentStatus::Cancelled | AgentStatus::Done | AgentStatus::Failed => status.name(),
                })?;
                if let Some(error) = error {
                    write!(f, ": {}: {}", error.kind, error.message)?;
                }
                output.as_ref().map_or(Ok(()), |output| write!(f, " → {output}"))
            }
            Self::Ended { error: None } => f.write_str("done"),
            Self::Ended { error: Some(error) } => write!(f, "failed: {error}"),
        }
    }
}
