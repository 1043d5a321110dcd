//! What the accumulator and the stack hold: values of their own, or borrowed ones.

use crate::value::Value;

/// A value, borrowed from constants, variables or arguments where it need not be cloned.
#[derive(Clone, Debug)]
pub(super) enum Operand<'a> {
    /// Made here.
    Owned(Value),
    /// Somebody else's, alive for as long as the function runs.
    Borrowed(&'a Value),
}

const _: () = assert!(size_of::<Operand<'_>>() == 16);

impl Operand<'_> {
    pub(super) const UNDEFINED: Self = Self::Owned(Value::Undefined);

    /// A number.
    #[inline]
    pub(super) fn number(number: f64) -> Self {
        Self::Owned(Value::Number(number))
    }

    /// A boolean.
    #[inline]
    pub(super) fn bool(claim: bool) -> Self {
        Self::Owned(Value::Bool(claim))
    }

    /// Whether dropping it does nothing.
    #[inline]
    fn is_plain(&self) -> bool {
        match self {
            Self::Borrowed(_) => true,
            Self::Owned(value) => {
                matches!(
                    value,
                    Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Native(_)
                )
            }
        }
    }

    /// Puts another value in its place. What needs no drop, nearly always, is spared the call of one.
    #[inline]
    pub(super) fn set(&mut self, value: Self) {
        let old = std::mem::replace(self, value);
        if old.is_plain() {
            std::mem::forget(old);
        } else {
            drop(old);
        }
    }

    /// As `truthy`, with booleans first.
    #[inline]
    pub(super) fn truthy(&self) -> bool {
        match self {
            Self::Owned(Value::Bool(claim)) | Self::Borrowed(Value::Bool(claim)) => *claim,
            other => other.get().truthy(),
        }
    }

    /// The value.
    #[inline]
    pub(super) fn get(&self) -> &Value {
        match self {
            Self::Owned(value) => value,
            Self::Borrowed(value) => value,
        }
    }

    /// The value, cloned where it is borrowed.
    #[inline]
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Owned(value) => value,
            Self::Borrowed(value) => value.clone(),
        }
    }

    /// A second handle to the value: borrowed again where it is borrowed.
    #[inline]
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Owned(Value::Number(number)) => Self::number(*number),
            Self::Owned(value) => Self::Owned(value.clone()),
            Self::Borrowed(value) => Self::Borrowed(value),
        }
    }
}
