use super::*;
use crate::value::{Str, Value};
use ::serde::{Deserialize, Serialize};
use pretty_assertions::assert_eq;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u64,
    price: f64,
    note: Option<String>,
    kind: Kind,
    tags: Vec<(char, i8)>,
    by_week: BTreeMap<u32, bool>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Gift(String),
    Split(u8, u8),
    Rush { days: u8 },
}

fn order(kind: Kind) -> Order {
    Order {
        id: 7,
        price: 2.0,
        note: None,
        kind,
        tags: vec![('é', -1)],
        by_week: [(9, true), (10, false)].into(),
    }
}

fn value(json: &str) -> Value {
    Value::from_json(json).expect("JSON")
}

#[test]
fn a_structure_comes_back_as_it_went() {
    for kind in [Kind::Plain, Kind::Gift("to you".to_owned()), Kind::Split(1, 2), Kind::Rush { days: 3 }] {
        let sent = order(kind);
        let value = to_value(&sent).expect("a value");
        assert_eq!(value.to_json_string(), serde_json::to_string(&sent).expect("JSON").replace("2.0", "2"));
        assert_eq!(from_value::<Order>(&value).expect("an order"), sent);
    }
}

#[test]
fn a_value_goes_through_serde_as_through_its_own_json() {
    let text = r#"{"1":[1,-2.5,null,true,"é"],"a":{"b":{}},"big":1e+300}"#;
    assert_eq!(serde_json::to_string(&value(text)).expect("JSON"), text);
    let read: Value = serde_json::from_str(text).expect("a value");
    assert_eq!(read.to_json_string(), text);
    assert_eq!(from_value::<Value>(&value(text)).expect("a value").to_json_string(), text);
    assert_eq!(to_value(&value(text)).expect("a value").to_json_string(), text);
}

#[test]
fn undefined_is_left_out_of_maps_and_is_none() {
    let mut object = crate::value::ObjectBuilder::new();
    object.insert(Str::from("gone"), Value::Undefined);
    object.insert(Str::from("here"), Value::from(1));
    let object = Value::Object(object.build().expect("flat"));
    assert_eq!(serde_json::to_string(&object).expect("JSON"), r#"{"here":1}"#);
    assert_eq!(from_value::<BTreeMap<String, i32>>(&object).expect("a map"), [("here".to_owned(), 1)].into());
    assert_eq!(from_value::<Option<i32>>(&Value::Undefined), Ok(None));
    assert_eq!(from_value::<()>(&Value::Undefined), Ok(()));
}

#[test]
fn whole_doubles_are_integers_and_others_are_not() {
    assert_eq!(from_value::<i32>(&Value::from(-3.0)), Ok(-3));
    assert_eq!(from_value::<f32>(&Value::from(3.0)), Ok(3.0));
    assert_eq!(from_value::<u64>(&Value::from(9_007_199_254_740_992.0)), Ok(1 << 53));
    assert!(from_value::<f64>(&Value::from(-0.0)).expect("a number").is_sign_negative());
    assert_eq!(
        from_value::<u8>(&Value::from(1.5)).expect_err("no integer").message(),
        "invalid type: floating point `1.5`, expected u8"
    );
    assert_eq!(
        from_value::<u8>(&Value::from(256)).expect_err("too big").message(),
        "invalid value: integer `256`, expected u8"
    );
    assert_eq!(serde_json::to_string(&Value::from(-0.0)).expect("JSON"), "-0.0");
    assert_eq!(to_value(&u64::MAX).expect("a value").to_json_string(), "18446744073709552000");
}

#[test]
fn errors_lead_to_the_place() {
    let error =
        |json: &str| from_value::<BTreeMap<String, Vec<Kind>>>(&value(json)).expect_err("no map").to_string();
    assert_eq!(
        error(r#"{"a":["Plain",{"Gift":1}]}"#),
        "a[1].Gift: invalid type: integer `1`, expected a string"
    );
    assert_eq!(error(r#"{"a":[{"Split":[1,2,3]}]}"#), "a[0].Split: invalid length 3, expected 2 items");
    assert_eq!(
        error(r#"{"a":["Gift"]}"#),
        "a[0]: invalid type: unit variant, expected a variant with a value"
    );
    assert!(error(r#"{"b":["Other"]}"#).starts_with("b[0]: unknown variant `Other`"));
    let key = to_value(&BTreeMap::from([(vec![1], 2)])).expect_err("no key");
    assert_eq!(key.to_string(), "a sequence cannot be the key of a property");
}

#[test]
fn a_lone_surrogate_leaves_as_the_replacement_character() {
    let lone = Value::String(Str::from_units(&[0x61, 0xd800]));
    assert_eq!(serde_json::to_string(&lone).expect("JSON"), "\"a\u{fffd}\"");
    assert_eq!(from_value::<String>(&lone), Ok("a\u{fffd}".to_owned()));
}

#[test]
fn what_nests_too_deep_is_refused() {
    let mut deep = serde_json::Value::Null;
    for _ in 0..1_001 {
        deep = serde_json::Value::Array(vec![deep]);
    }
    assert_eq!(to_value(&deep).expect_err("too deep").message(), "values nest deeper than 1000 levels");
}

/// Gives a part that fails up, and goes on.
struct Forgiving;

impl Serialize for Forgiving {
    fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use ::serde::ser::SerializeSeq;
        let unfit: BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
        let mut items = serializer.serialize_seq(None)?;
        items.serialize_element(&1)?;
        // What it had begun must not stay behind.
        let _ = items.serialize_element(&([2, 3], [unfit]));
        items.serialize_element(&[4])?;
        items.end()
    }
}

#[test]
fn a_part_that_failed_leaves_nothing_behind() {
    assert_eq!(to_value(&Forgiving).expect("it forgives").to_json_string(), "[1,[4]]");
}

#[test]
fn objects_of_the_same_keys_share_them() {
    let made = to_value(&[order(Kind::Plain), order(Kind::Plain)]).expect("an order");
    let Value::Array(orders) = made else { panic!("{made:?}") };
    let [Value::Object(first), Value::Object(second)] = orders.items() else { panic!("{orders:?}") };
    assert!(std::sync::Arc::ptr_eq(first.shape(), second.shape()));
}
