//! What a program reads of its variables.

use super::{Capture, CaptureSource, Op, Program, SlotIdx};
use crate::value::json::Projection;

impl Program {
    /// What it ever reads of the variable in `slot`: some members, or all of it. O(instructions + keys of paths).
    #[must_use]
    pub fn reads(&self, slot: SlotIdx) -> Projection {
        let variable = CaptureSource::Variable(slot);
        let takes_all = self.code.functions.iter().any(|function| {
            function.ops.contains(&Op::Variable(slot))
                || function.captures.contains(&Capture::Value(variable))
        });
        if takes_all {
            return Projection::whole();
        }
        let mut reads = Projection::default();
        for path in self.code.paths.iter().filter(|path| path.root == variable) {
            reads.add(path.keys.iter().map(|key| &key.name));
        }
        reads
    }
}
