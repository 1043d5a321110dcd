//! What components are called, and which of git's references belong to them.
//!
//! A component has one full name, an [`Address`]; people type less of it, a [`Query`]. The rules for the single parts
//! are in the component room; this is the only place that puts parts together to references of git, and takes them
//! apart again.

use std::fmt;

use super::error::{ErrorCode, RegistryError, Result};
use crate::component::name::check_segment;
use crate::component::{ComponentRef, Slot};
use crate::syntax::nearest;

/// The types that need no declaration in the manifest.
pub const TYPES: &[&str] = &[
    "prompts",
    "agents",
    "schemas",
    "templates",
    "queries",
    "configs",
    "scripts",
    "ensembles",
    "tools",
    "routes",
];

/// What stands before the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prefix {
    /// Content that is swapped at run time.
    Components,
    /// Code whose change needs a rebuild.
    Logic,
}

impl Prefix {
    /// Both, in the order in which they are listed.
    pub const ALL: [Self; 2] = [Self::Components, Self::Logic];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::Logic => "logic",
        }
    }

    /// The prefix of this word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| prefix.as_str() == text)
    }
}

/// The full name of a component: `components/prompts/extraction`. Ordered as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    prefix: Prefix,
    kind: Box<str>,
    name: Box<str>,
}

impl Address {
    /// The address of these parts.
    ///
    /// # Errors
    /// `invalid-name` where a part is no name, or the type is not in lower case.
    ///
    /// ```
    /// use segue::registry::{Address, Prefix};
    /// let address = Address::new(Prefix::Components, "prompts", "extraction")?;
    /// assert_eq!(address.to_string(), "components/prompts/extraction");
    /// assert_eq!(address.path(), "prompts/extraction");
    /// # Ok::<(), segue::registry::RegistryError>(())
    /// ```
    pub fn new(prefix: Prefix, kind: &str, name: &str) -> Result<Self> {
        Self::check(kind, name)?;
        Ok(Self::checked(prefix, kind, name))
    }

    /// Whether these are a type and a name.
    pub(crate) fn check(kind: &str, name: &str) -> Result<()> {
        check_kind(kind)?;
        check_part(name)
    }

    /// The address of parts that were [checked](Self::check).
    pub(crate) fn checked(prefix: Prefix, kind: &str, name: &str) -> Self {
        Self { prefix, kind: kind.into(), name: name.into() }
    }

    /// Prefix, type and name.
    pub(crate) fn names(&self) -> (Prefix, &str, &str) {
        (self.prefix, &self.kind, &self.name)
    }

    /// `components` or `logic`.
    #[must_use]
    pub fn prefix(&self) -> Prefix {
        self.prefix
    }

    /// The type: `prompts`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name: `extraction`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `type/name`, as the component is shown to people and typed by them.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// The tag of a slot: `refs/tags/components/prompts/extraction/production`.
    #[must_use]
    pub fn tag_ref(&self, slot: &Slot) -> String {
        format!("{TAGS}{}", self.tag_name(slot))
    }

    /// The tag of a slot as `git tag` has it: `components/prompts/extraction/production`.
    #[must_use]
    pub fn tag_name(&self, slot: &Slot) -> String {
        format!("{self}/{slot}")
    }

    /// What the references of all slots begin with: `refs/tags/components/prompts/extraction/`.
    #[must_use]
    pub fn tag_prefix(&self) -> String {
        format!("{TAGS}{self}/")
    }

    /// The component's log: `refs/segue/log/components/prompts/extraction`.
    #[must_use]
    pub fn log_ref(&self) -> String {
        format!("{LOGS}{self}")
    }

    /// What a remote had in a slot when we last saw it.
    #[must_use]
    pub fn remote_tag_ref(&self, remote: &str, slot: &Slot) -> String {
        format!("{REMOTES}{remote}/tags/{}", self.tag_name(slot))
    }

    /// The log that a remote had when we last saw it.
    #[must_use]
    pub fn remote_log_ref(&self, remote: &str) -> String {
        format!("{REMOTES}{remote}/log/{self}")
    }

    /// Component and slot of a tag; `None` where the reference is none of ours.
    #[must_use]
    pub fn from_tag_ref(reference: &str) -> Option<(Self, Slot)> {
        Self::split_tag(reference.strip_prefix(TAGS)?)
    }

    /// The component of a log; `None` where the reference is none.
    #[must_use]
    pub fn from_log_ref(reference: &str) -> Option<Self> {
        Self::from_full(reference.strip_prefix(LOGS)?)
    }

    /// What a reference under `refs/segue/remotes/{remote}/` stands for; `None` where it is none of this remote's.
    #[must_use]
    pub fn from_remote_ref(remote: &str, reference: &str) -> Option<RemoteRef> {
        let rest = reference.strip_prefix(REMOTES)?.strip_prefix(remote)?.strip_prefix('/')?;
        if let Some(tag) = rest.strip_prefix("tags/") {
            return Self::split_tag(tag).map(|(address, slot)| RemoteRef::Tag(address, slot));
        }
        Self::from_full(rest.strip_prefix("log/")?).map(RemoteRef::Log)
    }

    /// `prefix/type/name`; `None` where it is anything else.
    #[must_use]
    pub fn from_full(text: &str) -> Option<Self> {
        let (prefix, rest) = text.split_once('/')?;
        let (kind, name) = rest.split_once('/')?;
        Self::new(Prefix::parse(prefix)?, kind, name).ok()
    }

    fn split_tag(tag: &str) -> Option<(Self, Slot)> {
        let (component, slot) = tag.rsplit_once('/')?;
        Some((Self::from_full(component)?, Slot::parse(slot).ok()?))
    }
}

/// Where tags are.
pub(crate) const TAGS: &str = "refs/tags/";
/// Where the logs are.
pub(crate) const LOGS: &str = "refs/segue/log/";
/// Where we keep what remotes had when we last saw them.
pub(crate) const REMOTES: &str = "refs/segue/remotes/";

/// What we remember of a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteRef {
    /// A slot.
    Tag(Address, Slot),
    /// A component's log.
    Log(Address),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.prefix.as_str(), self.kind, self.name)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What somebody typed to name a component: `extraction`, `prompts/extraction`, `logic/prompts/extraction`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    prefix: Option<Prefix>,
    kind: Option<Box<str>>,
    name: Box<str>,
}

impl Query {
    /// Reads `[[prefix/]type/]name`.
    ///
    /// # Errors
    /// `invalid-name`, saying what is wrong and what to write.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some((path, slot)) = text.split_once('@') {
            return Err(invalid(format!("`{}` is a component with a slot", text.escape_debug()))
                .with_help(format!("write the component alone, `{}`", path.escape_debug()))
                .with_slot_hint(slot));
        }
        let parts: Vec<&str> = text.split('/').collect();
        let (prefix, kind, name) = match *parts.as_slice() {
            [name] => (None, None, name),
            [kind, name] => (None, Some(kind), name),
            [prefix, kind, name] => (Some(prefix), Some(kind), name),
            _ => {
                return Err(invalid(format!("`{}` has too many parts", text.escape_debug()))
                    .with_help("write `type/name` (`prompts/extraction`), or `prefix/type/name`"));
            }
        };
        check_part(name)?;
        kind.map_or(Ok(()), check_kind)?;
        let prefix = prefix.map(parse_prefix).transpose()?;
        Ok(Self { prefix, kind: kind.map(Into::into), name: name.into() })
    }

    /// The prefix, where it was typed.
    #[must_use]
    pub fn prefix(&self) -> Option<Prefix> {
        self.prefix
    }

    /// The type, where it was typed.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The addresses that it may mean, if the type was typed: one, or one for each prefix.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        let Some(kind) = &self.kind else { return Vec::new() };
        let prefixes =
            Prefix::ALL.into_iter().filter(|prefix| self.prefix.is_none_or(|typed| typed == *prefix));
        prefixes.map(|prefix| Address { prefix, kind: kind.clone(), name: self.name.clone() }).collect()
    }

    /// Whether it may mean this component.
    #[must_use]
    pub fn matches(&self, address: &Address) -> bool {
        self.name == address.name
            && self.kind.as_ref().is_none_or(|kind| *kind == address.kind)
            && self.prefix.is_none_or(|prefix| prefix == address.prefix)
    }

    /// The one component among `known` that it means.
    ///
    /// # Errors
    /// `ambiguous` with the candidates, or `unknown-component` with the nearest.
    pub fn choose<'a>(&self, known: impl IntoIterator<Item = &'a Address>) -> Result<Address> {
        let known: Vec<&Address> = known.into_iter().collect();
        let mut candidates: Vec<&Address> =
            known.iter().copied().filter(|address| self.matches(address)).collect();
        candidates.sort();
        candidates.dedup();
        match candidates.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(self.unknown(&known)),
            several => {
                let listed: Vec<String> = several.iter().map(|address| format!("  {address}")).collect();
                Err(RegistryError::new(
                    ErrorCode::Ambiguous,
                    format!("`{self}` could be any of\n{}", listed.join("\n")),
                )
                .with_help("write more of the name"))
            }
        }
    }

    /// That there is none, and what there is instead.
    #[must_use]
    pub fn unknown(&self, known: &[&Address]) -> RegistryError {
        let typed = self.to_string();
        let names: Vec<String> = known
            .iter()
            .map(|address| match (self.prefix, &self.kind) {
                (Some(_), _) => address.to_string(),
                (None, Some(_)) => address.path(),
                (None, None) => address.name.to_string(),
            })
            .collect();
        let error =
            RegistryError::new(ErrorCode::UnknownComponent, format!("there is no component `{typed}`"));
        match nearest(&typed, names.iter().map(String::as_str)) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None if known.is_empty() => error.with_help(
                "no component has a tag here yet: `segue tag create prompts/name v1.0.0` makes the first; \
                 in a clone without tags, fetch them: `segue fetch`",
            ),
            None => error.with_help("`segue tag list` shows those that there are"),
        }
    }

    /// Refuses a type that nobody declared and no component has.
    ///
    /// # Errors
    /// `unknown-component`, with the nearest type.
    pub fn check_declared<'t>(&self, declared: impl IntoIterator<Item = &'t str>) -> Result<()> {
        let Some(kind) = self.kind.as_deref() else { return Ok(()) };
        let declared: Vec<&str> = TYPES.iter().copied().chain(declared).collect();
        if declared.contains(&kind) {
            return Ok(());
        }
        let error = RegistryError::new(ErrorCode::UnknownComponent, format!("there is no type `{kind}`"));
        Err(match nearest(kind, declared.iter().copied()) {
            Some(near) => error.with_help(format!("did you mean `{near}/{}`?", self.name)),
            None => error.with_help(format!(
                "types are {}; more are declared in `segue.yaml`: `types: [{kind}]`",
                declared.join(", ")
            )),
        })
    }
}

impl From<&Address> for Query {
    fn from(address: &Address) -> Self {
        Self { prefix: Some(address.prefix), kind: Some(address.kind.clone()), name: address.name.clone() }
    }
}

impl TryFrom<&ComponentRef> for Query {
    type Error = RegistryError;

    fn try_from(reference: &ComponentRef) -> Result<Self> {
        check_kind(&reference.kind)?;
        let prefix = reference.prefix.as_deref().map(parse_prefix).transpose()?;
        Ok(Self { prefix, kind: Some(reference.kind.clone()), name: reference.name.clone() })
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = self.prefix {
            write!(f, "{prefix}/")?;
        }
        if let Some(kind) = &self.kind {
            write!(f, "{kind}/")?;
        }
        f.write_str(&self.name)
    }
}

/// Reads a slot as people type it.
///
/// # Errors
/// `invalid-name`, with what to write.
pub fn parse_slot(text: &str) -> Result<Slot> {
    Slot::parse(text).map_err(|error| invalid(error.message))
}

fn parse_prefix(text: &str) -> Result<Prefix> {
    Prefix::parse(text).ok_or_else(|| {
        invalid(format!("`{}` is no prefix", text.escape_debug()))
            .with_help("prefixes are `components` and `logic`")
    })
}

fn check_part(text: &str) -> Result<()> {
    check_segment(text).map_err(invalid)
}

fn check_kind(text: &str) -> Result<()> {
    check_part(text)?;
    if !text.bytes().all(|byte| byte.is_ascii_lowercase()) && text.chars().any(char::is_uppercase) {
        let lower = text.to_lowercase();
        return Err(
            invalid(format!("the type `{text}` is not in lower case")).with_help(format!("write `{lower}`"))
        );
    }
    Ok(())
}

fn invalid(message: impl Into<Box<str>>) -> RegistryError {
    RegistryError::new(ErrorCode::InvalidName, message)
}

impl RegistryError {
    fn with_slot_hint(self, slot: &str) -> Self {
        match (Slot::parse(slot), self.help.clone()) {
            (Ok(slot), Some(help)) => self.with_help(format!("{help}, and `{slot}` where the slot belongs")),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn address(text: &str) -> Address {
        Address::from_full(text).expect("an address")
    }

    fn slot(text: &str) -> Slot {
        Slot::parse(text).expect("a slot")
    }

    #[test]
    fn references_are_put_together_and_taken_apart() {
        let extraction = address("components/prompts/extraction");
        for text in ["production", "v1.0.0", "v2.0.0-rc.1+build.7", "größe"] {
            let reference = extraction.tag_ref(&slot(text));
            assert_eq!(reference, format!("refs/tags/components/prompts/extraction/{text}"));
            assert_eq!(Address::from_tag_ref(&reference), Some((extraction.clone(), slot(text))));
            let tracking = extraction.remote_tag_ref("o/x", &slot(text));
            let found = Address::from_remote_ref("o/x", &tracking);
            assert_eq!(found, Some(RemoteRef::Tag(extraction.clone(), slot(text))));
        }
        assert_eq!(Address::from_log_ref(&extraction.log_ref()), Some(extraction.clone()));
        assert_eq!(
            Address::from_remote_ref("origin", &extraction.remote_log_ref("origin")),
            Some(RemoteRef::Log(extraction))
        );
    }

    #[test]
    fn other_peoples_tags_are_none_of_ours() {
        for reference in [
            "refs/tags/v1.0.0",
            "refs/tags/release/prompts/a/v1.0.0",
            "refs/tags/components/prompts/v1.0.0",
            "refs/tags/components/prompts/a/b/v1.0.0",
            "refs/tags/components/prompts/a/v1",
            "refs/tags/components/Prompts/a/v1.0.0",
            "refs/heads/components/prompts/a/v1.0.0",
        ] {
            assert_eq!(Address::from_tag_ref(reference), None, "{reference}");
        }
    }

    #[test]
    fn less_is_typed_where_it_is_clear() {
        let known =
            ["components/prompts/extraction", "logic/scripts/clean", "components/configs/clean"].map(address);
        let choose = |text: &str| {
            Query::parse(text).and_then(|query| query.choose(&known)).map(|address| address.to_string())
        };
        assert_eq!(choose("extraction").as_deref(), Ok("components/prompts/extraction"));
        assert_eq!(choose("scripts/clean").as_deref(), Ok("logic/scripts/clean"));
        assert_eq!(choose("components/configs/clean").as_deref(), Ok("components/configs/clean"));

        let ambiguous = choose("clean").expect_err("two of them");
        assert_eq!(ambiguous.code, ErrorCode::Ambiguous);
        assert_eq!(
            &*ambiguous.message,
            "`clean` could be any of\n  components/configs/clean\n  logic/scripts/clean"
        );

        let unknown = choose("prompts/extractoin").expect_err("no such");
        assert_eq!(unknown.code, ErrorCode::UnknownComponent);
        assert_eq!(unknown.help.as_deref(), Some("did you mean `prompts/extraction`?"));
    }

    #[test]
    fn an_unknown_type_suggests_the_nearest() {
        let query = Query::parse("promts/extraction").expect("a query");
        let error = query.check_declared(["models"]).expect_err("no such type");
        assert_eq!(error.help.as_deref(), Some("did you mean `prompts/extraction`?"));
        let query = Query::parse("models/gpt").expect("a query");
        assert_eq!(query.check_declared(["models"]), Ok(()));
        assert_eq!(query.check_declared([]).map_err(|error| error.code), Err(ErrorCode::UnknownComponent));
    }

    #[test]
    fn hostile_names_are_refused_before_git_sees_them() {
        let long = format!("prompts/{}", "x".repeat(300));
        for text in [
            "",
            "/",
            "a/",
            "/a",
            "--upload-pack=touch x",
            "prompts/--force",
            "../x",
            "prompts/..",
            "prompts/a\nb",
            "prompts/a\0",
            "a/b/c/d",
            "prompts/a b",
            "Prompts/a",
            "other/prompts/a",
            "prompts/a.lock",
            &long,
        ] {
            let error = Query::parse(text).expect_err(text);
            assert_eq!(error.code, ErrorCode::InvalidName, "{text}");
            assert!(!error.message.contains(['\0', '\u{1b}']), "{text:?}");
        }
        let error = Query::parse("prompts/a@production").expect_err("a slot");
        assert_eq!(
            error.help.as_deref(),
            Some("write the component alone, `prompts/a`, and `production` where the slot belongs")
        );
        assert!(Query::parse("prompts/__proto__").is_ok());
    }
}
