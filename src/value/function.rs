//! Functions as values: arrow functions with what they captured, built-ins, and namespaces such as `Math`.

use super::{Str, Thrown, Value, depth_around};
use std::any::Any;
use std::sync::Arc;

/// A built-in function or namespace, declared in a `static` of the built-ins' tables.
#[derive(Debug)]
pub struct Native {
    /// The qualified name: `Math.max`, `String.prototype.slice`, `JSON`.
    pub name: &'static str,
    /// What JavaScript's `.length` says.
    pub length: u8,
    /// Whether it is an object that only holds functions (`Math`, `JSON`) and cannot be called.
    pub is_namespace: bool,
    /// The built-ins' own key for it.
    pub id: u16,
}

/// An arrow function: code, and the values that it captured when it was made.
///
/// Code belongs to a room that this one does not know; it is carried as [`Any`] and read back by the VM.
pub struct Closure {
    /// The program that the code is in.
    pub program: Arc<dyn Any + Send + Sync>,
    /// Which of the program's functions it is.
    pub function: u32,
    /// The captured values, in the order that the code expects.
    pub captures: Box<[Value]>,
    /// What JavaScript's `.name` says: empty, or the key or parameter default that the function was written at.
    pub name: Str,
    /// What JavaScript's `.length` says: the parameters before the first default or rest.
    pub length: u32,
    depth: u32,
}

impl Closure {
    /// A closure over `captures`.
    ///
    /// # Errors
    /// `LimitError` where captured closures nest deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn new(
        program: Arc<dyn Any + Send + Sync>,
        function: u32,
        captures: Box<[Value]>,
    ) -> Result<Self, Thrown> {
        let depth = depth_around(&*captures)?;
        Ok(Self { program, function, captures, name: Str::EMPTY, length: 0, depth })
    }

    /// The same closure with what `.name` and `.length` say.
    #[must_use]
    pub fn named(mut self, name: Str, length: u32) -> Self {
        self.name = name;
        self.length = length;
        self
    }

    /// How many captured containers lie inside each other, this one included.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }
}

impl std::fmt::Debug for Closure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Closure").field("function", &self.function).field("captures", &self.captures).finish()
    }
}
