//! Fields with their texts evaluated.

use super::Failure;
use super::draws::Draws;
use crate::ensemble::operation::FailureKind;
use crate::ensemble::plan::{Expression, Field};
use crate::value::{Array, Object, Thrown, Value};
use crate::vm::Vm;

/// The value of a field. Fields nest no deeper than the file's YAML may.
pub(super) fn eval(
    field: &Field,
    vm: &mut Vm,
    variables: &[Value],
    draws: &mut Draws,
) -> Result<Value, Failure> {
    match field {
        Field::Constant(value) => Ok(value.clone()),
        Field::Expression(expression) => text(expression, vm, variables, draws),
        Field::List(items) => {
            let items = items.iter().map(|item| eval(item, vm, variables, draws));
            Array::new(items.collect::<Result<_, _>>()?).map(Value::Array).map_err(unbuilt)
        }
        Field::Map(shape, values) => {
            let values = values.iter().map(|value| eval(value, vm, variables, draws));
            let values = values.collect::<Result<_, _>>()?;
            Object::new(shape.clone(), values).map(Value::Object).map_err(unbuilt)
        }
    }
}

/// The value of one template.
pub(super) fn text(
    expression: &Expression,
    vm: &mut Vm,
    variables: &[Value],
    draws: &mut Draws,
) -> Result<Value, Failure> {
    let mut cursor = draws.cursor(expression, None);
    let value = expression.template.eval(vm, variables, &mut cursor);
    value.map_err(|error| Failure::thrown(&error, expression))
}

#[cold]
fn unbuilt(thrown: Thrown) -> Failure {
    Failure::new(FailureKind::Expression(thrown.kind), &*thrown.message)
}
