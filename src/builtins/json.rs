//! `JSON`.

use super::table::{Builtin, Group, function, numbered};
use super::{Call, Outcome};
use crate::value::Value;
use crate::value::json::{self, Indent, Replacer};

pub(super) static STATICS: &[Builtin] = &numbered(
    Group::Json,
    [
        function("JSON.parse", 2, "text, reviver?", parse)
            .spec("sec-json.parse")
            .about("the value that a JSON text says; a reviver may replace each part")
            .example("JSON.parse('[1, {}]')", "[1, {}]"),
        function("JSON.stringify", 3, "value, replacer?, indent?", stringify)
            .spec("sec-json.stringify")
            .about("the value as JSON; a replacer function or a list of keys says what is written")
            .example("JSON.stringify({ a: [1, 'x'] })", "'{\"a\":[1,\"x\"]}'"),
    ],
);

fn parse(call: &mut Call<'_>) -> Outcome {
    let text = call.string(0)?;
    let value = json::parse(&text, call.host)?;
    let reviver = call.argument(1);
    if reviver.is_callable() { json::revive(value, reviver, call.host) } else { Ok(value) }
}

fn stringify(call: &mut Call<'_>) -> Outcome {
    let replacer = Replacer::from_value(call.argument(1), call.host)?;
    let indent = Indent::from_value(call.argument(2), call.host)?;
    let text = json::stringify(call.argument(0), &replacer, &indent, call.host)?;
    Ok(text.map_or(Value::Undefined, Value::String))
}
