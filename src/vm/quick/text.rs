//! Texts with holes: their values found as quick code, and joined.

use super::{Trial, Variables};
use crate::bytecode::Term;
use crate::draw::Cursor;
use crate::value::number::write_js_text;
use crate::value::{BYTES_PER_UNIT, Str, Value};

/// The longest text in bytes that is made here.
const LONGEST: usize = 512;

/// As many bytes are looked at at once where a text is checked.
const BLOCK: usize = 16;

/// Where a text is joined, kept from one to the next.
#[derive(Debug, Default)]
pub(in crate::vm) struct Room(Vec<u8>);

impl<'a, V: Variables<'a>> Trial<'a, V, &'a [Term]> {
    /// The most that a text costs, in steps and in memory, the call included.
    #[inline]
    pub(in crate::vm) fn text_cost(&self) -> (u64, usize) {
        (self.cost() + (LONGEST / BYTES_PER_UNIT) as u64, LONGEST)
    }

    /// The text of a call; `None` where the general loop is needed.
    #[inline(never)]
    pub(in crate::vm) fn text(&self, draws: &mut Cursor<'_>, room: &mut Room) -> Option<Str> {
        let before = draws.position();
        let made = self.joined(draws, room);
        if made.is_none() {
            draws.rewind(before);
        }
        made
    }

    /// Texts and numbers, one after the other; `None` for anything else, and for what is long.
    #[inline(always)]
    fn joined(&self, draws: &mut Cursor<'_>, Room(room): &mut Room) -> Option<Str> {
        // Whoever writes needs room for more than it tells of, and the last block is checked whole.
        room.resize(LONGEST + 2 * BLOCK, 0);
        let mut call = self.call(&[], draws);
        let mut end = 0;
        for part in self.body {
            let part = call.read(part);
            if call.has_given_up {
                return None;
            }
            end += match part.borrowed() {
                None => write_js_text(room.get_mut(end..)?, part.number)?,
                Some(Value::String(text)) => text.write_to(room.get_mut(end..)?)?,
                Some(_) => return None,
            };
            if end > LONGEST {
                return None;
            }
        }
        // Whole blocks are checked in a few instructions each, what is left of one byte by byte.
        *room.get_mut(end..)?.first_chunk_mut::<BLOCK>()? = [0; BLOCK];
        let blocks = str::from_utf8(room.get(..end.next_multiple_of(BLOCK))?).ok()?;
        let text = blocks.get(..end)?;
        let units = if blocks.is_ascii() { end } else { text.encode_utf16().count() };
        Some(Str::from_counted(text, units))
    }
}
