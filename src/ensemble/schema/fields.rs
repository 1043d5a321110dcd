//! Reading one field: its type, its bounds, and what to say where it is something else.

use super::duration;
use crate::ensemble::yaml::{Entry, Map, Node, NodeKind, Scalar, Spanned};
use crate::syntax::{Diagnostic, Span, neighbour};

use std::time::Duration;

/// Reads fields and collects what is wrong with them.
pub(super) struct Reader<'t, 'd> {
    /// The file.
    pub(super) text: &'t str,
    /// What was found so far.
    pub(super) diagnostics: &'d mut Vec<Diagnostic>,
    /// Names that no agent may have, and one has.
    pub(super) left_out: Vec<Box<str>>,
}

impl Reader<'_, '_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A field that no such map has.
    pub(super) fn unknown_field(&mut self, owner: &str, key: &Spanned<Box<str>>, known: &[&str]) {
        let title = format!("{owner} has no field `{}`", key.value);
        let diagnostic = Diagnostic::error("unknown-field", title, key.span);
        self.report(match neighbour(&key.value, known.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(&key.value, near),
            None => diagnostic.help(format!("its fields are {}", enumeration(known))),
        });
    }

    /// Notes where a field stands; a second spelling of the same one is an error.
    pub(super) fn once(&mut self, seen: &mut Option<Spanned<Box<str>>>, key: &Spanned<Box<str>>) -> bool {
        let Some(first) = seen else {
            *seen = Some(key.clone());
            return true;
        };
        let title = format!("`{}` and `{}` are one field", first.value, key.value);
        let diagnostic = Diagnostic::error("field-twice", title, key.span).also(first.span, "the first one");
        self.report(diagnostic.help("keep one of them"));
        false
    }

    /// A value of the wrong type.
    pub(super) fn wrong_type(&mut self, field: &str, node: &Node, expected: &str) {
        let diagnostic = match &node.kind {
            NodeKind::Null => {
                let title = format!("`{field}` has no value");
                Diagnostic::error("wrong-type", title, self.place(node)).help(format!("it is {expected}"))
            }
            kind => {
                let title = format!("`{field}` is {expected}, not {}", describe(kind));
                Diagnostic::error("wrong-type", title, self.place(node))
            }
        };
        self.report(diagnostic);
    }

    /// Where to point for a node: a collection's first line is enough.
    pub(super) fn place(&self, node: &Node) -> Span {
        let text = &self.text[node.span.range()];
        match (&node.kind, text.find(['\r', '\n'])) {
            (NodeKind::List(_) | NodeKind::Map(_), Some(end)) => {
                let start = node.span.start as usize;
                Span::new(start, start + end)
            }
            _ => node.span,
        }
    }

    pub(super) fn map(&mut self, field: &str, node: Node, expected: &str) -> Option<Vec<Entry>> {
        match node.kind {
            NodeKind::Map(Map { entries }) => Some(entries),
            _ => {
                self.wrong_type(field, &node, expected);
                None
            }
        }
    }

    /// A text that is taken as it is: not empty, without an expression.
    pub(super) fn word(&mut self, field: &str, node: &Node) -> Option<Spanned<Box<str>>> {
        let NodeKind::Text(scalar) = &node.kind else {
            self.wrong_type(field, node, "a text");
            if let NodeKind::Bool(_) | NodeKind::Number(_) = node.kind {
                let mend = format!("write it in quotes: \"{}\"", &self.text[node.span.range()]);
                if let Some(last) = self.diagnostics.last_mut() {
                    last.help = Some(mend);
                }
            }
            return None;
        };
        self.constant(field, scalar)
    }

    /// [`word`](Self::word), and numbers and booleans as they are written: `salt: 2024` is `'2024'`.
    pub(super) fn written(&mut self, field: &str, node: &Node) -> Option<Spanned<Box<str>>> {
        match &node.kind {
            NodeKind::Bool(_) | NodeKind::Number(_) => {
                Some(Spanned { value: self.text[node.span.range()].into(), span: node.span })
            }
            NodeKind::Text(scalar) => self.constant(field, scalar),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => {
                self.wrong_type(field, node, "a text");
                None
            }
        }
    }

    fn constant(&mut self, field: &str, scalar: &Scalar) -> Option<Spanned<Box<str>>> {
        let value = scalar.text.trim_end_matches('\n');
        if value.trim().is_empty() {
            self.report(Diagnostic::error("empty-text", format!("`{field}` is empty"), scalar.span));
            return None;
        }
        if has_hole(value) {
            let title = format!("`{field}` is fixed and cannot be an expression");
            self.report(Diagnostic::error("expression-not-allowed", title, scalar.span));
            return None;
        }
        Some(Spanned { value: value.into(), span: scalar.span })
    }

    /// A text that may hold expressions.
    pub(super) fn template(&mut self, field: &str, node: Node) -> Option<Scalar> {
        match node.kind {
            NodeKind::Text(scalar) if scalar.text.trim().is_empty() => {
                self.report(Diagnostic::error("empty-text", format!("`{field}` is empty"), scalar.span));
                None
            }
            NodeKind::Text(scalar) => Some(scalar),
            _ => {
                self.wrong_type(field, &node, "a text");
                None
            }
        }
    }

    /// A whole number within bounds.
    pub(super) fn whole(
        &mut self,
        field: &str,
        node: &Node,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let NodeKind::Number(number) = node.kind else {
            self.wrong_type(field, node, "a whole number");
            return None;
        };
        let (low, high) = (f64::from(*bounds.start()), f64::from(*bounds.end()));
        if number.fract() != 0.0 || !(low..=high).contains(&number) {
            let title = format!("`{field}` is a whole number from {low} to {high}");
            self.report(Diagnostic::error("out-of-range", title, node.span));
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked against the bounds"
        )]
        Some(number as u32)
    }

    /// A length of time.
    pub(super) fn duration(&mut self, field: &str, node: &Node) -> Option<Duration> {
        let written = self.text[node.span.range()].trim();
        let error = match &node.kind {
            NodeKind::Number(_) => {
                let title = format!("`{field}` has no unit");
                let help = format!("write `{written}ms` or `{written}s`");
                Diagnostic::error("duration-without-unit", title, node.span).help(help)
            }
            NodeKind::Text(scalar) => match duration::parse(&scalar.text) {
                Ok(duration) => return Some(duration),
                Err(help) => {
                    let title = format!("`{field}` is no length of time");
                    Diagnostic::error("invalid-duration", title, scalar.span).help(help)
                }
            },
            _ => {
                self.wrong_type(field, node, "a length of time such as `500ms`, `5s` or `2m`");
                return None;
            }
        };
        self.report(error);
        None
    }

    /// A `timeout`.
    pub(super) fn timeout(&mut self, node: &Node) -> Option<Duration> {
        self.positive("timeout", "a `timeout` of nothing lets nothing happen", node)
    }

    /// A length of time that is longer than nothing; `title` says why.
    pub(super) fn positive(&mut self, field: &str, title: &str, node: &Node) -> Option<Duration> {
        let duration = self.duration(field, node)?;
        if duration.is_zero() {
            self.report(Diagnostic::error("out-of-range", title, node.span));
            return None;
        }
        Some(duration)
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, field: &str, node: &Node, choices: &[(&str, T)]) -> Option<T> {
        let word = self.word(field, node)?;
        if let Some(&(_, choice)) = choices.iter().find(|(name, _)| *name == &*word.value) {
            return Some(choice);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let title = format!("`{field}` knows no `{}`", word.value);
        let diagnostic = Diagnostic::error("unknown-choice", title, word.span);
        self.report(match neighbour(&word.value, names.iter().copied()) {
            Some(near) => diagnostic.did_you_mean(&word.value, near),
            None => diagnostic.help(format!("it is {}", enumeration(&names))),
        });
        None
    }

    /// A name, or a list of names.
    pub(super) fn words(&mut self, field: &str, node: Node) -> Vec<Spanned<Box<str>>> {
        match node.kind {
            NodeKind::List(items) => items.iter().filter_map(|item| self.word(field, item)).collect(),
            NodeKind::Text(_) => self.word(field, &node).into_iter().collect(),
            _ => {
                self.wrong_type(field, &node, "a name or a list of names");
                Vec::new()
            }
        }
    }
}

/// Whether a template would find a hole in the text.
pub(super) fn has_hole(text: &str) -> bool {
    first_hole(text).is_some()
}

/// Where the first `${` stands that is not `$${`.
pub(super) fn first_hole(text: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('$') {
        at += found;
        match &text.as_bytes()[at..] {
            [b'$', b'$', b'{', ..] => at += 3,
            [b'$', b'{', ..] => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// What a node is, in words.
pub(super) fn describe(kind: &NodeKind) -> &'static str {
    match kind {
        NodeKind::Null => "nothing",
        NodeKind::Bool(_) => "a boolean",
        NodeKind::Number(_) => "a number",
        NodeKind::Text(_) => "a text",
        NodeKind::List(_) => "a list",
        NodeKind::Map(_) => "a map",
    }
}

/// Names in backticks: `` `a`, `b` and `c` ``.
pub(crate) fn enumeration(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}
