//! What `push` and `fetch` share: how a slot that changed is told.

use segue::registry::Held;
use segue::registry::sync::{Change, Conflict, Taken};
use serde_json::{Value, json};

use crate::excerpt::harmless;
use crate::moves::shown;

/// `v1.0.0 → v1.1.0`, `→ v1.0.0`, `v1.0.0 → deleted`.
pub(crate) fn arrow(from: Option<&Held>, to: Option<&Held>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{} → {}", shown(from), shown(to)),
        (None, Some(to)) => format!("→ {}", shown(to)),
        (Some(from), None) => format!("{} → deleted", shown(from)),
        (None, None) => "deleted".to_owned(),
    }
}

/// What a conflict is about, on one line.
pub(crate) fn both(conflict: &Conflict, remote: &str) -> String {
    let side = |held: &Option<Held>| match held {
        // Two tags of one version differ in nothing but what they are on.
        Some(held) if matches!(conflict.slot, segue::component::Slot::Version(_)) => {
            held.commit.short().to_owned()
        }
        Some(held) => shown(held),
        None => "deleted".to_owned(),
    };
    let by = match (&conflict.who, conflict.at) {
        (Some(who), Some(at)) => format!(" ({} at {at})", harmless(who)),
        _ => String::new(),
    };
    format!("here {}, on {remote} {}{by}", side(&conflict.ours), side(&conflict.theirs))
}

fn text(held: Option<&Held>) -> Option<String> {
    held.map(ToString::to_string)
}

fn commit(held: Option<&Held>) -> Option<&str> {
    held.map(|held| held.commit.as_str())
}

pub(crate) fn change(change: &Change) -> Value {
    json!({
        "component": change.address.path(),
        "slot": change.slot.to_string(),
        "from": text(change.from.as_ref()),
        "to": text(change.to.as_ref()),
        "commit": commit(change.to.as_ref()),
    })
}

pub(crate) fn taken(taken: &Taken) -> Value {
    json!({
        "component": taken.address.path(),
        "slot": taken.slot.to_string(),
        "from": text(taken.from.as_ref()),
        "to": text(taken.to.as_ref()),
        "commit": commit(taken.to.as_ref()),
        "at": taken.at.map(|at| at.to_string()),
        "who": taken.who,
    })
}

pub(crate) fn conflict(conflict: &Conflict) -> Value {
    json!({
        "component": conflict.address.path(),
        "slot": conflict.slot.to_string(),
        "base": text(conflict.base.as_ref()),
        "ours": text(conflict.ours.as_ref()),
        "theirs": text(conflict.theirs.as_ref()),
        "our_commit": commit(conflict.ours.as_ref()),
        "their_commit": commit(conflict.theirs.as_ref()),
        "at": conflict.at.map(|at| at.to_string()),
        "who": conflict.who,
    })
}
