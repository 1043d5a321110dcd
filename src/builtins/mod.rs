//! The functions that the language brings along, as tables of rows: methods, statics, globals, filters.
//!
//! A row is the reference: dispatch, suggestions, completion and `grammar/builtins.md` are made from it. Built-ins
//! call back through [`Host`]; they do not know the VM.
#![deny(clippy::disallowed_methods)]

use crate::value::{Invoke, Native, Str, Thrown, Value};

/// What a built-in gives.
pub type Outcome = Result<Value, Thrown>;

/// Who runs a built-in: pays for its work, calls functions for it, and draws.
pub trait Host: Invoke {
    /// The next number of the evaluation's stream, in `[0, 1)`: `Math.random()`.
    fn random(&mut self) -> f64;

    /// Calls the callback of `map`, `filter` and kin with `(item, index, array)`. A host may leave out what the
    /// callback does not look at.
    ///
    /// # Errors
    /// As [`Invoke::invoke`].
    fn invoke_item(&mut self, callback: &Value, item: &Value, index: usize, array: &Value) -> Outcome {
        let arguments = [item.clone(), Value::Number(index as f64), array.clone()];
        self.invoke(callback, &Value::Undefined, &arguments)
    }

    /// Calls the callback of `reduce` and `reduceRight` with `(accumulator, item, index, array)`.
    ///
    /// # Errors
    /// As [`Invoke::invoke`].
    fn invoke_reducer(
        &mut self,
        callback: &Value,
        accumulator: Value,
        item: &Value,
        index: usize,
        array: &Value,
    ) -> Outcome {
        let arguments = [accumulator, item.clone(), Value::Number(index as f64), array.clone()];
        self.invoke(callback, &Value::Undefined, &arguments)
    }
}

/// The built-in methods of one name, by the type of the receiver: what the compiler resolves once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Methods {
    /// On strings.
    pub string: Option<&'static Native>,
    /// On numbers.
    pub number: Option<&'static Native>,
    /// On booleans.
    pub boolean: Option<&'static Native>,
    /// On arrays.
    pub array: Option<&'static Native>,
    /// On plain objects, and on namespaces such as `Math`.
    pub object: Option<&'static Native>,
    /// On functions.
    pub function: Option<&'static Native>,
    /// On regular expressions.
    pub regex: Option<&'static Native>,
}

impl Methods {
    /// All methods called `name`. O(1).
    #[must_use]
    pub fn named(name: &str) -> Self {
        let _ = name;
        Self::default()
    }

    /// The one that `receiver` inherits; `None` for `null` and `undefined`, or where there is none.
    #[must_use]
    #[inline]
    pub fn of(&self, receiver: &Value) -> Option<&'static Native> {
        match receiver {
            Value::Undefined | Value::Null => None,
            Value::Bool(_) => self.boolean,
            Value::Number(_) => self.number,
            Value::String(_) => self.string,
            Value::Array(_) => self.array,
            Value::Object(_) => self.object,
            Value::Closure(_) => self.function,
            Value::Native(native) if native.is_namespace => self.object,
            Value::Native(_) => self.function,
            Value::Regex(_) => self.regex,
        }
    }
}

/// The value of a global name: `undefined`, `NaN`, `Math`, `parseInt`, …
#[must_use]
pub fn global(name: &str) -> Option<Value> {
    let _ = name;
    None
}

/// The built-in filter of that name.
#[must_use]
pub fn filter(name: &str) -> Option<&'static Native> {
    let _ = name;
    None
}

/// What the namespace or constructor `native` holds under `key`: `Math.max`, `Number.MAX_SAFE_INTEGER`.
#[must_use]
pub fn static_member(native: &'static Native, key: &Str) -> Option<Value> {
    let _ = (native, key);
    None
}

/// The method that `value` inherits under `key`.
#[must_use]
pub fn inherited(value: &Value, key: &Str) -> Option<&'static Native> {
    let _ = (value, key);
    None
}

/// Calls a built-in. For a filter `this` is undefined and the filtered value the first argument.
///
/// # Errors
/// What the built-in throws.
pub fn call(native: &'static Native, this: &Value, arguments: &[Value], host: &mut dyn Host) -> Outcome {
    let _ = (native, this, arguments, host);
    Err(Thrown::type_error("there are no built-ins yet"))
}
