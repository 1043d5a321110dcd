//! Whether and where a string holds another one.

use crate::builtins::table::{Builtin, Group, function, numbered};
use crate::builtins::{Call, Outcome};
use crate::value::{Str, Thrown, Value};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(
    Group::StringSearch,
    [
        function("String.prototype.includes", 1, "text, from?", includes)
            .spec("sec-string.prototype.includes")
            .about("whether the text is in it, from an index on")
            .example("'abc'.includes('bc')", "true"),
        function("String.prototype.indexOf", 1, "text, from?", index_of)
            .spec("sec-string.prototype.indexof")
            .about("where the text is first in it, from an index on; -1 if it is not")
            .example("'abcb'.indexOf('b')", "1"),
        function("String.prototype.lastIndexOf", 1, "text, from?", last_index_of)
            .spec("sec-string.prototype.lastindexof")
            .about("where the text is last in it, up to an index; -1 if it is not")
            .example("'abcb'.lastIndexOf('b')", "3"),
        function("String.prototype.startsWith", 1, "text, at?", starts_with)
            .spec("sec-string.prototype.startswith")
            .about("whether it starts with the text, or has it at an index")
            .example("'abc'.startsWith('b', 1)", "true"),
        function("String.prototype.endsWith", 1, "text, end?", ends_with)
            .spec("sec-string.prototype.endswith")
            .about("whether it ends with the text, or has it before an index")
            .example("'abc'.endsWith('bc')", "true"),
    ],
);

/// The text to look for, which must not be a regular expression.
fn needle(call: &mut Call<'_>, name: &str) -> Result<Str, Thrown> {
    if matches!(call.argument(0), Value::Regex(_)) {
        let message = format!("First argument to {name} must not be a regular expression");
        return Err(Thrown::type_error(message));
    }
    call.string(0)
}

/// An index argument, within the string; `default` where it is `undefined`.
fn place(call: &mut Call<'_>, at: usize, length: usize, default: usize) -> Result<usize, Thrown> {
    Ok(call.integer_or(at, default as f64)?.clamp(0.0, length as f64) as usize)
}

fn includes(call: &mut Call<'_>) -> Outcome {
    const NAME: &str = "String.prototype.includes";
    let text = call.this_string(NAME)?;
    let needle = needle(call, NAME)?;
    let from = place(call, 1, text.len(), 0)?;
    call.host.scan(text.byte_len() + needle.byte_len())?;
    Ok(Value::Bool(text.index_of(&needle, from).is_some()))
}

fn index_of(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.indexOf")?;
    let needle = call.string(0)?;
    let from = place(call, 1, text.len(), 0)?;
    call.host.scan(text.byte_len() + needle.byte_len())?;
    Ok(Value::Number(text.index_of(&needle, from).map_or(-1.0, |at| at as f64)))
}

fn last_index_of(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.lastIndexOf")?;
    let needle = call.string(0)?;
    let from = call.number(1)?;
    // NaN, and so `undefined`, is no bound.
    let from = if from.is_nan() { text.len() } else { from.clamp(0.0, text.len() as f64) as usize };
    call.host.scan(text.byte_len() + needle.byte_len())?;
    Ok(Value::Number(text.last_index_of(&needle, from).map_or(-1.0, |at| at as f64)))
}

fn starts_with(call: &mut Call<'_>) -> Outcome {
    const NAME: &str = "String.prototype.startsWith";
    let text = call.this_string(NAME)?;
    let needle = needle(call, NAME)?;
    let at = place(call, 1, text.len(), 0)?;
    has_at(call, &text, &needle, Some(at))
}

fn ends_with(call: &mut Call<'_>) -> Outcome {
    const NAME: &str = "String.prototype.endsWith";
    let text = call.this_string(NAME)?;
    let needle = needle(call, NAME)?;
    let end = place(call, 1, text.len(), text.len())?;
    has_at(call, &text, &needle, end.checked_sub(needle.len()))
}

fn has_at(call: &mut Call<'_>, text: &Str, needle: &Str, at: Option<usize>) -> Outcome {
    let Some(at) = at else { return Ok(Value::Bool(false)) };
    call.host.seek(text)?;
    call.host.scan(needle.byte_len())?;
    Ok(Value::Bool(text.has_at(needle, at)))
}
