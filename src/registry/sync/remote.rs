//! Talking to a remote: which one, fetching into our own namespace, pushing under leases.

use crate::component::Slot;
use crate::registry::address::{Address, LOGS, Prefix, REMOTES, TAGS};
use crate::registry::error::{ErrorCode, RegistryError, Result};
use crate::registry::git::{
    Details, Expected, GitErrorKind, GitOutput, ObjectId, Outcome, RefName, Repository, Transaction,
};
use crate::syntax::nearest;

/// A remote that the repository's configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    name: Box<str>,
}

/// A reference that is pushed: what the remote is to have, and what it is expected to have before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) name: String,
    pub(super) new: Option<ObjectId>,
    pub(super) lease: Option<ObjectId>,
}

/// How a push ended. All references went, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// They went.
    Done,
    /// The remote has something else than was expected.
    Stale,
}

/// Which references are asked of a remote.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'w> {
    /// All components.
    All,
    /// These.
    Only(&'w [Address]),
}

/// From how many references on they are pushed by patterns: git compares every reference that is named with every
/// one that there is, on both sides (3,000 of them: 23 s; by pattern 2 s).
const MANY: usize = 100;

impl Sent {
    fn is_making(&self) -> bool {
        self.new.is_some()
    }

    fn is_log(&self) -> bool {
        self.name.starts_with(LOGS)
    }

    /// Whether it makes a version, which is never moved.
    fn is_version(&self) -> bool {
        let slot = Address::from_tag_ref(&self.name).map(|(_, slot)| slot);
        self.lease.is_none() && matches!(slot, Some(Slot::Version(_)))
    }
}

/// Where references wait for a push, a folder for each process that pushes.
const OUTGOING: &str = "refs/segue/outgoing/";

/// Where very many new references wait for a push: under a namespace of this process, in which a pattern finds them
/// and nothing else.
struct Stage {
    root: String,
}

impl Stage {
    fn new() -> Self {
        Self { root: format!("{OUTGOING}{}/", std::process::id()) }
    }

    /// Takes away what pushes that were killed left there.
    fn sweep(repository: &Repository) -> Result<()> {
        let all = RefName::parse(OUTGOING.trim_end_matches('/'))?;
        let mut transaction = Transaction::new();
        for entry in repository.list_refs(&[all.pattern()], Details::Ids)? {
            let process = entry.name.as_str().strip_prefix(OUTGOING).and_then(|rest| rest.split('/').next());
            if process.and_then(|id| id.parse().ok()).is_some_and(is_gone) {
                transaction = transaction.delete(entry.name, entry.object);
            }
        }
        // Where two sweep at once, one of them has done it.
        match transaction.commit(repository)? {
            Outcome::Changed { .. } | Outcome::Locked { .. } => Ok(()),
            outcome => refused(outcome),
        }
    }

    /// Puts references there. The patterns that send them: new tags and new entries of logs only, for nothing is forced.
    fn fill(&self, repository: &Repository, sent: &[&Sent]) -> Result<Vec<String>> {
        if sent.is_empty() {
            return Ok(Vec::new());
        }
        self.clear(repository)?;
        let mut transaction = Transaction::new();
        for sent in sent {
            let place = sent.name.replacen("refs/", &self.root, 1);
            if let Some(new) = sent.new {
                transaction = transaction.set(RefName::parse(&place)?, new, Expected::Missing);
            }
        }
        refused(transaction.commit(repository)?)?;
        let patterns =
            [TAGS, LOGS].into_iter().filter(|root| sent.iter().any(|sent| sent.name.starts_with(root)));
        Ok(patterns.map(|root| format!("{}*:{root}*", root.replacen("refs/", &self.root, 1))).collect())
    }

    fn clear(&self, repository: &Repository) -> Result<()> {
        let root = RefName::parse(self.root.trim_end_matches('/'))?;
        let mut transaction = Transaction::new();
        for entry in repository.list_refs(&[root.pattern()], Details::Ids)? {
            transaction = transaction.delete(entry.name, entry.object);
        }
        refused(transaction.commit(repository)?)
    }
}

/// Whether there is certainly no process of this number.
fn is_gone(process: u32) -> bool {
    process != std::process::id()
        && std::path::Path::new("/proc/self").exists()
        && !std::path::Path::new(&format!("/proc/{process}")).exists()
}

fn refused(outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Done => Ok(()),
        Outcome::Changed { .. } => {
            Err(RegistryError::new(ErrorCode::Locked, "another push from this clone is under way"))
        }
        Outcome::Locked { stderr }
        | Outcome::NameConflict { stderr }
        | Outcome::HookRefused { stderr }
        | Outcome::Failed { stderr } => Err(crate::registry::failure::explain_text("update-ref", &stderr)),
    }
}

impl Remote {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The remote that is meant: the one named, else where this branch is pushed to, else `origin`, else the only one.
    pub(super) fn choose(repository: &Repository, named: Option<&str>) -> Result<Self> {
        Self::find(repository, named)?.ok_or_else(|| {
            RegistryError::new(ErrorCode::UnknownRemote, "this repository has no remote")
                .with_help("git remote add origin URL")
        })
    }

    /// As [`choose`](Self::choose); `None` where there is no remote at all.
    pub(super) fn find(repository: &Repository, named: Option<&str>) -> Result<Option<Self>> {
        let config = Config::read(repository)?;
        let remote = |name: &str| Some(Self { name: name.into() });
        if let Some(named) = named {
            if config.remotes.iter().any(|name| name == named) {
                return Ok(remote(named));
            }
            let shown = named.escape_debug();
            let error = RegistryError::new(ErrorCode::UnknownRemote, format!("there is no remote `{shown}`"));
            return Err(match nearest(named, config.remotes.iter().map(String::as_str)) {
                Some(near) => error.with_help(format!("did you mean `{near}`?")),
                None if config.remotes.is_empty() => error.with_help("git remote add origin URL"),
                None => error.with_help(format!("remotes are: {}", config.remotes.join(", "))),
            });
        }
        let is_there = |name: &&String| config.remotes.contains(name);
        if let Some(name) = config.preferred.iter().find(is_there) {
            return Ok(remote(name));
        }
        match config.remotes.as_slice() {
            [] => Ok(None),
            [one] => Ok(remote(one)),
            several if several.iter().any(|name| name == "origin") => Ok(remote("origin")),
            several => Err(RegistryError::new(
                ErrorCode::UnknownRemote,
                format!("this repository has several remotes: {}", several.join(", ")),
            )
            .with_help("name one of them behind the command, or set `git config remote.pushDefault NAME`")),
        }
    }

    /// Brings what the remote has under our own namespace, for all components or for some; no tag is touched.
    pub(super) fn fetch(&self, repository: &Repository, wanted: Wanted<'_>) -> Result<()> {
        let name = &self.name;
        let mut refspecs = Vec::new();
        match wanted {
            Wanted::All => {
                refspecs.push(format!("+{LOGS}*:{REMOTES}{name}/log/*"));
                for prefix in Prefix::ALL {
                    refspecs.push(format!("+{TAGS}{prefix}/*:{REMOTES}{name}/tags/{prefix}/*"));
                }
            }
            Wanted::Only(addresses) => {
                for address in addresses {
                    // A whole name that the remote does not have would be an error, a pattern that finds nothing is none.
                    refspecs.push(format!("+{LOGS}{address}*:{REMOTES}{name}/log/{address}*"));
                    refspecs.push(format!("+{TAGS}{address}/*:{REMOTES}{name}/tags/{address}/*"));
                }
            }
        }
        let command = repository.command("fetch").args([
            "--quiet",
            "--prune",
            "--no-prune-tags",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--refmap=",
            "--end-of-options",
        ]);
        let output = command.arg(&**name).args(refspecs).output()?;
        if output.is_success() { Ok(()) } else { Err(self.explain("fetch", &output)) }
    }

    /// Pushes all references or none, each only if the remote has what is expected.
    pub(super) fn push(&self, repository: &Repository, sent: &[Sent]) -> Result<Pushed> {
        let (staged, named): (Vec<&Sent>, Vec<&Sent>) =
            sent.iter().partition(|sent| sent.is_making() && (sent.is_log() || sent.lease.is_none()));
        Stage::sweep(repository)?;
        let stage = Stage::new();
        let is_staged = staged.len() > MANY;
        let (named, staged) = if is_staged { (named, staged) } else { (sent.iter().collect(), Vec::new()) };
        // Without a lease git makes a new tag, and never moves one.
        let leases = named.iter().filter(|sent| !sent.is_version()).map(|sent| {
            let lease = sent.lease.map(|id| id.to_string()).unwrap_or_default();
            format!("--force-with-lease={}:{lease}", sent.name)
        });
        let mut refspecs: Vec<String> = named
            .iter()
            .map(|sent| format!("{}:{}", sent.new.map(|id| id.to_string()).unwrap_or_default(), sent.name))
            .collect();
        refspecs.extend(stage.fill(repository, &staged)?);
        let command = repository.command("push").args([
            "--porcelain",
            "--atomic",
            "--no-follow-tags",
            "--recurse-submodules=no",
        ]);
        let output = command.args(leases).arg("--end-of-options").arg(&*self.name).args(refspecs).output();
        if is_staged {
            stage.clear(repository)?;
        }
        let output = match output {
            Err(error) if error.kind == GitErrorKind::TooLarge => return Err(too_many(&named)),
            output => output?,
        };
        if output.is_success() {
            return Ok(Pushed::Done);
        }
        let report = String::from_utf8_lossy(&output.stdout);
        let rejected: Vec<&str> = report.lines().filter(|line| line.starts_with("!\t")).collect();
        let says =
            |words: &[&str]| rejected.iter().any(|line| words.iter().any(|words| line.contains(words)));
        if let Some(line) = rejected.iter().find(|line| line.contains("hook declined")) {
            return Err(self.hook_refused(line, &output.stderr));
        }
        // What changed between the remote's answer and its lock is told in other words.
        let is_race = ["but expected", "reference already exists", "File exists", "incorrect old value"]
            .iter()
            .any(|words| output.stderr.contains(words));
        if says(&["stale info", "fetch first", "non-fast-forward", "already exists", "incorrect old value"])
            || is_race
        {
            return Ok(Pushed::Stale);
        }
        Err(self.explain("push", &output))
    }

    fn hook_refused(&self, line: &str, stderr: &str) -> RegistryError {
        let hook = line.rsplit_once('(').map_or("a hook", |(_, rest)| rest.trim_end_matches(')'));
        let words: Vec<String> = stderr
            .lines()
            .filter_map(|line| line.strip_prefix("remote:"))
            .map(|line| format!("\n  {}: {}", self.name, line.trim()))
            .collect();
        let message =
            format!("`{}` refused the push ({hook}); nothing was sent{}", self.name, words.concat());
        RegistryError::new(ErrorCode::HookRefused, message)
    }

    fn explain(&self, command: &str, output: &GitOutput) -> RegistryError {
        let name = &self.name;
        let says = |words: &[&str]| words.iter().any(|words| output.stderr.contains(words));
        let quoted: Vec<String> = output
            .stderr
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty() && !line.starts_with("hint:"))
            .take(20)
            .map(|line| format!("\n  git: {line}"))
            .collect();
        let quoted = quoted.concat();
        let nothing = if command == "push" { "nothing was sent" } else { "nothing was changed" };
        if says(&["does not support --atomic"]) {
            let message = format!("`{name}` cannot take several tags at once, all or none; {nothing}");
            return RegistryError::new(ErrorCode::GitFailed, message).with_help(
                "push by a protocol that can: ssh, a path, or `https` to a server with git's smart protocol",
            );
        }
        if says(&[
            "Could not read from remote",
            "unable to access",
            "Could not resolve host",
            "does not appear to be a git",
        ]) {
            return RegistryError::new(
                ErrorCode::GitFailed,
                format!("cannot reach `{name}`; {nothing}{quoted}"),
            )
            .with_help(format!("see `git remote -v`, and try `git ls-remote {name}`"));
        }
        if command == "push" && output.stderr.contains("failed to push some refs") {
            let rows = String::from_utf8_lossy(&output.stdout);
            let row =
                rows.lines().find(|line| line.starts_with("!\t") && !line.contains("atomic push failed"));
            let row = row.map(|row| format!("\n  git: {}", row.replace('\t', " "))).unwrap_or_default();
            let message = format!("`{name}` did not take the push; {nothing}{row}{quoted}");
            return RegistryError::new(ErrorCode::GitFailed, message);
        }
        crate::registry::failure::explain(command, output)
    }
}

/// Each moved slot is two arguments, its lease and its value, and there is no other way to tell git of leases. Several
/// pushes would not be all or nothing.
fn too_many(named: &[&Sent]) -> RegistryError {
    let count = named.iter().filter(|sent| !sent.is_log()).count();
    let message = format!("{count} slots that moved are too many for one push from here; nothing was sent");
    RegistryError::new(ErrorCode::GitFailed, message)
        .with_help("the system bounds a command line: `ulimit -s 32768` before it allows more")
}

/// What the configuration says about remotes.
#[derive(Default)]
struct Config {
    remotes: Vec<String>,
    /// Where pushes go by the user's wish, first to last.
    preferred: Vec<String>,
}

impl Config {
    fn read(repository: &Repository) -> Result<Self> {
        let keys = r"^(remote\..*\.url|remote\.pushdefault|branch\..*\.(remote|pushremote))$";
        let output = repository.command("config").args(["--null", "--get-regexp", keys]).output()?;
        // It ends with 1 where nothing is found.
        if !output.is_success() && output.code != Some(1) {
            return Err(crate::registry::failure::explain("config", &output));
        }
        let branch = std::fs::read_to_string(repository.git_dir.join("HEAD")).unwrap_or_default();
        let branch = branch.trim().strip_prefix("ref: refs/heads/").unwrap_or_default().to_owned();
        let mut config = Self::default();
        let (mut push_remote, mut default, mut remote) = (None, None, None);
        let text = String::from_utf8_lossy(&output.stdout);
        for (key, value) in text.split_terminator('\0').filter_map(|pair| pair.split_once('\n')) {
            if let Some(name) = key.strip_prefix("remote.").and_then(|rest| rest.strip_suffix(".url")) {
                if !config.remotes.iter().any(|known| known == name) {
                    config.remotes.push(name.to_owned());
                }
            } else if key == "remote.pushdefault" {
                default = Some(value.to_owned());
            } else if key == format!("branch.{branch}.pushremote") {
                push_remote = Some(value.to_owned());
            } else if key == format!("branch.{branch}.remote") {
                remote = Some(value.to_owned());
            }
        }
        config.preferred = [push_remote, default, remote].into_iter().flatten().collect();
        Ok(config)
    }
}
