//! What an engine needs for ensembles: its configuration, and loading them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::Engine;
use super::network::Network;
use crate::builtins::{self, HostFunction, Outcome, TypedFunction};
use crate::component::ComponentSource;
use crate::ensemble::operation::{self, Operation};
use crate::ensemble::provider::{Provider, Providers};
use crate::ensemble::services::{Disk, Environment, Services, Texts};
use crate::ensemble::{Cache, Check, Ensemble, Files, Fixed, LoadError};
use crate::value::Value;
use crate::vm::{Limits, Pool};

/// How many ensembles may lie inside each other, unless said otherwise.
const MAX_DEPTH: usize = 16;

impl Engine {
    /// An engine as it comes: the built-in operations, the provider `echo`, no components.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// An engine to be configured.
    pub fn builder() -> EngineBuilder {
        EngineBuilder {
            limits: Limits::default(),
            functions: Vec::new(),
            operations: Vec::new(),
            providers: Providers::default(),
            source: None,
            environment: Arc::new(|name| std::env::var(name).ok()),
            files: Arc::new(Disk),
            max_depth: MAX_DEPTH,
            network: Network::default(),
            cache: None,
        }
    }

    /// Reads, plans and compiles an ensemble file. Files that it names are beside it.
    ///
    /// # Errors
    /// All that is wrong with it, or that it cannot be read.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Ensemble, LoadError> {
        crate::ensemble::load_file(&self.services, path.as_ref())
    }

    /// Plans and compiles the text of an ensemble; `name` is what messages call it. Files that it names are relative
    /// to the current directory.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load_str(&self, name: &str, text: &str) -> Result<Ensemble, LoadError> {
        crate::ensemble::load(&self.services, name, text.as_bytes(), None)
    }

    /// Everything that is to be said about the bytes of an ensemble file, with the ensemble if nothing is wrong; `path`
    /// is where the files that it names are beside.
    #[must_use]
    pub fn check(&self, bytes: &[u8], path: Option<&Path>) -> Check {
        crate::ensemble::check(&self.services, bytes, path)
    }

    /// The text of an ensemble file with everything mended that needs no thought: names with one near neighbour, and
    /// plain scalars with expressions that other YAML readers would misread, which are quoted. Comments, order and line
    /// ends stay; where there is nothing to mend, so does the text.
    ///
    /// ```
    /// let text = "ensemble: e\nagents:\n  - {name: a, operaton: transform, config: {value: 1}}\n";
    /// let fixed = segue::Engine::new().fix(text, None);
    /// assert_eq!(fixed.text, text.replace("operaton", "operation"));
    /// ```
    #[must_use]
    pub fn fix(&self, text: &str, path: Option<&Path>) -> Fixed {
        crate::ensemble::fix(text, |text| self.check(text.as_bytes(), path).diagnostics)
    }
}

/// An engine in the making.
///
/// ```
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
/// ```
#[must_use = "an engine is made by `build`"]
pub struct EngineBuilder {
    limits: Limits,
    functions: Vec<(Box<str>, Value)>,
    operations: Vec<(Box<str>, Arc<dyn Operation>)>,
    providers: Providers,
    source: Option<Arc<dyn ComponentSource>>,
    environment: Environment,
    files: Arc<dyn Files>,
    max_depth: usize,
    pub(super) network: Network,
    cache: Option<Cache>,
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
        let function = HostFunction::new(name, length, run).into_value();
        let function = function.expect("a function that captures nothing nests no deeper than one level");
        self.functions.push((name.into(), function));
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
        self.function(name, Body::LENGTH, move |arguments| {
            builtins::given(&called, &body.call(&called, arguments)?)
        })
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
            let given = body.call(&called, arguments)?;
            builtins::given(&called, &given.map_err(|failure| builtins::thrown(failure.into()))?)
        })
    }

    /// An operation of the host's, or one in the place of a built-in.
    pub fn operation(mut self, name: impl Into<Box<str>>, operation: impl Operation + 'static) -> Self {
        self.operations.push((name.into(), Arc::new(operation)));
        self
    }

    /// A provider for `think`; the one called `echo` is the default of agents that name none.
    pub fn provider(mut self, name: &str, provider: impl Provider + 'static) -> Self {
        self.providers.insert(name, Arc::new(provider));
        self
    }

    /// Where components come from.
    pub fn components(self, source: impl ComponentSource + 'static) -> Self {
        self.shared_components(Arc::new(source))
    }

    /// As [`components`](Self::components), with a source that others use too.
    pub fn shared_components(mut self, source: Arc<dyn ComponentSource>) -> Self {
        self.source = Some(source);
        self
    }

    /// Where the process variables that ensembles list under `env` come from, in the place of the process.
    pub fn environment(
        mut self,
        environment: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.environment = Arc::new(environment);
        self
    }

    /// Where files come from, in the place of the disk.
    pub fn files(mut self, files: impl Files + 'static) -> Self {
        self.files = Arc::new(files);
        self
    }

    /// What keeps the answers of agents with `cache`; a [`Cache`] of the engine's own, in memory, unless said otherwise.
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// How many ensembles may lie inside each other; 16, unless said otherwise.
    pub fn max_depth(mut self, max_depth: usize) -> Self {
        self.max_depth = max_depth;
        self
    }

    /// The engine.
    #[must_use]
    pub fn build(self) -> Engine {
        let Self {
            limits,
            functions,
            operations,
            mut providers,
            source,
            environment,
            files,
            max_depth,
            network,
            cache,
        } = self;
        let reaching = network.services(&mut providers);
        let mut by_name: HashMap<Box<str>, Arc<dyn Operation>> = operation::built_in(Arc::new(providers))
            .into_iter()
            .chain(reaching)
            .map(|(name, operation)| (name.into(), operation))
            .collect();
        by_name.extend(operations);
        let infos = by_name.iter().map(|(name, operation)| operation.info(name)).collect();
        let vms = Arc::new(Pool::new(limits));
        let functions: Arc<[_]> = functions.into();
        let services = Services {
            operations: by_name,
            infos,
            functions: functions.clone(),
            source,
            environment,
            files,
            max_depth,
            vms: vms.clone(),
            cache: cache.unwrap_or_default(),
            texts: Texts::new(&functions),
        };
        Engine { pool: vms, functions, services: Arc::new(services) }
    }
}
