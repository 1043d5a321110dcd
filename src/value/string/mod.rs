//! Strings: JavaScript's sequences of UTF-16 units, kept as UTF-8.
//!
//! Up to [`Str::INLINE`] bytes stay inside the value. Longer text is one shared allocation, with its length in
//! units beside the pointer, so that `length` and "is it ASCII" (units = bytes) are O(1). A string that holds a
//! lone surrogate, which UTF-8 cannot say, is kept as units; every constructor goes back to UTF-8 where it can,
//! so that equal strings have equal forms.

mod builder;
mod search;
mod units;

pub use builder::StrBuilder;
pub use units::{CodePoints, Units};

use arcstr::ArcStr;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// An immutable string. Clone is at most one atomic increment.
#[derive(Clone)]
pub struct Str(Repr);

#[derive(Clone)]
enum Repr {
    /// UTF-8, always and only where it fits; the bytes after `len` are 0.
    Inline { len: u8, bytes: [u8; Str::INLINE] },
    /// UTF-8 of `units` UTF-16 units.
    Shared { units: u32, text: ArcStr },
    /// At least one lone surrogate.
    Wide(Arc<Box<[u16]>>),
}

impl Str {
    /// The longest text in bytes that needs no allocation.
    pub const INLINE: usize = 14;

    /// The empty string.
    pub const EMPTY: Self = Self(Repr::Inline { len: 0, bytes: [0; Self::INLINE] });

    /// The longest string in units, V8's on 64-bit machines (`String::kMaxLength`, 2²⁹ − 24).
    pub const MAX_UNITS: usize = (1 << 29) - 24;

    /// The string of these UTF-16 units; UTF-8 inside unless a surrogate stands alone. O(units).
    #[must_use]
    pub fn from_units(units: &[u16]) -> Self {
        if let [unit] = units {
            return Self::from_unit(*unit);
        }
        match String::from_utf16(units) {
            Ok(text) => Self::from_counted(&text, units.len()),
            Err(_) => Self(Repr::Wide(Arc::new(units.into()))),
        }
    }

    /// The string of one UTF-16 unit. Allocates only for a surrogate.
    #[must_use]
    pub fn from_unit(unit: u16) -> Self {
        match char::from_u32(u32::from(unit)) {
            Some(c) => Self::from(c),
            None => Self(Repr::Wide(Arc::new(Box::new([unit])))),
        }
    }

    /// The string of one code point, which may be a lone surrogate; `None` past U+10FFFF.
    #[must_use]
    pub fn from_code_point(code_point: u32) -> Option<Self> {
        match (char::from_u32(code_point), u16::try_from(code_point)) {
            (Some(c), _) => Some(Self::from(c)),
            (None, Ok(unit)) => Some(Self::from_unit(unit)),
            (None, Err(_)) => None,
        }
    }

    /// The string of a text whose units are counted already.
    pub(crate) fn from_counted(text: &str, units: usize) -> Self {
        if text.len() <= Self::INLINE {
            let mut bytes = [0; Self::INLINE];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            return Self(Repr::Inline { len: text.len() as u8, bytes });
        }
        let units = u32::try_from(units).expect("texts are bounded well below 4 GiB");
        Self(Repr::Shared { units, text: ArcStr::from(text) })
    }

    /// Whether both are the same text, if both are inside their values; `None` where telling may take a call.
    #[inline(always)]
    pub(crate) fn is_short_same(&self, other: &Self) -> Option<bool> {
        match (&self.0, &other.0) {
            (Repr::Inline { len: a, bytes: x }, Repr::Inline { len: b, bytes: y }) => {
                Some(a == b && words(x) == words(y))
            }
            _ => None,
        }
    }

    /// Writes the text at the beginning of `room`; how many bytes that are. What comes after them may be overwritten:
    /// short texts are written whole, with what is behind them. `None` where they find no room, or a surrogate stands
    /// alone.
    #[inline(always)]
    pub(crate) fn write_to(&self, room: &mut [u8]) -> Option<usize> {
        match &self.0 {
            Repr::Inline { len, bytes } => {
                *room.first_chunk_mut()? = *bytes;
                Some(usize::from(*len))
            }
            Repr::Shared { text, .. } => {
                room.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
                Some(text.len())
            }
            Repr::Wide(_) => None,
        }
    }

    /// A clone of a text that is inside the value.
    #[inline(always)]
    pub(crate) fn short(&self) -> Option<Self> {
        match self.0 {
            Repr::Inline { len, bytes } => Some(Self(Repr::Inline { len, bytes })),
            Repr::Shared { .. } | Repr::Wide(_) => None,
        }
    }

    /// An order of its own, for searching: by bytes, strings with lone surrogates last.
    pub(in crate::value) fn cmp_bytes(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Wide(a), Repr::Wide(b)) => a.cmp(b),
            (Repr::Wide(_), _) => Ordering::Greater,
            (_, Repr::Wide(_)) => Ordering::Less,
            _ => self.text_bytes().cmp(other.text_bytes()),
        }
    }

    /// Whether a surrogate stands alone in it. O(1).
    #[must_use]
    pub fn has_lone_surrogate(&self) -> bool {
        matches!(self.0, Repr::Wide(_))
    }

    /// The UTF-8 inside, nothing for a wide string. O(1).
    pub(in crate::value) fn text_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => &bytes[..*len as usize],
            Repr::Shared { text, .. } => text.as_bytes(),
            Repr::Wide(_) => &[],
        }
    }

    /// The text, if no surrogate stands alone in it. O(1), or a check of at most 14 bytes.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Inline { len, bytes } => {
                Some(str::from_utf8(&bytes[..*len as usize]).expect("inline strings are made from text"))
            }
            Repr::Shared { text, .. } => Some(text),
            Repr::Wide(_) => None,
        }
    }

    /// The text, with U+FFFD for each lone surrogate: what leaves the language as UTF-8.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match (&self.0, self.as_str()) {
            (_, Some(text)) => Cow::Borrowed(text),
            (Repr::Wide(units), _) => Cow::Owned(String::from_utf16_lossy(units)),
            (Repr::Inline { .. } | Repr::Shared { .. }, None) => {
                unreachable!("only wide strings are no text")
            }
        }
    }

    /// The number of UTF-16 units: JavaScript's `length`. O(1), or a look at 14 bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            // The bytes after the text are 0, so that looking at all of them is a few wide instructions.
            Repr::Inline { len, bytes } if bytes.is_ascii() => *len as usize,
            Repr::Inline { .. } => count_units(self.as_str().unwrap_or_default()),
            Repr::Shared { units, .. } => *units as usize,
            Repr::Wide(units) => units.len(),
        }
    }

    /// Whether it has no units.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Repr::Inline { len: 0, .. })
    }

    /// How many bytes the text takes inside: what scanning or copying it is charged for. O(1).
    #[must_use]
    pub fn byte_len(&self) -> usize {
        match &self.0 {
            Repr::Inline { len, .. } => *len as usize,
            Repr::Shared { text, .. } => text.len(),
            Repr::Wide(units) => units.len() * 2,
        }
    }

    /// The text if all of it is ASCII, where units are bytes. O(1), or a look at 14 bytes.
    #[must_use]
    pub fn as_ascii(&self) -> Option<&str> {
        self.as_ascii_bytes()?;
        self.as_str()
    }

    /// As [`as_ascii`](Self::as_ascii), for who needs the bytes only: it is the cheaper question.
    #[must_use]
    pub fn as_ascii_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Repr::Inline { len, bytes } => bytes.is_ascii().then_some(&bytes[..*len as usize]),
            Repr::Shared { units, text } => (*units as usize == text.len()).then_some(text.as_bytes()),
            Repr::Wide(_) => None,
        }
    }

    /// The unit at `index`. O(1) for ASCII, O(index) otherwise.
    #[must_use]
    pub fn unit(&self, index: usize) -> Option<u16> {
        match &self.0 {
            Repr::Wide(units) => units.get(index).copied(),
            Repr::Inline { .. } | Repr::Shared { .. } => match self.as_ascii_bytes() {
                Some(bytes) => bytes.get(index).map(|&byte| u16::from(byte)),
                None => self.units().nth(index),
            },
        }
    }

    /// The units `start..end`, both within the length. O(end − start) for ASCII, O(end) otherwise.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        if start >= end {
            return Self::EMPTY;
        }
        if start == 0 && end == self.len() {
            return self.clone();
        }
        match self.as_ascii() {
            Some(text) => Self::from_counted(&text[start..end], end - start),
            None => Self::from_units(&self.units().skip(start).take(end - start).collect::<Vec<_>>()),
        }
    }

    /// The string as an array index: the canonical decimal of an integer from 0 to 2³² − 2
    /// (ECMA-262 section 6.1.7). O(1).
    #[must_use]
    pub fn as_array_index(&self) -> Option<u32> {
        let Repr::Inline { len, bytes } = &self.0 else { return None };
        let digits = &bytes[..*len as usize];
        if digits.is_empty() || digits.len() > 10 || (digits[0] == b'0' && digits.len() > 1) {
            return None;
        }
        let mut index = 0_u64;
        for digit in digits {
            index = index * 10 + u64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        }
        u32::try_from(index).ok().filter(|index| *index != u32::MAX)
    }
}

/// All of the bytes, in two words that overlap: compared at once, where arrays are compared piece by piece.
#[inline]
fn words(bytes: &[u8; Str::INLINE]) -> (u64, u64) {
    let word = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |chunk| u64::from_ne_bytes(*chunk));
    (word(bytes.first_chunk()), word(bytes.last_chunk()))
}

fn count_units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

impl Default for Str {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        // Text that stays inside is counted when it is asked for its length.
        let units = if text.len() <= Self::INLINE { 0 } else { count_units(text) };
        Self::from_counted(text, units)
    }
}

impl From<char> for Str {
    fn from(c: char) -> Self {
        let mut bytes = [0; Self::INLINE];
        let len = c.encode_utf8(&mut bytes).len() as u8;
        Self(Repr::Inline { len, bytes })
    }
}

/// Copies: the shared form holds count and text in one allocation, which a `String` is not.
impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl PartialEq for Str {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Inline { len: a, bytes: x }, Repr::Inline { len: b, bytes: y }) => {
                a == b && words(x) == words(y)
            }
            (Repr::Shared { text: a, units: x }, Repr::Shared { text: b, units: y }) => {
                ArcStr::ptr_eq(a, b) || (x == y && a == b)
            }
            (Repr::Wide(a), Repr::Wide(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Str {}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        !self.has_lone_surrogate() && self.text_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Inline { len, bytes } => state.write(&bytes[..*len as usize]),
            Repr::Shared { text, .. } => state.write(text.as_bytes()),
            Repr::Wide(units) => units.hash(state),
        }
    }
}

/// By UTF-16 units, as JavaScript's `<` (ECMA-262 section 7.2.12).
impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.as_ascii_bytes(), other.as_ascii_bytes()) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => self.units().cmp(other.units()),
        }
    }
}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Debug for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.to_text(), f)
    }
}

impl std::fmt::Display for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text())
    }
}

#[cfg(test)]
mod tests;
