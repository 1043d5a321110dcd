//! The hyperbolic functions and their inverses: fdlibm's, as V8 has them.

use super::{LN2, exp, log, log1p};
use libm::expm1;

/// Above it `sinh` and `cosh` overflow.
const OVERFLOW: f64 = 710.4758600739439;

/// The hyperbolic sine.
pub(crate) fn sinh(x: f64) -> f64 {
    let half = if x < 0.0 { -0.5 } else { 0.5 };
    let size = x.abs();
    if size < 22.0 {
        if size < 3.725290298461914e-9 {
            return x;
        }
        let t = expm1(size);
        return if size < 1.0 { half * (2.0 * t - t * t / (t + 1.0)) } else { half * (t + t / (t + 1.0)) };
    }
    if size < 709.7822265625 {
        return half * exp(size);
    }
    if size <= OVERFLOW {
        let w = exp(0.5 * size);
        return half * w * w;
    }
    x * 1.0e307
}

/// The hyperbolic cosine.
pub(crate) fn cosh(x: f64) -> f64 {
    let size = x.abs();
    let upper = super::high(size);
    if upper < 0x3FD6_2E43 {
        let t = expm1(size);
        let w = 1.0 + t;
        return if upper < 0x3C80_0000 { w } else { 1.0 + (t * t) / (w + w) };
    }
    if upper < 0x4036_0000 {
        let t = exp(size);
        return 0.5 * t + 0.5 / t;
    }
    if upper < 0x4086_2E42 {
        return 0.5 * exp(size);
    }
    if size <= OVERFLOW {
        let w = exp(0.5 * size);
        return 0.5 * w * w;
    }
    if size.is_finite() { f64::INFINITY } else { size }
}

/// The hyperbolic tangent.
pub(crate) fn tanh(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let size = x.abs();
    if size < 3.725290298461914e-9 {
        return x;
    }
    let z = if size >= 22.0 {
        1.0
    } else if size >= 1.0 {
        1.0 - 2.0 / (expm1(2.0 * size) + 2.0)
    } else {
        let t = expm1(-2.0 * size);
        -t / (t + 2.0)
    };
    z.copysign(x)
}

/// The inverse of the hyperbolic sine.
pub(crate) fn asinh(x: f64) -> f64 {
    let size = x.abs();
    let upper = super::high(size);
    if !x.is_finite() || upper < 0x3E30_0000 {
        return x;
    }
    let w = if upper > 0x41B0_0000 {
        log(size) + LN2
    } else if upper > 0x4000_0000 {
        log(2.0 * size + 1.0 / ((x * x + 1.0).sqrt() + size))
    } else {
        let t = x * x;
        log1p(size + t / (1.0 + (1.0 + t).sqrt()))
    };
    if x > 0.0 { w } else { -w }
}

/// The inverse of the hyperbolic cosine; NaN below 1.
pub(crate) fn acosh(x: f64) -> f64 {
    let upper = super::high(x);
    if x.is_nan() || x < 1.0 {
        return f64::NAN;
    }
    if upper >= 0x41B0_0000 {
        return if x == f64::INFINITY { x } else { log(x) + LN2 };
    }
    if x == 1.0 {
        return 0.0;
    }
    if upper > 0x4000_0000 {
        let t = x * x;
        return log(2.0 * x - 1.0 / (x + (t - 1.0).sqrt()));
    }
    let t = x - 1.0;
    log1p(t + (2.0 * t + t * t).sqrt())
}

/// The inverse of the hyperbolic tangent; NaN outside of -1 to 1.
pub(crate) fn atanh(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() || size > 1.0 {
        return f64::NAN;
    }
    if size == 1.0 {
        return f64::INFINITY.copysign(x);
    }
    if super::high(size) < 0x3E30_0000 {
        return x;
    }
    let t = if size < 0.5 {
        let t = size + size;
        0.5 * log1p(t + t * size / (1.0 - size))
    } else {
        0.5 * log1p((size + size) / (1.0 - size))
    };
    t.copysign(x)
}
