//! What was measured, as Markdown.

use std::collections::BTreeSet;
use std::fmt;

/// Which table of the expression engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Prepared,
    Converted,
    Allocations,
    /// CPU time of whole runs.
    Cpu,
    /// Wall time of whole runs.
    Wall,
    Memory,
}

const TABLES: [(Table, &str); 6] = [
    (Table::Prepared, "Nanoseconds an evaluation, the request in the engine's own form"),
    (
        Table::Converted,
        "Nanoseconds an evaluation, the request a fresh `serde_json::Value` (node: JSON text)",
    ),
    (Table::Allocations, "Allocations an evaluation, of Rust's heap, the request in the engine's own form"),
    (Table::Cpu, "Whole runs: microseconds of CPU time, all threads (E7: of loading)"),
    (Table::Wall, "Whole runs: microseconds of wall time"),
    (Table::Memory, "Whole runs: the most memory of the process, MiB"),
];

#[derive(Default)]
pub struct Report {
    cells: Vec<(Table, &'static str, String, f64)>,
    packages: BTreeSet<&'static str>,
    facts: Vec<String>,
    remarks: Vec<String>,
}

impl Report {
    pub fn time(&mut self, table: Table, row: &'static str, column: &str, figure: f64) {
        self.cells.push((table, row, column.to_owned(), figure));
    }

    pub fn run(&mut self, row: &'static str, column: &str, measured: &crate::run::Measured) {
        self.time(Table::Cpu, row, column, measured.cpu);
        self.time(Table::Wall, row, column, measured.wall);
        self.time(Table::Memory, row, column, measured.peak_kib as f64 / 1024.0);
    }

    pub fn version(&mut self, package: &'static str) {
        if !package.is_empty() {
            self.packages.insert(package);
        }
    }

    pub fn fact(&mut self, fact: String) {
        self.facts.push(fact);
    }

    pub fn remark(&mut self, remark: String) {
        eprintln!("{remark}");
        self.remarks.push(remark);
    }

    fn find(&self, table: Table, row: &str, column: &str) -> Option<f64> {
        let found = self.cells.iter().find(|(t, r, c, _)| *t == table && *r == row && c == column);
        found.map(|(_, _, _, figure)| *figure)
    }

    fn table(&self, f: &mut fmt::Formatter<'_>, table: Table) -> fmt::Result {
        let mut rows: Vec<&str> = Vec::new();
        let mut columns: Vec<&str> = Vec::new();
        for (_, row, column, _) in self.cells.iter().filter(|(t, ..)| *t == table) {
            if !rows.contains(row) {
                rows.push(row);
            }
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        // A row may have begun with a later column.
        columns.sort_by_key(|column| column[1..].parse::<u32>().unwrap_or(u32::MAX));
        writeln!(f, "| | {} |\n|---|{}", columns.join(" | "), "--:|".repeat(columns.len()))?;
        for row in rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|column| self.find(table, row, column).map_or_else(|| "–".to_owned(), digits))
                .collect();
            writeln!(f, "| {row} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

/// Those whose values are typed, fixed or numbers alone, and V8: not what segue is held against.
const APART: [&str; 4] = ["by hand", "segue", "fasteval", "node"];

impl Report {
    /// segue beside the best crate with dynamic values, and beside V8.
    fn ratios(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut columns: Vec<&str> = Vec::new();
        let mut best = Vec::new();
        let mut v8 = Vec::new();
        for (_, row, column, time) in self.cells.iter().filter(|(t, ..)| *t == Table::Prepared) {
            if *row != "segue" {
                continue;
            }
            let others = self.cells.iter().filter(|(t, r, c, _)| {
                *t == Table::Prepared && c == column && !APART.iter().any(|apart| r.starts_with(apart))
            });
            let fastest = others.map(|(_, _, _, time)| *time).min_by(f64::total_cmp);
            let node = self.find(Table::Prepared, "node (V8)", column);
            if let (Some(fastest), Some(node)) = (fastest, node) {
                columns.push(column);
                best.push(time / fastest);
                v8.push(time / node);
            }
        }
        if columns.is_empty() {
            return Ok(());
        }
        writeln!(f, "### segue's time, as a share of others'\n\n| | {} | mean |", columns.join(" | "))?;
        writeln!(f, "|---|{}--:|", "--:|".repeat(columns.len()))?;
        for (row, shares) in [("of the fastest crate with dynamic values", best), ("of V8", v8)] {
            let mean = (shares.iter().map(|share| share.ln()).sum::<f64>() / shares.len() as f64).exp();
            let cells: Vec<String> = shares.iter().map(|share| format!("{share:.2}")).collect();
            writeln!(f, "| {row} | {} | {mean:.2} |", cells.join(" | "))?;
        }
        writeln!(f)
    }

    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let parts = [
            said("date", "+%F"),
            said("rustc", "--version"),
            format!("{cores} cores of {}", model.map_or("an unknown machine", |(_, model)| model)),
            format!("load {}", load.split(' ').next().unwrap_or("?")),
            format!("node {}", said("node", "--version")),
        ];
        writeln!(f, "# Results\n\n{}.\n", parts.join(" · "))?;
        let versions: Vec<String> =
            self.packages.iter().map(|package| format!("{package} {}", locked(package))).collect();
        writeln!(f, "{}.\n", versions.join(", "))?;
        writeln!(
            f,
            "Written by `cargo run --release --manifest-path benches/peers/Cargo.toml`; what the workloads are, and how \
             they are measured, is in `src/workload.rs`, `src/run/mod.rs` and `src/measure.rs`. Times are CPU times, \
             medians of batches that take turns. The idiom in which an engine says a workload is in its file.\n"
        )
    }
}

fn said(program: &str, word: &str) -> String {
    let output = std::process::Command::new(program).arg(word).output();
    output.map_or_else(|_| "?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version of a package in the lock file.
fn locked(package: &str) -> &'static str {
    const LOCK: &str = include_str!("../Cargo.lock");
    let named = format!("name = \"{package}\"\nversion = \"");
    LOCK.split_once(&named).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("?")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.ratios(f)?;
        for (table, title) in TABLES {
            if self.cells.iter().any(|(t, ..)| *t == table) {
                writeln!(f, "### {title}\n")?;
                self.table(f, table)?;
                writeln!(f)?;
            }
        }
        for fact in self.facts.iter().chain(&self.remarks) {
            writeln!(f, "- {fact}")?;
        }
        Ok(())
    }
}

/// About three significant digits.
pub fn digits(figure: f64) -> String {
    match figure {
        0.0 => "0".to_owned(),
        figure if figure < 9.95 => format!("{figure:.1}"),
        figure if figure < 9_995.0 => format!("{figure:.0}"),
        figure => format!("{:.1}k", figure / 1e3),
    }
}
