//! No built-in does unbounded work for little fuel.

use super::*;
use pretty_assertions::assert_eq;

/// What a program may do here; the receivers and arguments below are far larger.
const FUEL: usize = 1_000;

fn huge() -> Vec<Value> {
    let mut shared = value("[]");
    for _ in 0..200 {
        shared = Value::Array(Array::new(vec![shared.clone(), shared]).expect("shallow"));
    }
    let mut wide = ObjectBuilder::new();
    (0..10_000).for_each(|at| wide.insert(Str::from(format!("key {at}")), Value::from(1)));
    vec![
        Value::from("ab%41 ".repeat(20_000)),
        Value::from("ü".repeat(50_000)),
        Value::Array(Array::new(vec![Value::from("some text"); 50_000]).expect("shallow")),
        Value::Array(Array::new(vec![value("[\"a\",1]"); 10_000]).expect("shallow")),
        Value::Object(wide.build().expect("shallow")),
        value(r#"{"length":1e9}"#),
        Value::Number(1e9),
        shared,
    ]
}

/// How much of a result is new: what can be reached from it, up to a bound, without what went in.
fn size(value: &Value, given: &[Value]) -> usize {
    let is_given = |value: &Value| given.iter().any(|given| crate::value::equality::same_value(given, value));
    match value {
        value if is_given(value) => 0,
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        Value::String(text) => text.byte_len() / 32,
        _ => 1,
    }
}

#[test]
fn every_row_pays_before_it_works() {
    let huge = huge();
    let small = value("1");
    let keeps = arrow(|arguments| Ok(arguments.first().cloned().unwrap_or_default()));
    for row in rows().filter(|row| matches!(row.run, Run::Function(_))) {
        for big in &huge {
            for arguments in [
                vec![],
                vec![big.clone()],
                vec![big.clone(), big.clone()],
                vec![keeps.clone()],
                vec![big.clone(), keeps.clone()],
                vec![Value::Number(1e9), big.clone()],
                vec![Value::Number(f64::INFINITY)],
            ] {
                for this in [big, &small] {
                    let mut host = TestHost { fuel: FUEL };
                    match call(&row.native, this, &arguments, &mut host) {
                        Ok(result) => {
                            let given = [huge.as_slice(), &arguments].concat();
                            let size = size(&result, &given);
                            assert!(size <= FUEL, "{} made {size} for {FUEL}", row.native.name);
                        }
                        Err(thrown) => {
                            assert!(thrown.kind != ErrorKind::Reference, "{}: {thrown}", row.native.name)
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn known_traps_are_limits() {
    let limited = |name: &str, this: &Value, arguments: &[Value]| {
        let result = call(native(name), this, arguments, &mut TestHost { fuel: FUEL });
        assert_eq!(result.expect_err(name).kind, ErrorKind::Limit, "{name}");
    };
    let huge = huge();
    let shared = &huge[7];
    limited("Array.prototype.flat", shared, &[Value::Number(f64::INFINITY)]);
    limited("Array.prototype.join", shared, &[]);
    limited("JSON.stringify", &Value::Undefined, std::slice::from_ref(shared));
    limited("Array.from", &Value::Undefined, &[value(r#"{"length":1e9}"#)]);
    limited("Array", &Value::Undefined, &[Value::Number(1e9)]);
    limited("Array.prototype.concat", &value("[]"), &[huge[2].clone()]);
    limited("Array.prototype.includes", &huge[2], &[Value::Null]);
    limited("Array.prototype.sort", &huge[2], &[]);
    limited("encodeURIComponent", &Value::Undefined, &[huge[1].clone()]);
    limited("Object.keys", &Value::Undefined, &[huge[4].clone()]);
    // On the other side of the limit.
    let result =
        call(native("Array.prototype.concat"), &value("[]"), &[value("[1]")], &mut TestHost { fuel: 10 });
    assert_eq!(outcome(result), "[1]");
}
