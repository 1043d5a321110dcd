//! Counts over many runs: how often each agent executed, which version served, which agents ran together.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::Ensemble;
use super::run::{Failure, Run};
use crate::draw::{Seed, run_seed};
use crate::value::{Array, ObjectBuilder, Str, Thrown, Value};

/// How many failures are kept.
const FAILURES_KEPT: usize = 20;

/// What a batch of runs came to.
#[derive(Clone, Debug)]
pub struct Tally {
    ensemble: Ensemble,
    seed: Seed,
    runs: u64,
    failed: u64,
    unkeyed: u64,
    failures: Vec<Failed>,
    agents: Vec<Counts>,
    components: Vec<IndexMap<Arc<str>, u64>>,
    /// By which agents executed, a bit each.
    combinations: HashMap<Box<[u64]>, u64>,
    /// The combination of the run at hand, kept between runs.
    executed: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    executed: u64,
    failed: u64,
}

/// A run of a batch that failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failed {
    /// Which run, counted from 0.
    pub run: u64,
    /// Its seed: it alone replays the run.
    pub seed: Seed,
    /// Why.
    pub error: Failure,
}

/// A share of all runs, with the interval that holds the true one in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of all, from 0 to 1.
    pub share: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

impl Share {
    /// `count` of `of`, with Wilson's score interval (E. B. Wilson, "Probable Inference, the Law of Succession, and
    /// Statistical Inference", 1927), which stays within 0 and 1 and is right for rare things too.
    #[must_use]
    pub fn of(count: u64, of: u64) -> Self {
        /// The standard normal distribution's 97.5 % point.
        const Z: f64 = 1.959_963_984_540_054;
        if of == 0 {
            return Self { count, share: 0.0, low: 0.0, high: 1.0 };
        }
        let (hits, total) = (count as f64, of as f64);
        let share = hits / total;
        let scale = 1.0 + Z * Z / total;
        let middle = (share + Z * Z / (2.0 * total)) / scale;
        let half = Z / scale * (share * (1.0 - share) / total + Z * Z / (4.0 * total * total)).sqrt();
        // Rounding must not push an end past a share of none or of all.
        let low = if count == 0 { 0.0 } else { (middle - half).max(0.0) };
        let high = if count == of { 1.0 } else { (middle + half).min(1.0) };
        Self { count, share, low, high }
    }
}

impl Tally {
    /// Of no runs yet. `seed` is the batch's: run `k` has the seed [`seed_of`](Self::seed_of) `k`.
    #[must_use]
    pub fn new(ensemble: &Ensemble, seed: Seed) -> Self {
        let count = ensemble.agents().len();
        Self {
            ensemble: ensemble.clone(),
            seed,
            runs: 0,
            failed: 0,
            unkeyed: 0,
            failures: Vec::new(),
            agents: vec![Counts::default(); count],
            components: vec![IndexMap::new(); count],
            combinations: HashMap::new(),
            executed: vec![0; count.div_ceil(64)],
        }
    }

    /// The seed of run `k`, counted from 0.
    #[must_use]
    pub fn seed_of(&self, k: u64) -> Seed {
        run_seed(self.seed, k)
    }

    /// Counts run `k`. The order in which runs come does not matter, except for which failures are kept: the lowest.
    pub fn record(&mut self, k: u64, run: &Run) {
        self.runs += 1;
        self.unkeyed += u64::from(run.is_unkeyed());
        if let Some(error) = run.error() {
            self.failed += 1;
            self.keep(Failed { run: k, seed: run.seed(), error: error.clone() });
        }
        self.executed.fill(0);
        for (at, (_, state)) in run.agents().enumerate() {
            let Some(counts) = self.agents.get_mut(at) else { break };
            counts.executed += u64::from(state.executed);
            counts.failed += u64::from(state.failed());
            if state.executed {
                self.executed[at / 64] |= 1 << (at % 64);
            }
            if let Some(component) = &state.component {
                match self.components[at].get_mut(component) {
                    Some(count) => *count += 1,
                    None => drop(self.components[at].insert(component.clone(), 1)),
                }
            }
        }
        match self.combinations.get_mut(self.executed.as_slice()) {
            Some(count) => *count += 1,
            None => drop(self.combinations.insert(self.executed.as_slice().into(), 1)),
        }
    }

    fn keep(&mut self, failed: Failed) {
        let at = self.failures.partition_point(|kept| kept.run < failed.run);
        if at < FAILURES_KEPT {
            self.failures.insert(at, failed);
            self.failures.truncate(FAILURES_KEPT);
        }
    }

    /// How many runs were counted.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How many of them failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// How many had no sticky key though the ensemble is sticky.
    #[must_use]
    pub fn unkeyed(&self) -> u64 {
        self.unkeyed
    }

    /// The first of those that failed.
    #[must_use]
    pub fn failures(&self) -> &[Failed] {
        &self.failures
    }

    /// The agents in the file's order: in how many runs each executed, and in how many it failed.
    pub fn agents(&self) -> impl Iterator<Item = (&str, Share, Share)> {
        let counts = self.ensemble.agents().zip(&self.agents);
        counts.map(|(name, counts)| {
            (name, Share::of(counts.executed, self.runs), Share::of(counts.failed, self.runs))
        })
    }

    /// The versions that served each agent that any served, the most frequent first.
    pub fn components(&self) -> impl Iterator<Item = (&str, Vec<(&str, Share)>)> {
        let agents = self.ensemble.agents().zip(&self.components);
        agents.filter(|(_, versions)| !versions.is_empty()).map(|(name, versions)| {
            let mut versions: Vec<(&str, Share)> =
                versions.iter().map(|(version, &count)| (&**version, Share::of(count, self.runs))).collect();
            versions.sort_by(|a, b| b.1.count.cmp(&a.1.count).then(a.0.cmp(b.0)));
            (name, versions)
        })
    }

    /// Which agents executed together, the most frequent first.
    #[must_use]
    pub fn combinations(&self) -> Vec<(Vec<&str>, Share)> {
        let mut combinations: Vec<(&[u64], u64)> =
            self.combinations.iter().map(|(bits, &count)| (&**bits, count)).collect();
        combinations.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| b.0.cmp(a.0)));
        let named = |bits: &[u64]| {
            let names = self.ensemble.agents().enumerate();
            names.filter(|(at, _)| bits[at / 64] >> (at % 64) & 1 == 1).map(|(_, name)| name).collect()
        };
        combinations.into_iter().map(|(bits, count)| (named(bits), Share::of(count, self.runs))).collect()
    }

    /// `{"ensemble","runs","failed","unkeyed","seed","failures","agents","components","combinations"}`, on one line,
    /// in this order.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.to_value().unwrap_or_default().to_json_string()
    }

    /// What [`to_json`](Self::to_json) writes, as a value.
    ///
    /// # Errors
    /// Never: it is five levels deep.
    pub fn to_value(&self) -> Result<Value, Thrown> {
        let failures = self.failures.iter().map(|failed| {
            object([
                ("run", number(failed.run)),
                ("seed", number(failed.seed.get())),
                ("error", failed.error.to_value()?),
            ])
        });
        let mut agents = ObjectBuilder::new();
        for (name, executed, failed) in self.agents() {
            let counts = object([("executed", number(executed.count)), ("failed", number(failed.count))])?;
            agents.insert(name.into(), counts);
        }
        let mut components = ObjectBuilder::new();
        for (name, versions) in self.components() {
            let versions = versions.into_iter().map(|(version, share)| (version, number(share.count)));
            components.insert(name.into(), counted(versions)?);
        }
        let combinations = self.combinations().into_iter().map(|(names, share)| {
            let names = names.into_iter().map(Value::from).collect();
            object([("executed", Value::Array(Array::new(names)?)), ("count", number(share.count))])
        });
        object([
            ("ensemble", self.ensemble.name().into()),
            ("runs", number(self.runs)),
            ("failed", number(self.failed)),
            ("unkeyed", number(self.unkeyed)),
            ("seed", number(self.seed.get())),
            ("failures", list(failures)?),
            ("agents", Value::Object(agents.build()?)),
            ("components", Value::Object(components.build()?)),
            ("combinations", list(combinations)?),
        ])
    }
}

fn number(count: u64) -> Value {
    Value::Number(count as f64)
}

fn list(items: impl Iterator<Item = Result<Value, Thrown>>) -> Result<Value, Thrown> {
    Array::new(items.collect::<Result<_, _>>()?).map(Value::Array)
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Result<Value, Thrown> {
    counted(entries.into_iter())
}

fn counted<'k>(entries: impl Iterator<Item = (&'k str, Value)>) -> Result<Value, Thrown> {
    let mut object = ObjectBuilder::new();
    for (key, value) in entries {
        object.insert(Str::from(key), value);
    }
    object.build().map(Value::Object)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn shares_have_wilsons_interval() {
        let share = Share::of(10, 100);
        assert_eq!(format!("{:.4} {:.4} {:.4}", share.share, share.low, share.high), "0.1000 0.0552 0.1744");
        let none = Share::of(0, 1_000);
        assert_eq!((none.low, format!("{:.5}", none.high)), (0.0, "0.00383".to_owned()));
        let all = Share::of(1_000, 1_000);
        assert_eq!((format!("{:.5}", all.low), all.high), ("0.99617".to_owned(), 1.0));
        assert_eq!(Share::of(0, 0), Share { count: 0, share: 0.0, low: 0.0, high: 1.0 });
    }
}
