//! `Math`: what a processor must round exactly comes from it, everything else from portable code that gives V8's last
//! digit on every machine.

use super::table::{Builtin, Group, Run, constant, function, numbered};
use super::{Call, Outcome};
use crate::value::number::elementary;
use crate::value::{Value, coercion, number};

pub(super) static NUMBERS: &[Builtin] = &numbered(
    Group::MathNumbers,
    [
        constant("Math.E", Run::Number(core::f64::consts::E))
            .spec("sec-math.e")
            .about("Euler's number")
            .example("Math.E > 2.718", "true"),
        constant("Math.LN10", Run::Number(core::f64::consts::LN_10))
            .spec("sec-math.ln10")
            .about("the natural logarithm of 10")
            .example("Math.LN10 > 2.302", "true"),
        constant("Math.LN2", Run::Number(core::f64::consts::LN_2))
            .spec("sec-math.ln2")
            .about("the natural logarithm of 2")
            .example("Math.LN2 < 0.694", "true"),
        constant("Math.LOG10E", Run::Number(core::f64::consts::LOG10_E))
            .spec("sec-math.log10e")
            .about("the decimal logarithm of Euler's number")
            .example("Math.LOG10E < 0.435", "true"),
        constant("Math.LOG2E", Run::Number(core::f64::consts::LOG2_E))
            .spec("sec-math.log2e")
            .about("the binary logarithm of Euler's number")
            .example("Math.LOG2E > 1.442", "true"),
        constant("Math.PI", Run::Number(core::f64::consts::PI))
            .spec("sec-math.pi")
            .about("the circumference of a circle over its diameter")
            .example("Math.PI", "3.141592653589793"),
        constant("Math.SQRT1_2", Run::Number(core::f64::consts::FRAC_1_SQRT_2))
            .spec("sec-math.sqrt1_2")
            .about("the square root of one half")
            .example("Math.SQRT1_2 < 0.708", "true"),
        constant("Math.SQRT2", Run::Number(core::f64::consts::SQRT_2))
            .spec("sec-math.sqrt2")
            .about("the square root of 2")
            .example("Math.SQRT2 > 1.414", "true"),
    ],
);

pub(super) static FUNCTIONS: &[Builtin] = &numbered(
    Group::MathFunctions,
    [
        function("Math.abs", 1, "x", |call| unary(call, f64::abs))
            .spec("sec-math.abs")
            .about("the number without its sign")
            .example("Math.abs(-2)", "2"),
        function("Math.acos", 1, "x", |call| unary(call, libm::acos))
            .spec("sec-math.acos")
            .about("the angle that has this cosine")
            .example("Math.acos(1)", "0"),
        function("Math.acosh", 1, "x", |call| unary(call, elementary::acosh))
            .spec("sec-math.acosh")
            .about("the inverse of the hyperbolic cosine")
            .example("Math.acosh(1)", "0"),
        function("Math.asin", 1, "x", |call| unary(call, libm::asin))
            .spec("sec-math.asin")
            .about("the angle that has this sine")
            .example("Math.asin(0)", "0"),
        function("Math.asinh", 1, "x", |call| unary(call, elementary::asinh))
            .spec("sec-math.asinh")
            .about("the inverse of the hyperbolic sine")
            .example("Math.asinh(0)", "0"),
        function("Math.atan", 1, "x", |call| unary(call, libm::atan))
            .spec("sec-math.atan")
            .about("the angle that has this tangent")
            .example("Math.atan(0)", "0"),
        function("Math.atanh", 1, "x", |call| unary(call, elementary::atanh))
            .spec("sec-math.atanh")
            .about("the inverse of the hyperbolic tangent")
            .example("Math.atanh(0)", "0"),
        function("Math.cbrt", 1, "x", |call| unary(call, elementary::cbrt))
            .spec("sec-math.cbrt")
            .about("the cube root")
            .example("Math.cbrt(27)", "3"),
        function("Math.ceil", 1, "x", |call| unary(call, f64::ceil))
            .spec("sec-math.ceil")
            .about("the smallest integer that is not smaller")
            .example("Math.ceil(1.2)", "2"),
        function("Math.clz32", 1, "x", |call| {
            unary(call, |number| f64::from(number::uint32(number).leading_zeros()))
        })
        .spec("sec-math.clz32")
        .about("how many of the 32 bits of the integer are 0 before the first 1")
        .example("Math.clz32(1)", "31"),
        function("Math.cos", 1, "x", |call| unary(call, elementary::cos))
            .spec("sec-math.cos")
            .about("the cosine of an angle in radians")
            .example("Math.cos(0)", "1"),
        function("Math.cosh", 1, "x", |call| unary(call, elementary::cosh))
            .spec("sec-math.cosh")
            .about("the hyperbolic cosine")
            .example("Math.cosh(0)", "1"),
        function("Math.exp", 1, "x", |call| unary(call, elementary::exp))
            .spec("sec-math.exp")
            .about("the power of Euler's number")
            .example("Math.exp(0)", "1"),
        function("Math.expm1", 1, "x", |call| unary(call, libm::expm1))
            .spec("sec-math.expm1")
            .about("`Math.exp(x) - 1`, exact for small x")
            .example("Math.expm1(0)", "0"),
        function("Math.floor", 1, "x", |call| unary(call, f64::floor))
            .spec("sec-math.floor")
            .about("the largest integer that is not larger")
            .example("Math.floor(-1.2)", "-2"),
        function("Math.fround", 1, "x", |call| unary(call, |number| f64::from(number as f32)))
            .spec("sec-math.fround")
            .about("the nearest number of 32 bits")
            .example("Math.fround(5.5)", "5.5"),
        function("Math.log", 1, "x", |call| unary(call, elementary::log))
            .spec("sec-math.log")
            .about("the natural logarithm")
            .example("Math.log(1)", "0"),
        function("Math.log10", 1, "x", |call| unary(call, elementary::log10))
            .spec("sec-math.log10")
            .about("the decimal logarithm")
            .example("Math.log10(1000)", "3"),
        function("Math.log1p", 1, "x", |call| unary(call, elementary::log1p))
            .spec("sec-math.log1p")
            .about("`Math.log(1 + x)`, exact for small x")
            .example("Math.log1p(0)", "0"),
        function("Math.log2", 1, "x", |call| unary(call, libm::log2))
            .spec("sec-math.log2")
            .about("the binary logarithm")
            .example("Math.log2(8)", "3"),
        function("Math.round", 1, "x", |call| unary(call, round))
            .spec("sec-math.round")
            .about("the nearest integer, a half upwards")
            .example("Math.round(-2.5)", "-2"),
        function("Math.sign", 1, "x", |call| unary(call, sign))
            .spec("sec-math.sign")
            .about("-1, 0 or 1")
            .example("Math.sign(-3)", "-1"),
        function("Math.sin", 1, "x", |call| unary(call, elementary::sin))
            .spec("sec-math.sin")
            .about("the sine of an angle in radians")
            .example("Math.sin(0)", "0"),
        function("Math.sinh", 1, "x", |call| unary(call, elementary::sinh))
            .spec("sec-math.sinh")
            .about("the hyperbolic sine")
            .example("Math.sinh(0)", "0"),
        function("Math.sqrt", 1, "x", |call| unary(call, f64::sqrt))
            .spec("sec-math.sqrt")
            .about("the square root")
            .example("Math.sqrt(9)", "3"),
        function("Math.tan", 1, "x", |call| unary(call, libm::tan))
            .spec("sec-math.tan")
            .about("the tangent of an angle in radians")
            .example("Math.tan(0)", "0"),
        function("Math.tanh", 1, "x", |call| unary(call, elementary::tanh))
            .spec("sec-math.tanh")
            .about("the hyperbolic tangent")
            .example("Math.tanh(0)", "0"),
        function("Math.trunc", 1, "x", |call| unary(call, f64::trunc))
            .spec("sec-math.trunc")
            .about("the integer without the fraction")
            .example("Math.trunc(-1.7)", "-1"),
        function("Math.atan2", 2, "y, x", |call| binary(call, elementary::atan2))
            .spec("sec-math.atan2")
            .about("the angle of the point (x, y)")
            .example("Math.atan2(0, 1)", "0"),
        function("Math.imul", 2, "a, b", imul)
            .spec("sec-math.imul")
            .about("the product as an integer of 32 bits")
            .example("Math.imul(2 ** 31, 3)", "-2147483648"),
        function("Math.pow", 2, "base, exponent", |call| binary(call, elementary::pow))
            .spec("sec-math.pow")
            .about("the power, as `base ** exponent`")
            .example("Math.pow(2, 10)", "1024"),
        function("Math.max", 2, "...values", max)
            .spec("sec-math.max")
            .about("the largest number; NaN if any is")
            .example("Math.max(1, 3, 2)", "3"),
        function("Math.min", 2, "...values", min)
            .spec("sec-math.min")
            .about("the smallest number; NaN if any is")
            .example("Math.min(1, 3, 2)", "1"),
        function("Math.hypot", 2, "...values", hypot)
            .spec("sec-math.hypot")
            .about("the square root of the sum of squares")
            .example("Math.hypot(3, 4)", "5"),
        function("Math.random", 0, "", |call| Ok(Value::Number(call.host.random())))
            .spec("sec-math.random")
            .about("the next number of the evaluation's stream, in [0, 1)")
            .example("Math.random() < 1", "true"),
    ],
);

#[inline]
fn unary(call: &mut Call<'_>, function: impl Fn(f64) -> f64) -> Outcome {
    call.number(0).map(|number| Value::Number(function(number)))
}

fn binary(call: &mut Call<'_>, function: impl Fn(f64, f64) -> f64) -> Outcome {
    let (a, b) = (call.number(0)?, call.number(1)?);
    Ok(Value::Number(function(a, b)))
}

/// Halves go up, and what becomes 0 from below is -0 (ECMA-262 section 21.3.2.28).
pub(super) fn round(number: f64) -> f64 {
    let up = number.ceil();
    if up - 0.5 > number { up - 1.0 } else { up }
}

/// `f64::signum` knows no 0.
fn sign(number: f64) -> f64 {
    if number == 0.0 || number.is_nan() { number } else { number.signum() }
}

fn imul(call: &mut Call<'_>) -> Outcome {
    let (a, b) = (call.number(0)?, call.number(1)?);
    Ok(Value::from(number::int32(a).wrapping_mul(number::int32(b))))
}

fn max(call: &mut Call<'_>) -> Outcome {
    extreme(call, f64::NEG_INFINITY, |a, b| a > b || (a == 0.0 && b == 0.0 && b.is_sign_negative()))
}

fn min(call: &mut Call<'_>) -> Outcome {
    extreme(call, f64::INFINITY, |a, b| a < b || (a == 0.0 && b == 0.0 && b.is_sign_positive()))
}

/// The number that beats all others. Every argument is converted, even after a NaN.
#[inline]
fn extreme(call: &mut Call<'_>, none: f64, beats: impl Fn(f64, f64) -> bool) -> Outcome {
    call.charge(call.arguments.len())?;
    let mut best = none;
    for argument in call.arguments {
        let number = coercion::to_number(argument, call.host)?;
        if number.is_nan() || beats(number, best) {
            // Nothing beats a NaN.
            best = number;
        }
    }
    Ok(Value::Number(best))
}

/// Scaled by the largest, and summed up as Kahan does ("Further remarks on reducing truncation errors", 1965): so
/// does V8, and neither overflow nor the order of the arguments matters.
fn hypot(call: &mut Call<'_>) -> Outcome {
    call.allocate_items(call.arguments.len())?;
    let mut numbers = Vec::with_capacity(call.arguments.len());
    for argument in call.arguments {
        numbers.push(coercion::to_number(argument, call.host)?.abs());
    }
    if numbers.contains(&f64::INFINITY) {
        return Ok(Value::Number(f64::INFINITY));
    }
    if numbers.iter().any(|number| number.is_nan()) {
        return Ok(Value::Number(f64::NAN));
    }
    let largest = numbers.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 {
        return Ok(Value::Number(0.0));
    }
    let (mut sum, mut compensation) = (0.0, 0.0);
    for number in numbers {
        let scaled = number / largest;
        let summand = scaled * scaled - compensation;
        let preliminary = sum + summand;
        compensation = (preliminary - sum) - summand;
        sum = preliminary;
    }
    Ok(Value::Number(sum.sqrt() * largest))
}
