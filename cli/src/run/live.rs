//! A run as it goes: a line an agent, on a terminal, while agents take time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use segue::ensemble::{AgentStatus, Ensemble, Event, EventKind, Observer};

use super::one::shown;

/// Runs that end before this are not shown: a flicker tells nothing.
const PATIENCE: Duration = Duration::from_millis(200);
/// How often the lines change.
pub(super) const TICK: Duration = Duration::from_millis(100);
/// More agents than a terminal has lines for are not shown.
const MOST: usize = 40;
/// How much of an answer on its way is shown, in characters.
const SAID: usize = 40;

/// What is known of each agent, written by the run and read by whoever draws.
pub(super) struct Live {
    agents: Mutex<Vec<Agent>>,
}

struct Agent {
    name: String,
    /// How many attempts it has at most.
    attempts: u32,
    /// The end of what this attempt has said.
    said: String,
    standing: Standing,
}

/// Where an agent stands.
enum Standing {
    Waiting,
    Running {
        since: Instant,
        attempt: u32,
    },
    /// An attempt failed, the next one begins later.
    Pausing {
        attempt: u32,
        until: Instant,
    },
    /// What became of it.
    Settled(AgentStatus, Option<Duration>),
    /// Its answer of before was used.
    Cached,
}

impl Live {
    /// For the agents of an ensemble; none if they are too many.
    pub(super) fn new(ensemble: &Ensemble) -> Option<Arc<Self>> {
        let agents: Vec<Agent> = ensemble
            .plan()
            .agents
            .iter()
            .map(|agent| Agent {
                name: agent.name.to_string(),
                attempts: agent.retry.retries + 1,
                said: String::new(),
                standing: Standing::Waiting,
            })
            .collect();
        (agents.len() <= MOST).then(|| Arc::new(Self { agents: Mutex::new(agents) }))
    }
}

impl Observer for Live {
    fn observe(&self, event: &Event<'_>) {
        if !event.path.is_empty() {
            return;
        }
        let (name, standing) = match &event.kind {
            EventKind::Attempt { agent, attempt, .. } => {
                (*agent, Standing::Running { since: Instant::now(), attempt: *attempt })
            }
            EventKind::Text { agent, text } => return self.hear(agent, text),
            EventKind::Retry { agent, attempt, wait, .. } => {
                (*agent, Standing::Pausing { attempt: *attempt, until: Instant::now() + *wait })
            }
            EventKind::Settled { agent, state, .. } if state.cached.is_some() => (*agent, Standing::Cached),
            EventKind::Settled { agent, state, .. } => {
                (*agent, Standing::Settled(state.status, state.duration))
            }
            _ => return,
        };
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = agents.iter_mut().find(|agent| agent.name == name) {
            agent.standing = standing;
            // What an attempt said is void once it has failed.
            agent.said.clear();
        }
    }

    fn wants_text(&self) -> bool {
        true
    }
}

impl Live {
    /// An answer goes on; the last words of it are shown.
    fn hear(&self, name: &str, text: &str) {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = agents.iter_mut().find(|agent| agent.name == name) {
            agent.said.push_str(text);
            let cut = agent.said.chars().count().saturating_sub(2 * SAID);
            if let Some((at, _)) = agent.said.char_indices().nth(cut) {
                agent.said.drain(..at);
            }
        }
    }
}

/// The end of a text on one line. What is no letter of a text could lead the terminal anywhere.
fn last_words(said: &str) -> String {
    let words = said.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.chars().count().checked_sub(SAID) {
        None | Some(0) => line,
        Some(cut) => format!("…{}", line.chars().skip(cut).collect::<String>()),
    }
}

/// The lines on the terminal.
pub(super) struct Lines {
    live: Arc<Live>,
    begun: Instant,
    bars: Vec<ProgressBar>,
}

impl Lines {
    pub(super) fn new(live: Arc<Live>) -> Self {
        Self { live, begun: Instant::now(), bars: Vec::new() }
    }

    /// Draws what is known now, once the run has taken its time.
    pub(super) fn draw(&mut self) {
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        let agents = self.live.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bars.is_empty() {
            let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            self.bars = agents.iter().map(|_| all.add(line())).collect();
        }
        let width = agents.iter().map(|agent| agent.name.chars().count()).max().unwrap_or(0);
        for (bar, agent) in self.bars.iter().zip(agents.iter()) {
            bar.set_message(format!("{:width$}  {}", agent.name, told(agent, Instant::now())));
        }
    }

    /// Takes the lines away: what became of the run is told for good now.
    pub(super) fn clear(&self) {
        for bar in &self.bars {
            bar.finish_and_clear();
        }
    }
}

fn line() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length().with_style(style)
}

fn told(agent: &Agent, now: Instant) -> String {
    let attempt = |attempt: u32| {
        if attempt > 1 { format!(", attempt {attempt} of {}", agent.attempts) } else { String::new() }
    };
    match &agent.standing {
        Standing::Waiting => "· waiting".to_owned(),
        Standing::Running { since, attempt: number } => {
            let said = last_words(&agent.said);
            let gap = if said.is_empty() { "" } else { "  " };
            format!("▸ running {}{}{gap}{said}", shown(now.duration_since(*since)), attempt(*number))
        }
        Standing::Pausing { attempt, until } => {
            let wait = until.saturating_duration_since(now);
            format!("▸ retry {attempt} of {} in {}", agent.attempts - 1, shown(wait))
        }
        Standing::Cached => "✓ from the cache".to_owned(),
        Standing::Settled(status, duration) => {
            let took = duration.map(|duration| format!(" in {}", shown(duration))).unwrap_or_default();
            match status {
                AgentStatus::Done => format!("✓ done{took}"),
                AgentStatus::Failed => format!("✗ failed{took}"),
                AgentStatus::SkippedByGate => "– gated off".to_owned(),
                AgentStatus::SkippedByRequires => "– skipped".to_owned(),
                _ => "– cancelled".to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn each_standing_is_a_few_words() {
        let now = Instant::now();
        let told =
            |standing| told(&Agent { name: "a".into(), attempts: 3, said: String::new(), standing }, now);
        let running = |attempt| Standing::Running { since: now, attempt };
        assert_eq!(told(Standing::Waiting), "· waiting");
        assert_eq!(told(running(1)), "▸ running 0.00 ms");
        assert_eq!(told(running(2)), "▸ running 0.00 ms, attempt 2 of 3");
        let until = now + Duration::from_millis(1_500);
        assert_eq!(told(Standing::Pausing { attempt: 1, until }), "▸ retry 1 of 2 in 1.5 s");
        let settled = |status| told(Standing::Settled(status, Some(Duration::from_millis(840))));
        assert_eq!(settled(AgentStatus::Done), "✓ done in 840 ms");
        assert_eq!(settled(AgentStatus::SkippedByGate), "– gated off");
        assert_eq!(told(Standing::Cached), "✓ from the cache");
    }

    #[test]
    fn an_answer_on_its_way_shows_its_last_words_on_one_line() {
        assert_eq!(last_words(""), "");
        assert_eq!(last_words("one\n two\x1b[31m "), "one two [31m");
        assert_eq!(last_words(&"0123456789".repeat(5)), format!("…{}", "0123456789".repeat(4)));
    }

    #[test]
    fn a_new_attempt_begins_with_nothing_said() {
        let text = "ensemble: e\nagents:\n  - {name: a, operation: transform, config: {value: 1}}\n";
        let ensemble = segue::Engine::new().load_str("test.yaml", text).expect("it loads");
        let live = Live::new(&ensemble).expect("one agent");
        for _ in 0..100 {
            live.hear("a", "half an answer ");
        }
        assert!(live.agents.lock().expect("nobody panics")[0].said.chars().count() <= 2 * SAID);
        let run = ensemble.run(segue::Value::Null).observer(live.clone()).blocking().expect("it runs");
        assert!(run.is_ok());
        assert_eq!(live.agents.lock().expect("nobody panics")[0].said, "");
    }
}
