//! `segue repl`: expressions one after the other, by hand or from a pipe.

mod command;
mod complete;
mod editor;
mod history;
mod interpreter;
mod load;
mod show;

use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use clap::Args;
use segue::draw::Seed;

use crate::exit::{Exit, Outcome};
use crate::input;
use crate::output::Output;
use crate::run::setup;
use interpreter::{Done, Interpreter};

/// Evaluates expressions as they are typed
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue repl
  segue repl --input '{\"user_id\": 42}' --seed 7
  printf 'input.n * 2\\n:let f = x => x + 1\\nf(1)\\n' | segue repl --input '{\"n\": 4}'

At a terminal, `:help` lists the commands and Tab completes. Lines are kept between sessions in a file that only you
can read ($XDG_STATE_HOME/segue/history); a line that begins with a space is not kept, --no-history keeps none.

With its input piped in there is no prompt: each expression is answered by one line of JSON (or `undefined`) on
standard output, errors go to standard error, and the next expression is read. Exit code 1 if anything failed, which
includes what does not compile. An expression goes over several lines while a bracket is open.")]
pub(crate) struct Repl {
    /// What `input` is: JSON, or `@FILE`
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    input: Option<String>,

    /// A variable of `env`
    #[arg(long, value_name = "NAME=VALUE", value_parser = setup::variable)]
    env: Vec<(String, String)>,

    /// Where `Math.random()` starts: 0 to 2^53 - 1 [default: a fresh one]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<Seed>,

    /// Neither read nor keep lines of other sessions
    #[arg(long)]
    no_history: bool,
}

impl Repl {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let is_interactive = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let seed = self.seed.unwrap_or_else(crate::eval::fresh_seed);
        let mut interpreter = Interpreter::new(seed, is_interactive)?;
        if let Some(argument) = &self.input {
            if argument == "-" {
                return Err(
                    anyhow::anyhow!("--input: standard input holds the expressions; use `@FILE`").into()
                );
            }
            interpreter.set("input", input::json("--input", argument)?).map_err(anyhow::Error::msg)?;
        }
        for (name, value) in self.env {
            interpreter.set_env(name, value).map_err(anyhow::Error::msg)?;
        }
        if is_interactive {
            editor::converse(&mut interpreter, !self.no_history, out)
        } else {
            answer_all(&mut interpreter, out)
        }
    }
}

/// Answers the lines of standard input.
fn answer_all(interpreter: &mut Interpreter, out: &mut Output) -> Outcome {
    let mut has_failed = false;
    let mut text = String::new();
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let line = lines.next().transpose().context("cannot read standard input")?;
        let is_end = line.is_none();
        if let Some(line) = line {
            text.push_str(&line);
            text.push('\n');
            if command::is_open(&text, interpreter.context()) {
                continue;
            }
        }
        if !text.trim().is_empty() {
            match interpreter.answer(text.trim_end(), out)? {
                Done::Well => {}
                Done::Failed => has_failed = true,
                Done::Quit => break,
            }
            // Who reads the answers may write the next line only then.
            out.flush()?;
        }
        if is_end {
            break;
        }
        text.clear();
    }
    Ok(if has_failed { Exit::Failed } else { Exit::Ok })
}
