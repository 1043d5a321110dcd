//! The orchestration engines: whole runs with agents that do next to nothing. An agent takes `{v: n}` and gives
//! `{v: n + 1}`, so that answers can be checked. Each engine and workload is a process of its own, for its memory.

mod by_hand;
#[cfg(feature = "all")]
mod dagrs;
#[cfg(feature = "all")]
mod dagx;
#[cfg(feature = "all")]
mod graph_flow;
mod petgraph;
mod segue;

use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::measure::{Spent, peak_kib, whole};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// Two agents behind gates of 90 and 10 %, one result.
    E1,
    /// A chain of 10.
    E2,
    /// One, then 100, then one.
    E3,
    /// 100 layers of 10, each agent of which needs two of the layer before.
    E4,
    /// 100 agents that sleep for 10 ms, independent of each other.
    E5,
    /// 10,000 runs of E1 at once, whose agents suspend.
    E6,
    /// Loading E1's definition: YAML where the engine has it.
    E7,
    /// Two chains of 10 side by side, whose naps of 10 and 30 ms take turns: 200 ms each, and 300 for who waits at the
    /// end of each step.
    E8,
}

pub const ALL: [Id; 8] = [Id::E1, Id::E2, Id::E3, Id::E4, Id::E5, Id::E6, Id::E7, Id::E8];

/// What E5's agents do.
pub const NAP: Duration = Duration::from_millis(10);

/// What the agents of E8 do: so many milliseconds, by chain and place.
pub fn nap(chain: usize, at: usize) -> Duration {
    NAP * if (chain + at).is_multiple_of(2) { 1 } else { 3 }
}

/// Runs of E6.
pub const AT_ONCE: usize = 10_000;

impl Id {
    pub fn about(self) -> &'static str {
        match self {
            Self::E1 => "canary: two gates, one result",
            Self::E2 => "a chain of 10",
            Self::E3 => "1 → 100 → 1",
            Self::E4 => "100 layers of 10",
            Self::E5 => "100 that sleep 10 ms",
            Self::E6 => "10,000 of E1 at once, suspending",
            Self::E7 => "loading E1",
            Self::E8 => "skewed: two chains of 10, 200 ms each",
        }
    }

    /// What the last agent gives.
    pub fn answer(self) -> u64 {
        match self {
            Self::E1 | Self::E5 | Self::E6 | Self::E7 | Self::E8 => 1,
            Self::E2 => 10,
            Self::E3 => 3,
            Self::E4 => 100,
        }
    }

    /// How many agents E2, E3 and E4 have, and which ones each needs.
    pub fn graph(self) -> Vec<Vec<usize>> {
        match self {
            Self::E2 => (0..10_usize).map(|at| at.checked_sub(1).into_iter().collect()).collect(),
            Self::E3 => std::iter::once(Vec::new())
                .chain((0..100).map(|_| vec![0]))
                .chain(std::iter::once((1..=100).collect()))
                .collect(),
            Self::E4 => (0..1000)
                .map(|at: usize| match at.checked_sub(10) {
                    None => Vec::new(),
                    Some(above) => vec![above, above - above % 10 + (above + 1) % 10],
                })
                .collect(),
            Self::E1 | Self::E5 | Self::E6 | Self::E7 | Self::E8 => Vec::new(),
        }
    }
}

/// What one process has measured.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measured {
    /// Microseconds of a run.
    pub wall: f64,
    /// Microseconds of CPU time of a run, all threads.
    pub cpu: f64,
    pub peak_kib: u64,
}

/// One engine; what it cannot do it does not measure.
pub struct Engine {
    pub name: &'static str,
    pub package: &'static str,
    measure: fn(Id) -> Option<Spent>,
}

pub const ENGINES: &[Engine] = &[
    Engine { name: "tokio, by hand", package: "tokio", measure: by_hand::measure },
    Engine { name: "petgraph + tokio, by hand", package: "petgraph", measure: petgraph::measure },
    Engine { name: "segue", package: "segue", measure: segue::traced },
    Engine { name: "segue, no trace", package: "segue", measure: segue::untraced },
    #[cfg(feature = "all")]
    Engine { name: "graph-flow", package: "graph-flow", measure: graph_flow::measure },
    #[cfg(feature = "all")]
    Engine { name: "dagx", package: "dagx", measure: dagx::measure },
    #[cfg(feature = "all")]
    Engine { name: "dagrs", package: "dagrs", measure: dagrs::measure },
];

/// Measures in this process, and prints it.
pub fn measure_here(engine: &str, id: &str) {
    let engine = ENGINES.iter().find(|known| known.name == engine).expect("an engine of this name");
    let id = ALL.into_iter().find(|known| format!("{known:?}") == id).expect("a workload of this name");
    let measured =
        (engine.measure)(id).map(|Spent { wall, cpu }| Measured { wall, cpu, peak_kib: peak_kib() });
    println!("{}", serde_json::to_string(&measured).expect("numbers are JSON"));
}

/// Measures in a process of its own; an error says how it ended.
pub fn measure_apart(engine: &Engine, id: Id) -> Result<Option<Measured>, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(this)
        .args(["--measure", engine.name, &format!("{id:?}")])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(said.lines().last().unwrap_or_default())
        .map_err(|_| format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// Batches of some length of `job`, which does so many runs.
fn timed(job: impl FnMut(usize)) -> Option<Spent> {
    Some(whole(7, Duration::from_millis(150), job))
}

/// As [`timed`], of work that is `units` runs each time.
fn timed_in_lots(units: usize, mut job: impl FnMut()) -> Option<Spent> {
    let spent = whole(5, Duration::from_millis(50), |times| (0..times).for_each(|_| job()));
    Some(Spent { wall: spent.wall / units as f64, cpu: spent.cpu / units as f64 })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Checks that the canary's share is a tenth, if there were enough runs to tell.
fn check_share(canaries: usize, runs: usize) {
    let share = canaries as f64 / runs as f64;
    assert!(runs < 10_000 || (share - 0.1).abs() < 0.02, "the canary ran in {:.1} %", share * 100.0);
}
