//! Lines and columns, as people count them.

/// Where the lines of a text begin, so that many places in it are found in little time.
///
/// Lines end at LF, CR LF or CR, as in YAML; the terminators of JavaScript beyond them do not count, since no
/// editor shows them.
///
/// ```
/// use segue::syntax::LineIndex;
/// let text = "a: 1\nbé: 2\n";
/// let lines = LineIndex::new(text);
/// assert_eq!(lines.line_column(text, 8), (2, 3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    /// The offsets of the lines' first bytes; the first is 0.
    starts: Vec<usize>,
}

impl LineIndex {
    /// The lines of a text. Linear.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let is_end = |at: usize| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let ends = (0..bytes.len()).filter(|&at| is_end(at));
        Self { starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// The line and column of a byte offset, both from 1, columns in characters. `text` is the one that the index
    /// was made from; an offset beyond its end counts as its end. O(log lines + length of the line).
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let offset = char_floor(text, offset);
        let line = self.line_at(offset);
        (line, text[self.starts[line - 1]..offset].chars().count() + 1)
    }

    /// The number of the line that a byte stands in, from 1.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// The bytes of a line (from 1), its end apart.
    #[must_use]
    pub fn line_range(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let start = self.starts[line - 1];
        let end = self.starts.get(line).copied().unwrap_or(text.len());
        start..start + text[start..end].trim_end_matches(['\n', '\r']).len()
    }
}

/// The last boundary between characters of the text that is not after `offset`.
pub(super) fn char_floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (offset.saturating_sub(3)..=offset).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The line and column of a byte offset, both from 1, columns in characters. Linear: for many places in one text
/// make a [`LineIndex`].
///
/// ```
/// assert_eq!(segue::syntax::line_column("a: 1\nbé: 2\n", 8), (2, 3));
/// ```
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    LineIndex::new(text).line_column(text, offset)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_any_break() {
        let text = "ab\r\né😀x\r\rlast";
        for (part, expected) in [("a", (1, 1)), ("b", (1, 2)), ("é", (2, 1)), ("x", (2, 3)), ("last", (4, 1))]
        {
            assert_eq!(line_column(text, text.find(part).unwrap_or(0)), expected, "{part}");
        }
        assert_eq!(line_column(text, text.len()), (4, 5));
        assert_eq!(line_column(text, 999), (4, 5));
        assert_eq!(line_column("", 0), (1, 1));
        assert_eq!(line_column("a\n", 2), (2, 1));
    }

    #[test]
    fn the_inside_of_a_character_counts_as_its_start() {
        assert_eq!(line_column("é", 1), (1, 1));
    }

    #[test]
    fn a_line_is_without_its_end() {
        let text = "ab\r\ncd\n";
        let lines = LineIndex::new(text);
        assert_eq!([1, 2, 3].map(|line| &text[lines.line_range(text, line)]), ["ab", "cd", ""]);
    }
}
