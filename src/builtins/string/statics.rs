//! Functions of `String`.

use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::to_string;
use crate::value::member::own_property;
use crate::value::number::{is_integer, to_js_string};
use crate::value::{Str, StrBuilder, Thrown, Value};

pub(in crate::builtins) static ROWS: &[Builtin] = &numbered(
    Group::StringStatics,
    [
        function("String.fromCharCode", 1, "...units", from_char_code)
            .spec("sec-string.fromcharcode")
            .about("the string of UTF-16 units")
            .example("String.fromCharCode(97, 98)", "'ab'"),
        function("String.fromCodePoint", 1, "...codePoints", from_code_point)
            .spec("sec-string.fromcodepoint")
            .about("the string of code points")
            .example("String.fromCodePoint(128512)", "'😀'"),
        function("String.raw", 1, "strings, ...values", raw)
            .spec("sec-string.raw")
            .about("the texts of `strings.raw` with the values in between")
            .example("String.raw({raw: ['a', 'b']}, 1)", "'a1b'"),
    ],
);

fn from_char_code(call: &mut Call<'_>) -> Outcome {
    call.charge(call.arguments.len())?;
    call.allocate(call.arguments.len() * 3)?;
    let mut text = StrBuilder::with_capacity(call.arguments.len());
    for at in 0..call.arguments.len() {
        let number = call.number(at)?;
        text.push_unit(crate::value::number::int32(number) as u16);
    }
    text.finish_checked().map(Value::String)
}

fn from_code_point(call: &mut Call<'_>) -> Outcome {
    call.charge(call.arguments.len())?;
    call.allocate(call.arguments.len() * 4)?;
    let mut text = StrBuilder::with_capacity(call.arguments.len());
    for at in 0..call.arguments.len() {
        let number = call.number(at)?;
        let is_code_point = is_integer(number) && (0.0..=f64::from(0x10_FFFF)).contains(&number);
        match Str::from_code_point(number as u32).filter(|_| is_code_point) {
            Some(character) => text.push(&character),
            None => return Err(Thrown::range(format!("Invalid code point {}", to_js_string(number)))),
        }
    }
    text.finish_checked().map(Value::String)
}

fn raw(call: &mut Call<'_>) -> Outcome {
    let to_object = || Thrown::type_error("Cannot convert undefined or null to object");
    if call.argument(0).is_nullish() {
        return Err(to_object());
    }
    let texts = own_property(call.argument(0), &Str::from("raw")).unwrap_or_default();
    if texts.is_nullish() {
        return Err(to_object());
    }
    let texts = call.array_like(&texts)?;
    let mut out = StrBuilder::new();
    for (at, text) in texts.iter().enumerate() {
        call.charge(1)?;
        let text = to_string(text, call.host)?;
        out.push_charged(&text, call.host)?;
        if at + 1 < texts.len() && at + 1 < call.arguments.len() {
            let value = call.string(at + 1)?;
            out.push_charged(&value, call.host)?;
        }
    }
    out.finish_checked().map(Value::String)
}
