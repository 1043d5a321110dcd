//! One run: its output, and in a few lines how it came about.

use std::io::Write;
use std::time::Duration;

use segue::ensemble::operation::Cancellation;
use segue::ensemble::plan::Gate;
use segue::ensemble::{AgentState, AgentStatus, Ensemble, Failure, Run as Ended, RunBuilder, RunError};
use segue::value::Value;
use segue::value::json::{Indent, Replacer, Unmetered, stringify};

use super::live::{self, Lines, Live};
use super::{Onlookers, Run};
use crate::excerpt::{cut, harmless, harmless_json, one_line};
use crate::exit::{Exit, Outcome};
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, WARN};

/// How long an expression may be in a line about a gate.
const EXPRESSION: usize = 60;

pub(super) fn run(arguments: &Run, ensemble: &Ensemble, onlookers: &Onlookers, out: &mut Output) -> Outcome {
    let builder = onlookers.watch(arguments.options.builder(ensemble)?);
    let (result, is_interrupted) = to_end(builder, ensemble, out)?;
    let ended = match result {
        Ok(ended) => ended,
        // Nothing has happened.
        Err(error) => return Err(anyhow::anyhow!("{error}").into()),
    };
    if arguments.json {
        writeln!(out.results(), "{}", ended.to_json())?;
    } else {
        tell(&ended, out)?;
    }
    if arguments.trace {
        out.message(&harmless(&ended.trace().to_string()))?;
    }
    Ok(match ended.error() {
        _ if is_interrupted && !ended.is_ok() => Exit::Interrupted,
        None => Exit::Ok,
        Some(_) => Exit::Failed,
    })
}

/// Runs it, and cancels it at Ctrl-C: what it gave, and whether that was asked for. Who watches standard error sees its
/// agents at work.
pub(crate) fn to_end(
    builder: RunBuilder,
    ensemble: &Ensemble,
    out: &Output,
) -> anyhow::Result<(Result<Ended, RunError>, bool)> {
    let cancellation = Cancellation::new();
    let mut builder = builder.cancellation(cancellation.clone());
    let mut lines = None;
    if out.is_watched() {
        let live = Live::new(ensemble);
        builder = builder.observer(live.clone());
        lines = Lines::new(live);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| anyhow::anyhow!("cannot make a runtime: {error}"))?;
    let ended = runtime.block_on(async {
        let mut running = std::pin::pin!(std::future::IntoFuture::into_future(builder));
        let mut tick = tokio::time::interval(live::TICK);
        loop {
            tokio::select! {
                biased;
                result = &mut running => return (result, false),
                _ = tokio::signal::ctrl_c() => {
                    cancellation.cancel();
                    return (running.await, true);
                }
                _ = tick.tick(), if lines.is_some() => {
                    if let Some(lines) = &mut lines {
                        lines.draw();
                    }
                }
            }
        }
    });
    if let Some(lines) = &mut lines {
        lines.clear();
    }
    // What an operation left on a thread of its own must not keep the command from ending.
    runtime.shutdown_background();
    Ok(ended)
}

/// The output on standard output, everything else on standard error.
pub(crate) fn tell(ended: &Ended, out: &mut Output) -> std::io::Result<()> {
    if ended.is_ok() {
        let output = harmless_json(&pretty(ended.output()));
        writeln!(out.results(), "{output}")?;
    }
    for warning in ended.warnings() {
        out.note(WARN, "warning", &warning.to_string())?;
    }
    if let Some(error) = ended.error() {
        out.note(BAD, "error", &format!("{}: {error}", ended.ensemble().name()))?;
        tell_place(ended, error, out)?;
    }
    let width = ended.agents().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, state) in ended.agents() {
        let (style, word) = match state.status {
            AgentStatus::Done => (GOOD, "ran    "),
            AgentStatus::Failed => (BAD, "failed "),
            AgentStatus::SkippedByGate | AgentStatus::SkippedByRequires => (FAINT, "skipped"),
            _ => (WARN, "stopped"),
        };
        let word = out.paint_message(style, word);
        let shown = out.paint_message(STRONG, &format!("{name:width$}"));
        let line = format!("{word}  {shown}  {}", harmless(&told(ended, state, name)));
        out.message(line.trim_end())?;
    }
    if ended.is_unkeyed() {
        out.note(WARN, "note", "the sticky key is missing: the sides were drawn for this run alone")?;
    }
    let seed = out.paint_message(FAINT, &format!("seed {}", ended.seed()));
    out.message(&seed)
}

/// Where in the ensemble's file the fault is, if it is there.
pub(crate) fn tell_place(ended: &Ended, failure: &Failure, out: &mut Output) -> std::io::Result<()> {
    let (Some(span), Some(path)) = (failure.span, ended.ensemble().path()) else { return Ok(()) };
    // The file may have changed meanwhile, and then the place is none.
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(()) };
    if text.get(span.start as usize..span.end as usize).is_none() {
        return Ok(());
    }
    out.place(&path.display().to_string(), &text, span)
}

/// What is to say of an agent, in one line.
fn told(ended: &Ended, state: &AgentState, name: &str) -> String {
    match state.status {
        AgentStatus::SkippedByGate => why_skipped(ended, name),
        AgentStatus::SkippedByRequires => why_not_required(ended, name),
        _ => {
            let component = state.component.as_deref().map(str::to_owned);
            let attempts = (state.attempts > 1).then(|| format!("{} attempts", state.attempts));
            let duration = state.duration.filter(|_| state.cached.is_none()).map(shown);
            let cached = state.cached.map(|age| format!("from the cache, {} old", shown(age)));
            let error = state.error.as_ref().map(|error| format!("{}: {}", error.kind, error.message));
            [component, attempts, cached, duration, error]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("  ")
        }
    }
}

/// The gate's text, and what it drew.
fn why_skipped(ended: &Ended, name: &str) -> String {
    let agent = ended.ensemble().plan().agents.iter().find(|agent| &*agent.name == name);
    let gate = match agent.map(|agent| &agent.gate) {
        Some(Gate::Expression(expression)) => cut(&one_line(&expression.text), EXPRESSION),
        Some(Gate::Closed) => "`condition: false`".to_owned(),
        Some(Gate::Open) | None => String::new(),
    };
    let decision = ended.trace().decision(name);
    let draws: Vec<String> =
        decision.iter().flat_map(|decision| &decision.draws).map(|draw| format!("{draw:.4}")).collect();
    let drew = if draws.is_empty() { String::new() } else { format!(", drew {}", draws.join(", ")) };
    let note =
        decision.and_then(|decision| decision.note).map(|note| format!(" ({note})")).unwrap_or_default();
    format!("by its gate: {gate}{drew}{note}")
}

/// Which of the agents that it requires gave nothing.
pub(crate) fn why_not_required(ended: &Ended, name: &str) -> String {
    let plan = ended.ensemble().plan();
    let agent = plan.agents.iter().find(|agent| &*agent.name == name);
    let required = agent.into_iter().flat_map(|agent| agent.requires.iter());
    let names = required.filter_map(|index| plan.agents.get(index.0 as usize)).map(|agent| &*agent.name);
    let missing: Vec<String> = names
        .filter(|name| ended.agent(name).is_some_and(|state| matches!(state.output, Value::Undefined)))
        .map(|name| format!("`{name}`"))
        .collect();
    format!("it requires {}, which gave no output", missing.join(", "))
}

/// A duration for people: `0.04 ms`, `12 ms`, `3.2 s`.
pub(crate) fn shown(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1e3;
    match milliseconds {
        0.0..10.0 => format!("{milliseconds:.2} ms"),
        10.0..1000.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1e3),
    }
}

/// JSON to be read, `undefined` where there is no output.
fn pretty(value: &Value) -> String {
    if matches!(value, Value::Undefined) {
        return "undefined".to_owned();
    }
    match stringify(value, &Replacer::None, &Indent::spaces(2), &mut Unmetered) {
        Ok(Some(text)) => text.to_text().into_owned(),
        // What has functions in it, or is too long to be one string, is written plainly.
        Ok(None) | Err(_) => value.to_json_string(),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn durations_are_short() {
        for (micros, text) in [(40, "0.04 ms"), (12_345, "12 ms"), (3_210_000, "3.2 s")] {
            assert_eq!(shown(Duration::from_micros(micros)), text);
        }
    }
}
