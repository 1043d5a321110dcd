//! From text to tree: tokens, grammar, syntax tree, and everything that is said about a text's faults.
//!
//! Knows nothing of values, bytecode, YAML or files.
#![deny(clippy::disallowed_methods)]

pub mod ast;
mod diagnostic;
mod operator;
mod span;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use operator::{Associativity, BinaryOp, UnaryOp};
pub use span::{SourceMap, Span};

/// How deeply an expression may nest: brackets, arrow bodies, prefix operators, right-hand branches of `?:`
/// and `**`. What is merely long (`1 + 1 + …`) does not count.
pub const MAX_NESTING: usize = 256;
