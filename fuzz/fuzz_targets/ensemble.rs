//! Any text as an ensemble file: no panic, diagnostics inside the text, a plan or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use segue::ensemble::compile;
use segue::ensemble::plan::OperationInfo;
use segue::syntax::Severity;

#[path = "../../tests/checks/parsing.rs"]
#[allow(dead_code, reason = "only its check of diagnostics is wanted here")]
mod parsing;

fuzz_target!(|text: &str| {
    let operations = ["think", "transform", "ensemble", "http"].map(OperationInfo::open);
    let compiled = compile(text, &operations);
    parsing::check_diagnostics(&compiled.diagnostics, text);
    let has_errors = compiled.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(compiled.plan.is_none(), has_errors, "a plan, or an error that says why not");
});
