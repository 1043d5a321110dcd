//! Mermaid's flowcharts (<https://mermaid.js.org/syntax/flowchart.html>).

use std::fmt::Write;

use super::picture::{Arrow, End, Fate, Picture};

/// The picture as a flowchart.
pub(crate) fn draw(picture: &Picture) -> String {
    let mut text = String::from("flowchart LR\n");
    // Writing to a String does not fail.
    let _ = write(picture, &mut text);
    text
}

fn write(picture: &Picture, text: &mut String) -> std::fmt::Result {
    writeln!(text, "    %% {}", picture.name.replace(['\n', '\r'], " "))?;
    if picture.arrows.iter().any(|arrow| arrow.from == End::Input) {
        writeln!(text, "    input([input])")?;
    }
    for (at, agent) in picture.agents.iter().enumerate() {
        let lines: Vec<String> = agent.lines.iter().map(|line| escaped(line)).collect();
        write!(text, "    a{at}[\"{}\"]", lines.join("<br/>"))?;
        if picture.is_run {
            write!(text, ":::{}", agent.fate.class())?;
        }
        text.push('\n');
    }
    writeln!(text, "    output([output])")?;
    for arrow in &picture.arrows {
        write_arrow(arrow, text)?;
    }
    if picture.is_run {
        for fate in Fate::SHOWN {
            let (fill, line, colour) = fate.colours();
            let dashes = if fate == Fate::Skipped { ",stroke-dasharray:4 3" } else { "" };
            let class = fate.class();
            writeln!(text, "    classDef {class} fill:{fill},stroke:{line},color:{colour}{dashes}")?;
        }
    }
    Ok(())
}

fn write_arrow(arrow: &Arrow, text: &mut String) -> std::fmt::Result {
    let line = if arrow.is_required { "==>" } else { "-->" };
    write!(text, "    {} {line}", Named(arrow.from))?;
    if let Some(gate) = &arrow.gate {
        write!(text, "|\"{}\"|", escaped(gate))?;
    }
    writeln!(text, " {}", Named(arrow.to))
}

struct Named(End);

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            End::Input => f.write_str("input"),
            End::Agent(at) => write!(f, "a{at}"),
            End::Output => f.write_str("output"),
        }
    }
}

/// Text between quotes: what would be markup is written as Mermaid's entities, `#` and a name or code.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '&' => escaped.push_str("#amp;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            // A label that begins with one would be Markdown.
            '`' => escaped.push_str("#96;"),
            '\n' | '\r' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_markup_to_mermaid_is_text() {
        assert_eq!(escaped("`a` < \"b\" && #c\n> d"), "#96;a#96; #lt; #quot;b#quot; #amp;#amp; #35;c #gt; d");
    }
}
