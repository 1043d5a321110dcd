//! How long runs took.

use std::time::Duration;

use hdrhistogram::Histogram;

/// A distribution of durations, to 1 % (two significant digits), from a microsecond to an hour.
pub(crate) struct Latency(Histogram<u64>);

/// An interval of the distribution and how many runs fell into it.
pub(super) struct Bucket {
    pub(super) from: Duration,
    pub(super) to: Duration,
    pub(super) count: u64,
}

impl Latency {
    const SHORTEST: u64 = 1_000;
    const LONGEST: u64 = 3_600_000_000_000;

    pub(crate) fn new() -> Self {
        let histogram = Histogram::new_with_bounds(Self::SHORTEST, Self::LONGEST, 2);
        Self(histogram.expect("the bounds are in order, two digits are allowed"))
    }

    /// Counts a run. O(1).
    pub(crate) fn record(&mut self, duration: Duration) {
        self.0.saturating_record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The duration that so many of 100 runs did not exceed.
    pub(super) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_percentile(percent))
    }

    /// Intervals that double, from the first that holds a run to the last.
    pub(super) fn buckets(&self) -> Vec<Bucket> {
        let mut from = 0;
        let mut buckets = Vec::new();
        for step in self.0.iter_log(Self::SHORTEST, 2.0) {
            let to = step.value_iterated_to();
            buckets.push(Bucket {
                from: Duration::from_nanos(from),
                to: Duration::from_nanos(to),
                count: step.count_since_last_iteration(),
            });
            from = to;
        }
        let first = buckets.iter().position(|bucket| bucket.count > 0).unwrap_or(0);
        buckets.drain(..first);
        buckets
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn every_run_is_in_one_interval() {
        let mut latency = Latency::new();
        for micros in 1..=1_000 {
            latency.record(Duration::from_micros(micros));
        }
        latency.record(Duration::from_secs(100_000));
        let buckets = latency.buckets();
        assert_eq!(buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 1_001);
        assert!(buckets.iter().all(|bucket| bucket.from < bucket.to));
        let median = latency.percentile(50.0).as_secs_f64() * 1e6;
        assert!((495.0..=506.0).contains(&median), "{median}");
    }
}
