//! Numbers: statics, and the methods that numbers inherit.

use super::table::{Builtin, Group, Run, constant, function, numbered, same_as};
use super::{Call, Outcome};
use crate::value::{Str, Thrown, Value, number};

pub(super) static STATICS: &[Builtin] = &numbered(
    Group::NumberStatics,
    [
        constant("Number.EPSILON", Run::Number(f64::EPSILON))
            .spec("sec-number.epsilon")
            .about("the distance from 1 to the next number")
            .example("Number.EPSILON", "2 ** -52"),
        constant("Number.MAX_SAFE_INTEGER", Run::Number(number::MAX_SAFE_INTEGER))
            .spec("sec-number.max_safe_integer")
            .about("the largest integer that no other is rounded to")
            .example("Number.MAX_SAFE_INTEGER", "2 ** 53 - 1"),
        constant("Number.MIN_SAFE_INTEGER", Run::Number(-number::MAX_SAFE_INTEGER))
            .spec("sec-number.min_safe_integer")
            .about("the smallest integer that no other is rounded to")
            .example("Number.MIN_SAFE_INTEGER", "1 - 2 ** 53"),
        constant("Number.MAX_VALUE", Run::Number(f64::MAX))
            .spec("sec-number.max_value")
            .about("the largest finite number")
            .example("Number.MAX_VALUE", "1.7976931348623157e308"),
        constant("Number.MIN_VALUE", Run::Number(5e-324))
            .spec("sec-number.min_value")
            .about("the smallest number above 0")
            .example("Number.MIN_VALUE", "5e-324"),
        constant("Number.NaN", Run::Number(f64::NAN))
            .spec("sec-number.nan")
            .about("the number that is none")
            .example("isNaN(Number.NaN)", "true"),
        constant("Number.NEGATIVE_INFINITY", Run::Number(f64::NEG_INFINITY))
            .spec("sec-number.negative_infinity")
            .about("the number below all others")
            .example("Number.NEGATIVE_INFINITY", "-Infinity"),
        constant("Number.POSITIVE_INFINITY", Run::Number(f64::INFINITY))
            .spec("sec-number.positive_infinity")
            .about("the number above all others")
            .example("Number.POSITIVE_INFINITY", "Infinity"),
        function("Number.isFinite", 1, "value", |call| claim(call, f64::is_finite))
            .spec("sec-number.isfinite")
            .about("whether it is a number, and neither infinite nor NaN")
            .example("Number.isFinite('12')", "false"),
        function("Number.isInteger", 1, "value", |call| claim(call, number::is_integer))
            .spec("sec-number.isinteger")
            .about("whether it is a number without a fraction")
            .example("Number.isInteger(5.0)", "true"),
        function("Number.isNaN", 1, "value", |call| claim(call, f64::is_nan))
            .spec("sec-number.isnan")
            .about("whether it is NaN")
            .example("Number.isNaN('x')", "false"),
        function("Number.isSafeInteger", 1, "value", |call| claim(call, number::is_safe_integer))
            .spec("sec-number.issafeinteger")
            .about("whether it is an integer that no other is rounded to")
            .example("Number.isSafeInteger(2 ** 53)", "false"),
        same_as("Number.parseFloat", "text", "parseFloat")
            .spec("sec-number.parsefloat")
            .about("the number that a text begins with")
            .example("Number.parseFloat('1.5em')", "1.5"),
        same_as("Number.parseInt", "text, radix?", "parseInt")
            .spec("sec-number.parseint")
            .about("the integer that a text begins with")
            .example("Number.parseInt('ff', 16)", "255"),
    ],
);

pub(super) static METHODS: &[Builtin] = &numbered(
    Group::NumberMethods,
    [
        function("Number.prototype.toString", 1, "radix?", to_string)
            .spec("sec-number.prototype.tostring")
            .about("the number as text, in a radix from 2 to 36")
            .example("(255).toString(16)", "'ff'"),
        function("Number.prototype.toFixed", 1, "digits?", to_fixed)
            .spec("sec-number.prototype.tofixed")
            .about("the number with so many digits after the point")
            .example("(1.005).toFixed(2)", "'1.00'"),
        function("Number.prototype.toPrecision", 1, "digits?", to_precision)
            .spec("sec-number.prototype.toprecision")
            .about("the number with so many significant digits")
            .example("(1234.5).toPrecision(2)", "'1.2e+3'"),
        function("Number.prototype.toExponential", 1, "digits?", to_exponential)
            .spec("sec-number.prototype.toexponential")
            .about("the number in exponential notation")
            .example("(1234.5).toExponential(1)", "'1.2e+3'"),
        function("Number.prototype.toLocaleString", 0, "", to_locale_string)
            .spec("sec-number.prototype.tolocalestring")
            .about(
                "the number as it is written in English: groups of three, at most three digits of a fraction",
            )
            .example("(1234567.8915).toLocaleString()", "'1,234,567.892'"),
        function("Number.prototype.valueOf", 0, "", value_of)
            .spec("sec-number.prototype.valueof")
            .about("the number itself")
            .example("(1).valueOf()", "1"),
    ],
);

fn claim(call: &mut Call<'_>, claim: impl Fn(f64) -> bool) -> Outcome {
    Ok(Value::Bool(matches!(call.argument(0), Value::Number(number) if claim(*number))))
}

fn this_number(call: &Call<'_>, method: &str) -> Result<f64, Thrown> {
    match call.this {
        Value::Number(number) => Ok(*number),
        _ => Err(Thrown::type_error(format!("Number.prototype.{method} requires that 'this' be a Number"))),
    }
}

fn to_string(call: &mut Call<'_>) -> Outcome {
    let number = this_number(call, "toString")?;
    let radix = call.integer_or(0, 10.0)?;
    if !(2.0..=36.0).contains(&radix) {
        return Err(Thrown::range("toString() radix argument must be between 2 and 36"));
    }
    Ok(Value::String(number::to_radix(number, radix as u32)))
}

fn to_fixed(call: &mut Call<'_>) -> Outcome {
    let number = this_number(call, "toFixed")?;
    let digits = call.integer(0)?;
    if !(0.0..=100.0).contains(&digits) {
        return Err(Thrown::range("toFixed() digits argument must be between 0 and 100"));
    }
    call.charge(DIGITS_COST)?;
    Ok(Value::String(number::to_fixed(number, digits as usize)))
}

/// Exact digits take the arithmetic of long numbers.
const DIGITS_COST: usize = 20;

fn to_precision(call: &mut Call<'_>) -> Outcome {
    let number = this_number(call, "toPrecision")?;
    if matches!(call.argument(0), Value::Undefined) {
        return Ok(Value::String(number::to_js_string(number)));
    }
    let digits = call.integer(0)?;
    if number.is_finite() && !(1.0..=100.0).contains(&digits) {
        return Err(Thrown::range("toPrecision() argument must be between 1 and 100"));
    }
    call.charge(DIGITS_COST)?;
    Ok(Value::String(number::to_precision(number, digits.clamp(1.0, 100.0) as usize)))
}

fn to_exponential(call: &mut Call<'_>) -> Outcome {
    let number = this_number(call, "toExponential")?;
    let digits = call.integer(0)?;
    if number.is_finite() && !(0.0..=100.0).contains(&digits) {
        return Err(Thrown::range("toExponential() argument must be between 0 and 100"));
    }
    call.charge(DIGITS_COST)?;
    let digits = match call.argument(0) {
        Value::Undefined => None,
        _ => Some(digits.clamp(0.0, 100.0) as usize),
    };
    Ok(Value::String(number::to_exponential(number, digits)))
}

fn value_of(call: &mut Call<'_>) -> Outcome {
    this_number(call, "valueOf").map(Value::Number)
}

fn to_locale_string(call: &mut Call<'_>) -> Outcome {
    let number = this_number(call, "toLocaleString")?;
    // Results are the same on every machine, so that no other language is known; silence would be a wrong number.
    let is_english = match call.argument(0) {
        Value::Undefined => true,
        Value::String(locale) => *locale == "en-US" || *locale == "en",
        _ => false,
    };
    if !is_english || !matches!(call.argument(1), Value::Undefined) {
        return Err(Thrown::type_error("toLocaleString() knows 'en-US' without options only"));
    }
    call.charge(DIGITS_COST)?;
    Ok(Value::String(english(number)))
}

/// As `Intl.NumberFormat('en-US')`: a half of the shortest decimal text is rounded away from 0.
fn english(number: f64) -> Str {
    if number.is_nan() {
        return Str::from("NaN");
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_infinite() {
        return Str::from(format!("{sign}∞"));
    }
    let thousandths = decimal_thousandths(number.abs());
    let (whole, fraction) = thousandths.split_at(thousandths.len() - 3);
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    Str::from(text)
}

/// The digits of the number times 1000, rounded: at least four.
fn decimal_thousandths(magnitude: f64) -> String {
    // As many digits as tell the number from its neighbours, d.ddde±x.
    let shortest = number::to_exponential(magnitude, None).to_text().into_owned();
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = mantissa.replace('.', "");
    // How many of the digits stand before the point once it has moved by three.
    let before = exponent + 1 + 3;
    let mut kept = String::from("000");
    if before >= 0 {
        let before = before as usize;
        kept.extend(digits.chars().chain(std::iter::repeat('0')).take(before));
        if digits.as_bytes().get(before).is_some_and(|digit| *digit >= b'5') {
            kept = plus_one(kept);
        }
    }
    let trimmed = kept.trim_start_matches('0');
    format!("{trimmed:0>4}")
}

fn plus_one(digits: String) -> String {
    let mut bytes = digits.into_bytes();
    for at in (0..bytes.len()).rev() {
        if bytes[at] != b'9' {
            bytes[at] += 1;
            break;
        }
        // There are zeros in front that take the carry.
        bytes[at] = b'0';
    }
    bytes.into_iter().map(char::from).collect()
}
