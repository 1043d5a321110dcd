//! From an ensemble file's text to its plan, with everything that is wrong in one go.

use super::plan::{OperationInfo, Plan, plan};
use super::schema;
use crate::builtins::Extensions;
use crate::syntax::{Diagnostic, Severity};
use std::sync::Arc;

/// What compiling an ensemble file gave.
#[derive(Debug)]
#[non_exhaustive]
pub struct Compiled {
    /// The plan; absent if there are errors.
    pub plan: Option<Plan>,
    /// All that is wrong or worth knowing, in the order of the file; places count bytes of its text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles an ensemble file for a host that has these operations.
///
/// Never panics; time and memory are linear in the text.
#[must_use]
pub fn compile(text: &str, operations: &[OperationInfo]) -> Compiled {
    compile_with(text, operations, &Arc::default())
}

/// [`compile`] for a host that also has functions and filters of its own.
#[must_use]
pub fn compile_with(text: &str, operations: &[OperationInfo], extensions: &Arc<Extensions>) -> Compiled {
    let reading = schema::parse(text);
    let can_run = !reading.has_errors();
    let mut diagnostics = reading.diagnostics;
    let Some(spec) = reading.spec else { return Compiled { plan: None, diagnostics } };
    let planned = plan(&spec, operations, extensions);
    if !planned.diagnostics.is_empty() {
        diagnostics.extend(planned.diagnostics);
        in_file_order(&mut diagnostics);
    }
    Compiled { plan: planned.plan.filter(|_| can_run), diagnostics }
}

/// Sorts diagnostics by their places; what an alias repeats is said once.
pub(super) fn in_file_order(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span().start, diagnostic.span().end));
    diagnostics.dedup();
}

/// Whether any diagnostic is an error.
pub(super) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
