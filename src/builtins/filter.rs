//! Filters: what stands after a bar, `value | name(arguments)`. The value is argument 0, and `this` is undefined.
//!
//! They are not JavaScript's, and stricter: where a method of JavaScript would make "undefined" or NaN of a value
//! that is missing or of the wrong type, and a prompt would carry it on, a filter throws. `default`, `boolean`,
//! `number` and `json` are there to deal with such values.

use super::table::{Builtin, Group, function, numbered};
use super::{Call, Methods, Outcome, array, call as call_native, math, object};
use crate::value::json::{self, Indent, Replacer};
use crate::value::{Array, Native, Str, StrBuilder, Thrown, Value, coercion, number};

pub(super) static ROWS: &[Builtin] = &numbered(
    Group::Filters,
    [
        function("uppercase", 1, "", |call| text_method(call, "uppercase", "toUpperCase"))
            .about("the text in capital letters")
            .example("'ab' | uppercase", "'AB'"),
        function("lowercase", 1, "", |call| text_method(call, "lowercase", "toLowerCase"))
            .about("the text in small letters")
            .example("'AB' | lowercase", "'ab'"),
        function("capitalize", 1, "", capitalize)
            .about("the text with a capital first letter, the others as they are")
            .example("'ab cD' | capitalize", "'Ab cD'"),
        function("trim", 1, "", |call| text_method(call, "trim", "trim"))
            .about("the text without white space around it")
            .example("' a ' | trim", "'a'"),
        function("split", 1, "separator = ','", split)
            .about("the parts of the text between separators")
            .example("'a,b' | split", "['a', 'b']"),
        function("join", 1, "separator = ','", join)
            .about("the items of the array as text, with the separator in between")
            .example("['a', 'b'] | join(' and ')", "'a and b'"),
        function("length", 1, "", length)
            .about("how many units a text, items an array or properties an object has")
            .example("[1, 2] | length", "2"),
        function("first", 1, "", |call| end(call, "first"))
            .about("the first item of an array or character of a text; undefined if there is none")
            .example("[1, 2] | first", "1"),
        function("last", 1, "", |call| end(call, "last"))
            .about("the last item of an array or character of a text; undefined if there is none")
            .example("[1, 2] | last", "2"),
        function("slice", 2, "start?, end?", slice)
            .about("a part of an array or text; negative numbers count from the end")
            .example("'abcd' | slice(1, -1)", "'bc'"),
        function("reverse", 1, "", reverse)
            .about("an array or the characters of a text, the last first")
            .example("[1, 2] | reverse", "[2, 1]"),
        function("sort", 1, "", sort)
            .about("the items in order: numbers by value if all are numbers, otherwise by text")
            .example("[10, 9, 1] | sort", "[1, 9, 10]"),
        function("abs", 1, "", |call| Ok(Value::Number(quantity(call, "abs")?.abs())))
            .about("the number without its sign")
            .example("-2 | abs", "2"),
        function("round", 1, "digits = 0", round)
            .about("the nearest integer, or the number to so many digits after the point")
            .example("3.14159 | round(2)", "3.14"),
        function("floor", 1, "", |call| Ok(Value::Number(quantity(call, "floor")?.floor())))
            .about("the largest integer that is not larger")
            .example("1.7 | floor", "1"),
        function("ceil", 1, "", |call| Ok(Value::Number(quantity(call, "ceil")?.ceil())))
            .about("the smallest integer that is not smaller")
            .example("1.2 | ceil", "2"),
        function("string", 1, "", string)
            .about("the value as a template shows it: objects and arrays as JSON")
            .example("[1, 2] | string", "'[1,2]'"),
        function("number", 1, "", |call| call.number(0).map(Value::Number))
            .about("the value as a number, as `Number(value)`: NaN if it is none")
            .example("'12' | number", "12"),
        function("boolean", 1, "", boolean)
            .about("whether the value counts as true; the texts 'false', 'no', 'off' and '0' do not")
            .example("'false' | boolean", "false"),
        function("keys", 1, "", keys)
            .about("the keys of an object or indices of an array")
            .example("({ a: 1 }) | keys", "['a']"),
        function("values", 1, "", values)
            .about("the values of an object or items of an array")
            .example("({ a: 1 }) | values", "[1]"),
        function("default", 2, "fallback", default)
            .about("the value, or the fallback where it is null or undefined, as `??`")
            .example("null | default('x')", "'x'"),
        function("json", 1, "indent?", to_json)
            .about("the value as JSON, as `JSON.stringify(value, null, indent)`")
            .example("({ a: [1] }) | json", "'{\"a\":[1]}'"),
    ],
);

#[cold]
fn wrong(filter: &str, wanted: &str, value: &Value) -> Thrown {
    let (given, help) = match value {
        Value::Undefined => ("undefined", ", see the filter `default`"),
        Value::Null => ("null", ", see the filter `default`"),
        Value::Array(_) => ("an array", ""),
        Value::Bool(_) => ("a boolean", ""),
        Value::Number(_) => ("a number", ""),
        Value::String(_) => ("a text", ""),
        Value::Closure(_) | Value::Native(_) => ("a function", ""),
        Value::Object(_) => ("an object", ""),
        Value::Regex(_) => ("a regular expression", ""),
    };
    Thrown::type_error(format!("the filter `{filter}` takes {wanted}, not {given}{help}"))
}

/// The value as a text: strings, numbers and booleans have one.
fn text(call: &mut Call<'_>, filter: &str) -> Result<Str, Thrown> {
    match call.argument(0) {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => call.string(0),
        other => Err(wrong(filter, "a text", other)),
    }
}

/// The value as a number: numbers, and texts that say one.
fn quantity(call: &mut Call<'_>, filter: &str) -> Result<f64, Thrown> {
    match call.argument(0) {
        Value::Number(number) => Ok(*number),
        value @ Value::String(text) => match call.number(0)? {
            number if !number.is_nan() && !text.is_empty() => Ok(number),
            _ => Err(wrong(filter, "a number", value)),
        },
        other => Err(wrong(filter, "a number", other)),
    }
}

/// Calls a method of the built-ins.
fn method(
    call: &mut Call<'_>,
    native: Option<&'static Native>,
    this: &Value,
    arguments: &[Value],
) -> Outcome {
    match native {
        Some(native) => call_native(native, this, arguments, call.host),
        None => Err(Thrown::type_error("the filter's method is missing")),
    }
}

fn text_method(call: &mut Call<'_>, filter: &str, name: &str) -> Outcome {
    let text = Value::String(text(call, filter)?);
    method(call, Methods::named(name).string, &text, &[])
}

fn capitalize(call: &mut Call<'_>) -> Outcome {
    let text = text(call, "capitalize")?;
    let Some(first) = text.code_points().next().and_then(Str::from_code_point) else {
        return Ok(Value::String(text));
    };
    call.host.scan(text.byte_len())?;
    let rest = text.slice(first.len(), text.len());
    let first = method(call, Methods::named("toUpperCase").string, &Value::String(first), &[])?;
    let first = coercion::to_string(&first, call.host)?;
    call.allocate(first.byte_len() + rest.byte_len())?;
    Ok(Value::String(Str::concat(&[&first, &rest])))
}

fn split(call: &mut Call<'_>) -> Outcome {
    let text = Value::String(text(call, "split")?);
    let separator = match call.argument(1) {
        Value::Undefined => Value::from(","),
        given => given.clone(),
    };
    method(call, Methods::named("split").string, &text, &[separator])
}

fn items<'c>(call: &Call<'c>, filter: &str) -> Result<&'c Array, Thrown> {
    match call.argument(0) {
        Value::Array(array) => Ok(array),
        other => Err(wrong(filter, "an array", other)),
    }
}

fn join(call: &mut Call<'_>) -> Outcome {
    let array = items(call, "join")?;
    let separator = match call.argument(1) {
        Value::Undefined => Str::from(","),
        given => coercion::to_string(given, call.host)?,
    };
    coercion::join(array, &separator, call.host).map(Value::String)
}

fn length(call: &mut Call<'_>) -> Outcome {
    let count = match call.argument(0) {
        Value::String(text) => text.len(),
        Value::Array(array) => array.len(),
        Value::Object(object) => object.len(),
        other => return Err(wrong("length", "a text, an array or an object", other)),
    };
    Ok(Value::Number(count as f64))
}

fn end(call: &mut Call<'_>, filter: &'static str) -> Outcome {
    let is_first = filter == "first";
    match call.argument(0) {
        Value::Array(array) => {
            let item = if is_first { array.first() } else { array.last() };
            Ok(item.cloned().unwrap_or_default())
        }
        Value::String(text) => {
            call.host.scan(text.byte_len())?;
            let mut characters = text.code_points();
            let character = if is_first { characters.next() } else { characters.last() };
            Ok(character.and_then(Str::from_code_point).map_or(Value::Undefined, Value::String))
        }
        other => Err(wrong(filter, "an array or a text", other)),
    }
}

fn slice(call: &mut Call<'_>) -> Outcome {
    let arguments = call.arguments.get(1..).unwrap_or_default();
    match call.argument(0) {
        value @ Value::Array(_) => method(call, Methods::named("slice").array, value, arguments),
        value @ Value::String(_) => method(call, Methods::named("slice").string, value, arguments),
        other => Err(wrong("slice", "an array or a text", other)),
    }
}

fn reverse(call: &mut Call<'_>) -> Outcome {
    match call.argument(0) {
        Value::Array(array) => {
            call.allocate_items(array.len())?;
            Array::new(array.iter().rev().cloned().collect()).map(Value::Array)
        }
        Value::String(text) => {
            // Each character as four bytes, then the text.
            call.allocate(text.byte_len().saturating_mul(5))?;
            let characters: Vec<u32> = text.code_points().collect();
            let mut reversed = StrBuilder::with_capacity(text.byte_len());
            for character in characters.into_iter().rev().filter_map(Str::from_code_point) {
                reversed.push(&character);
            }
            reversed.finish_checked().map(Value::String)
        }
        other => Err(wrong("reverse", "an array or a text", other)),
    }
}

fn sort(call: &mut Call<'_>) -> Outcome {
    let array = items(call, "sort")?;
    call.allocate_items(array.len())?;
    let (mut sorted, mut undefined) = (Vec::with_capacity(array.len()), Vec::new());
    for item in array.iter().cloned() {
        if matches!(item, Value::Undefined) { undefined.push(item) } else { sorted.push(item) }
    }
    let numbers: Option<Vec<f64>> = sorted
        .iter()
        .map(|item| if let Value::Number(number) = item { Some(*number) } else { None })
        .collect();
    match numbers {
        Some(mut numbers) => {
            array::charge_comparisons(call, numbers.len(), 0)?;
            // NaN comes last whatever its sign, 0 and -0 are as good as each other.
            numbers.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())));
            sorted = numbers.into_iter().map(Value::Number).collect();
        }
        None => sorted = array::by_text(call, sorted)?,
    }
    sorted.append(&mut undefined);
    Array::new(sorted).map(Value::Array)
}

fn round(call: &mut Call<'_>) -> Outcome {
    let number = quantity(call, "round")?;
    let digits = call.integer(1)?;
    if digits == 0.0 {
        return Ok(Value::Number(math::round(number)));
    }
    if !(0.0..=100.0).contains(&digits) {
        return Err(Thrown::range("the filter `round` takes from 0 to 100 digits"));
    }
    // Exact digits take the arithmetic of long numbers.
    call.charge(20)?;
    let text = number::to_fixed(number, digits as usize);
    Ok(Value::Number(coercion::text_to_number(&text)))
}

fn string(call: &mut Call<'_>) -> Outcome {
    match call.argument(0) {
        Value::Object(_) | Value::Array(_) => to_json_text(call, "string", &Indent::default()),
        Value::Regex(_) => call.string(0).map(Value::String),
        _ => text(call, "string").map(Value::String),
    }
}

/// `env` holds texts, where JavaScript would take 'false' for true.
fn boolean(call: &mut Call<'_>) -> Outcome {
    let value = call.argument(0);
    let Value::String(text) = value else { return Ok(Value::Bool(value.truthy())) };
    call.host.scan(text.byte_len())?;
    let is_no = |text: &str| {
        let text = text.trim();
        text.is_empty() || ["false", "no", "off", "0"].iter().any(|no| text.eq_ignore_ascii_case(no))
    };
    Ok(Value::Bool(!text.as_str().is_some_and(is_no)))
}

fn keys(call: &mut Call<'_>) -> Outcome {
    has_members(call, "keys")?;
    object::keys(call)
}

fn values(call: &mut Call<'_>) -> Outcome {
    has_members(call, "values")?;
    object::values(call)
}

fn has_members(call: &Call<'_>, filter: &str) -> Result<(), Thrown> {
    match call.argument(0) {
        Value::Object(_) | Value::Array(_) => Ok(()),
        other => Err(wrong(filter, "an object or an array", other)),
    }
}

fn default(call: &mut Call<'_>) -> Outcome {
    let value = if call.argument(0).is_nullish() { call.argument(1) } else { call.argument(0) };
    Ok(value.clone())
}

fn to_json(call: &mut Call<'_>) -> Outcome {
    let indent = Indent::from_value(call.argument(1), call.host)?;
    to_json_text(call, "json", &indent)
}

fn to_json_text(call: &mut Call<'_>, filter: &str, indent: &Indent) -> Outcome {
    let value = call.argument(0);
    match json::stringify(value, &Replacer::None, indent, call.host)? {
        Some(text) => Ok(Value::String(text)),
        None => Err(wrong(filter, "what JSON can say", value)),
    }
}
