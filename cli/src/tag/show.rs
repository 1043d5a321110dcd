//! `segue tag show`: all that is known of one slot.

use std::io::Write;

use clap::Args;
use segue::registry::{Registry, VersionsToo, parse_slot};
use serde_json::json;

use crate::excerpt::harmless;
use crate::exit::{Exit, Failure, Outcome};
use crate::moves::registry;
use crate::output::{BAD, Output, STRONG};

/// Shows what a slot holds, since when, by whom and why
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  segue tag show prompts/extraction production
  segue tag show prompts/extraction v1.1.0 --json

The component's text at a slot: segue show prompts/extraction@production")]
pub(crate) struct Show {
    /// The component: `type/name`, such as `prompts/extraction`
    component: String,
    /// The environment or version
    slot: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is told of a slot.
struct Told {
    component: String,
    slot: String,
    kind: &'static str,
    version: Option<String>,
    commit: String,
    tag: String,
    object: String,
    at: Option<String>,
    who: Option<String>,
    message: Option<String>,
    bad: Option<String>,
}

impl Show {
    pub(crate) fn run(self, out: &mut Output) -> Outcome {
        let told = tell(&registry()?, &self.component, &self.slot)?;
        if self.json {
            told.json(out)?
        } else {
            told.text(out)?
        }
        Ok(Exit::Ok)
    }
}

fn tell(registry: &Registry, component: &str, text: &str) -> Result<Told, Failure> {
    let slot = parse_slot(text)?;
    let held = registry.held(component, &slot)?;
    let history = registry.history(component, Some(text), VersionsToo::Yes)?;
    let line = history.lines.first();
    let standing = &history.standing;
    let tag = standing.tags.get(&slot);
    let own = tag.map(|tag| tag.message.trim()).filter(|message| !message.is_empty());
    let logged = line.and_then(|line| line.message.as_deref());
    let since = standing.state().holding(&slot);
    let at = since.and_then(|since| since.at).or(line.map(|line| line.at));
    let who = since.and_then(|since| since.who.clone()).or(line.and_then(|line| line.who.clone()));
    let bad = standing.state().bad_mark(&held);
    Ok(Told {
        component: standing.address.path(),
        kind: if matches!(slot, segue::component::Slot::Version(_)) { "version" } else { "environment" },
        version: held.version.as_ref().map(ToString::to_string),
        commit: held.commit.to_string(),
        tag: standing.address.tag_name(&slot),
        object: held.object.to_string(),
        at: at.map(|at| at.to_string()),
        who: who.map(String::from),
        message: logged.or(own).map(str::to_owned),
        bad: bad.map(|bad| bad.why.as_deref().unwrap_or_default().to_owned()),
        slot: slot.to_string(),
    })
}

impl Told {
    fn json(&self, out: &mut Output) -> Result<(), Failure> {
        let line = json!({
            "component": self.component, "slot": self.slot, "kind": self.kind, "version": self.version,
            "commit": self.commit, "tag": self.tag, "object": self.object, "at": self.at, "who": self.who,
            "message": self.message, "bad": self.bad,
        });
        writeln!(out.results(), "{line}")?;
        Ok(())
    }

    fn text(&self, out: &mut Output) -> Result<(), Failure> {
        let title = out.paint(STRONG, &format!("{}@{}", self.component, self.slot));
        writeln!(out.results(), "{title}")?;
        let by = self.who.as_deref().map_or(String::new(), |who| format!(" by {who}"));
        let since = self.at.as_deref().map(|at| format!("{at}{by}"));
        let is_own = self.object != self.commit;
        let tag = format!("{}{}", self.tag, if is_own { " (annotated)" } else { "" });
        let version = self.version.as_deref().unwrap_or("none at this commit");
        for (name, value) in [
            ("version", Some(version)),
            ("commit", Some(self.commit.as_str())),
            ("tag", Some(tag.as_str())),
            ("since", since.as_deref()),
            ("message", self.message.as_deref()),
        ] {
            if let Some(value) = value {
                writeln!(out.results(), "  {name:8} {}", harmless(value).replace('\n', "\n           "))?;
            }
        }
        if let Some(why) = &self.bad {
            let word = out.paint(BAD, "bad");
            writeln!(out.results(), "  {word}      marked as such {}", harmless(why))?;
        }
        Ok(())
    }
}
