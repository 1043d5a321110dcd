//! The commands and what can be typed.

use clap::{Parser, Subcommand};

use crate::check::Check;
use crate::completions::Completions;
use crate::components::Components;
use crate::deploy::Deploy;
use crate::diff::Diff;
use crate::eval::Eval;
use crate::exit::Outcome;
use crate::explain::Explain;
use crate::fetch::Fetch;
use crate::graph::Graph;
use crate::history::History;
use crate::init::Init;
use crate::log::Log;
use crate::man::Man;
use crate::new::New;
use crate::output::Output;
use crate::promote::Promote;
use crate::push::Push;
use crate::repl::Repl;
use crate::rollback::Rollback;
use crate::run::Run;
use crate::schema::Schema;
use crate::show::Show;
use crate::status::Status;
use crate::tag::Tag;
use crate::verify::Verify;

/// Gates and merges ensembles of AI agents with JavaScript-like expressions, and shows how the traffic splits.
#[derive(Debug, Parser)]
#[command(name = "segue", version, about, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "\
Exit codes: 0 done; 1 a run failed, an expression threw, a move was refused;
2 bad usage, an unknown name, something that does not compile; 130 stopped by
Ctrl-C.

Start with:
  segue new demo
  segue run demo/canary.yaml --runs 100000")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Check(Check),
    Eval(Eval),
    Explain(Explain),
    Graph(Graph),
    Repl(Repl),
    New(New),
    Schema(Schema),
    Init(Init),
    Components(Components),
    Tag(Tag),
    Deploy(Deploy),
    Promote(Promote),
    Rollback(Rollback),
    History(History),
    Show(Show),
    Diff(Diff),
    Log(Log),
    Status(Status),
    Push(Push),
    Fetch(Fetch),
    Verify(Verify),
    Completions(Completions),
    Man(Man),
}

impl Command {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        match self {
            Self::Run(run) => run.run(out),
            Self::Check(check) => check.run(out),
            Self::Eval(eval) => eval.run(out),
            Self::Explain(explain) => explain.run(out),
            Self::Graph(graph) => graph.run(out),
            Self::Repl(repl) => repl.run(out),
            Self::New(new) => new.run(out),
            Self::Schema(schema) => schema.run(out),
            Self::Init(init) => init.run(out),
            Self::Components(components) => components.run(out),
            Self::Tag(tag) => tag.run(out),
            Self::Deploy(deploy) => deploy.run(out),
            Self::Promote(promote) => promote.run(out),
            Self::Rollback(rollback) => rollback.run(out),
            Self::History(history) => history.run(out),
            Self::Show(show) => show.run(out),
            Self::Diff(diff) => diff.run(out),
            Self::Log(log) => log.run(out),
            Self::Status(status) => status.run(out),
            Self::Push(push) => push.run(out),
            Self::Fetch(fetch) => fetch.run(out),
            Self::Verify(verify) => verify.run(out),
            Self::Completions(completions) => completions.run(out),
            Self::Man(man) => man.run(out),
        }
    }
}
