//! segue beside everyone else: expression engines on ten workloads, orchestration engines on seven.
//!
//! Answers are checked before anything is timed. Everything is measured in one run, and rewrites `RESULTS.md`; parts of
//! it are only printed.

mod expression;
mod growth;
mod measure;
mod report;
mod run;
mod workload;

use std::hint::black_box;

use expression::{Built, COMPILED, ENGINES, Engine, Evaluator, node};
use measure::{Job, Patience, allocations, in_turns};
use report::{Report, Table};
use workload::{Id, Workload};

const HELP: &str = "\
segue-peers [--short] [--engine NAME]… [--workload W1]… [--no-node]

  --short       a rough look at the expressions, a tenth of the time
  --engine      only engines whose name contains NAME
  --workload    only these: W1 … W10, E1 … E7
  --no-node     without V8
  --growth      how segue's cost grows, and nothing else

Without any of --engine, --workload and --short, RESULTS.md is written anew.";

struct Options {
    patience: Patience,
    is_short: bool,
    engines: Vec<String>,
    workloads: Vec<String>,
    with_node: bool,
}

impl Options {
    fn read() -> Result<Self, String> {
        let mut options = Self {
            patience: Patience::USUAL,
            is_short: false,
            engines: Vec::new(),
            workloads: Vec::new(),
            with_node: true,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n\n{HELP}"));
            match word.as_str() {
                "--short" => (options.is_short, options.patience) = (true, Patience::SHORT),
                "--engine" => options.engines.push(value()?),
                "--workload" => options.workloads.push(value()?),
                "--no-node" => options.with_node = false,
                "--help" => return Err(HELP.to_owned()),
                _ => return Err(format!("{word}?\n\n{HELP}")),
            }
        }
        Ok(options)
    }

    fn wants_engine(&self, name: &str) -> bool {
        self.engines.is_empty() || self.engines.iter().any(|wanted| name.contains(wanted.as_str()))
    }

    fn wants_workload(&self, name: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|wanted| name == wanted)
    }

    fn is_whole(&self) -> bool {
        self.engines.is_empty() && self.workloads.is_empty() && !self.is_short && self.with_node
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [measure, engine, id] = words.as_slice()
        && measure == "--measure"
    {
        return run::measure_here(engine, id);
    }
    if words == ["--growth"] {
        return println!("{}", growth::table());
    }
    let options = match Options::read() {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            std::process::exit(2);
        }
    };
    let mut report = Report::default();
    expressions(&options, &mut report);
    runs(&options, &mut report);
    let text = report.to_string();
    println!("{text}");
    if options.is_whole() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/RESULTS.md");
        std::fs::write(file, text).expect("the results can be written beside Cargo.toml");
    }
}

fn expressions(options: &Options, report: &mut Report) {
    let engines: Vec<&Engine> = ENGINES.iter().filter(|engine| options.wants_engine(engine.name)).collect();
    let ids = Id::ALL.into_iter().filter(|id| options.wants_workload(&format!("{id:?}")));
    let workloads: Vec<&'static Workload> = ids.map(|id| &*Box::leak(Box::new(Workload::new(id)))).collect();
    if !workloads.is_empty() {
        engines.iter().for_each(|engine| report.version(engine.package));
    }
    for workload in &workloads {
        evaluation(options.patience, &engines, workload, report);
    }
    if options.wants_workload("W10") {
        compilation(options.patience, &engines, report);
    }
    if options.with_node && options.wants_engine("node") && !workloads.is_empty() {
        for (name, flags) in [("node (V8)", &[][..]), ("node --jitless", &["--jitless"][..])] {
            match node::measure(options.patience, &workloads, flags) {
                Ok(cells) => node_cells(name, &cells, report),
                Err(why) => report.remark(format!("{name} is missing: {why}")),
            }
        }
    }
    if options.wants_engine("segue") && !workloads.is_empty() {
        around(options, report);
    }
}

/// Whole runs, a process each.
fn runs(options: &Options, report: &mut Report) {
    for id in run::ALL.into_iter().filter(|id| options.wants_workload(&format!("{id:?}"))) {
        eprintln!("{id:?}  {}", id.about());
        for engine in run::ENGINES.iter().filter(|engine| options.wants_engine(engine.name)) {
            report.version(engine.package);
            match run::measure_apart(engine, id) {
                Ok(Some(measured)) => report.run(engine.name, &format!("{id:?}"), &measured),
                Ok(None) => {}
                Err(why) => report.remark(format!("{} fails at {id:?}: {}", engine.name, why.trim())),
            }
        }
    }
}

/// Builds, checks and times all engines on one workload.
fn evaluation(patience: Patience, engines: &[&Engine], workload: &'static Workload, report: &mut Report) {
    let column = format!("{:?}", workload.id);
    eprintln!("{column}  {}", workload.id.javascript());
    let mut timed: Vec<(&Engine, Table, Box<dyn Evaluator>)> = Vec::new();
    for engine in engines {
        let Some(source) = (engine.source)(workload.id) else { continue };
        let Built { prepared, converted } = (engine.build)(workload, source);
        let both = [(Table::Prepared, Some(prepared)), (Table::Converted, converted)];
        for (table, evaluator) in both {
            let Some(mut evaluator) = evaluator else { continue };
            match workload.check(|request| evaluator.answer(request)) {
                Ok(()) => timed.push((engine, table, evaluator)),
                Err(why) => report.remark(format!("{} answers {column} wrong: {why}", engine.name)),
            }
        }
    }
    let mut jobs: Vec<_> = timed.iter_mut().map(|(_, _, one)| |times: usize| one.run(times)).collect();
    let mut jobs: Vec<Job<'_>> = jobs.iter_mut().map(|job| job as Job<'_>).collect();
    let times = in_turns(patience, &mut jobs);
    let allocated: Vec<f64> = jobs.iter_mut().map(|job| allocations(&mut **job)).collect();
    drop(jobs);
    for ((engine, table, _), (time, allocated)) in timed.iter().zip(times.into_iter().zip(allocated)) {
        report.time(*table, engine.name, &column, time);
        if *table == Table::Prepared && engine.is_rust {
            report.time(Table::Allocations, engine.name, &column, allocated);
        }
    }
}

/// W10: from source to program.
fn compilation(patience: Patience, engines: &[&Engine], report: &mut Report) {
    let mut compilers: Vec<(&Engine, Box<dyn FnMut()>)> = Vec::new();
    for engine in engines {
        if let (Some(compiler), Some(source)) = (engine.compiler, (engine.source)(COMPILED)) {
            compilers.push((engine, compiler(source)));
        }
    }
    let repeat = |one: &mut (&Engine, Box<dyn FnMut()>), times: usize| (0..times).for_each(|_| (one.1)());
    let mut jobs: Vec<_> = compilers.iter_mut().map(|one| move |times: usize| repeat(one, times)).collect();
    let mut jobs: Vec<Job<'_>> = jobs.iter_mut().map(|job| job as Job<'_>).collect();
    let times = in_turns(patience, &mut jobs);
    let allocated: Vec<f64> = jobs.iter_mut().map(|job| allocations(&mut **job)).collect();
    drop(jobs);
    for ((engine, _), (time, allocated)) in compilers.iter().zip(times.into_iter().zip(allocated)) {
        report.time(Table::Prepared, engine.name, "W10", time);
        if engine.is_rust {
            report.time(Table::Allocations, engine.name, "W10", allocated);
        }
    }
}

fn node_cells(name: &'static str, cells: &[node::Cell], report: &mut Report) {
    for cell in cells {
        let (table, row) = match cell.table.as_str() {
            "prepared" => (Table::Prepared, name),
            "converted" => (Table::Converted, name),
            _ if name.contains("jitless") => continue,
            _ => (Table::Prepared, "node (V8), inlined"),
        };
        report.time(table, row, &cell.workload, cell.nanoseconds);
    }
}

/// What is no cell of the tables: JSON text, two threads, and what is around an evaluation.
fn around(options: &Options, report: &mut Report) {
    let workload = Workload::new(Id::W1);
    let texts: Vec<String> = workload.requests.iter().map(ToString::to_string).collect();
    let bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
    let mut part = expression::segue::over_text(&texts);
    let mut whole = expression::segue::over_whole_text(&texts);
    let mut parse = |times: usize| {
        for time in 0..times {
            let text = &texts[black_box(time % texts.len())];
            black_box(serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
        }
    };
    let mut nothing = |times: usize| {
        for time in 0..times {
            black_box(&texts[black_box(time % texts.len())]);
        }
    };
    let times = in_turns(options.patience, &mut [&mut part, &mut whole, &mut parse, &mut nothing]);
    report.fact(format!(
        "W1 over a request as JSON text ({bytes} bytes), read and evaluated: {:.0} ns, and {:.0} ns where all of it is \
         made into values; `serde_json::from_str::<Value>` of the same text alone: {:.0} ns; `JSON.parse` and V8: the \
         table of requests as JSON text",
        times[0], times[1], times[2],
    ));
    report.fact(format!("the loop around an evaluation, in every figure: {:.1} ns", times[3]));
    let times = if options.is_short { 400_000 } else { 4_000_000 };
    for id in [Id::W1, Id::W5] {
        let ratios = (0..5).map(|_| {
            let one = expression::segue::shared(id, 1, times);
            expression::segue::shared(id, 2, times) / one
        });
        let ratio = measure::median(ratios.collect());
        report.fact(format!("two threads on one shared program, {id:?}: {ratio:.2} times the work of one"));
    }
}
