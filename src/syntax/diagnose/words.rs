//! Words of other languages, and those that JavaScript has and an expression has not.

use super::Place;
use crate::syntax::Diagnostic;
use crate::syntax::token::Token;

/// Words that other languages put between two values, and how to write it here.
const OPERATORS: &[(&str, &str)] = &[
    ("and", "`&&`"),
    ("or", "`||`"),
    ("xor", "`!==` between two booleans"),
    ("is", "`===`"),
    ("equals", "`===`"),
    ("eq", "`===`"),
    ("ne", "`!==`"),
    ("neq", "`!==`"),
    ("lt", "`<`"),
    ("gt", "`>`"),
    ("le", "`<=`"),
    ("lte", "`<=`"),
    ("ge", "`>=`"),
    ("gte", "`>=`"),
    ("mod", "`%`"),
    ("div", "`Math.trunc(a / b)`"),
    ("contains", "`a.includes(b)`"),
    ("includes", "`a.includes(b)`"),
    ("matches", "`/pattern/.test(a)`"),
    ("between", "`low <= a && a <= high`"),
    ("like", "`/pattern/.test(a)`"),
    ("not", "`!(a in b)`, or `!b.includes(a)` for a list"),
    ("then", "`condition ? value : other value`"),
    ("elif", "`condition ? value : other value`"),
    ("elsif", "`condition ? value : other value`"),
    ("unless", "`condition ? value : other value`"),
    ("for", "`list.map(x => …)`"),
    ("as", "the value alone; there are no types"),
    ("instanceof", "`typeof a === 'string'`, or `Array.isArray(a)`"),
];

/// A word that stands where an operator was due.
pub(super) fn in_operator_place(place: &Place<'_>) -> Option<Diagnostic> {
    let word = place.word(0);
    let lower = word.to_ascii_lowercase();
    // What stands before may be the word that makes no sense: `not x`, `new Date`, `let x`.
    if place.token(-1) == Some(Token::Reserved) {
        return None;
    }
    if lower == "if" || lower == "else" {
        return Some(
            place
                .error("word-operator", format!("`{word}` is no operator"))
                .help("write `condition ? value : other value`"),
        );
    }
    if lower == "is" && place.word(1).eq_ignore_ascii_case("not") {
        let span = place.here().to(place.span(place.at + 1));
        let title = format!("`{word} {}` is no operator", place.word(1));
        return Some(Diagnostic::error("word-operator", title, span).help("write `!==`"));
    }
    let (_, mend) = OPERATORS.iter().find(|(name, _)| *name == lower)?;
    // `a contains b` is a mistake, `a contains` is one of another kind.
    if word != lower && word != lower.to_uppercase() {
        return None;
    }
    Some(place.error("word-operator", format!("`{word}` is no operator")).help(format!("write {mend}")))
}

/// A reserved word that stands where a value was due.
pub(super) fn in_operand_place(place: &Place<'_>) -> Diagnostic {
    let word = place.quoted(0);
    if place.token(0) == Some(Token::EscapedReserved) {
        return place
            .error("reserved-word", format!("`{word}` is a reserved word, escapes or not"))
            .help("choose another name, or reach it as a member: `input['…']`");
    }
    let (title, help) = match &*word {
        "if" | "else" | "switch" | "case" => (
            format!("there are no statements: `{word}`"),
            "write `condition ? value : other value`".to_owned(),
        ),
        "for" | "while" | "do" => (
            format!("there are no loops: `{word}`"),
            "write `list.map(x => …)`, `list.filter(x => …)` or `list.reduce((a, x) => …, start)`".to_owned(),
        ),
        "function" => ("functions are written with `=>`".to_owned(), "write `(x) => x + 1`".to_owned()),
        "return" => (
            "there is nothing to return from".to_owned(),
            "write the value alone; a function's body is its value: `x => x + 1`".to_owned(),
        ),
        "var" | "let" | "const" => (
            format!("there are no variables to declare: `{word}`"),
            "write the expression itself, or name a part of it by a function: `(x => x + x)(value)`"
                .to_owned(),
        ),
        "new" => created(place),
        "class" | "extends" | "super" | "static" => {
            (format!("there are no classes: `{word}`"), "write an object: `{ a: 1 }`".to_owned())
        }
        "this" => (
            "there is no `this`".to_owned(),
            "name what is meant: `input` is the data that the expression reads".to_owned(),
        ),
        "delete" => (
            "nothing can be deleted: values never change here".to_owned(),
            "for an object without a property write `(({ unwanted, ...rest }) => rest)(object)`".to_owned(),
        ),
        "throw" | "try" | "catch" | "finally" => (
            format!("errors are neither thrown nor caught here: `{word}`"),
            "for a value that may be missing write `a?.b ?? other value`; in an ensemble `fail('why')` throws".to_owned(),
        ),
        "async" | "await" | "yield" => {
            (format!("nothing waits here: `{word}`"), "write the value alone".to_owned())
        }
        "import" | "export" => (
            "there are no modules".to_owned(),
            "`Math`, `JSON` and kin are there without an import".to_owned(),
        ),
        "instanceof" => (
            "a value is missing before `instanceof`".to_owned(),
            "write `typeof a === 'string'`, or `Array.isArray(a)`".to_owned(),
        ),
        _ => (
            format!("`{word}` is a reserved word"),
            format!("choose another name; a member may be called so: `input.{word}`"),
        ),
    };
    place.error("reserved-word", title).help(help)
}

/// What to write for `new Thing()`.
fn created(place: &Place<'_>) -> (String, String) {
    let help = match place.word(1) {
        "Date" => "pass the time in as data: `input.now`; a run must give the same each time",
        "Array" => "write `[1, 2, 3]`, or `Array.from({ length: 3 }, (_, i) => i)`",
        "Object" | "Map" => "write `{ key: value }`",
        "Set" => "write `list.filter((x, i) => list.indexOf(x) === i)` for each element once",
        "RegExp" => "write `/pattern/flags`",
        "String" | "Number" | "Boolean" => "leave out `new`",
        "Error" => "for a value that may be missing write `a?.b ?? other value`",
        _ => "write the value itself: `[…]`, `{ … }`, `'…'`",
    };
    ("nothing can be created with `new`".to_owned(), help.to_owned())
}
