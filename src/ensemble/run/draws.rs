//! The streams of one run: made when they are first read, remembered where several expressions read them.

use super::schedule::SharedStream;
use crate::draw::{Cursor, RunKeys, Stream};
use crate::ensemble::plan::Expression;

/// The draws of one run.
pub(in crate::ensemble) struct Draws {
    keys: RunKeys,
    shared: Vec<Option<Stream>>,
    /// For expressions that draw nothing, or from a stream that nobody else reads.
    single: Stream,
}

impl Draws {
    pub(super) fn new(keys: RunKeys, shared: usize) -> Self {
        let single = Stream::seeded(keys.seed());
        let shared = std::iter::repeat_with(|| None).take(shared).collect();
        Self { keys, shared, single }
    }

    /// A reader at the start of the expression's stream.
    #[inline]
    pub(in crate::ensemble) fn cursor(
        &mut self,
        expression: &Expression,
        shared: Option<SharedStream>,
    ) -> Cursor<'_> {
        let Some(id) = expression.stream else { return self.single.cursor() };
        let Self { keys, shared: streams, single } = self;
        match shared.and_then(|number| streams.get_mut(number.0 as usize)) {
            Some(stream) => stream.get_or_insert_with(|| keys.stream(id)).cursor(),
            None => {
                *single = keys.stream(id);
                single.cursor()
            }
        }
    }
}
