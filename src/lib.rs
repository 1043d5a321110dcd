//! segue gates and merges ensembles of AI agents with JavaScript-like expressions.

#[cfg(feature = "ensemble")]
pub mod component;
pub mod draw;
#[cfg(feature = "ensemble")]
pub mod ensemble;
pub mod syntax;
pub mod value;
