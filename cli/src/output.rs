//! Where results and messages go, and whether they have colours.
//!
//! Colour is for terminals; `NO_COLOR`, `CLICOLOR=0`, `TERM=dumb` turn it off and `CLICOLOR_FORCE` on, as everywhere.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use segue::syntax::{Colour, Diagnostic, Span, render_place};

use crate::excerpt::harmless;
use crate::exit::Failure;

/// Bold, for what the eye should find first.
pub(crate) const STRONG: Style = Style::new().bold();
/// For what matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// For what went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// For what did not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// For what deserves a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// For bars.
pub(crate) const BAR: Style = AnsiColor::Cyan.on_default();

/// A text with as many blanks behind it as make it so many columns wide; letters of some scripts take two.
pub(crate) fn padded(text: &str, width: usize) -> String {
    console::pad_str(text, width, console::Alignment::Left, None).into_owned()
}

/// Standard output and standard error.
pub(crate) struct Output {
    stdout: BufWriter<io::Stdout>,
    stdout_has_colour: bool,
    stderr_has_colour: bool,
}

impl Output {
    pub(crate) fn new() -> Self {
        let has_colour = |choice| !matches!(choice, ColorChoice::Never);
        Self {
            stdout: BufWriter::new(io::stdout()),
            stdout_has_colour: has_colour(AutoStream::choice(&io::stdout())),
            stderr_has_colour: has_colour(AutoStream::choice(&io::stderr())),
        }
    }

    /// Standard output, buffered.
    pub(crate) fn results(&mut self) -> &mut impl Write {
        &mut self.stdout
    }

    /// Text on standard output in a style. It may be anybody's.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.stdout_has_colour, style, text)
    }

    /// Text for a message in a style.
    pub(crate) fn paint_message(&self, style: Style, text: &str) -> String {
        paint(self.stderr_has_colour, style, text)
    }

    /// Whether diagnostics that are results have colours.
    pub(crate) fn colour(&self) -> Colour {
        if self.stdout_has_colour { Colour::Always } else { Colour::Never }
    }

    /// Whether somebody watches standard error, so that progress can be shown there.
    pub(crate) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// A line on standard error, whose text is our own or [`harmless`]. It comes after what was written to standard output so far.
    pub(crate) fn message(&mut self, text: &str) -> io::Result<()> {
        self.stdout.flush()?;
        // Messages are for people; where nobody can read them, nothing is lost but they.
        let _ = writeln!(io::stderr(), "{text}");
        Ok(())
    }

    /// `word: text` on standard error, the word in a style. The text may be anybody's.
    pub(crate) fn note(&mut self, style: Style, word: &str, text: &str) -> io::Result<()> {
        let word = paint(self.stderr_has_colour, style, &format!("{word}:"));
        self.message(&format!("{word} {}", harmless(text)))
    }

    /// What is wrong with a text, on standard error, or worth knowing about it.
    pub(crate) fn diagnostic(&mut self, diagnostic: &Diagnostic, name: &str, text: &str) -> io::Result<()> {
        let rendered = diagnostic.render(name, text, self.message_colour());
        self.message(&format!("{}\n", rendered.trim_end()))
    }

    /// A place in a text, on standard error.
    pub(crate) fn place(&mut self, name: &str, text: &str, span: Span) -> io::Result<()> {
        let rendered = render_place(name, text, span, self.message_colour());
        self.message(&rendered)
    }

    fn message_colour(&self) -> Colour {
        if self.stderr_has_colour { Colour::Always } else { Colour::Never }
    }

    /// Why the command could not do its work.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let text = match failure {
            Failure::Usage(error) => harmless(&format!("{error:#}")),
            Failure::Refused(refusal) => {
                // What other people wrote into tags and logs is quoted here.
                let message = harmless(&refusal.message);
                match &refusal.help {
                    Some(help) => {
                        let word = paint(self.stderr_has_colour, STRONG, "help:");
                        // Further lines of a help are commands or candidates: they stand under its first word.
                        format!("{message}\n {word} {}", harmless(help).replace('\n', "\n       "))
                    }
                    None => message,
                }
            }
            Failure::Output(error) => format!("cannot write the result: {error}"),
            Failure::ClosedPipe => return,
        };
        let word = paint(self.stderr_has_colour, BAD, "error:");
        let _ = writeln!(io::stderr(), "{word} {text}");
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

fn paint(has_colour: bool, style: Style, text: &str) -> String {
    let text = harmless(text);
    if has_colour { format!("{style}{text}{style:#}") } else { text }
}
