//! Evaluates one expression after another, as `eval` and the protocol need it.

use std::io;

use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::syntax::{self, Diagnostic, Span};
use segue::template::Template;
use segue::value::{ErrorKind, Object, Value};
use segue::vm::{Limits, Vm};

use super::encoding::encode;
use crate::output::{BAD, Output};

/// How a source text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// One bare expression.
    Expression,
    /// Text with `${…}` in it.
    Template,
}

/// Why there is no value.
pub(crate) enum Fault {
    /// The text does not compile.
    Compile(Vec<Diagnostic>),
    /// The evaluation threw, or hit a limit.
    Thrown { kind: ErrorKind, message: Box<str>, span: Span },
}

/// A machine and its source of random numbers.
pub(crate) struct Session {
    vm: Vm,
    stream: Stream,
    /// The next draw's number: no two evaluations get the same draws.
    position: u64,
    source: Source,
}

impl Session {
    pub(crate) fn new(source: Source, seed: Seed) -> Self {
        Self { vm: Vm::new(Limits::default()), stream: Stream::seeded(seed), position: 0, source }
    }

    /// The number of the next draw.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The same, from another draw on.
    pub(crate) fn at(self, position: u64) -> Self {
        Self { position, ..self }
    }

    /// The value of `text`, with the properties of each object as variables; a later one hides an earlier.
    pub(crate) fn eval(&mut self, text: &str, context: &Object) -> Result<Value, Fault> {
        let scope = scope_of(context);
        let variables = context.values();
        let mut cursor = self.stream.cursor_at(self.position);
        let result = match self.source {
            Source::Expression => {
                let expr = syntax::parse(text, scope.declared()).map_err(Fault::Compile)?;
                let program = compile(&expr, text, &scope).map_err(Fault::Compile)?;
                self.vm.run(&program, variables, &mut cursor)
            }
            Source::Template => {
                let template = Template::compile(text, &scope).map_err(Fault::Compile)?;
                template.eval(&mut self.vm, variables, &mut cursor)
            }
        };
        self.position = cursor.position();
        result.map_err(|error| Fault::Thrown { kind: error.kind, message: error.message, span: error.span })
    }
}

impl Fault {
    /// What is wrong with `text`, called `name`, on standard error: each place underlined.
    pub(crate) fn tell(&self, name: &str, text: &str, out: &mut Output) -> io::Result<()> {
        match self {
            Self::Compile(diagnostics) => {
                diagnostics.iter().try_for_each(|diagnostic| out.diagnostic(diagnostic, name, text))
            }
            Self::Thrown { kind, message, span } => {
                out.note(BAD, kind.name(), message)?;
                out.place(name, text, *span)
            }
        }
    }
}

/// The properties of an object as variables, in the order of its keys.
pub(crate) fn scope_of(context: &Object) -> Scope {
    let mut scope = Scope::new(Undeclared::Throw);
    for (slot, key) in context.keys().iter().enumerate() {
        let slot = u32::try_from(slot).expect("a context has fewer keys than bytes, and those fit");
        if let Some(name) = key.as_str().filter(|name| is_nameable(name)) {
            scope.variable(name, slot);
        }
    }
    scope.finish();
    scope
}

/// The value as JSON, or `undefined`.
///
/// # Errors
/// As [`encoded`].
pub(crate) fn printed(value: &Value, text: &str) -> Result<String, Fault> {
    encoded(value, text)?;
    Ok(if matches!(value, Value::Undefined) { "undefined".to_owned() } else { value.to_json_string() })
}

/// The value so that nothing of it is lost.
///
/// # Errors
/// What is no data is no result: functions, regular expressions.
pub(crate) fn encoded(value: &Value, text: &str) -> Result<String, Fault> {
    encode(value).map_err(|thrown| Fault::Thrown {
        kind: thrown.kind,
        message: thrown.message,
        span: (0..text.len()).into(),
    })
}

/// Whether an expression can name it: an identifier, with hyphens inside. Other keys of a context are out of reach.
pub(crate) fn is_nameable(name: &str) -> bool {
    let is_start = |letter: char| letter.is_alphabetic() || matches!(letter, '_' | '$');
    let is_part = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-' | '\u{200c}' | '\u{200d}')
    };
    name.starts_with(is_start) && !name.ends_with('-') && name.chars().all(is_part)
}
