//! `segue tag`: versions and environments of components, which are git tags.

mod bump;
mod create;
mod delete;
mod list;
mod set;
mod show;

use clap::{Args, Subcommand};

use crate::exit::Outcome;
use crate::output::Output;

/// Makes versions, and moves environments to them
#[derive(Args, Debug)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Tag {
    #[command(subcommand)]
    command: TagCommand,
}

#[derive(Debug, Subcommand)]
enum TagCommand {
    Create(create::Create),
    Bump(bump::Bump),
    Set(set::Set),
    List(list::List),
    Show(show::Show),
    Delete(delete::Delete),
}

impl Tag {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        match self.command {
            TagCommand::Create(create) => create.run(out),
            TagCommand::Bump(bump) => bump.run(out),
            TagCommand::Set(set) => set.run(out),
            TagCommand::List(list) => list.run(out),
            TagCommand::Show(show) => show.run(out),
            TagCommand::Delete(delete) => delete.run(out),
        }
    }
}
