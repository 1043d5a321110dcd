//! What Array holds.

use super::super::table::{Builtin, Group, numbered};

pub(in crate::builtins) static ROWS: &[Builtin] = &numbered(Group::ArrayStatics, []);
