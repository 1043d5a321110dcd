//! The declared names that are not identifiers by JavaScript's rules: `analyzer-stable`, `ring-0`, `10pct`.

/// Names that the lexer reads as one token, hyphens, digits and reserved words included.
///
/// At the start of an identifier or number the longest declared name that is not followed by an identifier
/// character (or a hyphen and one, where a longer declared name would match) wins; after `.` or `?.` none does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredNames {
    /// Sorted.
    names: Vec<Box<str>>,
}

impl DeclaredNames {
    /// No declared names: plain JavaScript.
    pub const NONE: &Self = &Self { names: Vec::new() };

    /// These names; those that are plain identifiers may be among them.
    #[must_use]
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut names: Vec<Box<str>> = names.into_iter().map(Into::into).collect();
        names.sort_unstable();
        names.dedup();
        Self { names }
    }

    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}
