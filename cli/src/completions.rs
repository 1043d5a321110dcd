//! `segue completions`: what a shell needs to complete the command's arguments.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Prints a shell's completions for this command
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue completions bash > ~/.local/share/bash-completion/completions/segue
  segue completions zsh > \"${fpath[1]}/_segue\"
  segue completions fish > ~/.config/fish/completions/segue.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let mut command = Cli::command();
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command, "segue", &mut text);
        out.results().write_all(&text)?;
        Ok(Exit::Ok)
    }
}
