//! What is checked and worked out before the first agent starts: input, environment, sticky key, components.

use std::sync::{Arc, Mutex, OnceLock, RwLock};

use tokio::time::Instant;

use super::builder::Input;
use super::context::{Context, Root};
use super::draws::Draws;
use super::permits::Permits;
use super::{Failure, RefusalKind, RunBuilder, RunError, Secrets, TraceLevel, Warning, fields};
use crate::component::{ComponentError, Snapshot};
use crate::draw::{Key, RunKeys, Seed};
use crate::ensemble::Ensemble;
use crate::ensemble::plan::InputProblem;
use crate::ensemble::schema::{self, Missing};
use crate::ensemble::trace::{EventKind, Keyed};
use crate::value::json::unsafe_integers;
use crate::value::{ObjectBuilder, Str, Value, number};

/// A run that nothing refuses.
pub(super) struct Prepared {
    pub(super) context: Context,
    input: Value,
    env: Value,
    pub(super) warnings: Vec<Warning>,
}

impl Prepared {
    /// `input` and `env`, once.
    pub(super) fn take_variables(&mut self) -> (Value, Value) {
        (std::mem::take(&mut self.input), std::mem::take(&mut self.env))
    }

    pub(super) fn draws(&self) -> Draws {
        Draws::new(self.context.keys, self.context.ensemble.schedule().shared_streams)
    }
}

/// What a nested run takes from the one around it.
pub(super) struct Around<'c> {
    pub(super) parent: &'c Context,
    pub(super) agent: &'c Arc<str>,
}

/// Prepares a run of its own.
pub(super) fn root(builder: RunBuilder) -> Result<Prepared, RunError> {
    let RunBuilder { ensemble, input, seed, env, is_strict, trace, observers, cancellation } = builder;
    let name = &ensemble.0.plan.name;
    let mut warnings = Vec::new();
    let input = match input {
        Input::Value(value) => value,
        Input::Json(text) => parse(name, &text, is_strict, &mut warnings)?,
    };
    let root = Root {
        snapshot: OnceLock::new(),
        env,
        secrets: RwLock::default(),
        trace: (trace == TraceLevel::Full).then(Mutex::default),
        observers,
        cancellation,
        started: Instant::now(),
    };
    let seed = seed.unwrap_or_else(fresh_seed);
    prepare(ensemble.clone(), Arc::new(root), input, seed, warnings, None)
}

/// Prepares a run inside another.
pub(super) fn inner(ensemble: Ensemble, input: Value, around: &Around<'_>) -> Result<Prepared, RunError> {
    let seed = crate::draw::nested_seed(around.parent.seed(), around.agent);
    prepare(ensemble, around.parent.root.clone(), input, seed, Vec::new(), Some(around))
}

fn prepare(
    ensemble: Ensemble,
    root: Arc<Root>,
    input: Value,
    seed: Seed,
    warnings: Vec<Warning>,
    around: Option<&Around<'_>>,
) -> Result<Prepared, RunError> {
    let plan = &ensemble.0.plan;
    let input = match &plan.input_schema {
        Some(schema) => schema.check(&input).map_err(|problems| misfit(&plan.name, &problems))?,
        None => input,
    };
    let env = environment(&ensemble, &root)?;
    let variables = [input, env];
    let (sticky, keyed) = sticky_key(&ensemble, &variables, seed, around)?;
    let keys = match &sticky {
        Some(key) => RunKeys::new(seed).with_sticky(Key::sticky(&plan.salt, &key.to_text())),
        None => RunKeys::new(seed),
    };
    let (outer, mut path) = match around {
        Some(around) => (around.parent.permits.clone(), around.parent.path.clone()),
        None => (Permits::default(), Vec::new()),
    };
    path.extend(around.map(|around| around.agent.clone()));
    let context = Context {
        permits: outer.within(plan.concurrency),
        path,
        keys,
        keyed,
        sticky,
        cancellation: OnceLock::new(),
        abandoned: Mutex::default(),
        root,
        ensemble,
    };
    context.emit(|| EventKind::Started { seed, keyed });
    let [input, env] = variables;
    Ok(Prepared { context, input, env, warnings })
}

/// A seed that nobody chose: bits of the system's randomness, which the standard library's hasher has from it.
fn fresh_seed() -> Seed {
    use std::hash::{BuildHasher, Hasher};
    Seed::from_bits(std::hash::RandomState::new().build_hasher().finish())
}

fn parse(
    name: &Arc<str>,
    text: &str,
    is_strict: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Value, RunError> {
    let invalid = |message: String| RunError::new(name, RefusalKind::Input, message).at("input");
    let value = Value::from_json(text)
        .map_err(|thrown| invalid(format!("the input is not JSON: {}", thrown.message)))?;
    for integer in unsafe_integers(text) {
        let path = match integer.path.chars().next() {
            None => "input".to_owned(),
            Some('[') => format!("input{}", integer.path),
            Some(_) => format!("input.{}", integer.path),
        };
        warnings.push(Warning::UnsafeInteger { path, literal: integer.literal });
    }
    match warnings.first() {
        Some(warning @ Warning::UnsafeInteger { path, .. }) if is_strict => {
            Err(RunError::new(name, RefusalKind::UnsafeInteger, warning.to_string()).at(path.clone()))
        }
        _ => Ok(value),
    }
}

#[cold]
fn misfit(name: &Arc<str>, problems: &[InputProblem]) -> RunError {
    let place = |problem: &InputProblem| match &*problem.path {
        "" => "input".to_owned(),
        path if path.starts_with('[') => format!("input{path}"),
        path => format!("input.{path}"),
    };
    let lines = problems.iter().map(ToString::to_string);
    let message = format!("the input does not fit its schema: {}", lines.collect::<Vec<_>>().join("; "));
    let error = RunError::new(name, RefusalKind::Input, message);
    match problems.first() {
        Some(problem) => error.at(place(problem)),
        None => error,
    }
}

/// `env`: what the caller passes, else what the process has of what is listed, else the defaults.
fn environment(ensemble: &Ensemble, root: &Root) -> Result<Value, RunError> {
    let plan = &ensemble.0.plan;
    if plan.env.is_empty() && plan.env_required.is_empty() && root.env.is_empty() {
        return Ok(ensemble.0.empty.clone());
    }
    let mut env = ObjectBuilder::with_capacity(plan.env.len() + root.env.len());
    for listed in &plan.env {
        let passed = || (ensemble.services().environment)(&listed.name);
        if let Some(value) = passed().or_else(|| listed.default.as_deref().map(str::to_owned)) {
            env.insert(Str::from(&*listed.name), value.into());
        }
    }
    for (name, value) in &root.env {
        env.insert(Str::from(&**name), Value::from(&**value));
    }
    let missing = plan.env_required.iter().filter(|required| env.get(&Str::from(&*required.name)).is_none());
    let missing: Vec<_> = missing.collect();
    if let Some(first) = missing.first() {
        let lines = missing.iter().map(|required| {
            let name = &required.name;
            format!("`env.{name}`, which `{}` reads, has no value: pass `--env {name}=…`", required.field)
        });
        let message = lines.collect::<Vec<_>>().join("\n");
        return Err(RunError::new(&plan.name, RefusalKind::Env, message).at(format!("env.{}", first.name)));
    }
    let hidden = plan.env.iter().filter(|listed| listed.is_secret);
    let hidden: Vec<_> = hidden
        .filter_map(|listed| match env.get(&Str::from(&*listed.name)) {
            Some(Value::String(value)) => Some((listed.name.clone(), value.to_text().into())),
            _ => None,
        })
        .collect();
    if !hidden.is_empty() {
        let mut secrets = root.secrets.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        *secrets = secrets.joined(&Secrets::new(hidden));
    }
    let env = env.build().map(Value::Object);
    env.map_err(|thrown| RunError::new(&plan.name, RefusalKind::Env, thrown.message))
}

/// The text of the key that keeps this run's user on one side.
fn sticky_key(
    ensemble: &Ensemble,
    variables: &[Value],
    seed: Seed,
    around: Option<&Around<'_>>,
) -> Result<(Option<Str>, Keyed), RunError> {
    let plan = &ensemble.0.plan;
    let Some(sticky) = &plan.sticky else {
        // Independent draws are plain JavaScript's: no key fixes them.
        let inherited = around.filter(|_| plan.draws == schema::Draws::Shared);
        let inherited = inherited.and_then(|around| around.parent.sticky.clone());
        let keyed = if inherited.is_some() { Keyed::Key } else { Keyed::Seed };
        return Ok((inherited, keyed));
    };
    let field = &sticky.key.field;
    let refused =
        |message: String| RunError::new(&plan.name, RefusalKind::StickyKey, message).at(field.to_string());
    let mut draws = Draws::new(RunKeys::new(seed), 0);
    let value = ensemble
        .services()
        .vms
        .with(|vm| fields::text(&sticky.key, vm, variables, &mut draws))
        .map_err(|failure: Failure| refused(failure.to_string()))?;
    let key = match &value {
        Value::Undefined | Value::Null => None,
        Value::Number(number) if number.is_nan() => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) if number.is_finite() => Some(number::to_js_string(*number)),
        Value::Bool(claim) => Some(Str::from(if *claim { "true" } else { "false" })),
        Value::Number(_) => return Err(refused("the sticky key is not finite".into())),
        other => {
            let found = match other {
                Value::Array(_) => "an array",
                Value::Object(_) => "an object",
                _ => "a function",
            };
            let message = format!("the sticky key is {found}; a key is a text, a finite number or a boolean");
            return Err(refused(message));
        }
    };
    match (key, sticky.missing) {
        (Some(key), _) => Ok((Some(key), Keyed::Key)),
        (None, Missing::Draw) => Ok((None, Keyed::Missing)),
        (None, Missing::Error) => {
            let text = sticky.key.text.trim();
            let message = format!("the sticky key `{text}` is missing, and `missing: error` refuses that");
            Err(refused(message))
        }
    }
}

/// Takes the run's one snapshot, if that can be had at once; whether it could, or needs none.
pub(super) fn snapshot_now(context: &Context) -> Result<bool, RunError> {
    let Some(source) = &context.services().source else { return Ok(true) };
    match source.snapshot_now() {
        Some(snapshot) => keep(context, snapshot).map(|()| true),
        None => Ok(false),
    }
}

/// Takes the run's one snapshot, however long it takes.
pub(super) async fn snapshot(context: &Context) -> Result<(), RunError> {
    match &context.services().source {
        Some(source) => keep(context, source.snapshot().await),
        None => Ok(()),
    }
}

fn keep(context: &Context, snapshot: Result<Arc<dyn Snapshot>, ComponentError>) -> Result<(), RunError> {
    match snapshot {
        Ok(snapshot) => {
            context.root.snapshot.get_or_init(|| snapshot);
            Ok(())
        }
        Err(error) => Err(RunError::new(&context.plan().name, RefusalKind::Components, error.message)),
    }
}
