//! What a line asks for.

use segue::syntax;
use segue::value::Object;

use crate::eval::session::scope_of;

/// A command: what is typed, what follows it, what it does.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) argument: &'static str,
    pub(super) about: &'static str,
    command: Command,
}

/// What is to be done with the rest of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Eval,
    All,
    Let,
    Load,
    Time,
    Ast,
    Bytecode,
    Seed,
    Env,
    Help,
    Quit,
}

const fn row(name: &'static str, argument: &'static str, command: Command, about: &'static str) -> Row {
    Row { name, argument, about, command }
}

/// All commands: `:help` and completion are made from this.
pub(super) const COMMANDS: &[Row] = &[
    row(":let", "NAME = EXPR", Command::Let, "gives a value a name; `_` is the last result"),
    row(":load", "FILE", Command::Load, "runs an ensemble, and declares its agents with what became of them"),
    row(":all", "EXPR", Command::All, "prints the whole result, however long"),
    row(":time", "EXPR", Command::Time, "tells how long compiling and evaluating takes"),
    row(":ast", "EXPR", Command::Ast, "shows how it is read"),
    row(":bytecode", "EXPR", Command::Bytecode, "shows what it is compiled to"),
    row(":seed", "N", Command::Seed, "starts the draws again from a seed"),
    row(":env", "NAME=VALUE", Command::Env, "sets a variable of `env`"),
    row(":help", "", Command::Help, "shows this"),
    row(":quit", "", Command::Quit, "ends, as Ctrl-D does"),
];

/// The command of a text, and what follows it; the first word if that is no command.
pub(super) fn parse(text: &str) -> Result<(Command, &str), &str> {
    let text = text.trim();
    if !text.starts_with(':') {
        return Ok((Command::Eval, text));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let found = COMMANDS.iter().find(|row| row.name == word);
    found.map(|row| (row.command, rest.trim_start())).ok_or(word)
}

/// Whether the text is to be continued on the next line.
pub(super) fn is_open(text: &str, context: &Object) -> bool {
    let expression = match parse(text) {
        Ok((Command::Let, rest)) => rest.split_once('=').map_or("", |(_, expression)| expression),
        Ok((Command::Eval | Command::All | Command::Time | Command::Ast | Command::Bytecode, rest)) => rest,
        Ok(_) | Err(_) => return false,
    };
    syntax::is_open(expression, scope_of(context).declared())
}

/// The texts of `NAME = EXPR`.
pub(super) fn binding(text: &str) -> Option<(&str, &str)> {
    let (name, expression) = text.split_once('=')?;
    let (name, expression) = (name.trim(), expression.trim());
    let is_one = !name.is_empty() && !expression.is_empty() && !expression.starts_with(['=', '>']);
    is_one.then_some((name, expression))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn commands_begin_with_a_colon() {
        for (text, expected) in [
            ("1 + 1", Ok((Command::Eval, "1 + 1"))),
            ("  :ast  a ", Ok((Command::Ast, "a"))),
            (":quit", Ok((Command::Quit, ""))),
            (":asta", Err(":asta")),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn only_what_holds_an_expression_is_continued() {
        for (text, expected) in [
            ("[1,\n", true),
            (":let a = [\n", true),
            (":time f(", true),
            (":load (", false),
            (":seed [", false),
        ] {
            assert_eq!(is_open(text, &Object::empty()), expected, "{text}");
        }
    }

    #[test]
    fn a_binding_is_no_comparison() {
        assert_eq!(binding("a-b = c == d"), Some(("a-b", "c == d")));
        for text in ["a == b", "a", "= 1", "a =", "x => x"] {
            assert_eq!(binding(text), None, "{text}");
        }
    }
}
