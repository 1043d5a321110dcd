//! What embedding looks like: contexts, names that are missing, types in and out.

use pretty_assertions::assert_eq;

use super::*;
use crate::draw::Seed;
use crate::value::{ErrorKind, Value};

#[test]
fn a_context_is_written_as_javascript_would() {
    let name = "Zoë";
    let value = crate::context! {
        input: { user_id: 42, below: -1.5, "with-hyphen": true, tags: ["a", name, [null]] },
        empty: {},
        sum: 1 + 2,
    };
    let json = r#"{"input":{"user_id":42,"below":-1.5,"with-hyphen":true,"tags":["a","Zoë",[null]]},"empty":{},"sum":3}"#;
    assert_eq!(value.to_json_string(), json);
    assert_eq!(crate::context! {}.to_json_string(), "{}");
}

fn eval(text: &str, context: &Value) -> Result<String, ErrorKind> {
    let expression = Engine::new().compile(text).unwrap_or_else(|error| panic!("{error}"));
    expression.eval_value(context).map(|value| value.to_json_string()).map_err(|error| error.kind)
}

#[test]
fn a_name_that_the_context_lacks_throws_as_in_javascript() {
    let context = context! { a: 1, deep: { b: 2 } };
    assert_eq!(eval("a + deep.b", &context), Ok("3".into()));
    assert_eq!(eval("missing", &context), Err(ErrorKind::Reference));
    assert_eq!(eval("a || missing", &context), Ok("1".into()));
    assert_eq!(eval("typeof missing + typeof a", &context), Ok("\"undefinednumber\"".into()));
    assert_eq!(eval("missing.x?.y", &Value::Null), Err(ErrorKind::Reference));
    assert_eq!(eval("[1, 2].map(a => a * 2)", &context), Ok("[2,4]".into()));
    assert_eq!(eval("({ a: deep }).a.b", &context), Ok("2".into()));
}

#[test]
fn one_expression_takes_contexts_of_any_shape() {
    let expression = Engine::new().compile("typeof x + typeof y").unwrap();
    let told = |context: Value| expression.eval_value(&context).unwrap().to_json_string();
    for _ in 0..2 {
        assert_eq!(told(context! { x: 1, y: "" }), "\"numberstring\"");
        assert_eq!(told(context! { y: 1 }), "\"undefinednumber\"");
        assert_eq!(told(context! { x: true, z: 1 }), "\"booleanundefined\"");
        assert_eq!(told(context! {}), "\"undefinedundefined\"");
    }
    assert_eq!(expression.variables().map(|name| name.to_text()).collect::<Vec<_>>(), ["x", "y"]);
}

#[test]
fn declared_names_may_have_hyphens() {
    let engine = Engine::new();
    let context = context! { "analyzer-stable": { output: 5 } };
    let expression = engine.compile_with("analyzer-stable.output", &["analyzer-stable"]).unwrap();
    assert_eq!(expression.eval_value(&context).unwrap().to_json_string(), "5");
    let template = engine.template_with("it is ${analyzer-stable.output}", &["analyzer-stable"]).unwrap();
    assert_eq!(template.eval_value(&context).unwrap().to_json_string(), "\"it is 5\"");
}

#[test]
fn types_go_in_and_come_out() {
    #[derive(serde::Serialize)]
    struct Request<'r> {
        user: &'r str,
        age: u8,
    }
    let engine = Engine::new();
    let request = Request { user: "ada", age: 36 };
    assert!(engine.compile("age >= 18").unwrap().eval_as::<bool>(&request).unwrap());
    let greeting: String = engine.template("Hi ${user}!").unwrap().eval_as(&request).unwrap();
    assert_eq!(greeting, "Hi ada!");
    let misfit = engine.compile("user").unwrap().eval_as::<u8>(&request);
    assert!(matches!(misfit, Err(Error::Result(_))), "{misfit:?}");
    let thrown = engine.compile("user.x.y").unwrap().eval(&request);
    assert!(matches!(thrown, Err(Error::Eval(_))), "{thrown:?}");
}

#[test]
fn a_seed_replays_an_evaluation() {
    let expression = Engine::new().compile("[Math.random(), Math.random()]").unwrap();
    let draw = |seed| expression.eval_seeded(&Value::Null, Seed::from(seed)).unwrap().to_json_string();
    // docs/draws.md, the row `7 | ordinary`.
    assert_eq!(draw(7), "[0.4738864388124088,0.19063424232428539]");
    assert_eq!(draw(7), draw(7));
    let fresh = || expression.eval_value(&Value::Null).unwrap().to_json_string();
    assert_ne!(fresh(), fresh());
}

#[test]
fn all_that_is_wrong_is_told_with_its_place() {
    let error = Engine::new().compile("1 +").unwrap_err();
    assert_eq!(error.diagnostics.len(), 1);
    assert!(error.to_string().contains("1 +"), "{error}");
    assert!(Engine::new().template("${1 +} and ${(}").is_err());
}

#[cfg(feature = "ensemble")]
#[test]
fn a_function_of_the_host_is_called_from_everywhere() {
    use crate::component::{Components, MemorySource};
    let mut components = Components::new();
    components.add("prompts/p@v1.0.0", "${shout(input.name)} ${input.name | trim}").unwrap();
    let engine = Engine::builder()
        .components(MemorySource::from(components))
        .function("shout", 1, |arguments| {
            let Some(Value::String(text)) = arguments.first() else { return Ok(Value::Undefined) };
            Ok(text.to_text().to_uppercase().into())
        })
        .build();
    let context = context! { name: "ada" };
    assert_eq!(engine.compile("shout(name)").unwrap().eval_as::<String>(&context).unwrap(), "ADA");
    assert_eq!(engine.template("${shout(name)}!").unwrap().eval_as::<String>(&context).unwrap(), "ADA!");
    let text = "
ensemble: e
agents: [{name: a, operation: think, component: prompts/p@v1.0.0}]
output: ${[a.output, shout('x'), ['y'].map(shout)]}
";
    let ensemble = engine.load_str("e.yaml", text).unwrap_or_else(|error| panic!("{error}"));
    let run = ensemble.run(context).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#"["ADA ada","X",["Y"]]"#);
}

#[cfg(feature = "ensemble")]
#[test]
fn a_typed_function_takes_what_its_signature_says_and_nothing_else() {
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Point {
        x: f64,
        y: f64,
    }
    let engine = Engine::builder()
        .typed_function("now", || 7_u32)
        .typed_function("mirror", |point: Point| Point { x: point.y, y: point.x })
        .typed_function("join", |items: Vec<String>, by: Option<String>| items.join(&by.unwrap_or_default()))
        .typed_function("sum", |a: i64, b: i64, c: i64, d: i64, e: i64, f: i64| a + b + c + d + e + f)
        .fallible_function("half", |number: i64| match number % 2 {
            0 => Ok(number / 2),
            _ => Err(format!("{number} is odd")),
        })
        .fallible_function("small", |number: f64| match number < 10.0 {
            true => Ok(number),
            false => Err(crate::value::Thrown::range("too large")),
        })
        .build();
    for (text, expected) in [
        ("now()", "7"),
        ("now(1, 2)", "7"),
        ("mirror({x: 1, y: 2})", "{\"x\":2,\"y\":1}"),
        ("mirror({x: 1})", "TypeError: argument 1 of mirror() does not fit: missing field `y`"),
        ("join(['a', 'b'], '-')", "\"a-b\""),
        ("join(['a', 'b'])", "\"ab\""),
        ("sum(1, 2, 3, 4, 5, 6)", "21"),
        ("half(4)", "2"),
        ("half(3)", "Error: 3 is odd"),
        ("small(10)", "RangeError: too large"),
        ("[1, 2].map(x => small(x))", "[1,2]"),
        ("[half.length, join.length, sum.length, half.name]", "[1,2,6,\"half\"]"),
    ] {
        let given = engine.compile(text).expect("it compiles").eval(&context! {});
        let told = given.map_or_else(|error| error.to_string(), |value| value.to_json_string());
        assert_eq!(told, expected, "{text}");
    }
    for text in ["half(1.5)", "half('x')", "half()", "join('a')", "sum(1)"] {
        let error =
            engine.compile(text).expect("it compiles").eval(&context! {}).expect_err("it does not fit");
        assert!(error.to_string().starts_with("TypeError: argument "), "{text}: {error}");
    }
}

#[cfg(feature = "ensemble")]
#[test]
fn a_provider_that_there_is_not_is_found_before_any_run() {
    let load = |provider: &str| {
        let text = format!(
            "ensemble: e\nagents:\n  - {{name: a, operation: think, config: {{prompt: p, provider: {provider}}}}}\n"
        );
        let told = |error: crate::LoadError| {
            let fault = &error.diagnostics[0];
            let place = &text[fault.span().range()];
            format!("{} «{place}» [{}]", fault.title, fault.help.as_deref().unwrap_or_default())
        };
        Engine::new().load_str("e.yaml", &text).map(|_| ()).map_err(told)
    };
    let expected = "there is no provider `ecco` «ecco» [did you mean `echo`?]";
    assert_eq!(load("ecco"), Err(expected.to_owned()));
    let told = load("somebody-else").expect_err("there is none");
    assert!(told.starts_with("there is no provider `somebody-else` «somebody-else» [there are "), "{told}");
    assert_eq!(load("echo"), Ok(()));
    // What an expression names is for the run to look at.
    assert_eq!(load("'${input.provider}'"), Ok(()));
}
