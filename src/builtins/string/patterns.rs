//! The methods that take a regular expression, or a text in its place.

use super::{replace, split};
use crate::builtins::regex::{Finder, Program, Subject, compile_units, program_of, result_of};
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::to_string;
use crate::value::{Array, Str, Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::StringPatterns,
    [
        function("String.prototype.match", 1, "pattern", match_method)
            .spec("sec-string.prototype.match")
            .about("the first match with its groups, with the flag `g` all matches; null if there is none")
            .example("'a1b22'.match(/\\d+/g)", "['1', '22']"),
        function("String.prototype.matchAll", 1, "pattern", match_all)
            .spec("sec-string.prototype.matchall")
            .about("all matches with their groups, as an array")
            .example("[...'a1b2'.matchAll(/[a-z](\\d)/g)].map(m => m[1])", "['1', '2']"),
        function("String.prototype.search", 1, "pattern", search)
            .spec("sec-string.prototype.search")
            .about("where the pattern first matches, or -1")
            .example("'ab1'.search(/\\d/)", "2"),
        function("String.prototype.replace", 2, "pattern, replacement", replace::first)
            .spec("sec-string.prototype.replace")
            .about("it with the first match replaced, with the flag `g` all; by a text with `$1` and kin, or a function")
            .example("'a-b'.replace(/(\\w)-(\\w)/, '$2-$1')", "'b-a'"),
        function("String.prototype.replaceAll", 2, "pattern, replacement", replace::all)
            .spec("sec-string.prototype.replaceall")
            .about("it with all matches replaced")
            .example("'a.b.c'.replaceAll('.', '-')", "'a-b-c'"),
        function("String.prototype.split", 2, "separator, limit?", split::split)
            .spec("sec-string.prototype.split")
            .about("the parts between separators, at most so many")
            .example("'a, b'.split(', ')", "['a', 'b']"),
    ],
);

/// A regular expression that is given, or made for one call.
enum Pattern<'c> {
    Given(&'c Program),
    Made(Box<Program>),
}

impl std::ops::Deref for Pattern<'_> {
    type Target = Program;

    fn deref(&self) -> &Program {
        match self {
            Self::Given(program) => program,
            Self::Made(program) => program,
        }
    }
}

/// The regular expression that an argument is, or that is made from its text.
fn pattern<'c>(call: &mut Call<'c>) -> Result<Pattern<'c>, Thrown> {
    let text = match call.argument(0) {
        Value::Regex(regex) => return program_of(regex).map(Pattern::Given),
        Value::Undefined => Str::EMPTY,
        given => to_string(given, call.host)?,
    };
    // An instruction a unit, and more where it nests; V8 compiles it anew each time too.
    call.charge(text.len() * 4)?;
    call.allocate(text.len() * 64)?;
    compile_units(&text).map(|program| Pattern::Made(Box::new(program)))
}

fn match_method(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.match")?;
    let program = pattern(call)?;
    let subject = Subject::new(&text, call.host)?;
    let mut finder = Finder::new(&program, &subject);
    if !program.flags.is_global {
        return match finder.find(0, call.host)? {
            true => result_of(&program, &finder, &subject, call.host),
            false => Ok(Value::Null),
        };
    }
    let mut matches = Vec::new();
    let mut from = 0;
    while from <= subject.len() && finder.find(from, call.host)? {
        let (start, end) = finder.span();
        call.allocate_items(1)?;
        call.allocate(end - start)?;
        matches.push(Value::String(subject.slice(start, end)));
        from = finder.next_start();
    }
    if matches.is_empty() { Ok(Value::Null) } else { Array::new(matches).map(Value::Array) }
}

fn match_all(call: &mut Call<'_>) -> Outcome {
    const NAME: &str = "String.prototype.matchAll";
    let text = call.this_string(NAME)?;
    require_global(call, NAME)?;
    let program = pattern(call)?;
    let subject = Subject::new(&text, call.host)?;
    let mut finder = Finder::new(&program, &subject);
    let mut matches = Vec::new();
    let mut from = 0;
    while from <= subject.len() && finder.find(from, call.host)? {
        matches.push(result_of(&program, &finder, &subject, call.host)?);
        from = finder.next_start();
    }
    Array::new(matches).map(Value::Array)
}

/// `matchAll` and `replaceAll` want the flag `g`.
pub(super) fn require_global(call: &Call<'_>, name: &str) -> Result<(), Thrown> {
    match call.argument(0) {
        Value::Regex(regex) if !regex.flags().contains('g') => {
            Err(Thrown::type_error(format!("{name} called with a non-global RegExp argument")))
        }
        _ => Ok(()),
    }
}

fn search(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.search")?;
    let program = pattern(call)?;
    let subject = Subject::new(&text, call.host)?;
    let mut finder = Finder::new(&program, &subject);
    let found = finder.find(0, call.host)?;
    Ok(Value::Number(if found { finder.span().0 as f64 } else { -1.0 }))
}
