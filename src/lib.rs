//! segue gates and merges ensembles of AI agents with JavaScript-like expressions.
//!
//! Everything is made from an [`Engine`]: expressions, templates, and (with the feature `ensemble`) ensembles. What
//! it makes is compiled once, can be evaluated or run any number of times, and is shared between threads. Evaluating
//! is bounded, replays from a seed, and reaches nothing: no clock, no file, no network.
//!
//! # An expression
//!
//! ```
//! use segue::{Engine, context};
//!
//! let gate = Engine::new().compile("input.user_id % 2 === 0")?;
//! assert!(gate.eval(&context! { input: { user_id: 42 } })?.truthy());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The language is a pure subset of JavaScript; what it accepts gives the value that V8 gives. The context is anything
//! that serde serializes, and the result anything that it deserializes:
//!
//! ```
//! # use segue::Engine;
//! #[derive(serde::Serialize)]
//! struct Order {
//!     prices: Vec<f64>,
//! }
//!
//! let total = Engine::new().compile("prices.reduce((sum, price) => sum + price, 0)")?;
//! assert_eq!(total.eval_as::<f64>(&Order { prices: vec![1.5, 2.0] })?, 3.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What does not compile says where, and what to write; what throws has JavaScript's class of error:
//!
//! ```
//! # use segue::{Engine, Kind, context, value::ErrorKind};
//! let error = Engine::new().compile("input.age = 36").unwrap_err();
//! assert_eq!(error.diagnostics[0].help.as_deref(), Some("write `===` to compare"));
//!
//! let error = Engine::new().compile("input.user.name")?.eval(&context! { input: {} }).unwrap_err();
//! assert_eq!(error.kind(), Kind::Thrown(ErrorKind::Type));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A template
//!
//! Text around `${…}` makes a string; a text that is one hole keeps the type of its value.
//!
//! ```
//! # use segue::{Engine, context};
//! let engine = Engine::new();
//! let greeting = engine.template("Hello ${name}, you are ${age + 1}!")?;
//! assert_eq!(greeting.eval_as::<String>(&context! { name: "Ada", age: 36 })?, "Hello Ada, you are 37!");
//! assert_eq!(engine.template("${age + 1}")?.eval_as::<f64>(&context! { age: 36 })?, 37.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! # A function or filter of one's own
//!
//! A plain Rust function; its signature says what expressions may give it. [`EngineBuilder`] has the other forms.
//!
//! ```
//! # use segue::{Engine, context};
//! let initials = |name: String| name.split(' ').filter_map(|word| word.chars().next()).collect::<String>();
//! let engine = Engine::builder()
//!     .typed_function("initials", initials)
//!     .typed_filter("shout", |text: String| text.to_uppercase() + "!")?
//!     .build();
//! let greeting = engine.template("Hello ${initials(name)}, ${name | shout}")?;
//! assert_eq!(greeting.eval_as::<String>(&context! { name: "Ada Lovelace" })?, "Hello AL, ADA LOVELACE!");
//! assert!(greeting.eval_as::<String>(&context! { name: 36 }).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! ```
//! # use segue::{Engine, Kind, context, value::ErrorKind, vm::Limits};
//! let mut limits = Limits::default();
//! limits.fuel = 1_000;
//! let engine = Engine::builder().limits(limits).build();
//! let endless = engine.compile("(f => f(f))(f => f(f))")?;
//! let error = endless.eval(&context! {}).unwrap_err();
//! assert_eq!(error.kind(), Kind::Thrown(ErrorKind::Limit));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
#![cfg_attr(feature = "ensemble", doc = include_str!("tour.md"))]
//! # Replay
//!
//! Draws come from a seed, and the same seed gives the same draws on every machine.
//!
//! ```
//! # use segue::{Engine, context, draw::Seed};
//! let sampled = Engine::new().compile("Math.random() < 0.1")?;
//! let twice = [7_u32, 7].map(|seed| sampled.eval_seeded(&context! {}, Seed::from(seed)));
//! assert_eq!(twice[0].as_ref().unwrap().truthy(), twice[1].as_ref().unwrap().truthy());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | by default | what it adds |
//! |---|---|---|
//! | `ensemble` | yes | YAML ensembles, the scheduler, component sources; without it, no `tokio` and no YAML |
//! | `http` | no | the operation `http`, and the providers `openai` and `anthropic`; without it, no network |
//! | `cache-store` | no | answers of agents with `cache` in a file, for the next process too; without it, in memory |
//! | `tracing` | no | `ensemble::Spans`: runs, agents and attempts as spans of `tracing` |
//! | `metrics` | no | `ensemble::Metrics`: runs and agents counted, in Prometheus' text format |
//! | `git` | no | the registry: components deployed by git tags, with the git that the user has |
//!
//! # Rooms
//!
//! Each module says what it knows and what it leaves to others. From the text inwards: [`syntax`], [`compile`],
//! [`bytecode`], [`vm`], [`value`], [`builtins`]; around them [`template`] and [`draw`].

pub mod builtins;
pub mod bytecode;
pub mod compile;
#[cfg(feature = "ensemble")]
pub mod component;
pub mod draw;
mod engine;
#[cfg(feature = "ensemble")]
pub mod ensemble;
#[cfg(feature = "git")]
pub mod registry;
pub mod syntax;
pub mod template;
pub mod value;
pub mod vm;

pub use engine::{CompileError, Engine, EngineBuilder, Error, Expression, Kind, Template};
#[cfg(feature = "ensemble")]
pub use ensemble::{Ensemble, LoadError, Run, RunBuilder, RunError};
pub use value::Value;

/// The Rust that README.md shows.
#[cfg(all(doctest, feature = "ensemble"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The Rust that the book shows.
#[cfg(all(doctest, feature = "ensemble"))]
#[doc = include_str!("../docs/embedding.md")]
struct Embedding;
