//! Constants as results.
//!
//! Long texts are shared, and counted where they lie. Threads that evaluate one program would all count there, each
//! waiting for the others; so a machine gives out copies of its own.

use crate::bytecode::Code;
use crate::value::{Str, Value};
use std::ptr;

/// The texts of constants that a machine gave out last.
#[derive(Debug, Default)]
pub(super) struct Constants([Str; 4]);

impl Constants {
    /// A result that is borrowed, to be given away. A text that is a constant of the program is copied where it was
    /// not given out lately.
    #[inline]
    pub(super) fn give(&mut self, code: &Code, value: &Value) -> Value {
        match value {
            Value::String(text) => match text.short() {
                Some(short) => Value::String(short),
                None => self.give_text(code, value, text),
            },
            _ => value.clone(),
        }
    }

    #[inline(never)]
    fn give_text(&mut self, code: &Code, value: &Value, text: &Str) -> Value {
        let place = ptr::from_ref(value);
        let (true, Some(letters)) = (code.constants.as_ptr_range().contains(&place), text.as_str()) else {
            return value.clone();
        };
        let own = &mut self.0[place.addr() / size_of::<Value>() % 4];
        if own != text {
            *own = Str::from(letters);
        }
        Value::String(own.clone())
    }
}
