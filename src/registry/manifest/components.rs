//! The components that a manifest lists.
//!
//! A move asks for one component or two, and not for the ten thousand that may be listed. Plain lines are therefore
//! checked when the manifest is read, all of them, and taken apart when somebody asks; what came the long way, through
//! YAML's parser, is there as a list.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::Declared;
use super::node::Fault;
use super::plain::{self, Line, Plain};
use super::read::{Names, Parts};
use crate::registry::address::Prefix;

/// The components of a manifest, in its order.
#[derive(Clone, Debug)]
pub(super) struct Components {
    lines: Option<Lines>,
    list: OnceLock<Vec<Declared>>,
}

/// Plain lines that were checked.
#[derive(Clone, Debug)]
struct Lines {
    text: Box<str>,
    /// The number of the first of them, counted from 1.
    first: usize,
}

impl Components {
    /// Plain lines of a text, each of which is a component.
    ///
    /// # Errors
    /// What is wrong with the first that is none.
    pub(super) fn plain(text: &str, plain: &Plain) -> Result<Self, Fault> {
        let (mut before, mut is_sorted) = (None, true);
        for line in plain::lines(text, plain.place.start) {
            let names = Some(parts(&line)?.names());
            is_sorted &= before < names;
            before = names;
        }
        // Where each is behind the one before, as `segue init` writes them, none stands there twice.
        if !is_sorted {
            let lines = plain::lines(text, plain.place.start);
            check_unique(lines.filter_map(|line| Some((parts(&line).ok()?.names(), line.at))))?;
        }
        let lines = Lines { text: text[plain.place.clone()].into(), first: plain.first_line };
        Ok(Self { lines: Some(lines), list: OnceLock::new() })
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Declared] {
        self.list.get_or_init(|| {
            let lines = self.lines.as_ref();
            // Every line was checked when the text was read.
            lines.and_then(|lines| listed(&lines.text, 0, lines.first).ok()).unwrap_or_default()
        })
    }

    /// The first of this type and name, and of the prefix if one is said. O(the text).
    pub(super) fn find(&self, prefix: Option<Prefix>, kind: &str, name: &str) -> Option<Declared> {
        match &self.lines {
            Some(lines) if self.list.get().is_none() => lines.find(prefix, kind, name),
            _ => {
                let is_it = |declared: &&Declared| {
                    let address = &declared.address;
                    address.kind() == kind
                        && address.name() == name
                        && prefix.is_none_or(|prefix| address.prefix() == prefix)
                };
                self.all().iter().find(is_it).cloned()
            }
        }
    }
}

impl Lines {
    fn find(&self, prefix: Option<Prefix>, kind: &str, name: &str) -> Option<Declared> {
        // No path holds a colon: what is found is the end of a key.
        let key = format!("{kind}/{name}: ");
        self.text.match_indices(&*key).find_map(|(at, _)| {
            let start = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
            let line = plain::line(&self.text, start)?;
            let parts = parts(&line).ok()?;
            let is_it = (parts.kind, parts.name) == (kind, name)
                && prefix.is_none_or(|prefix| parts.prefix == prefix);
            let number = self.first + self.text[..start].bytes().filter(|byte| *byte == b'\n').count();
            is_it.then(|| parts.declared(number))
        })
    }
}

/// Whether each stands there once; each with the byte where it does.
pub(super) fn check_unique<'n>(mut all: impl Iterator<Item = (Names<'n>, usize)>) -> Result<(), Fault> {
    let mut known = HashSet::new();
    match all.find(|(names, _)| !known.insert(*names)) {
        Some(((prefix, kind, name), at)) => {
            Err(Fault::new(at, format!("`{prefix}/{kind}/{name}` stands here a second time")))
        }
        None => Ok(()),
    }
}

fn parts<'t>(line: &Line<'t>) -> Result<Parts<'t>, Fault> {
    Parts::new((line.key, line.at), None, (line.path, line.path_at))
}

/// The components of plain lines, of which the first has a number.
fn listed(text: &str, at: usize, first: usize) -> Result<Vec<Declared>, Fault> {
    plain::lines(text, at).zip(first..).map(|(line, number)| Ok(parts(&line)?.declared(number))).collect()
}

impl From<Vec<Declared>> for Components {
    fn from(list: Vec<Declared>) -> Self {
        Self { lines: None, list: OnceLock::from(list) }
    }
}

impl Default for Components {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl PartialEq for Components {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for Components {}
