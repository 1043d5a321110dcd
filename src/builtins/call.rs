//! What a built-in sees of its call: `this`, the arguments, and whoever pays.

use super::{Host, Methods, Outcome};
use crate::value::coercion::{to_integer_or_infinity, to_length, to_number, to_string};
use crate::value::member::own_property;
use crate::value::{Array, ErrorKind, Str, Thrown, Value, number};
use std::borrow::Cow;

/// One call of a built-in.
pub struct Call<'c> {
    /// The receiver.
    pub this: &'c Value,
    /// The arguments; those past the end are `undefined`, see [`argument`](Self::argument).
    pub arguments: &'c [Value],
    /// Pays for the work, and calls back.
    pub host: &'c mut dyn Host,
}

static UNDEFINED: Value = Value::Undefined;

impl<'c> Call<'c> {
    /// The argument at `at`, `undefined` past the end.
    #[inline]
    pub fn argument(&self, at: usize) -> &'c Value {
        self.arguments.get(at).unwrap_or(&UNDEFINED)
    }

    /// ToNumber of an argument.
    ///
    /// # Errors
    /// As [`to_number`].
    #[inline]
    pub fn number(&mut self, at: usize) -> Result<f64, Thrown> {
        to_number(self.argument(at), self.host)
    }

    /// ToIntegerOrInfinity of an argument.
    ///
    /// # Errors
    /// As [`to_number`].
    #[inline]
    pub fn integer(&mut self, at: usize) -> Result<f64, Thrown> {
        to_integer_or_infinity(self.argument(at), self.host)
    }

    /// As [`integer`](Self::integer), but `default` where the argument is `undefined`.
    ///
    /// # Errors
    /// As [`to_number`].
    #[inline]
    pub fn integer_or(&mut self, at: usize, default: f64) -> Result<f64, Thrown> {
        match self.argument(at) {
            Value::Undefined => Ok(default),
            given => to_integer_or_infinity(given, self.host),
        }
    }

    /// An argument as an index that counts from the end where it is negative, within `0..=length`; `default` where
    /// it is `undefined`. `slice`, `with`, `lastIndexOf` and kin.
    ///
    /// # Errors
    /// As [`to_number`].
    #[inline]
    pub fn relative_index(&mut self, at: usize, length: usize, default: usize) -> Result<usize, Thrown> {
        if matches!(self.argument(at), Value::Undefined) {
            return Ok(default);
        }
        let index = self.integer(at)?;
        let length = length as f64;
        Ok(if index < 0.0 { (length + index).max(0.0) } else { index.min(length) } as usize)
    }

    /// ToString of an argument.
    ///
    /// # Errors
    /// As [`to_string`].
    #[inline]
    pub fn string(&mut self, at: usize) -> Result<Str, Thrown> {
        to_string(self.argument(at), self.host)
    }

    /// An argument that must be a function.
    ///
    /// # Errors
    /// `TypeError: x is not a function`, x as V8 shows it.
    #[inline]
    pub fn callback(&mut self, at: usize) -> Result<&'c Value, Thrown> {
        let callback = self.argument(at);
        if callback.is_callable() { Ok(callback) } else { Err(self.not_a_function(callback)) }
    }

    #[cold]
    fn not_a_function(&mut self, value: &Value) -> Thrown {
        match self.shown(value) {
            Ok(shown) => Thrown::type_error(format!("{shown} is not a function")),
            Err(thrown) => thrown,
        }
    }

    /// The value as V8 shows it in messages, without calling anything of its.
    ///
    /// # Errors
    /// The limits.
    pub fn shown(&mut self, value: &Value) -> Result<Str, Thrown> {
        match value {
            Value::Array(_) => Ok(Str::from("[object Array]")),
            Value::Object(_) => Ok(Str::from("#<Object>")),
            Value::Regex(_) => Ok(Str::from("[object RegExp]")),
            Value::Native(native) if native.is_namespace => Ok(Str::from("#<Object>")),
            Value::String(text) => {
                // A message needs no more of it.
                Ok(text.slice(0, text.len().min(100)))
            }
            _ => to_string(value, self.host),
        }
    }

    /// The receiver of a string method: ToString of `this`. `name` is the method's, for the message.
    ///
    /// # Errors
    /// `TypeError` where `this` is `null` or `undefined`, else as [`to_string`].
    #[inline]
    pub fn this_string(&mut self, name: &str) -> Result<Str, Thrown> {
        match self.this {
            Value::String(text) => Ok(text.clone()),
            Value::Undefined | Value::Null => Err(no_receiver(name)),
            other => to_string(other, self.host),
        }
    }

    /// The receiver of an array method: `this`, or an array made of what is like one. `name` is the method's.
    ///
    /// # Errors
    /// `TypeError` where `this` is `null` or `undefined`, else as [`array_like`](Self::array_like).
    #[inline]
    pub fn this_array(&mut self, name: &str) -> Result<Cow<'c, Array>, Thrown> {
        match self.this {
            Value::Array(array) => Ok(Cow::Borrowed(array)),
            Value::Undefined | Value::Null => Err(no_receiver(name)),
            other => self.array_like(other).map(Cow::Owned),
        }
    }

    /// The array of what `value` holds at the indices below its `length` (ECMA-262 section 7.3.19,
    /// CreateListFromArrayLike). O(length), charged.
    ///
    /// # Errors
    /// `RangeError` where there are more than an array can hold, and the limits.
    pub fn array_like(&mut self, value: &Value) -> Result<Array, Thrown> {
        match value {
            Value::Array(array) => Ok(array.clone()),
            Value::String(text) => {
                self.allocate_items(text.len())?;
                Array::new(text.units().map(|unit| Value::String(Str::from_unit(unit))).collect())
            }
            Value::Object(object) => {
                let length = match object.get_str("length") {
                    Some(length) => to_length(length, self.host)?,
                    None => 0.0,
                };
                if length > f64::from(u32::MAX) {
                    return Err(invalid_array_length());
                }
                self.allocate_items(length as usize)?;
                let item = |at| object.get(&number::to_js_string(at as f64)).cloned();
                Array::new((0..length as usize).map(|at| item(at).unwrap_or_default()).collect())
            }
            // A function's parameters count as its length, and nothing stands at the indices.
            Value::Closure(_) | Value::Native(_) => {
                let length = own_property(value, &Str::from("length"));
                let length = to_length(&length.unwrap_or_default(), self.host)? as usize;
                self.allocate_items(length)?;
                Array::new(vec![Value::Undefined; length])
            }
            Value::Undefined | Value::Null | Value::Bool(_) => Ok(Array::empty()),
            Value::Number(_) | Value::Regex(_) => Ok(Array::empty()),
        }
    }

    /// What `[...value]` holds: the items of an array, the code points of a string. O(length), charged.
    ///
    /// # Errors
    /// `TypeError` where it is not iterable, and the limits.
    pub fn iterate(&mut self, value: &Value) -> Result<Array, Thrown> {
        match value {
            Value::Array(array) => Ok(array.clone()),
            Value::String(text) => {
                self.allocate_items(text.len())?;
                Array::new(text.code_points().filter_map(Str::from_code_point).map(Value::String).collect())
            }
            other => Err(not_iterable(self, other)),
        }
    }

    /// Calls `function` without a receiver.
    ///
    /// # Errors
    /// Whatever it throws.
    #[inline]
    pub fn invoke(&mut self, function: &Value, arguments: &[Value]) -> Result<Value, Thrown> {
        self.host.invoke(function, &Value::Undefined, arguments)
    }

    /// Pays for `units` steps.
    ///
    /// # Errors
    /// `LimitError`
    #[inline]
    pub fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.host.charge(units)
    }

    /// Pays for `bytes` of new memory.
    ///
    /// # Errors
    /// `LimitError`
    #[inline]
    pub fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.host.allocate(bytes)
    }

    /// Pays for visiting `count` items and for room for as many new ones.
    ///
    /// # Errors
    /// `LimitError`
    #[inline]
    pub fn allocate_items(&mut self, count: usize) -> Result<(), Thrown> {
        self.host.charge(count)?;
        self.host.allocate(count.saturating_mul(size_of::<Value>()))
    }
}

/// `TypeError: Array.prototype.map called on null or undefined`
#[cold]
pub(super) fn no_receiver(name: &str) -> Thrown {
    Thrown::type_error(format!("{name} called on null or undefined"))
}

/// V8's error for an array longer than 2³² − 1.
#[cold]
pub(super) fn invalid_array_length() -> Thrown {
    Thrown::new(ErrorKind::Range, "Invalid array length")
}

/// `TypeError: number 1 is not iterable (cannot read property Symbol(Symbol.iterator))`
#[cold]
pub(super) fn not_iterable(call: &mut Call<'_>, value: &Value) -> Thrown {
    let what = match value {
        Value::Undefined => Ok("undefined".to_owned()),
        Value::Object(_) | Value::Closure(_) | Value::Native(_) | Value::Regex(_) | Value::Array(_) => {
            Ok(value.type_of().to_owned())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            call.shown(value).map(|shown| format!("{} {shown}", value.type_of()))
        }
    };
    match what {
        Ok(what) => Thrown::type_error(format!(
            "{what} is not iterable (cannot read property Symbol(Symbol.iterator))"
        )),
        Err(thrown) => thrown,
    }
}

/// `value.name(arguments)`: the own property if there is one, else the inherited method.
pub(super) fn invoke_method(
    call: &mut Call<'_>,
    value: &Value,
    name: &'static str,
    arguments: &[Value],
) -> Outcome {
    let method = match own_property(value, &Str::from(name)) {
        Some(own) => own,
        None => Methods::named(name).of(value).map_or(Value::Undefined, Value::Native),
    };
    if !method.is_callable() {
        return Err(Thrown::type_error(format!("{name} is not a function")));
    }
    // Arrays nest up to MAX_DEPTH, and each level is a few frames.
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || call.host.invoke(&method, value, arguments))
}
