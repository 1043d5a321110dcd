//! Names without an owner: numbers in text, parts of addresses, constructors as functions, namespaces.

use super::table::{Builtin, Group, numbered};

pub(super) static ROWS: &[Builtin] = &numbered(Group::Globals, []);
