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

/// The units `start..end` of a text, paid for.
fn slice(text: &Str, start: usize, end: usize, meter: &mut (impl Meter + ?Sized)) -> Result<Str, Thrown> {
    meter.seek(text)?;
    let units = end.saturating_sub(start);
    if units > Str::INLINE && units < text.len() {
        // A unit takes up to three bytes.
        meter.allocate((units * 3).min(text.byte_len()))?;
    }
    Ok(text.slice(start, end))
}
