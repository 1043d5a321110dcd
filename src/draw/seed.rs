//! Seeds: what a run is replayed from.

use super::hash::framed_number;
use std::fmt;
use std::str::FromStr;

/// What all draws of a run come from: an integer from 0 to 2⁵³ − 1, so that JSON carries it exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seed(u64);

/// What was given is no seed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a seed is an integer from 0 to 9007199254740991 (2^53 - 1), not `{0}`")]
pub struct InvalidSeed(pub String);

impl Seed {
    /// The largest seed, 2⁵³ − 1.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The seed of that number.
    ///
    /// # Errors
    /// [`InvalidSeed`] past [`Seed::MAX`].
    pub fn new(number: u64) -> Result<Self, InvalidSeed> {
        if number <= Self::MAX.0 { Ok(Self(number)) } else { Err(InvalidSeed(number.to_string())) }
    }

    /// A seed of the low 53 bits of any number: for who has random bits and wants a seed.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & Self::MAX.0)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    pub(super) fn to_le_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }
}

/// Any 32 bits are a seed: so that a small literal can be given as it is.
impl From<u32> for Seed {
    fn from(number: u32) -> Self {
        Self(u64::from(number))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Seed {
    type Err = InvalidSeed;

    fn from_str(text: &str) -> Result<Self, InvalidSeed> {
        let number = text.parse().map_err(|_| InvalidSeed(text.to_owned()))?;
        Self::new(number)
    }
}

/// The seed of run `k`, counted from 0, of a batch. Runs of different batches have nothing in common, also where the
/// batches' seeds are neighbours.
#[must_use]
pub fn run_seed(batch: Seed, k: u64) -> Seed {
    Seed::from_bits(framed_number(&[b"segue-1 run", &batch.to_le_bytes(), &k.to_le_bytes()]))
}

/// The seed of the ensemble that `agent` runs, in a run whose seed is `parent`. A retry gets the same.
#[must_use]
pub fn nested_seed(parent: Seed, agent: &str) -> Seed {
    Seed::from_bits(framed_number(&[b"segue-1 nested", &parent.to_le_bytes(), agent.as_bytes()]))
}
