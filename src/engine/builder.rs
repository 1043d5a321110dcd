//! What an engine is configured with.

use std::sync::Arc;

use serde::Serialize;

use super::Engine;
use crate::builtins::{self, Called, Extensions, FilterError, HostFunction, Outcome, TypedFunction};
use crate::value::Value;
use crate::vm::{Limits, Pool};

impl Engine {
    /// An engine as it comes: the default limits; the built-in operations, the provider `echo`, no components.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// An engine to be configured.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }
}

/// An engine in the making.
///
/// ```
/// use segue::{Engine, context, vm::Limits};
///
/// let mut limits = Limits::default();
/// limits.fuel = 10_000;
/// let engine = Engine::builder()
///     .limits(limits)
///     .typed_function("initial", |name: String| name.chars().next())
///     .typed_filter("shout", |text: String| text.to_uppercase() + "!")?
///     .build();
/// let greeting = engine.template("${initial(name)}., ${name | shout}")?;
/// assert_eq!(greeting.eval_as::<String>(&context! { name: "Ada" })?, "A., ADA!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With the feature `ensemble` it also takes what ensembles need:
///
/// ```
/// # #[cfg(feature = "ensemble")] {
/// use segue::Engine;
/// use segue::component::{Components, MemorySource};
/// use segue::ensemble::operation::{Call, Operation, Performing};
///
/// struct Shout;
/// impl Operation for Shout {
///     fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
///         let text = call.input().to_json_string().to_uppercase();
///         Performing::Ready(Ok(text.into()))
///     }
/// }
///
/// let engine = Engine::builder()
///     .operation("shout", Shout)
///     .components(MemorySource::from(Components::new()))
///     .build();
/// # let _ = engine;
/// # }
/// ```
#[derive(Default)]
#[must_use = "an engine is made by `build`"]
pub struct EngineBuilder {
    limits: Limits,
    extensions: Extensions,
    #[cfg(feature = "ensemble")]
    pub(super) ensembles: super::ensembles::Parts,
}

impl EngineBuilder {
    /// What one evaluation may use.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A function that expressions, templates, ensembles and prompts can call by its name. It takes `length` arguments;
    /// more or fewer may come. It should give the same for the same arguments, or a run does not replay.
    ///
    /// ```
    /// use segue::{Engine, Value, context};
    /// let engine = Engine::builder()
    ///     .function("twice", 1, |arguments| match arguments {
    ///         [Value::Number(number), ..] => Ok(Value::Number(number * 2.0)),
    ///         _ => Err(segue::value::Thrown::type_error("twice() takes a number")),
    ///     })
    ///     .build();
    /// assert_eq!(engine.compile("twice(x)")?.eval_as::<u32>(&context! { x: 21 })?, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn function(
        mut self,
        name: &str,
        length: u32,
        run: impl Fn(&[Value]) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        self.extensions
            .add_function(name, HostFunction::new(name, length, run))
            .expect("a function that captures nothing nests no deeper than one level");
        self
    }

    /// As [`function`](Self::function), for a plain Rust function: its signature says how many arguments it takes and
    /// what they are, and a call with anything else is a `TypeError`. Values go in and out through serde, which takes
    /// time and memory with their size; both are the host's to bound.
    ///
    /// ```
    /// use segue::{Engine, context};
    /// let round_to = |number: f64, digits: Option<i32>| {
    ///     let scale = 10_f64.powi(digits.unwrap_or(0));
    ///     (number * scale).round() / scale
    /// };
    /// let engine = Engine::builder().typed_function("round_to", round_to).build();
    /// assert_eq!(engine.compile("round_to(x, 1)")?.eval_as::<f64>(&context! { x: 2.345 })?, 2.3);
    /// assert_eq!(engine.compile("round_to(x)")?.eval_as::<f64>(&context! { x: 2.345 })?, 2.0);
    /// let error = engine.compile("round_to('x')")?.eval(&context! {}).unwrap_err();
    /// assert!(error.to_string().contains("argument 1 of round_to() does not fit"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn typed_function<Arguments, Body>(self, name: &str, body: Body) -> Self
    where
        Body: TypedFunction<Arguments, Result: serde::Serialize>,
    {
        let called: Box<str> = name.into();
        self.function(name, Body::LENGTH, move |arguments| typed(Called::Function(&called), &body, arguments))
    }

    /// As [`typed_function`](Self::typed_function), for one that may fail: what it fails with is thrown, an
    /// [`Error`](crate::value::ErrorKind::Error) with its message, or the [`Thrown`](crate::value::Thrown) that it is.
    ///
    /// ```
    /// use segue::{Engine, context};
    /// fn port(text: String) -> Result<u16, std::num::ParseIntError> {
    ///     text.parse()
    /// }
    /// let engine = Engine::builder().fallible_function("port", port).build();
    /// assert_eq!(engine.compile("port('80') + 1")?.eval_as::<u16>(&context! {})?, 81);
    /// let error = engine.compile("port('http')")?.eval(&context! {}).unwrap_err();
    /// assert_eq!(error.to_string(), "Error: invalid digit found in string");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallible_function<Arguments, Body, Given, Failure>(self, name: &str, body: Body) -> Self
    where
        Body: TypedFunction<Arguments, Result = Result<Given, Failure>>,
        Given: serde::Serialize,
        Failure: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let called: Box<str> = name.into();
        self.function(name, Body::LENGTH, move |arguments| {
            fallible(Called::Function(&called), &body, arguments)
        })
    }

    /// A filter that expressions, templates, ensembles and prompts can use as they use the built-in ones: `value | name`
    /// or `value | name(arguments)`. It takes the value and the arguments, of which any number may come. As a
    /// [`function`](Self::function) it should give the same for the same; a variable of its name hides it.
    ///
    /// # Errors
    /// A name that cannot be written after a bar, or that is taken: by a built-in filter, a global, or one of the names
    /// that ensembles have.
    ///
    /// ```
    /// use segue::{Engine, Value, context, value::Thrown};
    /// let engine = Engine::builder()
    ///     .filter("or_dash", |value, _| Ok(if value.truthy() { value.clone() } else { "–".into() }))?
    ///     .build();
    /// let cell = engine.template("${name | trim | or_dash}")?;
    /// assert_eq!(cell.eval_as::<String>(&context! { name: "  " })?, "–");
    /// assert!(Engine::builder().filter("trim", |value, _| Ok(value.clone())).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn filter(
        self,
        name: &str,
        run: impl Fn(&Value, &[Value]) -> Outcome + Send + Sync + 'static,
    ) -> Result<Self, FilterError> {
        self.filter_of(name, move |arguments| match arguments.split_first() {
            Some((value, arguments)) => run(value, arguments),
            None => run(&Value::Undefined, &[]),
        })
    }

    /// As [`filter`](Self::filter), for a plain Rust function: its first argument is the value, the others are the
    /// filter's. Its signature says what they are, as in [`typed_function`](Self::typed_function).
    ///
    /// # Errors
    /// As [`filter`](Self::filter).
    ///
    /// ```
    /// use segue::{Engine, context};
    /// let cut = |text: String, length: Option<usize>| text.chars().take(length.unwrap_or(3)).collect::<String>();
    /// let engine = Engine::builder().typed_filter("cut", cut)?.build();
    /// let text = context! { title: "segue" };
    /// assert_eq!(engine.compile("title | cut")?.eval_as::<String>(&text)?, "seg");
    /// assert_eq!(engine.compile("title | cut(4) | uppercase")?.eval_as::<String>(&text)?, "SEGU");
    /// let error = engine.compile("36 | cut")?.eval(&text).unwrap_err();
    /// assert!(error.to_string().starts_with("TypeError: the value of the filter `cut` does not fit"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn typed_filter<Arguments, Body>(self, name: &str, body: Body) -> Result<Self, FilterError>
    where
        Body: TypedFunction<Arguments, Result: Serialize>,
    {
        let called: Box<str> = name.into();
        self.filter_of(name, move |arguments| typed(Called::Filter(&called), &body, arguments))
    }

    /// As [`typed_filter`](Self::typed_filter), for one that may fail, as in
    /// [`fallible_function`](Self::fallible_function).
    ///
    /// # Errors
    /// As [`filter`](Self::filter).
    ///
    /// ```
    /// use segue::{Engine, context};
    /// fn port(text: String) -> Result<u16, std::num::ParseIntError> {
    ///     text.parse()
    /// }
    /// let engine = Engine::builder().fallible_filter("port", port)?.build();
    /// assert_eq!(engine.compile("('80' | port) + 1")?.eval_as::<u16>(&context! {})?, 81);
    /// let error = engine.compile("'http' | port")?.eval(&context! {}).unwrap_err();
    /// assert_eq!(error.to_string(), "Error: invalid digit found in string");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallible_filter<Arguments, Body, Given, Failure>(
        self,
        name: &str,
        body: Body,
    ) -> Result<Self, FilterError>
    where
        Body: TypedFunction<Arguments, Result = Result<Given, Failure>>,
        Given: Serialize,
        Failure: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let called: Box<str> = name.into();
        self.filter_of(name, move |arguments| fallible(Called::Filter(&called), &body, arguments))
    }

    fn filter_of(
        mut self,
        name: &str,
        run: impl Fn(&[Value]) -> Outcome + Send + Sync + 'static,
    ) -> Result<Self, FilterError> {
        self.extensions.add_filter(name, HostFunction::new(name, 1, run))?;
        Ok(self)
    }

    /// The engine.
    #[must_use]
    pub fn build(self) -> Engine {
        let pool = Arc::new(Pool::new(self.limits));
        let extensions = Arc::new(self.extensions);
        Engine {
            #[cfg(feature = "ensemble")]
            services: Arc::new(self.ensembles.services(pool.clone(), extensions.clone())),
            pool,
            extensions,
        }
    }
}

/// Calls a plain Rust function with values.
fn typed<Arguments, Body>(called: Called<'_>, body: &Body, arguments: &[Value]) -> Outcome
where
    Body: TypedFunction<Arguments, Result: Serialize>,
{
    builtins::given(called, &body.call(called, arguments)?)
}

/// Calls one that may fail.
fn fallible<Arguments, Body, Given, Failure>(called: Called<'_>, body: &Body, arguments: &[Value]) -> Outcome
where
    Body: TypedFunction<Arguments, Result = Result<Given, Failure>>,
    Given: Serialize,
    Failure: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let given = body.call(called, arguments)?;
    builtins::given(called, &given.map_err(|failure| builtins::thrown(failure.into()))?)
}
