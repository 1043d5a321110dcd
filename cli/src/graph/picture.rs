//! What a picture of an ensemble shows, whatever language it is drawn in.

use segue::ensemble::plan::{AgentIdx, AgentPlan, ComponentPlan, Gate, Plan};
use segue::ensemble::{AgentState, AgentStatus, Run};

use crate::excerpt::{cut, one_line};

/// How much of an expression a picture has room for, in characters.
const EXPRESSION: usize = 72;

/// A plan to be drawn: boxes, and arrows from what is waited for to who waits.
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) agents: Vec<AgentBox>,
    pub(crate) arrows: Vec<Arrow>,
    /// Whether it shows a run.
    pub(crate) is_run: bool,
}

/// An agent.
pub(crate) struct AgentBox {
    /// Its name, then what it does and with which component, then what became of it.
    pub(crate) lines: Vec<String>,
    pub(crate) fate: Fate,
}

/// What a run made of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// No run is shown.
    Planned,
    Done,
    Failed,
    Skipped,
    Cancelled,
}

/// The end of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    Input,
    Agent(usize),
    Output,
}

/// From what is waited for to who waits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) from: End,
    pub(crate) to: End,
    /// The gate that stands on it.
    pub(crate) gate: Option<String>,
    /// Whether it is not enough that `from` has settled: it must have given an output.
    pub(crate) is_required: bool,
}

impl Picture {
    /// The plan, with what became of it in a run.
    pub(crate) fn new(plan: &Plan, run: Option<&Run>) -> Self {
        let agents = plan.agents.iter().map(|agent| AgentBox::new(agent, run)).collect();
        let mut arrows = Vec::new();
        let mut is_read = vec![false; plan.agents.len()];
        for (at, agent) in plan.agents.iter().enumerate() {
            arrows_to(at, agent, &mut arrows);
            for need in &agent.needs {
                is_read[index(*need)] = true;
            }
        }
        // Without an `output` everything that ran is in it: the ends of the chains stand for it.
        let outputs: Vec<usize> = match &plan.output {
            Some(_) => plan.output_reads.iter().copied().map(index).collect(),
            None => (0..plan.agents.len()).filter(|&at| !is_read[at]).collect(),
        };
        let to_output = |at| Arrow { from: End::Agent(at), to: End::Output, gate: None, is_required: false };
        arrows.extend(outputs.into_iter().map(to_output));
        Self { name: plan.name.to_string(), agents, arrows, is_run: run.is_some() }
    }
}

/// The arrows that end at an agent. Its gate stands on those of what the gate reads; a gate that reads no agent, on
/// all of them.
fn arrows_to(at: usize, agent: &AgentPlan, arrows: &mut Vec<Arrow>) {
    let gate = gate(agent);
    let to = End::Agent(at);
    if agent.needs.is_empty() {
        arrows.push(Arrow { from: End::Input, to, gate, is_required: false });
        return;
    }
    for need in &agent.needs {
        let is_gated = agent.gate_needs.is_empty() || agent.gate_needs.contains(need);
        arrows.push(Arrow {
            from: End::Agent(index(*need)),
            to,
            gate: gate.clone().filter(|_| is_gated),
            is_required: agent.requires.contains(need),
        });
    }
}

fn index(agent: AgentIdx) -> usize {
    agent.0 as usize
}

/// The gate's expression without `${` and `}`.
fn gate(agent: &AgentPlan) -> Option<String> {
    match &agent.gate {
        Gate::Open => None,
        Gate::Closed => Some("false".to_owned()),
        Gate::Expression(expression) => {
            let text = expression.text.trim();
            let inner = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).unwrap_or(text);
            Some(cut(&one_line(inner), EXPRESSION))
        }
    }
}

impl AgentBox {
    fn new(agent: &AgentPlan, run: Option<&Run>) -> Self {
        let state = run.and_then(|run| run.agent(&agent.name));
        let fate = state.map_or(Fate::Planned, |state| Fate::of(state.status));
        let component = match (state.and_then(|state| state.component.as_deref()), &agent.component) {
            (Some(served), _) => Some(served.to_owned()),
            (None, Some(ComponentPlan::Fixed(reference))) => Some(reference.display_at(&reference.slot)),
            (None, Some(ComponentPlan::Expression(expression))) => {
                Some(cut(&one_line(&expression.text), EXPRESSION))
            }
            (None, None) => None,
        };
        let does = match component {
            Some(component) => format!("{} · {component}", agent.operation),
            None => agent.operation.to_string(),
        };
        let mut lines = vec![agent.name.to_string(), does];
        lines.extend(state.map(|state| told(fate, state)));
        Self { lines, fate }
    }
}

/// What became of an agent, in a few words: a picture without colours says it too.
fn told(fate: Fate, state: &AgentState) -> String {
    let attempts = if state.attempts > 1 { format!(" at attempt {}", state.attempts) } else { String::new() };
    match fate {
        Fate::Planned => String::new(),
        Fate::Done => format!("ran{attempts}"),
        Fate::Failed => format!("failed{attempts}"),
        Fate::Skipped => "skipped".to_owned(),
        Fate::Cancelled => "cancelled".to_owned(),
    }
}

impl Fate {
    /// All that a run can show.
    pub(crate) const SHOWN: [Self; 4] = [Self::Done, Self::Failed, Self::Skipped, Self::Cancelled];

    fn of(status: AgentStatus) -> Self {
        match status {
            AgentStatus::Done => Self::Done,
            AgentStatus::Failed => Self::Failed,
            AgentStatus::SkippedByGate | AgentStatus::SkippedByRequires => Self::Skipped,
            _ => Self::Cancelled,
        }
    }

    /// As the pictures' languages name it.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// Fill, line and text, for light and dark pages: the text keeps its contrast to the fill (WCAG 2.2, 1.4.3).
    pub(crate) fn colours(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Planned => ("#ffffff", "#57606a", "#24292f"),
            Self::Done => ("#dafbe1", "#1a7f37", "#0b3d1a"),
            Self::Failed => ("#ffebe9", "#cf222e", "#5c0f14"),
            Self::Skipped => ("#f6f8fa", "#8c959f", "#57606a"),
            Self::Cancelled => ("#fff8c5", "#9a6700", "#4d3300"),
        }
    }
}
