//! Values and Rust's types, through serde.
//!
//! A [`Value`] serializes to any format and deserializes from any self-describing one; [`to_value`] and
//! [`from_value`] go straight between values and types. What JavaScript has and Rust lacks:
//!
//! - `undefined` is unit or `None`; a property that is `undefined` is left out of maps.
//! - Numbers are doubles. A whole one deserializes as an integer where the type wants one. An integer outside
//!   ±(2⁵³ − 1) becomes the nearest double; `u64::MAX` comes back as 2⁶⁴ and does not fit.
//! - Functions and regular expressions cannot leave: they are an error.
//! - A lone surrogate leaves as U+FFFD.

mod de;
mod error;
mod from_value;
mod ser;
mod to_value;

pub use error::ConvertError;
pub use from_value::from_value;
pub use to_value::to_value;

#[cfg(test)]
mod tests;
