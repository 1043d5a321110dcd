//! The `segue` command.
//!
//! A command is a struct of arguments with a `run` that returns an [`Exit`]; only [`main`] ends the process. Results
//! go to standard output, everything else to standard error.

mod check;
mod cli;
mod completions;
mod components;
mod deploy;
mod diff;
mod eval;
mod excerpt;
mod exit;
mod explain;
mod fetch;
mod file;
mod graph;
mod history;
mod init;
mod input;
mod log;
mod man;
mod moves;
mod new;
mod output;
mod promote;
mod push;
mod repl;
mod rollback;
mod run;
mod schema;
mod show;
mod status;
mod sync;
mod tag;
mod usage;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::exit::{Exit, Failure};
use crate::output::Output;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with status 0, usage errors to standard error with 2. A reader
            // that has gone away is no error.
            let _ = error.print();
            usage::print_json(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut out = Output::new();
    let result = cli.command.run(&mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit.into(),
        Err(Failure::ClosedPipe) => Exit::Ok.into(),
        Err(failure) => {
            if let Failure::Refused(refusal) = &failure
                && usage::asks_for_json()
            {
                // Whoever does not read it still has the exit code.
                let _ = writeln!(out.results(), "{}", refusal.to_json());
            }
            let _ = out.flush();
            out.failure(&failure);
            failure.exit().into()
        }
    }
}
