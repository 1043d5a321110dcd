//! Plain Rust functions as host functions and filters: the signature says what the arguments are.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Outcome;
use crate::value::{ErrorKind, Thrown, Value, from_value, to_value};

/// How a function is reached, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called<'n> {
    /// By its name: `name(…)`.
    Function(&'n str),
    /// After a bar: `value | name(…)`. The value is the first argument.
    Filter(&'n str),
}

impl std::fmt::Display for Called<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Function(name) => write!(f, "{name}()"),
            Self::Filter(name) => write!(f, "the filter `{name}`"),
        }
    }
}

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
    /// `TypeError` where an argument does not fit; `called` is what the message says of the function.
    fn call(&self, called: Called<'_>, arguments: &[Value]) -> Result<Self::Result, Thrown>;
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
            fn call(&self, called: Called<'_>, arguments: &[Value]) -> Result<Given, Thrown> {
                let mut at = 0..;
                Ok(self($(argument::<$argument>(called, arguments, at.next().unwrap_or_default())?),*))
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

fn argument<T: DeserializeOwned>(called: Called<'_>, arguments: &[Value], at: usize) -> Result<T, Thrown> {
    from_value(arguments.get(at).unwrap_or(&Value::Undefined)).map_err(|error| {
        let what = match called {
            Called::Function(_) => format!("argument {}", at + 1),
            Called::Filter(_) if at == 0 => "the value".to_owned(),
            Called::Filter(_) => format!("argument {at}"),
        };
        Thrown::type_error(format!("{what} of {called} does not fit: {error}"))
    })
}

/// What a function gave, as a value.
pub(crate) fn given(called: Called<'_>, given: &impl Serialize) -> Outcome {
    to_value(given).map_err(|error| Thrown::type_error(format!("what {called} gives is no value: {error}")))
}

/// What a function failed with, as what it throws: a [`Thrown`] as it is, anything else as an `Error`.
#[cold]
pub(crate) fn thrown(error: Box<dyn std::error::Error + Send + Sync>) -> Thrown {
    match error.downcast::<Thrown>() {
        Ok(thrown) => *thrown,
        Err(error) => Thrown::new(ErrorKind::Error, error.to_string()),
    }
}
