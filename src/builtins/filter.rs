//! Filters: what stands after a bar in value | name(arguments).

use super::table::{Builtin, Group, numbered};

pub(super) static ROWS: &[Builtin] = &numbered(Group::Filters, []);
