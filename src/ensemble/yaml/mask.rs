//! Finds the holes that stand in plain scalars and covers them, so that YAML cannot trip over what is inside.
//!
//! The one idea: only where plain scalars begin and end must be known, and for that it is enough to walk once over
//! the text with a handful of facts: the flow depth, and the column of the key or dash that a value belongs to.
//! Comments, quoted and block scalars are passed over; their holes need no mask, since YAML reads their extent
//! without looking inside. The filler keeps the byte length: no position changes.
//!
//! A hole in a key is masked too, for whether it is one shows only at the `:` behind it; the tree puts its text
//! back and says so. `$${` is left alone.

use std::borrow::Cow;

use crate::syntax::{Diagnostic, Span, hole_end};

/// After so many holes that do not close, further ones are left to YAML: each may have been read to the file's
/// end, and the time is to stay linear.
const MAX_FAILURES: usize = 16;

/// A text with its plain holes covered.
pub(super) struct Masked<'t> {
    /// The text for the YAML parser, as long as the original.
    pub(super) text: Cow<'t, str>,
    /// What was covered, in the file's order.
    pub(super) holes: Vec<Hole>,
    /// Holes that do not close; whether they matter is known when YAML has been read.
    pub(super) failures: Vec<Diagnostic>,
}

/// A covered hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    /// From `$` to one past `}`.
    pub(super) span: Span,
    /// What would keep another YAML tool from reading the line, if anything would.
    pub(super) clash: Option<Clash>,
}

/// What another YAML tool would stumble over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    /// Braces in a flow collection.
    Flow,
    /// A `: `.
    Colon,
    /// A ` #`.
    Comment,
    /// A continuation line that is not indented more than the key.
    Indentation,
}

/// Covers the holes of plain scalars. Linear in the text, however broken it is.
pub(super) fn mask(text: &str) -> Masked<'_> {
    if !text.contains("${") {
        return Masked { text: Cow::Borrowed(text), holes: Vec::new(), failures: Vec::new() };
    }
    let mut walk = Walk::new(text);
    walk.run();
    let Walk { holes, failures, .. } = walk;
    if holes.is_empty() {
        return Masked { text: Cow::Borrowed(text), holes, failures };
    }
    let mut masked = String::with_capacity(text.len());
    for hole in &holes {
        masked.push_str(&text[masked.len()..hole.span.start as usize]);
        masked.extend(std::iter::repeat_n('_', hole.span.len()));
    }
    masked.push_str(&text[masked.len()..]);
    Masked { text: Cow::Owned(masked), holes, failures }
}

/// The walk over the text: between tokens, or inside a plain scalar.
struct Walk<'t> {
    text: &'t str,
    at: usize,
    line_start: usize,
    /// Open flow collections.
    flow: usize,
    /// The column of the key or dash that the next value belongs to; -1 before the first.
    parent: isize,
    /// The column at which the innermost node of this line began.
    node: isize,
    /// Whether no node has begun since the line, or the last dash of it, began.
    is_fresh: bool,
    holes: Vec<Hole>,
    failures: Vec<Diagnostic>,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (holes, failures) = (Vec::new(), Vec::new());
        Self { text, at, line_start: at, flow: 0, parent: -1, node: -1, is_fresh: true, holes, failures }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Whether white space, a line break or the end stands at `at`.
    fn is_blank(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    }

    fn is_flow_indicator(&self, at: usize) -> bool {
        self.flow > 0 && self.byte(at).is_some_and(|byte| matches!(byte, b',' | b'[' | b']' | b'{' | b'}'))
    }

    fn column(&self) -> isize {
        isize::try_from(self.at - self.line_start).unwrap_or(isize::MAX)
    }

    fn run(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b' ' | b'\t' => self.at += 1,
                b'\r' | b'\n' => self.new_line(self.at + 1),
                b'#' => self.skip_line(),
                b'%' if self.flow == 0 && self.column() == 0 => self.skip_line(),
                b'-' | b'.' if self.is_document_marker(self.at) => {
                    self.at += 3;
                    (self.parent, self.flow) = (-1, 0);
                }
                b'-' | b'?' if self.is_blank(self.at + 1) => {
                    if self.flow == 0 {
                        self.parent = self.column();
                        self.is_fresh = true;
                    }
                    self.at += 1;
                }
                b':' if self.flow > 0 || self.is_blank(self.at + 1) => {
                    self.begin_node();
                    self.parent = if self.flow == 0 { self.node } else { self.parent };
                    self.at += 1;
                }
                _ => {
                    self.begin_node();
                    self.node(byte);
                }
            }
        }
    }

    fn node(&mut self, byte: u8) {
        match byte {
            b'[' | b'{' => {
                self.flow += 1;
                self.at += 1;
            }
            b']' | b'}' => {
                self.flow = self.flow.saturating_sub(1);
                self.at += 1;
            }
            b',' if self.flow > 0 => self.at += 1,
            b'"' => self.double_quoted(),
            b'\'' => self.single_quoted(),
            b'|' | b'>' if self.flow == 0 => self.block(),
            b'&' | b'!' | b'*' => {
                while !self.is_blank(self.at) && !self.is_flow_indicator(self.at) {
                    self.at += 1;
                }
            }
            _ => self.plain(),
        }
    }

    fn begin_node(&mut self) {
        if self.is_fresh {
            self.node = self.column();
            self.is_fresh = false;
        }
    }

    fn new_line(&mut self, start: usize) {
        (self.at, self.line_start, self.is_fresh) = (start, start, true);
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
    }

    fn is_document_marker(&self, at: usize) -> bool {
        let rest = &self.text.as_bytes()[at..];
        at == self.line_start
            && (rest.starts_with(b"---") || rest.starts_with(b"..."))
            && self.is_blank(at + 3)
    }

    fn double_quoted(&mut self) {
        self.at += 1;
        while let Some(byte) = self.byte(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.text.len());
    }

    fn single_quoted(&mut self) {
        self.at += 1;
        while let Some(byte) = self.byte(self.at) {
            self.at += 1;
            if byte == b'\'' {
                if self.byte(self.at) != Some(b'\'') {
                    break;
                }
                self.at += 1;
            }
        }
    }

    /// Passes over a `|` or `>` block: its lines are blank, or indented as much as its first one.
    fn block(&mut self) {
        let header = self.at;
        self.skip_line();
        let digit = self.text[header..self.at].bytes().skip(1).take(2).find(u8::is_ascii_digit);
        let explicit = digit.map(|digit| self.parent.max(0) + isize::from(digit - b'0'));
        let mut indent = explicit;
        while let Some(line) = self.next_line(self.at) {
            if !line.is_empty {
                if line.indent < indent.unwrap_or(self.parent + 1) {
                    break;
                }
                indent.get_or_insert(line.indent);
            }
            self.at = line.end;
        }
    }

    /// The line that begins behind the line break at `at`.
    fn next_line(&self, at: usize) -> Option<Line> {
        let bytes = self.text.as_bytes();
        let start = match bytes.get(at..)? {
            [b'\r', b'\n', ..] => at + 2,
            [_, ..] => at + 1,
            [] => return None,
        };
        let spaces = bytes[start..].iter().take_while(|&&byte| byte == b' ').count();
        let mut content = start + spaces;
        while matches!(self.byte(content), Some(b' ' | b'\t')) {
            content += 1;
        }
        let is_empty = self.byte(content).is_none_or(|byte| matches!(byte, b'\r' | b'\n'));
        let rest = &bytes[content..];
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let indent = isize::try_from(spaces).unwrap_or(isize::MAX);
        Some(Line { start, indent, content, end: content + length, is_empty })
    }

    /// Passes over a plain scalar, or a plain key up to its `:`, and notes its holes.
    fn plain(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'\r' | b'\n' => match self.continuation() {
                    Some((line_start, content)) => (self.line_start, self.at) = (line_start, content),
                    None => return,
                },
                b'#' if self.at > 0 && self.is_blank(self.at - 1) => return,
                b':' if self.is_blank(self.at + 1) || self.is_flow_indicator(self.at + 1) => return,
                _ if self.is_flow_indicator(self.at) => return,
                b'$' if self.text.as_bytes()[self.at..].starts_with(b"$${") => self.at += 3,
                b'$' if self.byte(self.at + 1) == Some(b'{') => self.hole(),
                _ => self.at += 1,
            }
        }
    }

    /// Where the plain scalar goes on behind the line break here, if it does: start and content of that line.
    fn continuation(&self) -> Option<(usize, usize)> {
        let mut at = self.at;
        loop {
            let line = self.next_line(at)?;
            if !line.is_empty {
                let goes_on = (self.flow > 0 || line.indent > self.parent)
                    && self.byte(line.content) != Some(b'#')
                    && !self.is_marker_line(line.start);
                return goes_on.then_some((line.start, line.content));
            }
            at = line.end;
        }
    }

    fn is_marker_line(&self, start: usize) -> bool {
        let rest = &self.text.as_bytes()[start..];
        (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.is_blank(start + 3)
    }

    fn hole(&mut self) {
        let start = self.at;
        self.at += 2;
        if self.failures.len() >= MAX_FAILURES {
            return;
        }
        match hole_end(self.text, start) {
            Ok(end) => {
                self.holes.push(Hole { span: Span::new(start, end), clash: self.clash(start, end) });
                self.at = end;
            }
            Err(failure) => self.failures.push(failure),
        }
    }

    /// What another YAML tool would stumble over between `start` and `end`.
    fn clash(&self, start: usize, end: usize) -> Option<Clash> {
        if self.flow > 0 {
            return Some(Clash::Flow);
        }
        let bytes = self.text.as_bytes();
        (start..end).find_map(|at| match bytes[at] {
            b':' if self.is_blank(at + 1) => Some(Clash::Colon),
            b'#' if self.is_blank(at - 1) => Some(Clash::Comment),
            b'\r' | b'\n' => {
                let line = self.next_line(at)?;
                let is_outside = !line.is_empty && line.start < end && line.indent <= self.parent;
                is_outside.then_some(Clash::Indentation)
            }
            _ => None,
        })
    }
}

/// A line of the file.
struct Line {
    start: usize,
    /// Leading spaces.
    indent: isize,
    /// The first byte that is no white space.
    content: usize,
    /// Where its line break stands.
    end: usize,
    is_empty: bool,
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    fn masked(text: &str) -> String {
        mask(text).text.into_owned()
    }

    #[test]
    fn a_hole_in_a_plain_scalar_is_covered_to_its_brace() {
        assert_eq!(masked("a: ${b ? 'x: }' : 'y'} # ${c}\n"), "a: ___________________ # ${c}\n");
        assert_eq!(masked("- x ${a} y ${b: c}\n"), "- x ____ y _______\n");
        assert_eq!(masked("a: {t: ${x}, u: [${y}, ${z}]}"), "a: {t: ____, u: [____, ____]}");
        assert_eq!(masked("{\"a\":${x}}"), "{\"a\":____}");
    }

    #[test]
    fn what_is_no_hole_stays() {
        for text in [
            "# costs ${x\na: b",
            "a: b # ${x}\nc: d",
            "a: $${x}",
            "a: '${x ? ''y'' : z}'",
            "a: \"${x + \\\"}\\\"}\"",
            "a: |\n  ${x: y}\n\n  # ${z}\nb: c",
            "a:\n- |2\n    ${x}\n  ${y}\n- >-\n ${z}\n",
            "%TAG ! ${x}\n---\na: b",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn after_a_block_and_a_comment_holes_are_seen_again() {
        assert_eq!(masked("a: |\n  ${x}\nb: ${y}\n"), "a: |\n  ${x}\nb: ____\n");
        assert_eq!(
            masked("a: >\n\n  # ${x\nb: ${y} # ${z\nc: ${z}"),
            "a: >\n\n  # ${x\nb: ____ # ${z\nc: ____"
        );
        assert_eq!(masked("a: |\nb: ${y}\n"), "a: |\nb: ____\n");
        assert_eq!(masked("- k: |\n    ${x}\n  l: ${y}"), "- k: |\n    ${x}\n  l: ____");
    }

    #[test]
    fn a_quote_on_a_continuation_line_opens_nothing() {
        assert_eq!(masked("a: he said\n  'tis ${x: 1}\nb: ${y}"), "a: he said\n  'tis _______\nb: ____");
        assert_eq!(masked("a:\n  he\n\n  \"x ${y}\nb: ${z}"), "a:\n  he\n\n  \"x ____\nb: ____");
    }

    #[test]
    fn a_hole_may_go_over_lines_that_yaml_would_end() {
        assert_eq!(masked("a:\n  b: ${\n    x\n  }\n  c: d"), "a:\n  b: ____________\n  c: d");
        assert_eq!(mask("a:\n  b: ${\n    x\n  }\n").holes[0].clash, Some(Clash::Indentation));
        assert_eq!(mask("a:\n  b: ${\n    x}\n").holes[0].clash, None);
    }

    #[test]
    fn clashes_are_what_other_tools_cannot_read() {
        let clash = |text: &str| mask(text).holes[0].clash;
        assert_eq!(clash("a: ${b ? 'x' : 'y'}"), Some(Clash::Colon));
        assert_eq!(clash("a: ${b + ' #'}"), Some(Clash::Comment));
        assert_eq!(clash("a: {b: ${c}}"), Some(Clash::Flow));
        assert_eq!(clash("a: ${b ?'x':'y'}"), None);
        assert_eq!(clash("a: ${b.c || d['e']}"), None);
    }

    #[test]
    fn many_open_holes_take_linear_time() {
        let text = "- ${a\n".repeat(200_000);
        let masked = mask(&text);
        assert_eq!((masked.holes.len(), masked.failures.len()), (0, MAX_FAILURES));
    }

    proptest! {
        #[test]
        fn masking_keeps_every_length_and_never_panics(text in "([-a: \\t#\"'|>\\[\\]{},&*!?%$}é\r\n\\\\]|\\$\\{|\\$\\$\\{|: |\n  |\n    |- ){0,60}") {
            let masked = mask(&text);
            prop_assert_eq!(masked.text.len(), text.len());
            for hole in &masked.holes {
                let covered = &text[hole.span.range()];
                let is_hole = covered.starts_with("${") && covered.ends_with('}');
                prop_assert!(is_hole, "{:?}", covered);
            }
        }
    }
}
