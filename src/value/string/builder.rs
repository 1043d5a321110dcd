//! Strings made of parts.

use super::{Repr, Str, count_units};
use crate::value::operators::invalid_string_length;
use crate::value::{Meter, Thrown};

/// Builds a [`Str`] from parts, which may be lone surrogates: two that make a pair become one character.
///
/// The text stays UTF-8 until a part comes that UTF-8 cannot say; from then on it is units.
#[derive(Debug, Default)]
pub struct StrBuilder {
    text: String,
    /// UTF-16 units of `text`.
    units: usize,
    /// Everything so far, once a lone surrogate has come; `text` is empty then.
    wide: Option<Vec<u16>>,
}

impl StrBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder with room for `bytes` bytes of UTF-8.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), units: 0, wide: None }
    }

    /// Appends a string.
    pub fn push(&mut self, part: &Str) {
        match (&mut self.wide, part.as_str()) {
            (None, Some(text)) => {
                self.units += part.len();
                self.text.push_str(text);
            }
            _ => self.make_wide().extend(part.units()),
        }
    }

    /// Appends text.
    pub fn push_text(&mut self, part: &str) {
        match &mut self.wide {
            None => {
                self.units += count_units(part);
                self.text.push_str(part);
            }
            Some(wide) => wide.extend(part.encode_utf16()),
        }
    }

    /// Appends text that is known to be ASCII.
    pub(in crate::value) fn push_ascii(&mut self, part: &str) {
        match &mut self.wide {
            None => {
                self.units += part.len();
                self.text.push_str(part);
            }
            Some(wide) => wide.extend(part.bytes().map(u16::from)),
        }
    }

    /// Appends one UTF-16 unit.
    pub fn push_unit(&mut self, unit: u16) {
        match (&mut self.wide, char::from_u32(u32::from(unit))) {
            (None, Some(c)) => {
                self.units += 1;
                self.text.push(c);
            }
            _ => self.make_wide().push(unit),
        }
    }

    /// Appends a string that has been paid for: its bytes as memory.
    ///
    /// # Errors
    /// `RangeError` where it would grow longer than [`Str::MAX_UNITS`], `LimitError` from the meter.
    pub fn push_charged(&mut self, part: &Str, meter: &mut (impl Meter + ?Sized)) -> Result<(), Thrown> {
        if self.len() + part.byte_len() > Str::MAX_UNITS && self.len() + part.len() > Str::MAX_UNITS {
            return Err(invalid_string_length());
        }
        meter.allocate(part.byte_len())?;
        self.push(part);
        Ok(())
    }

    /// How many units it has so far. O(1).
    #[must_use]
    pub fn len(&self) -> usize {
        self.wide.as_ref().map_or(self.units, Vec::len)
    }

    /// Whether nothing has been appended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn make_wide(&mut self) -> &mut Vec<u16> {
        self.wide.get_or_insert_with(|| std::mem::take(&mut self.text).encode_utf16().collect())
    }

    /// The string. O(bytes).
    #[must_use]
    pub fn finish(self) -> Str {
        match self.wide {
            Some(units) => Str::from_units(&units),
            None => Str::from_counted(&self.text, self.units),
        }
    }

    /// The text as it leaves the language: U+FFFD stands for each lone surrogate. O(bytes), O(1) without any.
    #[must_use]
    pub fn into_text(self) -> String {
        match self.wide {
            Some(units) => String::from_utf16_lossy(&units),
            None => self.text,
        }
    }

    /// The string, if JavaScript could hold it.
    ///
    /// # Errors
    /// `RangeError` where it is longer than [`Str::MAX_UNITS`].
    pub fn finish_checked(self) -> Result<Str, Thrown> {
        if self.len() > Str::MAX_UNITS { Err(invalid_string_length()) } else { Ok(self.finish()) }
    }
}

impl Str {
    /// The parts one after the other, in one allocation. O(bytes); the length is the caller's to check.
    #[must_use]
    pub fn concat(parts: &[&Self]) -> Self {
        let bytes = parts.iter().map(|part| part.byte_len()).sum();
        if parts.iter().any(|part| matches!(part.0, Repr::Wide(_))) {
            let mut units = Vec::with_capacity(bytes);
            parts.iter().for_each(|part| units.extend(part.units()));
            return Self::from_units(&units);
        }
        if bytes <= Self::INLINE {
            let mut inline = [0; Self::INLINE];
            copy_parts(parts, &mut inline);
            return Self(Repr::Inline { len: bytes as u8, bytes: inline });
        }
        let units: usize = parts.iter().map(|part| part.len()).sum();
        let units = u32::try_from(units).expect("texts are bounded well below 4 GiB");
        let text = arcstr::ArcStr::init_with(bytes, |room| copy_parts(parts, room));
        Self(Repr::Shared { units, text: text.expect("UTF-8 after UTF-8 is UTF-8") })
    }
}

fn copy_parts(parts: &[&Str], mut room: &mut [u8]) {
    for part in parts {
        let (head, tail) = room.split_at_mut(part.byte_len());
        head.copy_from_slice(part.text_bytes());
        room = tail;
    }
}
