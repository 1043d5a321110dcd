//! The contract between compiler and VM: instructions, programs, disassembly.
#![deny(clippy::disallowed_methods)]

/// A compiled expression. Shared between threads; borrows nothing from its source.
#[derive(Debug)]
pub struct Program {}
