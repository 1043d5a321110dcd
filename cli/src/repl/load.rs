//! `:load`: an ensemble's names, with what a run made of them.

use std::io;
use std::path::Path;

use segue::value::{ObjectBuilder, Str, Value};

use super::interpreter::{Done, Interpreter};
use crate::exit::Failure;
use crate::output::{BAD, Output};
use crate::run::{one, setup};

/// Runs the ensemble in a file once, with the session's `input`, `env` and seed, and declares `input`, `agents` and
/// each agent.
pub(super) fn load(interpreter: &mut Interpreter, file: &str, out: &mut Output) -> io::Result<Done> {
    let ensemble = match setup::load(Path::new(file), &setup::Source::default(), out) {
        Ok(Ok(ensemble)) => ensemble,
        Ok(Err(_)) => return Ok(Done::Failed),
        Err(Failure::Output(error)) => return Err(error),
        Err(Failure::ClosedPipe) => return Err(io::ErrorKind::BrokenPipe.into()),
        Err(Failure::Refused(refusal)) => return interpreter.refuse(&refusal.message, out),
        Err(Failure::Usage(error)) => return interpreter.refuse(&format!("{error:#}"), out),
    };
    let input = interpreter.context().get_str("input").cloned();
    let input = input.unwrap_or_else(|| segue::value::Object::empty().into());
    let mut builder = ensemble.run(input.clone()).seed(interpreter.seed());
    for (name, value) in interpreter.env() {
        builder = builder.env(name.as_str(), value.as_str());
    }
    let ended = match one::to_end(builder, &ensemble, out) {
        Ok((Ok(ended), _)) => ended,
        Ok((Err(error), _)) => return interpreter.refuse(&error.to_string(), out),
        Err(error) => return interpreter.refuse(&format!("{error:#}"), out),
    };
    if interpreter.is_interactive() {
        one::tell(&ended, out)?;
    } else if let Some(error) = ended.error() {
        out.note(BAD, "error", &format!("{}: {error}", ended.ensemble().name()))?;
    }
    let declared = || -> Result<Vec<(String, Value)>, Box<str>> {
        let mut agents = ObjectBuilder::new();
        let mut declared = vec![("input".to_owned(), input)];
        for (name, state) in ended.agents() {
            let state = state.to_value().map_err(|thrown| thrown.message)?;
            agents.insert(Str::from(name), state.clone());
            declared.push((name.to_owned(), state));
        }
        let agents = agents.build().map_err(|thrown| thrown.message)?;
        declared.push(("agents".to_owned(), agents.into()));
        Ok(declared)
    };
    let set = declared().and_then(|declared| {
        declared.into_iter().try_for_each(|(name, value)| interpreter.set(&name, value))
    });
    match set {
        Ok(()) if ended.is_ok() => Ok(Done::Well),
        Ok(()) => Ok(Done::Failed),
        Err(message) => interpreter.refuse(&message, out),
    }
}
