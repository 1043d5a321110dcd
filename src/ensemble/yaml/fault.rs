//! What the YAML parser complains about, in words that help somebody who writes ensembles.

use granit_parser::{ErrorKind, ScanError};

use crate::syntax::{Diagnostic, Span};

/// The longest file, in bytes.
pub(super) const MAX_BYTES: usize = 32 << 20;
/// How deeply collections may nest, aliases expanded.
pub(super) const MAX_DEPTH: usize = 128;
/// How many nodes a file may have, aliases expanded.
pub(super) const MAX_NODES: usize = 4_000_000;
/// What anchors and aliases may repeat, in bytes of text and 64 for each node.
pub(super) const MAX_REPEATED: usize = 16 << 20;

/// The diagnostic for what the parser refused at a place of `text`.
pub(super) fn syntax(text: &str, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return nesting(place(text, at));
    }
    let (title, help) = words(error);
    let diagnostic = Diagnostic::error("yaml-syntax", title, place(text, at));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The diagnostic for collections that nest too deeply.
pub(super) fn nesting(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-too-deep", format!("lists and maps nest more than {MAX_DEPTH} deep"), span)
}

/// The letter at `at`; at the end of a text its last letter.
fn place(text: &str, at: usize) -> Span {
    let start = (0..=at).rev().find(|&start| text.is_char_boundary(start)).unwrap_or(0);
    match text[start..].chars().next() {
        Some(letter) => Span::new(start, start + letter.len_utf8()),
        None => {
            let last = text.trim_end().char_indices().next_back();
            last.map_or(Span::new(start, start), |(index, letter)| {
                Span::new(index, index + letter.len_utf8())
            })
        }
    }
}

/// Title and help. The parser's own words where ours would say no more.
fn words(error: &ScanError) -> (String, Option<&'static str>) {
    const QUOTES: &str = "inside a quoted text, use the other kind of quotes in the expression, or leave the \
                          outer ones away: `${…}` needs none";
    const INDENT: &str = "the fields of one map begin in the same column, and each is `key: value`";
    match error.kind() {
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => {
            ("this line does not fit the map that it is in".into(), Some(INDENT))
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            ("this line does not fit the list that it is in".into(), Some("each item begins with `- `"))
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            ("something follows the closing quote".into(), Some(QUOTES))
        }
        ErrorKind::UnclosedQuotedScalar => ("this quote is never closed".into(), None),
        ErrorKind::ExpectedFlowMappingSeparator => {
            ("a `,` or `}` is missing before this".into(), Some("is a `}` of an expression missing, too?"))
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            ("a `,` or `]` is missing before this".into(), Some("is a `}` of an expression missing, too?"))
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a `:` is missing: this is no `key: value`".into(), Some(INDENT))
        }
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("a `[` or `{` is never closed".into(), Some("is a `}` of an expression missing before it?"))
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            (format!("this `{open}` is never closed"), Some("is a `}` of an expression missing before it?"))
        }
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            ("a tab cannot indent".into(), Some("YAML indents with spaces"))
        }
        ErrorKind::UnknownAnchor => {
            let help = "an alias `*name` repeats what was marked `&name` above; a text that begins with `*` \
                        needs quotes";
            ("this alias refers to nothing".into(), Some(help))
        }
        ErrorKind::UnexpectedCharacter { character } => {
            let help = "a text that begins with this character needs quotes";
            (format!("{character:?} cannot stand here"), Some(help))
        }
        _ => {
            let info = error.info();
            let mut letters = info.chars();
            let title = letters.next().map(|first| first.to_lowercase().chain(letters).collect());
            (title.unwrap_or_else(|| "this is not YAML".into()), None)
        }
    }
}
