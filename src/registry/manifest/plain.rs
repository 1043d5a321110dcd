//! The fast way through a long list of components.
//!
//! A manifest may list ten thousand components, a line each, as `segue init` writes them, and every move reads it. Lines
//! of the plainest shape are read here, and YAML's parser sees the rest of the text without them: 17 ms become 3. What
//! is not of that shape, to the last letter, goes the long way, so that nothing means anything else here.

use std::ops::Range;

/// The components of a text, and the bytes that they take up.
pub(super) struct Plain<'t> {
    pub(super) lines: Vec<Line<'t>>,
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

const HEAD: &str = "components:\n";

/// The components, if they are the first thing in the text and all of them are plain.
pub(super) fn components(text: &str) -> Option<Plain<'_>> {
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
    let (mut at, mut lines) = (start, Vec::new());
    while let Some((line, end)) = plain_line(text, at) {
        lines.push(line);
        at = end;
    }
    // Whatever is indented behind them belongs to them.
    let next = text[at..].lines().find(|line| !line.is_empty());
    if lines.is_empty() || next.is_some_and(|line| line.starts_with([' ', '\t', '\r', '-'])) {
        return None;
    }
    Some(Plain { lines, place: start..at, first_line: first_line + 1 })
}

fn plain_line(text: &str, at: usize) -> Option<(Line<'_>, usize)> {
    let end = at + text[at..].find('\n')?;
    let (key, path) = text[at..end].strip_prefix("  ")?.split_once(": ")?;
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphanumeric())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
    };
    if !is_word(key) || !is_word(path) || path == "null" {
        return None;
    }
    let path_at = end - path.len();
    Some((Line { key, at: at + 2, path, path_at }, end + 1))
}
