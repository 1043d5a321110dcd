//! Changing a manifest and nothing in it that was not meant: comments, order and spelling of the rest stay.

use super::node::{self, Entry, NodeKind};
use super::{FILE, Manifest};
use crate::registry::address::{Address, Prefix};
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::manifest::read::{check_path, prefix_of};

/// The text of a first manifest.
#[must_use]
pub fn first(components: &[(Address, Box<str>)], types: &[&str], environments: &[&str]) -> String {
    let mut text = String::from(
        "# What is deployed from this repository, and how. Everything here may be left away.\n\n",
    );
    text += "# A component is one file. Those named like their file (prompts/extraction: prompts/extraction.md)\n";
    text += "# need no line here.\n";
    if components.is_empty() {
        text += "components: {}\n";
    } else {
        text += "components:\n";
        text.extend(components.iter().map(|(address, path)| format!("  {}\n", entry(address, path))));
    }
    if !types.is_empty() {
        text += &format!(
            "\n# Types beside prompts, agents, schemas and the other usual ones.\ntypes: [{}]\n",
            list(types)
        );
    }
    text += &format!(
        "\n# In the order in which a version goes through them.\nenvironments: [{}]\n",
        list(environments)
    );
    text += "\n# What may be deployed where, for example:\n# rules:\n";
    text += "#   production: {requires: [staging], only: versions, branches: [main], override: true}\n";
    text
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| scalar(name)).collect::<Vec<_>>().join(", ")
}

/// `prompts/extraction: prompts/extraction.md`.
fn entry(address: &Address, path: &str) -> String {
    let key = scalar(&address.path());
    if prefix_of(path) == address.prefix() {
        format!("{key}: {}", scalar(path))
    } else {
        format!("{key}: {{path: {}, prefix: {}}}", scalar(path), address.prefix())
    }
}

/// A text as a YAML scalar that stands in flow collections too.
fn scalar(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.chars().all(is_word);
    // What YAML would take for something else than a text.
    let is_word_of_yaml =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if is_plain && !is_word_of_yaml {
        return text.to_owned();
    }
    // JSON's strings are YAML's.
    serde_json::Value::from(text).to_string()
}

/// The text of the manifest with one more component.
///
/// # Errors
/// `exists` where it is listed already, `invalid-manifest`, and `usage` where the text is of a form that cannot be
/// changed line by line.
pub fn add(text: &str, address: &Address, path: &str) -> Result<String> {
    let before = Manifest::parse(text, FILE)?;
    let path = check_path(path).map_err(|message| RegistryError::new(ErrorCode::InvalidName, message))?;
    if let Some(known) = before.declared(address).or_else(|| other_prefix(&before, address)) {
        let message =
            format!("{FILE}:{}: `{}` is listed already: `{}`", known.line, known.address.path(), known.path);
        let help = format!("`segue components remove {}` takes that line out", known.address.path());
        return Err(RegistryError::new(ErrorCode::Exists, message).with_help(help));
    }
    let line = entry(address, path);
    let changed = match section(text)? {
        None => {
            let gap = if text.is_empty() || text.ends_with("\n\n") {
                ""
            } else if text.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            };
            format!("{text}{gap}components:\n  {line}\n")
        }
        Some(section) => match section.value.kind {
            NodeKind::Map(entries) if text[section.value.place.clone()].starts_with('{') => match entries
                .last()
            {
                // `components: {}` becomes a block.
                None => splice(text, section.key_place.end, section.value.place.end, &format!(":\n  {line}")),
                Some(last) => splice(text, last.value.place.end, last.value.place.end, &format!(", {line}")),
            },
            NodeKind::Map(entries) => {
                let last = entries.last().ok_or_else(|| unchangeable(&line))?;
                let column = last.key_place.start - line_start(text, last.key_place.start);
                let at = line_end(text, end_of(text, last));
                let gap = if text[..at].ends_with('\n') { "" } else { "\n" };
                let indent = " ".repeat(column);
                splice(text, at, at, &format!("{gap}{indent}{line}\n"))
            }
            // `components:` with nothing behind it; a comment may stand there.
            _ => {
                let at = line_end(text, section.key_place.end);
                let key_end = section.key_place.end;
                let head = text[key_end..at].replacen("null", "", 1).replacen('~', "", 1);
                let gap = if head.ends_with('\n') { "" } else { "\n" };
                splice(text, key_end, at, &format!("{head}{gap}  {line}\n"))
            }
        },
    };
    let mut expected = before.components().iter().map(|known| known.address.clone()).collect::<Vec<_>>();
    expected.push(address.clone());
    check(&before, &changed, &expected).ok_or_else(|| unchangeable(&line))?;
    Ok(changed)
}

/// The text of the manifest without a component.
///
/// # Errors
/// `unknown-component` where it is not listed, and as [`add`].
pub fn remove(text: &str, address: &Address) -> Result<String> {
    let before = Manifest::parse(text, FILE)?;
    let position =
        before.components().iter().position(|known| known.address == *address).ok_or_else(|| {
            RegistryError::new(
                ErrorCode::UnknownComponent,
                format!("`{}` is not listed in {FILE}", address.path()),
            )
            .with_help("`segue components list` shows what is")
        })?;
    let hint = || unchangeable(&format!("take out the line of {}", address.path()));
    let section = section(text)?.ok_or_else(hint)?;
    let NodeKind::Map(entries) = &section.value.kind else { return Err(hint()) };
    let gone = entries.get(position).ok_or_else(hint)?;
    let is_flow = text[section.value.place.clone()].starts_with('{');
    let changed = match (is_flow, entries.len()) {
        (true, 1) => splice(text, section.value.place.start, section.value.place.end, "{}"),
        (true, _) => match entries.get(position + 1) {
            Some(next) => splice(text, gone.key_place.start, next.key_place.start, ""),
            None => splice(text, entries[position - 1].value.place.end, gone.value.place.end, ""),
        },
        (false, count) => {
            let from = line_start(text, gone.key_place.start);
            let to = line_end(text, end_of(text, gone));
            let rest = splice(text, from, to, "");
            if count > 1 {
                rest
            } else {
                splice(&rest, section.key_place.end, section.key_place.end + 1, ": {}")
            }
        }
    };
    let mut expected = before.components().iter().map(|known| known.address.clone()).collect::<Vec<_>>();
    expected.remove(position);
    check(&before, &changed, &expected).ok_or_else(hint)?;
    Ok(changed)
}

/// Whether a change did what it should and nothing else.
fn check(before: &Manifest, changed: &str, expected: &[Address]) -> Option<()> {
    let after = Manifest::parse(changed, FILE).ok()?;
    let components: Vec<Address> = after.components().iter().map(|known| known.address.clone()).collect();
    let rules =
        |manifest: &Manifest| manifest.rules.iter().map(|rule| rule.environment.clone()).collect::<Vec<_>>();
    let is_same = after.types == before.types && after.environments == before.environments;
    (is_same && rules(&after) == rules(before) && components == expected).then_some(())
}

fn other_prefix(manifest: &Manifest, address: &Address) -> Option<super::Declared> {
    let other = match address.prefix() {
        Prefix::Components => Prefix::Logic,
        Prefix::Logic => Prefix::Components,
    };
    manifest.declared(&Address::new(other, address.kind(), address.name()).ok()?)
}

fn unchangeable(what: &str) -> RegistryError {
    RegistryError::new(
        ErrorCode::Usage,
        format!("{FILE} is written in a way that cannot be changed by a tool"),
    )
    .with_help(format!("change it by hand: {what}"))
}

fn section(text: &str) -> Result<Option<Entry>> {
    let fault = |fault: node::Fault| RegistryError::new(ErrorCode::InvalidManifest, fault.message);
    let Some(root) = node::parse(text).map_err(fault)? else { return Ok(None) };
    let NodeKind::Map(entries) = root.kind else { return Ok(None) };
    Ok(entries.into_iter().find(|entry| entry.key == "components"))
}

/// The end of an entry's value: of a block collection that of its last line with something in it.
fn end_of(text: &str, entry: &Entry) -> usize {
    let mut value = &entry.value;
    loop {
        value = match &value.kind {
            NodeKind::Map(entries) if !text[value.place.clone()].starts_with('{') => match entries.last() {
                Some(last) => &last.value,
                None => return value.place.end,
            },
            NodeKind::List(items) if !text[value.place.clone()].starts_with('[') => match items.last() {
                Some(last) => last,
                None => return value.place.end,
            },
            _ => return value.place.end,
        };
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Behind the line break of the line that `at` is in.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

fn splice(text: &str, from: usize, to: usize, with: &str) -> String {
    format!("{}{with}{}", &text[..from], &text[to..])
}
