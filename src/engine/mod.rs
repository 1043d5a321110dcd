//! The one façade: an [`Engine`] carries limits, operations and component sources, and makes what can be evaluated
//! and run.

mod builder;
#[cfg(feature = "ensemble")]
mod ensembles;
mod error;
mod expression;
#[cfg(feature = "ensemble")]
#[cfg_attr(not(feature = "http"), path = "no_network.rs")]
mod network;

use std::fmt;
use std::sync::Arc;

pub use builder::EngineBuilder;
pub use error::{Error, Kind};
pub use expression::{Expression, Template};

use crate::builtins::Extensions;
use crate::syntax::{Colour, Diagnostic};
use crate::vm::Pool;

/// Makes expressions, templates and ensembles, which share what it was configured with. Clones are the same engine;
/// everything made from it can be shared between threads.
///
/// ```
/// use segue::{Engine, context};
/// let engine = Engine::new();
/// let gate = engine.compile("input.user_id % 2 === 0")?;
/// assert!(gate.eval(&context! { input: { user_id: 42 } })?.truthy());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With the feature `ensemble` it also loads and runs ensembles:
///
/// ```
/// # #[cfg(feature = "ensemble")]
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # use segue::{Engine, context};
/// let engine = Engine::new();
/// let text = "
/// ensemble: split
/// agents:
///   - {name: stable, operation: transform, condition: '${draw < 0.9}', config: {value: '${input.text}'}}
///   - {name: canary, operation: transform, condition: '${draw >= 0.9}', config: {value: '${input.text}!'}}
/// output: ${stable.output ?? canary.output}
/// ";
/// let split = engine.load_str("split.yaml", text)?;
/// let run = split.run(context! { text: "hi" }).seed(7).await?;
/// assert_eq!(run.output().to_json_string(), "\"hi\"");
/// println!("{}", run.trace());
/// # Ok(())
/// # }
/// # #[cfg(feature = "ensemble")]
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone)]
pub struct Engine {
    pool: Arc<Pool>,
    /// The host's functions and filters.
    extensions: Arc<Extensions>,
    #[cfg(feature = "ensemble")]
    services: Arc<crate::ensemble::services::Services>,
}

impl Engine {
    /// Compiles an expression. Names that nothing else declares are variables: properties of what it is evaluated
    /// with, and a `ReferenceError` where that lacks them, as in JavaScript.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn compile(&self, text: &str) -> Result<Expression, CompileError> {
        Expression::compile(self, text, None)
    }

    /// Compiles an expression with exactly these variables, which may have hyphens in their names.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn compile_with(&self, text: &str, variables: &[&str]) -> Result<Expression, CompileError> {
        Expression::compile(self, text, Some(variables))
    }

    /// Compiles a text with `${…}` in it. Names are as in [`compile`](Self::compile).
    ///
    /// # Errors
    /// All that is wrong in any hole.
    pub fn template(&self, text: &str) -> Result<Template, CompileError> {
        Template::compile(self, text, None)
    }

    /// Compiles a text with `${…}` in it, with exactly these variables.
    ///
    /// # Errors
    /// All that is wrong in any hole.
    pub fn template_with(&self, text: &str, variables: &[&str]) -> Result<Template, CompileError> {
        Template::compile(self, text, Some(variables))
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

/// A text that does not compile: all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileError {
    /// The text that the diagnostics' places count in.
    pub text: String,
    /// What is wrong, at least one.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, diagnostic) in self.diagnostics.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            f.write_str(diagnostic.render("expression", &self.text, Colour::Never).trim_end())?;
        }
        Ok(())
    }
}

impl std::error::Error for CompileError {}

/// A value written as JavaScript would write it: `context! { input: { user_id: 42, tags: ["a", name] } }`.
///
/// Keys are names or string literals; values are `null`, `undefined`, nested `{…}` and `[…]`, or any Rust expression
/// that is `Into<Value>`.
#[macro_export]
macro_rules! context {
    (@key $key:ident) => { ::core::stringify!($key) };
    (@key $key:literal) => { $key };

    (@object [$($inner:tt)*]) => {{
        #[allow(unused_mut, reason = "an empty object inserts nothing")]
        let mut object = $crate::value::ObjectBuilder::new();
        $crate::context!(@entries object $($inner)*);
        $crate::value::Value::Object(
            object.build().expect("what is written out nests no deeper than a compiler reads"),
        )
    }};
    (@entries $object:ident) => {};
    (@entries $object:ident $key:tt : null $(, $($rest:tt)*)?) => {
        $crate::context!(@entry $object $key $crate::value::Value::Null; $($($rest)*)?)
    };
    (@entries $object:ident $key:tt : undefined $(, $($rest:tt)*)?) => {
        $crate::context!(@entry $object $key $crate::value::Value::Undefined; $($($rest)*)?)
    };
    (@entries $object:ident $key:tt : { $($inner:tt)* } $(, $($rest:tt)*)?) => {
        $crate::context!(@entry $object $key $crate::context!(@object [$($inner)*]); $($($rest)*)?)
    };
    (@entries $object:ident $key:tt : [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::context!(@entry $object $key $crate::context!(@array [$($inner)*]); $($($rest)*)?)
    };
    (@entries $object:ident $key:tt : $value:expr $(, $($rest:tt)*)?) => {
        $crate::context!(@entry $object $key $crate::value::Value::from($value); $($($rest)*)?)
    };
    (@entry $object:ident $key:tt $value:expr; $($rest:tt)*) => {
        $object.insert($crate::value::Str::from($crate::context!(@key $key)), $value);
        $crate::context!(@entries $object $($rest)*)
    };

    (@array [$($inner:tt)*]) => {{
        // Made so that the items' pushes, one by one, are no lint in the code that uses the macro.
        #[allow(unused_mut, reason = "there may be no items")]
        let mut items: ::std::vec::Vec<$crate::value::Value> = ::std::iter::empty().collect();
        $crate::context!(@items items $($inner)*);
        $crate::value::Value::Array(
            $crate::value::Array::new(items).expect("what is written out nests no deeper than a compiler reads"),
        )
    }};
    (@items $items:ident) => {};
    (@items $items:ident null $(, $($rest:tt)*)?) => {
        $crate::context!(@item $items $crate::value::Value::Null; $($($rest)*)?)
    };
    (@items $items:ident { $($inner:tt)* } $(, $($rest:tt)*)?) => {
        $crate::context!(@item $items $crate::context!(@object [$($inner)*]); $($($rest)*)?)
    };
    (@items $items:ident [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::context!(@item $items $crate::context!(@array [$($inner)*]); $($($rest)*)?)
    };
    (@items $items:ident $value:expr $(, $($rest:tt)*)?) => {
        $crate::context!(@item $items $crate::value::Value::from($value); $($($rest)*)?)
    };
    (@item $items:ident $value:expr; $($rest:tt)*) => {
        $items.push($value);
        $crate::context!(@items $items $($rest)*)
    };

    ($($inner:tt)*) => { $crate::context!(@object [$($inner)*]) };
}

#[cfg(test)]
mod tests;
