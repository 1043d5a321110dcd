//! Text as the matcher walks over it: bytes where all is ASCII, else UTF-16 units, one by one or as code points.

use super::escape::pair;
use crate::value::operators::invalid_string_length;
use crate::value::{Meter, Str, StrBuilder, Thrown};

/// Text to be searched.
#[derive(Debug)]
pub(crate) struct Subject<'s> {
    text: &'s Str,
    units: Option<Vec<u16>>,
}

impl<'s> Subject<'s> {
    /// Makes a text ready. O(1) for ASCII, else O(units), charged.
    ///
    /// # Errors
    /// `LimitError`
    pub(crate) fn new(text: &'s Str, meter: &mut (impl Meter + ?Sized)) -> Result<Self, Thrown> {
        if text.as_ascii_bytes().is_some() {
            return Ok(Self { text, units: None });
        }
        meter.allocate(text.len() * 2)?;
        Ok(Self { text, units: Some(text.units().collect()) })
    }

    /// Its length in units.
    pub(crate) fn len(&self) -> usize {
        self.units.as_ref().map_or_else(|| self.text.len(), Vec::len)
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &'s Str {
        self.text
    }

    /// A part of it. O(part).
    pub(crate) fn slice(&self, start: usize, end: usize) -> Str {
        match &self.units {
            Some(units) if start < end => Str::from_units(&units[start..end]),
            Some(_) => Str::EMPTY,
            None => self.text.slice(start, end),
        }
    }

    /// Appends a part of it, paid for.
    ///
    /// # Errors
    /// As [`StrBuilder::push_charged`].
    pub(crate) fn push_to(
        &self,
        out: &mut StrBuilder,
        start: usize,
        end: usize,
        meter: &mut (impl Meter + ?Sized),
    ) -> Result<(), Thrown> {
        match self.text.as_ascii() {
            Some(text) if start < end && self.units.is_none() => {
                if out.len() + (end - start) > Str::MAX_UNITS {
                    return Err(invalid_string_length());
                }
                meter.allocate(end - start)?;
                out.push_text(&text[start..end]);
                Ok(())
            }
            _ => out.push_charged(&self.slice(start, end), meter),
        }
    }

    /// The code point at `at` is a pair.
    pub(crate) fn has_pair_at(&self, at: usize) -> bool {
        let Some(units) = &self.units else { return false };
        matches!(units.get(at..at + 2), Some([0xd800..=0xdbff, 0xdc00..=0xdfff]))
    }

    /// Its bytes if all of it is ASCII, else its units.
    pub(super) fn as_input(&self) -> Result<Ascii<'_>, &[u16]> {
        match (&self.units, self.text.as_ascii_bytes()) {
            (None, Some(bytes)) => Ok(Ascii(bytes)),
            (Some(units), _) => Err(units),
            (None, None) => Ok(Ascii(&[])),
        }
    }
}

/// What the matcher walks over, step by step in both directions.
pub(super) trait Input {
    /// Its end.
    fn len(&self) -> u32;
    /// The character at `at`, and the place behind it.
    fn next(&self, at: u32) -> Option<(u32, u32)>;
    /// The character before `at`, and the place before it.
    fn previous(&self, at: u32) -> Option<(u32, u32)>;
}

/// ASCII, where bytes, units and code points are one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ascii<'s>(&'s [u8]);

impl Input for Ascii<'_> {
    #[inline]
    fn len(&self) -> u32 {
        self.0.len() as u32
    }

    #[inline]
    fn next(&self, at: u32) -> Option<(u32, u32)> {
        self.0.get(at as usize).map(|byte| (u32::from(*byte), at + 1))
    }

    #[inline]
    fn previous(&self, at: u32) -> Option<(u32, u32)> {
        let before = at.checked_sub(1)?;
        self.0.get(before as usize).map(|byte| (u32::from(*byte), before))
    }
}

/// Units, one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByUnits<'s>(pub(super) &'s [u16]);

impl Input for ByUnits<'_> {
    #[inline]
    fn len(&self) -> u32 {
        self.0.len() as u32
    }

    #[inline]
    fn next(&self, at: u32) -> Option<(u32, u32)> {
        self.0.get(at as usize).map(|unit| (u32::from(*unit), at + 1))
    }

    #[inline]
    fn previous(&self, at: u32) -> Option<(u32, u32)> {
        let before = at.checked_sub(1)?;
        self.0.get(before as usize).map(|unit| (u32::from(*unit), before))
    }
}

/// Units, where a surrogate pair is one character.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByCodePoints<'s>(pub(super) &'s [u16]);

impl Input for ByCodePoints<'_> {
    #[inline]
    fn len(&self) -> u32 {
        self.0.len() as u32
    }

    #[inline]
    fn next(&self, at: u32) -> Option<(u32, u32)> {
        let unit = *self.0.get(at as usize)?;
        match (unit, self.0.get(at as usize + 1)) {
            (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                Some((pair(u32::from(unit), u32::from(*low)), at + 2))
            }
            _ => Some((u32::from(unit), at + 1)),
        }
    }

    #[inline]
    fn previous(&self, at: u32) -> Option<(u32, u32)> {
        let before = at.checked_sub(1)?;
        let unit = *self.0.get(before as usize)?;
        match (before.checked_sub(1).and_then(|high| self.0.get(high as usize)), unit) {
            (Some(high @ 0xd800..=0xdbff), 0xdc00..=0xdfff) => {
                Some((pair(u32::from(*high), u32::from(unit)), before - 1))
            }
            _ => Some((u32::from(unit), before)),
        }
    }
}
