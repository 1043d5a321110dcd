//! The methods that functions inherit.

use super::table::{Builtin, Group, function, numbered};
use super::{Call, Outcome};
use crate::value::coercion::{is_object, to_string as text_of};
use crate::value::{Thrown, Value};

pub(super) static METHODS: &[Builtin] = &numbered(
    Group::FunctionMethods,
    [
        function("Function.prototype.toString", 0, "", to_string)
            .spec("sec-function.prototype.tostring")
            .about("the text that the function was written as")
            .example("Math.max.toString()", "'function max() { [native code] }'"),
        function("Function.prototype.call", 1, "this, ...arguments", invoke)
            .spec("sec-function.prototype.call")
            .about("calls the function; only built-ins look at `this`")
            .example("Math.max.call(null, 1, 2)", "2"),
        function("Function.prototype.apply", 2, "this, arguments", apply)
            .spec("sec-function.prototype.apply")
            .about("calls the function with the items of an array as arguments")
            .example("Math.max.apply(null, [1, 2])", "2"),
    ],
);

fn to_string(call: &mut Call<'_>) -> Outcome {
    if !call.this.is_callable() {
        return Err(Thrown::type_error("Function.prototype.toString requires that 'this' be a Function"));
    }
    text_of(call.this, call.host).map(Value::String)
}

fn callable<'c>(call: &Call<'c>, name: &str) -> Result<&'c Value, Thrown> {
    if call.this.is_callable() {
        return Ok(call.this);
    }
    Err(Thrown::type_error(format!("{name} was called on {}, which is not a function", call.this.type_of())))
}

fn invoke(call: &mut Call<'_>) -> Outcome {
    let function = callable(call, "Function.prototype.call")?;
    call.host.invoke(function, call.argument(0), call.arguments.get(1..).unwrap_or_default())
}

fn apply(call: &mut Call<'_>) -> Outcome {
    let function = callable(call, "Function.prototype.apply")?;
    match call.argument(1) {
        Value::Undefined | Value::Null => call.host.invoke(function, call.argument(0), &[]),
        list if is_object(list) => {
            let list = call.array_like(list)?;
            call.charge(list.len())?;
            call.host.invoke(function, call.argument(0), &list)
        }
        _ => Err(Thrown::type_error("CreateListFromArrayLike called on non-object")),
    }
}
