use super::*;
use crate::value::ErrorKind;
use pretty_assertions::assert_eq;

fn round_trip(text: &str) -> String {
    Value::from_json(text).expect("the text is JSON").to_json_string()
}

fn message(text: &str) -> String {
    Value::from_json(text).expect_err("the text is no JSON").to_string()
}

#[test]
fn what_is_written_is_read_again() {
    for text in [
        "null",
        "true",
        "[]",
        "{}",
        "[[],{}]",
        r#"{"a":{"b":[1,2,{"c":null}]}}"#,
        "\"é😀\"",
        "-1.5",
        "1e+21",
        "1e-7",
        r#"{"":1}"#,
        r#"["\u0001\"\\\n"]"#,
        "[1,2.5,-3]",
        "123456789012",
        "0.1",
        r#""\ud800""#,
        r#"{"\udc00":0}"#,
        r#"{"__proto__":{"x":1}}"#,
    ] {
        assert_eq!(round_trip(text), text);
    }
    assert_eq!(round_trip(" { \"a\" : [ 1 , 2 ] , \"b\" : -0 } "), r#"{"a":[1,2],"b":0}"#);
    assert_eq!(round_trip(r#""\u00e9\ud83d\ude00\/\b\f""#), "\"é😀/\\b\\f\"");
    assert_eq!(round_trip(r#""\ud800\ud83d\ude00""#), "\"\\ud800😀\"");
}

#[test]
fn array_indices_come_first_and_the_last_duplicate_counts_in_the_first_place() {
    assert_eq!(round_trip(r#"{"b":1,"2":2,"a":3,"1":4}"#), r#"{"1":4,"2":2,"b":1,"a":3}"#);
    assert_eq!(round_trip(r#"{"a":1,"b":2,"a":3}"#), r#"{"a":3,"b":2}"#);
    let wide: Vec<_> = (0..40).map(|n| format!("\"k{n}\":{n}")).collect();
    let twice = format!("{{{0},{0}}}", wide.join(","));
    assert_eq!(round_trip(&twice), format!("{{{}}}", wide.join(",")));
}

#[test]
fn like_objects_share_their_shape() {
    let Value::Array(items) =
        Value::from_json(r#"[{"a":1,"b":{"a":2,"b":3}},{"a":4,"b":5},{"b":1,"a":2}]"#).expect("JSON")
    else {
        panic!("an array")
    };
    let shape = |value: &Value| match value {
        Value::Object(object) => object.shape().clone(),
        other => panic!("{other:?} is no object"),
    };
    assert!(std::sync::Arc::ptr_eq(&shape(&items[0]), &shape(&items[1])));
    assert!(!std::sync::Arc::ptr_eq(&shape(&items[0]), &shape(&items[2])));
}

#[test]
fn faults_are_told_in_the_words_of_v8() {
    // Made with node 20.
    for (text, expected) in [
        ("", "Unexpected end of JSON input"),
        ("{", "Expected property name or '}' in JSON at position 1"),
        ("{\"a\"", "Expected ':' after property name in JSON at position 4"),
        ("{\"a\":", "Unexpected end of JSON input"),
        ("{\"a\":1", "Expected ',' or '}' after property value in JSON at position 6"),
        ("{\"a\":1,", "Expected double-quoted property name in JSON at position 7"),
        ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
        ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3"),
        ("\"abc", "Unterminated string in JSON at position 4"),
        ("\"a\nb\"", "Bad control character in string literal in JSON at position 2"),
        ("\"a\\x\"", "Bad escaped character in JSON at position 3"),
        ("\"\\u12\"", "Bad Unicode escape in JSON at position 5"),
        ("-", "No number after minus sign in JSON at position 1"),
        ("01", "Unexpected number in JSON at position 1"),
        ("-01", "Unexpected number in JSON at position 2"),
        ("1.", "Unterminated fractional number in JSON at position 2"),
        ("1e+", "Exponent part is missing a number in JSON at position 3"),
        ("1 2", "Unexpected non-whitespace character after JSON at position 2"),
        ("tru", "Unexpected end of JSON input"),
        ("undefined", "\"undefined\" is not valid JSON"),
        ("\u{a0}1", "Unexpected token '\u{a0}', \"\u{a0}1\" is not valid JSON"),
        ("😀é1", "Unexpected token '\u{fffd}', \"😀é1\" is not valid JSON"),
        ("n-ull", "Unexpected number in JSON at position 1"),
        ("tr\"ue", "Unexpected string in JSON at position 2"),
        ("{\"a\":1,\"b\" 2}", "Unexpected number in JSON at position 11"),
        ("\"😀\" x", "Unexpected non-whitespace character after JSON at position 5"),
        (
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,x,18,19,20,21]",
            "Unexpected token 'x', ...\",15,16,17,x,18,19,20\"... is not valid JSON",
        ),
        (
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,x]",
            "Unexpected token 'x', ...\",14,15,16,x]\" is not valid JSON",
        ),
    ] {
        assert_eq!(message(text), format!("SyntaxError: {expected}"), "{text}");
    }
}

#[test]
fn nesting_is_bounded_on_both_sides_of_the_limit() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(Value::from_json(&nested(1_000)).expect("deep, but allowed").depth(), 1_000);
    assert_eq!(Value::from_json(&nested(1_001)).expect_err("too deep").kind, ErrorKind::Limit);
    assert_eq!(Value::from_json(&"{\"a\":".repeat(100_000)).expect_err("too deep").kind, ErrorKind::Limit);
    assert_eq!(round_trip(&nested(1_000)), nested(1_000));
}

#[test]
fn a_lone_surrogate_in_the_text_is_kept_inside_strings_only() {
    let text = |units: &[u16]| Str::from_units(units);
    let quoted = text(&[0x22, 0xd800, 0x22]);
    match parse(&quoted, &mut Unmetered) {
        Ok(Value::String(parsed)) => assert_eq!(parsed, Str::from_unit(0xd800)),
        other => panic!("{other:?}"),
    }
    for wrong in [text(&[0xd800]), text(&[0x22, 0x5c, 0xd800, 0x22]), text(&[0x5b, 0xdc00, 0x5d])] {
        assert_eq!(parse(&wrong, &mut Unmetered).expect_err("no JSON").kind, ErrorKind::Syntax);
    }
}

#[test]
fn indentation_and_replacer_keys_are_those_of_javascript() {
    let value = Value::from_json(r#"{"b":[1,{}],"a":{"b":2,"c":[]}}"#).expect("JSON");
    let written = |replacer: &Replacer, indent: &Indent| {
        stringify(&value, replacer, indent, &mut Unmetered).expect("no limit").expect("JSON").to_string()
    };
    assert_eq!(
        written(&Replacer::None, &Indent::spaces(2)),
        "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": {\n    \"b\": 2,\n    \"c\": []\n  }\n}"
    );
    let keys = Replacer::Keys(vec![Str::from("a"), Str::from("b")]);
    assert_eq!(written(&keys, &Indent::default()), r#"{"a":{"b":2},"b":[1,{}]}"#);
}

#[test]
fn integers_that_doubles_may_not_hold_are_found_with_their_paths() {
    let text = r#"{"id":1234567890123456789,"a\"b":[0,-9007199254740992,{"x y":9007199254740992}],
        "fine":[9007199254740991,1e300,1.5,"1234567890123456789"],"big":123456789012345678901234567890}"#;
    let found: Vec<_> = unsafe_integers(text).into_iter().map(|one| (one.path, one.literal)).collect();
    let expected = [
        ("id", "1234567890123456789"),
        (r#"["a\"b"][1]"#, "-9007199254740992"),
        (r#"["a\"b"][2]["x y"]"#, "9007199254740992"),
        ("big", "123456789012345678901234567890"),
    ];
    assert_eq!(found, expected.map(|(path, literal)| (path.to_owned(), literal.to_owned())));
    assert_eq!(unsafe_integers("\"\\"), []);
    assert_eq!(unsafe_integers("9007199254740993")[0].path, "");
}
