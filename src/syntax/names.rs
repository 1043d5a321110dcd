//! The declared names that are not identifiers by JavaScript's rules: `analyzer-stable`, `ring-0`, `10pct`.

use super::character::{is_identifier_part, is_identifier_start};
use super::lexer;

/// Names that the lexer reads as one token, hyphens, digits and reserved words included.
///
/// At the start of an identifier or number the longest declared name that is not followed by an identifier
/// character (or a hyphen and one, where a longer declared name would match) wins; after `.` or `?.` none does.
///
/// Only letters, digits, `_`, `$` and inner hyphens make such a name: no declaration turns `a.b`, `1e5` or `in`
/// into something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredNames {
    /// Sorted.
    names: Vec<Box<str>>,
    /// Those that the lexer would not read as one token by itself, sorted.
    special: Vec<Box<str>>,
    /// The length of the longest of these.
    longest: usize,
}

impl DeclaredNames {
    /// No declared names: plain JavaScript.
    pub const NONE: &Self = &Self { names: Vec::new(), special: Vec::new(), longest: 0 };

    /// These names; those that are plain identifiers may be among them.
    #[must_use]
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut names: Vec<Box<str>> = names.into_iter().map(Into::into).collect();
        names.sort_unstable();
        names.dedup();
        let special: Vec<Box<str>> = names.iter().filter(|name| is_special(name)).cloned().collect();
        let longest = special.iter().map(|name| name.len()).max().unwrap_or(0);
        Self { names, special, longest }
    }

    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }

    /// Whether any of them needs [`Self::longest_at`].
    #[inline]
    pub(super) fn has_special(&self) -> bool {
        !self.special.is_empty()
    }

    /// The length of the longest special name that `text` begins with and that ends there.
    /// O(length of the longest name × log names).
    pub(super) fn longest_at(&self, text: &str) -> Option<usize> {
        let mut run = 0;
        let mut ends = Vec::new();
        for character in text.chars() {
            let is_part = is_identifier_part(character);
            if character == '-' {
                ends.push(run);
            }
            if run > self.longest || !(is_part || character == '-') {
                break;
            }
            run += character.len_utf8();
        }
        // Where the run was cut at the longest name's length, a longer word stands there.
        if run <= self.longest {
            ends.push(run);
        }
        let is_declared = |name: &str| self.special.binary_search_by(|special| (**special).cmp(name)).is_ok();
        ends.into_iter().rev().find(|&end| is_declared(&text[..end]))
    }
}

/// Whether a name is one that only its declaration makes a token.
fn is_special(name: &str) -> bool {
    let is_part = |character| character == '-' || is_identifier_part(character);
    if name.ends_with('-') || !name.chars().all(is_part) {
        return false;
    }
    match name.chars().next() {
        Some(first) if first.is_ascii_digit() => {
            // `1-1` stays a difference, `1e5` a number.
            name.contains(is_identifier_start) && !lexer::is_number(name)
        }
        Some(first) => is_identifier_start(first) && name.contains('-'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::DeclaredNames;

    #[test]
    fn the_longest_name_wins_that_ends_where_a_word_ends() {
        let names = DeclaredNames::new(["a-b", "a-b-c", "ring-0", "10pct", "in-x", "größe-1", "a.b", "x-"]);
        for (text, expected) in [
            ("a-b", Some("a-b")),
            ("a-b-c", Some("a-b-c")),
            ("a-b-d", Some("a-b")),
            ("a-bc", None),
            ("a - b", None),
            ("ring-0.executed", Some("ring-0")),
            ("ring-01", None),
            ("10pct", Some("10pct")),
            ("10pcts", None),
            ("in-x-y", Some("in-x")),
            ("größe-1+1", Some("größe-1")),
            ("a.b", None),
            ("x-", None),
            ("", None),
        ] {
            assert_eq!(names.longest_at(text).map(|end| &text[..end]), expected, "{text}");
        }
    }

    #[test]
    fn numbers_and_words_are_never_taken_away() {
        for plain in ["1-1", "1e5", "0x1f", "10", "in", "true", "a", "a b", "1_0", "2n"] {
            assert!(!DeclaredNames::new([plain]).has_special(), "{plain}");
        }
    }
}
