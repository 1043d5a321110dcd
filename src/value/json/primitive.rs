//! Numbers, `true`, `false` and `null` in JSON text.

use super::failure::Failure;
use super::parse::Parser;
use crate::value::{Meter, Thrown, Value};

impl<M: Meter + ?Sized> Parser<'_, '_, M> {
    /// A number, `true`, `false` or `null`.
    #[inline]
    pub(super) fn primitive(&mut self) -> Result<Value, Thrown> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => Ok(Value::Number(self.number()?)),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.fail(Failure::Unexpected)),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Thrown> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.fail(Failure::Unexpected));
            }
            self.at += 1;
        }
        Ok(value)
    }

    #[inline]
    fn number(&mut self) -> Result<f64, Thrown> {
        let start = self.at;
        let is_negative = self.bytes[self.at] == b'-';
        self.at += usize::from(is_negative);
        let mut mantissa = 0_u64;
        let digits = self.digits(&mut mantissa);
        if digits == 0 {
            return Err(self.fail(Failure::NoNumberAfterMinus));
        }
        if digits > 1 && self.bytes[self.at - digits] == b'0' {
            self.at -= digits - 1;
            return Err(self.fail(Failure::UnexpectedNumber));
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) || digits > 15 {
            return self.long_number(start, mantissa, digits);
        }
        let number = mantissa as f64;
        Ok(if is_negative { -number } else { number })
    }

    /// Reads digits into `mantissa`, which wraps where there are more than it can hold, and counts them.
    #[inline]
    fn digits(&mut self, mantissa: &mut u64) -> usize {
        let start = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        self.at - start
    }

    /// A number with a fraction, an exponent or many digits; the digits before them are read.
    fn long_number(&mut self, start: usize, mut mantissa: u64, mut digits: usize) -> Result<f64, Thrown> {
        let mut fraction = 0;
        if self.peek() == Some(b'.') {
            self.at += 1;
            fraction = self.digits(&mut mantissa);
            digits += fraction;
            if fraction == 0 {
                return Err(self.fail(Failure::UnterminatedFraction));
            }
        }
        let mut has_exponent = false;
        if let Some(b'e' | b'E') = self.peek() {
            has_exponent = true;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.digits(&mut 0) == 0 {
                return Err(self.fail(Failure::NoExponent));
            }
        }
        // Both operands exact, so that the quotient is rounded once (Clinger, "How to read floating point numbers
        // accurately", 1990).
        if !has_exponent && digits <= 15 && fraction < POWERS_OF_TEN.len() {
            let number = mantissa as f64 / POWERS_OF_TEN[fraction];
            return Ok(if self.bytes[start] == b'-' { -number } else { number });
        }
        let text = &self.text[start..self.at];
        Ok(text.parse().expect("a JSON number is what the standard library reads"))
    }
}

/// The powers of ten that a double holds exactly.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
