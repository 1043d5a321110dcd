//! `segue schema`: what editors need to help with ensemble files.

use std::io::Write;

use clap::Args;
use segue::ensemble::schema::JSON_SCHEMA;

use crate::exit::{Exit, Outcome};
use crate::output::Output;

/// Prints the JSON Schema of ensemble files
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  segue schema > ensemble.schema.json

An editor with a YAML language server completes fields and tells what they mean in a file that begins with
  # yaml-language-server: $schema=ensemble.schema.json")]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        out.results().write_all(JSON_SCHEMA.as_bytes())?;
        Ok(Exit::Ok)
    }
}
