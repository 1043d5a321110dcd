//! The plan as an SVG drawing: agents in columns by how many others come before them, arrows between.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::check::plural;
use crate::excerpt::cut;
use crate::graph::picture::{Arrow, End, Picture};

/// A drawing of more agents could not be read.
const MOST: usize = 150;
const LINE: f64 = 18.0;
const PADDING: f64 = 10.0;
const ROW_GAP: f64 = 30.0;
/// About the width of a letter in a box, and in a gate's text.
const LETTER: f64 = 7.6;
const SMALL_LETTER: f64 = 6.4;
/// How much of a gate a drawing has room for, in characters.
const GATE: usize = 44;

/// A rectangle with a few lines of text.
struct Placed {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    lines: Vec<String>,
    is_round: bool,
}

/// The drawing, or why there is none.
pub(super) fn draw(picture: &Picture) -> Markup {
    if picture.agents.len() > MOST {
        return html! { p { "With " (picture.agents.len()) " agents a drawing could not be read; "
        code { "segue graph" } " prints one for tools that can zoom." } };
    }
    let columns = columns(picture);
    let boxes = place(picture, &columns);
    let width = boxes.values().map(|placed| placed.x + placed.width).fold(0.0, f64::max) + PADDING;
    let height = boxes.values().map(|placed| placed.y + placed.height).fold(0.0, f64::max) + PADDING;
    let mut ends: Vec<&End> = boxes.keys().collect();
    ends.sort_by_key(|end| order(**end));
    html! {
        div.drawing tabindex="0" role="group" aria-labelledby="plan" {
            svg viewBox=(format!("0 0 {width:.0} {height:.0}")) width=(format!("{width:.0}")) role="img"
                aria-label=(format!("A drawing of the plan, {}; below it in words", plural(picture.agents.len(), "agent"))) {
                defs {
                    marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto" {
                        path d="M0 0L8 4L0 8z" {}
                    }
                }
                @for arrow in &picture.arrows {
                    @if let (Some(from), Some(to)) = (boxes.get(&arrow.from), boxes.get(&arrow.to)) {
                        (curve(from, to, arrow.gate.as_deref(), arrow.is_required))
                    }
                }
                @for end in ends { (rectangle(&boxes[end])) }
            }
        }
    }
}

fn order(end: End) -> usize {
    match end {
        End::Input => 0,
        End::Agent(at) => at + 1,
        End::Output => usize::MAX,
    }
}

/// The column of each end: behind all that it waits for.
fn columns(picture: &Picture) -> Vec<Vec<End>> {
    let mut level: HashMap<End, usize> = HashMap::from([(End::Input, 0)]);
    // Each round settles at least the agents whose predecessors are settled; a plan has no cycles.
    for _ in 0..=picture.agents.len() {
        let mut has_changed = false;
        for arrow in &picture.arrows {
            let next = level.get(&arrow.from).map_or(1, |level| level + 1);
            let known = level.entry(arrow.to).or_insert(0);
            if *known < next {
                *known = next;
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
    let last = level.values().copied().max().unwrap_or(0);
    level.insert(End::Output, last.max(1));
    let mut columns = vec![Vec::new(); last.max(1) + 1];
    if picture.arrows.iter().any(|arrow| arrow.from == End::Input) {
        columns[0].push(End::Input);
    }
    for at in 0..picture.agents.len() {
        let end = End::Agent(at);
        columns[level.get(&end).copied().unwrap_or(0)].push(end);
    }
    columns[level[&End::Output]].push(End::Output);
    columns
}

fn place(picture: &Picture, columns: &[Vec<End>]) -> HashMap<End, Placed> {
    let lines = |end: End| match end {
        End::Input => vec!["input".to_owned()],
        End::Output => vec!["output".to_owned()],
        End::Agent(at) => picture.agents[at].lines.clone(),
    };
    let letters = |text: &String| text.chars().count() as f64;
    let mut boxes = HashMap::new();
    let mut x = PADDING;
    let mut tallest = 0.0_f64;
    for column in columns {
        // The gates of the arrows that end here stand before the column.
        let gates = picture.arrows.iter().filter(|arrow| column.contains(&arrow.to));
        let gates = gates.filter_map(|arrow| arrow.gate.as_deref()).map(|gate| letters(&cut(gate, GATE)));
        x += gates.fold(0.0_f64, f64::max) * SMALL_LETTER + if x > PADDING { 50.0 } else { 0.0 };
        let mut y = PADDING;
        let mut widest = 0.0_f64;
        for &end in column {
            let lines = lines(end);
            let width = lines.iter().map(letters).fold(0.0, f64::max) * LETTER + 2.0 * PADDING;
            let height = lines.len() as f64 * LINE + 2.0 * PADDING;
            boxes.insert(end, Placed { x, y, width, height, is_round: !matches!(end, End::Agent(_)), lines });
            y += height + ROW_GAP;
            widest = widest.max(width);
        }
        tallest = tallest.max(y - ROW_GAP);
        x += widest;
    }
    for column in columns {
        let bottom =
            column.iter().filter_map(|end| boxes.get(end)).map(|placed: &Placed| placed.y + placed.height);
        let shift = (tallest - bottom.fold(0.0, f64::max)) / 2.0;
        for end in column {
            if let Some(placed) = boxes.get_mut(end) {
                placed.y += shift;
            }
        }
    }
    boxes
}

fn rectangle(placed: &Placed) -> Markup {
    let Placed { x, y, width, height, lines, is_round } = placed;
    let radius = if *is_round { height / 2.0 } else { 6.0 };
    html! {
        rect x=(n(*x)) y=(n(*y)) width=(n(*width)) height=(n(*height)) rx=(n(radius)) {}
        @for (at, line) in lines.iter().enumerate() {
            text.first[at == 0] x=(n(x + width / 2.0)) y=(n(y + PADDING + (at as f64 + 0.75) * LINE)) text-anchor="middle" { (line) }
        }
    }
}

fn curve(from: &Placed, to: &Placed, gate: Option<&str>, is_required: bool) -> Markup {
    let (start_x, start_y) = (from.x + from.width, from.y + from.height / 2.0);
    let (end_x, end_y) = (to.x, to.y + to.height / 2.0);
    let bend = ((end_x - start_x) / 2.0).max(30.0);
    let path = format!(
        "M{start_x:.1} {start_y:.1}C{:.1} {start_y:.1} {:.1} {end_y:.1} {end_x:.1} {end_y:.1}",
        start_x + bend,
        end_x - bend
    );
    html! {
        path.arrow.required[is_required] d=(path) marker-end="url(#tip)" {}
        @if let Some(gate) = gate {
            text.gate x=(n(end_x - 12.0)) y=(n(end_y - 7.0)) text-anchor="end" { (cut(gate, GATE)) }
        }
    }
}

fn n(number: f64) -> String {
    format!("{number:.1}")
}

/// The drawing in words, an item for each box in which an arrow ends: who does not see it, or a gate whole, reads them.
pub(super) fn words(picture: &Picture) -> Markup {
    let agents = (0..picture.agents.len()).map(End::Agent);
    let arrows = |end: End| picture.arrows.iter().filter(move |arrow| arrow.to == end);
    html! {
        details {
            summary { "The plan in words" }
            ul {
                @for (end, agent) in agents.zip(&picture.agents) {
                    li {
                        strong { (name(picture, end)) } ": " (agent.lines[1..].join(", "))
                        @for arrow in arrows(end) { (reason(picture, arrow)) }
                    }
                }
                li { strong { "output" } ": made of "
                    @let names: Vec<_> = arrows(End::Output).map(|arrow| name(picture, arrow.from)).collect();
                    (if names.is_empty() { "no agent".to_owned() } else { names.join(", ") })
                }
            }
        }
    }
}

/// Why an agent waits, or whether it runs.
fn reason(picture: &Picture, arrow: &Arrow) -> Markup {
    let from = name(picture, arrow.from);
    html! {
        @match (&arrow.gate, arrow.from) {
            (Some(gate), _) => { "; if " code { (gate) } }
            (None, End::Input) => {}
            (None, _) if arrow.is_required => { "; only with an output of " (from) }
            (None, _) => { "; after " (from) }
        }
    }
}

fn name(picture: &Picture, end: End) -> String {
    match end {
        End::Input => "input".to_owned(),
        End::Output => "output".to_owned(),
        End::Agent(at) => picture.agents[at].lines.first().cloned().unwrap_or_default(),
    }
}
