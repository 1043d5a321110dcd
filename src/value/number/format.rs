//! Numbers to text.

use crate::value::Str;

/// Room for the text of a number, so that it can be borrowed instead of allocated.
#[derive(Default)]
pub(in crate::value) struct JsNumber {
    shortest: ryu_js::Buffer,
    digits: [u8; 11],
}

/// The text of a number in the given room: what `String(number)` gives (ECMA-262 section 6.1.6.1.20).
pub(in crate::value) fn js_text(room: &mut JsNumber, number: f64) -> &str {
    let small = number as i32;
    if f64::from(small) != number {
        return room.shortest.format(number);
    }
    let mut at = room.digits.len();
    let mut rest = small.unsigned_abs();
    loop {
        at -= 1;
        room.digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if small < 0 {
        at -= 1;
        room.digits[at] = b'-';
    }
    str::from_utf8(&room.digits[at..]).expect("digits and a sign are ASCII")
}

/// Writes what `String(number)` gives, which is ASCII, at the beginning of `room`; how many bytes that are. `None` where
/// they find no room.
pub(crate) fn write_js_text(room: &mut [u8], number: f64) -> Option<usize> {
    let mut own = JsNumber::default();
    let digits = js_text(&mut own, number).as_bytes();
    room.get_mut(..digits.len())?.copy_from_slice(digits);
    Some(digits.len())
}

/// What `String(number)` gives: the shortest digits that read back to the same double.
#[must_use]
pub fn to_js_string(number: f64) -> Str {
    Str::from(js_text(&mut JsNumber::default(), number))
}

/// What `number.toFixed(digits)` gives; `digits` is at most 100, as the caller has checked.
#[must_use]
pub fn to_fixed(number: f64, digits: usize) -> Str {
    // From 10²¹ on the method gives up on fixed notation.
    if !number.is_finite() || number.abs() >= 1e21 {
        return to_js_string(number);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let magnitude = number.abs();
    let tie = fraction_digits(magnitude) == Some(digits + 1);
    let text = if tie {
        // One more digit is exact and is a 5: the larger neighbour is wanted, the standard library takes the even.
        let mut exact = format!("{magnitude:.*}", digits + 1);
        exact.pop();
        if digits == 0 {
            exact.pop();
        }
        increment(exact)
    } else {
        format!("{magnitude:.digits$}")
    };
    Str::from(format!("{sign}{text}"))
}

/// What `number.toExponential(digits)` gives; `digits` is at most 100. `None`: as many as needed.
#[must_use]
pub fn to_exponential(number: f64, digits: Option<usize>) -> Str {
    if !number.is_finite() {
        return to_js_string(number);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let (mantissa, exponent) = match digits {
        Some(digits) => exact_digits(number.abs(), digits + 1),
        None => shortest_digits(number.abs()),
    };
    let (first, rest) = mantissa.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    Str::from(format!("{sign}{first}{point}{rest}e{exponent:+}"))
}

/// What `number.toPrecision(digits)` gives; `digits` is from 1 to 100, as the caller has checked.
#[must_use]
pub fn to_precision(number: f64, digits: usize) -> Str {
    if !number.is_finite() {
        return to_js_string(number);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let (mantissa, exponent) = exact_digits(number.abs(), digits);
    let text = if exponent < -6 || exponent >= digits as i32 {
        let (first, rest) = mantissa.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{first}{point}{rest}e{exponent:+}")
    } else if exponent < 0 {
        format!("0.{}{mantissa}", "0".repeat((-exponent - 1) as usize))
    } else {
        match mantissa.split_at(exponent as usize + 1) {
            (all, "") => all.to_owned(),
            (whole, fraction) => format!("{whole}.{fraction}"),
        }
    };
    Str::from(format!("{sign}{text}"))
}

/// How many digits after the decimal point the exact value of a finite number has; `None` for an integer.
///
/// An odd integer over 2ᵏ has exactly k of them, the last a 5. So rounding to k − 1 digits, and only that, is a
/// tie.
fn fraction_digits(magnitude: f64) -> Option<usize> {
    if magnitude.trunc() == magnitude {
        return None;
    }
    let bits = magnitude.to_bits();
    let (biased, fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    usize::try_from(-(exponent + mantissa.trailing_zeros() as i32)).ok()
}

/// The decimal digits of an integer in text, a point among them allowed, plus one in the last place.
fn increment(digits: String) -> String {
    let mut bytes = digits.into_bytes();
    for at in (0..bytes.len()).rev() {
        match bytes[at] {
            b'.' => {}
            b'9' => bytes[at] = b'0',
            _ => {
                bytes[at] += 1;
                return String::from_utf8(bytes).expect("digits are ASCII");
            }
        }
    }
    bytes.insert(0, b'1');
    String::from_utf8(bytes).expect("digits are ASCII")
}

/// The first `count` significant digits of a number ≥ 0, ties away from zero, and the exponent of the first.
fn exact_digits(magnitude: f64, count: usize) -> (String, i32) {
    let (mut digits, mut exponent) = scientific(&format!("{magnitude:.*e}", count - 1));
    if is_tie(magnitude, count, exponent) {
        // The digits before the tie, which one digit more shows, rounded up.
        let (mut exact, at) = scientific(&format!("{magnitude:.count$e}"));
        exact.pop();
        (digits, exponent) = (increment(exact), at);
        if digits.len() > count {
            digits.pop();
            exponent += 1;
        }
    }
    (digits, exponent)
}

/// Whether the value lies exactly between two texts of `count` significant digits, the first at 10^`exponent`.
fn is_tie(magnitude: f64, count: usize, exponent: i32) -> bool {
    if let Some(fraction) = fraction_digits(magnitude) {
        // Rounding 9.5 to one digit gives 1e1: the exponent may be one too high.
        let kept = count as i32 - 1 - exponent;
        return [kept, kept + 1].contains(&(fraction as i32 - 1))
            && significant(magnitude, fraction) == count + 1;
    }
    // An integer of at most 309 digits.
    let digits = format!("{magnitude:.0}");
    digits.as_bytes().get(count) == Some(&b'5') && digits.bytes().skip(count + 1).all(|digit| digit == b'0')
}

/// How many significant digits the exact value has, of which `fraction` follow the point.
fn significant(magnitude: f64, fraction: usize) -> usize {
    format!("{magnitude:.fraction$}")
        .trim_start_matches(['0', '.'])
        .bytes()
        .filter(u8::is_ascii_digit)
        .count()
}

/// The digits of `String(number)`: where two texts are equally short and near, it is this one's choice that counts.
fn shortest_digits(magnitude: f64) -> (String, i32) {
    let mut room = JsNumber::default();
    let text = js_text(&mut room, magnitude);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().expect("the exponent of a double is small");
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    if digits.is_empty() {
        return ("0".to_owned(), 0);
    }
    let leading_zeros = all.len() - digits.len();
    let exponent = exponent + whole.len() as i32 - 1 - leading_zeros as i32;
    (digits.trim_end_matches('0').to_owned(), exponent)
}

/// Splits `d.ddde-7` into digits and exponent.
fn scientific(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').expect("the standard library writes an exponent");
    (mantissa.replace('.', ""), exponent.parse().expect("the exponent of a double is small"))
}

/// What `number.toString(radix)` gives; `radix` is from 2 to 36, as the caller has checked.
///
/// The digits of a fraction are V8's, which the standard leaves open: as many as tell the double from its
/// neighbours (`DoubleToRadixCString` in `src/numbers/conversions.cc`).
#[must_use]
pub fn to_radix(number: f64, radix: u32) -> Str {
    if radix == 10 || !number.is_finite() {
        return to_js_string(number);
    }
    let magnitude = number.abs();
    let mut integer = magnitude.floor();
    let (fraction, carried) = radix_fraction(magnitude, f64::from(radix));
    if carried {
        integer += 1.0;
    }
    let mut text = radix_integer(integer, f64::from(radix));
    if number < 0.0 {
        text.push(b'-');
    }
    text.reverse();
    if !fraction.is_empty() {
        text.push(b'.');
        text.extend(fraction.into_iter().map(radix_digit));
    }
    Str::from(String::from_utf8(text).expect("digits are ASCII"))
}

/// The digits after the point, and whether rounding carried into the integer part.
fn radix_fraction(magnitude: f64, radix: f64) -> (Vec<u8>, bool) {
    let mut digits = Vec::new();
    let mut fraction = magnitude - magnitude.floor();
    // Half the distance to the next double: digits beyond it say nothing.
    let mut delta = (0.5 * (magnitude.next_up() - magnitude)).max(f64::from_bits(1));
    while fraction >= delta {
        fraction *= radix;
        delta *= radix;
        let digit = fraction as u8;
        digits.push(digit);
        fraction -= f64::from(digit);
        let rounds_up = fraction > 0.5 || (fraction == 0.5 && digit % 2 == 1);
        if rounds_up && fraction + delta > 1.0 {
            while let Some(last) = digits.pop() {
                if f64::from(last) + 1.0 < radix {
                    digits.push(last + 1);
                    return (digits, false);
                }
            }
            return (digits, true);
        }
    }
    (digits, false)
}

/// The digits of an integer, last one first. Digits that the double does not hold are 0.
fn radix_integer(mut integer: f64, radix: f64) -> Vec<u8> {
    let mut digits = Vec::new();
    while exponent_of(integer / radix) > 0 {
        integer /= radix;
        digits.push(b'0');
    }
    loop {
        let rest = integer % radix;
        digits.push(radix_digit(rest as u8));
        integer = (integer - rest) / radix;
        if integer <= 0.0 {
            return digits;
        }
    }
}

fn radix_digit(digit: u8) -> u8 {
    char::from_digit(u32::from(digit), 36).map_or(b'0', |digit| digit as u8)
}

/// The power of two that the last bit of the mantissa stands for.
fn exponent_of(number: f64) -> i32 {
    match (number.to_bits() >> 52) & 0x7ff {
        0 => -1074,
        biased => biased as i32 - 1075,
    }
}
