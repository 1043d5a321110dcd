//! Finding one string in another, by UTF-16 units.

use super::Str;

impl Str {
    /// Where `needle` first occurs at unit `from` or later. O(units of both).
    #[must_use]
    pub fn index_of(&self, needle: &Self, from: usize) -> Option<usize> {
        if let (Some(text), Some(needle)) = (self.as_ascii(), needle.as_str()) {
            return text.get(from..)?.find(needle).map(|at| from + at);
        }
        if let (Some(text), Some(needle)) = (self.as_str(), needle.as_str()) {
            // A start in the middle of a character finds what starts at the next one, except for nothing at all.
            if needle.is_empty() {
                return (from <= self.len()).then_some(from);
            }
            let start = byte_offset(text, from)?;
            let found = start + text[start..].find(needle)?;
            return Some(from.max(units_before(text, found)));
        }
        if from > self.len() {
            return None;
        }
        let text: Vec<u16> = self.units().skip(from).collect();
        find_units(&text, &needle.units().collect::<Vec<_>>()).map(|at| from + at)
    }

    /// Where `needle` last occurs at unit `from` or earlier. O(units of both).
    #[must_use]
    pub fn last_index_of(&self, needle: &Self, from: usize) -> Option<usize> {
        let (length, width) = (self.len(), needle.len());
        let end = from.min(length.checked_sub(width)?) + width;
        if let (Some(text), Some(needle)) = (self.as_ascii(), needle.as_str()) {
            return text[..end].rfind(needle);
        }
        let mut text: Vec<u16> = self.units().take(end).collect();
        let mut needle: Vec<u16> = needle.units().collect();
        text.reverse();
        needle.reverse();
        find_units(&text, &needle).map(|at| end - at - width)
    }

    /// Whether `prefix` stands at unit `at`. O(at + units of `prefix`), O(units of `prefix`) for ASCII.
    #[must_use]
    pub fn has_at(&self, prefix: &Self, at: usize) -> bool {
        match (self.as_ascii(), prefix.as_ascii()) {
            (Some(text), Some(prefix)) => text.get(at..).is_some_and(|rest| rest.starts_with(prefix)),
            _ => {
                let mut units = self.units();
                // nth takes one unit more than it skips.
                (at == 0 || units.nth(at - 1).is_some())
                    && prefix.units().all(|unit| units.next() == Some(unit))
            }
        }
    }
}

/// The byte at which unit `unit` starts, or the next character where it is the second half of a pair.
fn byte_offset(text: &str, unit: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return Some(at);
        }
        units += c.len_utf16();
    }
    (units >= unit).then_some(text.len())
}

fn units_before(text: &str, byte: usize) -> usize {
    text[..byte].encode_utf16().count()
}

/// Knuth, Morris and Pratt, so that no pair of strings makes the search quadratic.
fn find_units(text: &[u16], needle: &[u16]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    let mut borders = vec![0; needle.len()];
    let mut matched = 0;
    for at in 1..needle.len() {
        while matched > 0 && needle[at] != needle[matched] {
            matched = borders[matched - 1];
        }
        matched += usize::from(needle[at] == needle[matched]);
        borders[at] = matched;
    }
    matched = 0;
    for (at, unit) in text.iter().enumerate() {
        while matched > 0 && *unit != needle[matched] {
            matched = borders[matched - 1];
        }
        matched += usize::from(*unit == needle[matched]);
        if matched == needle.len() {
            return Some(at + 1 - matched);
        }
    }
    None
}
