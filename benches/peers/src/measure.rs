//! Timing. All that is compared takes turns, batch by batch, so that a busy machine slows everyone alike; what is read
//! is the thread's CPU time, so that waiting for a core does not count; what is told is the median.

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub batches: usize,
    pub batch: Duration,
}

impl Patience {
    pub const USUAL: Self = Self { batches: 15, batch: Duration::from_millis(12) };
    pub const SHORT: Self = Self { batches: 5, batch: Duration::from_millis(4) };
}

/// Something that can be done any number of times.
pub type Job<'j> = &'j mut dyn FnMut(usize);

/// The median time of doing each job once, in nanoseconds.
pub fn in_turns(patience: Patience, jobs: &mut [Job<'_>]) -> Vec<f64> {
    let sizes: Vec<usize> = jobs.iter_mut().map(|job| batch_size(patience, job)).collect();
    let mut samples = vec![Vec::with_capacity(patience.batches); jobs.len()];
    for _ in 0..patience.batches {
        for (at, job) in jobs.iter_mut().enumerate() {
            let begun = ThreadTime::now();
            job(sizes[at]);
            samples[at].push(begun.elapsed().as_nanos() as f64 / sizes[at] as f64);
        }
    }
    samples.into_iter().map(median).collect()
}

pub fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// So many times fill a batch; finding out is the warm-up.
fn batch_size(patience: Patience, job: &mut dyn FnMut(usize)) -> usize {
    let (mut times, warm_from) = (16, ThreadTime::now());
    loop {
        let begun = ThreadTime::now();
        job(times);
        let took = begun.elapsed();
        if took < patience.batch / 2 {
            times *= 2;
        } else if warm_from.elapsed() > patience.batch * 4 {
            return ((times as f64 * patience.batch.as_secs_f64() / took.as_secs_f64()) as usize).max(1);
        }
    }
}

/// Allocations of Rust's heap per time, what happens only once left out.
pub fn allocations(job: Job<'_>) -> f64 {
    const TIMES: usize = 640;
    let mut count = |times| allocation_counter::measure(|| job(times)).count_total;
    let (few, many) = (count(64), count(64 + TIMES));
    many.saturating_sub(few) as f64 / TIMES as f64
}

/// What a whole process needed: microseconds of wall and CPU time a unit.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    pub wall: f64,
    pub cpu: f64,
}

/// Does a job in batches of so many units and gives the median wall time and the mean CPU time of a unit. The CPU time
/// is the process's: runtimes have threads of their own.
pub fn whole(batches: usize, batch: Duration, mut job: impl FnMut(usize)) -> Spent {
    let mut units = 1;
    loop {
        let begun = Instant::now();
        job(units);
        let took = begun.elapsed();
        if took * 3 >= batch {
            units = ((units as f64 * batch.as_secs_f64() / took.as_secs_f64()) as usize).max(1);
            break;
        }
        units *= 4;
    }
    let cpu = ProcessTime::now();
    let walls = (0..batches).map(|_| {
        let begun = Instant::now();
        job(black_box(units));
        begun.elapsed().as_secs_f64() * 1e6 / units as f64
    });
    let wall = median(walls.collect());
    Spent { wall, cpu: cpu.elapsed().as_secs_f64() * 1e6 / (batches * units) as f64 }
}

/// The most memory that this process has had, in KiB; 0 where `/proc` does not tell.
pub fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
