//! JSON in and out, as `JSON.parse` and `JSON.stringify` do it (ECMA-262 section 25.5).
//!
//! Text becomes values without a tree in between, and values become text the same way. What a host does without a
//! running expression (no functions to call, no budget to keep) is [`Value::from_json`] and
//! [`Value::to_json_string`].

mod failure;
mod integers;
mod parse;
mod part;
mod primitive;
mod revive;
pub(in crate::value) mod shapes;
mod stringify;

pub use integers::{UnsafeInteger, unsafe_integers};
pub use parse::{parse, parse_str};
pub use part::Projection;
pub use revive::revive;
pub use stringify::{Indent, Replacer, quote, stringify};

use super::{Closure, Invoke, Meter, Str, Thrown, Value};

/// A host that has no functions to call and never runs out.
///
/// Coercions need an [`Invoke`]; where no function can be among the values, or none is to be called, this is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    fn charge(&mut self, _: usize) -> Result<(), Thrown> {
        Ok(())
    }

    fn allocate(&mut self, _: usize) -> Result<(), Thrown> {
        Ok(())
    }
}

impl Invoke for Unmetered {
    fn invoke(&mut self, _: &Value, _: &Value, _: &[Value]) -> Result<Value, Thrown> {
        Err(Thrown::type_error("functions cannot be called here"))
    }

    fn closure_source(&self, _: &Closure) -> Str {
        Str::from("() => { [code] }")
    }
}

impl Value {
    /// The value that a JSON text says, without any limit but that of nesting. O(text).
    ///
    /// ```
    /// let request = segue::value::Value::from_json(r#"{"user_id": 42}"#)?;
    /// assert_eq!(request.to_json_string(), r#"{"user_id":42}"#);
    /// # Ok::<(), segue::value::Thrown>(())
    /// ```
    ///
    /// # Errors
    /// `SyntaxError` with the position where it is no JSON, `LimitError` where it nests deeper than
    /// [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn from_json(text: &str) -> Result<Self, Thrown> {
        parse_str(text, &mut Unmetered)
    }

    /// The value as JSON, without white space. O(value).
    ///
    /// As `JSON.stringify`, except that it calls nothing: a `toJSON` function is left out as any other function, and
    /// a value that JSON cannot say (`undefined`, a function) is `null`. A lone surrogate is written as an escape.
    #[must_use]
    pub fn to_json_string(&self) -> String {
        stringify::plain(self)
    }
}

/// As [`to_json_string`](Value::to_json_string).
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_json_string())
    }
}

#[cfg(test)]
mod tests;
