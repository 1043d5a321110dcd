//! `slots.yaml`: which version each environment of a component stands at.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor};

use crate::component::{Slot, Version};

/// The environments and their versions.
pub(super) type Environments = BTreeMap<Box<str>, Version>;

/// What is wrong, and in which line, where there is one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SlotsFault {
    pub(super) line: Option<usize>,
    pub(super) message: String,
}

/// Reads the text of a `slots.yaml`; an empty one names no environment.
pub(super) fn parse(text: &str) -> Result<Environments, SlotsFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_yaml::from_str::<Option<Slots>>(text)
        .map(|slots| slots.map(|slots| slots.0).unwrap_or_default())
        .map_err(|error| {
            let line = error.location().map(|location| location.line());
            let told = error.to_string();
            // The place is told apart from the message, and the path of a flat map is no news.
            let message = told.split(" at line ").next().unwrap_or(&told);
            let message =
                message.split_once(": `").map_or(message.to_owned(), |(_, rest)| format!("`{rest}"));
            SlotsFault { line, message }
        })
}

struct Slots(Environments);

/// A key: the name of an environment.
struct Environment(Box<str>);
/// A value: a version.
struct At(Version);

impl<'de> Deserialize<'de> for Slots {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SlotsVisitor)
    }
}

struct SlotsVisitor;

impl<'de> Visitor<'de> for SlotsVisitor {
    type Value = Slots;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("environments and their versions, such as `production: v1.0.0`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Slots, A::Error> {
        let mut slots = Environments::new();
        while let Some((Environment(name), At(version))) = map.next_entry()? {
            if slots.insert(name.clone(), version).is_some() {
                return Err(de::Error::custom(format_args!("`{name}` stands there twice")));
            }
        }
        Ok(Slots(slots))
    }
}

/// Any scalar as it is written: `1.0` is meant as a version, not as a number.
struct Word<T>(fn(&str) -> Result<T, String>);

impl<T> Visitor<'_> for Word<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version such as `v1.0.0`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Word(|text| match Slot::parse(text) {
            Ok(Slot::Environment(name)) => Ok(Self(name)),
            Ok(Slot::Version(_)) => {
                Err(format!("`{text}` is a version: it never moves, and has no place here"))
            }
            Err(error) => Err(error.to_string()),
        }))
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_str(Word(|text| Version::parse(text).map(Self).map_err(|error| error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn environments_stand_at_versions() {
        let slots = parse("# moved on Monday\nproduction: v1.0.0\nrollout-10pct: 'v1.1.0'\n").expect("slots");
        let shown: Vec<String> = slots.iter().map(|(name, version)| format!("{name} {version}")).collect();
        assert_eq!(shown, ["production v1.0.0", "rollout-10pct v1.1.0"]);
        assert_eq!(parse(""), Ok(Environments::new()));
        assert_eq!(parse("# nothing yet\n"), Ok(Environments::new()));
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line, message) in [
            ("production: 1.0\n", Some(1), "`1.0` is not a version: write `v1.2.0`"),
            ("a: v1.0.0\n\nb: production\n", Some(3), "`production` is not a version: write `v1.2.0`"),
            ("a: v1.0.0\na: v1.1.0\n", Some(1), "`a` stands there twice"),
            ("v1.0.0: v1.0.0\n", Some(1), "`v1.0.0` is a version: it never moves, and has no place here"),
        ] {
            let fault = parse(text).expect_err("a fault");
            assert_eq!((fault.line, &*fault.message), (line, message), "{text:?}");
        }
        for text in ["- a\n", "a: [v1.0.0]\n", "a: {b: c}\n", "a: v1.0.0\n  b: c\n", "a: &x\n", "\t"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
