//! Hides the values of secret variables from everything that is shown.

use std::borrow::Cow;
use std::sync::Arc;

use crate::value::{Array, Object, ObjectBuilder, Str, Value};

/// The secret values of a run, with the names that stand for them.
#[derive(Clone, Default)]
pub struct Secrets(Option<Arc<[Secret]>>);

struct Secret {
    mask: Box<str>,
    value: Box<str>,
    /// The value as it stands inside a JSON string, where that differs.
    escaped: Option<Box<str>>,
}

impl Secrets {
    pub(super) fn new(secrets: impl IntoIterator<Item = (Box<str>, Box<str>)>) -> Self {
        let mut secrets: Vec<Secret> = secrets
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| {
                let quoted = Value::from(&*value).to_json_string();
                let escaped = &quoted[1..quoted.len() - 1];
                let escaped = (*escaped != *value).then(|| escaped.into());
                Secret { mask: format!("‹{name}›").into(), value, escaped }
            })
            .collect();
        // A secret that holds another must go first, or the rest of it would stay.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.value.len()));
        Self((!secrets.is_empty()).then(|| secrets.into()))
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether this very value is hidden; so is one that is empty.
    pub(super) fn hides(&self, value: &str) -> bool {
        value.is_empty() || self.0.iter().flat_map(|list| list.iter()).any(|secret| *secret.value == *value)
    }

    /// The secrets of both.
    pub(super) fn joined(&self, other: &Self) -> Self {
        let both = [self, other];
        let pairs = both.iter().flat_map(|secrets| secrets.0.iter().flat_map(|list| list.iter()));
        let named = |secret: &Secret| {
            let name = secret.mask.trim_matches(['‹', '›']);
            (name.into(), secret.value.clone())
        };
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            _ => Self::new(pairs.map(named)),
        }
    }

    /// The text with every secret replaced by `‹NAME›`.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in self.0.iter().flat_map(|secrets| secrets.iter()) {
            for value in std::iter::once(&secret.value).chain(&secret.escaped) {
                if masked.contains(&**value) {
                    masked = Cow::Owned(masked.replace(&**value, &secret.mask));
                }
            }
        }
        masked
    }

    /// How many bytes at the end of the text may be the beginning of a secret.
    pub(in crate::ensemble) fn beginning_at_end(&self, text: &str) -> usize {
        let mut most = 0;
        for secret in self.0.iter().flat_map(|secrets| secrets.iter()) {
            for value in std::iter::once(&secret.value).chain(&secret.escaped) {
                let lengths = value.char_indices().map(|(at, _)| at).skip(1);
                let longest = lengths.filter(|&length| text.ends_with(&value[..length])).max();
                most = most.max(longest.unwrap_or(0));
            }
        }
        most
    }

    pub(super) fn mask_shared(&self, text: &Arc<str>) -> Arc<str> {
        match self.mask(text) {
            Cow::Borrowed(_) => text.clone(),
            Cow::Owned(masked) => masked.into(),
        }
    }

    /// The value with every secret in its texts and keys replaced. O(value) if there are secrets, else a clone.
    #[must_use]
    pub fn mask_value(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        match value {
            Value::String(text) => Value::String(self.mask_str(text)),
            // Values nest at most `MAX_DEPTH` deep, and the copy no deeper than what it copies.
            Value::Array(items) => Array::new(items.iter().map(|item| self.mask_value(item)).collect())
                .map_or(Value::Null, Value::Array),
            Value::Object(object) => self.mask_object(object),
            _ => value.clone(),
        }
    }

    fn mask_object(&self, object: &Object) -> Value {
        let mut masked = ObjectBuilder::with_capacity(object.len());
        for (key, value) in object.entries() {
            masked.insert(self.mask_str(key), self.mask_value(value));
        }
        masked.build().map_or(Value::Null, Value::Object)
    }

    fn mask_str(&self, text: &Str) -> Str {
        match self.mask(&text.to_text()) {
            Cow::Borrowed(_) => text.clone(),
            Cow::Owned(masked) => masked.into(),
        }
    }
}

/// Says how many there are, nothing of what they are.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.as_ref().map_or(0, |secrets| secrets.len()))
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn secrets(pairs: &[(&str, &str)]) -> Secrets {
        Secrets::new(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        let hidden = secrets(&[("KEY", "hunter2"), ("QUOTED", "a\"b\nc"), ("EMPTY", "")]);
        assert_eq!(hidden.mask("pass hunter2, twice: hunter2"), "pass ‹KEY›, twice: ‹KEY›");
        assert_eq!(hidden.mask("nothing to see"), "nothing to see");
        let value = Value::from_json(r#"{"hunter2": ["x hunter2", 1, {"k": "a\"b\nc"}]}"#).unwrap();
        assert_eq!(hidden.mask_value(&value).to_json_string(), r#"{"‹KEY›":["x ‹KEY›",1,{"k":"‹QUOTED›"}]}"#);
        assert_eq!(hidden.mask(&value.to_json_string()), r#"{"‹KEY›":["x ‹KEY›",1,{"k":"‹QUOTED›"}]}"#);
        assert_eq!(format!("{hidden:?}"), "Secrets(2)");
    }

    #[test]
    fn the_beginning_of_a_secret_is_seen_at_the_end_of_a_text() {
        let hidden = secrets(&[("KEY", "hunter2"), ("OTHER", "terse")]);
        for (text, length) in [("nothing", 0), ("a h", 1), ("a hunter", 6), ("the ters", 4), ("x hunter2", 0)]
        {
            assert_eq!(hidden.beginning_at_end(text), length, "{text}");
        }
    }

    #[test]
    fn of_two_secrets_the_longer_is_replaced_first() {
        let hidden = secrets(&[("SHORT", "abc"), ("LONG", "abcdef")]);
        assert_eq!(hidden.mask("abcdef abc"), "‹LONG› ‹SHORT›");
        assert_eq!(hidden.joined(&secrets(&[("MORE", "xyz")])).mask("abc xyz"), "‹SHORT› ‹MORE›");
    }
}
