//! Methods that call a function for each item.

use super::super::table::{Builtin, Group, numbered};

pub(in crate::builtins) static METHODS: &[Builtin] = &numbered(Group::ArrayIterate, []);
