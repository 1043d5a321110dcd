//! References to components: `type/name@slot`, an optional `prefix/` in front.

use std::fmt;
use std::str::FromStr;

use super::name::{check_segment, is_name_character};

/// A reference to a component in a slot, such as `prompts/extraction@production`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ComponentRef {
    /// What stands before the type, such as `components`.
    pub prefix: Option<Box<str>>,
    /// The type, such as `prompts`.
    pub kind: Box<str>,
    /// The name, such as `extraction`.
    pub name: Box<str>,
    /// The slot.
    pub slot: Slot,
}

/// What stands after the `@`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// An immutable version, `v1.2.0`.
    Version(Version),
    /// A movable environment, such as `production`, `ring-0` or `rollout-10pct`.
    Environment(Box<str>),
}

/// A semantic version, written `v1.2.0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(semver::Version);

/// Why a text is no reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RefError {
    /// What is wrong, and how to write it.
    pub message: Box<str>,
    /// The bytes of the text that are at fault.
    pub at: std::ops::Range<usize>,
}

/// The longest reference, in bytes.
const MAX_LENGTH: usize = 512;

impl ComponentRef {
    /// Reads a reference; white space around it does not count.
    ///
    /// # Errors
    /// What is wrong, and where.
    ///
    /// ```
    /// use segue::component::{ComponentRef, Slot};
    /// let reference = ComponentRef::parse("prompts/extraction@canary")?;
    /// assert_eq!(reference.slot, Slot::Environment("canary".into()));
    /// # Ok::<(), segue::component::RefError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, RefError> {
        let whole = text.trim();
        let base = text.len() - text.trim_start().len();
        let error = |start: usize, part: &str, message: String| RefError {
            message: message.into(),
            at: base + start..base + start + part.len(),
        };
        let fault = |start, part, message| Err(error(start, part, message));
        if whole.is_empty() {
            return fault(0, "", "the component reference is empty: write `type/name@slot`".into());
        }
        if whole.len() > MAX_LENGTH {
            return fault(0, whole, format!("a component reference has at most {MAX_LENGTH} bytes"));
        }
        let Some((path, slot)) = whole.split_once('@') else {
            return fault(0, whole, format!("`{whole}` names no slot: write `{whole}@production`"));
        };
        let slot_at = path.len() + 1;
        let segments: Vec<&str> = path.split('/').collect();
        let (prefix, kind, name) = match *segments.as_slice() {
            [kind, name] => (None, kind, name),
            [prefix, kind, name] => (Some(prefix), kind, name),
            [_] => {
                return fault(0, path, format!("`{path}` has no type: write `prompts/{path}@{slot}`"));
            }
            _ => {
                let message =
                    format!("`{path}` has too many parts: write `type/name`, or `prefix/type/name`");
                return fault(0, path, message);
            }
        };
        let mut start = 0;
        for segment in segments {
            check_segment(segment).map_err(|message| error(start, segment, message))?;
            start += segment.len() + 1;
        }
        let slot = Slot::parse(slot).map_err(|inner| error(slot_at, slot, inner.message.into()))?;
        Ok(Self { prefix: prefix.map(Into::into), kind: kind.into(), name: name.into(), slot })
    }

    /// `type/name`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// The reference with another slot, without the prefix, as it is shown: `prompts/extraction@v1.0.0`.
    #[must_use]
    pub fn display_at(&self, slot: &Slot) -> String {
        format!("{}/{}@{slot}", self.kind, self.name)
    }
}

impl Slot {
    /// Reads a slot: a version if it is one, else an environment's name.
    ///
    /// # Errors
    /// What is wrong: a bad character, or a version that is not `vMAJOR.MINOR.PATCH`.
    pub fn parse(text: &str) -> Result<Self, RefError> {
        let fault = |message: String| RefError { message: message.into(), at: 0..text.len() };
        check_slot_characters(text).map_err(fault)?;
        if let Ok(version) = Version::parse(text) {
            return Ok(Self::Version(version));
        }
        let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
        if is_meant_as_version(text, digits) {
            let mend = match mended_version(digits) {
                Some(version) => format!("write `{version}`"),
                None => "write it as `v1.2.0`".to_owned(),
            };
            return Err(fault(format!("`{text}` is not a version: {mend}")));
        }
        check_segment(text).map_err(fault)?;
        Ok(Self::Environment(text.into()))
    }
}

/// Slots may hold what versions need besides names: `+` of build data.
fn check_slot_characters(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(
            "the slot after `@` is empty: write an environment such as `production`, or `v1.2.0`".into()
        );
    }
    match text.chars().find(|&letter| !is_name_character(letter) && letter != '+') {
        Some('@') => Err("a reference has one `@`".into()),
        Some(letter) => Err(format!(
            "{letter:?} cannot stand in the slot `{}`: it is one word, such as `production` or `ring-0`",
            text.escape_debug()
        )),
        None => Ok(()),
    }
}

/// Whether an environment of this name would be taken for a version: `v2`, `1.2`, `7`; `10pct` is none.
fn is_meant_as_version(text: &str, digits: &str) -> bool {
    let numbers = digits.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let core = &digits[..digits.len() - numbers.len()];
    let is_version_like = core.contains('.') || digits.len() < text.len() || numbers.is_empty();
    core.starts_with(|first: char| first.is_ascii_digit())
        && is_version_like
        && (numbers.is_empty() || numbers.starts_with(['-', '+']))
}

/// The version that an incomplete one (`1.2`, `v2`) most likely means.
fn mended_version(digits: &str) -> Option<Version> {
    let end = digits.find(['-', '+']).unwrap_or(digits.len());
    let (core, rest) = digits.split_at(end);
    // `01.2.3`: numbers have no zeros before them.
    let number = |number: &str| match number.trim_start_matches('0') {
        "" => "0".to_owned(),
        number => number.to_owned(),
    };
    let core = core.split('.').map(number).collect::<Vec<_>>().join(".");
    [format!("{core}{rest}"), format!("{core}.0{rest}"), format!("{core}.0.0{rest}")]
        .iter()
        .find_map(|candidate| semver::Version::parse(candidate).ok())
        .map(Version)
}

impl Version {
    /// Reads `v1.2.0`, with what semantic versions may have behind it (`v2.0.0-rc.1`).
    ///
    /// # Errors
    /// Where the text is anything else, `1.2.0` without its `v` included.
    pub fn parse(text: &str) -> Result<Self, RefError> {
        let parsed = text.strip_prefix('v').and_then(|digits| semver::Version::parse(digits).ok());
        parsed.map(Self).ok_or_else(|| RefError {
            message: format!("`{text}` is not a version: write `v1.2.0`").into(),
            at: 0..text.len(),
        })
    }

    /// The semantic version.
    #[must_use]
    pub fn as_semver(&self) -> &semver::Version {
        &self.0
    }
}

impl fmt::Display for ComponentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            write!(f, "{prefix}/")?;
        }
        write!(f, "{}/{}@{}", self.kind, self.name, self.slot)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Environment(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl FromStr for ComponentRef {
    type Err = RefError;
    fn from_str(text: &str) -> Result<Self, RefError> {
        Self::parse(text)
    }
}

impl FromStr for Slot {
    type Err = RefError;
    fn from_str(text: &str) -> Result<Self, RefError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn message(text: &str) -> String {
        ComponentRef::parse(text).expect_err("a fault").to_string()
    }

    #[test]
    fn references_read_and_print_the_same() {
        for text in [
            "prompts/extraction@production",
            "prompts/extraction@v1.0.0",
            "prompts/extraction@rollout-10pct",
            "prompts/extraction@ring-0",
            "components/prompts/extraction@v2.0.0-rc.1",
            "ensembles/x@v1.0.0+build.7",
            "prompts/a@10pct",
            "prompts/a@2024-q1",
            "prompts/a@vip",
        ] {
            assert_eq!(ComponentRef::parse(text).map(|reference| reference.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_shown_never_has_the_prefix() {
        let reference = ComponentRef::parse("acme/prompts/a@canary").expect("a reference");
        let version = Slot::parse("v1.0.0").expect("a version");
        assert_eq!(reference.display_at(&version), "prompts/a@v1.0.0");
    }

    #[test]
    fn faults_say_what_to_write() {
        assert_eq!(message("  "), "the component reference is empty: write `type/name@slot`");
        assert_eq!(
            message("prompts/extraction"),
            "`prompts/extraction` names no slot: write `prompts/extraction@production`"
        );
        assert_eq!(
            message("extraction@canary"),
            "`extraction` has no type: write `prompts/extraction@canary`"
        );
        assert_eq!(message("prompts/a@1.2"), "`1.2` is not a version: write `v1.2.0`");
        assert_eq!(message("prompts/a@v2"), "`v2` is not a version: write `v2.0.0`");
        assert_eq!(message("prompts/a@v01.2.3"), "`v01.2.3` is not a version: write `v1.2.3`");
        assert_eq!(message("prompts/a@1.00-rc.1"), "`1.00-rc.1` is not a version: write `v1.0.0-rc.1`");
        assert_eq!(message("prompts/a@x@y"), "a reference has one `@`");
    }

    #[test]
    fn no_reference_leads_out_of_its_folder() {
        for text in ["../etc@v1.0.0", "prompts/..@v1.0.0", "prompts/a@..", "/a@x", "a/b/c/d@x", "a\\b/c@x"] {
            assert_eq!(ComponentRef::parse(text).ok(), None, "{text}");
        }
        assert_eq!(ComponentRef::parse("prompts/a\0@x").ok(), None);
        assert_eq!(ComponentRef::parse("prompts/a@.git").ok(), None);
    }

    #[test]
    fn a_fault_is_underlined_where_it_is() {
        let fault = ComponentRef::parse(" prompts/a@b c").expect_err("a fault");
        assert_eq!(fault.at, 11..14);
        let fault = ComponentRef::parse("prompts/a b@c").expect_err("a fault");
        assert_eq!(fault.at, 8..11);
    }
}
