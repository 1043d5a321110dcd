//! Why a component could not be had.

/// A component that could not be had; the message names the mend where one is near.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ComponentError {
    /// The cause, to match on.
    pub kind: ComponentErrorKind,
    /// One sentence for people, and what to do.
    pub message: Box<str>,
}

impl ComponentError {
    /// An error of the given kind.
    pub fn new(kind: ComponentErrorKind, message: impl Into<Box<str>>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// The causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ComponentErrorKind {
    /// The text is no reference.
    InvalidReference,
    /// There is no such component.
    MissingComponent,
    /// The component has no such version or environment.
    MissingSlot,
    /// The slot is there, and the component's file was not at that commit; or nobody can say which file it is.
    MissingFile,
    /// The slot is there, and its commit or content is not in this clone of the repository.
    MissingObject,
    /// The component is there and cannot be used: not UTF-8, bad front matter, a broken `slots.yaml`.
    Broken,
    /// The source could not be read.
    Io,
}
