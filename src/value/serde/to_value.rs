//! From types to values.

use super::ConvertError;
use crate::value::number::to_js_string;
use crate::value::{Array, ObjectBuilder, Str, Value};
use ::serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// A type as a value. Structures and maps are objects, sequences and tuples arrays, units and `None` are `null`,
/// variants are their name or an object of it; integers outside ±(2⁵³ − 1) become the nearest double.
///
/// ```
/// let request = segue::value::to_value(&("a", Some(1.5), [()]))?;
/// assert_eq!(request.to_json_string(), r#"["a",1.5,[null]]"#);
/// # Ok::<(), segue::value::ConvertError>(())
/// ```
///
/// # Errors
/// [`ConvertError`] for map keys that are no strings, numbers, booleans or unit variants, for what nests deeper than
/// [`MAX_DEPTH`](crate::value::MAX_DEPTH), and where the type itself fails.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ConvertError> {
    value.serialize(ToValue)
}

/// Serializes into a [`Value`].
struct ToValue;

/// Numbers of all types, as doubles.
macro_rules! numbers {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, number: $type) -> Result<Value, ConvertError> {
            Ok(Value::Number(number as f64))
        }
    )*};
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = ConvertError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128,
        serialize_f32 f32, serialize_f64 f64,
    }

    fn serialize_bool(self, claim: bool) -> Result<Value, ConvertError> {
        Ok(Value::Bool(claim))
    }

    fn serialize_char(self, c: char) -> Result<Value, ConvertError> {
        Ok(Value::String(Str::from(c)))
    }

    fn serialize_str(self, text: &str) -> Result<Value, ConvertError> {
        Ok(Value::from(text))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, ConvertError> {
        Ok(Value::Array(Array::new(bytes.iter().map(|byte| Value::from(u32::from(*byte))).collect())?))
    }

    fn serialize_none(self) -> Result<Value, ConvertError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ConvertError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ConvertError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, ConvertError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<Value, ConvertError> {
        Ok(Value::from(name))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, ConvertError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Value, ConvertError> {
        variant(Some(name), to_value(value).map_err(|error| error.under(format_args!(".{name}")))?)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, ConvertError> {
        Ok(Items { variant: None, items: Vec::with_capacity(length.unwrap_or(0)) })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, ConvertError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items, ConvertError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        length: usize,
    ) -> Result<Items, ConvertError> {
        Ok(Items { variant: Some(name), items: Vec::with_capacity(length) })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Entries, ConvertError> {
        let object = ObjectBuilder::with_capacity(length.unwrap_or(0));
        Ok(Entries { variant: None, key: Str::EMPTY, object })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Entries, ConvertError> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        length: usize,
    ) -> Result<Entries, ConvertError> {
        Ok(Entries { variant: Some(name), key: Str::EMPTY, object: ObjectBuilder::with_capacity(length) })
    }
}

/// What a variant holds, inside an object under its name; what is no variant, as it is.
fn variant(name: Option<&'static str>, content: Value) -> Result<Value, ConvertError> {
    let Some(name) = name else { return Ok(content) };
    let mut object = ObjectBuilder::with_capacity(1);
    object.insert(Str::from(name), content);
    Ok(Value::Object(object.build()?))
}

/// An array that grows.
struct Items {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        let at = self.items.len();
        self.items.push(to_value(value).map_err(|error| error.under(format_args!("[{at}]")))?);
        Ok(())
    }

    fn build(self) -> Result<Value, ConvertError> {
        variant(self.variant, Value::Array(Array::new(self.items)?))
    }
}

/// The sequences of serde, which differ in name only.
macro_rules! sequences {
    ($($name:ident $method:ident,)*) => {$(
        impl $name for Items {
            type Ok = Value;
            type Error = ConvertError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
                self.push(value)
            }

            fn end(self) -> Result<Value, ConvertError> {
                self.build()
            }
        }
    )*};
}

sequences! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

/// An object that grows.
struct Entries {
    variant: Option<&'static str>,
    key: Str,
    object: ObjectBuilder,
}

impl Entries {
    fn insert<T: Serialize + ?Sized>(&mut self, key: Str, value: &T) -> Result<(), ConvertError> {
        let value = to_value(value).map_err(|error| error.under(format_args!(".{key}")))?;
        self.object.insert(key, value);
        Ok(())
    }

    fn build(self) -> Result<Value, ConvertError> {
        variant(self.variant, Value::Object(self.object.build()?))
    }
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = ConvertError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ConvertError> {
        self.key = key.serialize(ToKey)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        let key = std::mem::take(&mut self.key);
        self.insert(key, value)
    }

    fn end(self) -> Result<Value, ConvertError> {
        self.build()
    }
}

/// The structures of serde, which differ in name only.
macro_rules! structures {
    ($($name:ident)*) => {$(
        impl $name for Entries {
            type Ok = Value;
            type Error = ConvertError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), ConvertError> {
                self.insert(Str::from(name), value)
            }

            fn end(self) -> Result<Value, ConvertError> {
                self.build()
            }
        }
    )*};
}

structures! { SerializeStruct SerializeStructVariant }

/// Serializes a map's key.
struct ToKey;

fn no_key<T>(what: &str) -> Result<T, ConvertError> {
    Err(ConvertError::new(format_args!("{what} cannot be the key of a property")))
}

/// Keys that are text as they are shown.
macro_rules! shown_keys {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, key: $type) -> Result<Str, ConvertError> {
            Ok(Str::from(key.to_string()))
        }
    )*};
}

impl Serializer for ToKey {
    type Ok = Str;
    type Error = ConvertError;
    type SerializeSeq = Impossible<Str, ConvertError>;
    type SerializeTuple = Impossible<Str, ConvertError>;
    type SerializeTupleStruct = Impossible<Str, ConvertError>;
    type SerializeTupleVariant = Impossible<Str, ConvertError>;
    type SerializeMap = Impossible<Str, ConvertError>;
    type SerializeStruct = Impossible<Str, ConvertError>;
    type SerializeStructVariant = Impossible<Str, ConvertError>;

    shown_keys! {
        serialize_bool bool, serialize_char char, serialize_str &str, serialize_i8 i8, serialize_i16 i16,
        serialize_i32 i32, serialize_i64 i64, serialize_i128 i128, serialize_u8 u8, serialize_u16 u16,
        serialize_u32 u32, serialize_u64 u64, serialize_u128 u128,
    }

    fn serialize_f32(self, key: f32) -> Result<Str, ConvertError> {
        Ok(to_js_string(f64::from(key)))
    }

    fn serialize_f64(self, key: f64) -> Result<Str, ConvertError> {
        Ok(to_js_string(key))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<Str, ConvertError> {
        Ok(Str::from(name))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        key: &T,
    ) -> Result<Str, ConvertError> {
        key.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Result<Str, ConvertError> {
        key.serialize(self)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Str, ConvertError> {
        no_key("a byte string")
    }

    fn serialize_none(self) -> Result<Str, ConvertError> {
        no_key("nothing")
    }

    fn serialize_unit(self) -> Result<Str, ConvertError> {
        no_key("nothing")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Str, ConvertError> {
        no_key("nothing")
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Str, ConvertError> {
        no_key("a variant with a value")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, ConvertError> {
        no_key("a sequence")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, ConvertError> {
        no_key("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, ConvertError> {
        no_key("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ConvertError> {
        no_key("a variant with values")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, ConvertError> {
        no_key("a map")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, ConvertError> {
        no_key("a structure")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ConvertError> {
        no_key("a variant with fields")
    }
}
