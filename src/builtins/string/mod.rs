//! Strings: statics, and the methods that strings inherit, a file per theme. All count in UTF-16 units.

mod patterns;
mod replace;
mod search;
mod split;
mod statics;
mod text;
mod units;

pub(super) use patterns::METHODS as PATTERNS;
pub(super) use search::METHODS as SEARCH;
pub(super) use statics::ROWS as STATICS;
pub(super) use text::METHODS as TEXT;
pub(super) use units::METHODS;

use crate::value::{Meter, Str, Thrown};

/// Pays for finding a unit of a text: nothing where units are bytes.
fn charge_index(text: &Str, meter: &mut (impl Meter + ?Sized)) -> Result<(), Thrown> {
    if text.as_ascii_bytes().is_some() { Ok(()) } else { meter.scan(text.byte_len()) }
}

/// The units `start..end` of a text, paid for.
fn slice(text: &Str, start: usize, end: usize, meter: &mut (impl Meter + ?Sized)) -> Result<Str, Thrown> {
    charge_index(text, meter)?;
    let units = end.saturating_sub(start);
    if units > Str::INLINE && units < text.len() {
        // A unit takes up to three bytes.
        meter.allocate((units * 3).min(text.byte_len()))?;
    }
    Ok(text.slice(start, end))
}
