//! Graphviz' language (<https://graphviz.org/doc/info/lang.html>).

use std::fmt::Write;

use super::picture::{Arrow, End, Fate, Picture};

/// The picture as a digraph.
pub(crate) fn draw(picture: &Picture) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write(picture, &mut text);
    text
}

fn write(picture: &Picture, text: &mut String) -> std::fmt::Result {
    writeln!(text, "digraph {} {{", quoted(&picture.name))?;
    writeln!(text, "    rankdir=LR;")?;
    writeln!(text, "    node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];")?;
    writeln!(text, "    edge [fontname=\"monospace\", fontsize=10];")?;
    if picture.arrows.iter().any(|arrow| arrow.from == End::Input) {
        writeln!(text, "    input [shape=oval, fillcolor=white];")?;
    }
    for (at, agent) in picture.agents.iter().enumerate() {
        let lines: Vec<String> = agent.lines.iter().map(|line| escaped(line)).collect();
        let (fill, line, colour) = agent.fate.colours();
        let dashes = if agent.fate == Fate::Skipped { ", style=\"rounded,filled,dashed\"" } else { "" };
        writeln!(
            text,
            "    a{at} [label=\"{}\", fillcolor=\"{fill}\", color=\"{line}\", fontcolor=\"{colour}\"{dashes}];",
            lines.join("\\n")
        )?;
    }
    writeln!(text, "    output [shape=oval, fillcolor=white];")?;
    for arrow in &picture.arrows {
        write_arrow(arrow, text)?;
    }
    writeln!(text, "}}")
}

fn write_arrow(arrow: &Arrow, text: &mut String) -> std::fmt::Result {
    write!(text, "    {} -> {}", name(arrow.from), name(arrow.to))?;
    let gate = arrow.gate.as_ref().map(|gate| format!("label={}", quoted(gate)));
    let weight = arrow.is_required.then(|| "style=bold".to_owned());
    let attributes: Vec<String> = gate.into_iter().chain(weight).collect();
    if !attributes.is_empty() {
        write!(text, " [{}]", attributes.join(", "))?;
    }
    writeln!(text, ";")
}

fn name(end: End) -> String {
    match end {
        End::Input => "input".to_owned(),
        End::Agent(at) => format!("a{at}"),
        End::Output => "output".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text inside quotes. A backslash begins an escape in labels, so that it is doubled.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn quotes_and_backslashes_are_text() {
        assert_eq!(quoted("a \"b\" \\d\n"), "\"a \\\"b\\\" \\\\d \"");
    }
}
