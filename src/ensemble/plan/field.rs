//! Fields of any shape: every text in them is a template, and what depends on no run is folded into one value.

use std::fmt::Write;

use super::planner::Planner;
use super::{Fallback, Field};
use crate::draw::StreamKind;
use crate::ensemble::schema::OnError;
use crate::ensemble::yaml::{Map, Node, NodeKind, Scalar};
use crate::syntax::{Diagnostic, Span};
use crate::template::{Parsed, Part};
use crate::value::{Array, ObjectBuilder, Shape, Str, Thrown, Value};

impl Planner<'_> {
    /// Compiles a whole field; `name` is added to the path. `None` if there are faults.
    pub(super) fn field(&mut self, name: &str, node: &Node) -> Option<Field> {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        let field = self.node(node);
        self.path.truncate(length);
        field
    }

    pub(super) fn on_error(&mut self, on_error: &OnError) -> Option<Fallback> {
        match on_error {
            OnError::Fail => Some(Fallback::Fail),
            OnError::Continue => Some(Fallback::Continue),
            OnError::Fallback(node) => self.field("on_error.fallback", node).map(Fallback::Value),
        }
    }

    /// Recursion is bounded: YAML nests at most 128 deep.
    fn node(&mut self, node: &Node) -> Option<Field> {
        let constant = match &node.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(value) => Value::Bool(*value),
            NodeKind::Number(number) => Value::Number(*number),
            NodeKind::Text(scalar) => return self.text(scalar),
            NodeKind::List(items) => return self.list(items, node.span),
            NodeKind::Map(map) => return self.map(map, node.span),
        };
        Some(Field::Constant(constant))
    }

    fn text(&mut self, scalar: &Scalar) -> Option<Field> {
        if !scalar.text.contains("${") {
            return Some(Field::Constant(Value::from(&*scalar.text)));
        }
        let parsed = self.parsed(scalar)?;
        let label = self.path.clone();
        let expression = self.expression(scalar, &parsed, StreamKind::Field, "", &label)?;
        Some(match expression.template.constant() {
            Some(value) => Field::Constant(value.clone()),
            None => Field::Expression(Box::new(expression)),
        })
    }

    fn list(&mut self, items: &[Node], span: Span) -> Option<Field> {
        let length = self.path.len();
        let mut fields = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            // Writing to a text cannot fail.
            let _ = write!(self.path, "[{at}]");
            fields.push(self.node(item));
            self.path.truncate(length);
        }
        let fields = fields.into_iter().collect::<Option<Vec<Field>>>()?;
        match constants(fields) {
            Ok(items) => self.constant(Array::new(items).map(Value::Array), span),
            Err(fields) => Some(Field::List(fields.into())),
        }
    }

    fn map(&mut self, map: &Map, span: Span) -> Option<Field> {
        let length = self.path.len();
        let mut entries = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            push_key(&mut self.path, &entry.key.value);
            entries.push((Str::from(&*entry.key.value), self.node(&entry.value)));
            self.path.truncate(length);
        }
        let (keys, fields): (Vec<Str>, Vec<Option<Field>>) = in_order(entries).into_iter().unzip();
        let fields = fields.into_iter().collect::<Option<Vec<Field>>>()?;
        match constants(fields) {
            Ok(values) => {
                let mut object = ObjectBuilder::with_capacity(keys.len());
                keys.into_iter().zip(values).for_each(|(key, value)| object.insert(key, value));
                self.constant(object.build().map(Value::Object), span)
            }
            Err(fields) => {
                let shape = Shape::from_ordered(keys);
                let shape = shape.expect("YAML's keys differ, and they were put in order");
                Some(Field::Map(shape, fields.into()))
            }
        }
    }

    fn constant(&mut self, value: Result<Value, Thrown>, span: Span) -> Option<Field> {
        match value {
            Ok(value) => Some(Field::Constant(value)),
            Err(thrown) => {
                self.report(Diagnostic::error("value-too-deep", thrown.message, span));
                None
            }
        }
    }
}

/// The values, if no field depends on the run.
fn constants(fields: Vec<Field>) -> Result<Vec<Value>, Vec<Field>> {
    if fields.iter().any(|field| !matches!(field, Field::Constant(_))) {
        return Err(fields);
    }
    let values = fields.into_iter().filter_map(|field| match field {
        Field::Constant(value) => Some(value),
        Field::Expression(_) | Field::List(_) | Field::Map(..) => None,
    });
    Ok(values.collect())
}

/// JavaScript's order of keys: array indices rising, then the others as they stand.
fn in_order<T>(mut entries: Vec<(Str, T)>) -> Vec<(Str, T)> {
    if entries.iter().any(|(key, _)| key.as_array_index().is_some()) {
        entries.sort_by_key(|(key, _)| key.as_array_index().map_or(u64::MAX, u64::from));
    }
    entries
}

/// The text, if it has no holes.
pub(super) fn text_without_holes(parsed: &Parsed) -> Option<&str> {
    match parsed.parts.as_slice() {
        [] => Some(""),
        [Part::Text(text)] => Some(text),
        _ => None,
    }
}

/// Adds a key to a path, as JavaScript would read it: `.key`, or `['a key']`.
pub(super) fn push_key(path: &mut String, key: &str) {
    let is_identifier = key.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '$'))
        && key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'));
    if is_identifier {
        path.push('.');
        path.push_str(key);
    } else {
        let _ = write!(path, "['{}']", key.replace('\\', "\\\\").replace('\'', "\\'"));
    }
}
