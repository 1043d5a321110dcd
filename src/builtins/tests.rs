//! The rows as tables of calls. Expectations were made with node 20, filters and noted differences aside.

mod fuel;
mod reference;

use super::*;
use crate::value::{Array, Closure, ErrorKind, Meter, ObjectBuilder};
use pretty_assertions::assert_eq;
use std::sync::Arc;

/// Runs closures that are Rust functions, and pays up to a bound.
pub(super) struct TestHost {
    pub(super) fuel: usize,
}

impl TestHost {
    fn rich() -> Self {
        Self { fuel: usize::MAX }
    }
}

impl Meter for TestHost {
    fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.fuel = self.fuel.checked_sub(units).ok_or_else(|| Thrown::limit("no fuel"))?;
        Ok(())
    }

    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.charge(bytes / 32)
    }
}

struct Function(fn(&[Value]) -> Outcome);

impl Invoke for TestHost {
    fn invoke(&mut self, function: &Value, this: &Value, arguments: &[Value]) -> Outcome {
        self.charge(1)?;
        match function {
            Value::Native(native) => call(native, this, arguments, self),
            Value::Closure(closure) => match closure.program.downcast_ref::<Function>() {
                Some(Function(run)) => run(arguments),
                None => Err(Thrown::type_error("not a test's function")),
            },
            _ => Err(Thrown::type_error("not a function")),
        }
    }
}

impl Host for TestHost {
    fn invoke_fold(
        &mut self,
        callback: &Value,
        accumulator: Value,
        items: &[Value],
        first: usize,
        array: &Value,
    ) -> Outcome {
        fold_each(self, callback, accumulator, items, first, array)
    }

    fn invoke_items(
        &mut self,
        callback: &Value,
        items: &[Value],
        first: usize,
        array: &Value,
        take: &mut Take<'_>,
    ) -> Result<(), Thrown> {
        invoke_each(self, callback, items, first, array, take)
    }

    fn random(&mut self) -> f64 {
        0.25
    }
}

/// An arrow function.
pub(super) fn arrow(run: fn(&[Value]) -> Outcome) -> Value {
    let closure = Closure::new(Arc::new(Function(run)), 0, Box::default()).expect("shallow");
    Value::Closure(Arc::new(closure))
}

/// A value as JSON with `undefined`, `NaN`, `Infinity`, `-0` besides; `{"$": "undefined"}` and kin read them.
fn value(text: &str) -> Value {
    fn decoded(value: &Value) -> Value {
        match value {
            Value::Array(items) => {
                Value::Array(Array::new(items.iter().map(decoded).collect()).expect("shallow"))
            }
            Value::Object(object) => match object.get_str("$") {
                Some(Value::String(name)) if *name == "undefined" => Value::Undefined,
                Some(Value::String(name)) if *name == "NaN" => Value::Number(f64::NAN),
                Some(Value::String(name)) if *name == "Infinity" => Value::Number(f64::INFINITY),
                _ => {
                    let mut builder = ObjectBuilder::new();
                    object.entries().for_each(|(key, value)| builder.insert(key.clone(), decoded(value)));
                    Value::Object(builder.build().expect("shallow"))
                }
            },
            other => other.clone(),
        }
    }
    decoded(&Value::from_json(text).expect("JSON"))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Undefined => "undefined".into(),
        Value::Number(number) if !number.is_finite() => number.to_string().replace("inf", "Infinity"),
        Value::Number(number) if *number == 0.0 && number.is_sign_negative() => "-0".into(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(",")),
        Value::Object(object) => {
            let entry = |(key, value): (&Str, &Value)| format!("{key}:{}", shown(value));
            format!("{{{}}}", object.entries().map(entry).collect::<Vec<_>>().join(","))
        }
        Value::String(text) => format!("'{text}'"),
        other => other.to_json_string(),
    }
}

fn outcome(outcome: Outcome) -> String {
    outcome.map_or_else(|thrown| thrown.to_string(), |value| shown(&value))
}

fn native(name: &str) -> &'static Native {
    let row = rows().find(|row| row.native.name == name && row.place() != Place::Filter);
    &row.unwrap_or_else(|| panic!("there is no {name}")).native
}

fn method_of(this: &Value, name: &str, arguments: &[Value]) -> String {
    let Some(native) = inherited(this, &Str::from(name)) else { return "no method".into() };
    outcome(call(native, this, arguments, &mut TestHost::rich()))
}

fn list(text: &str) -> Vec<Value> {
    let Value::Array(items) = value(text) else { panic!("{text} is no list") };
    items.to_vec()
}

/// Receiver, method, arguments, result.
fn check_methods(cases: &[(&str, &str, &str, &str)]) {
    for (this, name, arguments, expected) in cases {
        let got = method_of(&value(this), name, &list(arguments));
        assert_eq!(got, *expected, "({this}).{name}({arguments})");
    }
}

/// Function, arguments, result.
fn check_functions(cases: &[(&str, &str, &str)]) {
    for (name, arguments, expected) in cases {
        let result = call(native(name), &Value::Undefined, &list(arguments), &mut TestHost::rich());
        assert_eq!(outcome(result), *expected, "{name}({arguments})");
    }
}

fn check_filters(cases: &[(&str, &str, &str)]) {
    for (name, arguments, expected) in cases {
        let native = filter(name).expect("a filter");
        let result = call(native, &Value::Undefined, &list(arguments), &mut TestHost::rich());
        assert_eq!(outcome(result), *expected, "{arguments} | {name}");
    }
}

#[test]
fn every_row_is_found_again_by_its_id_and_by_its_name() {
    for row in rows() {
        let found = table::row_of(&row.native).expect("a row");
        assert!(std::ptr::eq(found, row), "{} has the id of {}", row.native.name, found.native.name);
        let value = match row.place() {
            Place::Global => global(row.native.name),
            Place::Static { owner, name } => {
                let Some(Value::Native(owner)) = global(owner) else { panic!("{owner} is missing") };
                static_member(owner, &Str::from(name))
            }
            Place::Filter => filter(row.native.name).map(Value::Native),
            Place::Ensemble => Some(fail()),
            Place::Method { receiver, name } => {
                let methods = Methods::named(name);
                let native = match receiver {
                    "String" => methods.string,
                    "Number" => methods.number,
                    "Boolean" => methods.boolean,
                    "Array" => methods.array,
                    "Object" => methods.object,
                    "Function" => methods.function,
                    "RegExp" => methods.regex,
                    other => panic!("{other} is no receiver"),
                };
                native.map(Value::Native)
            }
        };
        match (row.run, value.unwrap_or_else(|| panic!("{} is not found", row.native.name))) {
            (Run::Function(_) | Run::Namespace, Value::Native(native)) => {
                assert!(std::ptr::eq(native, &row.native), "another {}", row.native.name);
            }
            (Run::SameAs(other), Value::Native(native)) => {
                assert_eq!(native.name.rsplit('.').next(), other.rsplit('.').next());
            }
            (Run::Number(number), Value::Number(found)) => assert_eq!(number.to_bits(), found.to_bits()),
            (Run::Undefined, Value::Undefined) => {}
            (_, value) => panic!("{} is {value:?}", row.native.name),
        }
    }
}

#[test]
fn every_row_says_what_it_is() {
    for row in rows() {
        let name = row.native.name;
        assert!(!row.about.is_empty() && !row.about.ends_with('.'), "{name}: {:?}", row.about);
        assert!(!row.example.0.is_empty() && !row.example.1.is_empty(), "{name} has no example");
        assert_eq!(
            row.spec.is_empty(),
            matches!(row.place(), Place::Filter | Place::Ensemble),
            "{name}: {:?}",
            row.spec
        );
    }
}

#[test]
fn everything_inherits_from_object() {
    let same = |a: &Value, b: &Value| {
        std::ptr::eq(
            inherited(a, &Str::from("hasOwnProperty")).expect("inherited"),
            inherited(b, &Str::from("hasOwnProperty")).expect("inherited"),
        )
    };
    assert!(same(&value("[]"), &value("{}")) && same(&value("1"), &value("\"a\"")));
    assert!(inherited(&value("null"), &Str::from("toString")).is_none());
    assert!(inherited(&value("[]"), &Str::from("push")).is_none());
    let math = global("Math").expect("Math");
    assert_eq!(method_of(&math, "toString", &[]), "'[object Math]'");
    assert_eq!(method_of(&math, "hasOwnProperty", &list("[\"PI\"]")), "true");
}

#[test]
fn arrays_are_taken_apart_and_put_together() {
    let undefined = r#"{"$":"undefined"}"#;
    check_methods(&[
        ("[1,2,3]", "slice", "[-2]", "[2,3]"),
        ("[1,2,3]", "slice", "[2,1]", "[]"),
        ("[1,2,3]", "slice", &format!("[1,{undefined}]"), "[2,3]"),
        ("[1,2]", "concat", "[[[3]],4]", "[1,2,[3],4]"),
        ("[1,[2,[3,[4]]]]", "flat", "[]", "[1,2,[3,[4]]]"),
        ("[1,[2,[3,[4]]]]", "flat", "[{\"$\":\"Infinity\"}]", "[1,2,3,4]"),
        ("[1,[2,[3]]]", "flat", "[-1]", "[1,[2,[3]]]"),
        ("[1,2]", "toSpliced", "[]", "[1,2]"),
        ("[1,2]", "toSpliced", "[0]", "[]"),
        ("[1,2]", "toSpliced", &format!("[{undefined}]"), "[]"),
        ("[1,2,3]", "toSpliced", &format!("[0,{undefined}]"), "[1,2,3]"),
        ("[1,2,3]", "toSpliced", "[-2,1,8,9]", "[1,8,9,3]"),
        ("[1]", "with", "[5,1]", "RangeError: Invalid index : 5"),
        ("[1]", "with", "[1.9,2]", "RangeError: Invalid index : 1.9"),
        ("[1]", "with", "[-1.9,2]", "[2]"),
        ("[1]", "with", "[\"a\",2]", "[2]"),
        ("[]", "with", "[0,2]", "RangeError: Invalid index : 0"),
        ("[1,2,3]", "reverse", "[]", "[3,2,1]"),
        ("[7]", "entries", "[]", "[[0,7]]"),
        ("[1,2]", "join", "[null]", "'1null2'"),
        ("[1,null,[2,[3]]]", "toString", "[]", "'1,,2,3'"),
        ("[1234.5,null,[1000]]", "toLocaleString", "[]", "'1,234.5,,1,000'"),
    ]);
}

#[test]
fn items_are_found_where_javascript_finds_them() {
    check_methods(&[
        ("[1]", "includes", "[]", "false"),
        (r#"[{"$":"undefined"}]"#, "includes", "[]", "true"),
        (r#"[{"$":"NaN"}]"#, "includes", r#"[{"$":"NaN"}]"#, "true"),
        (r#"[{"$":"NaN"}]"#, "indexOf", r#"[{"$":"NaN"}]"#, "-1"),
        ("[1,2,1]", "indexOf", "[1,1]", "2"),
        ("[1,2,1]", "indexOf", "[1,-1]", "2"),
        ("[1,2,1]", "indexOf", "[1,9]", "-1"),
        ("[1,2,1]", "lastIndexOf", "[1]", "2"),
        ("[1,2,1]", "lastIndexOf", r#"[1,{"$":"undefined"}]"#, "0"),
        ("[1,2,1]", "lastIndexOf", "[1,-4]", "-1"),
        ("[1,2,1]", "lastIndexOf", "[1,-2]", "0"),
        ("[]", "lastIndexOf", "[1]", "-1"),
        ("[1,2,3]", "at", "[-1]", "3"),
        ("[1,2,3]", "at", r#"[{"$":"NaN"}]"#, "1"),
        ("[1,2,3]", "at", "[-4]", "undefined"),
        ("[1,2,3]", "at", "[3]", "undefined"),
        ("[\"ab\",\"cd\"]", "indexOf", "[\"cd\"]", "1"),
    ]);
}

#[test]
fn callbacks_get_item_index_and_array() {
    let shows = arrow(|arguments| {
        Array::new(arguments.iter().map(|argument| Value::from(shown(argument))).collect()).map(Value::Array)
    });
    let of = |name: &str, extra: &[Value]| {
        let mut arguments = vec![shows.clone()];
        arguments.extend_from_slice(extra);
        method_of(&value("[5,6]"), name, &arguments)
    };
    assert_eq!(of("map", &[]), "[['5','0','[5,6]'],['6','1','[5,6]']]");
    assert_eq!(of("flatMap", &[]), "['5','0','[5,6]','6','1','[5,6]']");
    assert_eq!(of("reduce", &[]), "['5','6','1','[5,6]']");
    assert_eq!(of("reduceRight", &[]), "['6','5','0','[5,6]']");
    assert_eq!(of("reduce", &[Value::Null]), "['['null','5','0','[5,6]']','6','1','[5,6]']");
    assert_eq!(of("forEach", &[]), "undefined");
    let truthy = arrow(|arguments| Ok(Value::Bool(matches!(arguments[0], Value::Number(n) if n > 1.0))));
    for (name, expected) in [
        ("filter", "[2,3]"),
        ("find", "2"),
        ("findIndex", "1"),
        ("findLast", "3"),
        ("findLastIndex", "2"),
        ("some", "true"),
        ("every", "false"),
    ] {
        assert_eq!(method_of(&value("[1,2,3]"), name, std::slice::from_ref(&truthy)), expected, "{name}");
    }
}

#[test]
fn what_is_no_callback_is_named_as_v8_names_it() {
    check_methods(&[
        ("[1]", "map", "[]", "TypeError: undefined is not a function"),
        ("[1]", "map", "[\"a\"]", "TypeError: a is not a function"),
        ("[1]", "filter", "[[1,2]]", "TypeError: [object Array] is not a function"),
        ("[1]", "find", "[{}]", "TypeError: #<Object> is not a function"),
        ("[]", "reduce", "[1]", "TypeError: 1 is not a function"),
        ("[1]", "flatMap", "[1]", "TypeError: flatMap mapper function is not callable"),
        ("[1]", "sort", "[3]", "TypeError: The comparison function must be either a function or undefined"),
    ]);
    let reduced = method_of(&value("[]"), "reduce", &[arrow(|_| Ok(Value::Null))]);
    assert_eq!(reduced, "TypeError: Reduce of empty array with no initial value");
    let unbound = call(native("Array.prototype.map"), &Value::Undefined, &[], &mut TestHost::rich());
    assert_eq!(outcome(unbound), "TypeError: Array.prototype.map called on null or undefined");
    let unbound = call(native("Number.prototype.toFixed"), &Value::Undefined, &[], &mut TestHost::rich());
    assert_eq!(outcome(unbound), "TypeError: Number.prototype.toFixed requires that 'this' be a Number");
}

fn difference(arguments: &[Value]) -> Outcome {
    let [Value::Number(a), Value::Number(b)] = arguments else { return Ok(Value::Number(f64::NAN)) };
    Ok(Value::Number(a - b))
}

#[test]
fn sorting_is_stable_and_keeps_undefined_last() {
    check_methods(&[
        ("[10,9,1]", "sort", "[]", "[1,10,9]"),
        (r#"[{"$":"undefined"},3,{"$":"undefined"},1]"#, "toSorted", "[]", "[1,3,undefined,undefined]"),
        ("[null,\"m\",\"z\",0]", "sort", "[]", "[0,'m',null,'z']"),
        ("[\"é\",\"z\",\"ab\",\"B\"]", "sort", "[]", "['B','ab','z','é']"),
    ]);
    let by =
        |items: &str, compare: fn(&[Value]) -> Outcome| method_of(&value(items), "sort", &[arrow(compare)]);
    assert_eq!(by("[3,1,2]", difference), "[1,2,3]");
    assert_eq!(by("[3,1,2]", |_| Ok(Value::from("x"))), "[3,1,2]");
    // Whose comparison never says "less" changes nothing, as in V8.
    assert_eq!(
        by("[3,1,2]", |ab| Ok(Value::Bool(matches!(ab, [Value::Number(a), Value::Number(b)] if a > b)))),
        "[3,1,2]"
    );
    let first_digit = |ab: &[Value]| match ab {
        [Value::Number(a), Value::Number(b)] => {
            Ok(Value::Number((a / 1000.0).floor() - (b / 1000.0).floor()))
        }
        _ => Ok(Value::Null),
    };
    let many: Vec<u32> = (0..500).map(|at| (at * 7 % 10) * 1000 + at).collect();
    let mut expected = many.clone();
    expected.sort_by_key(|number| number / 1000);
    assert_eq!(by(&format!("{many:?}"), first_digit), format!("{expected:?}").replace(' ', ""));
    // A long falling run is turned round at once.
    let falling: Vec<u32> = (0..200).rev().collect();
    let rising: Vec<u32> = (0..200).collect();
    assert_eq!(by(&format!("{falling:?}"), difference), format!("{rising:?}").replace(' ', ""));
    let thrown = by("[1,2]", |_| Err(Thrown::new(ErrorKind::Error, "no")));
    assert_eq!(thrown, "Error: no");
}

#[test]
fn sorting_asks_what_v8_asks() {
    // Contradicts itself: the answer depends on who is compared with whom, and in which order.
    let odd = |ab: &[Value]| match ab {
        [Value::Number(a), Value::Number(b)] => Ok(Value::Number((a * 7.0 + b * 3.0) % 5.0 - 2.0)),
        _ => Ok(Value::Null),
    };
    let items: Vec<u32> = (0..40).map(|at| at * 13 % 41).collect();
    let sorted = method_of(&value(&format!("{items:?}")), "sort", &[arrow(odd)]);
    assert_eq!(sorted, V8_ODD);
}

/// `JSON.stringify(Array.from({ length: 40 }, (_, at) => at * 13 % 41).sort((a, b) => (a * 7 + b * 3) % 5 - 2))`
const V8_ODD: &str = "[9,24,39,1,16,31,11,26,8,23,38,3,18,33,13,15,30,10,25,40,5,20,35,0,2,17,32,12,27,7,22,37,4,19,34,14,29,6,21,36]";

#[test]
fn statics_of_array_and_object() {
    let undefined = r#"{"$":"undefined"}"#;
    check_functions(&[
        ("Array.from", "[\"a😀\"]", "['a','😀']"),
        ("Array.from", r#"[{"length":2,"0":"a"}]"#, "['a',undefined]"),
        ("Array.from", r#"[{"length":"3"}]"#, "[undefined,undefined,undefined]"),
        ("Array.from", "[5]", "[]"),
        ("Array.from", "[[1],3]", "TypeError: 3 is not a function"),
        ("Array.from", r#"[{"length":4294967296}]"#, "RangeError: Invalid array length"),
        (
            "Array.from",
            "[null]",
            "TypeError: object null is not iterable (cannot read property Symbol(Symbol.iterator))",
        ),
        (
            "Array.from",
            "[]",
            "TypeError: undefined is not iterable (cannot read property Symbol(Symbol.iterator))",
        ),
        ("Array", "[-1]", "RangeError: Invalid array length"),
        ("Array", "[1.5]", "RangeError: Invalid array length"),
        ("Array", "[\"3\"]", "['3']"),
        ("Array.of", "[7,8]", "[7,8]"),
        ("Object.assign", r#"[{"a":1},null,"xy",[9]]"#, "{0:9,1:'y',a:1}"),
        ("Object.assign", "[[1],[2,3]]", "[2,3]"),
        ("Object.assign", "[null]", "TypeError: Cannot convert undefined or null to object"),
        ("Object.assign", r#"[1,{"a":1}]"#, "1"),
        ("Object.assign", r#"["a",{"b":1}]"#, "'a'"),
        (
            "Object.assign",
            r#"["a",[1]]"#,
            "TypeError: Cannot assign to read only property '0' of object '[object String]'",
        ),
        ("Object.entries", "[[1,2]]", "[['0',1],['1',2]]"),
        ("Object.values", "[\"ab\"]", "['a','b']"),
        ("Object.keys", "[1]", "[]"),
        ("Object.keys", "[]", "TypeError: Cannot convert undefined or null to object"),
        ("Object.fromEntries", r#"[[["a",1],{"0":"b","1":2},[]]]"#, "{a:1,b:2,undefined:undefined}"),
        ("Object.fromEntries", "[[\"ab\"]]", "TypeError: Iterator value ab is not an entry object"),
        (
            "Object.fromEntries",
            &format!("[[{undefined}]]"),
            "TypeError: Iterator value undefined is not an entry object",
        ),
        ("Object.fromEntries", "[]", "TypeError: undefined is not iterable"),
        (
            "Object.fromEntries",
            "[1]",
            "TypeError: number 1 is not iterable (cannot read property Symbol(Symbol.iterator))",
        ),
        (
            "Object.fromEntries",
            "[{}]",
            "TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))",
        ),
        ("Object.hasOwn", "[\"ab\",\"length\"]", "true"),
        ("Object.hasOwn", "[null,\"a\"]", "TypeError: Cannot convert undefined or null to object"),
        ("Object.is", r#"[{"$":"NaN"},{"$":"NaN"}]"#, "true"),
        ("Object.is", "[0,-0]", "false"),
    ]);
    check_methods(&[
        ("{\"a\":1}", "propertyIsEnumerable", "[\"a\"]", "true"),
        ("[1]", "propertyIsEnumerable", "[\"length\"]", "false"),
        ("\"a\"", "propertyIsEnumerable", "[0]", "true"),
        ("{}", "toString", "[]", "'[object Object]'"),
        ("{}", "isPrototypeOf", "[{}]", "false"),
    ]);
    let unchanged = value("{\"a\":1}");
    let result = call(
        native("Object.assign"),
        &Value::Undefined,
        std::slice::from_ref(&unchanged),
        &mut TestHost::rich(),
    );
    assert!(crate::value::equality::is_strictly_equal(&result.expect("an object"), &unchanged));
}

#[test]
fn numbers_say_what_they_are() {
    check_methods(&[
        ("25", "toString", r#"[{"$":"undefined"}]"#, "'25'"),
        ("255", "toString", "[16]", "'ff'"),
        ("1", "toString", "[1]", "RangeError: toString() radix argument must be between 2 and 36"),
        ("1.5", "toFixed", "[]", "'2'"),
        ("1", "toFixed", "[101]", "RangeError: toFixed() digits argument must be between 0 and 100"),
        ("0", "toPrecision", "[3]", "'0.00'"),
        ("1", "toPrecision", "[0]", "RangeError: toPrecision() argument must be between 1 and 100"),
        (r#"{"$":"NaN"}"#, "toPrecision", "[1000]", "'NaN'"),
        (
            r#"{"$":"NaN"}"#,
            "toFixed",
            "[1000]",
            "RangeError: toFixed() digits argument must be between 0 and 100",
        ),
        ("1", "toExponential", "[101]", "RangeError: toExponential() argument must be between 0 and 100"),
        (r#"{"$":"Infinity"}"#, "toExponential", "[1000]", "'Infinity'"),
        ("1234567.891", "toLocaleString", "[]", "'1,234,567.891'"),
        ("-1.5", "toLocaleString", "[]", "'-1.5'"),
        ("1e21", "toLocaleString", "[]", "'1,000,000,000,000,000,000,000'"),
        ("123456789012345680000", "toLocaleString", "[]", "'123,456,789,012,345,680,000'"),
        ("1.0005", "toLocaleString", "[]", "'1.001'"),
        ("0.0005", "toLocaleString", "[]", "'0.001'"),
        ("0.00049", "toLocaleString", "[]", "'0'"),
        ("999.9996", "toLocaleString", "[]", "'1,000'"),
        ("-0.0001", "toLocaleString", "[]", "'-0'"),
        (r#"{"$":"Infinity"}"#, "toLocaleString", "[]", "'∞'"),
        (
            "1",
            "toLocaleString",
            "[\"de-DE\"]",
            "TypeError: toLocaleString() knows 'en-US' without options only",
        ),
        ("true", "toString", "[]", "'true'"),
        ("true", "toLocaleString", "[]", "'true'"),
    ]);
}

#[test]
fn math_keeps_signs_of_zero_and_nan() {
    check_functions(&[
        ("Math.max", "[]", "-Infinity"),
        ("Math.min", "[]", "Infinity"),
        ("Math.max", "[-0,0]", "0"),
        ("Math.min", "[0,-0]", "-0"),
        ("Math.max", r#"[1,{"$":"NaN"},3]"#, "NaN"),
        ("Math.min", r#"[{"$":"NaN"},1]"#, "NaN"),
        ("Math.hypot", "[]", "0"),
        ("Math.hypot", "[-0]", "0"),
        ("Math.hypot", r#"[{"$":"NaN"},{"$":"Infinity"}]"#, "Infinity"),
        ("Math.hypot", "[3,4]", "5"),
        ("Math.hypot", "[1e200,1e200]", "1.414213562373095e+200"),
        ("Math.round", "[-0.2]", "-0"),
        ("Math.round", "[0.49999999999999994]", "0"),
        ("Math.round", "[-2.5]", "-2"),
        ("Math.round", "[2.5]", "3"),
        ("Math.round", "[4503599627370497]", "4503599627370497"),
        ("Math.sign", "[-0]", "-0"),
        ("Math.sign", "[-3]", "-1"),
        ("Math.sign", "[\"x\"]", "NaN"),
        ("Math.ceil", "[-0.5]", "-0"),
        ("Math.atan2", "[0,-0]", "3.141592653589793"),
        ("Math.asinh", "[-0]", "-0"),
        ("Math.clz32", "[0]", "32"),
        ("Math.imul", "[4294967295,5]", "-5"),
        ("Math.fround", "[5.05]", "5.050000190734863"),
        ("Math.pow", r#"[1,{"$":"Infinity"}]"#, "NaN"),
        ("Math.log10", "[1000]", "3"),
        ("Math.log2", "[8]", "3"),
        ("Math.cbrt", "[27]", "3"),
        ("Math.random", "[]", "0.25"),
    ]);
    // Every argument is converted, also after a NaN.
    let mut throws = ObjectBuilder::new();
    throws.insert(Str::from("valueOf"), arrow(|_| Err(Thrown::new(ErrorKind::Error, "asked"))));
    let arguments = [Value::Number(f64::NAN), Value::Object(throws.build().expect("shallow"))];
    let result = call(native("Math.max"), &Value::Undefined, &arguments, &mut TestHost::rich());
    assert_eq!(outcome(result), "Error: asked");
}

#[test]
fn addresses_are_encoded_and_decoded() {
    check_functions(&[
        ("encodeURIComponent", "[\"a b&ü😀-_.!~*'()\"]", "'a%20b%26%C3%BC%F0%9F%98%80-_.!~*'()'"),
        ("encodeURI", "[\"a b&ü😀;/?:@&=+$,#\"]", "'a%20b&%C3%BC%F0%9F%98%80;/?:@&=+$,#'"),
        ("encodeURIComponent", r#"["\ud800"]"#, "URIError: URI malformed"),
        ("decodeURI", "[\"%23%24%41\"]", "'%23%24A'"),
        ("decodeURI", "[\"%3b%2F\"]", "'%3b%2F'"),
        ("decodeURIComponent", "[\"%F0%9F%98%80ü\"]", "'😀ü'"),
        ("decodeURIComponent", "[\"%ED%A0%80\"]", "URIError: URI malformed"),
        ("decodeURIComponent", "[\"%C0%80\"]", "URIError: URI malformed"),
        ("decodeURIComponent", "[\"%80\"]", "URIError: URI malformed"),
        ("decodeURIComponent", "[\"%f0%9f%98\"]", "URIError: URI malformed"),
        ("decodeURIComponent", "[\"%\"]", "URIError: URI malformed"),
        ("decodeURIComponent", "[\"%4g\"]", "URIError: URI malformed"),
        ("decodeURIComponent", r#"["\ud800%41"]"#, "'\u{fffd}A'"),
    ]);
}

#[test]
fn constructors_convert() {
    check_functions(&[
        ("String", "[]", "''"),
        ("String", "[null]", "'null'"),
        ("Number", "[]", "0"),
        ("Number", r#"[{"$":"undefined"}]"#, "NaN"),
        ("Number", "[\"0x10\"]", "16"),
        ("Boolean", "[[]]", "true"),
        ("Object", "[1]", "1"),
        ("isNaN", "[]", "true"),
        ("isFinite", "[null]", "true"),
        ("parseInt", "[\"0x1f\"]", "31"),
        ("parseInt", "[\"12\",1]", "NaN"),
        ("parseFloat", "[\"1e3x\"]", "1000"),
        ("JSON.parse", "[]", "SyntaxError: \"undefined\" is not valid JSON"),
        ("JSON.parse", r#"["{"]"#, "SyntaxError: Expected property name or '}' in JSON at position 1"),
        ("JSON.stringify", "[]", "undefined"),
        ("JSON.stringify", r#"[{"b":1,"a":[2]},["a"]]"#, r#"'{"a":[2]}'"#),
        ("JSON.stringify", r#"[{"a":1},null,2]"#, "'{\n  \"a\": 1\n}'"),
    ]);
}

#[test]
fn functions_are_called_with_lists() {
    let max = Value::Native(native("Math.max"));
    assert_eq!(method_of(&max, "call", &list("[null,1,2]")), "2");
    assert_eq!(method_of(&max, "apply", &list("[null,[1,2]]")), "2");
    assert_eq!(method_of(&max, "apply", &list("[null]")), "-Infinity");
    let wrong = method_of(&max, "apply", &list("[null,1]"));
    assert_eq!(wrong, "TypeError: CreateListFromArrayLike called on non-object");
    assert_eq!(method_of(&max, "toString", &[]), "'function max() { [native code] }'");
}

#[test]
fn groups_keep_the_order_in_which_their_keys_came() {
    let parity = arrow(|arguments| {
        Ok(Value::from(if matches!(arguments[0], Value::Number(n) if n % 2.0 == 0.0) {
            "even"
        } else {
            "odd"
        }))
    });
    let arguments = [value("[1,2,3]"), parity];
    let groups = call(native("Object.groupBy"), &Value::Undefined, &arguments, &mut TestHost::rich());
    assert_eq!(outcome(groups), "{odd:[1,3],even:[2]}");
}

#[test]
fn filters_do_what_their_rows_say_and_refuse_the_rest() {
    check_filters(&[
        ("join", "[[\"a\",1],\"-\"]", "'a-1'"),
        ("join", "[\"ab\"]", "TypeError: the filter `join` takes an array, not a text"),
        ("length", "[\"😀\"]", "2"),
        ("length", "[{\"a\":1}]", "1"),
        (
            "length",
            "[null]",
            "TypeError: the filter `length` takes a text, an array or an object, not null, see the filter `default`",
        ),
        ("first", "[\"😀x\"]", "'😀'"),
        ("last", "[[1,2]]", "2"),
        ("last", "[[]]", "undefined"),
        ("slice", "[[1,2,3],1]", "[2,3]"),
        ("reverse", "[\"a😀\"]", "'😀a'"),
        ("sort", "[[10,9,{\"$\":\"undefined\"},1]]", "[1,9,10,undefined]"),
        ("sort", "[[{\"$\":\"NaN\"},2,-1]]", "[-1,2,NaN]"),
        ("sort", "[[\"b\",10,9]]", "[10,9,'b']"),
        ("abs", "[\"-2\"]", "2"),
        ("abs", "[\"x\"]", "TypeError: the filter `abs` takes a number, not a text"),
        ("round", "[2.5]", "3"),
        ("round", "[3.14159,2]", "3.14"),
        ("floor", "[-1.5]", "-2"),
        ("ceil", "[1.2]", "2"),
        ("string", "[{\"a\":[1]}]", "'{\"a\":[1]}'"),
        (
            "string",
            "[null]",
            "TypeError: the filter `string` takes a text, not null, see the filter `default`",
        ),
        ("number", "[\"12\"]", "12"),
        ("boolean", "[\" FALSE \"]", "false"),
        ("boolean", "[\"yes\"]", "true"),
        ("boolean", "[null]", "false"),
        ("keys", "[{\"a\":1}]", "['a']"),
        ("values", "[[7]]", "[7]"),
        ("keys", "[1]", "TypeError: the filter `keys` takes an object or an array, not a number"),
        ("default", "[null,1]", "1"),
        ("default", "[0,1]", "0"),
        ("json", "[{\"a\":1}]", "'{\"a\":1}'"),
        (
            "json",
            "[]",
            "TypeError: the filter `json` takes what JSON can say, not undefined, see the filter `default`",
        ),
    ]);
}
