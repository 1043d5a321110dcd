//! segue gates and merges ensembles of AI agents with JavaScript-like expressions.

pub mod builtins;
pub mod bytecode;
pub mod compile;
#[cfg(feature = "ensemble")]
pub mod component;
pub mod draw;
#[cfg(feature = "ensemble")]
pub mod ensemble;
pub mod syntax;
pub mod template;
pub mod value;
pub mod vm;
