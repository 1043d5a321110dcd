//! Plain Rust functions as host functions: the signature says what the arguments are.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Outcome;
use crate::value::{ErrorKind, Thrown, Value, from_value, to_value};

/// A Rust function of up to six arguments that serde deserializes, with a result that serde serializes. An argument
/// that is an `Option` may be left out; more arguments than it takes are ignored, as in JavaScript.
///
/// Implemented for functions and closures; nothing else can.
pub trait TypedFunction<Arguments>: sealed::Sealed<Arguments> + Send + Sync + 'static {
    /// What it gives.
    type Result;
    /// How many arguments it takes.
    const LENGTH: u32;

    /// Calls it with values.
    ///
    /// # Errors
    /// `TypeError` where an argument does not fit; `name` is what the message calls the function.
    fn call(&self, name: &str, arguments: &[Value]) -> Result<Self::Result, Thrown>;
}

mod sealed {
    pub trait Sealed<Arguments> {}
}

macro_rules! functions {
    ($($count:literal: $($argument:ident)*;)*) => {$(
        impl<Body, Given, $($argument),*> sealed::Sealed<($($argument,)*)> for Body
        where
            Body: Fn($($argument),*) -> Given
        {}

        impl<Body, Given, $($argument),*> TypedFunction<($($argument,)*)> for Body
        where
            Body: Fn($($argument),*) -> Given + Send + Sync + 'static,
            $($argument: DeserializeOwned,)*
        {
            type Result = Given;
            const LENGTH: u32 = $count;

            #[allow(unused_variables, unused_mut, reason = "there may be no arguments")]
            fn call(&self, name: &str, arguments: &[Value]) -> Result<Given, Thrown> {
                let mut at = 0..;
                Ok(self($(argument::<$argument>(name, arguments, at.next().unwrap_or_default())?),*))
            }
        }
    )*};
}

functions! {
    0: ;
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
}

fn argument<T: DeserializeOwned>(name: &str, arguments: &[Value], at: usize) -> Result<T, Thrown> {
    from_value(arguments.get(at).unwrap_or(&Value::Undefined))
        .map_err(|error| Thrown::type_error(format!("argument {} of {name}() does not fit: {error}", at + 1)))
}

/// What a function gave, as a value.
pub(crate) fn given(name: &str, given: &impl Serialize) -> Outcome {
    to_value(given).map_err(|error| Thrown::type_error(format!("what {name}() gives is no value: {error}")))
}

/// What a function failed with, as what it throws: a [`Thrown`] as it is, anything else as an `Error`.
#[cold]
pub(crate) fn thrown(error: Box<dyn std::error::Error + Send + Sync>) -> Thrown {
    match error.downcast::<Thrown>() {
        Ok(thrown) => *thrown,
        Err(error) => Thrown::new(ErrorKind::Error, error.to_string()),
    }
}
