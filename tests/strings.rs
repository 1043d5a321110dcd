//! Strings and regular expressions in expressions, against what node 20 answered, and their limits.

use pretty_assertions::assert_eq;
use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::syntax::parse;
use segue::value::{ErrorKind, Object, Value};
use segue::vm::{EvalError, Limits, Vm};

/// One `[expression, {"value": …} or {"error": …}]` a line.
const RECORDED: &str = include_str!("recorded/strings.jsonl");

fn eval(source: &str, limits: Limits) -> Result<Value, EvalError> {
    let mut scope = Scope::new(Undeclared::Throw);
    scope.finish();
    let expr = parse(source, scope.declared()).unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
    let program = compile(&expr, source, &scope).unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
    let mut stream = Stream::seeded(Seed::default());
    Vm::new(limits).run(&program, &[], &mut stream.cursor())
}

/// What a value is, told apart as `Object.is` would, arrays and objects by what they hold.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => match marked(object) {
            Some(number) => number,
            None => {
                let entry = |(key, value): (&segue::value::Str, &Value)| format!("{key}: {}", shown(value));
                format!("{{{}}}", object.entries().map(entry).collect::<Vec<_>>().join(", "))
            }
        },
        Value::Number(number) => format!("{number:?}"),
        Value::Undefined => String::from("undefined"),
        other => other.to_json_string(),
    }
}

/// What JSON cannot say, as it is recorded.
fn marked(object: &Object) -> Option<String> {
    if object.get_str("$undefined").is_some() {
        return Some(String::from("undefined"));
    }
    match object.get_str("$num") {
        Some(Value::String(text)) if *text == "-0" => Some(String::from("-0.0")),
        Some(Value::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

#[test]
fn expressions_give_what_v8_gives() {
    let mut faults = Vec::new();
    for line in RECORDED.lines() {
        let Ok(Value::Array(row)) = Value::from_json(line) else { panic!("a row: {line}") };
        let [Value::String(source), Value::Object(answer)] = row.items() else { panic!("a row: {line}") };
        let expected = match (answer.get_str("value"), answer.get_str("error")) {
            (Some(value), _) => shown(value),
            (None, Some(error)) => format!("throws {}", shown(error)),
            (None, None) => panic!("an answer: {line}"),
        };
        let given = match eval(&source.to_text(), Limits::default()) {
            Ok(value) => shown(&value),
            Err(error) => format!("throws {}", Value::from(error.to_string()).to_json_string()),
        };
        if given != expected {
            faults.push(format!("{source} → {given}, not {expected}"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn all_that_grows_is_paid_for_first() {
    let mut limits = Limits::default();
    limits.fuel = 100_000;
    limits.memory = 1 << 20;
    for source in [
        "'a'.repeat(1e8)",
        "'ab'.padEnd(1e8, 'xyz')",
        "''.padStart(1e8, '😀')",
        "'a'.repeat(1e5).replaceAll('a', 'b'.repeat(1e3))",
        "'a'.repeat(1e5).replace(/a/g, '$`')",
        "'a'.repeat(1e5).replace(/a/g, '$&'.repeat(1e3))",
        "'a'.repeat(1e5).split('')",
        "'a'.repeat(1e5).split(/(?:)/)",
        "'a'.repeat(1e5).match(/(?:)/g)",
        "'a'.repeat(1e5).matchAll(/a/g)",
        "'ﷺ'.repeat(1e5).normalize('NFKD')",
        "'ŉ'.repeat(5e5).toUpperCase()",
        "/(a+)+\\1b/.test('a'.repeat(40))",
        "/(?=(a+)+b)/.test('a'.repeat(1e3))",
        "'a'.repeat(1e4).replace(/a(?=a*b)|a/g, '')",
        "'a'.concat('b'.repeat(1e6), 'c'.repeat(1e6))",
        "'a'.repeat(1e5).match('a?'.repeat(1e5))",
    ] {
        let thrown = eval(source, limits.clone()).map(|value| shown(&value).len());
        assert_eq!(thrown.map_err(|error| error.kind), Err(ErrorKind::Limit), "{source}");
    }
    for (source, expected) in
        [("'a'.repeat(1e5).length", "100000.0"), ("/(a+)+b/.test('a'.repeat(26))", "false")]
    {
        assert_eq!(eval(source, limits.clone()).map(|value| shown(&value)), Ok(expected.into()), "{source}");
    }
}

#[test]
fn a_literal_that_is_no_regular_expression_is_found_before_anything_runs() {
    let scope = {
        let mut scope = Scope::new(Undeclared::Throw);
        scope.finish();
        scope
    };
    for (source, title) in [
        ("false && /(/", "invalid regular expression: /(/: Unterminated group"),
        ("/[b-a]/u.test('x')", "invalid regular expression: /[b-a]/u: Range out of order in character class"),
    ] {
        let expr = parse(source, scope.declared()).unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
        let faults = compile(&expr, source, &scope).expect_err(source);
        assert_eq!(faults[0].title, title);
    }
}
