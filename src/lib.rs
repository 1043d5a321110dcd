//! segue gates and merges ensembles of AI agents with JavaScript-like expressions.

pub mod builtins;
pub mod bytecode;
pub mod compile;
#[cfg(feature = "ensemble")]
pub mod component;
pub mod draw;
mod engine;
#[cfg(feature = "ensemble")]
pub mod ensemble;
pub mod syntax;
pub mod template;
pub mod value;
pub mod vm;

#[cfg(feature = "ensemble")]
pub use engine::EngineBuilder;
pub use engine::{CompileError, Engine, Error, Expression, Template};
#[cfg(feature = "ensemble")]
pub use ensemble::{Ensemble, LoadError, Run, RunBuilder, RunError};
pub use value::Value;
