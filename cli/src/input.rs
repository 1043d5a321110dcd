//! JSON from the command line: as it stands, from a file (`@file`), or from standard input (`-`).

use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use segue::value::Value;

/// The text that an argument stands for.
pub(crate) fn text(argument: &str) -> anyhow::Result<String> {
    match argument.strip_prefix('@') {
        _ if argument == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
            Ok(strip_mark(&utf8(bytes, "standard input")?).to_owned())
        }
        Some(path) => Ok(strip_mark(&file(Path::new(path))?).to_owned()),
        None => Ok(argument.to_owned()),
    }
}

/// The text of a file.
pub(crate) fn file(path: &Path) -> anyhow::Result<String> {
    let name = format!("`{}`", path.display());
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    utf8(bytes, &name)
}

fn utf8(bytes: Vec<u8>, name: &str) -> anyhow::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow!("{name} is not UTF-8: byte {:#04x} at offset {at}", error.as_bytes()[at])
    })
}

/// The JSON value of an option's argument.
pub(crate) fn json(option: &str, argument: &str) -> anyhow::Result<Value> {
    check_json(option, argument, &text(argument)?)
}

/// The value of `text`, which is what `argument` stands for; what is wrong is told of the option.
pub(crate) fn check_json(option: &str, argument: &str, text: &str) -> anyhow::Result<Value> {
    Value::from_json(text).map_err(|error| {
        let what = match argument.strip_prefix('@') {
            Some(path) => format!("`{path}`"),
            None if argument == "-" => "standard input".to_owned(),
            None => "the argument".to_owned(),
        };
        let is_json_like = argument.starts_with(['{', '[', '"', '@', '-']);
        let help = if is_json_like { "" } else { " (write JSON, `@FILE`, or `-` for standard input)" };
        anyhow!("{option}: {what} is no JSON: {}{help}", error.message)
    })
}

/// The lines of a JSON Lines file (or `-`) with their places; empty lines do not count.
pub(crate) fn lines(path: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let name = path.display();
    let text = if path == Path::new("-") { text("-")? } else { file(path)? };
    let numbered = strip_mark(&text).lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lines: Vec<_> =
        numbered.map(|(index, line)| (format!("{name}:{}", index + 1), line.to_owned())).collect();
    if lines.is_empty() {
        bail!("`{name}` holds no input: one JSON value a line is expected");
    }
    Ok(lines)
}

/// Editors on Windows begin files with a byte order mark.
fn strip_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
