//! The story for people.

use std::io::{self, Write};

use anstyle::Style;
use segue::ensemble::plan::{ComponentPlan, Gate};
use segue::ensemble::{AgentState, AgentStatus, Entry, Keyed, Part, PartValue, Run, Step};

use crate::excerpt::{cut, harmless, harmless_json};
use crate::output::{BAD, FAINT, GOOD, Output, STRONG, WARN};
use crate::run::one::shown;

/// Tells a run on standard output.
pub(super) fn tell(run: &Run, out: &mut Output) -> io::Result<()> {
    let title = out.paint(STRONG, run.ensemble().name());
    writeln!(out.results(), "{title}, seed {}{}", run.seed(), keyed(run))?;
    for warning in run.warnings() {
        let word = out.paint(WARN, "warning:");
        writeln!(out.results(), "{word} {}", harmless(&warning.to_string()))?;
    }
    let names: Vec<String> = run.agents().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        writeln!(out.results())?;
        agent(run, &name, out)?;
    }
    writeln!(out.results())?;
    output(run, out)
}

/// Where the gates' draws came from, if not plainly from the seed.
fn keyed(run: &Run) -> &'static str {
    let started = run.trace().entries().iter().find_map(|entry| match &entry.step {
        Step::Started { keyed, .. } => Some(*keyed),
        _ => None,
    });
    match started {
        Some(Keyed::Key) => "; the gates were drawn by the sticky key",
        Some(Keyed::Missing) => "; the sticky key is missing: the gates were drawn for this run alone",
        _ => "",
    }
}

fn agent(run: &Run, name: &str, out: &mut Output) -> io::Result<()> {
    let Some(state) = run.agent(name) else { return Ok(()) };
    let (style, fate) = fate(state);
    let title = out.paint(STRONG, name);
    let fate = out.paint(style, &fate);
    writeln!(out.results(), "{title}  {fate}")?;
    gate(run, name, out)?;
    if state.status == AgentStatus::SkippedByRequires {
        let missing = crate::run::one::why_not_required(run, name);
        told(out, "requires", &missing)?;
    }
    component(run, name, state, out)?;
    happened(run, name, out)?;
    if let Some(error) = &state.error {
        let text = out.paint(BAD, &format!("{}: {}", error.kind, error.message));
        told(out, "error", &text)?;
    }
    if let Some(output) = settled_output(run, name) {
        told(
            out,
            if state.error.is_some() { "fallback" } else { "output" },
            &harmless_json(&cut(output, VALUE)),
        )?;
    }
    Ok(())
}

fn fate(state: &AgentState) -> (Style, String) {
    let took = state.duration.map(|duration| format!(" in {}", shown(duration))).unwrap_or_default();
    let attempts = if state.attempts > 1 { format!(", {} attempts", state.attempts) } else { String::new() };
    match state.status {
        AgentStatus::Done => match state.cached {
            Some(age) => (GOOD, format!("answered from the cache, {} old", shown(age))),
            None => (GOOD, format!("ran{took}{attempts}")),
        },
        AgentStatus::Failed => (BAD, format!("failed{took}{attempts}")),
        AgentStatus::SkippedByGate => (FAINT, "skipped by its gate".to_owned()),
        AgentStatus::SkippedByRequires => (FAINT, "skipped".to_owned()),
        _ => (WARN, "cancelled".to_owned()),
    }
}

fn gate(run: &Run, name: &str, out: &mut Output) -> io::Result<()> {
    let plan = run.ensemble().plan();
    let Some(agent) = plan.agents.iter().find(|agent| &*agent.name == name) else { return Ok(()) };
    match &agent.gate {
        Gate::Open => Ok(()),
        Gate::Closed => told(out, "gate", "`condition: false`"),
        Gate::Expression(_) => match run.explain_gate(name) {
            Some(explained) => {
                part(out, "gate", &explained)?;
                let note = run.trace().decision(name).and_then(|decision| decision.note);
                note.map_or(Ok(()), |note| told(out, "note", note))
            }
            None => told(out, "gate", "not decided"),
        },
    }
}

fn component(run: &Run, name: &str, state: &AgentState, out: &mut Output) -> io::Result<()> {
    let plan = run.ensemble().plan();
    let Some(agent) = plan.agents.iter().find(|agent| &*agent.name == name) else { return Ok(()) };
    let served = state.component.as_deref();
    match &agent.component {
        Some(ComponentPlan::Fixed(reference)) => {
            let slot = reference.display_at(&reference.slot);
            match served {
                Some(served) if served != slot => told(out, "component", &format!("{slot} → {served}")),
                Some(served) => told(out, "component", served),
                None => Ok(()),
            }
        }
        Some(ComponentPlan::Expression(_)) => {
            if let Some(explained) = run.explain_component(name) {
                part(out, "component", &explained)?;
            }
            served.map_or(Ok(()), |served| told(out, "served", served))
        }
        None => Ok(()),
    }
}

/// Retries, and what happened in a nested ensemble.
fn happened(run: &Run, name: &str, out: &mut Output) -> io::Result<()> {
    for entry in run.trace().entries() {
        let is_nested = entry.path.first().is_some_and(|outer| &**outer == name);
        let is_own = entry.path.is_empty() && entry.agent.as_deref() == Some(name);
        if is_own && let Step::Retry { attempt, failure, wait } = &entry.step {
            told(
                out,
                "retry",
                &harmless(&format!("attempt {attempt} failed, again after {}: {failure}", shown(*wait))),
            )?;
        } else if is_nested {
            told(out, "inside", &harmless(&line(entry)))?;
        }
    }
    Ok(())
}

/// A nested ensemble's event, without its time.
fn line(entry: &Entry) -> String {
    let path: Vec<&str> = entry.path.iter().skip(1).chain(entry.agent.as_ref()).map(|name| &**name).collect();
    if path.is_empty() { entry.step.to_string() } else { format!("{}: {}", path.join("."), entry.step) }
}

fn settled_output<'r>(run: &'r Run, name: &str) -> Option<&'r str> {
    run.trace().entries().iter().find_map(|entry| match &entry.step {
        Step::Settled { output, .. } if entry.path.is_empty() && entry.agent.as_deref() == Some(name) => {
            output.as_deref()
        }
        _ => None,
    })
}

fn output(run: &Run, out: &mut Output) -> io::Result<()> {
    if let Some(error) = run.error() {
        let word = out.paint(BAD, "failed");
        return writeln!(out.results(), "{word}  {}", harmless(&error.to_string()));
    }
    let title = out.paint(STRONG, "output");
    writeln!(out.results(), "{title}")?;
    let explained = run.explain_output();
    for (field, explained) in &explained {
        part(out, field.strip_prefix("output.").unwrap_or(field), explained)?;
    }
    if explained.is_empty() {
        let text = run.secrets().mask(&run.output().to_json_string()).into_owned();
        writeln!(out.results(), "  {}", harmless_json(&cut(&text, VALUE)))?;
    }
    Ok(())
}

/// The width of the words that lines begin with.
const WORD: usize = 10;

fn told(out: &mut Output, word: &str, text: &str) -> io::Result<()> {
    let word = out.paint(FAINT, &format!("{word:WORD$}"));
    writeln!(out.results(), "  {word} {text}")
}

/// A part and what it is made of, the parts below it indented.
fn part(out: &mut Output, word: &str, part: &Part) -> io::Result<()> {
    told(out, word, &said(out, part, 0))?;
    parts(out, &part.parts, 1)
}

fn parts(out: &mut Output, all: &[Part], depth: usize) -> io::Result<()> {
    for part in all {
        let text = said(out, part, depth);
        told(out, "", &text)?;
        parts(out, &part.parts, depth + 1)?;
    }
    Ok(())
}

fn said(out: &Output, part: &Part, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let value = match &part.value {
        PartValue::Given(value) => format!("= {}", harmless_json(&cut(value, VALUE))),
        PartValue::Thrown(error) => out.paint(BAD, &format!("throws {error}")),
        _ => out.paint(FAINT, "not evaluated"),
    };
    // What was drawn is plain from the values of the parts, where there are any.
    let draws: Vec<String> = part.draws.iter().map(ToString::to_string).collect();
    let is_told = part.parts.is_empty()
        && !draws.is_empty()
        && !matches!(&part.value, PartValue::Given(value) if draws.len() == 1 && *value == draws[0]);
    let drew =
        if is_told { out.paint(FAINT, &format!("  (drew {})", draws.join(", "))) } else { String::new() };
    format!("{indent}{}  {value}{drew}", harmless(&part.text))
}

/// The longest value, in characters, that stands in a line; `--json` has all that the trace kept.
const VALUE: usize = 160;
