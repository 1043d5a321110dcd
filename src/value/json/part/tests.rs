use super::Projection;
use crate::Engine;
use crate::value::{Str, Value};
use pretty_assertions::assert_eq;

fn wanted(paths: &[&str]) -> Projection {
    let mut projection = Projection::default();
    for path in paths {
        let keys: Vec<Str> = path.split('.').map(Str::from).collect();
        projection.add(&keys);
    }
    projection
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let text = r#" {"a": {"x": 1, "y": {"z": [1, {"q": 2}], "w": "\"}"}, "long enough to be shared": true},
        "b": [{"x": 1}], "c": "text", "d": -1.5e3, "e": null, "f": {}, "g": []} "#;
    for (paths, expected) in [
        (&["a.x"][..], r#"{"a":{"x":1}}"#),
        (&["a.y.z", "c"], r#"{"a":{"y":{"z":[1,{"q":2}]}},"c":"text"}"#),
        (&["a.y", "a.y.w"], r#"{"a":{"y":{"z":[1,{"q":2}],"w":"\"}"}}}"#),
        (&["a.long enough to be shared"], r#"{"a":{"long enough to be shared":true}}"#),
        // Of anything but an object all is wanted.
        (&["b.length", "c.length", "e.x"], r#"{"b":[{"x":1}],"c":"text","e":null}"#),
        (&["f.x", "g"], r#"{"f":{},"g":[]}"#),
        (&["missing.x"], "{}"),
    ] {
        let part = Value::from_json_part(text, &wanted(paths)).expect("it is JSON");
        assert_eq!(part.to_json_string(), expected, "{paths:?}");
    }
}

#[test]
fn keys_may_be_escaped_repeated_and_array_indices() {
    for (text, expected) in [
        (r#"{"\u0061": 1, "b": 2}"#, r#"{"a":1}"#),
        (r#"{"a": 1, "b": 0, "a": {"x": 2}}"#, r#"{"a":{"x":2}}"#),
        (r#"{"a": 3, "7": 4}"#, r#"{"7":4,"a":3}"#),
        (r#"{"a\u0000": 3, "aa": 4, "": 5}"#, "{}"),
        (r#"{"__proto__": {"a": 1}}"#, "{}"),
    ] {
        let part = Value::from_json_part(text, &wanted(&["a", "7"])).expect("it is JSON");
        assert_eq!(part.to_json_string(), expected, "{text}");
    }
}

/// Every place of a text, cut off there or with another letter in it: what is wrong is told as if all were wanted.
#[test]
fn faults_are_told_wherever_they_are() {
    let text =
        r#"{"a": {"x": [1, -2.5e1, {"k": "v\n\u00e9"}], "y": true}, "b": [[], {}, null, false], "c": "ü"}"#;
    let mut faults = 0;
    for (at, letter) in text.char_indices() {
        let rest = &text[at + letter.len_utf8()..];
        let others = "{}[],:\"\\0-.eux\u{1}".chars().map(|other| format!("{}{other}{rest}", &text[..at]));
        for wrong in others.chain([text[..at].to_owned()]) {
            let whole = Value::from_json(&wrong);
            for paths in [&["a.y"][..], &["b"], &["nothing"], &["a.x.k", "c"]] {
                let part = Value::from_json_part(&wrong, &wanted(paths));
                assert_eq!(part.as_ref().err(), whole.as_ref().err(), "{paths:?} of {wrong}");
            }
            faults += usize::from(whole.is_err());
        }
    }
    assert!(faults > 1000, "{faults} of them were none");
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!(r#"{{"a": 1, "b": {}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(Value::from_json_part(&nested(900), &wanted(&["a"])).is_ok());
    let error = Value::from_json_part(&nested(100_000), &wanted(&["a"])).expect_err("it is too deep");
    assert_eq!(error.to_string(), "LimitError: JSON nests deeper than 1000 levels");
    let deep = format!("{}1{}", r#"{"a":"#.repeat(40), "}".repeat(40));
    let keys = vec!["a"; 40].join(".");
    assert_eq!(Value::from_json_part(&deep, &wanted(&[&keys])).expect("JSON").to_json_string(), deep);
}

#[test]
fn an_expression_gives_for_a_text_what_it_gives_for_the_value() {
    let texts = [
        r#"{"user": {"id": 42, "tags": ["a", "b"], "name": "Ada"}, "n": 3, "items": [{"p": 1}, {"p": 2}]}"#,
        r#"{"user": "text", "n": "3"}"#,
        r#"{"user": null, "items": {"length": 7}, "n": {}}"#,
        "{}",
        "[1]",
    ];
    for source in [
        "user.id % 2 === 0",
        "user.tags.length + n",
        "user.tags",
        "user",
        "user?.name ?? 'nobody'",
        "items.length",
        "items.map(item => item.p * n)",
        "[1, 2].map(x => x * user.id)",
        "typeof user + typeof n",
        "`${user.name}: ${items.length}`",
        "user.toString()",
        "user.id.toFixed(1)",
        "({user, n})",
        "user['id'] + user[user.name]",
        "n in user",
        "1 + 1",
    ] {
        let expression = Engine::new().compile(source).expect("it compiles");
        for text in texts {
            let value = expression.eval_value(&Value::from_json(text).expect("JSON"));
            let part = expression.eval_json(text);
            let shown = |value: &Value| value.to_json_string();
            assert_eq!(
                part.as_ref().map(shown).map_err(ToString::to_string),
                value.as_ref().map(shown).map_err(ToString::to_string),
                "{source} of {text}"
            );
        }
        assert!(expression.eval_json("{\"n\": 01}").is_err());
    }
    let template = Engine::new().template("${user.name} of ${n}").expect("it compiles");
    assert_eq!(template.eval_json(texts[0]).expect("no error").to_json_string(), "\"Ada of 3\"");
}
