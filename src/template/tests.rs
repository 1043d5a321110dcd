use super::Template;
use crate::compile::{Scope, Undeclared};
use crate::draw::{Seed, Stream};
use crate::value::Value;
use crate::vm::Vm;
use pretty_assertions::assert_eq;

fn scope() -> Scope {
    let mut scope = Scope::new(Undeclared::Refuse);
    scope.variable("input", 0);
    scope.variable("ring-0", 1);
    scope.finish();
    scope
}

fn eval(text: &str) -> Result<Value, String> {
    let template = Template::compile(text, &scope()).map_err(|faults| faults[0].title.clone())?;
    let input = Value::from_json(r#"{"name":"Ada","age":36,"tags":["a","b"],"none":null}"#).expect("JSON");
    let ring = Value::from_json(r#"{"executed":true}"#).expect("JSON");
    let mut stream = Stream::seeded(Seed::default());
    let outcome = template.eval(&mut Vm::default(), &[input, ring], &mut stream.cursor());
    outcome.map_err(|error| format!("{error} at {:?}", error.span.range()))
}

fn json(text: &str) -> String {
    match eval(text) {
        Ok(value) => value.to_json_string(),
        Err(error) => error,
    }
}

#[test]
fn one_hole_keeps_the_type_and_text_around_makes_a_string() {
    for (text, expected) in [
        ("", r#""""#),
        ("plain", r#""plain""#),
        ("${input.age}", "36"),
        ("${input.age}\n", "36"),
        ("${input.age} ", r#""36 ""#),
        ("${input.tags}", r#"["a","b"]"#),
        ("Hi ${input.name}, ${input.age + 1}!", r#""Hi Ada, 37!""#),
        ("${input.name}${input.age}", r#""Ada36""#),
        ("tags: ${input.tags}", r#""tags: [\"a\",\"b\"]""#),
        ("${ring-0.executed}", "true"),
        ("$${input.name} costs $5", r#""${input.name} costs $5""#),
        ("$$${input.name}", r#""$${input.name}""#),
        ("${`a${'}'}b`}", r#""a}b""#),
    ] {
        assert_eq!(json(text), expected, "{text}");
    }
}

#[test]
fn nothing_in_a_text_is_an_error_that_points_at_the_hole() {
    let message = "cannot stand in a text: write `?? ''` for nothing, or another default";
    assert_eq!(json("a ${input.none} b"), format!("TypeError: null {message} at 2..15"));
    assert_eq!(json("a ${1} ${input.what}"), format!("TypeError: undefined {message} at 7..20"));
    assert_eq!(json("${input.none}"), "null");
}

#[test]
fn all_faults_of_a_template_are_told_in_one_go() {
    let faults = Template::compile("${nope} and ${input.x + nada}", &scope()).expect_err("two unknown names");
    let places: Vec<_> = faults.iter().map(|fault| (fault.code, fault.span().range())).collect();
    assert_eq!(places, [("unknown-name", 2..6), ("unknown-name", 24..28)]);
}
