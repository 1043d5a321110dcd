//! Coercions, equalities, operators and members over tables of values. Expectations were made with node 20.

use super::coercion::{Hint, to_number, to_primitive, to_string};
use super::equality::{is_loosely_equal, is_strictly_equal, same_value, same_value_zero};
use super::*;
use pretty_assertions::assert_eq;

static MAX: Native = Native { name: "Math.max", length: 2, is_namespace: false, id: 0 };
static MIN: Native = Native { name: "Math.min", length: 2, is_namespace: false, id: 5 };
static VALUE_OF: Native = Native { name: "valueOf", length: 0, is_namespace: false, id: 1 };
static TO_STRING: Native = Native { name: "toString", length: 0, is_namespace: false, id: 2 };
static ITSELF: Native = Native { name: "itself", length: 0, is_namespace: false, id: 3 };
static MATH: Native = Native { name: "Math", length: 0, is_namespace: true, id: 4 };

/// Answers 42 for `valueOf`, `'text'` for `toString`, `this` for `itself`; pays up to a bound.
struct Host {
    fuel: usize,
}

impl Host {
    fn rich() -> Self {
        Self { fuel: usize::MAX }
    }
}

impl Meter for Host {
    fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.fuel = self.fuel.checked_sub(units).ok_or_else(|| Thrown::limit("no fuel"))?;
        Ok(())
    }

    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.charge(bytes)
    }
}

impl Invoke for Host {
    fn invoke(&mut self, function: &Value, this: &Value, _: &[Value]) -> Result<Value, Thrown> {
        match function {
            Value::Native(native) if native.id == VALUE_OF.id => Ok(Value::from(42)),
            Value::Native(native) if native.id == TO_STRING.id => Ok(Value::from("text")),
            Value::Native(native) if native.id == ITSELF.id => Ok(this.clone()),
            other => Err(Thrown::type_error(format!("{other:?} is not known here"))),
        }
    }
}

fn object(entries: &[(&str, Value)]) -> Value {
    let mut builder = ObjectBuilder::new();
    for (key, value) in entries {
        builder.insert(Str::from(*key), value.clone());
    }
    Value::Object(builder.build().expect("shallow"))
}

fn json(text: &str) -> Value {
    Value::from_json(text).expect("JSON")
}

fn shown(value: &Value) -> String {
    to_string(value, &mut Host::rich()).map_or_else(|thrown| thrown.to_string(), |text| text.to_string())
}

#[test]
fn everything_has_a_text() {
    let regex = Value::Regex(Regex::new("a/b", "gi"));
    for (value, text) in [
        (Value::Undefined, "undefined"),
        (Value::Null, "null"),
        (Value::from(true), "true"),
        (json("[1,[2,[null,3]],\"x\"]"), "1,2,,3,x"),
        (json("[[]]"), ""),
        (json("[null]"), ""),
        (json("{\"a\":1}"), "[object Object]"),
        (Value::Native(&MAX), "function max() { [native code] }"),
        (Value::Native(&MATH), "[object Math]"),
        (regex, "/a/b/gi"),
    ] {
        assert_eq!(shown(&value), text);
    }
}

#[test]
fn an_objects_own_functions_decide_what_it_is_as_a_primitive() {
    let (number, text, itself) =
        (Value::Native(&VALUE_OF), Value::Native(&TO_STRING), Value::Native(&ITSELF));
    let both = object(&[("toString", text.clone()), ("valueOf", number.clone())]);
    assert_eq!(shown(&both), "text");
    assert_eq!(to_number(&both, &mut Host::rich()), Ok(42.0));
    // What cannot be called is skipped, and hides what would be inherited.
    assert_eq!(shown(&object(&[("toString", Value::from(1)), ("valueOf", number.clone())])), "42");
    let neither = object(&[("toString", Value::from(1))]);
    assert_eq!(shown(&neither), "TypeError: Cannot convert object to primitive value");
    // What gives an object is skipped too.
    assert_eq!(shown(&object(&[("toString", itself.clone()), ("valueOf", number)])), "42");
    let objects = object(&[("toString", itself.clone()), ("valueOf", itself)]);
    assert_eq!(shown(&objects), "TypeError: Cannot convert object to primitive value");
    let sum = operators::add(&both, &Value::from(1), &mut Host::rich()).expect("a number");
    assert_eq!(shown(&sum), "43");
    let texts = to_primitive(&both, Hint::String, &mut Host::rich()).expect("a primitive");
    assert_eq!(shown(&texts), "text");
}

#[test]
fn everything_has_a_number() {
    for (value, number) in [
        (Value::Null, 0.0),
        (Value::from(true), 1.0),
        (Value::from(" 12 "), 12.0),
        (Value::from(""), 0.0),
        (json("[]"), 0.0),
        (json("[\"7\"]"), 7.0),
        (json("[null]"), 0.0),
    ] {
        assert_eq!(to_number(&value, &mut Host::rich()), Ok(number), "{value:?}");
    }
    for value in [Value::Undefined, Value::from("x"), json("{}"), json("[1,2]"), Value::Native(&MATH)] {
        assert!(to_number(&value, &mut Host::rich()).is_ok_and(f64::is_nan), "{value:?}");
    }
}

#[test]
fn loose_equality_is_javascripts_table() {
    let equal = |a: &Value, b: &Value| is_loosely_equal(a, b, &mut Host::rich()).expect("no function throws");
    for (a, b, expected) in [
        (Value::Null, Value::Undefined, true),
        (Value::Null, Value::from(0), false),
        (Value::Undefined, Value::from(false), false),
        (Value::from("1"), Value::from(1), true),
        (Value::from(""), Value::from(0), true),
        (Value::from("a"), Value::from(f64::NAN), false),
        (Value::from(true), Value::from("1"), true),
        (Value::from(true), Value::from("true"), false),
        (json("[]"), Value::from(false), true),
        (json("[]"), json("[]"), false),
        (json("[1]"), Value::from(1), true),
        (json("{}"), Value::from("[object Object]"), true),
        (json("{}"), Value::Null, false),
        (Value::from(f64::NAN), Value::from(f64::NAN), false),
    ] {
        assert_eq!(equal(&a, &b), expected, "{a:?} == {b:?}");
        assert_eq!(equal(&b, &a), expected, "{b:?} == {a:?}");
    }
}

#[test]
fn the_equalities_differ_in_nan_and_zero_only() {
    let (nan, zero, minus_zero) = (Value::from(f64::NAN), Value::from(0.0), Value::from(-0.0));
    let all = |a: &Value, b: &Value| (is_strictly_equal(a, b), same_value(a, b), same_value_zero(a, b));
    assert_eq!(all(&nan, &nan), (false, true, true));
    assert_eq!(all(&zero, &minus_zero), (true, false, true));
    let array = json("[1]");
    assert_eq!(all(&array, &array.clone()), (true, true, true));
    assert_eq!(all(&array, &json("[1]")), (false, false, false));
    let long = "a text that is too long to stay inside";
    assert_eq!(all(&Value::from(long), &Value::from(long)), (true, true, true));
    assert_eq!(all(&Value::from("1"), &Value::from(1)), (false, false, false));
}

type Binary = fn(&Value, &Value, &mut dyn Invoke) -> Result<Value, Thrown>;

#[test]
fn operators_do_what_javascript_does() {
    let (n, s) = (|number: f64| Value::from(number), |text: &str| Value::from(text));
    let inf = f64::INFINITY;
    let cases: &[(Binary, Value, Value, &str)] = &[
        (operators::add, s("a"), n(1.0), "a1"),
        (operators::add, n(1.0), s("2"), "12"),
        (operators::add, Value::Null, n(1.0), "1"),
        (operators::add, Value::Undefined, n(1.0), "NaN"),
        (operators::add, json("[]"), json("{}"), "[object Object]"),
        (operators::add, json("[1]"), n(2.0), "12"),
        (operators::add, Value::from(true), Value::from(true), "2"),
        (operators::subtract, s("5"), n(2.0), "3"),
        (operators::multiply, s("3"), s("4"), "12"),
        (operators::divide, n(1.0), n(-0.0), "-Infinity"),
        (operators::remainder, n(-5.0), n(3.0), "-2"),
        (operators::remainder, n(5.5), n(-2.0), "1.5"),
        (operators::remainder, n(5.0), n(0.0), "NaN"),
        (operators::remainder, n(5.0), n(inf), "5"),
        (operators::exponent, n(2.0), n(10.0), "1024"),
        (operators::exponent, n(1.0), n(inf), "NaN"),
        (operators::exponent, n(-1.0), n(-inf), "NaN"),
        (operators::exponent, n(1.0), n(f64::NAN), "NaN"),
        (operators::exponent, n(f64::NAN), n(0.0), "1"),
        (operators::exponent, n(-8.0), n(1.0 / 3.0), "NaN"),
        (operators::shift_left, n(1.0), n(33.0), "2"),
        (operators::shift_right, n(-8.0), n(1.0), "-4"),
        (operators::shift_right_unsigned, n(-1.0), n(0.0), "4294967295"),
        (operators::bit_and, n(4_294_967_297.0), n(3.0), "1"),
        (operators::bit_or, s("5"), Value::Null, "5"),
        (operators::bit_xor, n(5.0), n(-1.0), "-6"),
        (operators::less, s("10"), s("9"), "true"),
        (operators::less, s("10"), n(9.0), "false"),
        (operators::less, Value::Undefined, n(1.0), "false"),
        (operators::greater_equal, Value::Null, n(0.0), "true"),
        (operators::less_equal, n(f64::NAN), n(f64::NAN), "false"),
        (operators::greater, json("[2]"), n(1.0), "true"),
        (operators::less, s("\u{ffff}"), s("😀"), "false"),
        (operators::is_in, s("a"), json("{\"a\":null}"), "true"),
        (operators::is_in, n(1.0), json("[5]"), "false"),
        (operators::is_in, s("length"), json("[]"), "true"),
        (operators::is_in, s("a"), s("abc"), "TypeError: Cannot use 'in' operator to search for 'a' in abc"),
    ];
    for (operator, a, b, expected) in cases {
        let result =
            operator(a, b, &mut Host::rich()).map_or_else(|thrown| thrown.to_string(), |value| shown(&value));
        assert_eq!(&result, expected, "{a:?}, {b:?}");
    }
    let minus_zero = operators::remainder(&n(-4.0), &n(2.0), &mut Host::rich()).expect("a number");
    assert!(matches!(minus_zero, Value::Number(zero) if zero == 0.0 && zero.is_sign_negative()));
}

#[test]
fn the_left_operand_is_converted_first() {
    let broken = |native| object(&[("valueOf", Value::Native(native))]);
    for operator in
        [operators::add, operators::subtract, operators::greater, operators::less_equal] as [Binary; 4]
    {
        let thrown = operator(&broken(&MAX), &broken(&MIN), &mut Host::rich()).expect_err("neither is known");
        assert!(thrown.message.contains("Math.max"), "{thrown}");
    }
}

#[test]
fn long_texts_are_paid_for_before_they_are_made_or_compared() {
    let long = Value::from("x".repeat(1_000));
    let other = Value::from("y".repeat(1_000));
    for (operator, cost) in [
        (operators::add as Binary, 2_000),
        (operators::less, 1_000 / BYTES_PER_UNIT),
        (operators::strict_equal, 1_000 / BYTES_PER_UNIT),
    ] {
        assert!(operator(&long, &other, &mut Host { fuel: cost }).is_ok());
        let thrown = operator(&long, &other, &mut Host { fuel: cost - 1 }).expect_err("too little fuel");
        assert_eq!(thrown.kind, ErrorKind::Limit);
    }
}

#[test]
fn own_properties_are_found_and_methods_are_not() {
    let get =
        |value: &Value, key: &str| member::own_property(value, &Str::from(key)).map(|value| shown(&value));
    let found = |text: &str| Some(text.to_owned());
    assert_eq!(get(&Value::from("a😀"), "length"), found("3"));
    assert_eq!(get(&Value::from("abc"), "1"), found("b"));
    assert_eq!(get(&Value::from("abc"), "01"), None);
    assert_eq!(get(&Value::from("abc"), "3"), None);
    assert_eq!(get(&json("[7]"), "0"), found("7"));
    assert_eq!(get(&json("[7]"), "length"), found("1"));
    assert_eq!(get(&json("[7]"), "map"), None);
    assert_eq!(get(&json("{\"a\":1}"), "a"), found("1"));
    assert_eq!(get(&json("{\"a\":1}"), "toString"), None);
    assert_eq!(get(&Value::Regex(Regex::new("a", "gy")), "sticky"), found("true"));
    assert_eq!(get(&Value::Regex(Regex::new("a", "gy")), "lastIndex"), found("0"));
    assert_eq!(get(&Value::Native(&MAX), "name"), found("max"));
    assert_eq!(get(&Value::Native(&MATH), "name"), None);
    let matched = Array::with_extra(
        vec![Value::from("b")],
        match object(&[("index", Value::from(1))]) {
            Value::Object(extra) => extra,
            other => panic!("{other:?}"),
        },
    );
    assert_eq!(get(&Value::Array(matched.expect("shallow")), "index"), found("1"));
    let thrown = member::cannot_read(&Value::Null, "x");
    assert_eq!(thrown.to_string(), "TypeError: Cannot read properties of null (reading 'x')");
}

#[test]
fn a_number_key_takes_the_short_way_where_it_can() {
    let at = |value: &Value, key: f64| member::index(value, &Value::from(key)).map(|value| shown(&value));
    let array = json("[7,8]");
    assert_eq!(at(&array, 1.0), Some("8".to_owned()));
    assert_eq!(at(&array, -0.0), Some("7".to_owned()));
    assert_eq!(at(&array, 2.0), Some("undefined".to_owned()));
    assert_eq!((at(&array, -1.0), at(&array, 0.5), at(&json("{}"), 0.0)), (None, None, None));
    assert_eq!(at(&Value::from("é😀"), 0.0), Some("é".to_owned()));
}

#[test]
fn wide_shapes_find_every_key_and_no_other() {
    let names: Vec<String> = (0..300).map(|n| format!("key {}", n * 7 % 300)).collect();
    let entries: Vec<_> =
        names.iter().enumerate().map(|(at, name)| (name.as_str(), Value::from(at as f64))).collect();
    let Value::Object(object) = object(&entries) else { panic!("an object") };
    for (at, name) in names.iter().enumerate() {
        assert_eq!(object.get_str(name).map(shown), Some(at.to_string()));
    }
    assert!(object.get_str("key 300").is_none());
    assert!(object.get(&Str::from_unit(0xd800)).is_none());
}
