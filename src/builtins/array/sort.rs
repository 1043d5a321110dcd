//! Sorting.

use super::super::table::{Builtin, Group, numbered};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(Group::ArraySort, []);
