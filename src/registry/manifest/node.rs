//! YAML with places: what a manifest needs of it. Anchors and aliases are refused.

use std::collections::HashSet;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

/// How deeply a manifest nests at most.
const MAX_DEPTH: usize = 16;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    /// Bytes of the text; of a block collection up to the next token.
    pub(super) place: Range<usize>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// A scalar; `is_plain` if it stands without quotes.
    Text {
        text: String,
        is_plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Range<usize>,
    pub(super) value: Node,
}

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

enum Open {
    List(Vec<Node>, usize),
    Map(Vec<Entry>, Option<(String, Range<usize>)>, usize),
}

/// The one document of a text; `None` where there is nothing in it.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Fault> {
    parse_without(text, 0..0)
}

/// As [`parse`] of the text without some of its lines; places are those of the whole text.
pub(super) fn parse_without(text: &str, left_out: Range<usize>) -> Result<Option<Node>, Fault> {
    let (start, length) = (left_out.start, left_out.len());
    let whole = |at: usize| if at >= start { at + length } else { at };
    if left_out.is_empty() {
        return document(text, whole);
    }
    let rest = [&text[..left_out.start], &text[left_out.end..]].concat();
    document(&rest, whole)
}

fn document(text: &str, whole: impl Fn(usize) -> usize) -> Result<Option<Node>, Fault> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let (mut open, mut root, mut documents) = (Vec::<Open>::new(), None, 0);
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| {
            Fault::new(
                whole(error.marker().byte_offset().unwrap_or(text.len())),
                format!("this is no YAML: {}", error.info()),
            )
        })?;
        let place = span.byte_range().unwrap_or_default();
        let place = whole(place.start)..whole(place.end);
        let (kind, start) = match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(Fault::new(place.start, "a second document begins here"));
                }
                continue;
            }
            Event::Scalar(content, style, 0, None) => {
                let is_plain = style == ScalarStyle::Plain;
                (NodeKind::Text { text: content.into_owned(), is_plain }, place.start)
            }
            Event::SequenceStart(_, 0, None) => {
                open.push(Open::List(Vec::new(), place.start));
                continue;
            }
            Event::MappingStart(_, 0, None) => {
                open.push(Open::Map(Vec::new(), None, place.start));
                continue;
            }
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(..) => {
                return Err(Fault::new(place.start, "anchors, aliases and tags have no meaning here"));
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items, start)) => (NodeKind::List(items), start),
                Some(Open::Map(entries, _, start)) => {
                    // Once, at the end: a manifest may list thousands of components.
                    let mut seen = HashSet::with_capacity(entries.len());
                    if let Some(twice) = entries.iter().find(|entry| !seen.insert(entry.key.as_str())) {
                        let message = format!("`{}` stands here a second time", twice.key);
                        return Err(Fault::new(twice.key_place.start, message));
                    }
                    (NodeKind::Map(entries), start)
                }
                None => continue,
            },
            _ => continue,
        };
        let node = Node { kind, place: start..place.end.max(start) };
        match open.last_mut() {
            None => root = Some(node),
            Some(Open::List(items, _)) => items.push(node),
            Some(Open::Map(entries, key, _)) => match key.take() {
                Some((key, key_place)) => entries.push(Entry { key, key_place, value: node }),
                None => {
                    let NodeKind::Text { text, .. } = node.kind else {
                        return Err(Fault::new(node.place.start, "a key is a text"));
                    };
                    *key = Some((text, node.place));
                }
            },
        }
    }
    Ok(root.filter(|node: &Node| !node.is_null()))
}

impl Node {
    /// Whether nothing is written there.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, NodeKind::Text { text, is_plain: true } if matches!(&**text, "" | "~" | "null"))
    }

    /// The entries of a map; none where nothing is written.
    pub(super) fn entries(&self, what: &str) -> Result<&[Entry], Fault> {
        match &self.kind {
            NodeKind::Map(entries) => Ok(entries),
            _ if self.is_null() => Ok(&[]),
            _ => Err(Fault::new(self.place.start, format!("{what} is a map"))),
        }
    }

    /// The text of a scalar.
    pub(super) fn text(&self, what: &str) -> Result<&str, Fault> {
        match &self.kind {
            NodeKind::Text { text, .. } if !self.is_null() => Ok(text),
            _ => Err(Fault::new(self.place.start, format!("{what} is a text"))),
        }
    }

    /// A list of texts, or one text.
    pub(super) fn texts(&self, what: &str) -> Result<Vec<(&str, usize)>, Fault> {
        match &self.kind {
            NodeKind::List(items) => {
                items.iter().map(|item| Ok((item.text(what)?, item.place.start))).collect()
            }
            _ if self.is_null() => Ok(Vec::new()),
            NodeKind::Text { text, .. } => Ok(vec![(text, self.place.start)]),
            NodeKind::Map(_) => Err(Fault::new(self.place.start, format!("{what} is a list of names"))),
        }
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, what: &str) -> Result<bool, Fault> {
        match &self.kind {
            NodeKind::Text { text, is_plain: true } if text == "true" => Ok(true),
            NodeKind::Text { text, is_plain: true } if text == "false" => Ok(false),
            _ => Err(Fault::new(self.place.start, format!("{what} is `true` or `false`"))),
        }
    }
}
