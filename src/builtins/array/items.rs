//! Items collected one by one, paid for as room for them is made.

use crate::builtins::{Call, Collect, Host, Outcome};
use crate::value::{Array, Thrown, Value};

/// An array that grows.
#[derive(Default)]
pub(super) struct Items(Vec<Value>);

impl Items {
    /// Room for so many items, paid for.
    pub(super) fn with_capacity(count: usize, host: &mut dyn Host) -> Result<Self, Thrown> {
        host.allocate(count.saturating_mul(size_of::<Value>()))?;
        Ok(Self(Vec::with_capacity(count)))
    }

    /// Adds an item; the room doubles when it is full.
    #[inline]
    pub(super) fn push(&mut self, item: Value, host: &mut dyn Host) -> Result<(), Thrown> {
        if self.0.len() == self.0.capacity() {
            self.grow(host)?;
        }
        self.0.push(item);
        Ok(())
    }

    /// Makes `map` or `filter` of as many items of `array` as the host can do without entering anything, within the
    /// room; how many that were.
    pub(super) fn collect(
        &mut self,
        collect: Collect,
        call: &mut Call<'_>,
        callback: &Value,
        array: &Array,
    ) -> usize {
        call.host.collect(collect, callback, array.items(), call.this, &mut self.0)
    }

    #[cold]
    fn grow(&mut self, host: &mut dyn Host) -> Result<(), Thrown> {
        let more = self.0.capacity().max(8);
        host.allocate(more.saturating_mul(size_of::<Value>()))?;
        self.0.reserve_exact(more);
        Ok(())
    }

    pub(super) fn finish(self) -> Outcome {
        Array::new(self.0).map(Value::Array)
    }
}
