//! From types to values. As when JSON text is read, objects of the same keys share them (see `json::shapes`), and what
//! is being made waits on one stack.

use super::ConvertError;
use crate::value::json::shapes::{Node, Shapes};
use crate::value::number::to_js_string;
use crate::value::{Array, Object, ObjectBuilder, Str, Value, depth_around};
use ::serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::cell::RefCell;

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
    let making = Making::default();
    value.serialize(ToValue(&making))
}

/// What is shared by all parts of one conversion.
#[derive(Default)]
struct Making {
    shapes: RefCell<Shapes>,
    /// The items and properties of arrays and objects that have not ended.
    parts: RefCell<Vec<Value>>,
}

impl Making {
    /// Converts a part and puts it on the stack; what a part that fails has left there goes.
    #[inline]
    fn push<T: Serialize + ?Sized>(&self, part: &T) -> Result<(), ConvertError> {
        let before = self.parts.borrow().len();
        let made = part.serialize(ToValue(self));
        let mut parts = self.parts.borrow_mut();
        parts.truncate(before);
        parts.push(made?);
        Ok(())
    }
}

/// Serializes into a [`Value`].
struct ToValue<'m>(&'m Making);

/// Numbers of all types, as doubles.
macro_rules! numbers {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, number: $type) -> Result<Value, ConvertError> {
            Ok(Value::Number(number as f64))
        }
    )*};
}

impl<'m> Serializer for ToValue<'m> {
    type Ok = Value;
    type Error = ConvertError;
    type SerializeSeq = Items<'m>;
    type SerializeTuple = Items<'m>;
    type SerializeTupleStruct = Items<'m>;
    type SerializeTupleVariant = Items<'m>;
    type SerializeMap = Entries<'m>;
    type SerializeStruct = Entries<'m>;
    type SerializeStructVariant = Entries<'m>;

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
        let content = value.serialize(self).map_err(|error| error.under(format_args!(".{name}")))?;
        variant(Some(name), content)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'m>, ConvertError> {
        Ok(Items::new(self.0, None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'m>, ConvertError> {
        Ok(Items::new(self.0, None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'m>, ConvertError> {
        Ok(Items::new(self.0, None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Items<'m>, ConvertError> {
        Ok(Items::new(self.0, Some(name)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'m>, ConvertError> {
        Ok(Entries::new(self.0, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries<'m>, ConvertError> {
        Ok(Entries::new(self.0, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Entries<'m>, ConvertError> {
        Ok(Entries::new(self.0, Some(name)))
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
struct Items<'m> {
    making: &'m Making,
    variant: Option<&'static str>,
    /// Where its items begin.
    first: usize,
}

impl<'m> Items<'m> {
    fn new(making: &'m Making, variant: Option<&'static str>) -> Self {
        Self { making, variant, first: making.parts.borrow().len() }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        self.making.push(value).map_err(|error| {
            let at = self.making.parts.borrow().len() - self.first;
            error.under(format_args!("[{at}]"))
        })
    }

    fn build(self) -> Result<Value, ConvertError> {
        let mut parts = self.making.parts.borrow_mut();
        let depth = depth_around(&parts[self.first..])?;
        variant(self.variant, Value::Array(Array::from_drain(depth, parts.drain(self.first..))))
    }
}

/// The sequences of serde, which differ in name only.
macro_rules! sequences {
    ($($name:ident $method:ident,)*) => {$(
        impl $name for Items<'_> {
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
struct Entries<'m> {
    making: &'m Making,
    variant: Option<&'static str>,
    /// The keys so far.
    keys: Node,
    /// Where its values begin.
    first: usize,
}

impl<'m> Entries<'m> {
    fn new(making: &'m Making, variant: Option<&'static str>) -> Self {
        Self { making, variant, keys: Shapes::ROOT, first: making.parts.borrow().len() }
    }

    fn key(&mut self, text: &str) {
        let mut shapes = self.making.shapes.borrow_mut();
        self.keys = match shapes.follow_text(self.keys, text) {
            Some(keys) => keys,
            None => shapes.step(self.keys, Str::from(text)),
        };
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        self.making.push(value).map_err(|error| {
            let shapes = self.making.shapes.borrow();
            error.under(format_args!(".{}", shapes.last_key(self.keys)))
        })
    }

    fn build(self) -> Result<Value, ConvertError> {
        let mut parts = self.making.parts.borrow_mut();
        let depth = depth_around(&parts[self.first..])?;
        let mut shapes = self.making.shapes.borrow_mut();
        let shape = shapes.shape(self.keys);
        let values = parts.drain(self.first..);
        let object = match shape {
            Some(shape) => Object::from_drain(shape, depth, values),
            None => shapes.irregular(self.keys, values)?,
        };
        variant(self.variant, Value::Object(object))
    }
}

impl SerializeMap for Entries<'_> {
    type Ok = Value;
    type Error = ConvertError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ConvertError> {
        let key = key.serialize(ToKey)?;
        let mut shapes = self.making.shapes.borrow_mut();
        self.keys = shapes.step(self.keys, key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConvertError> {
        self.value(value)
    }

    fn end(self) -> Result<Value, ConvertError> {
        self.build()
    }
}

/// The structures of serde, which differ in name only.
macro_rules! structures {
    ($($name:ident)*) => {$(
        impl $name for Entries<'_> {
            type Ok = Value;
            type Error = ConvertError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), ConvertError> {
                self.key(name);
                self.value(value)
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
        serialize_bool bool, serialize_char char, serialize_i8 i8, serialize_i16 i16,
        serialize_i32 i32, serialize_i64 i64, serialize_i128 i128, serialize_u8 u8, serialize_u16 u16,
        serialize_u32 u32, serialize_u64 u64, serialize_u128 u128,
    }

    fn serialize_str(self, key: &str) -> Result<Str, ConvertError> {
        Ok(Str::from(key))
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
