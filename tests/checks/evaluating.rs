//! Evaluating: the compiler with the machine, and a plain walk over the tree, agree.
//!
//! The compiler folds, resolves and shares; the walk does none of it. That they agree says that folding changes
//! nothing.

use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::syntax::parse;
use segue::value::{ErrorKind, Value};
use segue::vm::{Limits, Vm};

use crate::oracle::Oracle;
use crate::show::show;

/// What the checked expressions can name.
pub(crate) const INPUT: &str =
    r#"{"a":{"b":[1,2,3],"c":null},"n":5,"s":"segue","xs":[3,1,2],"t":true,"e":{},"f":0.5}"#;

/// Evaluates `text` both ways, and panics where they differ; what it gives, or `None` where a limit came first.
pub(crate) fn check(text: &str) -> Option<String> {
    let input = Value::from_json(INPUT).expect("it is JSON");
    let variables = [("input", input.clone()), ("a-b", Value::Number(7.0)), ("a", Value::Number(1.0))];
    let mut scope = Scope::new(Undeclared::Throw);
    for (slot, (name, _)) in (0..).zip(&variables) {
        scope.variable(name, slot);
    }
    scope.finish();
    let Ok(expr) = parse(text, scope.declared()) else { return Some("SyntaxError".to_owned()) };
    let Ok(program) = compile(&expr, text, &scope) else { return Some("SyntaxError".to_owned()) };
    let slots = variables.each_ref().map(|(_, value)| value.clone());

    let mut limits = Limits::default();
    limits.fuel = 200_000;
    limits.memory = 4 << 20;
    limits.calls = 100;
    let mut stream = Stream::seeded(Seed::default());
    let compiled = match Vm::new(limits).run(&program, &slots, &mut stream.cursor()) {
        Ok(value) => show(&value),
        Err(error) if is_limit(error.kind, &error.message) => return None,
        Err(error) => error.kind.name().to_owned(),
    };

    let mut stream = Stream::seeded(Seed::default());
    let mut cursor = stream.cursor();
    let walked = match Oracle::new(text, &variables, &mut cursor, 2_000_000, 200).evaluate(&expr) {
        Ok(value) => show(&value),
        Err(thrown) if is_limit(thrown.kind, &thrown.message) => return None,
        Err(thrown) => thrown.kind.name().to_owned(),
    };
    assert_eq!(compiled, walked, "`{text}` compiled, and walked");
    Some(compiled)
}

/// Limits come at different places; so does the deepest call, which JavaScript reports as its own.
fn is_limit(kind: ErrorKind, message: &str) -> bool {
    kind == ErrorKind::Limit || message.starts_with("Maximum call stack")
}
