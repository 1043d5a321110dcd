//! Taking a string apart at separators.

use super::replace::places;
use crate::builtins::regex::{Finder, Program, Subject, program_of};
use crate::builtins::{Call, Outcome};
use crate::value::coercion::{to_string, to_uint32};
use crate::value::{Array, Str, Thrown, Value};

pub(super) fn split(call: &mut Call<'_>) -> Outcome {
    let text = call.this_string("String.prototype.split")?;
    let separator = call.argument(0);
    if let Value::Regex(regex) = separator {
        let program = program_of(regex)?;
        let limit = limit(call)?;
        return by_regex(call, &text, program, limit);
    }
    let limit = limit(call)?;
    let needle = to_string(separator, call.host)?;
    if limit == 0 {
        return Ok(Value::Array(Array::empty()));
    }
    if matches!(separator, Value::Undefined) {
        return Array::new(vec![Value::String(text)]).map(Value::Array);
    }
    by_text(call, &text, &needle, limit)
}

fn limit(call: &mut Call<'_>) -> Result<usize, Thrown> {
    match call.argument(1) {
        Value::Undefined => Ok(u32::MAX as usize),
        given => Ok(to_uint32(given, call.host)? as usize),
    }
}

fn by_text(call: &mut Call<'_>, text: &Str, needle: &Str, limit: usize) -> Outcome {
    let places = places(call, text, needle, limit)?;
    let subject = Subject::new(text, call.host)?;
    let mut parts = Parts::new(&subject, limit);
    let mut done = 0;
    for place in places {
        // Nothing at all stands before and behind every unit, and takes none of them.
        if needle.is_empty() {
            parts.push(call, Some((place, place + 1)))?;
            continue;
        }
        parts.push(call, Some((done, place)))?;
        done = place + needle.len();
    }
    if !needle.is_empty() {
        parts.push(call, Some((done, text.len())))?;
    }
    Array::new(parts.items).map(Value::Array)
}

/// RegExp.prototype \[ @@split \] (ECMA-262 section 22.2.6.14).
fn by_regex(call: &mut Call<'_>, text: &Str, program: &Program, limit: usize) -> Outcome {
    if limit == 0 {
        return Ok(Value::Array(Array::empty()));
    }
    let subject = Subject::new(text, call.host)?;
    let mut finder = Finder::new(program, &subject);
    let mut parts = Parts::new(&subject, limit);
    let length = subject.len();
    if length == 0 {
        if !finder.find_at(0, call.host)? {
            parts.push(call, Some((0, 0)))?;
        }
        return Array::new(parts.items).map(Value::Array);
    }
    let (mut done, mut from) = (0, 0);
    // A separator at the end of the text that takes nothing is none.
    while from < length && finder.find_anywhere(from, call.host)? {
        let (start, end) = finder.span();
        if start >= length {
            break;
        }
        if end == done {
            from = finder.advance(start);
            continue;
        }
        parts.push(call, Some((done, start)))?;
        for number in 1..program.groups {
            parts.push(call, finder.group(number))?;
        }
        if parts.is_full() {
            return Array::new(parts.items).map(Value::Array);
        }
        (done, from) = (end, end);
    }
    parts.push(call, Some((done, length)))?;
    Array::new(parts.items).map(Value::Array)
}

/// The parts so far; those past the limit are left out.
struct Parts<'s> {
    subject: &'s Subject<'s>,
    items: Vec<Value>,
    limit: usize,
}

impl<'s> Parts<'s> {
    fn new(subject: &'s Subject<'s>, limit: usize) -> Self {
        Self { subject, items: Vec::new(), limit }
    }

    fn is_full(&self) -> bool {
        self.items.len() >= self.limit
    }

    /// Adds a part; `None` is `undefined`.
    fn push(&mut self, call: &mut Call<'_>, span: Option<(usize, usize)>) -> Result<(), Thrown> {
        if self.is_full() {
            return Ok(());
        }
        call.allocate_items(1)?;
        let part = match span {
            Some((start, end)) => {
                call.allocate(end - start)?;
                Value::String(self.subject.slice(start, end))
            }
            None => Value::Undefined,
        };
        self.items.push(part);
        Ok(())
    }
}
