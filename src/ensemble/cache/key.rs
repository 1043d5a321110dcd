//! By what an answer is known: a hash of what it was made from.

use sha2::{Digest, Sha256};

use crate::component::Component;
use crate::value::{Str, Value};

/// The hash (SHA-256) of all that an answer was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::ensemble) struct Key(pub(super) [u8; 32]);

/// A key in the making. Each part goes in with its kind and its length, so that no two lists of parts read alike.
#[derive(Clone)]
pub(in crate::ensemble) struct Keyed(Sha256);

impl Keyed {
    pub(in crate::ensemble) fn new(operation: &str) -> Self {
        let mut keyed = Self(Sha256::new());
        keyed.text("segue-cache-1");
        keyed.text(operation);
        keyed
    }

    pub(in crate::ensemble) fn text(&mut self, text: &str) {
        self.tagged(b's', text.as_bytes());
    }

    pub(in crate::ensemble) fn key(&mut self, key: &Key) {
        self.tagged(b'k', &key.0);
    }

    /// A value of any depth that values have; whether it can be part of a key. A function cannot: nobody knows what it
    /// would do.
    pub(in crate::ensemble) fn value(&mut self, value: &Value) -> bool {
        match value {
            Value::Undefined => self.tagged(b'u', &[]),
            Value::Null => self.tagged(b'0', &[]),
            Value::Bool(claim) => self.tagged(b'b', &[u8::from(*claim)]),
            Value::Number(number) => self.tagged(b'n', &number.to_bits().to_le_bytes()),
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.tagged(b'[', &(items.len() as u64).to_le_bytes());
                return items.iter().all(|item| self.value(item));
            }
            Value::Object(object) => {
                self.tagged(b'{', &(object.len() as u64).to_le_bytes());
                return object.entries().all(|(key, value)| {
                    self.string(key);
                    self.value(value)
                });
            }
            Value::Closure(_) | Value::Native(_) | Value::Regex(_) => return false,
        }
        true
    }

    /// The component that serves, by its content: two versions of one text are one.
    pub(in crate::ensemble) fn component(&mut self, component: Option<&Component>) {
        match component {
            None => self.tagged(b'-', &[]),
            Some(component) => {
                self.tagged(b'c', &[u8::from(component.is_template)]);
                self.text(&component.text);
            }
        }
    }

    pub(in crate::ensemble) fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }

    fn string(&mut self, text: &Str) {
        match text.as_str() {
            Some(text) => self.text(text),
            None => {
                let units: Vec<u8> = text.units().flat_map(u16::to_le_bytes).collect();
                self.tagged(b'w', &units);
            }
        }
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.0.update([tag]);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

/// Whether JSON holds the value exactly. O(value); values nest at most `MAX_DEPTH` deep.
pub(super) fn is_json(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.is_finite() && !(*number == 0.0 && number.is_sign_negative()),
        Value::String(text) => !text.has_lone_surrogate(),
        // An array with properties of its own is a regular expression's match.
        Value::Array(items) => items.extra().is_none() && items.iter().all(is_json),
        Value::Object(object) => {
            object.entries().all(|(key, value)| !key.has_lone_surrogate() && is_json(value))
        }
        Value::Undefined | Value::Closure(_) | Value::Native(_) | Value::Regex(_) => false,
    }
}
