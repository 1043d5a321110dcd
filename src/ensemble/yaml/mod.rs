//! YAML as ensembles use it: a tree of nodes that know their places in the file.
//!
//! The one idea: in a plain scalar a `${` opens a hole that our own lexer reads to its matching brace. Before the
//! YAML parser sees the text, each such hole is masked with filler of the same length, so `: `, ` #`, `,` and
//! `}` inside mean nothing to YAML and every position stays exact; afterwards the text is put back. Quoted and
//! block scalars keep YAML's own quoting: their holes are found in what YAML's unescaping gives.
//!
//! What fields there are and what they mean belongs to [`schema`](super::schema).

mod fault;
mod mask;
mod scalar;
#[cfg(test)]
mod tests;
mod tree;

use crate::syntax::{Diagnostic, Severity, SourceMap, Span};

/// A value with its place in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file.
    pub span: Span,
}

/// A YAML node, aliases expanded and merge keys merged.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its bytes in the file; of an alias, those of what it stands for.
    pub span: Span,
}

/// What a node is, by YAML 1.2's core schema (`no` is text).
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Anything else that is a scalar.
    Text(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping.
    Map(Map),
}

/// A text, and where each byte of it stands in the file.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The content after YAML's unescaping and folding, with every hole as it was written; `$${` is still there.
    pub text: Box<str>,
    /// How it was written.
    pub style: Style,
    /// From bytes of `text` to bytes of the file.
    pub map: SourceMap,
    /// Its bytes in the file, quotes included.
    pub span: Span,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// A `|` block.
    Literal,
    /// A `>` block.
    Folded,
}

/// A mapping in the file's order; keys differ.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, as text.
    pub key: Spanned<Box<str>>,
    /// The value.
    pub value: Node,
}

impl Map {
    /// No entries.
    pub const EMPTY: Self = Self { entries: Vec::new() };

    /// The value of a key. O(entries).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|entry| &*entry.key.value == key).map(|entry| &entry.value)
    }
}

/// The code of the hint that other tools cannot read a hole without quotes.
pub(super) const QUOTING: &str = "yaml-quoting";

/// What reading a text as YAML gave.
pub(super) struct Document {
    /// The tree; absent where the text is no YAML.
    pub(super) root: Option<Node>,
    /// All that is wrong or worth knowing, in no order.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads the one document of a text.
pub(super) fn read(text: &str) -> Document {
    if text.len() > fault::MAX_BYTES {
        let title = format!("the file is larger than {} MiB", fault::MAX_BYTES >> 20);
        let diagnostics = vec![Diagnostic::error("yaml-too-large", title, Span::default())];
        return Document { root: None, diagnostics };
    }
    let masked = mask::mask(text);
    let (root, mut diagnostics) = tree::build(text, &masked);
    match root {
        Some(_) => diagnostics.extend(quoting_hints(text, &masked.holes)),
        None if diagnostics.is_empty() => {
            let help = "an ensemble begins with `ensemble: NAME` and has `agents:`";
            diagnostics
                .push(Diagnostic::error("empty-file", "the file is empty", Span::default()).help(help));
        }
        // A hole that does not close is the cause, what YAML made of its rest an effect.
        None if !masked.failures.is_empty() => diagnostics = masked.failures,
        None => {}
    }
    Document { root, diagnostics }
}

/// A hint for each line that other YAML tools could not read as it is written.
fn quoting_hints(text: &str, holes: &[mask::Hole]) -> Vec<Diagnostic> {
    let mut hints: Vec<Diagnostic> = Vec::new();
    let mut seen = 0;
    for hole in holes {
        let Some(clash) = hole.clash else { continue };
        let range = hole.span.range();
        if !hints.is_empty() && !text[seen..range.start].contains('\n') {
            continue;
        }
        seen = range.end;
        let because = match clash {
            mask::Clash::Flow => "braces inside `{…}` or `[…]`",
            mask::Clash::Colon => "it holds `: `",
            mask::Clash::Comment => "it holds ` #`",
            mask::Clash::Indentation => "a line of it is not indented more than its key",
        };
        let hint = Diagnostic::new(
            Severity::Hint,
            QUOTING,
            "other YAML tools cannot read this expression without quotes",
            hole.span,
        );
        let help = "segue reads it; for other tools put the whole value in quotes, or in a `>` block";
        hints.push(hint.label(because).help(help));
    }
    hints
}

/// The text of a file.
///
/// # Errors
/// The text with its bad bytes replaced, and what to say about the first of them.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, (Box<str>, Diagnostic)> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let lossy = String::from_utf8_lossy(bytes).into();
        let place = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
        let help = match bytes {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "it looks like UTF-16: save the file as UTF-8",
            _ => "save the file as UTF-8",
        };
        let title = format!("the file is not UTF-8: byte {:#04x} cannot stand here", bytes[at]);
        (lossy, Diagnostic::error("not-utf8", title, place).help(help))
    })
}
