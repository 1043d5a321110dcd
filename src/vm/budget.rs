//! Limits, and what is left of them.

use crate::value::{BYTES_PER_UNIT, Meter, Thrown};

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
    /// Values, and pieces of 32 bytes of text, in a result that the evaluation made.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fuel: 50_000_000, memory: 256 << 20, calls: 10_000, output: 4_000_000 }
    }
}

/// What one evaluation has left.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    fuel: u64,
    memory: usize,
    calls: u32,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { fuel: limits.fuel, memory: limits.memory, calls: limits.calls }
    }

    /// Pays for `units` steps.
    #[inline]
    pub(super) fn step(&mut self, units: u64) -> Result<(), Thrown> {
        match self.fuel.checked_sub(units) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => Err(out_of_fuel()),
        }
    }

    /// Whether there is fuel for so many steps.
    #[inline]
    pub(super) fn has(&self, units: u64) -> bool {
        self.fuel >= units
    }

    /// Gives back what was paid for nothing.
    pub(super) fn refund(&mut self, units: u64) {
        self.fuel += units;
    }

    /// Enters a call; [`leave_call`](Self::leave_call) ends it.
    #[inline]
    pub(super) fn enter_call(&mut self) -> Result<(), Thrown> {
        match self.calls.checked_sub(1) {
            Some(left) => {
                self.calls = left;
                Ok(())
            }
            None => Err(Thrown::range("Maximum call stack size exceeded")),
        }
    }

    #[inline]
    pub(super) fn leave_call(&mut self) {
        self.calls += 1;
    }
}

impl Meter for Budget {
    #[inline]
    fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        self.step(units as u64)
    }

    #[inline]
    fn allocate(&mut self, bytes: usize) -> Result<(), Thrown> {
        self.step((bytes / BYTES_PER_UNIT) as u64)?;
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => Err(out_of_memory()),
        }
    }
}

#[cold]
fn out_of_fuel() -> Thrown {
    Thrown::limit("the expression takes more steps than it may")
}

#[cold]
fn out_of_memory() -> Thrown {
    Thrown::limit("the expression makes more data than it may")
}
