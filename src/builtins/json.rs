//! JSON.

use super::table::{Builtin, Group, numbered};

pub(super) static STATICS: &[Builtin] = &numbered(Group::Json, []);
