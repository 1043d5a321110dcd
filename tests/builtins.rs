//! The examples of the built-ins' table are evaluated.

use pretty_assertions::assert_eq;
use segue::builtins::{self, Methods, Place, Run};
use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::syntax::parse;
use segue::value::Value;
use segue::vm::{Limits, Vm};

fn eval(source: &str) -> Result<Value, String> {
    let mut scope = Scope::new(Undeclared::Throw);
    scope.finish();
    let expr = parse(source, scope.declared()).map_err(|faults| faults[0].title.to_string())?;
    let program = compile(&expr, source, &scope).map_err(|faults| faults[0].title.to_string())?;
    let mut stream = Stream::seeded(Seed::default());
    Vm::new(Limits::default()).run(&program, &[], &mut stream.cursor()).map_err(|error| error.to_string())
}

/// What a value is, told apart as `Object.is` would, arrays and objects by what they hold.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => {
            let entry = |(key, value): (&segue::value::Str, &Value)| format!("{key:?}: {}", shown(value));
            format!("{{{}}}", object.entries().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn every_example_gives_what_it_says() {
    let mut faults = Vec::new();
    // What the filters for texts call.
    let has_string_methods = Methods::named("slice").string.is_some();
    for row in builtins::rows() {
        let is_of_texts = ["uppercase", "lowercase", "capitalize", "trim", "split", "slice"];
        if !has_string_methods && row.place() == Place::Filter && is_of_texts.contains(&row.native.name) {
            continue;
        }
        let (source, result) = row.example;
        match (eval(source), eval(result)) {
            (Ok(given), Ok(promised)) if shown(&given) == shown(&promised) => {}
            (given, promised) => faults.push(format!("{source} → {given:?}, not {promised:?}")),
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn default_is_a_reserved_word_but_after_a_bar() {
    let shown_of = |source: &str| eval(source).map(|value| shown(&value));
    assert_eq!(shown_of("undefined | default(7) | string"), shown_of("'7'"));
    assert!(eval("default").is_err_and(|title| title.contains("reserved word")));
    assert!(eval("1 || default").is_err_and(|title| title.contains("reserved word")));
}

#[test]
fn second_names_are_the_very_same_functions() {
    for row in builtins::rows() {
        let Run::SameAs(other) = row.run else { continue };
        if other.contains(".prototype.") {
            continue;
        }
        let claim = eval(&format!("{} === {other}", row.native.name));
        assert_eq!(claim.map(|value| shown(&value)), Ok("Bool(true)".to_owned()), "{other}");
    }
}
