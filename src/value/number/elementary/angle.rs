//! `sin`, `cos` and `atan2`: fdlibm's, as V8 has them.

use super::quadrant::reduce;
use super::{from_high, high};
use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// The sine of an angle in radians.
pub(crate) fn sin(x: f64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    if high(x) & 0x7FFF_FFFF <= 0x3FE9_21FB {
        return sine(x, None);
    }
    let (n, y, tail) = reduce(x);
    match n & 3 {
        0 => sine(y, Some(tail)),
        1 => cosine(y, tail),
        2 => -sine(y, Some(tail)),
        _ => -cosine(y, tail),
    }
}

/// The cosine of an angle in radians.
pub(crate) fn cos(x: f64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    if high(x) & 0x7FFF_FFFF <= 0x3FE9_21FB {
        return cosine(x, 0.0);
    }
    let (n, y, tail) = reduce(x);
    match n & 3 {
        0 => cosine(y, tail),
        1 => -sine(y, Some(tail)),
        2 => -cosine(y, tail),
        _ => sine(y, Some(tail)),
    }
}

/// The sine of at most π/4, given with what the number itself could not hold.
fn sine(x: f64, tail: Option<f64>) -> f64 {
    const S: [f64; 6] = [
        -1.66666666666666324348e-01,
        8.33333333332248946124e-03,
        -1.98412698298579493134e-04,
        2.75573137070700676789e-06,
        -2.50507602534068634195e-08,
        1.58969099521155010221e-10,
    ];
    if high(x) & 0x7FFF_FFFF < 0x3E40_0000 {
        return x;
    }
    let z = x * x;
    let v = z * x;
    let r = S[1] + z * (S[2] + z * (S[3] + z * (S[4] + z * S[5])));
    match tail {
        None => x + v * (S[0] + z * r),
        Some(tail) => x - ((z * (0.5 * tail - v * r) - tail) - v * S[0]),
    }
}

/// The cosine of at most π/4.
fn cosine(x: f64, tail: f64) -> f64 {
    const C: [f64; 6] = [
        4.16666666666666019037e-02,
        -1.38888888888741095749e-03,
        2.48015872894767294178e-05,
        -2.75573143513906633035e-07,
        2.08757232129817482790e-09,
        -1.13596475577881948265e-11,
    ];
    let size = high(x) & 0x7FFF_FFFF;
    if size < 0x3E40_0000 {
        return 1.0;
    }
    let z = x * x;
    let r = z * (C[0] + z * (C[1] + z * (C[2] + z * (C[3] + z * (C[4] + z * C[5])))));
    if size < 0x3FD3_3333 {
        return 1.0 - (0.5 * z - (z * r - x * tail));
    }
    // A quarter of x, of few bits, makes the two subtractions exact.
    let quarter = if size > 0x3FE9_0000 { 0.28125 } else { from_high(size - 0x0020_0000) };
    (1.0 - quarter) - ((0.5 * z - quarter) - (z * r - x * tail))
}

/// The angle of the point (x, y).
pub(crate) fn atan2(y: f64, x: f64) -> f64 {
    const PI_LOW: f64 = 1.2246467991473531772e-16;
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    if x == 1.0 {
        return libm::atan(y);
    }
    let is_left = x.is_sign_negative();
    if y == 0.0 {
        return if is_left { PI.copysign(y) } else { y };
    }
    if x == 0.0 {
        return FRAC_PI_2.copysign(y);
    }
    if x.is_infinite() {
        let angle = match (y.is_infinite(), is_left) {
            (true, false) => FRAC_PI_4,
            (true, true) => 3.0 * FRAC_PI_4,
            (false, false) => 0.0,
            (false, true) => PI,
        };
        return angle.copysign(y);
    }
    if y.is_infinite() {
        return FRAC_PI_2.copysign(y);
    }
    let k = ((high(y) & 0x7FFF_FFFF) - (high(x) & 0x7FFF_FFFF)) >> 20;
    // V8 forgets which side x is on where y is far larger.
    let (z, is_left) = if k > 60 {
        (FRAC_PI_2 + 0.5 * PI_LOW, false)
    } else if is_left && k < -60 {
        (0.0, true)
    } else {
        (libm::atan((y / x).abs()), is_left)
    };
    match (is_left, y.is_sign_negative()) {
        (false, false) => z,
        (false, true) => -z,
        (true, false) => PI - (z - PI_LOW),
        (true, true) => (z - PI_LOW) - PI,
    }
}
