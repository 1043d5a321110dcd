//! The two traits through which work on values reaches whoever runs it: charging, and calling back.

use super::{Closure, Str, Thrown, Value};

/// How many bytes of text may be scanned or copied for one unit of fuel.
pub const BYTES_PER_UNIT: usize = 32;

/// Pays for work *before* it is done. Implemented by the VM's budget.
///
/// One unit of fuel is about one instruction; charge one unit for each element visited and one for each
/// [`BYTES_PER_UNIT`] bytes looked at or copied.
pub trait Meter {
    /// Pays for `units` steps, or fails with a `LimitError`.
    ///
    /// # Errors
    /// `LimitError` once the fuel is used up.
    fn charge(&mut self, units: usize) -> Result<(), Thrown>;

    /// Pays for `bytes` of new memory (fuel for writing it included), or fails with a `LimitError`.
    ///
    /// # Errors
    /// `LimitError` once fuel or memory is used up.
    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown>;

    /// Pays for looking at `bytes` of text.
    ///
    /// # Errors
    /// `LimitError` once the fuel is used up.
    fn scan(&mut self, bytes: usize) -> Result<(), Thrown> {
        match bytes / BYTES_PER_UNIT {
            0 => Ok(()),
            units => self.charge(units),
        }
    }

    /// Pays for finding a unit of `text`: nothing where units are bytes, the way through the text elsewhere.
    ///
    /// # Errors
    /// `LimitError` once the fuel is used up.
    fn seek(&mut self, text: &Str) -> Result<(), Thrown> {
        if text.as_ascii_bytes().is_some() { Ok(()) } else { self.scan(text.byte_len()) }
    }
}

/// A [`Meter`] that can also run a function: coercions call an object's own `toString` and `valueOf`.
pub trait Invoke: Meter {
    /// Calls `function` with `arguments`; a native function gets `this` too. What is not callable is a `TypeError`.
    ///
    /// # Errors
    /// Whatever the function throws, and `RangeError` where calls nest too deep.
    fn invoke(&mut self, function: &Value, this: &Value, arguments: &[Value]) -> Result<Value, Thrown>;

    /// The text of an arrow function, which is what it is as a string. Code belongs to a room that this one does
    /// not know, so that whoever runs it is asked.
    fn closure_source(&self, closure: &Closure) -> Str {
        let _ = closure;
        Str::from("() => { [code] }")
    }

    /// Whether `value` inherits a property of that name, for the operator `in`: the built-ins know.
    fn has_inherited(&self, value: &Value, key: &Str) -> bool {
        let _ = (value, key);
        false
    }
}
