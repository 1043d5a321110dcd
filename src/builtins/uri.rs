//! Percent-encoding (ECMA-262 section 19.2.6).

use super::{Call, Outcome};
use crate::value::operators::invalid_string_length;
use crate::value::{ErrorKind, Str, StrBuilder, Thrown, Value};

/// The separators of an address that stay as they are, in either direction.
pub(super) type Reserved = &'static [u8];

/// A part of an address: none stays.
pub(super) const COMPONENT: Reserved = b"";

/// A whole address.
pub(super) const WHOLE: Reserved = b";/?:@&=+$,#";

const UNRESERVED_MARKS: &[u8] = b"-_.!~*'()";

#[cold]
fn malformed() -> Thrown {
    Thrown::new(ErrorKind::Uri, "URI malformed")
}

fn is_kept(byte: u8, reserved: Reserved) -> bool {
    byte.is_ascii_alphanumeric() || UNRESERVED_MARKS.contains(&byte) || reserved.contains(&byte)
}

pub(super) fn encode(call: &mut Call<'_>, reserved: Reserved) -> Outcome {
    let text = call.string(0)?;
    call.host.scan(text.byte_len())?;
    let Some(bytes) = text.as_str().map(str::as_bytes) else { return Err(malformed()) };
    let escaped = bytes.iter().filter(|byte| !is_kept(**byte, reserved)).count();
    if escaped == 0 {
        return Ok(Value::String(text));
    }
    let length = bytes.len() + 2 * escaped;
    if length > Str::MAX_UNITS {
        return Err(invalid_string_length());
    }
    call.allocate(length)?;
    let mut out = String::with_capacity(length);
    for &byte in bytes {
        if is_kept(byte, reserved) {
            out.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    Ok(Value::from(out))
}

pub(super) fn decode(call: &mut Call<'_>, reserved: Reserved) -> Outcome {
    let text = call.string(0)?;
    call.host.scan(text.byte_len())?;
    if text.index_of(&Str::from("%"), 0).is_none() {
        return Ok(Value::String(text));
    }
    // The units, and the result, which is no longer.
    call.allocate(text.len() * 3)?;
    let units: Vec<u16> = text.units().collect();
    let mut out = StrBuilder::with_capacity(units.len());
    let mut at = 0;
    while let Some(&unit) = units.get(at) {
        if unit != u16::from(b'%') {
            out.push_unit(unit);
            at += 1;
            continue;
        }
        let first = octet(&units, at)?;
        let width = match first.leading_ones() {
            0 => 1,
            width @ 2..=4 => width as usize,
            _ => return Err(malformed()),
        };
        let mut octets = [first, 0, 0, 0];
        for (nth, octet_at) in octets.iter_mut().enumerate().take(width).skip(1) {
            *octet_at = octet(&units, at + 3 * nth)?;
        }
        let decoded = str::from_utf8(&octets[..width]).map_err(|_| malformed())?;
        if width == 1 && reserved.contains(&first) {
            units[at..at + 3].iter().for_each(|unit| out.push_unit(*unit));
        } else {
            out.push_text(decoded);
        }
        at += 3 * width;
    }
    out.finish_checked().map(Value::String)
}

/// The octet that `%41` at `at` stands for.
fn octet(units: &[u16], at: usize) -> Result<u8, Thrown> {
    let digit = |unit: u16| char::from_u32(u32::from(unit)).and_then(|c| c.to_digit(16));
    match units.get(at..at + 3) {
        Some([percent, high, low]) if *percent == u16::from(b'%') => match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => Ok((high << 4 | low) as u8),
            _ => Err(malformed()),
        },
        _ => Err(malformed()),
    }
}
