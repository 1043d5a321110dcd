//! Walking over a string: by UTF-16 units, and by code points.

use super::{Repr, Str};

/// Iterates over the UTF-16 units of a [`Str`].
#[derive(Clone, Debug)]
pub struct Units<'s>(UnitsRepr<'s>);

#[derive(Clone, Debug)]
enum UnitsRepr<'s> {
    Text(std::str::EncodeUtf16<'s>),
    Wide(std::slice::Iter<'s, u16>),
}

impl Iterator for Units<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        match &mut self.0 {
            UnitsRepr::Text(units) => units.next(),
            UnitsRepr::Wide(units) => units.next().copied(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            UnitsRepr::Text(units) => units.size_hint(),
            UnitsRepr::Wide(units) => units.size_hint(),
        }
    }
}

/// Iterates over the code points of a [`Str`]; a lone surrogate is one of its own.
#[derive(Clone, Debug)]
pub struct CodePoints<'s>(CodePointsRepr<'s>);

#[derive(Clone, Debug)]
enum CodePointsRepr<'s> {
    Text(std::str::Chars<'s>),
    Wide(std::char::DecodeUtf16<std::iter::Copied<std::slice::Iter<'s, u16>>>),
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match &mut self.0 {
            CodePointsRepr::Text(chars) => chars.next().map(u32::from),
            CodePointsRepr::Wide(chars) => chars.next().map(|decoded| match decoded {
                Ok(c) => u32::from(c),
                Err(lone) => u32::from(lone.unpaired_surrogate()),
            }),
        }
    }
}

impl Str {
    /// The units, one after the other.
    #[must_use]
    pub fn units(&self) -> Units<'_> {
        match &self.0 {
            Repr::Wide(units) => Units(UnitsRepr::Wide(units.iter())),
            Repr::Inline { .. } | Repr::Shared { .. } => {
                Units(UnitsRepr::Text(self.as_str().unwrap_or_default().encode_utf16()))
            }
        }
    }

    /// The code points, one after the other: what `[...text]` takes apart.
    #[must_use]
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints(match &self.0 {
            Repr::Wide(units) => CodePointsRepr::Wide(char::decode_utf16(units.iter().copied())),
            Repr::Inline { .. } | Repr::Shared { .. } => {
                CodePointsRepr::Text(self.as_str().unwrap_or_default().chars())
            }
        })
    }
}
