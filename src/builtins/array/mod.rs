//! Arrays: statics, and the methods that arrays inherit, a file per theme.

mod build;

mod items;
mod iterate;
mod search;
mod sort;
mod statics;
mod text;
mod tim_sort;

pub(super) use build::METHODS as BUILD;
pub(super) use iterate::{FILTER_ROOM, METHODS as ITERATE};
pub(super) use search::METHODS as SEARCH;
pub(super) use sort::METHODS as SORT;
pub(super) use sort::{by_text, charge_comparisons};
pub(super) use statics::ROWS as STATICS;
pub(super) use text::METHODS as TEXT;
