//! Places in source text: byte spans, and the map from an expression's own text to the file that holds it.
//!
//! An expression is lexed out of a YAML scalar whose bytes may differ from the file's (escapes, folding,
//! indentation). All spans of tokens, nodes and instructions count bytes of the *expression source*; a
//! [`SourceMap`] turns them into bytes of the *file* when, and only when, something is reported.

/// A half-open range of byte offsets, `start..end`, in one source text of at most 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span `start..end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span as a range for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.range().len()
    }

    /// Whether the span covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// Maps offsets in one text to offsets in the file that the text was read out of.
///
/// Piecewise linear: each piece says that text from `text` on stands at `file` on, byte for byte, up to the
/// next piece. A text that *is* its file has the identity map.
///
/// ```
/// use segue::syntax::{SourceMap, Span};
/// // "a\tb" in a double-quoted scalar at byte 10: the escape takes two bytes in the file, one in the text.
/// let map = SourceMap::new([(0, 11), (1, 12), (2, 14)]);
/// assert_eq!(map.span(Span::new(2, 3)), Span::new(14, 15));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceMap {
    pieces: Box<[(u32, u32)]>,
}

impl Default for SourceMap {
    fn default() -> Self {
        Self::shifted(0)
    }
}

impl SourceMap {
    /// A map of `(offset in the text, offset in the file)` pieces, in rising order of both.
    #[must_use]
    pub fn new(pieces: impl IntoIterator<Item = (u32, u32)>) -> Self {
        Self { pieces: pieces.into_iter().collect() }
    }

    /// The text stands verbatim at `offset` of the file.
    #[must_use]
    pub fn shifted(offset: u32) -> Self {
        Self::new([(0, offset)])
    }

    /// Where the byte at `offset` of the text stands in the file. O(log pieces).
    #[must_use]
    pub fn offset(&self, offset: u32) -> u32 {
        let after = self.pieces.partition_point(|&(text, _)| text <= offset);
        match after.checked_sub(1).map(|index| self.pieces[index]) {
            Some((text, file)) => file + (offset - text),
            None => offset,
        }
    }

    /// The file's span of a span of the text. The end is mapped from the last byte, so that it does not
    /// run over what the file has between two pieces.
    #[must_use]
    pub fn span(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        if span.is_empty() {
            return Span { start, end: start };
        }
        Span { start, end: self.offset(span.end - 1) + 1 }
    }

    /// The map of the part of the text that begins at `offset`: `part.offset(n) == whole.offset(offset + n)`.
    #[must_use]
    pub fn tail(&self, offset: u32) -> Self {
        let later = self.pieces.iter().filter(|&&(text, _)| text > offset);
        let pieces = later.map(|&(text, file)| (text - offset, file));
        Self::new(std::iter::once((0, self.offset(offset))).chain(pieces))
    }
}
