//! Values from any self-describing format.

use crate::value::{Array, Object, ObjectBuilder, Str, Value};
use ::serde::de::{
    Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::fmt;

/// Units and `None` are `null`; bytes are an array of numbers; a map's keys are strings, numbers or booleans, as
/// strings. Deeper than [`MAX_DEPTH`](crate::value::MAX_DEPTH) is an error.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, claim: bool) -> Result<Value, E> {
        Ok(Value::Bool(claim))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Value, E> {
        let items = bytes.iter().map(|byte| Value::from(u32::from(*byte))).collect();
        Array::new(items).map(Value::Array).map_err(E::custom)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        // A format may promise any length; room is made for what a message plausibly holds.
        let mut array = Vec::with_capacity(items.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Array::new(array).map(Value::Array).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = ObjectBuilder::with_capacity(entries.size_hint().unwrap_or(0).min(1024));
        while let Some(Key(key)) = entries.next_key()? {
            object.insert(key, entries.next_value()?);
        }
        object.build().map(Value::Object).map_err(A::Error::custom)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (Key(name), variant) = access.variant()?;
        let mut object = ObjectBuilder::new();
        object.insert(name, variant.newtype_variant()?);
        object.build().map(Value::Object).map_err(A::Error::custom)
    }
}

/// A map's key.
struct Key(Str);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property key")
    }

    fn visit_str<E>(self, text: &str) -> Result<Key, E> {
        Ok(Key(Str::from(text)))
    }

    fn visit_bool<E>(self, claim: bool) -> Result<Key, E> {
        Ok(Key(Str::from(if claim { "true" } else { "false" })))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Key, E> {
        Ok(Key(Str::from(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Key, E> {
        Ok(Key(Str::from(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Key, E> {
        Ok(Key(crate::value::number::to_js_string(number)))
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(StrVisitor)
    }
}

struct StrVisitor;

impl Visitor<'_> for StrVisitor {
    type Value = Str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Str, E> {
        Ok(Str::from(text))
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(object) => Ok(object),
            other => {
                Err(D::Error::custom(format!("expected an object, got {}", super::from_value::kind(&other))))
            }
        }
    }
}
