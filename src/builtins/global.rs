//! Names without an owner: numbers in text, parts of addresses, constructors as functions, namespaces.

use super::call::invalid_array_length;
use super::table::{Builtin, Group, Run, constant, function, numbered};
use super::{Call, Outcome, uri};
use crate::value::coercion::to_int32;
use crate::value::{Array, Object, Str, Value, number};

pub(super) static ROWS: &[Builtin] = &numbered(
    Group::Globals,
    [
        constant("undefined", Run::Undefined)
            .spec("sec-undefined")
            .about("the value of what is not there")
            .example("undefined", "void 0"),
        constant("NaN", Run::Number(f64::NAN))
            .spec("sec-value-properties-of-the-global-object-nan")
            .about("the number that is none, and not equal to itself")
            .example("NaN === NaN", "false"),
        constant("Infinity", Run::Number(f64::INFINITY))
            .spec("sec-value-properties-of-the-global-object-infinity")
            .about("the number above all others")
            .example("1 / 0", "Infinity"),
        function("parseInt", 2, "text, radix?", parse_int)
            .spec("sec-parseint-string-radix")
            .about("the integer that a text begins with")
            .example("parseInt('12px')", "12"),
        function("parseFloat", 1, "text", parse_float)
            .spec("sec-parsefloat-string")
            .about("the number that a text begins with")
            .example("parseFloat('1.5em')", "1.5"),
        function("isNaN", 1, "value", is_nan)
            .spec("sec-isnan-number")
            .about("whether a value as a number is NaN")
            .example("isNaN('x')", "true"),
        function("isFinite", 1, "value", is_finite)
            .spec("sec-isfinite-number")
            .about("whether a value as a number is neither infinite nor NaN")
            .example("isFinite('12')", "true"),
        function("encodeURIComponent", 1, "text", |call| uri::encode(call, uri::COMPONENT))
            .spec("sec-encodeuricomponent-uricomponent")
            .about("the text as a part of an address")
            .example("encodeURIComponent('a b/ü')", "'a%20b%2F%C3%BC'"),
        function("encodeURI", 1, "text", |call| uri::encode(call, uri::WHOLE))
            .spec("sec-encodeuri-uri")
            .about("the text as a whole address, whose separators stay")
            .example("encodeURI('a b/ü')", "'a%20b/%C3%BC'"),
        function("decodeURIComponent", 1, "text", |call| uri::decode(call, uri::COMPONENT))
            .spec("sec-decodeuricomponent-encodeduricomponent")
            .about("the text that a part of an address stands for")
            .example("decodeURIComponent('a%20b%2F')", "'a b/'"),
        function("decodeURI", 1, "text", |call| uri::decode(call, uri::WHOLE))
            .spec("sec-decodeuri-encodeduri")
            .about("a whole address in readable form; escaped separators stay")
            .example("decodeURI('a%20b%2F')", "'a b%2F'"),
        function("String", 1, "value?", string)
            .spec("sec-string-constructor-string-value")
            .about("the value as text")
            .example("String([1, 2])", "'1,2'"),
        function("Number", 1, "value?", number)
            .spec("sec-number-constructor-number-value")
            .about("the value as a number")
            .example("Number('0x10')", "16"),
        function("Boolean", 1, "value", |call| Ok(Value::Bool(call.argument(0).truthy())))
            .spec("sec-boolean-constructor-boolean-value")
            .about("whether the value counts as true")
            .example("Boolean('')", "false"),
        function("Array", 1, "...items", array)
            .spec("sec-array")
            .about("an array of the items; of one number, so many times `undefined`")
            .example("Array(1, 2)", "[1, 2]"),
        function("Object", 1, "value?", object)
            .spec("sec-object-value")
            .about("the value, or an empty object for `null` and `undefined`")
            .example("Object(null)", "({})"),
        constant("Math", Run::Namespace)
            .spec("sec-math-object")
            .about("mathematical functions and constants")
            .example("typeof Math", "'object'"),
        constant("JSON", Run::Namespace)
            .spec("sec-json-object")
            .about("JSON in and out")
            .example("typeof JSON", "'object'"),
    ],
);

fn parse_int(call: &mut Call<'_>) -> Outcome {
    let text = call.string(0)?;
    let radix = to_int32(call.argument(1), call.host)?;
    call.host.scan(text.byte_len())?;
    Ok(Value::Number(number::parse_int(&text, radix)))
}

fn parse_float(call: &mut Call<'_>) -> Outcome {
    let text = call.string(0)?;
    call.host.scan(text.byte_len())?;
    Ok(Value::Number(number::parse_float_prefix(&text.to_text())))
}

fn is_nan(call: &mut Call<'_>) -> Outcome {
    call.number(0).map(|number| Value::Bool(number.is_nan()))
}

fn is_finite(call: &mut Call<'_>) -> Outcome {
    call.number(0).map(|number| Value::Bool(number.is_finite()))
}

fn string(call: &mut Call<'_>) -> Outcome {
    if call.arguments.is_empty() { Ok(Value::String(Str::EMPTY)) } else { call.string(0).map(Value::String) }
}

fn number(call: &mut Call<'_>) -> Outcome {
    if call.arguments.is_empty() { Ok(Value::Number(0.0)) } else { call.number(0).map(Value::Number) }
}

/// Arrays have no holes here: those of `Array(3)` are `undefined`.
fn array(call: &mut Call<'_>) -> Outcome {
    let items = match call.arguments {
        [Value::Number(length)] => {
            if f64::from(number::uint32(*length)) != *length {
                return Err(invalid_array_length());
            }
            call.allocate_items(*length as usize)?;
            vec![Value::Undefined; *length as usize]
        }
        items => {
            call.allocate_items(items.len())?;
            items.to_vec()
        }
    };
    Array::new(items).map(Value::Array)
}

fn object(call: &mut Call<'_>) -> Outcome {
    match call.argument(0) {
        Value::Undefined | Value::Null => Ok(Value::Object(Object::empty())),
        value => Ok(value.clone()),
    }
}
