//! Diagnostics: one type for everything that is reported about a source text, and its rendering.
//!
//! The rooms that find a fault build a [`Diagnostic`]; [`Diagnostic::render`] is the only place that turns one
//! into text, and the only caller of the snippet crate. Exit codes and JSON are the command's.

use super::{Neighbour, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing runs.
    Error,
    /// It runs, and probably not as meant.
    Warning,
    /// It runs as meant; something nearby is worth knowing.
    Hint,
}

/// Something to say about a place in a text.
///
/// The title says what is wrong (lower case, no full stop), a label what stands there, `help` the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable identifier in kebab-case, such as `unknown-name`.
    pub code: &'static str,
    /// What is wrong.
    pub title: String,
    /// The place, then further places that explain it. The first one is *the* place.
    pub labels: Vec<Label>,
    /// How to mend it.
    pub help: Option<String>,
    /// The mend, where there is one that needs no thought.
    pub fix: Option<Box<Fix>>,
}

/// A text to be put in the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Where, in bytes of the text that is reported on; quotes around it may be among them.
    pub span: Span,
    /// What stands there.
    pub old: String,
    /// What is meant.
    pub new: String,
}

/// A place with a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where, in bytes of the text that is reported on.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic of the given severity at one place.
    pub fn new(severity: Severity, code: &'static str, title: impl Into<String>, span: Span) -> Self {
        let labels = vec![Label { span, text: String::new() }];
        Self { severity, code, title: title.into(), labels, help: None, fix: None }
    }

    /// An error at one place.
    pub fn error(code: &'static str, title: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Error, code, title, span)
    }

    /// A warning at one place.
    pub fn warning(code: &'static str, title: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Warning, code, title, span)
    }

    /// Sets the text at the main place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what the misspelt `name` at the main place most likely means; where no other name comes close, that is a
    /// [`Fix`] too.
    #[must_use]
    pub fn did_you_mean(mut self, name: &str, near: Neighbour<'_>) -> Self {
        if near.is_only {
            let fix = Fix { span: self.span(), old: name.to_owned(), new: near.name.to_owned() };
            self.fix = Some(Box::new(fix));
        }
        self.help(format!("did you mean `{}`?", near.name))
    }

    /// The main place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels[0].span
    }

    /// The same diagnostic with every place mapped, as from a scalar into its file.
    #[must_use]
    pub fn map_spans(mut self, map: impl Fn(Span) -> Span) -> Self {
        for label in &mut self.labels {
            label.span = map(label.span);
        }
        if let Some(fix) = &mut self.fix {
            fix.span = map(fix.span);
        }
        self
    }
}
