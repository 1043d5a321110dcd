use pretty_assertions::assert_eq;

use super::support::Project;

/// Exit code and standard output.
fn eval(arguments: &[&str]) -> (Option<i32>, String) {
    let mut all = vec!["eval"];
    all.extend(arguments);
    let called = Project::empty().call(&all);
    (called.code, called.stdout)
}

#[test]
fn values_are_printed_as_json() {
    for (arguments, printed) in [
        (&["1 + 1"][..], "2"),
        (&["-1"], "-1"),
        (&["undefined"], "undefined"),
        (&["[undefined, NaN, -0]"], "[null,null,0]"),
        (&["({ a: undefined, 'b-c': [1] })"], r#"{"b-c":[1]}"#),
        (&["input.user_id % 2 === 0", "--input", r#"{"user_id": 42}"#], "true"),
        (&["a-b.output + c", "--context", r#"{"a-b": {"output": 1}, "c": 2}"#], "3"),
        (&["undefined", "--json"], r#"{"$undefined":true}"#),
        (&["[NaN, -0, 1]", "--json"], r#"[{"$num":"NaN"},{"$num":"-0"},1]"#),
        (&["--template", "n = ${input.n}", "--input", r#"{"n": 1}"#], r#""n = 1""#),
        (&["--template", "${input.n}", "--input", r#"{"n": [1]}"#], "[1]"),
    ] {
        assert_eq!(eval(arguments), (Some(0), format!("{printed}\n")), "{arguments:?}");
    }
}

#[test]
fn a_seed_repeats_the_draws() {
    let draw = |seed| eval(&["Math.random()", "--seed", seed]).1;
    assert_eq!(draw("7"), draw("7"));
    assert_ne!(draw("7"), draw("8"));
}

#[test]
fn what_does_not_compile_is_2_and_what_throws_is_1() {
    let project = Project::empty();
    for (name, arguments) in [
        ("does_not_compile", &["eval", "a +"][..]),
        ("throws", &["eval", "1 + missing.member"]),
        ("is_no_data", &["eval", "[x => x]"]),
        ("json_throws", &["eval", "null.x", "--json"]),
        ("json_does_not_compile", &["eval", "1 +", "--json"]),
    ] {
        insta::assert_snapshot!(format!("eval_{name}"), project.call(arguments));
    }
}

#[test]
fn bad_arguments_are_2() {
    let project = Project::empty();
    for (name, arguments) in [
        ("bad_input", &["eval", "1", "--input", "{bad"][..]),
        ("word_for_input", &["eval", "1", "--input", "word"]),
        ("missing_file", &["eval", "1", "--input", "@missing.json"]),
        ("context_is_no_object", &["eval", "1", "--context", "[1]"]),
        ("input_twice", &["eval", "1", "--context", r#"{"input": 1}"#, "--input", "2"]),
        ("no_expression", &["eval"]),
        ("bad_seed", &["eval", "1", "--seed", "-1"]),
    ] {
        insta::assert_snapshot!(format!("eval_{name}"), project.call(arguments));
    }
}

#[test]
fn input_comes_from_files_and_from_standard_input() {
    let project = Project::empty();
    project.write("input.json", "\u{feff}{\"a\": 1}");
    assert_eq!(project.call(&["eval", "input.a", "--input", "@input.json"]).stdout, "1\n");
    assert_eq!(project.call_with(&["eval", "input.a", "--input", "-"], b"{\"a\": 2}").stdout, "2\n");
    project.write("bad.json", b"\"\xff\"");
    let called = project.call(&["eval", "input", "--input", "@bad.json"]);
    assert_eq!(
        (called.code, &*called.stderr),
        (Some(2), "error: `bad.json` is not UTF-8: byte 0xff at offset 1\n")
    );
}

#[test]
fn the_protocol_answers_every_line_in_order() {
    let requests = [
        r#"{"id": "a", "expr": " 1 +\n 1 "}"#,
        "",
        r#"{"id": "b", "expr": "input.x", "context": {"input": {"x": "\ud83d"}}}"#,
        r#"{"id": "c", "expr": "x-y + 1", "context": {"x-y": 41}}"#,
        r#"{"id": "d", "expr": "missing"}"#,
        "no json",
        r#"{"id": "e", "expr": ")"}"#,
        r#"{"id": "f", "expr_hex": "ff"}"#,
        r#"{"id": "g", "expr": "() => 1"}"#,
        r#"{"id": "h", "expr": "null.x"}"#,
        r#"{"id": "i", "expr_hex": "313233"}"#,
    ];
    let called = Project::empty().call_with(&["eval", "--jsonl"], requests.join("\n").as_bytes());
    let short: Vec<String> = called
        .stdout
        .lines()
        .map(|line| match line.split_once(",\"message\"") {
            Some((start, _)) => start.to_owned(),
            None => line.to_owned(),
        })
        .collect();
    assert_eq!(
        short,
        [
            r#"{"id":"a","value":2}"#,
            r#"{"id":"b","value":{"$utf16":"d83d"}}"#,
            r#"{"id":"c","value":42}"#,
            r#"{"id":"d","error":{"kind":"ReferenceError""#,
            r#"{"id":null,"error":{"kind":"SyntaxError""#,
            r#"{"id":"e","error":{"kind":"SyntaxError""#,
            r#"{"id":"f","error":{"kind":"SyntaxError""#,
            r#"{"id":"g","error":{"kind":"TypeError""#,
            r#"{"id":"h","error":{"kind":"TypeError""#,
            r#"{"id":"i","value":123}"#,
        ]
    );
    assert_eq!((called.code, &*called.stderr), (Some(0), ""));
}

#[test]
fn huge_and_hostile_requests_do_not_end_the_process() {
    let request = |id: &str, expr: &str| serde_json::json!({ "id": id, "expr": expr }).to_string();
    let flat = "1".to_owned() + &"+1".repeat(99_999);
    let nested = "(".repeat(10_000) + "1" + &")".repeat(10_000);
    let requests = [
        request("flat", &flat),
        request("nested", &nested),
        request("arrays", &"[".repeat(100_000)),
        request("unary", &"!".repeat(100_000)),
        request("recursion", "(f => f(f))(f => f(f))"),
        request("big", &format!("'{}'.length", "x".repeat(2_000_000))),
        request("last", "1"),
    ];
    let called = Project::empty().call_with(&["eval", "--jsonl"], requests.join("\n").as_bytes());
    let answers: Vec<serde_json::Value> =
        called.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<String> = answers
        .iter()
        .map(|answer| match &answer["error"]["kind"] {
            serde_json::Value::String(kind) => format!("{} {kind}", answer["id"]),
            _ => format!("{} {}", answer["id"], answer["value"]),
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""flat" 100000"#,
            r#""nested" LimitError"#,
            r#""arrays" LimitError"#,
            r#""unary" LimitError"#,
            r#""recursion" RangeError"#,
            r#""big" 2000000"#,
            r#""last" 1"#,
        ]
    );
    assert_eq!(called.code, Some(0));
}

#[test]
fn the_protocol_reads_templates() {
    let request = br#"{"id": "a", "expr": "${x}!", "context": {"x": 1}}"#;
    let called = Project::empty().call_with(&["eval", "--jsonl", "--template"], request);
    assert_eq!(called.stdout, "{\"id\":\"a\",\"value\":\"1!\"}\n");
}
