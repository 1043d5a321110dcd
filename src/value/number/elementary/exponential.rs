//! `exp` and `cbrt`: fdlibm's `e_exp.c` and FreeBSD's `s_cbrt.c`, as V8 has them.

use super::{LN2_HIGH, LN2_LOW, from_high, high};

/// Euler's number to the power of `x`.
pub(crate) fn exp(mut x: f64) -> f64 {
    const P: [f64; 5] = [
        1.66666666666666019037e-01,
        -2.77777777770155933842e-03,
        6.61375632143793436117e-05,
        -1.65339022054652515390e-06,
        4.13813679705723846039e-08,
    ];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x > 7.09782712893383973096e+02 {
        return f64::INFINITY;
    }
    if x < -7.45133219101941108420e+02 {
        return 0.0;
    }
    // V8's own exception: the method would be off by one here.
    if x == 1.0 {
        return core::f64::consts::E;
    }
    let size = high(x) & 0x7FFF_FFFF;
    let sign = if x < 0.0 { -1.0 } else { 1.0 };
    let (mut upper, mut lower, mut k) = (0.0, 0.0, 0);
    if size > 0x3FD6_2E42 {
        if size < 0x3FF0_A2B2 {
            upper = x - sign * LN2_HIGH;
            lower = sign * LN2_LOW;
            k = if x < 0.0 { -1 } else { 1 };
        } else {
            k = (1.44269504088896338700e+00 * x + sign * 0.5) as i32;
            let t = f64::from(k);
            upper = x - t * LN2_HIGH;
            lower = t * LN2_LOW;
        }
        x = upper - lower;
    } else if size < 0x3E30_0000 {
        return 1.0 + x;
    }
    let t = x * x;
    let c = x - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
    if k == 0 {
        return 1.0 - ((x * c) / (c - 2.0) - x);
    }
    let y = 1.0 - ((lower - (x * c) / (2.0 - c)) - upper);
    if k < -1021 {
        return y * from_high(0x3FF0_0000 + ((k + 1000) << 20)) * 9.33263618503218878990e-302;
    }
    if k == 1024 { y * 2.0 * 8.988465674311579539e307 } else { y * from_high(0x3FF0_0000 + (k << 20)) }
}

/// The cube root.
pub(crate) fn cbrt(x: f64) -> f64 {
    const P: [f64; 5] = [
        1.87595182427177009643,
        -1.88497979543377169875,
        1.621429720105354466140,
        -0.758397934778766047437,
        0.145996192886612446982,
    ];
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    // A third of the exponent, and of the fraction too: 5 bits.
    let size = high(x) & 0x7FFF_FFFF;
    let third = if size < 0x0010_0000 {
        (high(18_014_398_509_481_984.0 * x) & 0x7FFF_FFFF) / 3 + 696_219_795
    } else {
        size / 3 + 715_094_163
    };
    let mut t = from_high(third).copysign(x);
    // 23 bits, by a polynomial that approximates the inverse.
    let r = (t * t) * (t / x);
    t *= (P[0] + r * (P[1] + r * P[2])) + ((r * r) * r) * (P[3] + r * P[4]);
    t = f64::from_bits(t.to_bits().wrapping_add(0x8000_0000) & 0xFFFF_FFFF_C000_0000);
    // All bits, by a step of Newton's.
    let s = t * t;
    let r = x / s;
    let w = t + t;
    let r = (r - t) / (w + r);
    t + t * r
}
