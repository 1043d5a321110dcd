//! Regular expressions: ECMAScript's, bounded.
//!
//! A pattern is read (`parse`), turned into instructions (`compile`) and matched by backtracking whose choices
//! lie on the heap and whose steps are paid for (`matcher`). Where neither back-references nor look-arounds are in
//! it, the matcher remembers at which places it has failed once that pays (`find`), and is linear in the text.

mod charset;
mod class;
mod compile;
mod escape;
mod find;
mod flags;
mod input;
mod matcher;
mod methods;
mod names;
mod parse;
mod program;
mod tree;
mod unicode;

pub(super) use find::Finder;
pub(super) use input::Subject;
pub(super) use methods::{METHODS, result_of};
pub(super) use program::Program;

use crate::value::{Regex, Str, Thrown};
use flags::Flags;

/// Whether `/pattern/flags` is a regular expression.
///
/// # Errors
/// What is wrong, in V8's words: `Invalid regular expression: /(/: Unterminated group`.
pub fn validate(pattern: &str, flags: &str) -> Result<(), String> {
    compile_text(pattern, flags).map(drop)
}

fn compile_text(pattern: &str, flags: &str) -> Result<Program, String> {
    let Some(read) = Flags::parse(flags) else {
        return Err(String::from("Invalid regular expression flags"));
    };
    let source = if read.by_code_point() {
        pattern.chars().map(u32::from).collect()
    } else {
        pattern.encode_utf16().map(u32::from).collect()
    };
    let compiled = compile_source(source, read);
    compiled.map_err(|fault| format!("Invalid regular expression: /{}/{flags}: {fault}", shortened(pattern)))
}

/// The regular expression without flags whose pattern is `text`, which need not be well-formed.
///
/// # Errors
/// `SyntaxError` where it is none.
pub(super) fn compile_units(text: &Str) -> Result<Program, Thrown> {
    let compiled = compile_source(text.units().map(u32::from).collect(), Flags::default());
    compiled.map_err(|fault| {
        Thrown::syntax(format!("Invalid regular expression: /{}/: {fault}", shortened(&text.to_text())))
    })
}

/// A pattern for a message, cut where it is long.
fn shortened(pattern: &str) -> String {
    const SHOWN: usize = 60;
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &pattern[..end]),
        None => pattern.to_owned(),
    }
}

fn compile_source(source: Vec<u32>, flags: Flags) -> Result<Program, parse::Fault> {
    // Reading, compiling and dropping walk the tree, whose depth is bounded.
    stacker::maybe_grow(1024 * 1024, 8 * 1024 * 1024, || {
        compile::compile(parse::parse(source, flags)?, flags)
    })
}

/// The compiled form of a value, made at the first match.
///
/// # Errors
/// `SyntaxError` where it is none, which the compiler has excluded for literals.
pub(super) fn program_of(regex: &Regex) -> Result<&Program, Thrown> {
    let compiled = regex.compiled(|regex| compile_text(regex.pattern(), regex.flags()));
    match compiled {
        Some(Ok(program)) => Ok(program),
        Some(Err(message)) => Err(Thrown::syntax(message.as_str())),
        None => Err(Thrown::type_error("not a regular expression of this engine")),
    }
}

#[cfg(test)]
mod tests;
