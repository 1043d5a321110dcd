//! Powers, logarithms, angles: the functions of `Math` where the last digit depends on the method.
//!
//! V8 computes them with fdlibm (`src/base/ieee754.cc` of 11.3; younger ones may be built to ask the C library for `pow`
//! and the like), on every machine the same. The `libm` crate is FreeBSD's
//! younger descendant of it, and differs in the last digit for some arguments; what agrees bit for bit (`tan`, `asin`,
//! `acos`, `atan`, `expm1`, `log2`) is taken from there, the rest is written here after fdlibm and V8's changes to it:
//! the order of every operation counts. `tests.rs` holds answers that V8 gave.
//!
//! fdlibm asks for this notice: Copyright (C) 1993-2004 by Sun Microsystems, Inc. All rights reserved. Developed at
//! SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
//! granted, provided that this notice is preserved.
#![allow(clippy::excessive_precision, reason = "the constants are fdlibm's, digit by digit")]
#![allow(clippy::approx_constant, reason = "a part of ln 2 is not ln 2")]

mod angle;
mod exponential;
mod hyperbolic;
mod logarithm;
mod power;
mod quadrant;
#[cfg(test)]
mod tests;

pub(crate) use angle::{atan2, cos, sin};
pub(crate) use exponential::{cbrt, exp};
pub(crate) use hyperbolic::{acosh, asinh, atanh, cosh, sinh, tanh};
pub(crate) use logarithm::{log, log1p, log10};
pub(crate) use power::pow;

/// ln 2 in two parts: the product of the first with an integer below 2000 is exact.
const LN2_HIGH: f64 = 6.93147180369123816490e-01;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const LN2: f64 = 6.93147180559945286227e-01;

/// Sign, exponent and the upper 20 bits of the fraction: fdlibm's high word.
fn high(number: f64) -> i32 {
    (number.to_bits() >> 32) as i32
}

/// The lower 32 bits of the fraction.
fn low(number: f64) -> u32 {
    number.to_bits() as u32
}

fn with_high(number: f64, high: i32) -> f64 {
    f64::from_bits(u64::from(high as u32) << 32 | u64::from(low(number)))
}

fn from_high(high: i32) -> f64 {
    with_high(0.0, high)
}

/// The number without its lower 32 bits: a product of two such is exact.
fn rounded(number: f64) -> f64 {
    f64::from_bits(number.to_bits() & 0xFFFF_FFFF_0000_0000)
}
