//! The methods that booleans inherit.

use super::table::{Builtin, Group, function, numbered};
use super::{Call, Outcome};
use crate::value::{Thrown, Value};

pub(super) static METHODS: &[Builtin] = &numbered(
    Group::BooleanMethods,
    [
        function("Boolean.prototype.toString", 0, "", to_string)
            .spec("sec-boolean.prototype.tostring")
            .about("the boolean as text")
            .example("true.toString()", "'true'"),
        function("Boolean.prototype.valueOf", 0, "", value_of)
            .spec("sec-boolean.prototype.valueof")
            .about("the boolean itself")
            .example("true.valueOf()", "true"),
    ],
);

fn to_string(call: &mut Call<'_>) -> Outcome {
    let claim = this_boolean(call, "Boolean.prototype.toString")?;
    Ok(Value::from(if claim { "true" } else { "false" }))
}

fn value_of(call: &mut Call<'_>) -> Outcome {
    this_boolean(call, "Boolean.prototype.valueOf").map(Value::Bool)
}

fn this_boolean(call: &Call<'_>, name: &str) -> Result<bool, Thrown> {
    match call.this {
        Value::Bool(claim) => Ok(*claim),
        _ => Err(Thrown::type_error(format!("{name} requires that 'this' be a Boolean"))),
    }
}
