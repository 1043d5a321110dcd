//! Values as JSON that loses nothing: what `eval --json` prints and `eval --jsonl` answers.
//!
//! JSON, except: `{"$undefined":true}`; `{"$num":"NaN"}`, `-0`, `Infinity`, `-Infinity`; a string in which a surrogate
//! stands alone is `{"$utf16":"d83d0041"}`, four digits a unit; an object with a key that begins with `$` is
//! `{"$object":[[key, value], …]}`.

use std::fmt::Write;

use segue::value::json::quote;
use segue::value::{Object, Str, StrBuilder, Thrown, Value, number};

/// The value's encoding, on one line. O(value).
///
/// # Errors
/// `TypeError` for what is no data: functions and regular expressions, also inside arrays and objects.
pub(crate) fn encode(value: &Value) -> Result<String, Thrown> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), Thrown> {
    match value {
        Value::Undefined => out.push_str(r#"{"$undefined":true}"#),
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => write_number(*value, out),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            separated(items.iter(), out, write)?;
            out.push(']');
        }
        Value::Object(object) => write_object(object, out)?,
        Value::Closure(_) => return Err(no_data("a function")),
        Value::Native(native) if !native.is_namespace => return Err(no_data("a function")),
        Value::Native(native) => return Err(no_data(&format!("`{}`", native.name))),
        Value::Regex(_) => return Err(no_data("a regular expression")),
    }
    Ok(())
}

fn no_data(what: &str) -> Thrown {
    Thrown::type_error(format!("{what} is no data: it cannot be a result"))
}

fn write_number(value: f64, out: &mut String) {
    if value.is_finite() && !(value == 0.0 && value.is_sign_negative()) {
        // JavaScript's text of a finite number is JSON, and reads back to the same double.
        out.push_str(&number::to_js_string(value).to_text());
        return;
    }
    let name = match value {
        _ if value.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "-0",
    };
    let _ = write!(out, r#"{{"$num":"{name}"}}"#);
}

fn write_string(text: &Str, out: &mut String) {
    if !text.has_lone_surrogate() {
        return write_quoted(text, out);
    }
    out.push_str(r#"{"$utf16":""#);
    for unit in text.units() {
        let _ = write!(out, "{unit:04x}");
    }
    out.push_str("\"}");
}

fn write_quoted(text: &Str, out: &mut String) {
    let mut quoted = StrBuilder::new();
    quote(text, &mut quoted);
    out.push_str(&quoted.into_text());
}

fn write_object(object: &Object, out: &mut String) -> Result<(), Thrown> {
    let is_marked = |key: &Str| key.has_lone_surrogate() || key.unit(0) == Some(u16::from(b'$'));
    if object.keys().iter().any(is_marked) {
        out.push_str(r#"{"$object":["#);
        separated(object.entries(), out, |(key, value), out| {
            out.push('[');
            write_string(key, out);
            out.push(',');
            write(value, out)?;
            out.push(']');
            Ok(())
        })?;
        out.push_str("]}");
        return Ok(());
    }
    out.push('{');
    separated(object.entries(), out, |(key, value), out| {
        write_quoted(key, out);
        out.push(':');
        write(value, out)
    })?;
    out.push('}');
    Ok(())
}

/// Writes items with commas between them.
fn separated<T>(
    items: impl Iterator<Item = T>,
    out: &mut String,
    mut write: impl FnMut(T, &mut String) -> Result<(), Thrown>,
) -> Result<(), Thrown> {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use segue::value::{Array, ErrorKind, ObjectBuilder, Regex};

    use super::*;

    fn object(entries: &[(Str, Value)]) -> Value {
        let mut builder = ObjectBuilder::new();
        for (key, value) in entries {
            builder.insert(key.clone(), value.clone());
        }
        builder.build().expect("a flat object").into()
    }

    #[test]
    fn what_json_can_say_is_json() {
        for text in [
            "null",
            "true",
            "0",
            "-1.5",
            "1e+21",
            "5e-324",
            "0.1",
            r#""a\"\n""#,
            "[]",
            r#"[1,[2],{"a":{}}]"#,
            r#""😀""#,
        ] {
            let value = Value::from_json(text).expect("JSON");
            assert_eq!(encode(&value).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_json_cannot_say_is_marked() {
        let lone = Str::from_units(&[0xD83D, 0x41]);
        for (value, expected) in [
            (Value::Undefined, r#"{"$undefined":true}"#),
            (Value::Number(f64::NAN), r#"{"$num":"NaN"}"#),
            (Value::Number(-0.0), r#"{"$num":"-0"}"#),
            (Value::Number(f64::INFINITY), r#"{"$num":"Infinity"}"#),
            (Value::Number(f64::NEG_INFINITY), r#"{"$num":"-Infinity"}"#),
            (Value::String(lone.clone()), r#"{"$utf16":"d83d0041"}"#),
            (object(&[("a".into(), Value::Undefined)]), r#"{"a":{"$undefined":true}}"#),
            (object(&[("b".into(), 1.into()), ("$a".into(), 2.into())]), r#"{"$object":[["b",1],["$a",2]]}"#),
            (object(&[(lone, 1.into())]), r#"{"$object":[[{"$utf16":"d83d0041"},1]]}"#),
            (object(&[("a$".into(), 1.into()), ("2".into(), 2.into())]), r#"{"2":2,"a$":1}"#),
        ] {
            assert_eq!(encode(&value).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_result_of_a_match_is_its_items() {
        let extra = match object(&[("index".into(), 0.into())]) {
            Value::Object(extra) => extra,
            _ => unreachable!("an object was built"),
        };
        let array = Array::with_extra(vec!["a".into()], extra).expect("a flat array");
        assert_eq!(encode(&array.into()).as_deref(), Ok(r#"["a"]"#));
    }

    #[test]
    fn what_is_no_data_is_a_type_error() {
        let regex = Value::Regex(Regex::new("a", ""));
        let inside = Value::Array(Array::new(vec![regex.clone()]).expect("a flat array"));
        for value in [regex, inside] {
            assert_eq!(encode(&value).map_err(|error| error.kind), Err(ErrorKind::Type));
        }
    }

    #[test]
    fn the_deepest_value_is_encoded() {
        let depth = segue::value::MAX_DEPTH as usize;
        let text = "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(encode(&Value::from_json(&text).expect("JSON")), Ok(text));
    }
}
