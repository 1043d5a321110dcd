//! The expression engines: a file each. To add one, write its file and its line in [`ENGINES`].

#[cfg(feature = "all")]
mod boa;
mod by_hand;
#[cfg(feature = "all")]
mod cel;
mod datalogic;
#[cfg(feature = "all")]
mod fasteval;
#[cfg(feature = "all")]
mod luajit;
#[cfg(feature = "all")]
mod minijinja;
pub mod node;
#[cfg(feature = "all")]
mod quickjs;
#[cfg(feature = "all")]
mod rhai;
pub mod segue;
mod slots;
#[cfg(feature = "all")]
mod zen;

use std::hint::black_box;

use crate::workload::{Answer, Id, REQUESTS, Workload};

/// One engine, in its own idiom.
pub struct Engine {
    pub name: &'static str,
    /// The package whose version is told.
    pub package: &'static str,
    /// How it says a workload; `None` where it cannot.
    pub source: fn(Id) -> Option<&'static str>,
    pub build: fn(&'static Workload, &'static str) -> Built,
    /// Something that compiles a source once each time it is called.
    pub compiler: Option<fn(&'static str) -> Box<dyn FnMut()>>,
    /// Whether its heap is Rust's, so that allocations are seen.
    pub is_rust: bool,
}

/// A workload, ready to be evaluated.
pub struct Built {
    /// Over requests in the engine's own form.
    pub prepared: Box<dyn Evaluator>,
    /// Over a fresh `serde_json::Value` each time; `None` where that *is* the engine's own form.
    pub converted: Option<Box<dyn Evaluator>>,
}

/// Evaluates one expression over the requests in turn.
pub trait Evaluator {
    fn run(&mut self, times: usize);
    fn answer(&mut self, request: usize) -> Answer;
}

/// What nearly every engine is: something that evaluates, and something that reads what came out.
struct Plain<E, A>(E, A);

impl<T, E: FnMut(usize) -> T, A: FnMut(T) -> Answer> Evaluator for Plain<E, A> {
    fn run(&mut self, times: usize) {
        for time in 0..times {
            black_box((self.0)(black_box(time % REQUESTS)));
        }
    }

    fn answer(&mut self, request: usize) -> Answer {
        (self.1)((self.0)(request))
    }
}

fn plain<T: 'static>(
    evaluate: impl FnMut(usize) -> T + 'static,
    read: impl FnMut(T) -> Answer + 'static,
) -> Box<dyn Evaluator> {
    Box::new(Plain(evaluate, read))
}

/// For engines that borrow from each other: a benchmark may leak its few.
fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

pub const ENGINES: &[Engine] = &[
    by_hand::TYPED,
    slots::SLOTS,
    by_hand::JSON,
    segue::SLOTS,
    segue::NAMES,
    datalogic::ENGINE,
    #[cfg(feature = "all")]
    fasteval::ENGINE,
    #[cfg(feature = "all")]
    luajit::ENGINE,
    #[cfg(feature = "all")]
    quickjs::ENGINE,
    #[cfg(feature = "all")]
    zen::ENGINE,
    #[cfg(feature = "all")]
    minijinja::ENGINE,
    #[cfg(feature = "all")]
    cel::ENGINE,
    #[cfg(feature = "all")]
    rhai::ENGINE,
    #[cfg(feature = "all")]
    boa::ENGINE,
];

/// W10: what is compiled.
pub const COMPILED: Id = Id::W6;
