//! Objects: statics, and the methods that everything inherits.

use super::table::{Builtin, Group, numbered};

pub(super) static STATICS: &[Builtin] = &numbered(Group::ObjectStatics, []);

pub(super) static METHODS: &[Builtin] = &numbered(Group::ObjectMethods, []);
