//! What a program is told that called a command wrongly: the same object as for every other refusal.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue};

use crate::excerpt::one_line;
use crate::exit::{Exit, Refusal};

/// The commands whose `--json` has a shape of its own, in which nothing that is called wrongly has a place.
const OLDER: &[&str] = &["run", "check", "eval", "repl", "new"];

/// Whether `--json` was given.
///
/// Arguments that cannot be read have no other way of telling, and one way for all is enough: no option takes a value
/// that begins with `-`.
pub(crate) fn asks_for_json() -> bool {
    asks(&mut std::env::args_os().skip(1))
}

fn asks(arguments: &mut dyn Iterator<Item = OsString>) -> bool {
    arguments.take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

/// Prints a usage error as an object on standard output, where `--json` was given.
pub(crate) fn print_json(error: &clap::Error) {
    let command = std::env::args_os().nth(1);
    let is_older = command.is_some_and(|name| OLDER.iter().any(|older| name == *older));
    if error.exit_code() != 0 && asks_for_json() && !is_older {
        // A reader that has gone away is no error.
        let _ = writeln!(io::stdout(), "{}", refusal(error).to_json());
    }
}

/// The parts of clap's text: what is wrong in its first paragraph, a tip or the usage after it.
fn refusal(error: &clap::Error) -> Refusal {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let message = one_line(message);
    let tip = text.lines().find_map(|line| line.trim().strip_prefix("tip: "));
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => Some(one_line(&usage.to_string())),
        _ => None,
    };
    let help = tip.map(str::to_owned).or(usage);
    Refusal { exit: Exit::Invalid, code: "usage".into(), message, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_after_the_end_of_options_is_a_name() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>().into_iter();
        assert!(asks(&mut words("tag list --json")));
        assert!(!asks(&mut words("tag show -- --json")));
        assert!(!asks(&mut words("tag list --json=x")));
    }
}
