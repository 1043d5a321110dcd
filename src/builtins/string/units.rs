//! Parts of a string by their place, and the string itself.

use super::slice;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::operators::invalid_string_length;
use crate::value::{Str, Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::StringMethods,
    [
        function("String.prototype.at", 1, "index", at)
            .spec("sec-string.prototype.at")
            .about("the unit at an index, which counts from the end where it is negative")
            .example("'abc'.at(-1)", "'c'"),
        function("String.prototype.charAt", 1, "index", char_at)
            .spec("sec-string.prototype.charat")
            .about("the unit at an index, or nothing")
            .example("'abc'.charAt(1)", "'b'"),
        function("String.prototype.charCodeAt", 1, "index", char_code_at)
            .spec("sec-string.prototype.charcodeat")
            .about("the number of the unit at an index, or NaN")
            .example("'abc'.charCodeAt(1)", "98"),
        function("String.prototype.codePointAt", 1, "index", code_point_at)
            .spec("sec-string.prototype.codepointat")
            .about("the number of the code point at an index")
            .example("'😀'.codePointAt(0)", "128512"),
        function("String.prototype.slice", 2, "start, end?", slice_method)
            .spec("sec-string.prototype.slice")
            .about("a part of it; indices count from the end where they are negative")
            .example("'abcd'.slice(1, -1)", "'bc'"),
        function("String.prototype.substring", 2, "start, end?", substring)
            .spec("sec-string.prototype.substring")
            .about("a part of it, between two indices in whichever order")
            .example("'abcd'.substring(3, 1)", "'bc'"),
        function("String.prototype.substr", 2, "start, length?", substr)
            .spec("sec-string.prototype.substr")
            .about("a part of it by start and length")
            .example("'abcd'.substr(-3, 2)", "'bc'"),
        function("String.prototype.concat", 1, "...parts", concat)
            .spec("sec-string.prototype.concat")
            .about("it and the parts one after the other")
            .example("'a'.concat('b', 1)", "'ab1'"),
        function("String.prototype.localeCompare", 1, "other", locale_compare)
            .spec("sec-string.prototype.localecompare")
            .about("-1, 0 or 1 by the order of UTF-16 units, whatever the locale")
            .example("'a'.localeCompare('b')", "-1"),
        function("String.prototype.isWellFormed", 0, "", |call| {
            Ok(Value::Bool(!call.this_string("String.prototype.isWellFormed")?.has_lone_surrogate()))
        })
        .spec("sec-string.prototype.iswellformed")
        .about("whether no surrogate stands alone in it")
        .example("'a\\ud800'.isWellFormed()", "false"),
        function("String.prototype.toWellFormed", 0, "", to_well_formed)
            .spec("sec-string.prototype.towellformed")
            .about("it with U+FFFD for each lone surrogate")
            .example("'a\\ud800'.toWellFormed()", "'a\\ufffd'"),
        function("String.prototype.toString", 0, "", |call| itself(call, "String.prototype.toString"))
            .spec("sec-string.prototype.tostring")
            .about("the string itself")
            .example("'a'.toString()", "'a'"),
        function("String.prototype.valueOf", 0, "", |call| itself(call, "String.prototype.valueOf"))
            .spec("sec-string.prototype.valueof")
            .about("the string itself")
            .example("'a'.valueOf()", "'a'"),
    ],
);

/// An index that is within a string of `length` units.
fn within(index: f64, length: usize) -> Option<usize> {
    (index >= 0.0 && index < length as f64).then_some(index as usize)
}

fn unit_at(call: &mut Call<'_>, name: &str) -> Result<Option<u16>, Thrown> {
    let text = call.this_string(name)?;
    let index = call.integer(0)?;
    let Some(index) = within(index, text.len()) else { return Ok(None) };
    call.host.seek(&text)?;
    Ok(text.unit(index))
}

fn at(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.at")?;
    let (index, length) = (call.integer(0)?, text.len());
    let Some(index) = within(if index < 0.0 { index + length as f64 } else { index }, length) else {
        return Ok(Value::Undefined);
    };
    call.host.seek(&text)?;
    Ok(text.unit(index).map(Str::from_unit).map_or(Value::Undefined, Value::String))
}

fn char_at(call: &mut Call<'_>) -> Outcome {
    let unit = unit_at(call, "String.prototype.charAt")?;
    Ok(unit.map(Str::from_unit).map_or(Value::EMPTY, Value::String))
}

fn char_code_at(call: &mut Call<'_>) -> Outcome {
    let unit = unit_at(call, "String.prototype.charCodeAt")?;
    Ok(Value::Number(unit.map_or(f64::NAN, f64::from)))
}

fn code_point_at(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.codePointAt")?;
    let index = call.integer(0)?;
    let Some(index) = within(index, text.len()) else { return Ok(Value::Undefined) };
    call.host.seek(&text)?;
    let mut units = text.units().skip(index);
    let high = units.next().unwrap_or(0);
    let code_point = match (high, units.next()) {
        (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
            0x1_0000 + (u32::from(high & 0x3ff) << 10) + u32::from(low & 0x3ff)
        }
        _ => u32::from(high),
    };
    Ok(Value::from(code_point))
}

fn slice_method(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.slice")?;
    let length = text.len();
    let start = call.relative_index(0, length, 0)?;
    let end = call.relative_index(1, length, length)?;
    slice(&text, start, end, call.host).map(Value::String)
}

fn substring(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.substring")?;
    let length = text.len() as f64;
    let start = call.integer(0)?.clamp(0.0, length) as usize;
    let end = call.integer_or(1, length)?.clamp(0.0, length) as usize;
    slice(&text, start.min(end), start.max(end), call.host).map(Value::String)
}

fn substr(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.substr")?;
    let length = text.len();
    let start = call.relative_index(0, length, 0)?;
    let count = call.integer_or(1, length as f64)?.clamp(0.0, (length - start) as f64);
    slice(&text, start, start + count as usize, call.host).map(Value::String)
}

fn concat(call: &mut Call<'_>) -> Outcome {
    let mut parts = vec![call.this_string("String.prototype.concat")?];
    call.allocate_items(call.arguments.len())?;
    for at in 0..call.arguments.len() {
        parts.push(call.string(at)?);
    }
    let parts: Vec<&Str> = parts.iter().collect();
    if parts.iter().map(|part| part.len()).sum::<usize>() > Str::MAX_UNITS {
        return Err(invalid_string_length());
    }
    call.allocate(parts.iter().map(|part| part.byte_len()).sum())?;
    Ok(Value::String(Str::concat(&parts)))
}

fn locale_compare(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.localeCompare")?;
    let other = call.string(0)?;
    call.host.scan(text.byte_len().min(other.byte_len()))?;
    Ok(Value::from(text.cmp(&other) as i32))
}

fn to_well_formed(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.toWellFormed")?;
    if !text.has_lone_surrogate() {
        return Ok(Value::String(text));
    }
    call.allocate(text.len() * 3)?;
    Ok(Value::from(text.to_text().into_owned()))
}

fn itself(call: &mut Call<'_>, name: &str) -> Outcome {
    match call.this {
        Value::String(text) => Ok(Value::String(text.clone())),
        _ => Err(Thrown::type_error(format!("{name} requires that 'this' be a String"))),
    }
}
