//! The input's JSON Schema (draft 2020-12): compiled with the plan, checked before a run, defaults filled in.
//!
//! Defaults come from `default` under `properties`, through nested `properties` and `items`; those behind `$ref`,
//! `allOf` and kin are not looked for, since which of them applies is for the whole schema to say.

use serde_json::Value as Json;

use crate::ensemble::yaml::{Node, NodeKind};
use crate::syntax::{Diagnostic, Span};
use crate::value::{Array, ObjectBuilder, Str, Value, from_value, to_value};

/// More faults of one input are not listed.
const MAX_PROBLEMS: usize = 20;
/// A message that shows more of the input than this shows none of it.
const MAX_MESSAGE: usize = 200;

/// A compiled schema.
#[derive(Debug)]
pub struct InputSchema {
    validator: jsonschema::Validator,
    defaults: Option<Defaults>,
}

/// What is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputProblem {
    /// The place, as an expression reads it from the input: `users[0].id`, `[0].id`; empty for the whole input.
    pub path: Box<str>,
    /// What is wrong with the value there.
    pub message: Box<str>,
}

impl std::fmt::Display for InputProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        write!(f, "input{dot}{}: {}", self.path, self.message)
    }
}

/// The defaults of a schema and of what lies inside it.
#[derive(Debug, Default)]
struct Defaults {
    properties: Box<[(Str, Property)]>,
    items: Option<Box<Defaults>>,
}

#[derive(Debug)]
struct Property {
    default: Option<Value>,
    inner: Option<Defaults>,
}

impl InputSchema {
    /// Compiles the schema that `input` holds.
    pub(super) fn new(node: &Node) -> Result<Self, Diagnostic> {
        let schema = json(node)?;
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).offline();
        let validator = options.build(&schema).map_err(|error| {
            let span = find(node, error.instance_path().as_str()).unwrap_or(node.span);
            let message = error.to_string();
            let title = if message.len() > MAX_MESSAGE { error.masked().to_string() } else { message };
            Diagnostic::error("invalid-schema", format!("`input` is no JSON Schema: {title}"), span)
                .help("`input` describes the run's input in JSON Schema, draft 2020-12")
        })?;
        Ok(Self { validator, defaults: Defaults::of(&schema) })
    }

    /// The input with the defaults of absent properties filled in; the same value where there is nothing to fill.
    ///
    /// # Errors
    /// What is wrong with the input, the first faults of it, each with its place.
    pub fn check(&self, input: &Value) -> Result<Value, Vec<InputProblem>> {
        let filled = self.defaults.as_ref().and_then(|defaults| defaults.fill(input));
        let input = filled.unwrap_or_else(|| input.clone());
        let json: Json = from_value(&input).map_err(|error| {
            vec![InputProblem { path: Box::default(), message: error.to_string().into() }]
        })?;
        let errors = self.validator.iter_errors(&json).take(MAX_PROBLEMS);
        let problems: Vec<InputProblem> = errors
            .map(|error| {
                let message = error.to_string();
                let message = if message.len() > MAX_MESSAGE { error.masked().to_string() } else { message };
                InputProblem {
                    path: path(error.instance_path().as_str(), &json).into(),
                    message: message.into(),
                }
            })
            .collect();
        if problems.is_empty() { Ok(input) } else { Err(problems) }
    }
}

impl Defaults {
    /// The defaults of a schema, if there are any. Recursion is bounded: YAML nests at most 128 deep.
    fn of(schema: &Json) -> Option<Self> {
        let properties = schema.get("properties").and_then(Json::as_object);
        let properties = properties.into_iter().flatten().filter_map(|(name, schema)| {
            let default = schema.get("default").and_then(|default| to_value(default).ok());
            let inner = Self::of(schema);
            let is_used = default.is_some() || inner.is_some();
            is_used.then(|| (Str::from(name.as_str()), Property { default, inner }))
        });
        let properties: Box<[_]> = properties.collect();
        let items = schema.get("items").and_then(Self::of).map(Box::new);
        (!properties.is_empty() || items.is_some()).then_some(Self { properties, items })
    }

    /// The value with defaults filled in; `None` if it stays as it is.
    fn fill(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => {
                let defaults = self.items.as_ref()?;
                let filled: Vec<Option<Value>> = items.iter().map(|item| defaults.fill(item)).collect();
                if filled.iter().all(Option::is_none) {
                    return None;
                }
                let items = filled.into_iter().zip(items.iter());
                let items = items.map(|(filled, item)| filled.unwrap_or_else(|| item.clone())).collect();
                Array::new(items).ok().map(Value::Array)
            }
            Value::Object(object) => {
                let changes: Vec<(&Str, Value)> = self
                    .properties
                    .iter()
                    .filter_map(|(name, property)| {
                        let found = object.get(name).filter(|value| !matches!(value, Value::Undefined));
                        property.value(found).map(|value| (name, value))
                    })
                    .collect();
                if changes.is_empty() {
                    return None;
                }
                let mut builder = ObjectBuilder::with_capacity(object.len() + changes.len());
                for (key, value) in object.entries() {
                    builder.insert(key.clone(), value.clone());
                }
                for (key, value) in changes {
                    builder.insert(key.clone(), value);
                }
                builder.build().ok().map(Value::Object)
            }
            _ => None,
        }
    }
}

impl Property {
    /// What the property becomes, if it changes.
    fn value(&self, found: Option<&Value>) -> Option<Value> {
        let value = found.or(self.default.as_ref())?;
        let filled = self.inner.as_ref().and_then(|inner| inner.fill(value));
        match found {
            Some(_) => filled,
            None => Some(filled.unwrap_or_else(|| value.clone())),
        }
    }
}

/// A node as JSON; a `${` in it is text.
fn json(node: &Node) -> Result<Json, Diagnostic> {
    Ok(match &node.kind {
        NodeKind::Null => Json::Null,
        NodeKind::Bool(value) => Json::Bool(*value),
        NodeKind::Number(number) => self::number(*number)
            .ok_or_else(|| Diagnostic::error("invalid-schema", "JSON has no such number", node.span))?,
        NodeKind::Text(scalar) => Json::String((*scalar.text).into()),
        NodeKind::List(items) => Json::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        NodeKind::Map(map) => {
            let entries =
                map.entries.iter().map(|entry| Ok((entry.key.value.to_string(), json(&entry.value)?)));
            Json::Object(entries.collect::<Result<_, Diagnostic>>()?)
        }
    })
}

/// A whole number stays one: `minLength: 1` is no `1.0`.
fn number(number: f64) -> Option<Json> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
        return Some(Json::from(number as i64));
    }
    serde_json::Number::from_f64(number).map(Json::Number)
}

/// The segments of a JSON pointer.
fn segments(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

/// Where a JSON pointer leads to in the file.
fn find(node: &Node, pointer: &str) -> Option<Span> {
    let mut node = node;
    for segment in segments(pointer) {
        node = match &node.kind {
            NodeKind::Map(map) => map.get(&segment)?,
            NodeKind::List(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(node.span)
}

/// A JSON pointer as an expression would read it.
fn path(pointer: &str, root: &Json) -> String {
    let mut path = String::new();
    let mut value = Some(root);
    for segment in segments(pointer) {
        match value {
            Some(Json::Array(items)) => {
                path.push('[');
                path.push_str(&segment);
                path.push(']');
                value = segment.parse::<usize>().ok().and_then(|at| items.get(at));
            }
            _ => {
                super::field::push_key(&mut path, &segment);
                value = value.and_then(|value| value.get(&segment));
            }
        }
    }
    if path.starts_with('.') { path.split_off(1) } else { path }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn schema(text: &str) -> InputSchema {
        let spec = crate::ensemble::schema::parse(&file(text)).spec.expect("a description");
        InputSchema::new(&spec.input_schema.expect("a schema")).expect("a JSON Schema")
    }

    fn file(schema: &str) -> String {
        format!("ensemble: e\nagents: [{{name: a, operation: think}}]\ninput:\n{schema}\n")
    }

    fn checked(schema: &InputSchema, input: &str) -> Result<String, Vec<String>> {
        let checked = schema.check(&Value::from_json(input).expect("JSON"));
        checked
            .map(|value| serde_json::to_string(&value).expect("JSON"))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    const USER: &str = "  type: object
  required: [user_id]
  properties:
    user_id: {type: integer}
    tier: {default: free, enum: [free, paid]}
    options: {default: {}, properties: {depth: {default: 3}}}
    items: {type: array, items: {type: object, properties: {size: {type: number, default: 1.5}}}}";

    #[test]
    fn defaults_are_filled_in_at_every_depth() {
        let schema = schema(USER);
        assert_eq!(
            checked(&schema, r#"{"user_id": 1, "items": [{"size": 2}, {}]}"#),
            Ok(r#"{"user_id":1,"items":[{"size":2},{"size":1.5}],"tier":"free","options":{"depth":3}}"#
                .into())
        );
        assert_eq!(
            checked(&schema, r#"{"tier": "paid", "user_id": 1, "options": {"depth": null}}"#),
            Ok(r#"{"tier":"paid","user_id":1,"options":{"depth":null}}"#.into())
        );
    }

    #[test]
    fn an_input_that_needs_no_default_stays_the_same_object() {
        let schema = schema("  type: object");
        let input = Value::from_json("{}").expect("JSON");
        let (Value::Object(before), Ok(Value::Object(after))) = (input.clone(), schema.check(&input)) else {
            panic!()
        };
        assert!(before.is_same(&after));
    }

    #[test]
    fn problems_name_their_place() {
        let schema = schema(USER);
        assert_eq!(
            checked(&schema, r#"{"user_id": "x", "tier": "gold", "items": [{}, {"size": "big"}]}"#),
            Err(vec![
                r#"input.user_id: "x" is not of type "integer""#.into(),
                r#"input.tier: "gold" is not one of "free" or "paid""#.into(),
                r#"input.items[1].size: "big" is not of type "number""#.into(),
            ])
        );
        assert_eq!(checked(&schema, "{}"), Err(vec![r#"input: "user_id" is a required property"#.into()]));
        assert_eq!(checked(&schema, "1"), Err(vec![r#"input: 1 is not of type "object""#.into()]));
    }

    #[test]
    fn a_bad_schema_is_underlined_where_it_is_bad() {
        let fault = |schema: &str| {
            let text = file(schema);
            let spec = crate::ensemble::schema::parse(&text).spec.expect("a description");
            let diagnostic = InputSchema::new(&spec.input_schema.expect("a schema")).expect_err("a fault");
            format!("{} <{}>", diagnostic.title, &text[diagnostic.span().range()])
        };
        assert_eq!(
            fault("  properties: {a: {minLength: -1}}"),
            "`input` is no JSON Schema: -1 is less than the minimum of 0 <-1>"
        );
        assert_eq!(fault("  default: .nan"), "JSON has no such number <.nan>");
        assert!(fault("  $ref: https://example.org/schema.json").contains("example.org"));
    }
}
