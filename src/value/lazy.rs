//! Objects of the host's that are read member by member: a row of a database, a request with costly parts.
//!
//! To the language they are plain objects. Their keys are known from the start, each value is asked for when an
//! expression first reads it, and remembered, so that `input.user === input.user` stays true. Such an object has a
//! shape of its own, which knows where the values come from, and none of the values that objects have beside theirs:
//! whoever looks for one there finds nothing, and asks here.

use super::{MAX_DEPTH, Object, ObjectBuilder, Slot, Str, Value};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A host's data, read when an expression reads it. See [`Value::from_host`].
///
/// ```
/// use segue::Engine;
/// use segue::value::{HostObject, ObjectBuilder, Value};
///
/// struct User {
///     id: u64,
/// }
///
/// impl HostObject for User {
///     fn keys(&self) -> Vec<String> {
///         ["id", "plan", "history"].map(str::to_owned).to_vec()
///     }
///
///     fn get(&self, key: &str) -> Value {
///         match key {
///             "id" => Value::from(self.id as f64),
///             "plan" => Value::from("pro"), // a look into a table, perhaps
///             _ => panic!("the history is long, and this gate does not read it"),
///         }
///     }
/// }
///
/// let mut context = ObjectBuilder::new();
/// context.insert("user".into(), Value::from_host(User { id: 42 }));
/// let context = Value::Object(context.build()?);
/// let gate = Engine::new().compile("user.plan === 'pro' && user.id % 2 === 0")?;
/// assert!(gate.eval_value(&context)?.truthy());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait HostObject: Send + Sync {
    /// The keys, in their order; asked once. What comes twice counts once, and keys that are array indices stand first,
    /// as in any object.
    fn keys(&self) -> Vec<String>;

    /// The value of one of the [`keys`](Self::keys); asked at most once, when it is first read, by whatever thread does
    /// (once in each place, where one such object is a member of several). What it makes is not charged, as no input is.
    /// What cannot be had is the host's to say: `null`, `undefined`, or what else expressions are to see.
    ///
    /// It must not read the value that it is asked for through the object itself. A value in which more than 500
    /// containers lie inside each other is read as `undefined`.
    fn get(&self, key: &str) -> Value;
}

/// How many containers lie inside an object whose values nobody knows yet, for all that is built around it.
const DEPTH: u32 = MAX_DEPTH / 2;

/// Where the values of a shape's only object come from, and those that were read.
pub(super) struct Lazy {
    host: Arc<dyn HostObject>,
    depth: u32,
    read: Box<[OnceLock<Value>]>,
    /// Side by side, once somebody wants to see them all.
    all: OnceLock<Box<[Value]>>,
}

impl Value {
    /// An object whose members are read when an expression reads them.
    ///
    /// `in`, `Object.keys` and `===` read none of the members; `{...object}`, `Object.values`, `JSON.stringify`, a
    /// serializer and whatever else looks at all of them read all. As the context of an expression itself it is asked for
    /// every variable that the expression mentions. O(keys) here, and what `get` costs later.
    #[must_use]
    pub fn from_host(host: impl HostObject + 'static) -> Self {
        Self::Object(object(Arc::new(host), DEPTH))
    }
}

fn object(host: Arc<dyn HostObject>, depth: u32) -> Object {
    let mut keys = ObjectBuilder::new();
    for key in host.keys() {
        keys.insert(Str::from(key), Value::Undefined);
    }
    let keys = keys.into_shape();
    let read = keys.keys().iter().map(|_| OnceLock::new()).collect();
    let lazy = Lazy { host, depth, read, all: OnceLock::new() };
    Object::from_drain(Arc::new(keys.with_lazy(lazy)), depth, std::iter::empty())
}

impl Lazy {
    /// The value in a slot.
    pub(super) fn get(&self, keys: &[Str], slot: Slot) -> Option<&Value> {
        let at = slot.0 as usize;
        let (key, place) = (keys.get(at)?, self.read.get(at)?);
        Some(place.get_or_init(|| bounded(self.host.get(&key.to_text()), self.depth)))
    }

    /// Whether both read the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.host, &other.host)
    }

    /// All values, in the order of their keys.
    pub(super) fn all(&self, keys: &[Str]) -> &[Value] {
        self.all.get_or_init(|| {
            let slots = (0..keys.len()).map(|at| Slot(at as u32));
            slots.filter_map(|slot| self.get(keys, slot).cloned()).collect()
        })
    }
}

/// The value, if it nests less deep than what it is read from; another lazy object is made so.
fn bounded(value: Value, depth: u32) -> Value {
    if value.depth() < depth {
        return value;
    }
    match value {
        Value::Object(inner) if depth > 1 => match inner.lazy() {
            Some(lazy) => Value::Object(object(lazy.host.clone(), depth - 1)),
            None => Value::Undefined,
        },
        _ => Value::Undefined,
    }
}

/// What was read so far: to look at an object is no reason to ask for the rest.
impl fmt::Debug for Lazy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = self.read.iter().enumerate().filter_map(|(at, value)| Some((at, value.get()?)));
        f.debug_map().entries(read).finish()
    }
}

#[cfg(test)]
mod tests;
