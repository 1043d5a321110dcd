//! The shapes met in one JSON text, as a tree: a node is the keys that lead to it.

use crate::value::{Object, ObjectBuilder, Shape, Str, Thrown, Value};
use std::sync::Arc;

/// The keys read so far of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::value) struct Node(u32);

/// The transitions from keys to more keys.
#[derive(Debug)]
pub(in crate::value) struct Shapes(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    key: Str,
    /// Whether the key stands in JSON text as its own bytes.
    is_plain: bool,
    parent: Node,
    /// How many keys lead here.
    count: u32,
    /// The child that was added last; siblings hang on it.
    child: Option<Node>,
    sibling: Option<Node>,
    shape: Option<Arc<Shape>>,
}

/// How many siblings are looked at. More would make objects that are used as dictionaries quadratic.
const SIBLINGS: usize = 8;

impl Default for Shapes {
    fn default() -> Self {
        let root = Entry {
            key: Str::EMPTY,
            is_plain: true,
            parent: Self::ROOT,
            count: 0,
            child: None,
            sibling: None,
            shape: Some(Shape::empty()),
        };
        Self(vec![root])
    }
}

impl Shapes {
    /// No keys.
    pub(in crate::value) const ROOT: Node = Node(0);

    fn entry(&self, node: Node) -> &Entry {
        &self.0[node.0 as usize]
    }

    /// The node after a key that has been seen here before: `rest` is the text after the opening quote. Gives how
    /// many bytes the key has too. Keys written with escapes are not recognised.
    #[inline]
    pub(in crate::value) fn follow(&self, node: Node, rest: &[u8]) -> Option<(Node, usize)> {
        let mut next = self.entry(node).child;
        for _ in 0..SIBLINGS {
            let child = next?;
            let entry = self.entry(child);
            let key = entry.key.text_bytes();
            if entry.is_plain && rest.get(key.len()) == Some(&b'"') && rest.starts_with(key) {
                return Some((child, key.len()));
            }
            next = entry.sibling;
        }
        None
    }

    /// As [`follow`](Self::follow), for a key that is no JSON text.
    #[inline]
    pub(in crate::value) fn follow_text(&self, node: Node, text: &str) -> Option<Node> {
        let mut next = self.entry(node).child;
        for _ in 0..SIBLINGS {
            let child = next?;
            let entry = self.entry(child);
            if entry.key == *text {
                return Some(child);
            }
            next = entry.sibling;
        }
        None
    }

    /// The node after a key, made if it is new.
    pub(in crate::value) fn step(&mut self, node: Node, key: Str) -> Node {
        let mut next = self.entry(node).child;
        for _ in 0..SIBLINGS {
            let Some(child) = next else { break };
            let entry = self.entry(child);
            if entry.key == key {
                return child;
            }
            next = entry.sibling;
        }
        let child = Node(u32::try_from(self.0.len()).expect("a text has fewer keys than 2³²"));
        let parent = &mut self.0[node.0 as usize];
        let (sibling, count) = (parent.child.replace(child), parent.count + 1);
        let is_plain = is_plain(&key);
        self.0.push(Entry { key, is_plain, parent: node, count, child: None, sibling, shape: None });
        child
    }

    /// Whether no object has ended here yet, so that [`shape`](Self::shape) has to make one.
    pub(in crate::value) fn is_new(&self, node: Node) -> bool {
        self.entry(node).shape.is_none()
    }

    /// The shape of the keys that lead here; `None` where they repeat or are not in JavaScript's order.
    pub(in crate::value) fn shape(&mut self, node: Node) -> Option<Arc<Shape>> {
        if let Some(shape) = &self.entry(node).shape {
            return Some(shape.clone());
        }
        let shape = Shape::from_ordered(self.keys(node))?;
        self.0[node.0 as usize].shape = Some(shape.clone());
        Some(shape)
    }

    /// An object whose keys repeat, or have array indices among them: the last value counts, in the first place.
    pub(in crate::value) fn irregular(
        &self,
        node: Node,
        values: impl Iterator<Item = Value>,
    ) -> Result<Object, Thrown> {
        let mut builder = ObjectBuilder::with_capacity(self.entry(node).count as usize);
        for (key, value) in self.keys(node).into_iter().zip(values) {
            builder.insert(key, value);
        }
        builder.build()
    }

    /// The key that was read last.
    pub(in crate::value) fn last_key(&self, node: Node) -> &Str {
        &self.entry(node).key
    }

    fn keys(&self, node: Node) -> Vec<Str> {
        let mut keys = Vec::with_capacity(self.entry(node).count as usize);
        let mut node = node;
        while node != Self::ROOT {
            let entry = self.entry(node);
            keys.push(entry.key.clone());
            node = entry.parent;
        }
        keys.reverse();
        keys
    }
}

fn is_plain(key: &Str) -> bool {
    !key.has_lone_surrogate() && !key.text_bytes().iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
}
