//! Generated expressions with the answers that V8 gave, recorded by `scripts/record.mjs`; no node is needed here.
//!
//! The script also asks for fresh ones, by the variables `SEGUE_SEED`, `SEGUE_COUNT` and `SEGUE_RECORDED`.

use std::borrow::Cow;

use segue::value::Value;

#[allow(dead_code, reason = "the checks of parsing are for others")]
mod checks;
mod generator;
mod oracle;

use checks::{evaluating, show};
use generator::{Dialect, choices, expression};

const RECORDED: &str = include_str!("recorded/expressions.jsonl");

/// The seed of the first recorded expression; each next one has the next.
const FIRST_SEED: u64 = 1;

#[test]
fn what_v8_gave_is_what_we_give() {
    let recorded = match std::env::var_os("SEGUE_RECORDED") {
        Some(path) => Cow::Owned(std::fs::read_to_string(path).expect("the script has written the answers")),
        None => Cow::Borrowed(RECORDED),
    };
    let mut different = Vec::new();
    let mut count = 0;
    for line in recorded.lines().skip(1) {
        let Ok(Value::Object(record)) = Value::from_json(line) else { panic!("no record: {line}") };
        let text = |key: &str| match record.get_str(key) {
            Some(Value::String(text)) => text.to_text().into_owned(),
            _ => panic!("no {key}: {line}"),
        };
        let (expr, v8) = (text("expr"), text("v8"));
        count += 1;
        // A limit of ours is no answer.
        let Some(answer) = evaluating::check(&expr) else { continue };
        if answer != v8 {
            different.push(format!("{expr}\n  V8 gives  {v8}\n  we give   {answer}"));
        }
    }
    assert!(different.is_empty(), "{} of {count}:\n{}", different.len(), different.join("\n"));
    assert!(count >= 300, "only {count} expressions are recorded");
}

/// Prints the expressions to be recorded, as `scripts/record.mjs` reads them.
#[test]
#[ignore = "prints what is to be recorded"]
fn print_expressions() {
    println!("{{\"input\":{}}}", evaluating::INPUT);
    let asked = |name: &str, usual: u64| match std::env::var(name) {
        Ok(number) => number.parse().expect("it is a number"),
        Err(_) => usual,
    };
    let (first, count) = (asked("SEGUE_SEED", FIRST_SEED), asked("SEGUE_COUNT", 600));
    for seed in first..first + count {
        let text = Value::from(expression(&choices(seed, 120), Dialect::JavaScript));
        println!("{{\"expr\":{}}}", show::show(&text));
    }
}
