//! Setting slots: `tag set`, `deploy`, `promote`.

use super::commit::{Planned, make, shown};
use super::{Moved, signed};
use crate::component::{Slot, Version};
use crate::registry::Registry;
use crate::registry::address::{Address, parse_slot};
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::log::{Held, MoveKind, Record};
use crate::registry::rules;
use crate::registry::standing::{Scope, Standing};
use crate::syntax::{long_for, nearest};

/// What is said about a move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set {
    /// Why it is made.
    pub message: Option<Box<str>>,
    /// Why a rule of the manifest is overridden, where it may be.
    pub overridden: Option<Box<str>>,
}

/// What a slot is to hold, as it was typed.
enum Wanted {
    Version(Version),
    /// What another environment holds; or, where there is none of this name, a revision.
    Environment(Box<str>),
    Revision,
}

impl Wanted {
    fn parse(text: &str) -> Self {
        match Slot::parse(text) {
            Ok(Slot::Version(version)) => Self::Version(version),
            Ok(Slot::Environment(name)) => Self::Environment(name),
            Err(_) => Self::Revision,
        }
    }

    fn slot(&self) -> Option<Slot> {
        match self {
            Self::Version(version) => Some(Slot::Version(version.clone())),
            Self::Environment(name) => Some(Slot::Environment(name.clone())),
            Self::Revision => None,
        }
    }
}

impl Registry {
    /// Moves an environment of one or several components, each to what its text names: a version, an environment (to
    /// what that holds), or a revision of git. All of them move, or none.
    ///
    /// Three processes of git where versions are named, at any number of tags, besides the one that
    /// [`open`](Registry::open) may need.
    ///
    /// # Errors
    /// Unknown names; `marked-bad`, `rule`; `race` where somebody else moved one of the slots in between.
    pub fn set(&self, environment: &str, pairs: &[(&str, &str)], how: &Set) -> Result<Vec<Moved>> {
        let slot = environment_slot(environment)?;
        let wanted: Vec<Wanted> = pairs.iter().map(|(_, to)| Wanted::parse(to)).collect();
        let mut slots = vec![slot.clone()];
        slots.extend(wanted.iter().filter_map(Wanted::slot));
        let standings = self.standings_of_pairs(pairs, &wanted, Scope::Slots(&slots))?;
        let standings: Vec<Standing> = standings
            .into_iter()
            .map(|standing| standing.completed(self.repository(), &slot))
            .collect::<Result<_>>()?;
        for (at, standing) in standings.iter().enumerate() {
            if standings[..at].iter().any(|other| other.address == standing.address) {
                let message = format!("{} is given twice", standing.address.path());
                return Err(RegistryError::new(ErrorCode::Usage, message));
            }
        }
        let mut planned = Vec::new();
        for ((standing, wanted), (_, text)) in standings.iter().zip(&wanted).zip(pairs) {
            let to = self.wanted(standing, wanted, text)?;
            planned.push(self.plan_set(standing, &slot, to, how)?);
        }
        make(self.repository(), &planned, standings)
    }

    /// Moves an environment to what another one holds: `staging` to `production` in one word.
    ///
    /// # Errors
    /// As [`set`](Self::set); `unknown-slot` where there is nothing to promote.
    pub fn promote(&self, component: &str, from: &str, to: &str, how: &Set) -> Result<Moved> {
        let (source, target) = (environment_slot(from)?, environment_slot(to)?);
        if source == target {
            let message = format!("`{from}` is to be promoted to itself");
            return Err(RegistryError::new(ErrorCode::Usage, message).with_help("name two environments"));
        }
        let slots = [source.clone(), target.clone()];
        let standing = self.standings(&[component], Scope::Slots(&slots))?.remove(0);
        let standing = standing.completed(self.repository(), &target)?;
        let Some(held) = standing.held(&source) else {
            return Err(self.unknown_slot(&standing.address, from)?);
        };
        let held = self.named(&standing, held)?;
        let planned = [self.plan_set(&standing, &target, held, how)?];
        let mut moved = make(self.repository(), &planned, vec![standing])?;
        Ok(moved.remove(0))
    }

    /// How the components stand that are to move. One without a tag is known by its file, if a revision is named.
    fn standings_of_pairs(
        &self,
        pairs: &[(&str, &str)],
        wanted: &[Wanted],
        scope: Scope<'_>,
    ) -> Result<Vec<Standing>> {
        let names: Vec<&str> = pairs.iter().map(|(component, _)| *component).collect();
        let error = match self.standings(&names, scope) {
            Err(error) if error.code == ErrorCode::UnknownComponent => error,
            result => return result,
        };
        let one = |((component, revision), wanted): (&(&str, &str), &Wanted)| {
            if !matches!(wanted, Wanted::Version(_))
                && let Some(commit) = self.repository().resolve_revision(revision)?
            {
                return self.standing_or_new(component, &commit, scope);
            }
            Ok(self.standings(&[component], scope)?.remove(0))
        };
        let found: Result<Vec<Standing>> = pairs.iter().zip(wanted).map(one).collect();
        // Where a file is missing too, the nearest name is the better answer.
        found.map_err(|other| {
            if error.help.as_ref().is_some_and(|help| help.contains("did you mean")) { error } else { other }
        })
    }

    /// What the tag of a slot is to point to: the commit, or a signed object where a rule demands it. A tag of a tag
    /// says nothing that the log does not say, and an object that only a tag held may be gone by now.
    pub(super) fn tag_for(
        &self,
        address: &Address,
        slot: &Slot,
        held: Held,
        message: Option<&str>,
    ) -> Result<Held> {
        let is_signed = match slot {
            Slot::Environment(name) => self.manifest()?.rule(name).is_some_and(|rule| rule.is_signed),
            Slot::Version(_) => false,
        };
        if is_signed {
            return self.signed_tag(address, slot, held, message);
        }
        Ok(Held { object: held.commit, ..held })
    }

    /// A signed tag object for what a slot is to hold.
    pub(super) fn signed_tag(
        &self,
        address: &Address,
        slot: &Slot,
        held: Held,
        message: Option<&str>,
    ) -> Result<Held> {
        let what = format!("{} {slot}: {}", address.path(), shown(&held));
        let text = message.map_or_else(|| what.clone(), |message| format!("{what}\n\n{message}"));
        let object = signed::tag_object(self.repository(), address, slot, &held.commit, &text)?;
        Ok(Held { object, ..held })
    }

    fn plan_set(&self, standing: &Standing, slot: &Slot, to: Held, how: &Set) -> Result<Planned> {
        refuse_bad(standing, &to)?;
        let overridden = rules::check(self, standing, slot, &to, how.overridden.as_deref())?;
        let to = self.tag_for(&standing.address, slot, to, how.message.as_deref())?;
        let mut record = Record::new(slot.clone(), MoveKind::Set, standing.held(slot), Some(to));
        record.message.clone_from(&how.message);
        record.overridden = overridden;
        Ok(Planned::new(&standing.address, record))
    }

    fn wanted(&self, standing: &Standing, wanted: &Wanted, text: &str) -> Result<Held> {
        let known = wanted.slot().and_then(|slot| standing.held(&slot));
        match (wanted, known) {
            // An environment is on the commit itself: a tag of a tag says nothing that the log does not say.
            (_, Some(held)) => self.named(standing, held),
            (Wanted::Version(version), None) => {
                Err(self.unknown_slot(&standing.address, &version.to_string())?)
            }
            (Wanted::Environment(_) | Wanted::Revision, None) => self.revision(&standing.address, text),
        }
    }

    /// What an environment holds that something else than segue moved, with the version that is there: only then are
    /// all versions looked at.
    fn named(&self, standing: &Standing, held: Held) -> Result<Held> {
        if held.version.is_some() {
            return Ok(held);
        }
        let all = self.standing_of(&standing.address, Scope::All)?;
        Ok(Held { version: all.version_at(&held.commit).cloned(), ..held })
    }

    fn revision(&self, address: &Address, text: &str) -> Result<Held> {
        let Some(commit) = self.repository().resolve_revision(text)? else {
            let what =
                format!("`{}` is no version or environment of {}", text.escape_debug(), address.path());
            let error = RegistryError::new(ErrorCode::UnknownRevision, format!("{what}, and no revision"));
            return Err(match Slot::parse(text) {
                Ok(slot) => {
                    let help = self.unknown_slot(address, &slot.to_string())?.help;
                    error.with_help(help.unwrap_or_default())
                }
                Err(fault) => error.with_help(fault.message),
            });
        };
        self.locate(address, &commit)?;
        let all = self.standing_of(address, Scope::All)?;
        Ok(Held::new(commit, commit, all.version_at(&commit).cloned()))
    }

    /// That a component has no such slot, and which it has.
    pub(crate) fn unknown_slot(&self, address: &Address, typed: &str) -> Result<RegistryError> {
        let all = self.standing_of(address, Scope::All)?;
        let path = address.path();
        let error = RegistryError::new(ErrorCode::UnknownSlot, format!("{path} has no `{typed}`"));
        let is_version = Version::parse(typed).is_ok();
        let versions: Vec<String> = all.versions().iter().rev().map(ToString::to_string).collect();
        let mut names = versions.clone();
        names.extend(all.environments().into_iter().map(str::to_owned));
        let known = || names.iter().map(String::as_str);
        let near = nearest(typed, known()).or_else(|| long_for(typed, known()));
        Ok(match near {
            _ if names.is_empty() => error.with_help(format!(
                "it has no tags at all: `segue tag create {path} v1.0.0` makes the first; in a clone without tags, \
                 fetch them: `segue fetch`"
            )),
            Some(near) if !is_version => error.with_help(format!("did you mean `{near}`?")),
            _ if is_version && !versions.is_empty() => {
                let newest = versions.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
                let what = if versions.len() > 1 { "its newest are" } else { "its only version is" };
                error.with_help(format!("{what} {newest}; `segue tag create {path} {typed}` makes it"))
            }
            _ => error.with_help(format!("it has {}", names.join(", "))),
        })
    }
}

/// Reads an environment's name; versions are refused.
pub(super) fn environment_slot(text: &str) -> Result<Slot> {
    match parse_slot(text)? {
        slot @ Slot::Environment(_) => Ok(slot),
        Slot::Version(version) => Err(RegistryError::new(
            ErrorCode::InvalidName,
            format!("`{version}` is a version, and versions do not move"),
        )
        .with_help("name an environment first: `segue tag set COMPONENT production v1.0.0`")),
    }
}

/// Refuses what was marked bad, with the reason that was given.
pub(super) fn refuse_bad(standing: &Standing, to: &Held) -> Result<()> {
    let Some(bad) = standing.state().bad_mark(to) else { return Ok(()) };
    let why = bad.why.as_deref().map_or(String::new(), |why| format!(": {why}"));
    let by = bad.who.as_deref().map_or(String::new(), |who| format!(" by {who}"));
    let at = bad.at.map_or(String::new(), |at| format!(" at {at}"));
    let path = standing.address.path();
    Err(RegistryError::new(
        ErrorCode::MarkedBad,
        format!("{} of {path} was marked bad{by}{at}{why}", shown(to)),
    )
    .with_help("deploy another version, or make a new one: `segue tag bump`"))
}
