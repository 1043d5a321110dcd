//! Objects: a shape (the keys, shared by objects that have the same ones) and the values beside it.
//!
//! Keys stand in JavaScript's order: array indices rising, then the others as they came (ECMA-262 section
//! 10.1.11.1, OrdinaryOwnPropertyKeys). [`ObjectBuilder`] is what orders them; a [`Shape`] never changes.

use super::{Str, Thrown, Value, depth_around};
use indexmap::IndexMap;
use std::sync::Arc;
use triomphe::ThinArc;

/// An immutable object. Two are equal if they are the same allocation.
#[derive(Clone)]
pub struct Object(ThinArc<Header, Value>);

struct Header {
    shape: Arc<Shape>,
    depth: u32,
}

/// The position of a key in a [`Shape`], and of its value in an [`Object`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub u32);

/// The keys of an object, in order, without duplicates.
#[derive(Debug)]
pub struct Shape {
    keys: Box<[Str]>,
    /// Where each key stands; only for shapes too wide to search from end to end.
    index: Option<IndexMap<Str, ()>>,
}

/// Up to here a linear search over 16-byte keys beats hashing.
const LINEAR: usize = 8;

impl Shape {
    fn new(keys: Box<[Str]>) -> Self {
        let index = (keys.len() > LINEAR).then(|| keys.iter().map(|key| (key.clone(), ())).collect());
        Self { keys, index }
    }

    /// The keys in JavaScript's order.
    #[must_use]
    pub fn keys(&self) -> &[Str] {
        &self.keys
    }

    /// Where `key` stands. O(1).
    #[must_use]
    pub fn slot(&self, key: &Str) -> Option<Slot> {
        let found = match &self.index {
            Some(index) => index.get_index_of(key),
            None => self.keys.iter().position(|candidate| candidate == key),
        };
        found.map(|at| Slot(at as u32))
    }
}

impl Object {
    /// The object of `shape` with these values, one a key.
    ///
    /// # Errors
    /// `LimitError` where it would nest deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    ///
    /// # Panics
    /// If there are not as many values as keys.
    pub fn new(shape: Arc<Shape>, values: Vec<Value>) -> Result<Self, Thrown> {
        assert_eq!(shape.keys.len(), values.len(), "an object has one value a key");
        let depth = depth_around(&values)?;
        Ok(Self(ThinArc::from_header_and_iter(Header { shape, depth }, values.into_iter())))
    }

    /// The keys.
    #[must_use]
    pub fn shape(&self) -> &Arc<Shape> {
        &self.0.header.header.shape
    }

    /// The keys in JavaScript's order.
    #[must_use]
    pub fn keys(&self) -> &[Str] {
        self.shape().keys()
    }

    /// The values in the order of their keys.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0.slice
    }

    /// Keys with values, in JavaScript's order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Str, &Value)> {
        self.keys().iter().zip(self.values())
    }

    /// The value of an own property. O(1).
    #[must_use]
    pub fn get(&self, key: &Str) -> Option<&Value> {
        self.shape().slot(key).map(|slot| &self.values()[slot.0 as usize])
    }

    /// As [`get`](Self::get), for a host that has a `&str`.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.get(&Str::from(key))
    }

    /// How many own properties it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values().len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    /// How many containers lie inside each other, this one included.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.0.header.header.depth
    }

    /// Whether both are the same allocation (`===`).
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.ptr() == other.0.ptr()
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.entries()).finish()
    }
}

/// Builds an object, property by property; a key that comes again keeps its place and takes the new value.
#[derive(Debug, Default)]
pub struct ObjectBuilder {
    entries: IndexMap<Str, Value>,
    has_index_keys: bool,
}

impl ObjectBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder with room for `capacity` properties.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: IndexMap::with_capacity(capacity), has_index_keys: false }
    }

    /// Sets a property. Amortised O(1).
    pub fn insert(&mut self, key: Str, value: Value) {
        self.has_index_keys |= key.as_array_index().is_some();
        self.entries.insert(key, value);
    }

    /// The value set so far under `key`.
    #[must_use]
    pub fn get(&self, key: &Str) -> Option<&Value> {
        self.entries.get(key)
    }

    /// How many properties are set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The object. O(properties), and a sort if any key is an array index.
    ///
    /// # Errors
    /// `LimitError` where it would nest deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn build(mut self) -> Result<Object, Thrown> {
        if self.has_index_keys {
            // Stable, and `None` must come last: the others keep the order in which they came.
            self.entries.sort_by_cached_key(|key, _| key.as_array_index().map_or(u64::MAX, u64::from));
        }
        let (keys, values): (Vec<_>, Vec<_>) = self.entries.into_iter().unzip();
        Object::new(Arc::new(Shape::new(keys.into())), values)
    }
}
