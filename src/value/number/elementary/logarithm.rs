//! `log`, `log1p` and `log10`: fdlibm's `e_log.c`, `s_log1p.c` and `e_log10.c`, as V8 has them.

use super::{LN2_HIGH, LN2_LOW, high, with_high};

const LG: [f64; 7] = [
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
];

const TWO_54: f64 = 18_014_398_509_481_984.0;

/// What needs no computing: zero, negative numbers, NaN and infinity.
fn special(x: f64) -> Option<f64> {
    if x == 0.0 {
        return Some(f64::NEG_INFINITY);
    }
    if x < 0.0 || x.is_nan() {
        return Some(f64::NAN);
    }
    (x == f64::INFINITY).then_some(x)
}

/// The natural logarithm.
pub(crate) fn log(mut x: f64) -> f64 {
    if let Some(value) = special(x) {
        return value;
    }
    let mut k = 0;
    if high(x) < 0x0010_0000 {
        k -= 54;
        x *= TWO_54;
    }
    k += (high(x) >> 20) - 1023;
    let fraction = high(x) & 0x000F_FFFF;
    let i = (fraction + 0x9_5F64) & 0x10_0000;
    x = with_high(x, fraction | (i ^ 0x3FF0_0000));
    k += i >> 20;
    let dk = f64::from(k);
    let f = x - 1.0;
    if (0x000F_FFFF & (2 + fraction)) < 3 {
        if f == 0.0 {
            return if k == 0 { 0.0 } else { dk * LN2_HIGH + dk * LN2_LOW };
        }
        let r = f * f * (0.5 - 0.33333333333333333 * f);
        return if k == 0 { f - r } else { dk * LN2_HIGH - ((r - dk * LN2_LOW) - f) };
    }
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let t1 = w * (LG[1] + w * (LG[3] + w * LG[5]));
    let t2 = z * (LG[0] + w * (LG[2] + w * (LG[4] + w * LG[6])));
    let r = t2 + t1;
    if (fraction - 0x6_147A) | (0x6_B851 - fraction) > 0 {
        let half_square = 0.5 * f * f;
        if k == 0 {
            f - (half_square - s * (half_square + r))
        } else {
            dk * LN2_HIGH - ((half_square - (s * (half_square + r) + dk * LN2_LOW)) - f)
        }
    } else if k == 0 {
        f - s * (f - r)
    } else {
        dk * LN2_HIGH - ((s * (f - r) - dk * LN2_LOW) - f)
    }
}

/// The natural logarithm of `1 + x`.
pub(crate) fn log1p(x: f64) -> f64 {
    if x <= -1.0 || !x.is_finite() {
        return special(1.0 + x).unwrap_or(x);
    }
    let size = high(x) & 0x7FFF_FFFF;
    if size < 0x3E20_0000 {
        return if size < 0x3C90_0000 { x } else { x - x * x * 0.5 };
    }
    let (mut k, mut f, mut c, mut upper) = (0, x, 0.0, 1);
    // Outside of √½ - 1 to √2 - 1 the exponent is taken out, and what `1 + x` loses is kept.
    let is_near = high(x) < 0x3FDA_827A && (high(x) > 0 || high(x) <= 0xBFD2_BEC4_u32 as i32);
    if !is_near {
        let mut u = x;
        if high(x) < 0x4340_0000 {
            u = 1.0 + x;
            k = (high(u) >> 20) - 1023;
            c = (if k > 0 { 1.0 - (u - x) } else { x - (u - 1.0) }) / u;
        } else {
            k = (high(u) >> 20) - 1023;
        }
        upper = high(u) & 0x000F_FFFF;
        if upper < 0x6_A09E {
            u = with_high(u, upper | 0x3FF0_0000);
        } else {
            k += 1;
            u = with_high(u, upper | 0x3FE0_0000);
            upper = (0x0010_0000 - upper) >> 2;
        }
        f = u - 1.0;
    }
    let dk = f64::from(k);
    let half_square = 0.5 * f * f;
    if upper == 0 {
        if f == 0.0 {
            return if k == 0 { 0.0 } else { dk * LN2_HIGH + (c + dk * LN2_LOW) };
        }
        let r = half_square * (1.0 - 0.66666666666666666 * f);
        return if k == 0 { f - r } else { dk * LN2_HIGH - ((r - (dk * LN2_LOW + c)) - f) };
    }
    let s = f / (2.0 + f);
    let z = s * s;
    let r = z * (LG[0] + z * (LG[1] + z * (LG[2] + z * (LG[3] + z * (LG[4] + z * (LG[5] + z * LG[6]))))));
    if k == 0 {
        f - (half_square - s * (half_square + r))
    } else {
        dk * LN2_HIGH - ((half_square - (s * (half_square + r) + (dk * LN2_LOW + c))) - f)
    }
}

/// The decimal logarithm; whole for powers of ten up to 10²².
pub(crate) fn log10(mut x: f64) -> f64 {
    if let Some(value) = special(x) {
        return value;
    }
    if x == 1.0 {
        return 0.0;
    }
    let mut k = 0;
    if high(x) < 0x0010_0000 {
        k -= 54;
        x *= TWO_54;
    }
    k += (high(x) >> 20) - 1023;
    let i = i32::from(k < 0);
    x = with_high(x, (high(x) & 0x000F_FFFF) | ((0x3FF - i) << 20));
    let y = f64::from(k + i);
    let z = y * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * log(x);
    z + y * 3.01029995663611771306e-01
}
