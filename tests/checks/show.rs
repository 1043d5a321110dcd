//! Values as JavaScript would write them, so that nothing is lost: `-0`, `NaN`, `undefined`, lone surrogates.

use segue::value::json::quote;
use segue::value::{Str, StrBuilder, Value, number};

/// The value on one line. Functions are `function`, namespaces their name.
pub(crate) fn show(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Undefined => out.push_str("undefined"),
        Value::Null => out.push_str("null"),
        Value::Bool(claim) => out.push_str(if *claim { "true" } else { "false" }),
        Value::Number(zero) if *zero == 0.0 && zero.is_sign_negative() => out.push_str("-0"),
        Value::Number(number) => out.push_str(&number::to_js_string(*number).to_text()),
        Value::String(text) => quoted(text, out),
        Value::Array(array) => {
            out.push('[');
            for (at, item) in array.items().iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (at, (key, value)) in object.entries().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                quoted(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Native(native) if native.is_namespace => out.push_str(native.name),
        Value::Closure(_) | Value::Native(_) => out.push_str("function"),
        Value::Regex(regex) => out.push_str(&format!("/{}/{}", regex.pattern(), regex.flags())),
    }
}

fn quoted(text: &Str, out: &mut String) {
    let mut quoted = StrBuilder::new();
    quote(text, &mut quoted);
    out.push_str(&quoted.into_text());
}
