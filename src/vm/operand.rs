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
            Self::Owned(value) => Self::Owned(value.clone()),
            Self::Borrowed(value) => Self::Borrowed(value),
        }
    }
}
