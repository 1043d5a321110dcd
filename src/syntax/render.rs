//! Diagnostics as people read them: the place underlined in its line. The only caller of the snippet crate.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::line_index::{LineIndex, char_floor};
use super::{Diagnostic, Label, Severity, Span};

/// Whether text for people has colours (ANSI escapes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// With escapes.
    Always,
}

/// How wide the shown part of a line may be, in columns.
const WIDTH: usize = 140;

impl Diagnostic {
    /// The diagnostic as text of several lines, without a final line break. `text` is what its spans count in.
    ///
    /// Long lines are cut around the places, and what lies between distant places is left out: the result is short
    /// whatever the text is. Linear in the text; for many diagnostics of one big text use [`Self::render_with`].
    #[must_use]
    pub fn render(&self, file_name: &str, text: &str, colour: Colour) -> String {
        self.render_with(file_name, text, &LineIndex::new(text), colour)
    }

    /// [`Self::render`] with the text's lines at hand.
    #[must_use]
    pub fn render_with(&self, file_name: &str, text: &str, lines: &LineIndex, colour: Colour) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Hint => Level::NOTE.with_name("hint"),
        };
        let mut group = Group::with_title(level.primary_title(visible(&self.title))).element(snippet(
            &self.labels,
            file_name,
            text,
            lines,
        ));
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(visible(help)));
        }
        renderer(colour).render(&[group])
    }
}

/// A place in a text, underlined, without a title: where an evaluation failed.
#[must_use]
pub fn render_place(file_name: &str, text: &str, span: Span, colour: Colour) -> String {
    let labels = [Label { span, text: String::new() }];
    let snippet = snippet(&labels, file_name, text, &LineIndex::new(text));
    renderer(colour).render(&[Group::with_level(Level::ERROR).element(snippet)])
}

fn renderer(colour: Colour) -> Renderer {
    let renderer = match colour {
        Colour::Always => Renderer::styled(),
        Colour::Never => Renderer::plain(),
    };
    renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH)
}

/// `--> file:line:column`, and the lines that the labels underline, the first one as *the* place.
fn snippet<'t>(
    labels: &'t [Label],
    file_name: &str,
    text: &'t str,
    lines: &LineIndex,
) -> Snippet<'t, Annotation<'t>> {
    let marks = marks(labels, text, lines);
    let first = marks.iter().map(|mark| mark.line).min().unwrap_or(1);
    let last = marks.iter().map(|mark| mark.line).max().unwrap_or(1);
    let shown = lines.line_range(text, first).start..lines.line_range(text, last).end;
    let base = shown.start;
    let annotations = marks.into_iter().map(|mark| {
        let kind = if mark.is_main { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (!mark.label.is_empty()).then(|| visible(mark.label));
        kind.span(mark.range.start - base..mark.range.end - base).label(label)
    });
    Snippet::source(&text[shown]).path(visible(file_name)).line_start(first).annotations(annotations)
}

/// A message's text must not steer the terminal: a source may hold anything.
fn visible(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
}

/// What is underlined, in one line of the text.
struct Mark<'d> {
    line: usize,
    range: Range<usize>,
    label: &'d str,
    is_main: bool,
}

/// The labels' places inside of the text. One of several lines is cut to its first.
fn marks<'d>(labels: &'d [Label], text: &str, lines: &LineIndex) -> Vec<Mark<'d>> {
    let mark = |(index, label): (usize, &'d Label)| {
        let start = char_floor(text, label.span.start as usize);
        let line = lines.line_at(start);
        let line_range = lines.line_range(text, line);
        let start = start.min(line_range.end);
        let end = char_floor(text, label.span.end as usize).clamp(start, line_range.end);
        Mark { line, range: start..end, label: &label.text, is_main: index == 0 }
    };
    labels.iter().enumerate().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn plain(diagnostic: &Diagnostic, text: &str) -> String {
        diagnostic.render("canary.yaml", text, Colour::Never)
    }

    #[test]
    fn the_place_is_underlined_in_its_line() {
        let text = "agents:\n  - name: a\n    condition: ${analyser-canary.executed}\n";
        let start = text.find("analyser").unwrap_or(0);
        let diagnostic =
            Diagnostic::error("unknown-name", "unknown name `analyser-canary`", Span::new(start, start + 15))
                .label("no agent or input has this name")
                .help("did you mean `analyzer-canary`?");
        assert_eq!(
            plain(&diagnostic, text),
            "\
error: unknown name `analyser-canary`
 --> canary.yaml:3:18
  |
3 |     condition: ${analyser-canary.executed}
  |                  ^^^^^^^^^^^^^^^ no agent or input has this name
  |
  = help: did you mean `analyzer-canary`?"
        );
        assert!(diagnostic.render("a", text, Colour::Always).contains("\u{1b}["));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}é@{}", "1+".repeat(500_000), "+1".repeat(500_000));
        let at = text.find('@').unwrap_or(0);
        let rendered = plain(&Diagnostic::warning("x", "odd", Span::new(at, at + 1)).label("here"), &text);
        assert!(rendered.len() < 1000, "{}", rendered.len());
        assert!(rendered.contains("canary.yaml:1:1000002"), "{rendered}");
        assert!(rendered.contains("+é@+"), "{rendered}");
    }

    #[test]
    fn distant_places_are_shown_without_what_lies_between() {
        let text = format!("f(\n{})\n", "x\n".repeat(100));
        let end = text.len() - 2;
        let diagnostic =
            Diagnostic::error("x", "odd", Span::new(end, end + 1)).also(Span::new(1, 2), "opened here");
        assert_eq!(
            plain(&diagnostic, &text),
            "\
error: odd
   --> canary.yaml:102:1
    |
  1 | f(
    |  - opened here
...
102 | )
    | ^"
        );
    }

    #[test]
    fn any_span_can_be_rendered() {
        for text in ["", "\n", "é\r\nb", "a\tb\u{1b}[31m"] {
            for start in 0..8 {
                for end in start..8 {
                    let diagnostic = Diagnostic::error("x", "odd\u{7}", Span::new(start, end)).label("l");
                    assert!(
                        plain(&diagnostic.also(Span::new(end, end), "m"), text)
                            .starts_with("error: odd\u{FFFD}")
                    );
                }
            }
        }
    }
}
