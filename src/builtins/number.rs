//! Numbers: statics, and the methods that numbers inherit.

use super::table::{Builtin, Group, numbered};

pub(super) static STATICS: &[Builtin] = &numbered(Group::NumberStatics, []);

pub(super) static METHODS: &[Builtin] = &numbered(Group::NumberMethods, []);
