//! Arrays as text.

use crate::builtins::call::invoke_method;
use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::coercion;
use crate::value::{Str, StrBuilder, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::ArrayText,
    [
        function("Array.prototype.join", 1, "separator?", join)
            .spec("sec-array.prototype.join")
            .about("the items as text, with a comma or another separator in between")
            .example("[1, null, 'x'].join('-')", "'1--x'"),
        function("Array.prototype.toString", 0, "", to_string)
            .spec("sec-array.prototype.tostring")
            .about("the items as text, with commas in between")
            .example("[1, [2, 3]].toString()", "'1,2,3'"),
        function("Array.prototype.toLocaleString", 0, "", to_locale_string)
            .spec("sec-array.prototype.tolocalestring")
            .about("what `toLocaleString()` of each item gives, with commas in between")
            .example("[1234.5, null].toLocaleString()", "'1,234.5,'"),
    ],
);

fn join(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.join")?;
    let separator = match call.argument(0) {
        Value::Undefined => Str::from(","),
        given => coercion::to_string(given, call.host)?,
    };
    coercion::join(&array, &separator, call.host).map(Value::String)
}

fn to_string(call: &mut Call<'_>) -> Outcome {
    match call.this {
        Value::Array(array) => coercion::join(array, &Str::from(","), call.host).map(Value::String),
        other => coercion::to_string(other, call.host).map(Value::String),
    }
}

fn to_locale_string(call: &mut Call<'_>) -> Outcome {
    let array = call.this_array("Array.prototype.toLocaleString")?;
    let arguments = [call.argument(0).clone(), call.argument(1).clone()];
    let mut text = StrBuilder::new();
    for (at, item) in array.iter().enumerate() {
        call.charge(1)?;
        if at > 0 {
            text.push_charged(&Str::from(","), call.host)?;
        }
        if !item.is_nullish() {
            let part = invoke_method(call, item, "toLocaleString", &arguments)?;
            let part = coercion::to_string(&part, call.host)?;
            text.push_charged(&part, call.host)?;
        }
    }
    text.finish_checked().map(Value::String)
}
