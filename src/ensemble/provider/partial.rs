//! An answer on its way, told piece by piece to whoever looks on.

use crate::ensemble::run::Context;

/// Tells the pieces of an answer that is on its way. Secrets in them are replaced first, and a piece that may be the
/// beginning of one waits for the next.
pub struct Partial<'p> {
    pub(super) context: &'p Context,
    pub(super) agent: &'p str,
    /// What was not told yet.
    pub(super) held: String,
}

impl Partial<'_> {
    /// The answer goes on with this.
    pub fn push(&mut self, piece: &str) {
        if !self.context.wants_text() {
            return;
        }
        self.held.push_str(piece);
        let secrets = self.context.secrets();
        let masked = secrets.mask(&self.held);
        let told = masked.len() - secrets.beginning_at_end(&masked);
        if told > 0 {
            self.context.tell_text(self.agent, &masked[..told]);
            let rest = masked[told..].to_owned();
            self.held = rest;
        }
    }
}

impl std::fmt::Debug for Partial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Partial").field("agent", &self.agent).finish_non_exhaustive()
    }
}
