//! `JSON.stringify` (ECMA-262 section 25.5.2).

use super::revive::stacked;
use super::{Str, Unmetered};
use crate::value::coercion::{to_integer_or_infinity, to_string};
use crate::value::number::{self, JsNumber, js_text};
use crate::value::operators::invalid_string_length;
use crate::value::{Array, Invoke, MAX_DEPTH, Object, ObjectBuilder, StrBuilder, Thrown, Value};

/// The second argument of `JSON.stringify`.
#[derive(Clone, Debug, Default)]
pub enum Replacer {
    /// Every property is written as it is.
    #[default]
    None,
    /// Every value is replaced by what this function gives for key and value.
    Function(Value),
    /// Objects are written with these properties only, in this order.
    Keys(Vec<Str>),
}

impl Replacer {
    /// The replacer that an argument stands for: a function, or an array of strings and numbers.
    ///
    /// # Errors
    /// `LimitError` where reading a long list would cost too much.
    pub fn from_value(argument: &Value, host: &mut dyn Invoke) -> Result<Self, Thrown> {
        let Value::Array(items) = argument else {
            return Ok(if argument.is_callable() { Self::Function(argument.clone()) } else { Self::None });
        };
        host.charge(items.len())?;
        let mut keys = indexmap::IndexSet::new();
        for item in items.iter().filter(|item| matches!(item, Value::String(_) | Value::Number(_))) {
            keys.insert(to_string(item, host)?);
        }
        Ok(Self::Keys(keys.into_iter().collect()))
    }
}

/// The third argument of `JSON.stringify`: what stands before a line, once a level. Nothing: all on one line.
#[derive(Clone, Debug, Default)]
pub struct Indent(Option<Str>);

impl Indent {
    /// The longest indentation of one level, in units.
    const LONGEST: usize = 10;

    /// The indentation that an argument stands for: so many spaces, or the beginning of a string.
    ///
    /// # Errors
    /// None in practice: only numbers are converted.
    pub fn from_value(argument: &Value, host: &mut dyn Invoke) -> Result<Self, Thrown> {
        match argument {
            // V8 begins lines for a fraction of a space too.
            Value::Number(width) if 0.0 < *width && *width < 1.0 => Ok(Self(Some(Str::EMPTY))),
            Value::Number(_) => {
                let width = to_integer_or_infinity(argument, host)?.clamp(0.0, Self::LONGEST as f64);
                Ok(Self::spaces(width as usize))
            }
            Value::String(text) if text.is_empty() => Ok(Self::default()),
            Value::String(text) => Ok(Self(Some(text.slice(0, text.len().min(Self::LONGEST))))),
            _ => Ok(Self::default()),
        }
    }

    /// So many spaces a level, at most ten.
    #[must_use]
    pub fn spaces(width: usize) -> Self {
        Self((width > 0).then(|| Str::from(&"          "[..width.min(Self::LONGEST)])))
    }
}

/// What `JSON.stringify(value, replacer, indent)` gives; `None` is its `undefined`. O(value), charged.
///
/// # Errors
/// What `toJSON` and the replacer throw, `RangeError` where what they give nests without end or the text gets too
/// long for a string, and the limits.
pub fn stringify(
    value: &Value,
    replacer: &Replacer,
    indent: &Indent,
    host: &mut dyn Invoke,
) -> Result<Option<Str>, Thrown> {
    let calls = Calls::Yes;
    let mut writer = Writer {
        replacer,
        indent: indent.0.as_ref(),
        calls,
        host,
        out: StrBuilder::new(),
        paid: 0,
        level: 0,
    };
    // Only a replacer function can see the object that holds the value.
    let holder = match replacer {
        Replacer::Function(_) => {
            let mut holder = ObjectBuilder::new();
            holder.insert(Str::EMPTY, value.clone());
            Value::Object(holder.build()?)
        }
        Replacer::None | Replacer::Keys(_) => Value::Undefined,
    };
    let Some(value) = writer.prepare(&holder, Key::Name(&Str::EMPTY), value)? else { return Ok(None) };
    writer.value(value.as_ref())?;
    writer.pay(0)?;
    writer.out.finish_checked().map(Some)
}

/// JSON without calls, budget or white space; what JSON cannot say is `null`.
pub(super) fn plain(value: &Value) -> String {
    let replacer = Replacer::None;
    let mut host = Unmetered;
    let mut writer = Writer {
        replacer: &replacer,
        indent: None,
        calls: Calls::No,
        host: &mut host,
        out: StrBuilder::new(),
        paid: 0,
        level: 0,
    };
    let written = match writer.prepare(&Value::Undefined, Key::Name(&Str::EMPTY), value) {
        Ok(Some(value)) => writer.value(value.as_ref()),
        Ok(None) | Err(_) => writer.value(&Value::Null),
    };
    written.expect("without calls and budget nothing fails but a text of 4 GiB");
    writer.out.into_text()
}

/// The text as a JSON string, quotes included. Only lone surrogates, control characters, quotes and backslashes are
/// escaped (ECMA-262 section 25.5.2.3, QuoteJSONString). O(text).
pub fn quote(text: &Str, out: &mut StrBuilder) {
    out.push_ascii("\"");
    match text.as_str() {
        Some(text) => quote_text(text, out),
        None => {
            for decoded in char::decode_utf16(text.units()) {
                match decoded {
                    Ok(c) => quote_text(c.encode_utf8(&mut [0; 4]), out),
                    Err(lone) => out.push_ascii(&format!("\\u{:04x}", lone.unpaired_surrogate())),
                }
            }
        }
    }
    out.push_ascii("\"");
}

fn quote_text(text: &str, out: &mut StrBuilder) {
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_text(&text[start..at]);
        start = at + 1;
        match byte {
            b'"' => out.push_ascii("\\\""),
            b'\\' => out.push_ascii("\\\\"),
            8 => out.push_ascii("\\b"),
            12 => out.push_ascii("\\f"),
            b'\n' => out.push_ascii("\\n"),
            b'\r' => out.push_ascii("\\r"),
            b'\t' => out.push_ascii("\\t"),
            _ => out.push_ascii(&format!("\\u{byte:04x}")),
        }
    }
    out.push_text(&text[start..]);
}

/// Whether `toJSON` is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Calls {
    Yes,
    No,
}

/// A key, made a string only for functions that want to see it.
#[derive(Clone, Copy)]
enum Key<'k> {
    Name(&'k Str),
    Index(usize),
}

impl Key<'_> {
    fn to_value(self) -> Value {
        Value::String(match self {
            Self::Name(name) => name.clone(),
            Self::Index(index) => number::to_js_string(index as f64),
        })
    }
}

/// A value to write: the property's own, or what a function gave for it.
enum Prepared<'v> {
    Own(&'v Value),
    Made(Value),
}

impl Prepared<'_> {
    fn as_ref(&self) -> &Value {
        match self {
            Self::Own(value) => value,
            Self::Made(value) => value,
        }
    }
}

struct Writer<'w> {
    replacer: &'w Replacer,
    indent: Option<&'w Str>,
    calls: Calls,
    host: &'w mut dyn Invoke,
    out: StrBuilder,
    /// Up to where the text is paid for, in units.
    paid: usize,
    level: usize,
}

/// How much text may be written before it is paid for.
const CREDIT: usize = 256;

/// How deeply the text may nest. Values cannot nest deeper than [`MAX_DEPTH`], but functions may make ever more.
const MAX_LEVEL: usize = 4 * MAX_DEPTH as usize;

impl Writer<'_> {
    /// Pays for what has been written, if it is worth the while, and for `coming` bytes more.
    fn pay(&mut self, coming: usize) -> Result<(), Thrown> {
        let owed = (self.out.len() + coming).saturating_sub(self.paid);
        if owed > CREDIT {
            self.paid += owed;
            if self.paid > Str::MAX_UNITS && self.out.len() > Str::MAX_UNITS {
                return Err(invalid_string_length());
            }
            self.host.allocate(owed)?;
        }
        Ok(())
    }

    /// What a property is to be written as: `toJSON`, then the replacer, are asked. `None`: not at all.
    fn prepare<'v>(
        &mut self,
        holder: &Value,
        key: Key<'_>,
        value: &'v Value,
    ) -> Result<Option<Prepared<'v>>, Thrown> {
        let mut prepared = Prepared::Own(value);
        if let (Value::Object(object), Calls::Yes) = (value, self.calls)
            && let Some(to_json) = object.get_str("toJSON").filter(|own| own.is_callable())
        {
            prepared = Prepared::Made(self.host.invoke(to_json, value, &[key.to_value()])?);
        }
        if let Replacer::Function(function) = self.replacer {
            let arguments = [key.to_value(), prepared.as_ref().clone()];
            prepared = Prepared::Made(self.host.invoke(function, holder, &arguments)?);
        }
        let is_written = !matches!(prepared.as_ref(), Value::Undefined) && !prepared.as_ref().is_callable();
        Ok(is_written.then_some(prepared))
    }

    fn value(&mut self, value: &Value) -> Result<(), Thrown> {
        self.host.charge(1)?;
        match value {
            Value::Null | Value::Undefined => self.out.push_ascii("null"),
            Value::Bool(true) => self.out.push_ascii("true"),
            Value::Bool(false) => self.out.push_ascii("false"),
            Value::Number(number) if number.is_finite() => {
                self.out.push_ascii(js_text(&mut JsNumber::default(), *number));
            }
            Value::Number(_) => self.out.push_ascii("null"),
            Value::String(text) => {
                self.pay(text.byte_len())?;
                quote(text, &mut self.out);
            }
            Value::Array(items) => return self.nested(|writer| writer.array(value, items)),
            Value::Object(entries) => return self.nested(|writer| writer.object(value, entries)),
            // Objects without properties of their own that JSON would see.
            Value::Regex(_) | Value::Native(_) | Value::Closure(_) => self.out.push_ascii("{}"),
        }
        self.pay(0)
    }

    fn nested(&mut self, level: impl FnOnce(&mut Self) -> Result<(), Thrown>) -> Result<(), Thrown> {
        if self.level >= MAX_LEVEL {
            return Err(Thrown::range("Maximum call stack size exceeded"));
        }
        self.level += 1;
        stacked(|| level(self))?;
        self.level -= 1;
        Ok(())
    }

    fn line(&mut self, level: usize) -> Result<(), Thrown> {
        if let Some(indent) = self.indent {
            self.pay(level * indent.byte_len())?;
            self.out.push_ascii("\n");
            for _ in 0..level {
                self.out.push(indent);
            }
        }
        Ok(())
    }

    fn array(&mut self, holder: &Value, items: &Array) -> Result<(), Thrown> {
        self.out.push_ascii("[");
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_ascii(",");
            }
            self.line(self.level)?;
            match self.prepare(holder, Key::Index(at), item)? {
                Some(item) => self.value(item.as_ref())?,
                None => self.value(&Value::Null)?,
            }
        }
        if !items.is_empty() {
            self.line(self.level - 1)?;
        }
        self.out.push_ascii("]");
        Ok(())
    }

    fn object(&mut self, holder: &Value, entries: &Object) -> Result<(), Thrown> {
        self.out.push_ascii("{");
        let start = self.out.len();
        if let Replacer::Keys(keys) = self.replacer {
            for key in keys {
                self.host.charge(1)?;
                if let Some(value) = entries.get(key) {
                    self.entry(holder, key, value, start)?;
                }
            }
        } else {
            for (key, value) in entries.entries() {
                self.entry(holder, key, value, start)?;
            }
        }
        if self.out.len() > start {
            self.line(self.level - 1)?;
        }
        self.out.push_ascii("}");
        Ok(())
    }

    fn entry(&mut self, holder: &Value, key: &Str, value: &Value, start: usize) -> Result<(), Thrown> {
        let Some(value) = self.prepare(holder, Key::Name(key), value)? else { return self.host.charge(1) };
        if self.out.len() > start {
            self.out.push_ascii(",");
        }
        self.line(self.level)?;
        self.pay(key.byte_len())?;
        quote(key, &mut self.out);
        self.out.push_ascii(if self.indent.is_none() { ":" } else { ": " });
        self.value(value.as_ref())
    }
}
