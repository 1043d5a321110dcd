//! The engine against recorded answers of V8 (node 20), and its limits.

use super::*;
use crate::value::json::Unmetered;
use crate::value::{ErrorKind, Meter, Str, Value};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// One `[pattern, flags, text, answer]` a line; the answer is null, or where each group matched, or what is wrong.
const RECORDED: &str = include_str!("recorded.jsonl");

/// What the engine answers, written as in the table.
fn answer(pattern: &str, flags: &str, text: &Str, meter: &mut dyn Meter) -> Result<String, Thrown> {
    answer_with(Patience::With, pattern, flags, text, meter)
}

/// Whether failures are remembered once that pays, or at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    With,
    Without,
}

fn answer_with(
    patience: Patience,
    pattern: &str,
    flags: &str,
    text: &Str,
    meter: &mut dyn Meter,
) -> Result<String, Thrown> {
    let program = match compile_text(pattern, flags) {
        Ok(program) => program,
        Err(message) => {
            let cause = message.rsplit(": ").next().unwrap_or_default();
            return Ok(format!("{{\"error\":{}}}", Value::from(cause).to_json_string()));
        }
    };
    let subject = Subject::new(text, meter)?;
    let mut finder = Finder::new(&program, &subject);
    if patience == Patience::Without {
        finder = finder.impatient();
    }
    if !finder.find(0, meter)? {
        return Ok(String::from("null"));
    }
    let group = |number| match finder.group(number) {
        Some((start, end)) => format!("[{start},{end}]"),
        None => String::from("null"),
    };
    Ok(format!("[{}]", (0..program.groups).map(group).collect::<Vec<_>>().join(",")))
}

fn disagreements(table: &str, patience: Patience) -> Vec<String> {
    let mut found = Vec::new();
    for line in table.lines() {
        let Ok(Value::Array(row)) = Value::from_json(line) else { panic!("a row: {line}") };
        let [Value::String(pattern), Value::String(flags), Value::String(text), expected] = row.items()
        else {
            panic!("a row of four: {line}")
        };
        let (pattern, flags) = (pattern.to_text(), flags.to_text());
        let answer = answer_with(patience, &pattern, &flags, text, &mut Unmetered);
        let answer = answer.unwrap_or_else(|thrown| thrown.to_string());
        if answer != expected.to_json_string() {
            found.push(format!("{line}\n    {answer}"));
        }
    }
    found
}

#[test]
fn the_engine_agrees_with_v8() {
    assert_eq!(disagreements(RECORDED, Patience::With), Vec::<String>::new());
}

/// Pays up to bounds, and counts.
struct Purse {
    fuel: usize,
    memory: usize,
}

impl Meter for Purse {
    fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.fuel = self.fuel.checked_sub(units).ok_or_else(|| Thrown::limit("no fuel"))?;
        Ok(())
    }

    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.memory = self.memory.checked_sub(bytes).ok_or_else(|| Thrown::limit("no memory"))?;
        Ok(())
    }
}

/// The answer, and the fuel that it took.
fn costly(pattern: &str, text: &str) -> (Result<String, ErrorKind>, usize) {
    let mut purse = Purse { fuel: 1_000_000, memory: 64 << 20 };
    let answer = answer(pattern, "", &Str::from(text), &mut purse).map_err(|thrown| thrown.kind);
    (answer, 1_000_000 - purse.fuel)
}

#[test]
fn patterns_that_explode_elsewhere_are_linear() {
    let patterns = [
        "(a+)+b",
        "(a*)*b",
        "(?:a|aa)+b",
        "(a|a?)+b",
        "(.*a){12}b",
        "a?a?a?a?a?a?a?a?a?a?a?a?b",
        "(x+x+)+y|(?:a*?)*?b",
    ];
    for pattern in patterns {
        let (short, cost) = costly(pattern, &"a".repeat(1_000));
        let (long, double) = costly(pattern, &"a".repeat(2_000));
        assert_eq!((short, long), (Ok("null".into()), Ok("null".into())), "{pattern}");
        assert!(double < cost * 3, "{pattern}: {cost} for 1,000 units, {double} for 2,000");
    }
}

#[test]
fn remembering_failures_changes_no_answer() {
    assert_eq!(disagreements(RECORDED, Patience::Without), Vec::<String>::new());
}

#[test]
fn back_references_and_look_arounds_stop_at_the_limit() {
    for pattern in [r"(a+)+\1b", r"(?=(a+)+b)", r"(?:(?=a)a|aa)+b", r"((a{0,60}){0,60}){0,60}b"] {
        let (answer, cost) = costly(pattern, &"a".repeat(60));
        assert!(
            answer == Err(ErrorKind::Limit) || answer == Ok("null".into()),
            "{pattern}: {answer:?}, {cost}"
        );
    }
    // Many choices are memory.
    let mut purse = Purse { fuel: usize::MAX, memory: 10_000 };
    let text = Str::from("ab".repeat(5_000));
    let thrown = answer("[ab]*?$", "", &text, &mut purse).map_err(|thrown| thrown.kind);
    assert_eq!(thrown, Ok("[[0,10000]]".into()));
    let thrown = answer("(?:a|b)*$", "", &text, &mut purse).map_err(|thrown| thrown.kind);
    assert_eq!(thrown, Err(ErrorKind::Limit));
}

#[test]
fn patterns_too_large_or_too_deep_are_errors() {
    let nested = |times: usize| compile_text(&("(?:".repeat(times) + &")".repeat(times)), "").map(drop);
    assert_eq!(nested(900), Ok(()));
    assert!(nested(5_000).is_err_and(|message| message.ends_with("Regular expression too large")));
    let classes = |times: usize| compile_text(&("[".repeat(times) + &"]".repeat(times)), "v").map(drop);
    assert_eq!(classes(900), Ok(()));
    assert!(classes(5_000).is_err());
    assert!(compile_text(&"()".repeat(40_000), "").is_err());
    // Nested repetitions multiply: they are counted, not written out.
    let nested = (0..200).fold(String::from("a"), |inner, _| format!("(?:{inner}){{9}}"));
    assert!(compile_text(&nested, "").is_ok_and(|program| program.code.len() < 10_000));
}

#[test]
fn messages_are_those_of_v8() {
    assert_eq!(validate("(", "u"), Err("Invalid regular expression: /(/u: Unterminated group".into()));
    assert_eq!(validate("a", "gg"), Err("Invalid regular expression flags".into()));
    assert_eq!(validate("a", "uv"), Err("Invalid regular expression flags".into()));
    assert_eq!(validate("(?<year>\\d{4})-(?<month>\\d\\d)", "dgimsuy"), Ok(()));
}

#[test]
fn what_is_compiled_is_shared_by_the_values_of_a_literal() {
    let regex = Regex::new("a+", "i");
    let other = regex.fresh();
    assert!(!regex.is_same(&other));
    let (first, second) = (program_of(&regex), program_of(&other));
    assert!(first.is_ok_and(|first| second.is_ok_and(|second| std::ptr::eq(first, second))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_pattern_panics(
        pattern in r"([ab(){}\[\]|?*+.^$\\&<>=!:,\-0-9dwWsbBkpPuxcq]|\(\?|\(\?<a>|\\k<a>|\{1,2\}|\\p\{L\}|é|😀){0,24}",
        flags in "[gimsy]{0,2}[uv]?",
        units in prop::collection::vec(prop_oneof![0x61_u16..0x64, Just(0xd83d), Just(0xde00), Just(0xe9)], 0..12),
    ) {
        let mut purse = Purse { fuel: 20_000, memory: 1 << 20 };
        let _ = answer(&pattern, &flags, &Str::from_units(&units), &mut purse);
    }
}
