//! `segue eval`: one expression, or a stream of them.

mod encoding;
mod jsonl;
pub(crate) mod session;

use std::io::Write;

use anyhow::{anyhow, bail};
use clap::Args;
use segue::draw::Seed;
use segue::syntax::Diagnostic;
use segue::value::{Object, ObjectBuilder, Str, StrBuilder, Value, json};

use crate::exit::{Exit, Outcome};
use crate::input;
use crate::output::Output;
use session::{Fault, Session, Source};

/// Evaluates an expression and prints its value as JSON
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue eval '1 + 1'
  segue eval 'input.user_id % 2 === 0' --input '{\"user_id\": 42}'
  segue eval 'analyzer-stable.output || 0' --context '{\"analyzer-stable\": {\"output\": 7}}'
  segue eval --template 'Hello ${input.name}!' --input '{\"name\": \"Ada\"}'
  segue eval --seed 7 'Math.random()'

`undefined` is printed as `undefined`; --json prints {\"$undefined\":true} and {\"$num\":\"NaN\"} where JSON has no
word for a value. Exit code 2 if the expression does not compile, 1 if it throws.

With --jsonl, each line of standard input is {\"id\": …, \"expr\": …, \"context\": {…}}, and each is answered by one line
{\"id\": …, \"value\": …} or {\"id\": …, \"error\": {\"kind\", \"message\"}}.")]
pub(crate) struct Eval {
    /// The expression
    #[arg(
        value_name = "EXPR",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl",
        allow_hyphen_values = true
    )]
    expr: Option<String>,

    /// What `input` is: JSON, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON", conflicts_with = "jsonl", allow_hyphen_values = true)]
    input: Option<String>,

    /// Further variables: a JSON object (`@FILE`, `-`), each key a name
    #[arg(long, value_name = "JSON", conflicts_with = "jsonl", allow_hyphen_values = true)]
    context: Option<String>,

    /// Where `Math.random()` starts: 0 to 2^53 - 1 [default: a fresh one]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<Seed>,

    /// The text is a template: `${…}` are its holes
    #[arg(long)]
    template: bool,

    /// Print the value so that nothing of it is lost, and errors as JSON
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,

    /// Answer requests from standard input, one JSON object a line
    #[arg(long)]
    jsonl: bool,
}

impl Eval {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let source = if self.template { Source::Template } else { Source::Expression };
        let session = Session::new(source, self.seed.unwrap_or_else(fresh_seed));
        match &self.expr {
            Some(expr) => self.eval(expr, session, out),
            None => jsonl::answer_all(session),
        }
    }

    fn eval(&self, expr: &str, mut session: Session, out: &mut Output) -> Outcome {
        let context = self.context()?;
        let printed = if self.json { session::encoded } else { session::printed };
        match session.eval(expr, &context).and_then(|value| printed(&value, expr)) {
            Ok(text) => writeln!(out.results(), "{text}")?,
            Err(fault) => return self.fail(expr, fault, out),
        }
        Ok(Exit::Ok)
    }

    fn fail(&self, expr: &str, fault: Fault, out: &mut Output) -> Outcome {
        let exit = match fault {
            Fault::Compile(_) => Exit::Invalid,
            Fault::Thrown { .. } => Exit::Failed,
        };
        if self.json {
            let (kind, message) = describe(&fault);
            writeln!(out.results(), "{{\"error\":{}}}", error_json(kind, &message))?;
            return Ok(exit);
        }
        fault.tell("expression", expr, out)?;
        Ok(exit)
    }

    /// `input`, and each key of the context.
    fn context(&self) -> anyhow::Result<Object> {
        if self.input.as_deref() == Some("-") && self.context.as_deref() == Some("-") {
            bail!("standard input can be --input or --context, not both");
        }
        let mut variables = ObjectBuilder::new();
        let input_name = Str::from("input");
        if let Some(context) = &self.context {
            let Value::Object(context) = input::json("--context", context)? else {
                bail!("--context: an object is expected, each of its keys becomes a variable");
            };
            if self.input.is_some() && context.get(&input_name).is_some() {
                bail!("`input` is given twice: by --input, and as a key of --context");
            }
            for (key, value) in context.entries() {
                variables.insert(key.clone(), value.clone());
            }
        }
        if let Some(input) = &self.input {
            variables.insert(input_name, input::json("--input", input)?);
        }
        variables.build().map_err(|error| anyhow!("--context: {}", error.message))
    }
}

/// A seed that nobody has chosen.
pub(crate) fn fresh_seed() -> Seed {
    Seed::from_bits(rand::random())
}

/// The class of a fault and what to say of it, in one line.
fn describe(fault: &Fault) -> (&'static str, String) {
    match fault {
        Fault::Thrown { kind, message, .. } => (kind.name(), message.to_string()),
        Fault::Compile(diagnostics) => {
            let is_limit = |diagnostic: &&Diagnostic| diagnostic.code == "too-deep";
            let limit = diagnostics.iter().find(is_limit);
            let Some(diagnostic) = limit.or(diagnostics.first()) else {
                return ("SyntaxError", "the expression does not compile".to_owned());
            };
            let kind = if limit.is_some() { "LimitError" } else { "SyntaxError" };
            let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            (kind, format!("{}{help}", diagnostic.title))
        }
    }
}

/// `{"kind":…,"message":…}`
fn error_json(kind: &str, message: &str) -> String {
    let mut quoted = StrBuilder::new();
    json::quote(&Str::from(message), &mut quoted);
    format!("{{\"kind\":\"{kind}\",\"message\":{}}}", quoted.into_text())
}
