//! The real binary, as people and programs call it: a module a command, and one for what all of them share.

mod check;
mod eval;
#[cfg(feature = "otlp")]
mod export;
mod habits;
mod new;
mod pictures;
mod repl;
mod report;
mod run;
mod support;
