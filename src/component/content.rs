//! A component as a run uses it: its text, and which version it is.

use std::sync::Arc;

/// A resolved component.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component {
    /// Its text without front matter; a template if `is_template`.
    pub text: Arc<str>,
    /// For display and traces: `prompts/extraction@v1.0.0`, never with the prefix.
    pub reference: Arc<str>,
    /// Where the text stands, for messages: a path, or the reference.
    pub origin: Arc<str>,
    /// The bytes of front matter that precede `text` in its file.
    pub text_offset: u32,
    /// Whether the text is a template; front matter `template: false` says no.
    pub is_template: bool,
}
