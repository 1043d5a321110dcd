//! What the manifest forbids, and what it says about it.

use super::error::{ErrorCode, RegistryError, Result};
use super::facade::Registry;
use super::log::{Held, Record};
use super::manifest::Rule;
use super::moves::shown;
use super::standing::{Scope, Standing};
use crate::component::Slot;

/// Refuses what breaks a rule of the environment, unless the rule allows it to be overridden and a reason is given;
/// that reason comes back to be recorded.
///
/// `requires` is kept by what stands in the other environment now or stood there once, by its log: while `staging` has
/// moved on, what was tried there before may still go to production.
pub(super) fn check(
    registry: &Registry,
    standing: &Standing,
    slot: &Slot,
    to: &Held,
    why: Option<&str>,
) -> Result<Option<Box<str>>> {
    let Slot::Environment(environment) = slot else { return Ok(None) };
    let Some(rule) = registry.manifest()?.rule(environment) else { return Ok(None) };
    let Some(breach) = breach(registry, standing, rule, to)? else { return Ok(None) };
    match why.map(str::trim).filter(|why| !why.is_empty()) {
        Some(why) if rule.may_override => Ok(Some(why.into())),
        _ => Err(breach.into_error(standing, rule, to, why.is_some())),
    }
}

/// How a slot breaks the rule of its environment as it stands, for whoever only looks.
pub(super) fn broken(
    registry: &Registry,
    standing: &Standing,
    rule: &Rule,
    held: &Held,
) -> Result<Option<String>> {
    let breach = breach(registry, standing, rule, held)?;
    Ok(breach.map(|Breach { field, what, .. }| match rule.quote(field) {
        Some(quote) => format!("{what} ({quote})"),
        None => what,
    }))
}

/// What is broken.
struct Breach {
    field: &'static str,
    what: String,
    mend: String,
}

fn breach(registry: &Registry, standing: &Standing, rule: &Rule, to: &Held) -> Result<Option<Breach>> {
    let path = standing.address.path();
    if rule.only_versions && to.version.is_none() {
        return Ok(Some(Breach {
            field: "only",
            what: "it is no version".to_owned(),
            mend: format!("make one of it: `segue tag bump {path} patch --at {}`", to.commit.short()),
        }));
    }
    for required in &rule.requires {
        if !was_in(registry, standing, required, to)? {
            return Ok(Some(Breach {
                field: "requires",
                what: format!("it was never in {required}"),
                mend: format!("`segue tag set {path} {required} {}` first", shown(to)),
            }));
        }
    }
    if !rule.branches.is_empty() && !is_on_a_branch(registry, &rule.branches, to)? {
        let names: Vec<&str> = rule.branches.iter().map(|name| &**name).collect();
        return Ok(Some(Breach {
            field: "branches",
            what: format!("its commit {} is not on {}", to.commit.short(), names.join(" or ")),
            mend: "merge it first; in a clone that lacks the branch: `git fetch`".to_owned(),
        }));
    }
    Ok(None)
}

impl Breach {
    fn into_error(self, standing: &Standing, rule: &Rule, to: &Held, was_tried: bool) -> RegistryError {
        let Self { field, what, mend } = self;
        let quote = rule.quote(field).map_or(String::new(), |quote| format!("\n  {quote}"));
        let message = format!(
            "{} takes no {} of {}: {what}{quote}",
            rule.environment,
            shown(to),
            standing.address.path()
        );
        let help = match (rule.may_override, was_tried) {
            (true, false) => format!("{mend}; or say why not: `--override \"…\"`"),
            (true, true) => format!("{mend}; `--override` needs a reason"),
            (false, true) => format!("{mend}; the rule allows no `--override`"),
            (false, false) => mend,
        };
        RegistryError::new(ErrorCode::Rule, message).with_help(help)
    }
}

/// Whether this commit stands in an environment now, or stood there once.
fn was_in(registry: &Registry, standing: &Standing, environment: &str, to: &Held) -> Result<bool> {
    let is_it = |held: Option<&Held>| held.is_some_and(|held| held.commit == to.commit);
    let slot = Slot::Environment(environment.into());
    if is_it(standing.state().holding(&slot).map(|holding| &holding.to)) {
        return Ok(true);
    }
    // Only where the log's last entry does not answer it: the tag itself, and the log before.
    let all = registry.standing_of(&standing.address, Scope::Slots(std::slice::from_ref(&slot)))?;
    if is_it(all.held(&slot).as_ref()) {
        return Ok(true);
    }
    let chain = registry.chain(&all)?;
    let mut records = chain.iter().flat_map(|logged| &logged.entry.records);
    Ok(records.any(|Record { slot: moved, to, .. }| *moved == slot && is_it(to.as_ref())))
}

/// Whether a branch of one of these names, here or of a remote, has the commit. One process of git.
fn is_on_a_branch(registry: &Registry, branches: &[Box<str>], to: &Held) -> Result<bool> {
    let command = registry.repository().command("for-each-ref").args(["--count=1", "--format=%(refname)"]);
    let command = command.arg(format!("--contains={}", to.commit)).arg("--");
    let patterns =
        branches.iter().flat_map(|name| [format!("refs/heads/{name}"), format!("refs/remotes/*/{name}")]);
    Ok(!command.args(patterns).run()?.trim_ascii().is_empty())
}
