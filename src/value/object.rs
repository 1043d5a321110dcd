//! Objects: a shape (the keys, shared by objects that have the same ones) and the values beside it.
//!
//! Keys stand in JavaScript's order: array indices rising, then the others as they came (ECMA-262 section
//! 10.1.11.1, OrdinaryOwnPropertyKeys). [`ObjectBuilder`] is what orders them; a [`Shape`] never changes.

use super::lazy::Lazy;
use super::{Str, Thrown, Value, depth_around};
use indexmap::IndexMap;
use std::sync::{Arc, OnceLock};
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
    /// The slots sorted by their keys' bytes; empty for shapes narrow enough to search from end to end.
    ///
    /// Sorted and not hashed: keys come from requests, and no choice of keys makes this slow.
    sorted: Box<[u32]>,
    /// Where the values come from, if this is the shape of one object whose values are read as they are wanted.
    lazy: Option<Box<Lazy>>,
}

/// Up to here a linear search over 16-byte keys is the fastest.
const LINEAR: usize = 8;

impl Shape {
    /// No keys.
    #[must_use]
    pub fn empty() -> Arc<Self> {
        static EMPTY: OnceLock<Arc<Shape>> = OnceLock::new();
        EMPTY
            .get_or_init(|| Arc::new(Self { keys: Box::default(), sorted: Box::default(), lazy: None }))
            .clone()
    }

    /// The shape of these keys, if no key repeats and they stand in JavaScript's order; else see
    /// [`ObjectBuilder`]. O(keys · log keys).
    #[must_use]
    pub fn from_ordered(keys: Vec<Str>) -> Option<Arc<Self>> {
        if keys.is_empty() {
            return Some(Self::empty());
        }
        let is_ordered = keys.is_sorted_by(|a, b| match (a.as_array_index(), b.as_array_index()) {
            (Some(a), Some(b)) => a < b,
            (None, Some(_)) => false,
            (_, None) => true,
        });
        if !is_ordered {
            return None;
        }
        let sorted = Self::sort(&keys);
        let repeats = if sorted.is_empty() {
            keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key))
        } else {
            sorted.windows(2).any(|pair| keys[pair[0] as usize] == keys[pair[1] as usize])
        };
        (!repeats).then(|| Arc::new(Self { keys: keys.into(), sorted, lazy: None }))
    }

    /// The shape of keys that are known to be ordered and distinct.
    fn new(keys: Vec<Str>) -> Self {
        let sorted = Self::sort(&keys);
        Self { keys: keys.into(), sorted, lazy: None }
    }

    /// The same keys, of values that are read as they are wanted.
    pub(super) fn with_lazy(self, lazy: Lazy) -> Self {
        Self { lazy: Some(Box::new(lazy)), ..self }
    }

    fn sort(keys: &[Str]) -> Box<[u32]> {
        if keys.len() <= LINEAR {
            return Box::default();
        }
        let mut sorted: Box<[u32]> = (0..keys.len() as u32).collect();
        sorted.sort_unstable_by(|a, b| keys[*a as usize].cmp_bytes(&keys[*b as usize]));
        sorted
    }

    /// The keys in JavaScript's order.
    #[must_use]
    pub fn keys(&self) -> &[Str] {
        &self.keys
    }

    /// Where `key` stands. O(log keys).
    #[must_use]
    pub fn slot(&self, key: &Str) -> Option<Slot> {
        let found = if self.sorted.is_empty() {
            self.keys.iter().position(|candidate| candidate == key)
        } else {
            let found = self.sorted.binary_search_by(|at| self.keys[*at as usize].cmp_bytes(key)).ok();
            found.map(|at| self.sorted[at] as usize)
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

    /// The object without properties, a new one each time: no two are the same.
    #[must_use]
    pub fn empty() -> Self {
        Self::from_drain(Shape::empty(), 1, std::iter::empty())
    }

    /// An object whose depth is known to be `depth`, the object itself included.
    pub(super) fn from_drain(
        shape: Arc<Shape>,
        depth: u32,
        values: impl ExactSizeIterator<Item = Value>,
    ) -> Self {
        Self(ThinArc::from_header_and_iter(Header { shape, depth }, values))
    }

    /// The value in a slot of its own shape.
    #[must_use]
    #[inline]
    pub fn at(&self, slot: Slot) -> Option<&Value> {
        match self.at_hand(slot) {
            Some(value) => Some(value),
            None => self.lazy()?.get(self.keys(), slot),
        }
    }

    /// As [`at`](Self::at), `None` also where the host has to be asked for the value. Calls nothing.
    #[inline(always)]
    pub(crate) fn at_hand(&self, slot: Slot) -> Option<&Value> {
        self.0.slice.get(slot.0 as usize)
    }

    /// Whether its values are read as they are wanted.
    #[must_use]
    pub(crate) fn is_lazy(&self) -> bool {
        self.0.slice.len() != self.keys().len()
    }

    /// Where its values come from, if they are not beside it.
    #[cold]
    pub(super) fn lazy(&self) -> Option<&Lazy> {
        // A copy of all members may share the shape, and has them.
        self.shape().lazy.as_deref().filter(|_| self.0.slice.is_empty())
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
        let values = &self.0.slice;
        if values.len() == self.keys().len() {
            return values;
        }
        self.lazy().map_or(values, |lazy| lazy.all(self.keys()))
    }

    /// Keys with values, in JavaScript's order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&Str, &Value)> {
        self.keys().iter().zip(self.values())
    }

    /// The value of an own property. O(log properties).
    #[must_use]
    pub fn get(&self, key: &Str) -> Option<&Value> {
        self.at(self.shape().slot(key)?)
    }

    /// As [`get`](Self::get), for a host that has a `&str`.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.get(&Str::from(key))
    }

    /// How many own properties it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys().len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys().is_empty()
    }

    /// How many containers lie inside each other, this one included.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.0.header.header.depth
    }

    /// Whether both are the same allocation (`===`), or read from the same one of the host's.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.ptr() == other.0.ptr() || (self.is_lazy() && other.is_lazy() && self.is_same_host(other))
    }

    #[cold]
    fn is_same_host(&self, other: &Self) -> bool {
        self.lazy().zip(other.lazy()).is_some_and(|(one, other)| one.is_same(other))
    }
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.lazy() {
            Some(lazy) => lazy.fmt(f),
            None => f.debug_map().entries(self.entries()).finish(),
        }
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
        self.sort();
        let (keys, values): (Vec<_>, Vec<_>) = self.entries.into_iter().unzip();
        Object::new(Arc::new(Shape::new(keys)), values)
    }

    /// The shape that the object would have.
    pub(super) fn into_shape(mut self) -> Shape {
        self.sort();
        Shape::new(self.entries.into_keys().collect())
    }

    fn sort(&mut self) {
        if self.has_index_keys {
            // Stable, and `None` must come last: the others keep the order in which they came.
            self.entries.sort_by_cached_key(|key, _| key.as_array_index().map_or(u64::MAX, u64::from));
        }
    }
}
