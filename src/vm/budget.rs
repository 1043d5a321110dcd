//! Limits, and what is left of them.

/// What one evaluation may use. All of them hold always.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Steps: about one an instruction, one an element visited, one for 32 bytes of text.
    pub fuel: u64,
    /// Bytes allocated, in sum; what is freed does not count back.
    pub memory: usize,
    /// Calls inside calls; past it JavaScript's own `RangeError`.
    pub calls: u32,
    /// Values and 32-byte pieces of text in what leaves the evaluation.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fuel: 50_000_000, memory: 256 << 20, calls: 1_000, output: 4_000_000 }
    }
}
