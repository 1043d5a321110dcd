//! What a session knows, and what it answers.

use std::io::{self, Write};
use std::time::Instant;

use anyhow::Context;
use segue::compile::compile;
use segue::draw::Seed;
use segue::syntax::ast::ExprKind;
use segue::syntax::{self, DeclaredNames};
use segue::value::{Object, ObjectBuilder, Str, Value};
use tokio::runtime::Runtime;

use super::command::{self, COMMANDS, Command};
use super::{load, show};
use crate::eval::session::{Fault, Session, Source, is_nameable, printed, scope_of};
use crate::output::{BAD, FAINT, Output, STRONG};

/// Where the last result is.
const LAST: &str = "_";

/// How an answer went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Well,
    Failed,
    Quit,
}

/// The state of a session.
pub(super) struct Interpreter {
    session: Session,
    seed: Seed,
    /// The names in scope.
    context: Object,
    env: Vec<(String, String)>,
    /// Where Ctrl-C is listened to; with its input piped in, Ctrl-C ends the process as usual.
    runtime: Option<Runtime>,
    /// How many texts were answered.
    count: usize,
}

/// An evaluation that was stopped must not keep the command from ending.
impl Drop for Interpreter {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// How much of a result is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Cut,
    Whole,
}

impl Interpreter {
    pub(super) fn new(seed: Seed, is_interactive: bool) -> anyhow::Result<Self> {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = is_interactive.then(runtime).transpose().context("cannot listen to Ctrl-C")?;
        let session = Session::new(Source::Expression, seed);
        Ok(Self { session, seed, context: Object::empty(), env: Vec::new(), runtime, count: 0 })
    }

    /// The names in scope, with their values.
    pub(super) fn context(&self) -> &Object {
        &self.context
    }

    pub(super) fn env(&self) -> &[(String, String)] {
        &self.env
    }

    pub(super) fn seed(&self) -> Seed {
        self.seed
    }

    pub(super) fn is_interactive(&self) -> bool {
        self.runtime.is_some()
    }

    /// Gives a value a name.
    pub(super) fn set(&mut self, name: &str, value: Value) -> Result<(), Box<str>> {
        let mut builder = ObjectBuilder::new();
        for (key, value) in self.context.entries() {
            builder.insert(key.clone(), value.clone());
        }
        builder.insert(Str::from(name), value);
        self.context = builder.build().map_err(|thrown| thrown.message)?;
        Ok(())
    }

    /// Sets a variable of `env`.
    pub(super) fn set_env(&mut self, name: String, value: String) -> Result<(), Box<str>> {
        self.env.retain(|(known, _)| *known != name);
        self.env.push((name, value));
        let mut builder = ObjectBuilder::new();
        for (name, value) in &self.env {
            builder.insert(Str::from(name.as_str()), Value::from(value.as_str()));
        }
        let env = builder.build().map_err(|thrown| thrown.message)?;
        self.set("env", env.into())
    }

    /// Does what a text asks for.
    pub(super) fn answer(&mut self, text: &str, out: &mut Output) -> io::Result<Done> {
        self.count += 1;
        let (command, rest) = match command::parse(text) {
            Ok(parsed) => parsed,
            Err(word) => {
                let near = syntax::nearest(word, COMMANDS.iter().map(|row| row.name));
                let help = near.map_or("`:help` lists the commands".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
                return self.refuse(&format!("there is no command `{word}`: {help}"), out);
            }
        };
        match command {
            Command::Quit => Ok(Done::Quit),
            Command::Help => self.help(out),
            Command::Load if !rest.is_empty() => load::load(self, rest, out),
            Command::Seed => self.reseed(rest, out),
            Command::Env => match crate::run::setup::variable(rest) {
                Ok((name, value)) => match self.set_env(name, value) {
                    Ok(()) => Ok(Done::Well),
                    Err(message) => self.refuse(&message, out),
                },
                Err(_) => self.refuse("write `:env NAME=VALUE`", out),
            },
            Command::Let => self.bind(rest, out),
            _ if rest.is_empty() => {
                let row = COMMANDS.iter().find(|row| text.trim() == row.name);
                let usage = row.map(|row| format!("write `{} {}`", row.name, row.argument));
                self.refuse(&usage.unwrap_or_default(), out)
            }
            Command::Ast => self.ast(rest, out),
            Command::Bytecode => self.bytecode(rest, out),
            Command::Time => {
                let begun = Instant::now();
                let result = self.evaluate(rest);
                let took = begun.elapsed();
                let done = self.tell(rest, result, Extent::Cut, out)?;
                let took = out.paint_message(FAINT, &format!("{:.3} ms", took.as_secs_f64() * 1e3));
                out.message(&took)?;
                Ok(done)
            }
            Command::All | Command::Eval | Command::Load => {
                let extent = if command == Command::All { Extent::Whole } else { Extent::Cut };
                let result = self.evaluate(rest);
                self.tell(rest, result, extent, out)
            }
        }
    }

    /// What is wrong with a command.
    pub(super) fn refuse(&self, message: &str, out: &mut Output) -> io::Result<Done> {
        out.note(BAD, "error", message)?;
        Ok(Done::Failed)
    }

    /// The value of an expression; nothing if Ctrl-C stopped it.
    ///
    /// What was stopped goes on by itself until it meets its fuel limit, in a moment: the machine looks at nothing but
    /// its fuel.
    fn evaluate(&mut self, text: &str) -> Option<Result<Value, Fault>> {
        let Some(runtime) = &self.runtime else { return Some(self.session.eval(text, &self.context)) };
        let spare = Session::new(Source::Expression, self.seed).at(self.session.position());
        let mut session = std::mem::replace(&mut self.session, spare);
        let (text, context) = (text.to_owned(), self.context.clone());
        let result = runtime.block_on(async {
            let work = tokio::task::spawn_blocking(move || {
                let result = session.eval(&text, &context);
                (session, result)
            });
            tokio::select! {
                biased;
                done = work => done.ok(),
                _ = tokio::signal::ctrl_c() => None,
            }
        });
        let (session, result) = result?;
        self.session = session;
        Some(result)
    }

    fn tell(
        &mut self,
        text: &str,
        result: Option<Result<Value, Fault>>,
        extent: Extent,
        out: &mut Output,
    ) -> io::Result<Done> {
        let Some(result) = result else {
            out.message("stopped")?;
            return Ok(Done::Failed);
        };
        let told = result.and_then(|value| {
            // For programs a result is data.
            let shown = if self.is_interactive() { None } else { Some(printed(&value, text)?) };
            Ok((value, shown))
        });
        let (value, shown) = match told {
            Ok(told) => told,
            Err(fault) => return self.fail(&fault, text, out),
        };
        match shown {
            Some(line) => writeln!(out.results(), "{line}")?,
            None => {
                let (shown, is_cut) = show::shown(&value, extent == Extent::Whole);
                let shown = show::painted(&shown, DeclaredNames::NONE, out.colour());
                writeln!(out.results(), "{shown}")?;
                if is_cut {
                    let hint = out.paint(FAINT, "… cut here: `:all _` prints all of it");
                    writeln!(out.results(), "{hint}")?;
                }
            }
        }
        match self.set(LAST, value) {
            Ok(()) => Ok(Done::Well),
            Err(message) => self.refuse(&message, out),
        }
    }

    fn fail(&self, fault: &Fault, text: &str, out: &mut Output) -> io::Result<Done> {
        let name = match self.is_interactive() {
            true => "expression".to_owned(),
            false => format!("expression {}", self.count),
        };
        fault.tell(&name, text, out)?;
        Ok(Done::Failed)
    }

    fn bind(&mut self, text: &str, out: &mut Output) -> io::Result<Done> {
        let Some((name, expression)) = command::binding(text) else {
            return self.refuse("write `:let NAME = EXPR`", out);
        };
        let parsed = syntax::parse(name, &DeclaredNames::new([name]));
        let is_name = parsed.is_ok_and(|expr| matches!(expr.kind, ExprKind::Name(_)));
        if !is_name || !is_nameable(name) {
            return self.refuse(&format!("`{name}` cannot be a name"), out);
        }
        match self.evaluate(expression) {
            Some(Ok(value)) => match self.set(name, value) {
                Ok(()) => Ok(Done::Well),
                Err(message) => self.refuse(&message, out),
            },
            Some(Err(fault)) => self.fail(&fault, expression, out),
            None => {
                out.message("stopped")?;
                Ok(Done::Failed)
            }
        }
    }

    fn reseed(&mut self, text: &str, out: &mut Output) -> io::Result<Done> {
        match text.parse::<Seed>() {
            Ok(seed) => {
                self.seed = seed;
                self.session = Session::new(Source::Expression, seed);
                Ok(Done::Well)
            }
            Err(error) => self.refuse(&error.to_string(), out),
        }
    }

    fn ast(&self, text: &str, out: &mut Output) -> io::Result<Done> {
        match syntax::parse(text, scope_of(&self.context).declared()) {
            Ok(expr) => {
                for row in syntax::outline(&expr) {
                    writeln!(out.results(), "{:indent$}{}", "", row.label, indent = 2 * row.depth)?;
                }
                Ok(Done::Well)
            }
            Err(diagnostics) => self.fail(&Fault::Compile(diagnostics), text, out),
        }
    }

    fn bytecode(&self, text: &str, out: &mut Output) -> io::Result<Done> {
        let scope = scope_of(&self.context);
        let program = syntax::parse(text, scope.declared()).and_then(|expr| compile(&expr, text, &scope));
        match program {
            Ok(program) => {
                write!(out.results(), "{}", program.disassemble())?;
                Ok(Done::Well)
            }
            Err(diagnostics) => self.fail(&Fault::Compile(diagnostics), text, out),
        }
    }

    fn help(&self, out: &mut Output) -> io::Result<Done> {
        let width = COMMANDS.iter().map(|row| row.name.len() + row.argument.len() + 1).max().unwrap_or(0);
        for row in COMMANDS {
            let usage = format!("{} {}", row.name, row.argument);
            let usage = out.paint(STRONG, &format!("{usage:width$}"));
            writeln!(out.results(), "{usage}  {}", row.about)?;
        }
        writeln!(
            out.results(),
            "Anything else is an expression. Ctrl-C stops it, or clears the line; Ctrl-D ends."
        )?;
        Ok(Done::Well)
    }
}
