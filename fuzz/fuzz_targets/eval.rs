//! Compiler and machine against the tree walk: any text, and expressions that a grammar makes of the input's bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/checks/evaluating.rs"]
mod evaluating;
#[path = "../../tests/generator/mod.rs"]
mod generator;
#[path = "../../tests/oracle/mod.rs"]
mod oracle;
#[path = "../../tests/checks/show.rs"]
mod show;

fuzz_target!(|data: &[u8]| {
    // The first byte decides: text mutates into odd syntax, choices into deep semantics.
    match data.split_first() {
        Some((b'!', choices)) => {
            evaluating::check(&generator::expression(choices, generator::Dialect::Segue));
        }
        _ => {
            if let Ok(text) = std::str::from_utf8(data) {
                evaluating::check(text);
            }
        }
    }
});
