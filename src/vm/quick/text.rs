//! Texts with holes: their values found by the quick loop, then joined.

use super::{Kind, Quick, Trial, Variables};
use crate::bytecode::{Op, QUICK_TEXT};
use crate::draw::Cursor;
use crate::value::number::push_js_text;
use crate::value::{BYTES_PER_UNIT, Str, Value};

/// The longest text in bytes that is made here.
const LONGEST: usize = 512;

impl<'a, V: Variables<'a>> Trial<'a, V> {
    /// The most that a text costs, in steps and in memory, the call included.
    #[inline]
    pub(in crate::vm) fn text_cost(&self) -> (u64, usize) {
        (self.cost() + (LONGEST / BYTES_PER_UNIT) as u64, LONGEST)
    }

    /// The text of a call; `None` where the general loop is needed. `room` is for use here, and used again.
    #[inline(never)]
    pub(in crate::vm) fn text(
        &self,
        locals: &[Quick<'a>],
        draws: &mut Cursor<'_>,
        room: &mut String,
    ) -> Option<Str> {
        let [ops @ .., join, Op::Return] = self.ops else { return None };
        let (Op::Concat(parts) | Op::Join(_, parts)) = *join else { return None };
        let before = draws.position();
        let mut waiting = [Quick::UNDEFINED; QUICK_TEXT];
        let is_done = self.dispatch(ops, &mut waiting, locals, draws).is_some();
        let made = if is_done { joined(waiting.get(..parts as usize)?, room) } else { None };
        if made.is_none() {
            draws.rewind(before);
        }
        made
    }
}

/// Texts and numbers, one after the other; `None` for anything else, and for what is long.
fn joined(parts: &[Quick<'_>], room: &mut String) -> Option<Str> {
    room.clear();
    let mut units = 0;
    for part in parts {
        match (part.kind, part.value) {
            (Kind::Number, _) => units += push_js_text(room, part.number),
            (Kind::Borrowed, Value::String(text)) if text.byte_len() <= LONGEST - room.len() => {
                room.push_str(text.as_str()?);
                units += text.len();
            }
            _ => return None,
        }
        if room.len() > LONGEST {
            return None;
        }
    }
    Some(Str::from_counted(room, units))
}
