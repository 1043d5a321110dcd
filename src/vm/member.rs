//! Reading members: own properties, then what is inherited.

use super::machine::Machine;
use super::operand::Operand;
use crate::builtins;
use crate::bytecode::{Code, Key};
use crate::value::{Meter, Str, Thrown, Value, coercion, member};

impl Machine<'_, '_> {
    /// `object.key`
    #[inline]
    pub(super) fn member<'a>(
        &mut self,
        code: &Code,
        object: Operand<'a>,
        key: &Key,
    ) -> Result<Operand<'a>, Thrown> {
        match &object {
            Operand::Borrowed(Value::Object(object)) => {
                if let Some(value) = key.find(object) {
                    return Ok(Operand::Borrowed(value));
                }
            }
            Operand::Owned(Value::Object(object)) => {
                if let Some(value) = key.find(object) {
                    return Ok(Operand::Owned(value.clone()));
                }
            }
            Operand::Borrowed(Value::Array(array)) if key.is_length => {
                return Ok(Operand::number(array.len() as f64));
            }
            Operand::Borrowed(Value::String(text)) if key.is_length => {
                return Ok(Operand::number(text.len() as f64));
            }
            _ => {}
        }
        let value = self.property(object.get(), &key.name);
        if value.is_err() {
            self.blame_span(code, key.span);
        }
        value.map(Operand::Owned)
    }

    /// `object[key]`
    #[inline]
    pub(super) fn index<'a>(&mut self, object: Operand<'a>, key: &Value) -> Result<Operand<'a>, Thrown> {
        if let (Operand::Borrowed(Value::Array(array)), Value::Number(number)) = (&object, key)
            && let Some(item) =
                crate::value::number::array_index(*number).and_then(|at| array.items().get(at as usize))
        {
            return Ok(Operand::Borrowed(item));
        }
        self.computed(object.get(), key).map(Operand::Owned)
    }

    #[inline(never)]
    fn computed(&mut self, object: &Value, key: &Value) -> Result<Value, Thrown> {
        if let (Value::String(text), Value::Number(_)) = (object, key) {
            self.seek(text)?;
        }
        if let Some(found) = member::index(object, key) {
            return Ok(found);
        }
        if object.is_nullish() {
            let name = match key {
                Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Undefined | Value::Null => {
                    coercion::to_property_key(key, self)?
                }
                _ => Str::from("[object]"),
            };
            return Err(member::cannot_read(object, &name.to_text()));
        }
        let key = coercion::to_property_key(key, self)?;
        self.property(object, &key)
    }

    /// What a property is, inherited ones included.
    #[inline(never)]
    pub(super) fn property(&mut self, object: &Value, key: &Str) -> Result<Value, Thrown> {
        if let (Value::String(text), Some(_)) = (object, key.as_array_index()) {
            self.seek(text)?;
        }
        if let Some(own) = member::own_property(object, key) {
            return Ok(own);
        }
        match object {
            Value::Undefined | Value::Null => return Err(member::cannot_read(object, &key.to_text())),
            Value::Native(native) => {
                if let Some(value) = builtins::static_member(native, key) {
                    return Ok(value);
                }
            }
            _ => {}
        }
        Ok(builtins::inherited(object, key).map_or(Value::Undefined, Value::Native))
    }
}
