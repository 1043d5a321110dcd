//! Regular expressions: the methods that they inherit.

use super::table::{Builtin, Group, numbered};

pub(super) static METHODS: &[Builtin] = &numbered(Group::RegexMethods, []);
