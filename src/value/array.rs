//! Arrays: immutable, without holes, one allocation.

use super::{Object, Thrown, Value, depth_around};
use triomphe::ThinArc;

/// An immutable array. Two are equal if they are the same allocation.
#[derive(Clone)]
pub struct Array(ThinArc<Header, Value>);

struct Header {
    depth: u32,
    /// The named properties of a `RegExp` result: `index`, `input`, `groups`.
    extra: Option<Object>,
}

impl Array {
    /// An array of the given items. O(items).
    ///
    /// # Errors
    /// `LimitError` where it would nest deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn new(items: Vec<Value>) -> Result<Self, Thrown> {
        Ok(Self::with_depth(depth_around(&items)?, None, items))
    }

    /// An array that also has named properties, as `'ab'.match(/b/)` gives: `[ 'b', index: 1, … ]`.
    ///
    /// # Errors
    /// `LimitError` where it would nest deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn with_extra(items: Vec<Value>, extra: Object) -> Result<Self, Thrown> {
        let depth = depth_around(items.iter().chain(extra.values()))?;
        Ok(Self::with_depth(depth, Some(extra), items))
    }

    /// The empty array, a new one each time: no two are the same.
    #[must_use]
    pub fn empty() -> Self {
        Self::with_depth(1, None, Vec::new())
    }

    /// An array of the given items, whose depth is known to be `depth`, the array itself included.
    pub(super) fn from_drain(depth: u32, items: impl ExactSizeIterator<Item = Value>) -> Self {
        Self(ThinArc::from_header_and_iter(Header { depth, extra: None }, items))
    }

    fn with_depth(depth: u32, extra: Option<Object>, items: Vec<Value>) -> Self {
        Self(ThinArc::from_header_and_iter(Header { depth, extra }, items.into_iter()))
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.0.slice
    }

    /// The named properties, if it has any.
    #[must_use]
    pub fn extra(&self) -> Option<&Object> {
        self.0.header.header.extra.as_ref()
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

impl std::ops::Deref for Array {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.items()
    }
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.items()).finish()
    }
}
