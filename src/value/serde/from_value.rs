//! From values to types.

use super::ConvertError;
use crate::value::number::is_integer;
use crate::value::{Str, Value};
use ::serde::de::value::{StrDeserializer, StringDeserializer};
use ::serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use ::serde::forward_to_deserialize_any;

/// The value as a type: `from_value::<Vec<String>>(&value)`.
///
/// ```
/// use segue::value::{Value, from_value};
/// let value = Value::from_json(r#"{"scores": [1, "two"]}"#)?;
/// let error = from_value::<std::collections::HashMap<String, Vec<u8>>>(&value).unwrap_err();
/// assert_eq!(error.to_string(), "scores[1]: invalid type: string \"two\", expected u8");
/// # Ok::<(), segue::value::Thrown>(())
/// ```
///
/// # Errors
/// [`ConvertError`], with the path, where they do not fit.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, ConvertError> {
    T::deserialize(value)
}

/// What a value is called in a message.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Undefined => "undefined",
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        Value::Closure(_) => "a function",
        Value::Native(native) if native.is_namespace => "a namespace",
        Value::Native(_) => "a function",
        Value::Regex(_) => "a regular expression",
    }
}

fn visit_text<'v, V: Visitor<'v>>(text: &'v Str, visitor: V) -> Result<V::Value, ConvertError> {
    match text.as_str() {
        Some(text) => visitor.visit_borrowed_str(text),
        None => visitor.visit_str(&text.to_text()),
    }
}

impl<'v> Deserializer<'v> for &'v Value {
    type Error = ConvertError;

    fn deserialize_any<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        match self {
            Value::Undefined | Value::Null => visitor.visit_unit(),
            Value::Bool(claim) => visitor.visit_bool(*claim),
            Value::Number(number) => visit_number(*number, visitor),
            Value::String(text) => visit_text(text, visitor),
            Value::Array(items) => {
                let mut rest = Items { items, at: 0 };
                let read = visitor.visit_seq(&mut rest)?;
                match rest.at {
                    at if at < items.len() => Err(ConvertError::invalid_length(items.len(), &Fewer(at))),
                    _ => Ok(read),
                }
            }
            Value::Object(object) => {
                visitor.visit_map(Entries { keys: object.keys(), values: object.values(), at: 0 })
            }
            Value::Closure(_) | Value::Native(_) | Value::Regex(_) => {
                Err(ConvertError::invalid_type(Unexpected::Other(kind(self)), &visitor))
            }
        }
    }

    fn deserialize_option<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        if self.is_nullish() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        match self {
            Value::String(_) => visitor.visit_enum(Variant { name: self, content: None }),
            Value::Object(object) if object.len() == 1 => {
                let name = Value::String(object.keys()[0].clone());
                visitor.visit_enum(Variant { name: &name, content: Some(&object.values()[0]) })
            }
            _ => Err(ConvertError::invalid_type(
                Unexpected::Other(kind(self)),
                &"a variant's name, or an object of it",
            )),
        }
    }

    forward_to_deserialize_any! {
        <W: Visitor<'v>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// Whole numbers go as integers, which every number type takes if they fit; −0 and what is past 64 bits do not.
fn visit_number<'v, V: Visitor<'v>>(number: f64, visitor: V) -> Result<V::Value, ConvertError> {
    let is_negative_zero = number == 0.0 && number.is_sign_negative();
    if is_integer(number) && !is_negative_zero {
        if (0.0..18_446_744_073_709_551_616.0).contains(&number) {
            return visitor.visit_u64(number as u64);
        }
        if (-9_223_372_036_854_775_808.0..0.0).contains(&number) {
            return visitor.visit_i64(number as i64);
        }
    }
    visitor.visit_f64(number)
}

/// How many items the type took.
struct Fewer(usize);

impl ::serde::de::Expected for Fewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} items", self.0)
    }
}

struct Items<'v> {
    items: &'v [Value],
    at: usize,
}

impl<'v> SeqAccess<'v> for &mut Items<'v> {
    type Error = ConvertError;

    fn next_element_seed<T: DeserializeSeed<'v>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ConvertError> {
        let Some(item) = self.items.get(self.at) else { return Ok(None) };
        let at = self.at;
        self.at += 1;
        seed.deserialize(item).map(Some).map_err(|error| error.under(format_args!("[{at}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.at)
    }
}

struct Entries<'v> {
    keys: &'v [Str],
    values: &'v [Value],
    at: usize,
}

impl<'v> MapAccess<'v> for Entries<'v> {
    type Error = ConvertError;

    fn next_key_seed<K: DeserializeSeed<'v>>(&mut self, seed: K) -> Result<Option<K::Value>, ConvertError> {
        while let Some(Value::Undefined) = self.values.get(self.at) {
            self.at += 1;
        }
        let Some(key) = self.keys.get(self.at) else { return Ok(None) };
        seed.deserialize(KeyText(key)).map(Some).map_err(|error| error.under(format_args!(".{key}")))
    }

    fn next_value_seed<T: DeserializeSeed<'v>>(&mut self, seed: T) -> Result<T::Value, ConvertError> {
        let at = self.at;
        self.at += 1;
        seed.deserialize(&self.values[at]).map_err(|error| error.under(format_args!(".{}", self.keys[at])))
    }
}

/// A key, which is text also for types that want a number: `HashMap<u32, T>`.
struct KeyText<'v>(&'v Str);

/// Reads the key as a number where one is wanted; what is none is given as text, for the type to refuse.
macro_rules! number_keys {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, ConvertError> {
            match self.0.to_text().parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'v> Deserializer<'v> for KeyText<'v> {
    type Error = ConvertError;

    fn deserialize_any<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        visit_text(self.0, visitor)
    }

    number_keys! {
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
        deserialize_f32 visit_f32 deserialize_f64 visit_f64 deserialize_bool visit_bool
    }

    fn deserialize_enum<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        let name: StrDeserializer<'_, ConvertError> = self.0.as_str().unwrap_or_default().into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_newtype_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, ConvertError> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        <W: Visitor<'v>>
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

struct Variant<'n, 'v> {
    name: &'n Value,
    content: Option<&'v Value>,
}

impl<'v> EnumAccess<'v> for Variant<'_, 'v> {
    type Error = ConvertError;
    type Variant = Content<'v>;

    fn variant_seed<V: DeserializeSeed<'v>>(self, seed: V) -> Result<(V::Value, Content<'v>), ConvertError> {
        let name = match self.name {
            Value::String(name) => name.to_text().into_owned(),
            _ => String::new(),
        };
        let text: StringDeserializer<ConvertError> = name.clone().into_deserializer();
        let variant = seed.deserialize(text)?;
        Ok((variant, Content { name, content: self.content }))
    }
}

struct Content<'v> {
    name: String,
    content: Option<&'v Value>,
}

impl<'v> Content<'v> {
    /// The content with errors that lead through the variant's name.
    fn read<T>(
        self,
        read: impl FnOnce(&'v Value) -> Result<T, ConvertError>,
        expected: &str,
    ) -> Result<T, ConvertError> {
        match self.content {
            Some(content) => read(content).map_err(|error| error.under(format_args!(".{}", self.name))),
            None => Err(ConvertError::invalid_type(Unexpected::UnitVariant, &expected)),
        }
    }
}

impl<'v> VariantAccess<'v> for Content<'v> {
    type Error = ConvertError;

    fn unit_variant(self) -> Result<(), ConvertError> {
        match self.content {
            None => Ok(()),
            Some(_) => self.read(::serde::Deserialize::deserialize, ""),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'v>>(self, seed: T) -> Result<T::Value, ConvertError> {
        self.read(|content| seed.deserialize(content), "a variant with a value")
    }

    fn tuple_variant<V: Visitor<'v>>(self, _: usize, visitor: V) -> Result<V::Value, ConvertError> {
        self.read(|content| content.deserialize_seq(visitor), "a variant with values")
    }

    fn struct_variant<V: Visitor<'v>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConvertError> {
        self.read(|content| content.deserialize_map(visitor), "a variant with fields")
    }
}
