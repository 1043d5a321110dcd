//! Strings: statics, and the methods that strings inherit.

use super::table::{Builtin, Group, numbered};

pub(super) static STATICS: &[Builtin] = &numbered(Group::StringStatics, []);

pub(super) static METHODS: &[Builtin] = &numbered(Group::StringMethods, []);

pub(super) static SEARCH: &[Builtin] = &numbered(Group::StringSearch, []);

/// Those that take a regular expression.
pub(super) static PATTERNS: &[Builtin] = &numbered(Group::StringPatterns, []);
