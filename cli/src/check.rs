//! `segue check`: what is wrong with ensemble files, without running anything.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use segue::Engine;
use segue::syntax::{Diagnostic, LineIndex, Severity, Span};
use serde::Serialize;

use crate::excerpt::one_line;
use crate::exit::{Exit, Outcome};
use crate::output::{BAD, GOOD, Output};

/// Compiles ensemble files and says what is wrong with them; runs nothing
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue check canary.yaml
  segue check *.yaml
  segue check --fix canary.yaml
  segue check --json canary.yaml | jq '.[] | .message'

Errors keep an ensemble from running, warnings say what is probably not meant, hints what is worth knowing.
Exit code 2 if there is any error.")]
pub(crate) struct Check {
    /// The ensemble files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Mend what needs no thought, in the files themselves: names with one near neighbour, and quotes for what other YAML
    /// tools cannot read; nothing else in a file is changed
    #[arg(long)]
    fix: bool,

    /// Print an array of {\"file\", \"line\", \"column\", \"end_line\", \"end_column\", \"severity\", \"code\", \"message\", \"help\"}
    #[arg(long)]
    json: bool,
}

/// The code of a file that is not there, or cannot be read: there is no text to show.
const UNREADABLE: &str = "unreadable";

/// What was found in one file.
struct Report {
    name: String,
    text: String,
    diagnostics: Vec<Diagnostic>,
    /// How many agents the ensemble has, if nothing is wrong with it.
    agents: Option<usize>,
}

/// One diagnostic as JSON; lines and columns count from 1, columns count characters.
#[derive(Serialize)]
struct Entry<'r> {
    file: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    severity: &'static str,
    code: &'static str,
    message: &'r str,
    help: Option<&'r str>,
}

impl Check {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let engine = Engine::new();
        if self.fix {
            for file in &self.files {
                fix(&engine, file, out)?;
            }
        }
        let reports: Vec<Report> = self.files.iter().map(|file| Report::of(&engine, file)).collect();
        if self.json {
            let entries: Vec<Entry<'_>> = reports.iter().flat_map(Report::entries).collect();
            let json = serde_json::to_string_pretty(&entries).map_err(anyhow::Error::from)?;
            writeln!(out.results(), "{json}")?;
        } else {
            for report in &reports {
                report.print(out)?;
            }
        }
        let has_errors = reports.iter().any(|report| report.count(Severity::Error) > 0);
        Ok(if has_errors { Exit::Invalid } else { Exit::Ok })
    }
}

/// Mends a file. What cannot be read is told by the check that follows.
fn fix(engine: &Engine, file: &Path, out: &mut Output) -> anyhow::Result<()> {
    let Ok(text) = std::fs::read_to_string(file) else { return Ok(()) };
    let fixed = engine.fix(&text, Some(file));
    if fixed.changes.is_empty() {
        return Ok(());
    }
    crate::file::write(file, &fixed.text).with_context(|| format!("cannot write `{}`", file.display()))?;
    for change in &fixed.changes {
        let place = format!("{}:{}", file.display(), change.line);
        out.note(GOOD, "mended", &format!("{place}: {} → {}", line(&change.old), line(&change.new)))?;
    }
    Ok(())
}

fn line(text: &str) -> String {
    format!("`{}`", one_line(text))
}

impl Report {
    fn of(engine: &Engine, file: &Path) -> Self {
        let name = file.display().to_string();
        match std::fs::read(file) {
            Ok(bytes) => {
                let check = engine.check(&bytes, Some(file));
                let mut diagnostics = check.diagnostics;
                if let Some(ensemble) = &check.ensemble {
                    // Where a file is checked it need not run: no error.
                    diagnostics.extend(ensemble.unset_keys(&[]).into_iter().map(|unset| unset.diagnostic));
                    diagnostics.sort_by_key(|diagnostic| diagnostic.span().start);
                }
                let agents = check.ensemble.map(|ensemble| ensemble.agents().len());
                Self { name, text: check.text, diagnostics, agents }
            }
            Err(error) => {
                let diagnostic = Diagnostic::error(
                    "unreadable",
                    format!("cannot read the file: {error}"),
                    Span::default(),
                );
                Self { name, text: String::new(), diagnostics: vec![diagnostic], agents: None }
            }
        }
    }

    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    fn print(&self, out: &mut Output) -> std::io::Result<()> {
        for diagnostic in &self.diagnostics {
            if diagnostic.code == UNREADABLE {
                let error = out.paint(BAD, "error");
                return writeln!(out.results(), "{}: {error}: {}", self.name, diagnostic.title);
            }
            let rendered = diagnostic.render(&self.name, &self.text, out.colour());
            writeln!(out.results(), "{}\n", rendered.trim_end())?;
        }
        let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")];
        let told = counts.map(|(severity, word)| (self.count(severity), word));
        let told: Vec<String> =
            told.iter().filter(|(count, _)| *count > 0).map(|&(count, word)| plural(count, word)).collect();
        let name = &self.name;
        match self.agents {
            Some(agents) => {
                let ok = out.paint(GOOD, "ok");
                let told = told.iter().map(|told| format!(", {told}")).collect::<String>();
                writeln!(out.results(), "{name}: {ok}, {}{told}", plural(agents, "agent"))
            }
            None => writeln!(out.results(), "{name}: {}", told.join(", ")),
        }
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let lines = LineIndex::new(&self.text);
        self.diagnostics.iter().map(move |diagnostic| {
            let span = diagnostic.span();
            let (line, column) = lines.line_column(&self.text, span.start as usize);
            let (end_line, end_column) = lines.line_column(&self.text, span.end as usize);
            Entry {
                file: &self.name,
                line,
                column,
                end_line,
                end_column,
                severity: match diagnostic.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Hint => "hint",
                },
                code: diagnostic.code,
                message: &diagnostic.title,
                help: diagnostic.help.as_deref(),
            }
        })
    }
}

/// `1 agent`, `2 agents`.
pub(crate) fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
