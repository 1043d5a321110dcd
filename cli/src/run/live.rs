//! A run as it goes: a line an agent, on a terminal, while agents take time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use console::{Term, measure_text_width, truncate_str};
use segue::ensemble::{AgentStatus, Ensemble, Event, EventKind, Observer};

use super::one::shown;
use crate::excerpt::is_harmful;

/// Runs that end before this are not shown: a flicker tells nothing.
const PATIENCE: Duration = Duration::from_millis(200);
/// How often the lines change.
pub(super) const TICK: Duration = Duration::from_millis(100);
/// How much of an answer on its way is kept to be shown, in characters.
const SAID: usize = 160;
/// Less room than this says nothing of an answer, in columns.
const FEW: usize = 8;

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
    /// For the agents of an ensemble.
    pub(super) fn new(ensemble: &Ensemble) -> Arc<Self> {
        let agents = ensemble
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
        Arc::new(Self { agents: Mutex::new(agents) })
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
            let cut = agent.said.chars().count().saturating_sub(SAID);
            if let Some((at, _)) = agent.said.char_indices().nth(cut) {
                agent.said.drain(..at);
            }
        }
    }
}

/// The end of a text on one line, at most so many columns wide.
///
/// The text is a model's. Sequences for terminals are left out, and so is what joins, modifies or turns letters around:
/// no two terminals agree on its width, and a line that is wider than it seems breaks those below it.
fn last_words(said: &str, columns: usize) -> String {
    if columns < FEW {
        return String::new();
    }
    let plain: String = anstream::adapter::strip_str(said).to_string();
    let words = plain.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|&letter| is_plain(letter)).collect();
    if measure_text_width(&line) <= columns {
        return line;
    }
    let mut start = line.len();
    let mut width = 1;
    for (at, letter) in line.char_indices().rev() {
        width += measure_text_width(letter.encode_utf8(&mut [0; 4]));
        if width > columns {
            break;
        }
        start = at;
    }
    format!("…{}", &line[start..])
}

/// Whether a letter stands for itself, with a width that everybody agrees on.
fn is_plain(letter: char) -> bool {
    let is_modifier = matches!(letter,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}');
    !is_modifier && !is_harmful(letter)
}

/// The lines on the terminal, drawn in one go. The cursor stands at the end of the last one, with room behind it for
/// the `^C` that terminals write there.
pub(super) struct Lines {
    live: Arc<Live>,
    begun: Instant,
    term: Term,
    /// What is there now.
    drawn: Vec<String>,
}

impl Lines {
    /// Lines on standard error; none where it is no terminal, or one that can only go forward.
    pub(super) fn new(live: Arc<Live>) -> Option<Self> {
        let term = Term::buffered_stderr();
        let is_able = term.is_term() && std::env::var_os("TERM").is_none_or(|name| name != "dumb");
        is_able.then(|| Self::onto(live, term))
    }

    fn onto(live: Arc<Live>, term: Term) -> Self {
        Self { live, begun: Instant::now(), term, drawn: Vec::new() }
    }

    /// Draws what is known now, once the run has taken its time.
    pub(super) fn draw(&mut self) {
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        let (rows, columns) = self.term.size();
        let agents = self.live.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines(&agents, usize::from(rows), usize::from(columns), Instant::now());
        drop(agents);
        if lines != self.drawn {
            // Who cannot be shown lines loses nothing but them.
            let _ = self.replace(lines);
        }
    }

    fn replace(&mut self, lines: Vec<String>) -> std::io::Result<()> {
        self.term.move_cursor_up(self.drawn.len().saturating_sub(1))?;
        // Line by line: where the rest of the screen is cleared at once, some terminals keep it all in their history.
        let rows = lines.len().max(self.drawn.len());
        for at in 0..rows {
            if at > 0 {
                self.term.write_str("\n")?;
            }
            self.term.clear_line()?;
            self.term.write_str(lines.get(at).map_or("", String::as_str))?;
        }
        self.term.move_cursor_up(rows - lines.len().clamp(1, rows.max(1)))?;
        self.drawn = lines;
        self.term.flush()
    }

    /// Takes the lines away: what became of the run is told for good now.
    pub(super) fn clear(&mut self) {
        if !self.drawn.is_empty() {
            let _ = self.replace(Vec::new());
        }
    }
}

/// A line an agent, in the file's order, within a terminal of that size. Where it has fewer rows, those at work are
/// shown first, then those that wait.
fn lines(agents: &[Agent], rows: usize, columns: usize, now: Instant) -> Vec<String> {
    // Terminals go to the next line when the last column is written; and see `Lines` for why three are left free.
    let (rows, columns) = (rows.saturating_sub(1).max(2), columns.saturating_sub(3).max(10));
    let mut shown: Vec<usize> = (0..agents.len()).collect();
    let left_out = agents.len().saturating_sub(rows);
    if left_out > 0 {
        shown.sort_by_key(|&at| match agents[at].standing {
            Standing::Running { .. } | Standing::Pausing { .. } => 0,
            Standing::Waiting => 1,
            Standing::Settled(..) | Standing::Cached => 2,
        });
        shown.truncate(rows - 1);
        shown.sort_unstable();
    }
    let longest = shown.iter().map(|&at| measure_text_width(&agents[at].name)).max().unwrap_or(0);
    let width = longest.min(columns / 2);
    let mut lines: Vec<String> = shown
        .into_iter()
        .map(|at| {
            let agent = &agents[at];
            let name = truncate_str(&agent.name, width, "…");
            let gap = width.saturating_sub(measure_text_width(&name)) + 2;
            let line = format!("{name}{:gap$}{}", "", told(agent, now));
            let line = match &agent.standing {
                Standing::Running { .. } => {
                    let room = columns.saturating_sub(measure_text_width(&line) + 2);
                    let said = last_words(&agent.said, room);
                    if said.is_empty() { line } else { format!("{line}  {said}") }
                }
                _ => line,
            };
            truncate_str(&line, columns, "…").into_owned()
        })
        .collect();
    if left_out > 0 {
        lines.push(format!("… and {} more", left_out + 1));
    }
    lines
}

fn told(agent: &Agent, now: Instant) -> String {
    let attempt = |attempt: u32| {
        if attempt > 1 { format!(", attempt {attempt} of {}", agent.attempts) } else { String::new() }
    };
    match &agent.standing {
        Standing::Waiting => "· waiting".to_owned(),
        Standing::Running { since, attempt: number } => {
            format!("▸ running {}{}", shown(now.duration_since(*since)), attempt(*number))
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
        for (said, words) in [
            ("", ""),
            ("one\n two\x1b[31m \r three\x07\x08", "one two three"),
            ("\x1b]0;title\x07a\u{9b}2Jb\x1b[2J\x1b[H", "a 2Jb"),
            ("\u{202e}rtl\u{202c} zero\u{200b}width soft\u{ad}hyphen", "rtl zerowidth softhyphen"),
            ("👩\u{200d}👩\u{200d}👧 👍🏽 e\u{301}", "👩👩👧 👍 e\u{301}"),
            ("0123456789 0123456789 0123456789", "…3456789 0123456789 0123456789"),
            // Wide letters take two columns, and none is cut in two.
            ("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", "…漢字漢字漢字漢字漢字漢字漢字"),
        ] {
            assert_eq!(last_words(said, 30), words, "{said:?}");
        }
        assert_eq!(last_words("whatever", FEW - 1), "");
    }

    #[test]
    fn lines_fit_the_terminal() {
        let now = Instant::now();
        let agent = |name: &str, standing| Agent {
            name: name.into(),
            attempts: 1,
            said: "漢字 and words ".repeat(20),
            standing,
        };
        let running = || Standing::Running { since: now, attempt: 1 };
        let mut agents = vec![
            agent("an-agent-with-quite-a-long-name", running()),
            agent("b", Standing::Waiting),
            agent("c", Standing::Cached),
        ];
        assert_eq!(
            lines(&agents, 10, 80, now),
            [
                "an-agent-with-quite-a-long-name  ▸ running 0.00 ms  …and words 漢字 and words",
                "b                                · waiting",
                "c                                ✓ from the cache",
            ]
        );
        assert_eq!(
            lines(&agents, 10, 30, now),
            ["an-agent-wit…  ▸ running 0…", "b              · waiting", "c              ✓ from the …"]
        );
        agents.extend((0..20).map(|_| agent("d", Standing::Settled(AgentStatus::Done, None))));
        agents.push(agent("e", running()));
        let told = lines(&agents, 6, 40, now);
        let names: Vec<&str> = told.iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(names, ["an-agent-with-qui…", "b", "c", "e", "…"]);
        assert_eq!(told[4], "… and 20 more");
        for columns in 1..120 {
            for line in lines(&agents, 30, columns, now) {
                assert!(measure_text_width(&line) <= columns.saturating_sub(3).max(10), "{columns}: {line}");
            }
        }
    }

    #[test]
    fn a_new_attempt_begins_with_nothing_said() {
        let text = "ensemble: e\nagents:\n  - {name: a, operation: transform, config: {value: 1}}\n";
        let ensemble = segue::Engine::new().load_str("test.yaml", text).expect("it loads");
        let live = Live::new(&ensemble);
        for _ in 0..100 {
            live.hear("a", "half an answer ");
        }
        assert!(live.agents.lock().expect("nobody panics")[0].said.chars().count() <= SAID);
        let run = ensemble.run(segue::Value::Null).observer(live.clone()).blocking().expect("it runs");
        assert!(run.is_ok());
        assert_eq!(live.agents.lock().expect("nobody panics")[0].said, "");
    }

    #[cfg(unix)]
    #[test]
    fn lines_are_drawn_over_each_other_and_taken_away() {
        let text = "ensemble: e\nagents:\n  - {name: a, operation: transform, config: {value: 1}}\n  - {name: b, operation: transform, config: {value: 1}}\n";
        let ensemble = segue::Engine::new().load_str("test.yaml", text).expect("it loads");
        let live = Live::new(&ensemble);
        let file = tempfile::NamedTempFile::new().expect("a file");
        let [read, write] = [(); 2].map(|()| file.reopen().expect("it opens"));
        let mut lines = Lines::onto(live.clone(), Term::read_write_pair(read, write));
        let mut drawn = 0;
        let mut news = || {
            let text = std::fs::read_to_string(file.path()).expect("a text");
            let new = text[drawn..].to_owned();
            drawn = text.len();
            new
        };
        lines.draw();
        assert_eq!(news(), "", "what ends soon is not shown");
        lines.begun -= PATIENCE;
        lines.draw();
        assert_eq!(news(), "\r\x1b[2Ka  · waiting\n\r\x1b[2Kb  · waiting");
        lines.draw();
        assert_eq!(news(), "", "nothing has changed");
        live.agents.lock().expect("nobody panics")[1].standing = Standing::Cached;
        lines.draw();
        assert_eq!(news(), "\x1b[1A\r\x1b[2Ka  · waiting\n\r\x1b[2Kb  ✓ from the cache");
        lines.clear();
        assert_eq!(news(), "\x1b[1A\r\x1b[2K\n\r\x1b[2K\x1b[1A");
        lines.clear();
        assert_eq!(news(), "");
    }
}
