//! The fast way through a long list of components.
//!
//! A manifest may list ten thousand components, a line each, as `segue init` writes them, and every move reads it. Lines
//! of the plainest shape are read here, and YAML's parser sees the rest of the text without them. What is not of that
//! shape, to the last letter, goes the long way, so that nothing means anything else here.

use std::ops::Range;

/// Where the components of a text are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    /// Whole lines, directly behind `components:`.
    pub(super) place: Range<usize>,
    /// The number of the first of them, counted from 1.
    pub(super) first_line: usize,
}

/// `  prompts/extraction: prompts/extraction.md`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    pub(super) key: &'t str,
    pub(super) at: usize,
    pub(super) path: &'t str,
    pub(super) path_at: usize,
}

impl Line<'_> {
    /// Behind its line break.
    fn end(&self) -> usize {
        self.path_at + self.path.len() + 1
    }
}

const HEAD: &str = "components:\n";

/// Where the components are, if they are the first thing in the text and all of them are plain.
pub(super) fn components(text: &str) -> Option<Plain> {
    let (mut at, mut first_line) = (0, 1);
    // Nothing but comments before: what follows is the document's own map then, and no part of a longer text.
    while !text[at..].starts_with(HEAD) {
        let end = at + text[at..].find('\n')? + 1;
        if !(text[at..].starts_with('#') || text[at..end].trim_end().is_empty()) {
            return None;
        }
        (at, first_line) = (end, first_line + 1);
    }
    let start = at + HEAD.len();
    let at = lines(text, start).last().map_or(start, |line| line.end());
    // Whatever is indented behind them belongs to them.
    let next = text[at..].lines().find(|line| !line.is_empty());
    if at == start || next.is_some_and(|line| line.starts_with([' ', '\t', '\r', '-'])) {
        return None;
    }
    Some(Plain { place: start..at, first_line: first_line + 1 })
}

/// The plain lines from a byte on.
pub(super) fn lines(text: &str, mut at: usize) -> impl Iterator<Item = Line<'_>> {
    std::iter::from_fn(move || {
        let line = line(text, at)?;
        at = line.end();
        Some(line)
    })
}

/// The plain line that begins at a byte.
pub(super) fn line(text: &str, at: usize) -> Option<Line<'_>> {
    let key_at = at + text[at..].starts_with("  ").then_some(2)?;
    let key = word(text, key_at)?;
    let colon = key_at + key.len();
    let path_at = colon + text[colon..].starts_with(": ").then_some(2)?;
    let path = word(text, path_at)?;
    let end = path_at + path.len();
    if path == "null" || text.as_bytes().get(end) != Some(&b'\n') {
        return None;
    }
    Some(Line { key, at: key_at, path, path_at })
}

/// The letters, digits and `-_./` from a byte on, which a letter or digit begins.
fn word(text: &str, at: usize) -> Option<&str> {
    let bytes = text.as_bytes().get(at..)?;
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let length = bytes.iter().position(|byte| !is_inside(*byte)).unwrap_or(bytes.len());
    bytes.first()?.is_ascii_alphanumeric().then(|| &text[at..at + length])
}
