//! What names mean: variables with their slots, groups of them, what the host adds.

use crate::builtins::Extensions;
use crate::syntax::DeclaredNames;
use crate::value::Value;
use indexmap::IndexMap;
use std::sync::Arc;

/// What an expression can name besides the language's own globals and filters.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    names: IndexMap<Box<str>, Meaning>,
    declared: DeclaredNames,
    undeclared: Undeclared,
    has_draw: bool,
    extensions: Arc<Extensions>,
}

/// What one name stands for.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// A variable in a slot.
    Slot(u32),
    /// A set of variables that is only read by constant key.
    Group(Group),
    /// A value that is always the same: `fail`, a host function.
    Constant(Value),
}

/// A name that stands for other variables, as `agents` does: `agents.a`, `agents['a-b']`, constant keys only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The members and their slots.
    pub members: IndexMap<Box<str>, u32>,
}

/// What becomes of a name that nothing declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Undeclared {
    /// It is a compile error with a suggestion: ensembles.
    #[default]
    Refuse,
    /// It throws a `ReferenceError` when it is read, as in JavaScript.
    Throw,
}

impl Scope {
    /// A scope without names.
    #[must_use]
    pub fn new(undeclared: Undeclared) -> Self {
        Self { undeclared, ..Self::default() }
    }

    /// Declares a variable.
    pub fn variable(&mut self, name: &str, slot: u32) {
        self.names.insert(name.into(), Meaning::Slot(slot));
    }

    /// Declares a group of variables.
    pub fn group(&mut self, name: &str, group: Group) {
        self.names.insert(name.into(), Meaning::Group(group));
    }

    /// Declares a name for a value.
    pub fn constant(&mut self, name: &str, value: Value) {
        self.names.insert(name.into(), Meaning::Constant(value));
    }

    /// Declares what a host adds: its functions, which later declarations hide, and its filters.
    pub fn extend(&mut self, extensions: &Arc<Extensions>) {
        for (name, function) in extensions.functions() {
            self.constant(name, function.clone());
        }
        self.extensions = extensions.clone();
    }

    /// Makes `draw` the first number of the stream.
    pub fn allow_draw(&mut self) {
        self.has_draw = true;
    }

    /// Tells the lexer of the names that no identifier could be. Call it once, after the last declaration.
    pub fn finish(&mut self) {
        self.declared = DeclaredNames::new(self.names.keys().map(AsRef::as_ref));
    }

    /// What a name means here; `None` where the scope does not declare it.
    pub(super) fn meaning(&self, name: &str) -> Option<&Meaning> {
        self.names.get(name)
    }

    /// All declared names, for suggestions.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(AsRef::as_ref)
    }

    /// Whether the name is `draw`, and means the first number of the stream.
    pub(super) fn is_draw(&self, name: &str) -> bool {
        self.has_draw && name == "draw"
    }

    /// Whether after a bar the name is no filter, as it is the scope's. A host that has a function and a filter of one
    /// name means the filter there.
    pub(super) fn hides_filter(&self, name: &str) -> bool {
        match self.names.get(name) {
            Some(Meaning::Constant(_)) => self.extensions.filter(name).is_none(),
            Some(Meaning::Slot(_) | Meaning::Group(_)) => true,
            None => self.is_draw(name),
        }
    }

    /// What the host adds.
    pub(super) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// What becomes of undeclared names.
    pub(super) fn undeclared(&self) -> Undeclared {
        self.undeclared
    }

    /// What the lexer has to know.
    #[must_use]
    pub fn declared(&self) -> &DeclaredNames {
        &self.declared
    }
}
