//! What is said of a component or slot that is not there: what there is instead.

use super::{ComponentError, ComponentErrorKind, ComponentRef, Version};
use crate::syntax::nearest;

/// How many names a message lists.
const LISTED: usize = 12;
/// The prefix that sources without prefixes stand for.
const PREFIX: &str = "components";

/// Refuses a prefix that a source without prefixes cannot have.
pub(super) fn check_prefix(reference: &ComponentRef) -> Result<(), ComponentError> {
    match reference.prefix.as_deref() {
        None | Some(PREFIX) => Ok(()),
        Some(prefix) => {
            let message =
                format!("there is no `{prefix}/` here: only git has it; write `{}`", reference.path());
            Err(ComponentError::new(ComponentErrorKind::MissingComponent, message))
        }
    }
}

/// The component is not there; `known` are those that are, as `type/name`.
pub(crate) fn component(reference: &ComponentRef, known: impl Iterator<Item = String>) -> ComponentError {
    let path = reference.path();
    let mut known: Vec<String> = known.collect();
    known.sort_unstable();
    let nearest = nearest(&path, known.iter().map(String::as_str));
    let rest = match nearest {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none at all".to_owned(),
        None => format!("there is {}", list(known.iter().map(String::as_str))),
    };
    ComponentError::new(
        ComponentErrorKind::MissingComponent,
        format!("there is no component `{path}`: {rest}"),
    )
}

/// The component has no such slot; `environments` and `versions` are those that it has.
pub(crate) fn slot<'s>(
    reference: &ComponentRef,
    environments: impl Iterator<Item = &'s str>,
    versions: impl Iterator<Item = &'s Version>,
) -> ComponentError {
    let wanted = reference.slot.to_string();
    let mut known: Vec<String> = environments.map(str::to_owned).collect();
    known.extend(versions.map(ToString::to_string));
    let names = || known.iter().map(String::as_str);
    let there = if known.is_empty() { "no slot at all".to_owned() } else { list(names()) };
    let mend = match nearest(&wanted, names()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    ComponentError::new(
        ComponentErrorKind::MissingSlot,
        format!("`{}` has no slot `{wanted}`: it has {there}{mend}", reference.path()),
    )
}

/// `` `a`, `b` and `c` ``, cut where it gets long.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        names if names.len() > LISTED => {
            format!("{} and {} more", names[..LISTED].join(", "), names.len() - LISTED)
        }
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn lists_read_as_sentences_and_end() {
        assert_eq!(list(["a"].into_iter()), "`a`");
        assert_eq!(list(["a", "b", "c"].into_iter()), "`a`, `b` and `c`");
        assert!(list(std::iter::repeat_n("a", 40)).ends_with("`a` and 28 more"));
    }
}
