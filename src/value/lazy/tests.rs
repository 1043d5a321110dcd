use super::{HostObject, Value};
use crate::compile::{Scope, Undeclared, compile};
use crate::draw::{Seed, Stream};
use crate::syntax::parse;
use crate::value::from_value;
use crate::vm::{Limits, Vm};
use pretty_assertions::assert_eq;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What is asked for is written down.
#[derive(Default)]
struct Row {
    members: Vec<(&'static str, &'static str)>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl HostObject for Row {
    fn keys(&self) -> Vec<String> {
        self.members.iter().map(|(key, _)| (*key).to_owned()).collect()
    }

    fn get(&self, key: &str) -> Value {
        self.asked.lock().expect("nobody panics").push(key.to_owned());
        let (_, json) =
            self.members.iter().find(|(known, _)| *known == key).expect("only known keys are asked");
        Value::from_json(json).expect("JSON")
    }
}

const MEMBERS: [(&str, &str); 6] = [
    ("plan", "\"pro\""),
    ("age", "41"),
    ("7", "null"),
    ("tags", "[\"a\", \"b\"]"),
    ("address", "{\"city\": \"Delft\"}"),
    ("a key that is longer than fourteen bytes", "true"),
];

fn eval(source: &str, user: &Value) -> String {
    eval_within(source, user, Limits::default())
}

fn eval_within(source: &str, user: &Value, limits: Limits) -> String {
    let mut scope = Scope::new(Undeclared::Refuse);
    scope.variable("user", 0);
    scope.finish();
    let program = compile(&parse(source, scope.declared()).expect("it parses"), source, &scope);
    let mut stream = Stream::seeded(Seed::default());
    match Vm::new(limits).run(
        &program.expect("it compiles"),
        std::slice::from_ref(user),
        &mut stream.cursor(),
    ) {
        Ok(Value::Undefined) => "undefined".to_owned(),
        Ok(value) => value.to_json_string(),
        Err(error) => error.to_string(),
    }
}

fn row() -> (Value, Arc<Mutex<Vec<String>>>) {
    let row = Row { members: MEMBERS.to_vec(), ..Row::default() };
    let asked = row.asked.clone();
    (Value::from_host(row), asked)
}

fn plain() -> Value {
    let members: Vec<String> = MEMBERS.iter().map(|(key, json)| format!("\"{key}\": {json}")).collect();
    Value::from_json(&format!("{{{}}}", members.join(","))).expect("JSON")
}

#[test]
fn to_the_language_they_are_plain_objects() {
    for source in [
        "user.plan === 'pro' && user.age >= 18",
        "user['plan'] + user?.age",
        "user['a key that is longer than fourteen bytes']",
        "user.missing",
        "user.missing?.x ?? 'none'",
        "user.missing.x",
        "user.toString()",
        "user[7]",
        "`${user.address.city}: ${user.tags.length}`",
        "user.tags.map(tag => tag + user.plan)",
        "'plan' in user && !('x' in user) && Object.hasOwn(user, 'age')",
        "Object.keys(user)",
        "Object.values(user)",
        "Object.entries(user)",
        "({...user, plan: 'basic'})",
        "Object.assign({}, user)",
        "((({plan, ...rest}) => [plan, rest])(user))",
        "JSON.stringify(user)",
        "JSON.stringify({user}, null, 1)",
        "typeof user",
        "String(user)",
        "user === user && user.address === user.address && user.tags === user.tags",
        "user == {}",
        "[user].includes(user)",
        "Object.fromEntries(Object.entries(user).filter(([key]) => key !== 'tags'))",
        "[user, user].map(one => one.age).reduce((a, b) => a + b, 0)",
    ] {
        assert_eq!(eval(source, &row().0), eval(source, &plain()), "{source}");
    }
}

#[test]
fn only_what_is_read_is_asked_for_and_once() {
    for (source, expected) in [
        ("user.plan === 'pro'", &["plan"][..]),
        ("user.plan === 'pro' || user.age > 3", &["plan"]),
        ("user.address.city + user.address.city", &["address"]),
        ("user.missing", &[]),
        // Found out only where the tree that is tried first has given up.
        ("(user.plan + 'x') !== 'prox' && user.age > 3", &["plan"]),
        ("`${user.plan}${user.missing}`", &["plan"]),
        ("'plan' in user && Object.keys(user).length > 1 && user === user", &[]),
        ("[user, user].map(one => one.age)", &["age"]),
        (
            "JSON.stringify(user) + JSON.stringify(user)",
            &["7", "plan", "age", "tags", "address", MEMBERS[5].0],
        ),
    ] {
        let (user, asked) = row();
        eval(source, &user);
        eval(source, &user.clone());
        assert_eq!(*asked.lock().expect("nobody panics"), expected, "{source}");
    }
}

#[test]
fn looking_at_one_asks_for_nothing() {
    let (user, asked) = row();
    assert_eq!(format!("{user:?}"), "Object({})");
    eval("user.age", &user);
    assert!(format!("{user:?}").contains("41"));
    assert_eq!(*asked.lock().expect("nobody panics"), ["age"]);
}

#[test]
fn they_leave_as_any_value_does() {
    let map: BTreeMap<String, serde_json::Value> = from_value(&row().0).expect("it is a map");
    assert_eq!(map["tags"], serde_json::json!(["a", "b"]));
    assert_eq!(row().0.to_json_string(), plain().to_json_string());
}

#[test]
fn threads_that_read_the_same_ask_once() {
    let (user, asked) = row();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(eval("user.address.city", &user), "\"Delft\""));
        }
    });
    assert_eq!(*asked.lock().expect("nobody panics"), ["address"]);
}

/// An object that has itself inside, as far as anybody looks.
struct Mirror;

impl HostObject for Mirror {
    fn keys(&self) -> Vec<String> {
        vec!["name".to_owned(), "again".to_owned()]
    }

    fn get(&self, key: &str) -> Value {
        if key == "name" { Value::from("mirror") } else { Value::from_host(Self) }
    }
}

/// The same two times, as it may be in a plain object.
struct Twice(Value);

impl HostObject for Twice {
    fn keys(&self) -> Vec<String> {
        vec!["home".to_owned(), "work".to_owned()]
    }

    fn get(&self, _: &str) -> Value {
        self.0.clone()
    }
}

#[test]
fn objects_inside_objects_keep_their_identity() {
    let user = Value::from_host(Twice(Value::from_host(Twice(row().0))));
    assert_eq!(eval("user.home === user.work && [user.home].includes(user.work)", &user), "true");
    assert_eq!(eval("user.home.work === user.work.home", &user), "true");
    assert_eq!(eval("user === user.home || user.home === user.home.home", &user), "false");
}

#[test]
fn a_result_that_holds_one_is_bounded() {
    // Each has two of its kind inside: written out there would be no end of it.
    struct Fork;
    impl HostObject for Fork {
        fn keys(&self) -> Vec<String> {
            vec!["a".to_owned(), "b".to_owned()]
        }

        fn get(&self, _: &str) -> Value {
            Value::from_host(Self)
        }
    }
    let limits = Limits { output: 1_000, ..Limits::default() };
    let error = eval_within("[user]", &Value::from_host(Fork), limits);
    assert!(error.contains("the result has more than"), "{error}");
}

#[test]
fn objects_without_end_end() {
    let mirror = Value::from_host(Mirror);
    assert_eq!(eval(&format!("user{}.name", ".again".repeat(400)), &mirror), "\"mirror\"");
    assert_eq!(eval(&format!("user{}.name", ".again".repeat(499)), &mirror), "\"mirror\"");
    assert_eq!(eval(&format!("user{}", ".again".repeat(500)), &mirror), "undefined");
    assert_eq!(eval("JSON.stringify(user).length > 1000", &mirror), "true");
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    let row = Row { members: vec![("deep", Box::leak(deep.into_boxed_str()))], ..Row::default() };
    assert_eq!(eval("user.deep", &Value::from_host(row)), "undefined");
}
