//! Faults of members that are known to be none: of a group of variables, and of a global.

use super::Undeclared;
use super::names::Checker;
use super::scope::Group;
use crate::builtins;
use crate::syntax::{Diagnostic, Span, neighbour};
use crate::value::member::has_own_property;
use crate::value::{Str, Value};

impl Checker<'_> {
    /// `agents.name`, where `agents` stands for other variables.
    pub(super) fn member(&mut self, name: &str, group: &Group, key: &str, span: Span) {
        if group.members.contains_key(key) {
            return;
        }
        let whole = self.hyphenated(span.start);
        if group.members.contains_key(whole) {
            let title = format!("`{name}.{key}` is read as far as the hyphen");
            let span = Span::new(span.start as usize, span.start as usize + whole.len());
            let help = format!("write `{name}['{whole}']`");
            self.faults.push(Diagnostic::error("unknown-name", title, span).help(help));
            self.covered = span.end;
            return;
        }
        let diagnostic = Diagnostic::error("unknown-name", format!("`{name}` has no member `{key}`"), span);
        self.faults.push(match neighbour(key, group.members.keys().map(AsRef::as_ref)) {
            Some(near) => diagnostic.did_you_mean(key, near),
            None => diagnostic,
        });
    }

    /// `Math.radnom`: what a global does not have would be `undefined`, and a gate would take it for no.
    pub(super) fn member_of_global(&mut self, name: &str, key: &str, span: Span) {
        if self.scope.undeclared() != Undeclared::Refuse || self.scope.is_draw(name) {
            return;
        }
        let Some(global @ Value::Native(native)) = builtins::global(name) else { return };
        let member = Str::from(key);
        let has = builtins::static_member(native, &member).is_some()
            || has_own_property(&global, &member)
            || builtins::inherited(&global, &member).is_some();
        if has {
            return;
        }
        let diagnostic = Diagnostic::error("unknown-member", format!("`{name}` has no `{key}`"), span);
        self.faults.push(match neighbour(key, builtins::static_names(native)) {
            Some(near) => diagnostic.did_you_mean(key, near),
            None => diagnostic,
        });
    }
}
