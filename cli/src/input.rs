//! JSON from the command line: as it stands, from a file (`@file`), or from standard input (`-`).

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use segue::value::Value;

/// The text that an argument stands for, and what to call it in messages.
pub(crate) fn text(argument: &str) -> anyhow::Result<(String, String)> {
    match argument.strip_prefix('@') {
        _ if argument == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
            Ok((utf8(bytes, "standard input")?, "standard input".to_owned()))
        }
        Some(path) => Ok((file(Path::new(path))?, format!("`{path}`"))),
        None => Ok((argument.to_owned(), "the argument".to_owned())),
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
        anyhow::anyhow!("{name} is not UTF-8: byte {:#04x} at offset {at}", error.as_bytes()[at])
    })
}

/// The JSON value of an option's argument.
pub(crate) fn json(option: &str, argument: &str) -> anyhow::Result<Value> {
    let (text, name) = text(argument)?;
    match Value::from_json(strip_mark(&text)) {
        Ok(value) => Ok(value),
        Err(error) if argument.starts_with('{') || argument.starts_with('[') || argument.starts_with('@') => {
            bail!("{option}: {name} is no JSON: {}", error.message)
        }
        Err(error) => bail!(
            "{option}: {name} is no JSON: {} (write JSON, `@FILE`, or `-` for standard input)",
            error.message
        ),
    }
}

/// The values of a JSON Lines file (or `-`), one a line; empty lines do not count.
pub(crate) fn json_lines(path: &Path) -> anyhow::Result<Vec<Value>> {
    let name = path.display();
    let text = if path == Path::new("-") { text("-")?.0 } else { file(path)? };
    let mut values = Vec::new();
    for (index, line) in strip_mark(&text).lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let value = Value::from_json(line)
            .map_err(|error| anyhow::anyhow!("{name}:{}: no JSON: {}", index + 1, error.message))?;
        values.push(value);
    }
    if values.is_empty() {
        bail!("`{name}` holds no input: one JSON value a line is expected");
    }
    Ok(values)
}

/// Editors on Windows begin files with a byte order mark.
fn strip_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
