//! Splits: the gates of one layer that share a draw, and whether their shares fit together.
//!
//! Told is only what looks like one split that went wrong at a border: arms that reach from 0 to 1, one after the
//! other, with an overlap, or with a gap that is smaller than each arm. Arms that lie inside each other, or leave most
//! runs out, are what samplings and small experiments look like, and are silent.

use super::share::{EPSILON, Share};
use crate::ensemble::plan::AgentIdx;
use crate::ensemble::plan::planner::Planner;
use crate::syntax::{Diagnostic, Severity, Span};
use indexmap::IndexMap;

/// A layer with more gates was not written by hand, and is left alone: comparing them all takes time.
const MAX_GATES: usize = 200;

/// A gate that draws.
pub(in crate::ensemble::plan) struct SplitGate {
    pub(super) agent: AgentIdx,
    /// The draws that it lets through; `None` if that depends on more than the draw.
    pub(super) share: Option<Share>,
    /// Its expression, in bytes of the file.
    pub(super) place: Span,
}

/// One arm of a split: a share, and the first gate that has it.
#[derive(Clone, Copy)]
struct Arm {
    low: f64,
    high: f64,
    agent: AgentIdx,
    place: Span,
}

impl Arm {
    fn weight(&self) -> f64 {
        self.high - self.low
    }
}

impl Planner<'_> {
    /// Looks at the gates of each layer together.
    pub(in crate::ensemble::plan) fn lint_splits(&mut self) {
        let spec = self.spec;
        let mut layers: IndexMap<Option<&str>, Vec<SplitGate>> = IndexMap::new();
        for gate in std::mem::take(&mut self.gates) {
            let layer = spec.agents[gate.agent.0 as usize].layer.as_ref().map(|layer| &*layer.value);
            layers.entry(layer).or_default().push(gate);
        }
        for (layer, gates) in layers {
            let Some(mut rest) = arms(&gates) else { continue };
            let mut splits = Vec::new();
            while let Some(split) = exact_split(&mut rest) {
                splits.push(split);
            }
            if let (None, [first, second, ..]) = (layer, splits.as_slice()) {
                self.two_splits(first, second);
            }
            self.near_split(&rest);
        }
    }

    fn two_splits(&mut self, first: &[Arm], second: &[Arm]) {
        let names =
            |split: &[Arm]| split.iter().map(|arm| self.quoted(arm.agent)).collect::<Vec<_>>().join(" / ");
        let label = format!("one split: {}", names(first));
        let other = format!("another one: {}", names(second));
        let title = "these gates look like two splits that share one draw";
        let (from, to) = (&first[0], &second[0]);
        let (one, two) = (self.quoted(from.agent), self.quoted(to.agent));
        let help = format!(
            "the runs of {one} and of {two} are largely the same; if the splits are meant to be independent, give \
             the agents of one of them a `layer:`"
        );
        let hint = Diagnostic::new(Severity::Hint, "two-splits", title, to.place);
        self.report(hint.label(other).also(from.place, label).help(help));
    }

    fn near_split(&mut self, arms: &[Arm]) {
        let (Some(first), Some(last)) = (arms.first(), arms.last()) else { return };
        let is_one_split = first.low <= EPSILON
            && last.high >= 1.0 - EPSILON
            && arms.windows(2).all(|pair| pair[0].low < pair[1].low && pair[0].high < pair[1].high)
            && arms.windows(3).all(|three| three[0].high <= three[2].low + EPSILON);
        if !is_one_split {
            return;
        }
        let smallest = arms.iter().map(Arm::weight).fold(1.0, f64::min);
        for pair in arms.windows(2) {
            let gap = pair[1].low - pair[0].high;
            if gap.abs() <= EPSILON || gap >= smallest {
                continue;
            }
            let (code, verb) = if gap > 0.0 { ("split-gap", "neither") } else { ("split-overlap", "both") };
            let word = if gap > 0.0 { "nor" } else { "and" };
            let (one, two) = (self.quoted(pair[0].agent), self.quoted(pair[1].agent));
            let title = format!("{} of the runs take {verb} {one} {word} {two}", percent(gap.abs()));
            let help = format!(
                "let both compare with the same number: `draw < {0}` and `draw >= {0}`, for instance",
                number(pair[0].high)
            );
            let labels = (
                format!("from {} to {}", number(pair[0].low), number(pair[0].high)),
                format!("from {} to {}", number(pair[1].low), number(pair[1].high)),
            );
            let warning = Diagnostic::warning(code, title, pair[1].place).label(labels.1);
            self.report(warning.also(pair[0].place, labels.0).help(help));
        }
    }

    fn quoted(&self, agent: AgentIdx) -> String {
        format!("`{}`", self.agent_name(agent))
    }
}

/// The different shares of the gates, from the left; `None` if one of them cannot be told, or is no interval.
fn arms(gates: &[SplitGate]) -> Option<Vec<Arm>> {
    if gates.len() > MAX_GATES {
        return None;
    }
    let mut arms: Vec<Arm> = Vec::with_capacity(gates.len());
    for gate in gates {
        let share = gate.share.as_ref()?;
        if share.is_trivial() {
            continue;
        }
        let (low, high) = share.interval()?;
        arms.push(Arm { low, high, agent: gate.agent, place: gate.place });
    }
    arms.sort_by(|a, b| a.low.total_cmp(&b.low).then(a.high.total_cmp(&b.high)));
    arms.dedup_by(|b, a| is_near(a.low, b.low) && is_near(a.high, b.high));
    Some(arms)
}

/// Takes arms out that fill [0, 1) exactly, if there are such.
fn exact_split(rest: &mut Vec<Arm>) -> Option<Vec<Arm>> {
    for start in 0..rest.len() {
        if rest[start].low > EPSILON {
            return None;
        }
        let mut taken = vec![start];
        let mut end = rest[start].high;
        while end < 1.0 - EPSILON {
            let from = rest.partition_point(|arm| arm.low < end - EPSILON);
            let Some(next) = rest.get(from).filter(|arm| is_near(arm.low, end)) else { break };
            taken.push(from);
            end = next.high;
        }
        if end >= 1.0 - EPSILON {
            let split = taken.iter().map(|&at| rest[at]).collect();
            taken.iter().rev().for_each(|&at| {
                rest.remove(at);
            });
            return Some(split);
        }
    }
    None
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= EPSILON
}

fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// At most six digits behind the point, and none that are nothing.
fn number(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
