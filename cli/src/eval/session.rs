//! Evaluates one expression after another, as `eval` and the protocol need it.

use segue::compile::{Scope, Undeclared, compile};
use segue::draw::{Seed, Stream};
use segue::syntax::{self, Diagnostic, Span};
use segue::template::Template;
use segue::value::{ErrorKind, Object, Value};
use segue::vm::{Limits, Vm};

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

    /// The value of `text`, with the properties of each object as variables; a later one hides an earlier.
    pub(crate) fn eval(&mut self, text: &str, context: &Object) -> Result<Value, Fault> {
        let mut scope = Scope::new(Undeclared::Throw);
        for (slot, key) in context.keys().iter().enumerate() {
            let slot = u32::try_from(slot).expect("a context has fewer keys than bytes, and those fit");
            if let Some(name) = key.as_str().filter(|name| is_nameable(name)) {
                scope.variable(name, slot);
            }
        }
        scope.finish();
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

/// Whether an expression can name it: an identifier, with hyphens inside. Other keys of a context are out of reach.
fn is_nameable(name: &str) -> bool {
    let is_start = |letter: char| letter.is_alphabetic() || matches!(letter, '_' | '$');
    let is_part = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-' | '\u{200c}' | '\u{200d}')
    };
    name.starts_with(is_start) && !name.ends_with('-') && name.chars().all(is_part)
}
