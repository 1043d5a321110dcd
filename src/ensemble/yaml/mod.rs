//! YAML as ensembles use it: a tree of nodes that know their places in the file.
//!
//! The one idea: in a plain scalar a `${` opens a hole that our own lexer reads to its matching brace. Before the
//! YAML parser sees the text, each such hole is masked with filler of the same length, so `: `, ` #`, `,` and
//! `}` inside mean nothing to YAML and every position stays exact; afterwards the text is put back. Quoted and
//! block scalars keep YAML's own quoting: their holes are found in what YAML's unescaping gives.
//!
//! What fields there are and what they mean belongs to [`schema`](super::schema).

use crate::syntax::{Diagnostic, SourceMap, Span};

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
    /// The value of a key. O(entries).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|entry| &*entry.key.value == key).map(|entry| &entry.value)
    }
}

/// What reading a text as YAML gave.
pub(super) struct Document {
    /// The tree; absent where the text is no YAML.
    pub(super) root: Option<Node>,
    /// All that is wrong or worth knowing, in no order.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads the one document of a text.
pub(super) fn read(_text: &str) -> Document {
    Document { root: None, diagnostics: Vec::new() }
}
