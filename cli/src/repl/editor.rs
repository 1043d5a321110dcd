//! The line editor of a session at a terminal.

use std::borrow::Cow;
use std::io::Write;
use std::path::PathBuf;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Editor, Helper};
use segue::draw::Seed;
use segue::syntax::Colour;
use segue::value::Object;

use super::interpreter::{Done, Interpreter};
use super::{command, complete, history, show};
use crate::eval::session::scope_of;
use crate::exit::{Exit, Outcome};
use crate::output::{Output, STRONG, WARN};

const PROMPT: &str = "> ";

/// Reads and answers until Ctrl-D or `:quit`.
pub(super) fn converse(interpreter: &mut Interpreter, keeps_history: bool, out: &mut Output) -> Outcome {
    let mut editor =
        new_editor(out.colour()).map_err(|error| anyhow::anyhow!("cannot use the terminal: {error}"))?;
    let mut file = if keeps_history { open_history(&mut editor, out)? } else { None };
    greet(interpreter.seed(), out)?;
    loop {
        if let Some(helper) = editor.helper_mut() {
            helper.context = interpreter.context().clone();
        }
        let line = match editor.readline(PROMPT) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(anyhow::anyhow!("cannot read the terminal: {error}").into()),
        };
        if line.trim().is_empty() {
            continue;
        }
        if editor.add_history_entry(line.as_str()).unwrap_or(false)
            && let Some(path) = &file
            && let Err(error) = editor.append_history(path)
        {
            out.note(WARN, "warning", &format!("this session's lines are not kept: {error}"))?;
            file = None;
        }
        if interpreter.answer(&line, out)? == Done::Quit {
            break;
        }
        out.flush()?;
    }
    Ok(Exit::Ok)
}

fn greet(seed: Seed, out: &mut Output) -> std::io::Result<()> {
    let name = out.paint(STRONG, concat!("segue ", env!("CARGO_PKG_VERSION")));
    writeln!(out.results(), "{name}, seed {seed}; `:help` lists the commands, Ctrl-D ends")?;
    out.flush()
}

type LineEditor = Editor<Typed, DefaultHistory>;

fn new_editor(colour: Colour) -> rustyline::Result<LineEditor> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .history_ignore_space(true)
        .history_ignore_dups(true)?
        .max_history_size(history::KEPT)?
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_auto_add_history(false);
    editor.set_helper(Some(Typed { context: Object::empty(), files: FilenameCompleter::new(), colour }));
    Ok(editor)
}

/// The file of the lines, which are read; a session goes without where there can be none.
fn open_history(editor: &mut LineEditor, out: &mut Output) -> std::io::Result<Option<PathBuf>> {
    let opened = history::file().map_err(ReadlineError::from).and_then(|path| {
        editor.load_history(&path)?;
        Ok(path)
    });
    match opened {
        Ok(path) => Ok(Some(path)),
        Err(error) => {
            out.note(WARN, "warning", &format!("lines are not kept between sessions: {error}"))?;
            Ok(None)
        }
    }
}

/// What the editor knows while one types.
struct Typed {
    context: Object,
    files: FilenameCompleter,
    colour: Colour,
}

impl Helper for Typed {}

impl Hinter for Typed {
    type Hint = String;
}

impl Completer for Typed {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        context: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if line.starts_with(":load ") {
            return self.files.complete(line, position, context);
        }
        Ok(complete::candidates(&line[..position], &self.context))
    }
}

impl Validator for Typed {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match command::is_open(context.input(), &self.context) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

impl Highlighter for Typed {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        if matches!(self.colour, Colour::Never) {
            return Cow::Borrowed(line);
        }
        let word =
            if line.starts_with(':') { line.find(char::is_whitespace).unwrap_or(line.len()) } else { 0 };
        let start = match &line[..word] {
            // Only what follows the name is an expression.
            ":let" => line.find('=').map_or(line.len(), |at| at + 1),
            ":load" | ":env" => line.len(),
            _ => word,
        };
        let (command, text) = line.split_at(start);
        let (word, rest) = command.split_at(word);
        let painted = show::painted(text, scope_of(&self.context).declared(), self.colour);
        Cow::Owned(if word.is_empty() { painted } else { format!("{STRONG}{word}{STRONG:#}{rest}{painted}") })
    }

    fn highlight_char(&self, _line: &str, _position: usize, _kind: CmdKind) -> bool {
        !matches!(self.colour, Colour::Never)
    }
}
