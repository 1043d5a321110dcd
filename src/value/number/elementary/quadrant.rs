//! The remainder of an angle by π/2: fdlibm's `e_rem_pio2.c` and `k_rem_pio2.c`, as V8 has them.

use super::{high, with_high};

/// The quadrant of a finite angle above π/4 (modulo 8), and what is left of it in two parts.
pub(super) fn reduce(x: f64) -> (i32, f64, f64) {
    let size = high(x) & 0x7FFF_FFFF;
    let (n, y, tail) = if size < 0x4002_D97C {
        near(x.abs())
    } else if size <= 0x4139_21FB {
        medium(x.abs())
    } else {
        large(x.abs())
    };
    if x < 0.0 { (-n, -y, -tail) } else { (n, y, tail) }
}

/// π/2 in parts of 33 bits, each with what is left of it.
const PART_1: f64 = 1.57079632673412561417e+00;
const REST_1: f64 = 6.07710050650619224932e-11;
const PART_2: f64 = 6.07710050630396597660e-11;
const REST_2: f64 = 2.02226624879595063154e-21;
const PART_3: f64 = 2.02226624871116645580e-21;
const REST_3: f64 = 8.47842766036889956997e-32;

/// Below 3π/4 one π/2 is taken off.
fn near(x: f64) -> (i32, f64, f64) {
    let mut z = x - PART_1;
    let mut rest = REST_1;
    if high(x) == 0x3FF9_21FB {
        z -= PART_2;
        rest = REST_2;
    }
    let y = z - rest;
    (1, y, (z - y) - rest)
}

/// Up to 2¹⁹ π/2 a product with π/2 in two or three parts will do.
fn medium(x: f64) -> (i32, f64, f64) {
    let n = (x * 6.36619772367581382433e-01 + 0.5) as i32;
    let count = f64::from(n);
    let mut r = x - count * PART_1;
    let mut w = count * REST_1;
    let mut y = r - w;
    // How many bits were lost by the subtraction decides whether the next part is needed. Small angles that are no
    // multiples of π/2, by their upper half, are not asked.
    let lost = |y: f64| (high(x) >> 20) - ((high(y) >> 20) & 0x7FF);
    let is_plain = n < 32 && high(x) != high(count * core::f64::consts::FRAC_PI_2);
    if !is_plain && lost(y) > 16 {
        let t = r;
        w = count * PART_2;
        r = t - w;
        w = count * REST_2 - ((t - r) - w);
        y = r - w;
        if lost(y) > 49 {
            let t = r;
            w = count * PART_3;
            r = t - w;
            w = count * REST_3 - ((t - r) - w);
            y = r - w;
        }
    }
    (n, y, (r - y) - w)
}

/// 2/π, in parts of 24 bits.
const TWO_OVER_PI: [i32; 66] = [
    0xA2F983, 0x6E4E44, 0x1529FC, 0x2757D1, 0xF534DD, 0xC0DB62, 0x95993C, 0x439041, 0xFE5163, 0xABDEBB,
    0xC561B7, 0x246E3A, 0x424DD2, 0xE00649, 0x2EEA09, 0xD1921C, 0xFE1DEB, 0x1CB129, 0xA73EE8, 0x8235F5,
    0x2EBB44, 0x84E99C, 0x7026B4, 0x5F7E41, 0x3991D6, 0x398353, 0x39F49C, 0x845F8B, 0xBDF928, 0x3B1FF8,
    0x97FFDE, 0x05980F, 0xEF2F11, 0x8B5A0A, 0x6D1F6D, 0x367ECF, 0x27CB09, 0xB74F46, 0x3F669E, 0x5FEA2D,
    0x7527BA, 0xC7EBE5, 0xF17B3D, 0x0739F7, 0x8A5292, 0xEA6BFB, 0x5FB11F, 0x8D5D08, 0x560330, 0x46FC7B,
    0x6BABF0, 0xCFBC20, 0x9AF436, 0x1DA9E3, 0x91615E, 0xE61B08, 0x659985, 0x5F14A0, 0x68408D, 0xFFD880,
    0x4D7327, 0x310606, 0x1556CA, 0x73A8C9, 0x60E27B, 0xC08C6B,
];

/// π/2, in parts of 24 bits.
const HALF_PI: [f64; 5] = [
    1.57079625129699707031e+00,
    7.54978941586159635335e-08,
    5.39030252995776476554e-15,
    3.28200341580791294123e-22,
    1.27065575308067607349e-29,
];

const TWO_24: f64 = 16_777_216.0;
const TWO_MINUS_24: f64 = 5.96046447753906250000e-08;

/// How many parts of 2/π are multiplied at first, less one.
const TERMS: usize = 4;

/// Any other angle: only those parts of 2/π count whose product with it is no multiple of 8.
fn large(x: f64) -> (i32, f64, f64) {
    let exponent = (high(x) >> 20) - 1046;
    let mut z = with_high(x, high(x) - (exponent << 20));
    let mut parts = [0.0; 3];
    for part in &mut parts[..2] {
        *part = f64::from(z as i32);
        z = (z - *part) * TWO_24;
    }
    parts[2] = z;
    let count = parts.iter().rposition(|part| *part != 0.0).map_or(1, |last| last + 1);
    Product::new(&parts[..count], exponent).quadrant()
}

/// The product of an angle with 2/π, part by part.
struct Product<'p> {
    parts: &'p [f64],
    first: usize,
    exponent: i32,
    terms: Vec<f64>,
}

impl<'p> Product<'p> {
    fn new(parts: &'p [f64], exponent: i32) -> Self {
        let first = ((exponent - 3) / 24).max(0);
        let mut product = Self {
            parts,
            first: usize::try_from(first).expect("it is at least 0"),
            exponent: exponent - 24 * (first + 1),
            terms: Vec::with_capacity(20),
        };
        product.extend(TERMS + 1);
        product
    }

    /// Computes more terms, so that there are `count`.
    fn extend(&mut self, count: usize) {
        for term in self.terms.len()..count {
            let mut sum = 0.0;
            for (at, part) in self.parts.iter().enumerate() {
                let of_pi = (self.first + term).checked_sub(at).and_then(|at| TWO_OVER_PI.get(at));
                sum += part * f64::from(of_pi.copied().unwrap_or(0));
            }
            self.terms.push(sum);
        }
    }

    fn quadrant(mut self) -> (i32, f64, f64) {
        loop {
            // Whole numbers of 24 bits, the last term first.
            let mut chunks = Vec::with_capacity(20);
            let last = self.terms.len() - 1;
            let mut z = self.terms[last];
            for at in (1..=last).rev() {
                let carried = f64::from((TWO_MINUS_24 * z) as i32);
                chunks.push((z - TWO_24 * carried) as i32);
                z = self.terms[at - 1] + carried;
            }
            z = libm::scalbn(z, self.exponent);
            z -= 8.0 * (z * 0.125).floor();
            let mut n = z as i32;
            z -= f64::from(n);
            let half = self.split(&mut chunks, z, &mut n);
            if half > 0 {
                n += 1;
                z = self.complement(&mut chunks, z, half);
            }
            if z == 0.0 && chunks[TERMS..].iter().all(|chunk| *chunk == 0) {
                // All that is left was lost: more parts of 2/π are needed.
                let zeros = chunks[..TERMS].iter().rev().take_while(|chunk| **chunk == 0).count();
                self.extend(self.terms.len() + zeros + 1);
                continue;
            }
            let (y, tail) = self.remainder(chunks, z);
            return if half == 0 { (n & 7, y, tail) } else { (n & 7, -y, -tail) };
        }
    }

    /// Takes the integer bits out of the last chunk; more than 0 if what is left is at least one half.
    fn split(&self, chunks: &mut [i32], z: f64, n: &mut i32) -> i32 {
        let last = chunks.last_mut().expect("there are at least as many as terms at first");
        match self.exponent {
            0 => *last >> 23,
            exponent @ 1.. => {
                let whole = *last >> (24 - exponent);
                *n += whole;
                *last -= whole << (24 - exponent);
                *last >> (23 - exponent)
            }
            _ if z >= 0.5 => 2,
            _ => 0,
        }
    }

    /// 1 minus the fraction.
    fn complement(&self, chunks: &mut [i32], z: f64, half: i32) -> f64 {
        let mut has_carry = false;
        for chunk in chunks.iter_mut() {
            if has_carry {
                *chunk = 0xFF_FFFF - *chunk;
            } else if *chunk != 0 {
                has_carry = true;
                *chunk = 0x100_0000 - *chunk;
            }
        }
        if let Some(last) = chunks.last_mut() {
            match self.exponent {
                1 => *last &= 0x7F_FFFF,
                2 => *last &= 0x3F_FFFF,
                _ => {}
            }
        }
        if half != 2 {
            return z;
        }
        let left = 1.0 - z;
        if has_carry { left - libm::scalbn(1.0, self.exponent) } else { left }
    }

    /// The fraction times π/2, in two parts.
    fn remainder(&self, mut chunks: Vec<i32>, z: f64) -> (f64, f64) {
        let mut exponent = self.exponent;
        if z == 0.0 {
            exponent -= 24;
            while chunks.last() == Some(&0) {
                chunks.pop();
                exponent -= 24;
            }
        } else {
            let z = libm::scalbn(z, -exponent);
            if z >= TWO_24 {
                let carried = f64::from((TWO_MINUS_24 * z) as i32);
                chunks.push((z - TWO_24 * carried) as i32);
                exponent += 24;
                chunks.push(carried as i32);
            } else {
                chunks.push(z as i32);
            }
        }
        let mut scale = libm::scalbn(1.0, exponent);
        let mut terms = vec![0.0; chunks.len()];
        for (term, chunk) in terms.iter_mut().zip(&chunks).rev() {
            *term = scale * f64::from(*chunk);
            scale *= TWO_MINUS_24;
        }
        let products: Vec<f64> = (0..terms.len())
            .rev()
            .map(|at| terms[at..].iter().zip(HALF_PI).fold(0.0, |sum, (term, part)| sum + part * term))
            .collect();
        let whole = products.iter().rev().fold(0.0, |sum, product| sum + product);
        let tail = products[1..].iter().fold(products[0] - whole, |sum, product| sum + product);
        (whole, tail)
    }
}
