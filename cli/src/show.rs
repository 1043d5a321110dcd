//! `segue show`: a component's text at a slot.

use std::io::{IsTerminal, Write};

use clap::Args;
use segue::registry::FileAt;
use serde_json::{Map, Value};

use crate::excerpt::harmless;
use crate::exit::{Exit, Outcome};
use crate::moves::registry;
use crate::output::Output;

/// Prints a component as it stands in a slot
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue show prompts/extraction@production
  segue show prompts/extraction@v1.0.0 > old.md
  segue show prompts/extraction@HEAD

To a file or pipe it goes byte for byte. What stands behind the `@` may be a revision of git too, where no slot has its
name.")]
pub(crate) struct Show {
    /// Component and slot: `type/name@slot`
    #[arg(value_name = "COMPONENT@SLOT")]
    reference: String,
    /// Print {\"component\", \"version\", \"commit\", \"path\", \"content\"}; what is not UTF-8 has no content here
    #[arg(long)]
    json: bool,
}

/// A file for programs.
pub(crate) fn to_json(file: &FileAt) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("component".to_owned(), file.address.path().into());
    line.insert("version".to_owned(), file.version.as_ref().map(ToString::to_string).into());
    line.insert("commit".to_owned(), file.commit.as_str().into());
    line.insert("path".to_owned(), (&*file.located.path).into());
    line
}

impl Show {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let registry = registry()?;
        let file = registry.file_at(&self.reference)?;
        let content = registry.content(&file)?;
        if self.json {
            let mut line = to_json(&file);
            line.insert("content".to_owned(), std::str::from_utf8(&content).ok().into());
            writeln!(out.results(), "{}", Value::from(line))?;
            return Ok(Exit::Ok);
        }
        if std::io::stdout().is_terminal() {
            // What a file holds must not command the terminal.
            let text = String::from_utf8_lossy(&content);
            let shown: Vec<String> = text.split('\t').map(harmless).collect();
            let shown = shown.join("\t");
            write!(out.results(), "{shown}{}", if shown.ends_with('\n') { "" } else { "\n" })?;
        } else {
            out.results().write_all(&content)?;
        }
        Ok(Exit::Ok)
    }
}
