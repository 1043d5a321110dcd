//! New arrays out of old ones.

use super::super::table::{Builtin, Group, numbered};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(Group::ArrayBuild, []);
