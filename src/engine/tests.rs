//! What embedding looks like: contexts, names that are missing, types in and out.

use pretty_assertions::assert_eq;

use super::*;
use crate::draw::Seed;
use crate::value::{ErrorKind, Value};
use crate::vm::EvalError;

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
    assert_eq!(misfit.map_err(|error| error.kind()), Err(Kind::Result));
    let thrown = engine.compile("user.x.y").unwrap().eval(&request);
    let error = thrown.expect_err("no user has an x");
    assert_eq!(
        (error.kind(), error.span().map(|span| span.range())),
        (Kind::Thrown(ErrorKind::Type), Some(0..8))
    );
    assert_eq!(error.diagnostics()[0].title, error.to_string());
    assert!(std::error::Error::source(&error).is_some_and(|source| source.is::<EvalError>()));
}

#[cfg(feature = "ensemble")]
#[test]
fn everything_that_fails_is_one_error() {
    fn run(text: &str, input: &str) -> Result<Value, Error> {
        let run = Engine::new().load_str("e.yaml", text)?.run_json(input).blocking()?;
        Ok(run.output().clone())
    }
    let text = "ensemble: e\nagents: [{name: a, operation: think, config: {prompt: hi}}]\noutput: ${input.n}\ninput: {type: object, required: [n]}\n";
    for (text, input, kind, diagnostics) in [
        ("ensemble: e\nagents: 3\n", "{}", Kind::Load, true),
        (text, "{}", Kind::Run, false),
        (text, "{", Kind::Run, false),
    ] {
        let error = run(text, input).expect_err("something is wrong");
        assert_eq!((error.kind(), !error.diagnostics().is_empty()), (kind, diagnostics), "{error}");
        assert_eq!(error.to_string(), std::error::Error::source(&error).expect("a source").to_string());
    }
    let compiled = Engine::new().compile("1 +").map_err(Error::from).expect_err("something is missing");
    assert_eq!(
        (compiled.kind(), compiled.span()),
        (Kind::Compile, compiled.diagnostics().first().map(crate::syntax::Diagnostic::span))
    );
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

/// An engine with filters, and what an expression gives there or fails with.
fn filtering() -> (Engine, impl Fn(&str) -> String) {
    let wrap = |value: &Value, arguments: &[Value]| {
        let parts = std::iter::once(value).chain(arguments).map(Value::to_json_string);
        Ok(format!("<{}>", parts.collect::<Vec<_>>().join(" ")).into())
    };
    let builder = Engine::builder().filter("wrap", wrap).and_then(|builder| {
        builder
            .function("wrap", 1, |_| Ok("the function".into()))
            .typed_filter("repeat", |text: String, times: Option<usize>| text.repeat(times.unwrap_or(2)))?
            .fallible_filter("half", |number: i64| match number % 2 {
                0 => Ok(number / 2),
                _ => Err(format!("{number} is odd")),
            })
    });
    let engine = builder.expect("the names are good").build();
    let eval = {
        let engine = engine.clone();
        move |text: &str| match engine.compile(text) {
            Ok(expression) => expression
                .eval(&context! { x: 6, list: [1, 2] })
                .map_or_else(|error| error.to_string(), |value| value.to_json_string()),
            Err(error) => {
                let fault = &error.diagnostics[0];
                format!("{} [{}]", fault.title, fault.help.as_deref().unwrap_or_default())
            }
        }
    };
    (engine, eval)
}

#[test]
fn a_filter_of_the_host_stands_where_a_built_in_one_does() {
    let (engine, eval) = filtering();
    for (text, expected) in [
        ("x | wrap", "\"<6>\""),
        ("x | wrap(1, 'a')", "\"<6 1 \\\"a\\\">\""),
        ("x | wrap(...list, 3)", "\"<6 1 2 3>\""),
        ("x + 1 | wrap", "\"<7>\""),
        ("'a ' | trim | repeat(3) | uppercase | repeat", "\"AAAAAA\""),
        ("list.map(item => item * 2 | half)", "[1,2]"),
        ("(x | half) + (x | half)", "6"),
        ("[(missing => missing | half)(8), typeof nowhere | repeat]", "[4,\"undefinedundefined\"]"),
        // Its arguments are computed after the value, as those of a built-in filter.
        ("list.map(item => item | wrap(item | half))", "Error: 1 is odd"),
        // A parameter hides it, and then `|` is JavaScript's.
        ("[1].map(half => 4 | half)", "[5]"),
        // A function of the same name stays one.
        ("wrap(1)", "\"the function\""),
        ("wrap(1) | wrap", "\"<\\\"the function\\\">\""),
        ("3 | half", "Error: 3 is odd"),
        (
            "'a' | repeat('b')",
            "TypeError: argument 1 of the filter `repeat` does not fit: expected usize, found a text",
        ),
        (
            "x | repeat",
            "TypeError: the value of the filter `repeat` does not fit: expected a string, found a number",
        ),
        (
            "x || 4 | half",
            "a filter beside `||` needs parentheses [write `x || (4 | half)` or `(x || 4) | half`]",
        ),
    ] {
        let told = eval(text);
        // What serde says of a misfit is its own.
        let expected = expected.split(" fit: ").next().unwrap_or(expected);
        assert!(
            told == expected || (told.starts_with(expected) && told.contains(" fit: ")),
            "{text}: {told}"
        );
    }
    // A variable hides it too.
    let hidden = engine.compile_with("x | half", &["x", "half"]).unwrap();
    assert_eq!(hidden.eval(&context! { x: 4, half: 1 }).unwrap().to_json_string(), "5");
}

#[test]
fn an_error_of_a_hosts_filter_has_its_place() {
    let (engine, _) = filtering();
    let text = "list.map(item => item * 3 | half)";
    let thrown = engine.compile(text).unwrap().eval_value(&context! { list: [2, 1] }).unwrap_err();
    assert_eq!(&text[thrown.span.range()], "half");
}

#[test]
fn a_filter_of_the_host_needs_a_name_of_its_own() {
    let add = |name: &str| {
        let builder = Engine::builder().filter("mine", |value, _| Ok(value.clone())).expect("a good name");
        let added = builder.filter(name, |value, _| Ok(value.clone()));
        added.map(|_| ()).map_err(|error| error.to_string())
    };
    let told = |name: &str| add(name).expect_err("no name for a filter");
    assert_eq!(told("trim"), "there is a built-in filter `trim`: give yours another name");
    assert_eq!(told("default"), "there is a built-in filter `default`: give yours another name");
    assert_eq!(told("mine"), "there are two filters `mine`");
    for name in ["", "a-b", "1st", "a b", "typeof", "class"] {
        assert!(told(name).contains("is no word of the language"), "{name}");
    }
    for name in ["Math", "undefined", "parseInt", "input", "agents", "draw"] {
        assert!(told(name).contains("stands for something else"), "{name}");
    }
    for name in ["mine2", "größe", "$x", "_"] {
        assert_eq!(add(name), Ok(()), "{name}");
    }
}

#[cfg(feature = "ensemble")]
#[test]
fn a_filter_of_the_host_is_used_in_ensembles_and_prompts() {
    use crate::component::{Components, MemorySource};
    let mut components = Components::new();
    components.add("prompts/p@v1.0.0", "${input.name | shout} ${input.name | trim}").unwrap();
    let engine = Engine::builder()
        .components(MemorySource::from(components))
        .typed_filter("shout", |text: String| text.to_uppercase())
        .expect("a good name")
        .build();
    let load = |output: &str| {
        let agents = "[{name: a, operation: think, component: prompts/p@v1.0.0, condition: \"${(input.name | shout) === 'ADA'}\"}]";
        engine.load_str("e.yaml", &format!("ensemble: e\nagents: {agents}\noutput: {output}\n"))
    };
    let ensemble = load("${a.output | shout}").unwrap_or_else(|error| panic!("{error}"));
    let run = ensemble.run(context! { name: "ada" }).blocking().unwrap();
    assert_eq!(run.output().to_json_string(), r#""ADA ADA""#);
    // The story of a gate names the filter as well.
    assert!(run.explain_gate("a").is_some());
    let told = |error: crate::LoadError| {
        let fault = &error.diagnostics[0];
        format!("{} [{}]", fault.title, fault.help.as_deref().unwrap_or_default())
    };
    assert_eq!(
        load("${a.output | shuot}").map(|_| ()).map_err(told),
        Err("unknown filter `shuot` [did you mean `shout`?]".to_owned())
    );
    assert_eq!(
        load("${shout(a.output)}").map(|_| ()).map_err(told),
        Err("unknown name `shout` [`shout` is a filter: write `value | shout`, in parentheses where needed]"
            .to_owned())
    );
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
