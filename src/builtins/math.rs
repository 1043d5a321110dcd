//! Math.

use super::table::{Builtin, Group, numbered};

pub(super) static NUMBERS: &[Builtin] = &numbered(Group::MathNumbers, []);

pub(super) static FUNCTIONS: &[Builtin] = &numbered(Group::MathFunctions, []);
