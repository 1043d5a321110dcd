//! Runs and agents, counted for Prometheus.
//!
//! An observer that many runs share. Labels are the names of ensembles and agents, which their files fix, and words of
//! ours: nothing of an input, an output or an environment is ever among them, and their number is bounded.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::run::AgentState;
use super::trace::{Event, EventKind, Observer};

/// Counts runs, and what became of their agents, those of nested ensembles too.
///
/// ```
/// use std::sync::Arc;
/// use segue::{Engine, Value, ensemble::Metrics};
///
/// let metrics = Arc::new(Metrics::new());
/// let text = "ensemble: e\nagents: [{name: a, operation: transform, config: {value: 1}}]";
/// let ensemble = Engine::new().load_str("e.yaml", text)?;
/// for _ in 0..3 {
///     ensemble.run(Value::Null).observer(metrics.clone()).blocking()?;
/// }
/// assert!(metrics.text().contains(r#"segue_runs_total{ensemble="e",status="done"} 3"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Metrics {
    registry: Registry,
    runs: Family<OfRun, Counter>,
    run_seconds: Family<Ensemble, Histogram>,
    agents: Family<OfAgent, Counter>,
    agent_seconds: Family<Agent, Histogram>,
    retries: Family<Agent, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ensemble {
    ensemble: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRun {
    ensemble: Arc<str>,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Agent {
    ensemble: Arc<str>,
    agent: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAgent {
    ensemble: Arc<str>,
    agent: Arc<str>,
    status: &'static str,
}

/// From what a template takes to what a model takes, in seconds.
const SECONDS: [f64; 14] =
    [0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    /// With all counters at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("segue");
        let runs = Family::default();
        registry.register(
            "runs",
            "Runs that ended, nested ones included; done or failed",
            Clone::clone(&runs),
        );
        let run_seconds = Family::new_with_constructor(seconds as fn() -> Histogram);
        registry.register("run_duration_seconds", "How long runs took", Clone::clone(&run_seconds));
        let agents = Family::default();
        let help = "Agents by what became of them: done, cached, failed, skipped, cancelled";
        registry.register("agents", help, Clone::clone(&agents));
        let agent_seconds = Family::new_with_constructor(seconds as fn() -> Histogram);
        let help = "How long agents took, all attempts and the waits between them";
        registry.register("agent_duration_seconds", help, Clone::clone(&agent_seconds));
        let retries = Family::default();
        registry.register("retries", "Attempts that failed and were made again", Clone::clone(&retries));
        Self { registry, runs, run_seconds, agents, agent_seconds, retries }
    }

    /// All of it in Prometheus' (OpenMetrics') text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn settled(&self, ensemble: Arc<str>, agent: &str, state: &AgentState) {
        let agent: Arc<str> = agent.into();
        let status = if state.cached.is_some() { "cached" } else { state.status.name() };
        let labels = OfAgent { ensemble: ensemble.clone(), agent: agent.clone(), status };
        self.agents.get_or_create(&labels).inc();
        if let (Some(duration), None) = (state.duration, state.cached) {
            let labels = Agent { ensemble, agent };
            self.agent_seconds.get_or_create(&labels).observe(duration.as_secs_f64());
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event<'_>) {
        let ensemble: Arc<str> = event.ensemble.into();
        match &event.kind {
            EventKind::Retry { agent, .. } => {
                self.retries.get_or_create(&Agent { ensemble, agent: (*agent).into() }).inc();
            }
            EventKind::Settled { agent, state, .. } => self.settled(ensemble, agent, state),
            EventKind::Ended { failure } => {
                let status = if failure.is_some() { "failed" } else { "done" };
                self.runs.get_or_create(&OfRun { ensemble: ensemble.clone(), status }).inc();
                // A nested run's time is that of its agent.
                if event.path.is_empty() {
                    self.run_seconds.get_or_create(&Ensemble { ensemble }).observe(event.at.as_secs_f64());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::engine::Engine;

    #[test]
    fn runs_and_agents_are_counted_without_secrets() {
        let text = "
ensemble: e
env: {KEY: {secret: true}}
agents:
  - {name: a, operation: transform, config: {value: '${env.KEY}'}}
  - {name: off, operation: transform, condition: '${input.n > 1}', config: {value: 1}}
  - {name: bad, operation: transform, config: {value: \"${fail('no ' + env.KEY)}\"}, on_error: continue}
  - {name: kept, operation: think, config: {prompt: hi}, cache: {ttl: 1h, key: k}}
output: ${input.n < 3 ? 1 : fail(env.KEY)}
";
        let metrics = Arc::new(Metrics::new());
        let ensemble = Engine::new().load_str("e.yaml", text).expect("it loads");
        for n in 1..=3 {
            let run = ensemble.run_json(format!("{{\"n\": {n}}}")).env("KEY", "planted-secret");
            run.observer(metrics.clone()).blocking().expect("it runs");
        }
        let text = metrics.text();
        assert!(!text.contains("planted"), "{text}");
        let is_count = |line: &&str| line.contains("_total{") || line.contains("_count{");
        let mut counted: Vec<&str> = text.lines().filter(is_count).collect();
        counted.sort_unstable();
        assert_eq!(
            counted,
            [
                r#"segue_agent_duration_seconds_count{ensemble="e",agent="a"} 3"#,
                r#"segue_agent_duration_seconds_count{ensemble="e",agent="kept"} 1"#,
                r#"segue_agent_duration_seconds_count{ensemble="e",agent="off"} 2"#,
                r#"segue_agents_total{ensemble="e",agent="a",status="done"} 3"#,
                r#"segue_agents_total{ensemble="e",agent="bad",status="failed"} 3"#,
                r#"segue_agents_total{ensemble="e",agent="kept",status="cached"} 2"#,
                r#"segue_agents_total{ensemble="e",agent="kept",status="done"} 1"#,
                r#"segue_agents_total{ensemble="e",agent="off",status="done"} 2"#,
                r#"segue_agents_total{ensemble="e",agent="off",status="skipped"} 1"#,
                r#"segue_run_duration_seconds_count{ensemble="e"} 3"#,
                r#"segue_runs_total{ensemble="e",status="done"} 2"#,
                r#"segue_runs_total{ensemble="e",status="failed"} 1"#,
            ]
        );
    }
}
