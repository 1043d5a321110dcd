//! Values to any format.

use crate::value::number::is_safe_integer;
use crate::value::{Object, Str, Value};
use ::serde::ser::{Error, Serialize, SerializeMap, Serializer};

/// `undefined` is a unit, left out of maps; whole numbers of up to 53 bits are integers, others doubles. Functions and
/// regular expressions are an error.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined | Self::Null => serializer.serialize_unit(),
            Self::Bool(claim) => serializer.serialize_bool(*claim),
            Self::Number(number) => serialize_number(*number, serializer),
            Self::String(text) => text.serialize(serializer),
            Self::Array(items) => serializer.collect_seq(items.iter()),
            Self::Object(object) => object.serialize(serializer),
            Self::Closure(_) | Self::Native(_) => Err(S::Error::custom("a function cannot be serialized")),
            Self::Regex(_) => Err(S::Error::custom("a regular expression cannot be serialized")),
        }
    }
}

/// −0 stays a double: an integer has no such sign.
fn serialize_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if !is_safe_integer(number) || (number == 0.0 && number.is_sign_negative()) {
        serializer.serialize_f64(number)
    } else if number < 0.0 {
        serializer.serialize_i64(number as i64)
    } else {
        serializer.serialize_u64(number as u64)
    }
}

impl Serialize for Str {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_written = |value: &&Value| !matches!(value, Value::Undefined);
        let mut map = serializer.serialize_map(Some(self.values().iter().filter(is_written).count()))?;
        for (key, value) in self.entries().filter(|(_, value)| is_written(value)) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
