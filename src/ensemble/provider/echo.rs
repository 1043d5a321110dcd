//! `echo`: answers with the prompt.

use super::{Prompt, Provider};
use crate::ensemble::operation::Performing;
use crate::value::Value;

/// The provider `echo`: the answer is the prompt, at once.
#[derive(Clone, Copy, Debug)]
pub struct Echo;

impl Provider for Echo {
    fn complete<'a>(&'a self, prompt: Prompt<'a>) -> Performing<'a> {
        Performing::Ready(Ok(Value::String(prompt.text)))
    }
}
