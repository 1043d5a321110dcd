//! `pow`: fdlibm's `e_pow.c` as V8 has it.

use super::{from_high, high, rounded, with_high};

/// `base` to the power of `exponent`, as V8's `Math.pow` and `**` give it: `10 ** -4` is 0.00009999999999999999.
///
/// log₂ of the base is computed in two parts, times the exponent in more than double precision, and 2 raised to that.
pub(crate) fn pow(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 {
        return 1.0;
    }
    if base.is_nan() || exponent.is_nan() {
        return f64::NAN;
    }
    if exponent.is_infinite() {
        return to_infinity(base.abs(), exponent);
    }
    if exponent == 1.0 {
        return base;
    }
    if exponent == -1.0 {
        return 1.0 / base;
    }
    if exponent == 2.0 {
        return base * base;
    }
    if exponent == 0.5 && base.is_sign_positive() {
        return base.sqrt();
    }
    let is_whole = exponent.trunc() == exponent;
    let is_odd = is_whole && (exponent / 2.0).trunc() != exponent / 2.0;
    let is_special = base == 0.0 || base.is_infinite() || base.abs() == 1.0;
    if base.is_sign_negative() && !is_whole && (!is_special || base == -1.0) {
        return f64::NAN;
    }
    let sign = if base.is_sign_negative() && is_odd { -1.0 } else { 1.0 };
    let size = base.abs();
    if is_special {
        return sign * if exponent < 0.0 { 1.0 / size } else { size };
    }
    let Some(logarithm) = binary_logarithm(size, exponent) else {
        // The exponent is so large that any other base goes out of range.
        return sign * if (size > 1.0) == (exponent > 0.0) { f64::INFINITY } else { 0.0 };
    };
    sign * scaled(exponent, logarithm)
}

fn to_infinity(size: f64, exponent: f64) -> f64 {
    if size == 1.0 {
        return f64::NAN;
    }
    if (size > 1.0) == (exponent > 0.0) { f64::INFINITY } else { 0.0 }
}

/// log₂ of a finite positive number in two parts, the first of few bits; `None` where the exponent is above 2³¹ and
/// the base not next to 1, or above 2⁶⁴.
fn binary_logarithm(size: f64, exponent: f64) -> Option<(f64, f64)> {
    let (exponent_high, size_high) = (high(exponent) & 0x7FFF_FFFF, high(size));
    if exponent_high <= 0x41E0_0000 {
        return Some(logarithm_of(size));
    }
    if exponent_high > 0x43F0_0000 || !(0x3FEF_FFFF..=0x3FF0_0000).contains(&size_high) {
        return None;
    }
    // |1 - x| is at most 2⁻²⁰: four terms of the series will do.
    const INVERSE: f64 = 1.44269504088896338700e+00;
    const INVERSE_HIGH: f64 = 1.44269502162933349609e+00;
    const INVERSE_LOW: f64 = 1.92596299112661746887e-08;
    let t = size - 1.0;
    let w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
    let u = INVERSE_HIGH * t;
    let v = t * INVERSE_LOW - w * INVERSE;
    let first = rounded(u + v);
    Some((first, v - (first - u)))
}

fn logarithm_of(mut size: f64) -> (f64, f64) {
    const L: [f64; 6] = [
        5.99999999999994648725e-01,
        4.28571428578550184252e-01,
        3.33333329818377432918e-01,
        2.72728123808534006489e-01,
        2.30660745775561754067e-01,
        2.06975017800338417784e-01,
    ];
    // 2 / (3 ln 2), whole and in two parts.
    const CP: f64 = 9.61796693925975554329e-01;
    const CP_HIGH: f64 = 9.61796700954437255859e-01;
    const CP_LOW: f64 = -7.02846165095275826516e-09;

    let mut exponent = 0;
    if high(size) < 0x0010_0000 {
        size *= 9_007_199_254_740_992.0;
        exponent -= 53;
    }
    exponent += (high(size) >> 20) - 0x3FF;
    let fraction = high(size) & 0x000F_FFFF;
    let mut upper = fraction | 0x3FF0_0000;
    // Between √(3/2) and √3 the logarithm is that of 1.5, and of what is left.
    let near_three_halves = (0x3_988F..0xB_B67A).contains(&fraction);
    if fraction >= 0xB_B67A {
        exponent += 1;
        upper -= 0x0010_0000;
    }
    let size = with_high(size, upper);
    let (point, point_high, point_low, bit) = if near_three_halves {
        (1.5, 5.84962487220764160156e-01, 1.35003920212974897128e-08, 1 << 18)
    } else {
        (1.0, 0.0, 0.0, 0)
    };

    // (x - point) / (x + point), and its first part.
    let u = size - point;
    let v = 1.0 / (size + point);
    let s = u * v;
    let s_high = rounded(s);
    let t_high = from_high(((upper >> 1) | 0x2000_0000) + 0x0008_0000 + bit);
    let t_low = size - (t_high - point);
    let s_low = v * ((u - s_high * t_high) - s_high * t_low);

    let s2 = s * s;
    let series = L[0] + s2 * (L[1] + s2 * (L[2] + s2 * (L[3] + s2 * (L[4] + s2 * L[5]))));
    let r = s2 * s2 * series + s_low * (s_high + s);
    let s2 = s_high * s_high;
    let t_high = rounded(3.0 + s2 + r);
    let t_low = r - ((t_high - 3.0) - s2);
    let u = s_high * t_high;
    let v = s_low * t_high + t_low * s;
    let p_high = rounded(u + v);
    let p_low = v - (p_high - u);
    let z_high = CP_HIGH * p_high;
    let z_low = CP_LOW * p_high + p_low * CP + point_low;
    let t = f64::from(exponent);
    let first = rounded(((z_high + z_low) + point_high) + t);
    (first, z_low - (((first - t) - point_high) - z_high))
}

/// 2 to the power of the exponent times a logarithm in two parts.
fn scaled(exponent: f64, (first, second): (f64, f64)) -> f64 {
    /// -(1024 - log₂ of what overflows).
    const OVERFLOWS: f64 = 8.0085662595372944372e-17;
    const LN2_HIGH: f64 = 6.93147182464599609375e-01;
    const LN2_LOW: f64 = -1.90465429995776804525e-09;
    const P: [f64; 5] = [
        1.66666666666666019037e-01,
        -2.77777777770155933842e-03,
        6.61375632143793436117e-05,
        -1.65339022054652515390e-06,
        4.13813679705723846039e-08,
    ];
    let exponent_high = rounded(exponent);
    let p_low = (exponent - exponent_high) * first + exponent * second;
    let mut p_high = exponent_high * first;
    let z = p_low + p_high;
    if z > 1024.0 || (z == 1024.0 && p_low + OVERFLOWS > z - p_high) {
        return f64::INFINITY;
    }
    if z < -1075.0 || (z == -1075.0 && p_low <= z - p_high) {
        return 0.0;
    }
    let mut n = 0;
    if high(z) & 0x7FFF_FFFF > 0x3FE0_0000 {
        // n is z rounded to an integer.
        let j = high(z);
        let k = ((j & 0x7FFF_FFFF) >> 20) - 0x3FF;
        n = j + (0x0010_0000 >> (k + 1));
        let k = ((n & 0x7FFF_FFFF) >> 20) - 0x3FF;
        p_high -= from_high(n & !(0x000F_FFFF >> k));
        n = ((n & 0x000F_FFFF) | 0x0010_0000) >> (20 - k);
        if j < 0 {
            n = -n;
        }
    }
    let t = rounded(p_low + p_high);
    let u = t * LN2_HIGH;
    let v = (p_low - (t - p_high)) * super::LN2 + t * LN2_LOW;
    let z = u + v;
    let w = v - (z - u);
    let t = z * z;
    let t1 = z - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
    // fdlibm subtracts the last term from the quotient; V8 divides by it too, and is a little less exact for it.
    let r = (z * t1) / ((t1 - 2.0) - (w + z * w));
    let z = 1.0 - (r - z);
    let upper = high(z).wrapping_add(n << 20);
    if upper >> 20 <= 0 { libm::scalbn(z, n) } else { with_high(z, upper) }
}
