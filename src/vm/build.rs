//! Making arrays, objects, strings and closures, and taking them apart.

use super::machine::{Machine, Stack};
use super::operand::Operand;
use crate::bytecode::{Capture, CaptureSource, Code, FunctionIdx, JoinIdx, ShapeIdx};
use crate::value::{
    Array, Closure, ErrorKind, Meter, Object, ObjectBuilder, Str, Thrown, Value, coercion, json, operators,
};
use smallvec::SmallVec;
use std::sync::Arc;

use super::run::Frame;

type Made<'a> = Result<Operand<'a>, Thrown>;

/// What a property of an object costs beside its value: its key in a shape of its own.
const ENTRY: usize = size_of::<Value>() + size_of::<Str>();

impl Machine<'_, '_> {
    pub(super) fn closure<'a>(
        &mut self,
        frame: &Frame<'a>,
        stack: &mut Stack<'a>,
        index: FunctionIdx,
    ) -> Made<'a> {
        let function = &frame.code.functions[index.get()];
        self.budget.allocate(size_of::<Closure>() + function.captures.len() * size_of::<Value>())?;
        let captures = function.captures.iter().map(|capture| {
            Ok(match *capture {
                Capture::Value(CaptureSource::Variable(slot)) => {
                    frame.variables.get(slot.get()).cloned().unwrap_or_default()
                }
                Capture::Value(CaptureSource::Local(local)) => stack[local.get()].get().clone(),
                Capture::Value(CaptureSource::Capture(capture)) => frame.captures[capture.get()].clone(),
                Capture::Late(local) => self.late_cell(stack, local)?,
            })
        });
        let captures = captures.collect::<Result<_, Thrown>>()?;
        let closure = Closure::new(frame.owner.share(), index.0, captures)?;
        Ok(Operand::Owned(Value::Closure(Arc::new(closure.named(function.name.clone(), function.length)))))
    }

    pub(super) fn array<'a>(&mut self, stack: &mut Stack<'a>, count: usize) -> Made<'a> {
        self.budget.allocate(count * size_of::<Value>())?;
        let first = stack.len() - count;
        Ok(Operand::Owned(Value::Array(Array::new(stack.drain(first..).map(Operand::into_value).collect())?)))
    }

    pub(super) fn list_begin(&mut self) {
        self.scratch.lists.push(Vec::new());
    }

    fn list(&mut self) -> &mut Vec<Value> {
        self.scratch.lists.last_mut().expect("the compiler began a list")
    }

    pub(super) fn list_push(&mut self, value: Operand<'_>) -> Result<(), Thrown> {
        self.budget.allocate(size_of::<Value>())?;
        self.list().push(value.into_value());
        Ok(())
    }

    pub(super) fn list_spread(&mut self, value: &Value) -> Result<(), Thrown> {
        if let Value::Array(array) = value {
            self.budget.allocate(array.len() * size_of::<Value>())?;
            self.budget.charge(array.len())?;
            self.list().extend_from_slice(array.items());
            return Ok(());
        }
        let items = self.items(value)?;
        self.list().extend(items);
        Ok(())
    }

    pub(super) fn list_end<'a>(&mut self) -> Made<'a> {
        let items = self.scratch.lists.pop().expect("the compiler began a list");
        Ok(Operand::Owned(Value::Array(Array::new(items)?)))
    }

    pub(super) fn object<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        shape: ShapeIdx,
        count: usize,
    ) -> Made<'a> {
        self.budget.allocate(count * size_of::<Value>())?;
        let first = stack.len() - count;
        let values = stack.drain(first..).map(Operand::into_value).collect();
        Ok(Operand::Owned(Value::Object(Object::new(code.shapes[shape.get()].clone(), values)?)))
    }

    pub(super) fn object_begin(&mut self) {
        self.scratch.objects.push(ObjectBuilder::new());
    }

    pub(super) fn object_set(&mut self, key: Str, value: Operand<'_>) -> Result<(), Thrown> {
        self.budget.allocate(ENTRY)?;
        self.budget.scan(key.byte_len())?;
        let object = self.scratch.objects.last_mut().expect("the compiler began an object");
        object.insert(key, value.into_value());
        Ok(())
    }

    pub(super) fn object_set_computed(
        &mut self,
        stack: &mut Stack<'_>,
        value: Operand<'_>,
    ) -> Result<(), Thrown> {
        let key = match stack.pop().expect("the compiler pushed the key").into_value() {
            Value::String(key) => key,
            other => coercion::to_property_key(&other, self)?,
        };
        self.object_set(key, value)
    }

    /// CopyDataProperties (ECMA-262 section 7.3.26): strings and arrays have their items as properties.
    pub(super) fn object_spread(&mut self, value: &Value) -> Result<(), Thrown> {
        match value {
            Value::Object(object) => {
                for (key, value) in object.entries() {
                    self.budget.charge(1)?;
                    self.object_set(key.clone(), Operand::Borrowed(value))?;
                }
            }
            Value::Array(_) | Value::String(_) => {
                let items = match value {
                    Value::Array(array) => array.items().to_vec(),
                    Value::String(text) => {
                        self.budget.allocate(text.len() * size_of::<Value>())?;
                        text.units().map(|unit| Value::String(Str::from_unit(unit))).collect()
                    }
                    _ => Vec::new(),
                };
                for (at, item) in items.into_iter().enumerate() {
                    self.budget.charge(1)?;
                    let key = crate::value::number::to_js_string(at as f64);
                    self.object_set(key, Operand::Owned(item))?;
                }
                if let Value::Array(array) = value
                    && let Some(extra) = array.extra()
                {
                    for (key, value) in extra.entries() {
                        self.object_set(key.clone(), Operand::Borrowed(value))?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn object_end<'a>(&mut self) -> Made<'a> {
        let object = self.scratch.objects.pop().expect("the compiler began an object");
        Ok(Operand::Owned(Value::Object(object.build()?)))
    }

    /// The parts of a template literal, as strings, joined.
    pub(super) fn concat<'a>(&mut self, stack: &mut Stack<'a>, count: usize) -> Made<'a> {
        let first = stack.len() - count;
        for part in &mut stack[first..] {
            if !matches!(part.get(), Value::String(_)) {
                let text = coercion::to_string(part.get(), self)?;
                part.set(Operand::Owned(Value::String(text)));
            }
        }
        self.joined(stack, first)
    }

    /// The parts of a text with holes, joined: `null` and `undefined` are an error, arrays and objects JSON.
    pub(super) fn join<'a>(
        &mut self,
        code: &Code,
        stack: &mut Stack<'a>,
        join: JoinIdx,
        count: usize,
    ) -> Made<'a> {
        let first = stack.len() - count;
        for (at, part) in stack[first..].iter_mut().enumerate() {
            if matches!(part.get(), Value::String(_)) {
                continue;
            }
            match self.text_of(part.get()) {
                Ok(text) => part.set(Operand::Owned(Value::String(text))),
                Err(thrown) => {
                    if let Some(Some(span)) = code.joins[join.get()].holes.get(at) {
                        self.blame_span(code, *span);
                    }
                    return Err(thrown);
                }
            }
        }
        self.joined(stack, first)
    }

    fn text_of(&mut self, value: &Value) -> Result<Str, Thrown> {
        match value {
            Value::Null | Value::Undefined => {
                let what = if matches!(value, Value::Null) { "null" } else { "undefined" };
                let message =
                    format!("{what} cannot stand in a text: write `?? ''` for nothing, or another default");
                Err(Thrown::type_error(message))
            }
            Value::Array(_) | Value::Object(_) => {
                let text = json::stringify(value, &json::Replacer::None, &json::Indent::spaces(0), self)?;
                text.ok_or_else(|| {
                    Thrown::type_error("its toJSON gives undefined, which cannot stand in a text")
                })
            }
            Value::Closure(_) | Value::Native(_) => {
                Err(Thrown::type_error("a function cannot stand in a text"))
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Regex(_) => {
                coercion::to_string(value, self)
            }
        }
    }

    /// The strings on the stack from `first` on, in one allocation of the very size.
    fn joined<'a>(&mut self, stack: &mut Stack<'a>, first: usize) -> Made<'a> {
        let parts = stack[first..].iter().filter_map(|part| match part.get() {
            Value::String(text) => Some(text),
            _ => None,
        });
        let parts: SmallVec<[&Str; 16]> = parts.collect();
        let bytes: usize = parts.iter().map(|part| part.byte_len()).sum();
        if bytes > Str::INLINE {
            if bytes > Str::MAX_UNITS && parts.iter().map(|part| part.len()).sum::<usize>() > Str::MAX_UNITS {
                return Err(operators::invalid_string_length());
            }
            self.budget.allocate(bytes)?;
        }
        let text = Str::concat(&parts);
        drop(parts);
        stack.truncate(first);
        Ok(Operand::Owned(Value::String(text)))
    }

    /// What a pattern takes apart by position, as an array.
    pub(super) fn iterate<'a>(&mut self, value: Operand<'a>) -> Made<'a> {
        if matches!(value.get(), Value::Array(_)) {
            return Ok(value);
        }
        let items = self.items(value.get())?;
        Ok(Operand::Owned(Value::Array(Array::new(items)?)))
    }

    /// The items of what is no array: the code points of a string.
    fn items(&mut self, value: &Value) -> Result<Vec<Value>, Thrown> {
        match value {
            Value::String(text) => {
                self.budget.allocate(text.len() * size_of::<Value>())?;
                self.budget.charge(text.len())?;
                let points = text.code_points().filter_map(Str::from_code_point);
                Ok(points.map(Value::String).collect())
            }
            Value::Undefined | Value::Null => {
                let what = if matches!(value, Value::Null) { "null" } else { "undefined" };
                Err(Thrown::type_error(format!("{what} is not iterable")))
            }
            other => Err(Thrown::type_error(format!("{} is not iterable", describe(other)))),
        }
    }

    pub(super) fn items_from<'a>(&mut self, array: &Operand<'a>, from: u32) -> Made<'a> {
        let Value::Array(array) = array.get() else { unreachable!("iterating gives an array") };
        let rest = array.items().get(from as usize..).unwrap_or_default();
        self.budget.allocate(size_of_val(rest))?;
        Ok(Operand::Owned(Value::Array(Array::new(rest.to_vec())?)))
    }

    /// The own properties but for some.
    pub(super) fn object_rest<'a>(
        &mut self,
        stack: &mut Stack<'a>,
        value: &Operand<'a>,
        count: usize,
    ) -> Made<'a> {
        self.object_begin();
        self.object_spread(value.get())?;
        let all = self.scratch.objects.pop().expect("it was begun above");
        let first = stack.len() - count;
        let taken: Vec<Value> = stack.drain(first..).map(Operand::into_value).collect();
        let is_taken =
            |key: &Str| taken.iter().any(|taken| matches!(taken, Value::String(name) if name == key));
        let mut rest = ObjectBuilder::new();
        for (key, value) in all.build()?.entries() {
            self.budget.charge(1 + taken.len())?;
            if !is_taken(key) {
                rest.insert(key.clone(), value.clone());
            }
        }
        Ok(Operand::Owned(Value::Object(rest.build()?)))
    }
}

/// A function that was made just now, with its name.
pub(super) fn named<'a>(function: Operand<'a>, name: Option<&Operand<'a>>) -> Operand<'a> {
    match (function, name.map(Operand::get)) {
        (Operand::Owned(Value::Closure(closure)), Some(Value::String(name))) => {
            let renamed = Arc::try_unwrap(closure).map(|closure| {
                let length = closure.length;
                Arc::new(closure.named(name.clone(), length))
            });
            // Nobody else has a new function; if somebody had, it would keep its name.
            Operand::Owned(Value::Closure(renamed.unwrap_or_else(|shared| shared)))
        }
        (function, _) => function,
    }
}

/// A new regular expression of the same text.
pub(super) fn regex<'a>(constant: &'a Value) -> Operand<'a> {
    match constant {
        Value::Regex(regex) => Operand::Owned(Value::Regex(regex.fresh())),
        other => Operand::Borrowed(other),
    }
}

#[cold]
pub(super) fn reference_error(message: &Value) -> Thrown {
    let text = match message {
        Value::String(text) => text.to_text().into_owned(),
        _ => String::new(),
    };
    Thrown::new(ErrorKind::Reference, text)
}

/// An item of an array that a pattern takes apart.
pub(super) fn item<'a>(array: &Operand<'a>, index: u32) -> Operand<'a> {
    let at = index as usize;
    match array {
        Operand::Borrowed(Value::Array(array)) => {
            array.items().get(at).map_or(Operand::UNDEFINED, Operand::Borrowed)
        }
        Operand::Owned(Value::Array(array)) => {
            Operand::Owned(array.items().get(at).cloned().unwrap_or_default())
        }
        Operand::Borrowed(_) | Operand::Owned(_) => unreachable!("iterating gives an array"),
    }
}

pub(super) fn check_pattern(value: &Value) -> Result<(), Thrown> {
    match value {
        Value::Undefined => Err(Thrown::type_error("Cannot destructure 'undefined' as it is undefined.")),
        Value::Null => Err(Thrown::type_error("Cannot destructure 'null' as it is null.")),
        _ => Ok(()),
    }
}

fn describe(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "object",
        other => other.type_of(),
    }
}
