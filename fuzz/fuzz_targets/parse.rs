//! Any text through lexer and parser: no panic, sound trees, print∘parse, faults inside the text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use segue::syntax::DeclaredNames;

#[path = "../../tests/checks/parsing.rs"]
mod parsing;

static NAMES: LazyLock<DeclaredNames> =
    LazyLock::new(|| DeclaredNames::new(["input", "env", "a", "b", "a-b", "a-b-c", "ring-0", "10pct"]));

fuzz_target!(|text: &str| {
    parsing::check(text, DeclaredNames::NONE);
    parsing::check(text, &NAMES);
});
