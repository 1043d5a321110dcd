//! From a diagnostic to text for people. The only caller of the snippet crate.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::position::{ceil, floor};
use super::{Diagnostic, Label, Lines, Severity, Span};

/// Whether text for people has colours (ANSI escapes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// With escapes.
    Always,
}

/// A line that is longer is shown in part.
const LONG_LINE: usize = 400;
/// How many bytes of a long line are shown before the place and after its start.
const AROUND: usize = 100;
/// The most lines that one label is underlined over.
const MOST_LINES: usize = 6;

impl Diagnostic {
    /// The diagnostic as text: title, the places underlined in their lines, help. `name` is what the text is called,
    /// such as its file's path. O(text).
    ///
    /// ```text
    /// error: unknown name `analyser`
    ///   --> canary.yaml:14:18
    ///    |
    /// 14 |     condition: ${analyser.executed}
    ///    |                  ^^^^^^^^ no agent or input has this name
    ///    = help: did you mean `analyzer`?
    /// ```
    #[must_use]
    pub fn render(&self, name: &str, text: &str, colour: Colour) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Hint => Level::HELP.with_name("hint"),
        };
        let mut group = Group::with_title(level.primary_title(&*self.title));
        group = group.elements(places(name, text, &self.labels));
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(&**help));
        }
        renderer(colour).render(&[group])
    }
}

/// Places of a text, underlined, without a title: where an evaluation failed.
#[must_use]
pub fn render_place(name: &str, text: &str, span: Span, colour: Colour) -> String {
    let label = [Label { span, text: String::new() }];
    let group = Group::with_level(Level::ERROR).elements(places(name, text, &label));
    renderer(colour).render(&[group])
}

fn renderer(colour: Colour) -> Renderer {
    match colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    }
}

/// `--> name:line:column`, and the lines that the labels underline.
fn places<'d>(name: &'d str, text: &'d str, labels: &'d [Label]) -> Vec<Element<'d>> {
    let lines = Lines::new(text);
    let Some(main) = labels.first() else { return Vec::new() };
    let shown: Vec<Shown> = labels.iter().map(|label| Shown::new(text, &lines, label.span)).collect();
    let is_short = shown.iter().all(|shown| shown.is_whole);
    let mut elements: Vec<Element<'d>> = Vec::new();
    if is_short {
        // One snippet, so that places near each other share their lines.
        let start = shown.iter().map(|shown| shown.window.start).min().unwrap_or(0);
        let end = shown.iter().map(|shown| shown.window.end).max().unwrap_or(0);
        let mut snippet =
            Snippet::source(&text[start..end]).path(name).line_start(lines.position(start).line);
        for (index, (label, shown)) in labels.iter().zip(&shown).enumerate() {
            snippet = snippet.annotation(annotation(index, label, shown, start));
        }
        elements.push(snippet.into());
        return elements;
    }
    // The snippets do not know how much of their line is not shown.
    let position = lines.position(main.span.start as usize);
    elements.push(Origin::path(name).line(position.line).char_column(position.column).into());
    for (index, (label, shown)) in labels.iter().zip(&shown).enumerate() {
        let line = lines.position(shown.span.start).line;
        let snippet = Snippet::source(&text[shown.window.clone()]).line_start(line);
        elements.push(snippet.annotation(annotation(index, label, shown, shown.window.start)).into());
    }
    elements
}

fn annotation<'d>(
    index: usize,
    label: &'d Label,
    shown: &Shown,
    base: usize,
) -> annotate_snippets::Annotation<'d> {
    let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
    let span = shown.span.start - base..shown.span.end - base;
    let annotation = kind.span(span);
    if label.text.is_empty() { annotation } else { annotation.label(&*label.text) }
}

/// What of a text is shown for one label.
struct Shown {
    /// The bytes that are shown.
    window: std::ops::Range<usize>,
    /// What of the label lies in them.
    span: std::ops::Range<usize>,
    /// Whether the window is whole lines.
    is_whole: bool,
}

impl Shown {
    fn new(text: &str, lines: &Lines<'_>, span: Span) -> Self {
        let floor = |at: usize| floor(text, at);
        let start = floor(span.start as usize);
        let end = ceil(text, span.end as usize).max(start);
        let first = lines.position(start).line;
        // The line of the last byte, not of what follows it.
        let last = lines.position(end.saturating_sub(1).max(start)).line.min(first + MOST_LINES);
        let whole = lines.range(first).start..lines.range(last).end;
        if whole.len() <= LONG_LINE * (last - first + 1) {
            let end = end.min(whole.end);
            return Self { window: whole, span: start..end, is_whole: true };
        }
        let window =
            floor(start.saturating_sub(AROUND)).max(whole.start)..floor((start + AROUND).min(whole.end));
        let end = end.min(window.end);
        Self { window, span: start..end.max(start), is_whole: false }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn render(diagnostic: &Diagnostic, text: &str) -> String {
        diagnostic.render("a.yaml", text, Colour::Never)
    }

    #[test]
    fn a_place_is_underlined_with_title_and_help() {
        let text = "agents:\n  - condition: ${grün && analyser}\n";
        let at = text.find("analyser").expect("there");
        let diagnostic = Diagnostic::error("unknown-name", "unknown name `analyser`", Span::new(at, at + 8))
            .label("nothing has this name")
            .help("did you mean `analyzer`?");
        let expected = "\
error: unknown name `analyser`
 --> a.yaml:2:26
  |
2 |   - condition: ${grün && analyser}
  |                          ^^^^^^^^ nothing has this name
  |
  = help: did you mean `analyzer`?";
        assert_eq!(render(&diagnostic, text), expected);
    }

    #[test]
    fn two_places_share_a_snippet() {
        let text = "a: 1\nb: 2\na: 3\n";
        let diagnostic = Diagnostic::error("twice", "`a` is there twice", Span::new(10, 11))
            .also(Span::new(0, 1), "the first one");
        let expected = "\
error: `a` is there twice
 --> a.yaml:3:1
  |
1 | a: 1
  | - the first one
2 | b: 2
3 | a: 3
  | ^";
        assert_eq!(render(&diagnostic, text), expected);
    }

    #[test]
    fn of_a_long_line_the_place_is_shown() {
        let text = "1+".repeat(500_000) + "x";
        let diagnostic = Diagnostic::error("unknown-name", "unknown", Span::new(1_000_000, 1_000_001));
        let shown = render(&diagnostic, &text);
        assert!(shown.starts_with("error: unknown\n --> a.yaml:1:1000001\n"), "{shown}");
        assert!(shown.len() < 1_000, "{}", shown.len());
    }

    #[test]
    fn no_place_makes_it_fail() {
        for text in ["", "ü", "a\r\nb", "a\n", "\n\n\n"] {
            for start in 0..8 {
                for end in start..8 {
                    let diagnostic =
                        Diagnostic::error("x", "x", Span::new(start, end)).also(Span::new(end, start), "y");
                    assert!(render(&diagnostic, text).starts_with("error: x\n"));
                }
            }
        }
    }
}
