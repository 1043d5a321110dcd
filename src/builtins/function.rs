//! The methods that functions inherit.

use super::table::{Builtin, Group, numbered};

pub(super) static METHODS: &[Builtin] = &numbered(Group::FunctionMethods, []);
