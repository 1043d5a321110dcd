//! From the parser's events to a tree of nodes, within budgets.
//!
//! A stack of open collections stands in for recursion; every node is counted before it is kept, and what an alias
//! repeats is weighed before it is copied, so that a few lines of anchors cannot fill the memory.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::fault::{self, MAX_DEPTH, MAX_NODES, MAX_REPEATED};
use super::mask::{Hole, Masked};
use super::scalar::{Raw, resolve};
use super::{Entry, Map, Node, NodeKind, Spanned, Style};
use crate::syntax::{Diagnostic, Span};

/// Maps with more entries find duplicate keys through a table.
const FEW: usize = 16;

/// Reads the one document. The tree is absent if an error ended the reading.
pub(super) fn build(original: &str, masked: &Masked<'_>) -> (Option<Node>, Vec<Diagnostic>) {
    let mut builder = Builder {
        original,
        masked,
        next_hole: 0,
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        documents: 0,
        nodes: 0,
        repeated: 0,
        diagnostics: Vec::new(),
    };
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    for next in Parser::new_from_str_with_options(&masked.text, options) {
        let step = match next {
            Ok((event, span)) => builder.event(event, &span),
            Err(error) => ControlFlow::Break(fault::syntax(original, &error)),
        };
        if let ControlFlow::Break(diagnostic) = step {
            builder.diagnostics.push(diagnostic);
            return (None, builder.diagnostics);
        }
    }
    (builder.root, builder.diagnostics)
}

/// What ends the reading.
type Step = ControlFlow<Diagnostic>;

struct Builder<'t, 'm> {
    original: &'t str,
    masked: &'m Masked<'t>,
    /// The first hole that no scalar before has passed.
    next_hole: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchor>,
    root: Option<Node>,
    documents: usize,
    nodes: usize,
    repeated: usize,
    diagnostics: Vec<Diagnostic>,
}

/// A collection whose end has not come.
struct Open {
    items: Items,
    anchor: usize,
    start: u32,
}

enum Items {
    List(Vec<Node>),
    Map(OpenMap),
}

#[derive(Default)]
struct OpenMap {
    entries: Vec<Entry>,
    /// The key that waits for its value.
    key: Option<Spanned<Box<str>>>,
    /// Whether the next node is a value; `key` is empty then if the key was no text.
    awaits_value: bool,
    /// The places of the keys, once there are many.
    places: HashMap<Box<str>, Span>,
    /// What `<<` brings in, and where it stands among the entries.
    merge: Option<(usize, Node)>,
    is_merge: bool,
}

/// What an alias may repeat.
struct Anchor {
    node: Node,
    weight: Weight,
}

/// How much copying a node costs.
#[derive(Clone, Copy, Default)]
struct Weight {
    nodes: usize,
    bytes: usize,
    height: usize,
}

impl<'t> Builder<'t, '_> {
    fn event(&mut self, event: Event<'_>, span: &granit_parser::Span) -> Step {
        let place = Span::from(span.byte_range().unwrap_or_default());
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let title = "a second document begins here";
                    let help = "an ensemble file holds one document: take out the `---`";
                    return Step::Break(Diagnostic::error("several-documents", title, place).help(help));
                }
            }
            Event::Scalar(content, style, anchor, tag) => {
                self.count(1, place)?;
                let node = self.scalar(&content, style, tag.as_deref(), span, place);
                self.close(node, anchor, matches!(style, ScalarStyle::Plain))?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "seq", place);
                self.open(Items::List(Vec::new()), anchor, place)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "map", place);
                self.open(Items::Map(OpenMap::default()), anchor, place)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let (node, anchor) = self.end(open, place)?;
                    self.close(node, anchor, false)?;
                }
            }
            Event::Alias(anchor) => {
                let node = self.alias(anchor, place)?;
                self.close(node, 0, false)?;
            }
            _ => {}
        }
        Step::Continue(())
    }

    fn count(&mut self, nodes: usize, place: Span) -> Step {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES {
            let title = format!("the file has more than {MAX_NODES} values");
            return Step::Break(Diagnostic::error("yaml-too-large", title, place));
        }
        Step::Continue(())
    }

    fn open(&mut self, items: Items, anchor: usize, place: Span) -> Step {
        self.count(1, place)?;
        if self.open.len() >= MAX_DEPTH {
            return Step::Break(fault::nesting(place));
        }
        self.open.push(Open { items, anchor, start: place.start });
        Step::Continue(())
    }

    fn end(&mut self, open: Open, place: Span) -> ControlFlow<Diagnostic, (Node, usize)> {
        // A block collection ends where the next token begins: the white space before that is not its own.
        let range = Span { start: open.start, end: place.end.max(open.start) };
        let end = range.start as usize + self.original[range.range()].trim_end().len();
        let span = Span::new(range.start as usize, end);
        let kind = match open.items {
            Items::List(items) => NodeKind::List(items),
            Items::Map(map) => NodeKind::Map(self.merged(map, span)?),
        };
        ControlFlow::Continue((Node { kind, span }, open.anchor))
    }

    /// Keeps a finished node where it belongs.
    fn close(&mut self, node: Node, anchor: usize, is_plain: bool) -> Step {
        if anchor != 0 {
            let weight = weigh(&node);
            self.repeat(weight, node.span)?;
            self.anchors.insert(anchor, Anchor { node: node.clone(), weight });
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { items: Items::List(items), .. }) => items.push(node),
            Some(Open { items: Items::Map(map), .. }) if map.awaits_value => {
                map.awaits_value = false;
                if std::mem::take(&mut map.is_merge) {
                    map.merge = Some((map.entries.len(), node));
                } else if let Some(key) = map.key.take() {
                    map.entries.push(Entry { key, value: node });
                }
            }
            Some(Open { items: Items::Map(map), .. }) => {
                map.awaits_value = true;
                let found = key(self.original, node, is_plain, map);
                self.diagnostics.extend(found);
            }
        }
        Step::Continue(())
    }

    /// Charges what is to be copied.
    fn repeat(&mut self, weight: Weight, place: Span) -> Step {
        self.repeated =
            self.repeated.saturating_add(weight.nodes.saturating_mul(64)).saturating_add(weight.bytes);
        if self.repeated > MAX_REPEATED {
            let title = "anchors and aliases repeat too much";
            let help = format!("what they stand for adds up to more than {} MiB", MAX_REPEATED >> 20);
            return Step::Break(Diagnostic::error("alias-bomb", title, place).help(help));
        }
        Step::Continue(())
    }

    fn alias(&mut self, anchor: usize, place: Span) -> ControlFlow<Diagnostic, Node> {
        let Some(Anchor { weight, .. }) = self.anchors.get(&anchor) else {
            let title = "this alias stands inside what it refers to";
            return ControlFlow::Break(Diagnostic::error("alias-cycle", title, place));
        };
        let weight = *weight;
        self.repeat(weight, place)?;
        self.count(weight.nodes, place)?;
        if self.open.len() + weight.height > MAX_DEPTH {
            return ControlFlow::Break(fault::nesting(place));
        }
        let anchor = self.anchors.get(&anchor).expect("it was found above");
        ControlFlow::Continue(anchor.node.clone())
    }

    /// The map's entries, with those that `<<` brings in where no key of its own has the name.
    fn merged(&mut self, mut map: OpenMap, span: Span) -> ControlFlow<Diagnostic, Map> {
        let Some((position, node)) = map.merge.take() else {
            return ControlFlow::Continue(Map { entries: map.entries });
        };
        self.repeat(Weight { nodes: map.entries.len(), ..Weight::default() }, span)?;
        let place = node.span;
        let parts = match node.kind {
            NodeKind::List(items) => items,
            kind => vec![Node { kind, span: place }],
        };
        let mut names: HashSet<Box<str>> = map.entries.iter().map(|entry| entry.key.value.clone()).collect();
        let mut brought: Vec<Entry> = Vec::new();
        for part in parts {
            let NodeKind::Map(part) = part.kind else {
                let title = "`<<` merges a map, or a list of maps";
                self.diagnostics.push(Diagnostic::error("yaml-merge", title, place));
                break;
            };
            brought.extend(part.entries.into_iter().filter(|entry| names.insert(entry.key.value.clone())));
        }
        map.entries.splice(position..position, brought);
        ControlFlow::Continue(Map { entries: map.entries })
    }

    fn scalar(
        &mut self,
        content: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: &granit_parser::Span,
        place: Span,
    ) -> Node {
        let holes = self.pass_holes(place);
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let (original, masked) = (self.original, &*self.masked.text);
        let raw = Raw { original, masked, content, style, span: place, column: span.start.col() };
        let is_plain = style == Style::Plain && !holes;
        let kind = match tag {
            None if is_plain => {
                resolve(&original[place.range()]).unwrap_or_else(|| NodeKind::Text(raw.read()))
            }
            None => NodeKind::Text(raw.read()),
            Some(tag) => self.tagged(tag, content, &raw),
        };
        Node { kind, span: place }
    }

    /// Moves on to the first hole behind a scalar; whether any stood in it.
    fn pass_holes(&mut self, place: Span) -> bool {
        let holes: &[Hole] = &self.masked.holes;
        while holes.get(self.next_hole).is_some_and(|hole| hole.span.end <= place.start) {
            self.next_hole += 1;
        }
        holes.get(self.next_hole).is_some_and(|hole| hole.span.start < place.end)
    }

    /// What a scalar with a tag is.
    fn tagged(&mut self, tag: &Tag, content: &str, raw: &Raw<'_>) -> NodeKind {
        let resolved = resolve(content);
        let kind = match (tag.core_suffix(), &resolved) {
            (Some("null"), Some(NodeKind::Null)) | (Some("bool"), Some(NodeKind::Bool(_))) => resolved,
            (Some("int"), Some(NodeKind::Number(number))) if number.fract() == 0.0 => resolved,
            (Some("float"), Some(NodeKind::Number(_))) => resolved,
            (Some("str"), _) => None,
            _ if tag.core_suffix().is_none() && tag.suffix() == "!" => None,
            _ => {
                let title = format!("the tag `{}` does not fit here", tag.original());
                let help = "leave the tag away; `!!str` makes a text of what looks like a number";
                self.diagnostics.push(Diagnostic::error("yaml-tag", title, raw.span).help(help));
                None
            }
        };
        kind.unwrap_or_else(|| NodeKind::Text(raw.read()))
    }

    fn check_collection_tag(&mut self, tag: Option<&Tag>, expected: &str, place: Span) {
        if let Some(tag) = tag.filter(|tag| tag.core_suffix() != Some(expected) && tag.suffix() != "!") {
            let title = format!("the tag `{}` does not fit here", tag.original());
            self.diagnostics.push(Diagnostic::error("yaml-tag", title, place).help("leave the tag away"));
        }
    }
}

/// Takes a node as the next key of a map; what is wrong or odd with it.
fn key(original: &str, node: Node, is_plain: bool, map: &mut OpenMap) -> Option<Diagnostic> {
    let span = node.span;
    let text: Box<str> = match node.kind {
        NodeKind::Text(scalar) => scalar.text,
        // `1: …` and `true: …` have their spelling as key, as in JSON.
        NodeKind::Bool(_) | NodeKind::Number(_) => original[span.range()].into(),
        NodeKind::Null if !span.is_empty() => original[span.range()].into(),
        NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => {
            let help = "if it was meant as a text with a `:` in it, put it in quotes";
            return Some(Diagnostic::error("yaml-key", "a key must be a text", span).help(help));
        }
    };
    let is_merge = is_plain && &*text == "<<";
    if is_merge && map.merge.is_none() {
        map.is_merge = true;
        return None;
    }
    let merge = map.merge.as_ref().filter(|_| is_merge).map(|(_, node)| node.span);
    if let Some(first) = merge.or_else(|| map.place_of(&text)) {
        let title = format!("the key `{text}` stands here a second time");
        return Some(Diagnostic::error("duplicate-key", title, span).also(first, "the first one"));
    }
    if map.entries.len() >= FEW {
        if map.places.is_empty() {
            let known = map.entries.iter().map(|entry| (entry.key.value.clone(), entry.key.span));
            map.places = known.collect();
        }
        map.places.insert(text.clone(), span);
    }
    let is_odd = text.contains("${") && !text.contains("$${");
    map.key = Some(Spanned { value: text, span });
    is_odd.then(|| {
        let title = "an expression in a key is not read";
        Diagnostic::warning("expression-in-key", title, span).help("keys are taken as they are written")
    })
}

impl OpenMap {
    fn place_of(&self, key: &str) -> Option<Span> {
        if self.places.is_empty() {
            let same = self.entries.iter().find(|entry| &*entry.key.value == key);
            return same.map(|entry| entry.key.span);
        }
        self.places.get(key).copied()
    }
}

/// Weighs a node; it is at most [`MAX_DEPTH`] high.
fn weigh(node: &Node) -> Weight {
    let sum = |weights: &mut dyn Iterator<Item = Weight>| {
        let own = Weight { nodes: 1, bytes: 0, height: 0 };
        let total = weights.fold(own, |sum, part| Weight {
            nodes: sum.nodes + part.nodes,
            bytes: sum.bytes + part.bytes,
            height: sum.height.max(part.height),
        });
        Weight { height: total.height + 1, ..total }
    };
    match &node.kind {
        NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) => Weight { nodes: 1, bytes: 0, height: 0 },
        NodeKind::Text(scalar) => Weight { nodes: 1, bytes: scalar.text.len(), height: 0 },
        NodeKind::List(items) => sum(&mut items.iter().map(weigh)),
        NodeKind::Map(map) => sum(&mut map.entries.iter().map(|entry| {
            let value = weigh(&entry.value);
            Weight { bytes: value.bytes + entry.key.value.len(), ..value }
        })),
    }
}
