//! Runs, agents and attempts as spans of `tracing`: for logs, and for whatever exports spans.
//!
//! An observer like any other, so that who does not ask for spans pays for none. Secrets are replaced in all that
//! spans say; inputs and outputs are in none of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::trace::{Event, EventKind, Observer};

/// Makes spans of one run: `segue.run`, in it `segue.agent` for each agent that begins, in that `segue.attempt`; the
/// run of a nested ensemble is inside its agent's attempt. The run's span is inside the one that is current when this
/// is made.
///
/// A run has `ensemble`, `seed` and `error`; an agent `agent`, `status` (`done`, `failed`, `cancelled`, `cached`),
/// `component`, `attempts` and `error`; an attempt `attempt` and `error`. What an operation does is not inside the
/// spans by itself: they are made by who watches, not by who works.
///
/// ```
/// use std::sync::Arc;
/// use segue::{Engine, Value, ensemble::Spans};
///
/// let text = "ensemble: e\nagents: [{name: a, operation: transform, config: {value: 1}}]";
/// let run = Engine::new().load_str("e.yaml", text)?.run(Value::Null).observer(Arc::new(Spans::new()));
/// assert!(run.blocking()?.is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Spans {
    parent: Span,
    open: Mutex<Open>,
}

/// The spans that have not ended. A path is empty for the run itself.
#[derive(Debug, Default)]
struct Open {
    runs: HashMap<Vec<Arc<str>>, Span>,
    agents: HashMap<(Vec<Arc<str>>, Box<str>), Agent>,
}

#[derive(Debug)]
struct Agent {
    span: Span,
    attempt: Option<Span>,
}

impl Spans {
    /// For one run, inside the current span.
    #[must_use]
    pub fn new() -> Self {
        Self { parent: Span::current(), open: Mutex::default() }
    }
}

impl Default for Spans {
    fn default() -> Self {
        Self::new()
    }
}

impl Open {
    /// The span that a run at this path is inside: the attempt of the agent whose ensemble it is.
    fn around(&self, path: &[Arc<str>], outermost: &Span) -> Span {
        let Some((agent, path)) = path.split_last() else { return outermost.clone() };
        let agent = self.agents.get(&(path.to_vec(), Box::from(&**agent)));
        agent.map_or_else(|| outermost.clone(), |agent| agent.attempt.as_ref().unwrap_or(&agent.span).clone())
    }

    fn agent(&mut self, path: &[Arc<str>], name: &str) -> &mut Agent {
        let run = self.runs.get(path).cloned().unwrap_or_else(Span::none);
        self.agents.entry((path.to_vec(), name.into())).or_insert_with(|| {
            let span = info_span!(
                parent: &run, "segue.agent",
                agent = name, status = Empty, component = Empty, attempts = Empty, error = Empty,
            );
            Agent { span, attempt: None }
        })
    }
}

impl Observer for Spans {
    fn observe(&self, event: &Event<'_>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let path = event.path;
        match &event.kind {
            EventKind::Started { seed, .. } => {
                let around = open.around(path, &self.parent);
                let span = info_span!(
                    parent: &around, "segue.run", ensemble = event.ensemble, seed = seed.get(), error = Empty,
                );
                open.runs.insert(path.to_vec(), span);
            }
            EventKind::Attempt { agent, attempt, .. } => {
                let agent = open.agent(path, agent);
                agent.attempt =
                    Some(info_span!(parent: &agent.span, "segue.attempt", attempt, error = Empty));
            }
            EventKind::Retry { agent, failure, .. } => {
                if let Some(attempt) = open.agent(path, agent).attempt.take() {
                    attempt.record("error", tracing::field::display(failure));
                }
            }
            EventKind::Settled { agent, state, secrets } if state.executed || state.error.is_some() => {
                open.agent(path, agent);
                let key = (path.to_vec(), Box::from(*agent));
                let Some(Agent { span, attempt }) = open.agents.remove(&key) else { return };
                let status = if state.cached.is_some() { "cached" } else { state.status.name() };
                span.record("status", status);
                span.record("attempts", state.attempts);
                if let Some(component) = &state.component {
                    span.record("component", &*secrets.mask(component));
                }
                if let Some(error) = &state.error {
                    span.record("error", tracing::field::display(error));
                    if let Some(attempt) = attempt {
                        attempt.record("error", tracing::field::display(error));
                    }
                }
            }
            EventKind::Ended { failure } => {
                open.agents.retain(|(of, _), _| of != path);
                let Some(span) = open.runs.remove(path) else { return };
                if let Some(failure) = failure {
                    span.record("error", tracing::field::display(failure));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::sync::atomic::{AtomicU64, Ordering};

    use pretty_assertions::assert_eq;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Metadata, Subscriber};

    use super::*;
    use crate::engine::Engine;
    use crate::ensemble::operation::{Call, Operation, OperationError, Performing};

    /// Writes down each span: its place, its name, its fields.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<Line>>>, Arc<AtomicU64>);

    #[derive(Default)]
    struct Line {
        depth: usize,
        text: String,
        is_closed: bool,
    }

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            write!(self.text, " {}={value:?}", field.name()).expect("a text can be written");
        }
    }

    impl Subscriber for Written {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let id = self.1.fetch_add(1, Ordering::SeqCst) + 1;
            let mut lines = self.0.lock().expect("nobody panics");
            let depth = span.parent().map_or(0, |id| lines[id.into_u64() as usize - 1].depth + 1);
            let mut line = Line { depth, text: span.metadata().name().to_owned(), is_closed: false };
            span.record(&mut line);
            lines.push(line);
            Id::from_u64(id)
        }

        fn record(&self, span: &Id, values: &Record<'_>) {
            values.record(&mut self.0.lock().expect("nobody panics")[span.into_u64() as usize - 1]);
        }

        fn try_close(&self, span: Id) -> bool {
            self.0.lock().expect("nobody panics")[span.into_u64() as usize - 1].is_closed = true;
            true
        }

        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &tracing::Event<'_>) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    /// Fails once, and tells a secret while it does.
    struct Leaky;

    impl Operation for Leaky {
        fn perform<'a>(&'a self, call: Call<'a>) -> Performing<'a> {
            let key = call.secret("KEY").unwrap_or_default();
            Performing::Ready(match call.attempt() {
                1 => Err(OperationError::transport(format!("no connection with {key}"))),
                _ if call.agent() == "bad" => Err(OperationError::failed(format!("{key} is wrong"))),
                _ => Ok(key.into()),
            })
        }
    }

    #[test]
    fn a_run_is_told_in_spans_without_secrets() {
        let written = Written::default();
        let text = "
ensemble: e
agents:
  - {name: good, operation: leaky, retry: {retries: 1, delay: 0s}}
  - {name: off, operation: leaky, condition: false}
  - {name: inner, operation: ensemble, config: {file: inner.yaml}}
  - {name: bad, operation: leaky, depends_on: [good, inner], retry: {retries: 1, delay: 0s}}
";
        struct Inner;
        impl crate::ensemble::Files for Inner {
            fn read(&self, _: &std::path::Path) -> std::io::Result<Vec<u8>> {
                Ok(b"ensemble: i\nagents: [{name: x, operation: transform, config: {value: 1}}]".to_vec())
            }
        }
        let environment = |name: &str| (name == "KEY").then(|| "planted-secret".to_owned());
        let engine =
            Engine::builder().operation("leaky", Leaky).environment(environment).files(Inner).build();
        let ensemble = engine.load_str("e.yaml", text).expect("it loads");
        tracing::subscriber::with_default(written.clone(), || {
            let spans = Arc::new(Spans::new());
            let run = ensemble.run(crate::Value::Null).seed(7).observer(spans).blocking().expect("it runs");
            assert!(!run.is_ok());
        });
        let lines = written.0.lock().expect("nobody panics");
        assert!(lines.iter().all(|line| line.is_closed), "a span stays open");
        let told: Vec<String> =
            lines.iter().map(|line| format!("{:1$}{2}", "", line.depth * 2, line.text)).collect();
        assert_eq!(
            told,
            [
                "segue.run ensemble=\"e\" seed=7 error=bad: OperationError: ‹KEY› is wrong",
                "  segue.agent agent=\"good\" status=\"done\" attempts=2",
                "    segue.attempt attempt=1 error=TransportError: no connection with ‹KEY›",
                "    segue.attempt attempt=2",
                "  segue.agent agent=\"inner\" status=\"done\" attempts=1",
                "    segue.attempt attempt=1",
                "      segue.run ensemble=\"i\" seed=6824229992383808",
                "        segue.agent agent=\"x\" status=\"done\" attempts=1",
                "          segue.attempt attempt=1",
                "  segue.agent agent=\"bad\" status=\"failed\" attempts=2 error=bad: OperationError: ‹KEY› is wrong",
                "    segue.attempt attempt=1 error=TransportError: no connection with ‹KEY›",
                "    segue.attempt attempt=2 error=bad: OperationError: ‹KEY› is wrong",
            ]
        );
    }
}
