//! segue gates and merges ensembles of AI agents with JavaScript-like expressions.

pub mod draw;
pub mod syntax;
pub mod value;
