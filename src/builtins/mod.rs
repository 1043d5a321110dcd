//! The functions that the language brings along, as tables of rows: methods, statics, globals, filters.
//!
//! A row is the reference: dispatch, suggestions, completion and `grammar/builtins.md` are made from it. Built-ins
//! call back through [`Host`]; they do not know the VM.
#![deny(clippy::disallowed_methods)]

mod array;
mod boolean;
mod call;
mod ensemble;
mod filter;
mod foreign;
mod function;
mod global;
mod host_function;
mod json;
mod math;
mod number;
mod object;
pub mod regex;
mod string;
mod table;
mod typed;
mod uri;

pub use call::Call;
pub use foreign::{foreign_method, foreign_name};
pub use host_function::{Extensions, FilterError, HostFunction};
pub use table::{Builtin, Place, Run, filter_names, global_names, method_names, rows, static_names};
pub use typed::{Called, TypedFunction};
pub(crate) use typed::{given, thrown};

use crate::value::{Invoke, Native, Str, Thrown, Value};

/// So many items `filter` makes room for at once, for who does its work and pays as it would.
pub const FILTER_ROOM: usize = array::FILTER_ROOM;

/// What a built-in gives.
pub type Outcome = Result<Value, Thrown>;

/// What [`Host::collect`] makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collect {
    /// What the callback gives: `map`.
    Results,
    /// The items for which it gives a true value: `filter`.
    Items,
}

/// Takes what a callback gave for the item at an index; whether it wants more.
pub type Take<'t> = dyn FnMut(&mut dyn Host, usize, Value) -> Result<bool, Thrown> + 't;

/// [`Host::invoke_items`] by one [`Host::invoke_item`] after the other.
///
/// # Errors
/// As there.
pub fn invoke_each(
    host: &mut dyn Host,
    callback: &Value,
    items: &[Value],
    first: usize,
    array: &Value,
    take: &mut Take<'_>,
) -> Result<(), Thrown> {
    for (at, item) in (first..).zip(items) {
        let made = host.invoke_item(callback, item, at, array)?;
        if !take(host, at, made)? {
            break;
        }
    }
    Ok(())
}

/// [`Host::invoke_fold`] by one [`Host::invoke_reducer`] after the other.
///
/// # Errors
/// As there.
pub fn fold_each(
    host: &mut dyn Host,
    callback: &Value,
    mut accumulator: Value,
    items: &[Value],
    first: usize,
    array: &Value,
) -> Outcome {
    for (at, item) in items.iter().enumerate() {
        accumulator = host.invoke_reducer(callback, accumulator, item, first + at, array)?;
    }
    Ok(accumulator)
}

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

    /// Calls the callback of `map`, `filter` and kin for `items` in turn, the first of which is number `first` of
    /// `array`, and hands what it gives to `take`, for as long as that wants more. What the calls have in common is
    /// done once.
    ///
    /// # Errors
    /// As [`invoke_item`](Self::invoke_item), and what `take` throws.
    fn invoke_items(
        &mut self,
        callback: &Value,
        items: &[Value],
        first: usize,
        array: &Value,
        take: &mut Take<'_>,
    ) -> Result<(), Thrown>;

    /// Does `map` or `filter` for as many of `items` as can be done without entering anything, appends what that makes
    /// to `made`, which has to have the room, and says how many items are done and paid for. A host may do none.
    fn collect(
        &mut self,
        collect: Collect,
        callback: &Value,
        items: &[Value],
        array: &Value,
        made: &mut Vec<Value>,
    ) -> usize {
        let _ = (collect, callback, items, array, made);
        0
    }

    /// Calls the callback of `reduce` for `items` in turn, the first of which is number `first` of `array`.
    ///
    /// # Errors
    /// As [`invoke_reducer`](Self::invoke_reducer).
    fn invoke_fold(
        &mut self,
        callback: &Value,
        accumulator: Value,
        items: &[Value],
        first: usize,
        array: &Value,
    ) -> Outcome;
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
        table::methods(name)
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

/// The value of a global name: `undefined`, `NaN`, `Math`, `parseInt`, … O(1).
#[must_use]
pub fn global(name: &str) -> Option<Value> {
    table::global_value(name)
}

/// `fail(message)`, which throws an `Error`: in ensembles only.
#[must_use]
pub fn fail() -> Value {
    table::ensemble_value("fail").unwrap_or_default()
}

/// The built-in filter of that name. O(1).
#[must_use]
pub fn filter(name: &str) -> Option<&'static Native> {
    table::filter_named(name)
}

/// What the namespace or constructor `native` holds under `key`: `Math.max`, `Number.MAX_SAFE_INTEGER`. O(1).
#[must_use]
pub fn static_member(native: &'static Native, key: &Str) -> Option<Value> {
    table::static_member(native, key.as_str()?)
}

/// The method that `value` inherits under `key`. O(1).
#[must_use]
pub fn inherited(value: &Value, key: &Str) -> Option<&'static Native> {
    Methods::named(key.as_str()?).of(value)
}

/// Calls a built-in. For a filter `this` is undefined and the filtered value the first argument.
///
/// # Errors
/// What the built-in throws.
pub fn call(native: &'static Native, this: &Value, arguments: &[Value], host: &mut dyn Host) -> Outcome {
    match table::row_of(native).map(|row| row.run) {
        Some(Run::Function(run)) => run(&mut Call { this, arguments, host }),
        _ => Err(Thrown::type_error(format!("{} is not a function", native.name))),
    }
}

#[cfg(test)]
mod tests;
