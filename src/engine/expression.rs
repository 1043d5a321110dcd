//! Expressions and templates outside ensembles: names found in what they are evaluated with.
//!
//! A name is a slot at compile time. What an evaluation's context lacks must throw a `ReferenceError`, or be
//! `'undefined'` to `typeof`: for each set of names that was ever missing there is one more program, compiled without
//! them. Contexts mostly look alike, so that there is hardly ever a second.

use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use smallvec::SmallVec;

use super::{CompileError, Engine, Error};
use crate::builtins::Extensions;
use crate::bytecode::{Key, Program, SlotIdx};
use crate::compile::{Scope, Undeclared, compile, references};
use crate::draw::{Cursor, Seed, Stream};
use crate::syntax::Diagnostic;
use crate::value::json::Projection;
use crate::value::{Str, Value, from_value, to_value};
use crate::vm::{EvalError, Pool, Vm};
use crate::{builtins, syntax, template};

/// A compiled expression. `Send + Sync`, cheap to clone; borrows nothing from its text.
#[derive(Clone)]
pub struct Expression(Source);

/// A compiled text with `${…}` in it. `Send + Sync`, cheap to clone; borrows nothing from its text.
#[derive(Clone)]
pub struct Template(Source);

/// What both are.
#[derive(Clone)]
struct Source {
    inner: Arc<Inner>,
    pool: Arc<Pool>,
}

struct Inner {
    language: Language,
    extensions: Arc<Extensions>,
    text: Box<str>,
    /// The variables by slot.
    names: Box<[Key]>,
    whole: Code,
    /// What of a context is ever read.
    reads: Projection,
    /// Programs without some of the names.
    partial: Mutex<Vec<Partial>>,
}

/// A program without the names that are not present.
type Partial = (Box<[bool]>, Arc<Code>);

/// How a text is read.
#[derive(Clone, Copy)]
enum Language {
    /// All of it is an expression.
    Expression,
    /// The expressions in it are in `${…}`.
    Template,
}

impl Language {
    /// The slots of the variables that the text mentions.
    fn mentioned(self, text: &str, scope: &Scope) -> Result<Vec<u32>, Vec<Diagnostic>> {
        let mentions = match self {
            Self::Expression => references(&syntax::parse(text, scope.declared())?, scope),
            Self::Template => template::parse(text, scope)?.references(scope),
        };
        Ok(mentions.into_iter().map(|mention| mention.slot).collect())
    }

    fn compile(self, text: &str, scope: &Scope) -> Result<Code, Vec<Diagnostic>> {
        match self {
            Self::Expression => {
                let expr = syntax::parse(text, scope.declared())?;
                compile(&expr, text, scope).map(Code::Expression)
            }
            Self::Template => template::Template::compile(text, scope).map(Code::Template),
        }
    }
}

/// What a text is compiled to.
enum Code {
    Expression(Program),
    Template(template::Template),
}

impl Code {
    /// What it reads of an object with these keys.
    fn reads(&self, names: &[Key]) -> Projection {
        let program = match self {
            Self::Expression(program) => Some(program),
            Self::Template(template) => template.program(),
        };
        let mut reads = Projection::default();
        for (key, slot) in names.iter().zip(0..) {
            let wanted = program.map_or_else(Projection::default, |program| program.reads(SlotIdx(slot)));
            reads.set(key.name.clone(), wanted);
        }
        reads
    }

    fn eval(&self, vm: &mut Vm, variables: &[Value], draws: &mut Cursor<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Expression(program) => vm.run(program, variables, draws),
            Self::Template(template) => template.eval(vm, variables, draws),
        }
    }
}

/// Of so many names the values are found without an allocation.
const QUICK_NAMES: usize = 8;

/// So many programs with missing names are kept.
const PARTIAL_KEPT: usize = 32;

impl Source {
    fn compile(
        language: Language,
        engine: &Engine,
        text: &str,
        variables: Option<&[&str]>,
    ) -> Result<Self, CompileError> {
        let faulty = |diagnostics| CompileError { text: text.to_owned(), diagnostics };
        let extensions = &engine.extensions;
        let candidates = variables.map_or_else(|| words(text, extensions), <[&str]>::to_vec);
        let mut names = candidates.clone();
        if variables.is_none() {
            // Only the words that the expressions read as variables are looked up.
            let mut used =
                language.mentioned(text, &scope_of(&candidates, extensions, |_| true)).map_err(faulty)?;
            used.sort_unstable();
            used.dedup();
            names = used.into_iter().filter_map(|slot| candidates.get(slot as usize).copied()).collect();
        }
        let whole = language.compile(text, &scope_of(&names, extensions, |_| true)).map_err(faulty)?;
        let names: Box<[Key]> =
            names.into_iter().map(|name| Key::new(Str::from(name), syntax::Span::default())).collect();
        let extensions = extensions.clone();
        let reads = whole.reads(&names);
        let (partial, text) = (Mutex::default(), text.into());
        let inner = Inner { language, extensions, names, whole, reads, partial, text };
        Ok(Self { inner: Arc::new(inner), pool: engine.pool.clone() })
    }

    fn eval(&self, context: &Value, stream: &mut Stream) -> Result<Value, EvalError> {
        let object = match context {
            Value::Object(object) => Some(object),
            _ => None,
        };
        let found = |name: &Key| object.and_then(|object| name.find(object));
        let Inner { names, whole, .. } = &*self.inner;
        // An array that stays where it is filled: moved, what was just written would be waited for.
        let mut room = [&Value::Undefined; QUICK_NAMES];
        if let (Code::Expression(program), Some(variables)) = (whole, room.get_mut(..names.len())) {
            for (variable, name) in variables.iter_mut().zip(names) {
                match found(name) {
                    Some(value) => *variable = value,
                    None => return self.eval_partly(names.iter().map(found).collect(), stream),
                }
            }
            if let Some(value) = self.pool.run_quickly(program, variables, &mut stream.cursor()) {
                return Ok(value);
            }
        }
        let variables: SmallVec<[Value; QUICK_NAMES]> =
            names.iter().map_while(|name| found(name).cloned()).collect();
        if variables.len() < names.len() {
            return self.eval_partly(names.iter().map(found).collect(), stream);
        }
        self.pool.with(|vm| whole.eval(vm, &variables, &mut stream.cursor()))
    }

    /// The value where some variables are not there.
    #[cold]
    fn eval_partly(&self, variables: Vec<Option<&Value>>, stream: &mut Stream) -> Result<Value, EvalError> {
        let partial = self.partial(variables.iter().map(Option::is_some).collect())?;
        let variables: Vec<Value> =
            variables.into_iter().map(|value| value.cloned().unwrap_or_default()).collect();
        self.pool.with(|vm| partial.eval(vm, &variables, &mut stream.cursor()))
    }

    /// The program without the names that are not present.
    #[cold]
    fn partial(&self, present: Box<[bool]>) -> Result<Arc<Code>, EvalError> {
        let mut partial = self.inner.partial.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = partial.iter().find(|(known, _)| *known == present) {
            return Ok(known.clone());
        }
        let names: Vec<_> = self.inner.names.iter().map(|key| key.name.to_text()).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let scope = scope_of(&names, &self.inner.extensions, |slot| present[slot]);
        let compiled = self.inner.language.compile(&self.inner.text, &scope);
        let compiled = Arc::new(compiled.map_err(|faults| {
            // A name less can change what the rest means: `x | trim`, with `trim` a variable no more.
            let (title, span) = faults.first().map_or_else(
                || ("the expression does not compile".to_owned(), syntax::Span::default()),
                |fault| (fault.title.clone(), fault.span()),
            );
            EvalError::new(crate::value::Thrown::syntax(title), span)
        })?);
        if partial.len() >= PARTIAL_KEPT {
            partial.clear();
        }
        partial.push((present, compiled.clone()));
        Ok(compiled)
    }
}

/// A scope of these variables, by their position, but for those that are left out, and what they do not hide of what
/// the host adds.
fn scope_of(names: &[&str], extensions: &Arc<Extensions>, is_present: impl Fn(usize) -> bool) -> Scope {
    let mut scope = Scope::new(Undeclared::Throw);
    scope.extend(extensions);
    for (slot, name) in names.iter().enumerate().filter(|(slot, _)| is_present(*slot)) {
        scope.variable(name, u32::try_from(slot).unwrap_or(u32::MAX));
    }
    scope.finish();
    scope
}

/// The words of a text that could be variables: identifiers that mean nothing yet.
fn words<'t>(text: &'t str, extensions: &Extensions) -> Vec<&'t str> {
    let is_start = |letter: char| letter.is_alphabetic() || letter == '_' || letter == '$';
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let mut words: indexmap::IndexSet<&'t str> = text
        .split(|letter| !is_part(letter))
        .map(|word| word.trim_start_matches('$'))
        .filter(|word| word.starts_with(is_start))
        .collect();
    words.retain(|word| !is_taken(word, extensions));
    words.into_iter().collect()
}

/// Whether a word is the language's or the host's: a reserved word, a global, a function or a filter.
fn is_taken(word: &str, extensions: &Extensions) -> bool {
    !syntax::is_name(word)
        || builtins::global(word).is_some()
        || builtins::filter(word).is_some()
        || extensions.has_function(word)
        || extensions.filter(word).is_some()
}

/// A seed that nobody can foresee.
fn fresh_seed() -> Seed {
    Seed::from_bits(std::hash::RandomState::new().build_hasher().finish())
}

/// What expressions and templates have in common.
macro_rules! evaluated {
    ($name:ident) => {
        impl $name {
            /// Its value with the properties of `context` as variables.
            ///
            /// Converting the context costs some 100 ns a node; who has a [`Value`] takes
            /// [`eval_value`](Self::eval_value). Draws come from a fresh stream.
            ///
            /// # Errors
            /// What it throws, or that `context` cannot be a value.
            pub fn eval(&self, context: &(impl Serialize + ?Sized)) -> Result<Value, Error> {
                let context = to_value(context).map_err(Error::context)?;
                Ok(self.eval_value(&context)?)
            }

            /// Its value as a type of the caller's, with the properties of `context` as variables.
            ///
            /// # Errors
            /// What it throws, and what does not fit.
            pub fn eval_as<T: DeserializeOwned>(
                &self,
                context: &(impl Serialize + ?Sized),
            ) -> Result<T, Error> {
                from_value(&self.eval(context)?).map_err(Error::result)
            }

            /// Its value with the properties of an object as variables; any other value has none.
            ///
            /// # Errors
            /// What it throws.
            pub fn eval_value(&self, context: &Value) -> Result<Value, EvalError> {
                self.0.eval(context, &mut Stream::on_demand(fresh_seed))
            }

            /// Its value with the members of a JSON object as variables. Values are made of what it reads alone, the
            /// rest of the text is checked: some 2 ns a byte.
            ///
            /// # Errors
            /// What it throws, or that the text is no JSON.
            pub fn eval_json(&self, context: &str) -> Result<Value, Error> {
                let context = Value::from_json_part(context, &self.0.inner.reads);
                let context = context.map_err(|thrown| Error::context(thrown.into()))?;
                Ok(self.eval_value(&context)?)
            }

            /// As [`eval_value`](Self::eval_value), with draws that the seed replays.
            ///
            /// # Errors
            /// What it throws.
            pub fn eval_seeded(&self, context: &Value, seed: Seed) -> Result<Value, EvalError> {
                self.0.eval(context, &mut Stream::seeded(seed))
            }

            /// The variables that it reads.
            pub fn variables(&self) -> impl Iterator<Item = &Str> {
                self.0.inner.names.iter().map(|key| &key.name)
            }
        }
    };
}

evaluated!(Expression);
evaluated!(Template);

impl Template {
    pub(super) fn compile(
        engine: &Engine,
        text: &str,
        variables: Option<&[&str]>,
    ) -> Result<Self, CompileError> {
        Source::compile(Language::Template, engine, text, variables).map(Self)
    }
}

impl Expression {
    pub(super) fn compile(
        engine: &Engine,
        text: &str,
        variables: Option<&[&str]>,
    ) -> Result<Self, CompileError> {
        Source::compile(Language::Expression, engine, text, variables).map(Self)
    }
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Expression").field(&self.0.inner.text).finish()
    }
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Template").field(&self.0.inner.text).finish()
    }
}
