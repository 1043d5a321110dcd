//! `transform`: the output is what `config.value` says.

use super::{Call, Operation, OperationError, Performing};
use crate::ensemble::plan::{ConfigFields, Need, OperationInfo};
use crate::value::Value;

/// The operation `transform`: gives `config.value`.
#[derive(Clone, Copy, Debug)]
pub struct Transform;

impl Operation for Transform {
    fn info(&self, name: &str) -> OperationInfo {
        let config = ConfigFields { required: (&["value"]).into(), ..ConfigFields::default() };
        OperationInfo { component: Need::Unused, config, ..OperationInfo::open(name.to_owned()) }
    }

    fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
        match call.config() {
            Value::Object(config) => match config.get_str("value") {
                Some(value) => Performing::Ready(Ok(value.clone())),
                None => Performing::failed(OperationError::invalid("`transform` needs `config.value`")),
            },
            _ => Performing::failed(OperationError::invalid(
                "`transform` needs a `config` with a `value`: `config: {value: ${…}}`",
            )),
        }
    }
}
