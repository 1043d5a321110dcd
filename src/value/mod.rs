//! JavaScript's values, immutable, and what its operators do with them.
//!
//! A [`Value`] is 16 bytes and cheap to clone: numbers and short strings are inside it, the rest is one shared
//! pointer. Nothing can be changed once made, so that values cross threads and no cycle can exist. Objects,
//! arrays and functions keep identity: equal means *the same allocation*.
//!
//! This room knows values and coercions only. Who sets the limits, and how a closure is run, is behind the two
//! traits [`Meter`] and [`Invoke`].
#![deny(clippy::disallowed_methods)]

mod array;
pub mod coercion;
pub mod equality;
mod function;
pub mod json;
mod lazy;
pub mod member;
mod meter;
pub mod number;
mod object;
pub mod operators;
mod regex;
mod serde;
mod string;
mod thrown;

pub use array::Array;
pub use function::{Closure, Native};
pub use lazy::HostObject;
pub use meter::{BYTES_PER_UNIT, Invoke, Meter};
pub use object::{Object, ObjectBuilder, Shape, Slot};
pub use regex::Regex;
pub use serde::{ConvertError, from_value, to_value};
pub use string::{CodePoints, Str, StrBuilder, Units};
pub use thrown::{ErrorKind, Thrown};

use std::sync::Arc;

/// A JavaScript value. Clone is at most one atomic increment.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `undefined`
    #[default]
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An IEEE 754 double.
    Number(f64),
    /// A string of UTF-16 units.
    String(Str),
    /// An array without holes.
    Array(Array),
    /// An object with string keys.
    Object(Object),
    /// An arrow function.
    Closure(Arc<Closure>),
    /// A built-in function, or a namespace such as `Math`.
    Native(&'static Native),
    /// A regular expression.
    Regex(Regex),
}

// Cloned on every push.
const _: () = assert!(size_of::<Value>() == 16);
const _: () = assert!(size_of::<Option<Value>>() == 16);

/// How deeply arrays, objects and captured functions may nest. Dropping a value recurses, so that building
/// one any deeper is a [`ErrorKind::Limit`] error.
pub const MAX_DEPTH: u32 = 1_000;

impl Value {
    /// The empty string.
    pub const EMPTY: Self = Self::String(Str::EMPTY);

    /// How many containers lie inside each other: 0 for a primitive, 1 for `[]`.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.depth(),
            Self::Object(object) => object.depth(),
            Self::Closure(closure) => closure.depth(),
            Self::Undefined | Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 0,
            Self::Regex(_) | Self::Native(_) => 0,
        }
    }

    /// Whether it is `undefined` or `null`.
    #[must_use]
    pub fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// Whether JavaScript counts it as true (ECMA-262 section 7.1.2, ToBoolean).
    #[must_use]
    pub fn truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::String(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) | Self::Closure(_) | Self::Native(_) | Self::Regex(_) => true,
        }
    }

    /// What `typeof` answers.
    #[must_use]
    pub fn type_of(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Closure(_) => "function",
            Self::Native(native) if !native.is_namespace => "function",
            Self::Null | Self::Array(_) | Self::Object(_) | Self::Regex(_) | Self::Native(_) => "object",
        }
    }

    /// Whether it can be called.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        match self {
            Self::Closure(_) => true,
            Self::Native(native) => !native.is_namespace,
            _ => false,
        }
    }
}

/// The depth of a container of these values, or the error that it nests too deep. O(values).
fn depth_around<'v>(values: impl IntoIterator<Item = &'v Value>) -> Result<u32, Thrown> {
    let deepest = values.into_iter().map(Value::depth).max().unwrap_or(0);
    if deepest >= MAX_DEPTH {
        return Err(Thrown::limit(format!("values nest deeper than {MAX_DEPTH} levels")));
    }
    Ok(deepest + 1)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(f64::from(value))
    }
}

/// A count or a length: exact up to 2⁵³, then the nearest double, as JavaScript's numbers are.
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Number(value as f64)
    }
}

impl From<Str> for Value {
    fn from(value: Str) -> Self {
        Self::String(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(Str::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(Str::from(value))
    }
}

impl From<Array> for Value {
    fn from(value: Array) -> Self {
        Self::Array(value)
    }
}

impl From<Object> for Value {
    fn from(value: Object) -> Self {
        Self::Object(value)
    }
}

#[cfg(test)]
mod tests;
