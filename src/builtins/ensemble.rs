//! What only ensembles can name. Not a global: `eval` does not know it.

use super::table::{Builtin, Group, function, numbered};
use super::{Call, Outcome};
use crate::value::{ErrorKind, Thrown, Value};

pub(super) static ROWS: &[Builtin] = &numbered(
    Group::Ensemble,
    [function("fail", 1, "message", fail)
        .about("throws an `Error` with the message")
        .example("null ?? 1", "1")],
);

fn fail(call: &mut Call<'_>) -> Outcome {
    let message = match call.argument(0) {
        Value::Undefined => "fail() was called".into(),
        _ => call.string(0)?.to_text().into_owned(),
    };
    Err(Thrown::new(ErrorKind::Error, message))
}
