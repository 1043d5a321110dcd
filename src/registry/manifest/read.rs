//! From YAML to a manifest.

use super::components::{Components, check_unique};
use super::node::{self, Entry, Fault, Node, NodeKind};
use super::plain::{self, Plain};
use super::{Declared, Manifest, Quote, Rule};
use crate::component::Slot;
use crate::component::name::check_segment;
use crate::registry::address::{Address, Prefix};
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::syntax::{LineIndex, nearest};

const FIELDS: [&str; 4] = ["components", "types", "environments", "rules"];
const COMPONENT_FIELDS: [&str; 2] = ["path", "prefix"];
const RULE_FIELDS: [&str; 5] = ["requires", "only", "branches", "signed", "override"];

pub(super) fn parse(text: &str, origin: &str) -> Result<Manifest> {
    manifest(text, origin).map_err(|fault| {
        let message = format!("{origin}:{}: {}", line(text, fault.at), fault.message);
        let error = RegistryError::new(ErrorCode::InvalidManifest, message);
        match fault.help {
            Some(help) => error.with_help(help),
            None => error,
        }
    })
}

/// The line of a byte, counted from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn manifest(text: &str, origin: &str) -> Result<Manifest, Fault> {
    manifest_with(text, origin, plain::components(text))
}

/// Reads a manifest of which the plain lines, if any, were read before.
pub(super) fn manifest_with(text: &str, origin: &str, plain: Option<Plain>) -> Result<Manifest, Fault> {
    let mut manifest = Manifest { origin: Some(origin.into()), ..Manifest::default() };
    let left_out = plain.as_ref().map_or(0..0, |plain| plain.place.clone());
    let Some(root) = node::parse_without(text, left_out)? else { return Ok(manifest) };
    for entry in root.entries("a manifest")? {
        match entry.key.as_str() {
            "components" => {
                manifest.components = match &plain {
                    Some(plain) => Components::plain(text, plain)?,
                    None => components(entry.value.entries("`components`")?, text)?,
                };
            }
            "types" => {
                for (name, at) in entry.value.texts("a type")? {
                    Address::new(Prefix::Components, name, "x").map_err(|error| fault(at, error))?;
                    manifest.types.push(name.into());
                }
            }
            "environments" => manifest.environments = environments(&entry.value, "an environment")?,
            "rules" => {
                for entry in entry.value.entries("`rules`")? {
                    manifest.rules.push(rule(entry, text, origin)?);
                }
            }
            _ => return Err(unknown(entry, &FIELDS)),
        }
    }
    Ok(manifest)
}

fn components(entries: &[Entry], text: &str) -> Result<Components, Fault> {
    let lines = LineIndex::new(text);
    let list: Vec<Declared> =
        entries.iter().map(|entry| component(entry, &lines)).collect::<Result<_, _>>()?;
    let places = entries.iter().map(|entry| entry.key_place.start);
    check_unique(list.iter().map(|declared| declared.address.names()).zip(places))?;
    Ok(list.into())
}

fn component(entry: &Entry, lines: &LineIndex) -> Result<Declared, Fault> {
    let at = entry.key_place.start;
    let (mut path, mut prefix) = (None, None);
    match &entry.value.kind {
        NodeKind::Map(fields) => {
            for field in fields {
                match field.key.as_str() {
                    "path" => path = Some((field.value.text("`path`")?, field.value.place.start)),
                    "prefix" => {
                        let word = field.value.text("`prefix`")?;
                        let known = Prefix::parse(word).ok_or_else(|| {
                            Fault::new(field.value.place.start, format!("`{word}` is no prefix"))
                                .help("prefixes are `components` and `logic`")
                        })?;
                        prefix = Some(known);
                    }
                    _ => return Err(unknown(field, &COMPONENT_FIELDS)),
                }
            }
        }
        _ => {
            let what = format!("the value of `{}`", entry.key);
            path = Some((entry.value.text(&what)?, entry.value.place.start));
        }
    }
    let Some((path, path_at)) = path else {
        return Err(Fault::new(at, format!("`{}` has no path", entry.key)).help("write `{path: …}`"));
    };
    Ok(Parts::new((&entry.key, at), prefix, (path, path_at))?.declared(lines.line_at(at)))
}

/// Prefix, type and name; ordered as addresses are.
pub(super) type Names<'t> = (Prefix, &'t str, &'t str);

/// A component as it is written, checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'t> {
    pub(super) prefix: Prefix,
    pub(super) kind: &'t str,
    pub(super) name: &'t str,
    path: &'t str,
}

impl<'t> Parts<'t> {
    /// Those of a key and a path, each with the byte where it stands, and the prefix that is said beside them.
    pub(super) fn new(
        (key, at): (&'t str, usize),
        prefix: Option<Prefix>,
        (path, path_at): (&'t str, usize),
    ) -> Result<Self, Fault> {
        let path = check_path(path).map_err(|message| Fault::new(path_at, message))?;
        let no_component = || Fault::new(at, format!("`{key}` is no component: write `type/name`"));
        let (first, rest) = key.split_once('/').ok_or_else(no_component)?;
        let (typed, kind, name) = match rest.split_once('/') {
            None => (None, first, rest),
            Some((_, name)) if name.contains('/') => return Err(no_component()),
            Some((kind, name)) => {
                let known = Prefix::parse(first);
                let known = known.ok_or_else(|| Fault::new(at, format!("`{first}` is no prefix")))?;
                (Some(known), kind, name)
            }
        };
        if let (Some(typed), Some(said)) = (typed, prefix)
            && typed != said
        {
            return Err(Fault::new(at, format!("`{key}` says `{typed}`, and its `prefix` says `{said}`")));
        }
        let prefix = typed.or(prefix).unwrap_or_else(|| prefix_of(path));
        Address::check(kind, name).map_err(|error| fault(at, error))?;
        Ok(Self { prefix, kind, name, path })
    }

    pub(super) fn names(&self) -> Names<'t> {
        (self.prefix, self.kind, self.name)
    }

    /// The component that a line declares.
    pub(super) fn declared(&self, line: usize) -> Declared {
        let address = Address::checked(self.prefix, self.kind, self.name);
        Declared { address, path: self.path.into(), line }
    }
}

/// The prefix of a component by where its file lies.
pub(crate) fn prefix_of(path: &str) -> Prefix {
    let (folders, _) = path.rsplit_once('/').unwrap_or_default();
    let mut folders = folders.as_bytes().split(|byte| *byte == b'/');
    if folders.any(|folder| folder == b"logic") { Prefix::Logic } else { Prefix::Components }
}

/// A path from the top of the repository, in git's spelling.
pub(crate) fn check_path(path: &str) -> Result<&str, String> {
    let path = path.strip_prefix("./").unwrap_or(path);
    if is_plain_path(path) {
        return Ok(path);
    }
    let shown = path.escape_debug();
    if path.is_empty() || path.contains('\0') || path.contains('\n') {
        return Err(format!("`{shown}` is no path"));
    }
    if path.starts_with('/') || path.contains('\\') {
        return Err(format!(
            "`{shown}` is not a path from the top of the repository, with `/` between folders"
        ));
    }
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(format!("`{shown}` may hold no empty part, no `.` and no `..`"));
    }
    Ok(path)
}

/// Whether no rule for paths can apply, as with nearly all.
fn is_plain_path(path: &str) -> bool {
    let mut before = b'/';
    for byte in path.bytes() {
        let is_plain = match byte {
            b'/' | b'.' => before != b'/',
            b'\0' | b'\n' | b'\\' => false,
            _ => true,
        };
        if !is_plain {
            return false;
        }
        before = byte;
    }
    before != b'/'
}

fn environments(node: &Node, what: &str) -> Result<Vec<Box<str>>, Fault> {
    let mut names: Vec<Box<str>> = Vec::new();
    for (name, at) in node.texts(what)? {
        check_environment(name).map_err(|message| Fault::new(at, message))?;
        if names.iter().any(|known| &**known == name) {
            return Err(Fault::new(at, format!("`{name}` stands here a second time")));
        }
        names.push(name.into());
    }
    Ok(names)
}

fn check_environment(name: &str) -> Result<(), String> {
    check_segment(name)?;
    match Slot::parse(name) {
        Ok(Slot::Environment(_)) => Ok(()),
        Ok(Slot::Version(_)) => Err(format!("`{name}` is a version, and not an environment")),
        Err(error) => Err(error.message.into()),
    }
}

fn rule(entry: &Entry, text: &str, origin: &str) -> Result<Rule, Fault> {
    check_environment(&entry.key).map_err(|message| Fault::new(entry.key_place.start, message))?;
    let mut rule = Rule {
        environment: entry.key.as_str().into(),
        requires: Vec::new(),
        only_versions: false,
        branches: Vec::new(),
        is_signed: false,
        may_override: false,
        lines: Vec::new(),
    };
    for field in entry.value.entries(&format!("the rule of `{}`", entry.key))? {
        match field.key.as_str() {
            "requires" => {
                rule.requires = environments(&field.value, "`requires`")?;
                if rule.requires.iter().any(|name| **name == *entry.key) {
                    let message = format!("`{}` cannot require itself", entry.key);
                    return Err(Fault::new(field.value.place.start, message));
                }
            }
            "only" => match field.value.text("`only`")? {
                "versions" => rule.only_versions = true,
                other => {
                    let message = format!("`only: {other}` means nothing");
                    return Err(Fault::new(field.value.place.start, message).help("write `only: versions`"));
                }
            },
            "branches" => {
                for (name, at) in field.value.texts("a branch")? {
                    let whole = format!("refs/heads/{name}");
                    crate::registry::git::RefName::parse(&whole)
                        .map_err(|error| Fault::new(at, error.message))?;
                    rule.branches.push(name.into());
                }
            }
            "signed" => rule.is_signed = field.value.boolean("`signed`")?,
            "override" => rule.may_override = field.value.boolean("`override`")?,
            _ => return Err(unknown(field, &RULE_FIELDS)),
        }
        let number = line(text, field.key_place.start);
        let quoted = text.lines().nth(number - 1).unwrap_or_default().trim();
        let quote = Quote { origin: origin.into(), line: number, text: quoted.into() };
        rule.lines.push((field.key.as_str().into(), quote));
    }
    Ok(rule)
}

fn unknown(entry: &Entry, known: &[&str]) -> Fault {
    let fault = Fault::new(entry.key_place.start, format!("`{}` means nothing here", entry.key));
    match nearest(&entry.key, known.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help(format!("what may stand here: {}", known.join(", "))),
    }
}

fn fault(at: usize, error: RegistryError) -> Fault {
    let fault = Fault::new(at, error.message);
    match error.help {
        Some(help) => fault.help(help),
        None => fault,
    }
}
